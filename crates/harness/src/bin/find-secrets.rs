//! Searches every table of every database of a server, and every log of a folder, for secrets that tests wrote down, and
//! the logs for people's addresses: `find-secrets FOLDER DSN`. Plants some of its own first and insists on finding them.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A tool of the tests may stop.
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use futures_util::{TryStreamExt, pin_mut};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio_postgres::{Client, NoTls};

const PLANTED: [&str; 2] =
    ["PlantedInATable0123456789012345678901234567", "PlantedInALog9876543210987654321098765432109"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(dsn)) = (arguments.next(), arguments.next()) else {
        eprintln!("find-secrets FOLDER DSN");
        return ExitCode::FAILURE;
    };
    let folder = PathBuf::from(folder);
    let files = |ending: &str| -> Vec<PathBuf> {
        let all = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| path.extension().is_some_and(|e| e == ending)).collect()
    };
    let lines = |ending: &str| -> BTreeSet<String> {
        let texts = files(ending).into_iter().map(|file| std::fs::read_to_string(file).unwrap());
        texts.flat_map(|text| text.lines().map(String::from).collect::<Vec<_>>()).collect()
    };
    let mut secrets = lines("secrets");
    let people = lines("people");
    secrets.extend(PLANTED.map(String::from));
    let somebody = people.first().cloned().unwrap_or_default();
    std::fs::write(folder.join("planted.log"), format!("{} {somebody}", PLANTED[1])).unwrap();
    let (search, persons) = (Search::of(&secrets), Search::of(&people));
    let mut found: Found = BTreeMap::new();
    let (mut rows, mut bytes) = (0, 0);
    for log in files("log") {
        let text = std::fs::read(&log).unwrap_or_default();
        bytes += text.len();
        search.look(&text, &name(&log), &mut found);
        persons.look(&text, &format!("{}: people", name(&log)), &mut found);
    }
    for database in databases(&dsn).await {
        let client = client(&dsn, &database).await;
        if database == "postgres" {
            let plant = format!("create table planted (t text); insert into planted values ('see {}')", PLANTED[0]);
            client.batch_execute(&plant).await.unwrap();
        }
        for table in tables(&client).await {
            let said = client.query_raw(&format!("select to_jsonb(t)::text from {table} t"), Vec::<i32>::new()).await;
            let said = said.unwrap();
            pin_mut!(said);
            while let Some(row) = said.try_next().await.unwrap() {
                let text: String = row.get(0);
                (rows, bytes) = (rows + 1, bytes + text.len());
                search.look(text.as_bytes(), &format!("{database} {table}"), &mut found);
            }
        }
        if database == "postgres" {
            client.batch_execute("drop table planted").await.unwrap();
        }
    }
    let _ = std::fs::remove_file(folder.join("planted.log"));
    let planted = ["postgres public.planted", "planted.log", "planted.log: people"]
        .map(|place| found.remove(place).map(|(times, _)| times));
    println!(
        "{} secrets, {} people, {rows} rows, {} MB of rows and logs",
        secrets.len() - PLANTED.len(),
        people.len(),
        bytes >> 20
    );
    if planted != [Some(1); 3] || secrets.len() < 100 {
        println!("the search itself is broken: it found {planted:?} of what it planted");
        return ExitCode::FAILURE;
    }
    for (place, (times, before)) in &found {
        println!("KEPT WHERE IT MAY NOT BE: {place}, {times} times, first behind: {before}");
    }
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How often at a place, and what stands before the first.
type Found = BTreeMap<String, (usize, String)>;

/// What is looked for as it is, and as bytea and base64 would show them.
struct Search(AhoCorasick);
impl Search {
    fn of(secrets: &BTreeSet<String>) -> Self {
        let hex = |secret: &str| secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let base64 = |secret: &str| base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret);
        let written = secrets.iter().flat_map(|secret| [secret.clone(), hex(secret), base64(secret)]);
        Self(AhoCorasick::new(written).unwrap())
    }
    fn look(&self, text: &[u8], place: &str, found: &mut Found) {
        let mut places = self.0.find_iter(text).peekable();
        // What stands before the first tells where it comes from; the secret itself is not said again.
        let Some(first) = places.peek() else { return };
        let before = &text[first.start().saturating_sub(200)..first.start()];
        let before = String::from_utf8_lossy(before).replace('\n', " ");
        found.entry(place.into()).or_insert((0, before)).0 += places.count();
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

async fn client(dsn: &str, database: &str) -> Client {
    let mut config: tokio_postgres::Config = dsn.parse().unwrap();
    let (client, connection) = config.dbname(database).connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn databases(dsn: &str) -> Vec<String> {
    let any = client(dsn, "postgres").await;
    let rows = any.query("select datname::text from pg_database where datallowconn order by 1", &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// But for those that nothing was ever written to, of which every company in a schema of its own has a hundred.
async fn tables(client: &Client) -> Vec<String> {
    let sql =
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and pg_relation_size(c.oid) > 0 and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1";
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

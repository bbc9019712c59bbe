//! How long a search and an import take in a large company, and how much memory the import. Minutes each, so they run when asked for:
//! `cargo test --release -p customers --test large -- --ignored --nocapture`.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Company, Person, start};
use serde_json::json;
use std::{
    fmt::Write,
    io::Write as _,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

const BOUNDARY: &str = "tradewindboundary";

/// A file as it comes from another system; one line in a thousand is refused.
fn file(lines: usize) -> String {
    const FIRST: [&str; 8] = ["John", "Mary", "Maria", "James", "Stella", "Sam", "Anna", "Peter"];
    const CITY: [&str; 4] = ["Springfield", "Salem", "Franklin", "Riverside"];
    let mut file = String::from("Customer ID,Name,Email,Phone,Street,City,State,ZIP\n");
    for n in 0..lines {
        let (first, city, mail) =
            (FIRST[n % 8], CITY[n / 3 % 4], if n % 1000 == 999 { "broken" } else { "example.com" });
        let last = char::from(b'A' + (n / 8 % 26) as u8);
        writeln!(
            file,
            "C{n},{first} {last}ason{},c{n}@{mail},(217) {:03}-{:04},{} Elm St,{city},IL,{:05}",
            n / 208,
            n / 10_000 % 1000,
            n % 10_000,
            1 + n % 900,
            62_000 + n % 500
        )
        .unwrap();
    }
    file
}

async fn upload(person: &Person<'_>, bytes: &[u8]) -> String {
    let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"customers.csv\"\r\nContent-Type: text/csv\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    let made =
        person.call(Method::POST, "/api/v1/customer-imports", &[("content-type", &content)], Body::from(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("/api/v1/customer-imports/{}", made.id())
}

/// What became of it, and how long it took itself: what follows from it (looking for duplicates) goes on after it.
async fn work(person: &Person<'_>, company: &Company<'_>, path: &str, verb: &str) -> (serde_json::Value, Duration) {
    let begun = Instant::now();
    assert_eq!(person.post(&format!("{path}/{verb}"), json!({})).await.status, 202);
    let over = async {
        while ["checking", "running"].contains(&person.get(path).await.body["status"].as_str().unwrap()) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        begun.elapsed()
    };
    let (_, took) = tokio::join!(company.test.run_jobs(), over);
    (person.get(path).await.body, took)
}

/// 200,000 customers of five other companies in the same tables, and statistics that know of no others.
async fn beside(house: &harness::TestHouse) {
    let above = house.above().await;
    for _ in 0..5 {
        let tenant = uuid::Uuid::now_v7();
        above.execute(MANY, &[&tenant, &40_000]).await.unwrap();
        for rest in [WORDS, REACH, LOCATIONS] {
            above.execute(rest, &[&tenant]).await.unwrap();
        }
    }
    for table in ["customer", "customer_word", "customer_reach", "location"] {
        above.batch_execute(&format!("vacuum analyze app.{table}")).await.unwrap();
    }
}

/// What this process holds in memory, in MB; nothing where the system does not say.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / 1024)
}

/// Looks at it ten times a second until it is dropped.
struct Watched {
    most: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Watched {
    fn begin() -> Self {
        let most = Arc::new(AtomicU64::new(0));
        let seen = most.clone();
        let task = tokio::spawn(async move {
            loop {
                seen.fetch_max(resident().unwrap_or_default(), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self { most, task }
    }
    fn most(self) -> u64 {
        self.task.abort();
        self.most.load(Ordering::Relaxed)
    }
}

/// The floor: PostgreSQL itself reads the same file into a table of eight texts without an index.
async fn copied(house: &harness::TestHouse, file: &str) -> Duration {
    let mut kept = tempfile::NamedTempFile::new().unwrap();
    kept.write_all(file.as_bytes()).unwrap();
    kept.flush().unwrap();
    std::fs::set_permissions(kept.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let above = house.above().await;
    let table = "create temp table plain (a text, b text, c text, d text, e text, f text, g text, h text)";
    above.batch_execute(table).await.unwrap();
    let begun = Instant::now();
    above.batch_execute(&format!("copy plain from '{}' (format csv, header)", kept.path().display())).await.unwrap();
    begun.elapsed()
}

/// LINES says how many; 10,000 when not given.
fn lines() -> usize {
    std::env::var("LINES").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000)
}

/// The company is new in a database that knows others.
#[tokio::test]
#[ignore = "minutes"]
async fn an_import_is_quick() {
    let lines = lines();
    let house = start(vec![customers::module()]).await;
    beside(&house).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let file = file(lines);
    let copied = copied(&house, &file).await;
    let begun = Instant::now();
    let path = upload(&owner, file.as_bytes()).await;
    let uploaded = begun.elapsed();
    // The test itself holds the file; what comes on top of that is the program's.
    let before = resident().unwrap_or_default();
    let watched = Watched::begin();
    let (checked, looked) = work(&owner, &acme, &path, "check").await;
    let run = Instant::now();
    let (done, ran) = work(&owner, &acme, &path, "run").await;
    let (after, all) = (run.elapsed() - ran, uploaded + looked + ran);
    let most = watched.most();
    println!(
        "{lines} lines: upload {:.1} s, check {:.1} s, run {:.1} s, in all {:.1} s; looking for duplicates after it {:.1} s",
        uploaded.as_secs_f64(),
        looked.as_secs_f64(),
        ran.as_secs_f64(),
        all.as_secs_f64(),
        after.as_secs_f64()
    );
    println!(
        "{lines} lines by COPY into a table without indexes: {:.1} s, {:.0} times as fast",
        copied.as_secs_f64(),
        all.as_secs_f64() / copied.as_secs_f64()
    );
    println!(
        "memory of check and run: {before} MB before, at most {most} MB, so {} MB more",
        most.saturating_sub(before)
    );
    let refused = lines / 1000;
    assert_eq!((checked["status"].as_str(), done["status"].as_str()), (Some("checked"), Some("done")), "{done}");
    assert_eq!((done["made"].as_u64(), done["wrong"].as_u64()), (Some((lines - refused) as u64), Some(refused as u64)));
}

/// The same again, and again with other phones: everybody is known.
#[tokio::test]
#[ignore = "minutes"]
async fn an_import_of_known_customers_is_quick() {
    let lines = lines();
    let house = start(vec![customers::module()]).await;
    beside(&house).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let file = file(lines);
    let path = upload(&owner, file.as_bytes()).await;
    work(&owner, &acme, &path, "check").await;
    work(&owner, &acme, &path, "run").await;
    let refused = lines / 1000;
    let changed = file.replace(",(217) ", ",(312) ");
    for (what, file, count) in [("known", &file, "same"), ("changed", &changed, "changed")] {
        let begun = Instant::now();
        let path = upload(&owner, file.as_bytes()).await;
        work(&owner, &acme, &path, "check").await;
        let looked = begun.elapsed();
        let run = Instant::now();
        let (done, ran) = work(&owner, &acme, &path, "run").await;
        println!(
            "{lines} {what}: upload and check {:.1} s, run {:.1} s, after it {:.1} s",
            looked.as_secs_f64(),
            ran.as_secs_f64(),
            (run.elapsed() - ran).as_secs_f64()
        );
        assert_eq!(done[count].as_u64(), Some((lines - refused) as u64), "{done}");
    }
}

/// As they come: few first names and cities for many people, many last names; words as the program keeps them.
const MANY: &str = "
    insert into app.customer (tenant_id, id, number, name, name_key, email, email_key, phone, phone_key, place, city, city_key, words)
    select $1::uuid, gen_random_uuid(), 100000 + n, p.name, lower(p.name), p.email, p.email, p.phone, p.phone, p.street || ', ' || p.city, p.city, lower(p.city),
      lower(p.name) || ' ' || lower(p.street) || ' ' || lower(p.city) || ' ' || translate(p.email, '@.', '  ') || ' ' || (100000 + n) || ' ' || p.phone || ' ' || right(p.phone, 10) || ' ' || right(p.phone, 7) || ' ' || right(p.phone, 4)
    from generate_series(1, $2::int) n cross join lateral (select
      (array['John','Mary','Maria','James','Jose','Anna','Peter','Sam','Susan','Sarah','Steve','Stella','Tom','Linda','Michael','Robert'])[1 + n * 7 % 16] || ' ' ||
        (array['Smith','John','Miller','Stone','Rivera','Garcia','Chen','Baker'])[1 + n / 16 % 8] || case when n % 3 = 0 then '' else substr(md5(n::text), 1, 4) end as name,
      'c' || n || '@example.com' as email, '1217555' || lpad((n % 10000)::text, 4, '0') as phone,
      (1 + n % 900) || ' ' || (array['Elm','Oak','Main','Maple','Park'])[1 + n % 5] || ' St' as street,
      (array['Springfield','Springfield','Salem','Franklin','Riverside'])[1 + n / 3 % 5] as city) p";
const WORDS: &str = "
    insert into app.customer_word (tenant_id, word, customer_id)
    select distinct tenant_id, word, id from app.customer cross join lateral unnest(string_to_array(words, ' ')) word where tenant_id = $1";

const REACH: &str = "
    insert into app.customer_reach (tenant_id, key, customer_id)
    select c.tenant_id, k.key, c.id from app.customer c
    cross join lateral (values ('email ' || c.email_key), ('phone ' || c.phone_key || ' ' || c.name_key), ('name ' || c.name_key)) k(key) where c.tenant_id = $1";
const LOCATIONS: &str = "
    insert into app.location (tenant_id, id, customer_id, street, city, country)
    select tenant_id, gen_random_uuid(), id, split_part(place, ',', 1), city, 'US' from app.customer where tenant_id = $1";

/// Sixteen tags; every eighth customer has the first, every thousandth the last.
const TAGS: &str = "
    insert into app.tag (tenant_id, id, name, name_key, created_at, updated_at)
    select $1::uuid, gen_random_uuid(), 'Tag ' || n, 'tag ' || n, now(), now() from generate_series(1, 16) n";
const TAGGED: &str = "
    insert into app.customer_tag (tenant_id, customer_id, tag_id, status, name_key, created_at)
    select c.tenant_id, c.id, t.id, c.status, c.name_key, now() from app.customer c join app.tag t on t.tenant_id = c.tenant_id
    where c.tenant_id = $1 and ((t.name_key = 'tag 1' and c.number % 8 = 0) or (t.name_key = 'tag 16' and c.number % 1000 = 0))";

const SEARCHES: [(&str, &[&str]); 15] = [
    ("one letter", &["s"]),
    ("two letters", &["st"]),
    ("a digit", &["1"]),
    ("a common first name", &["john"]),
    ("a common word", &["springfield"]),
    ("a common beginning", &["exam"]),
    ("a name as typed", &["john", "smi"]),
    ("two common words", &["john", "springfield"]),
    ("two that rarely meet", &["mary", "elm"]),
    ("six common words", &["com", "elm", "example", "john", "oak", "st"]),
    ("four digits of a phone", &["0142"]),
    ("a phone", &["2175550142"]),
    ("an e-mail", &["c777", "example", "com"]),
    ("a rare word", &["c12345"]),
    ("nothing", &["zzz"]),
];

/// The statement itself, under row-level security as the program's role: 40,000 customers, 200,000 of others beside them.
#[tokio::test]
#[ignore = "minutes"]
async fn a_search_takes_less_than_five_milliseconds() {
    let house = start(vec![customers::module()]).await;
    let acme = house.company("pooled").await;
    let above = house.above().await;
    let others: Vec<_> = (0..5).map(|_| uuid::Uuid::now_v7()).collect();
    for tenant in [&[acme.id], others.as_slice()].concat() {
        above.execute(MANY, &[&tenant, &40_000]).await.unwrap();
        for rest in [WORDS, TAGS, TAGGED] {
            above.execute(rest, &[&tenant]).await.unwrap();
        }
    }
    for table in ["customer", "customer_word", "tag", "customer_tag"] {
        above.batch_execute(&format!("vacuum analyze app.{table}")).await.unwrap();
    }

    let query = kernel::tx::QUERIES
        .iter()
        .find(|query| query.name == "matching" && query.at.contains("customer/search.rs"))
        .unwrap();
    let types: Vec<String> = query.types().iter().map(ToString::to_string).collect();
    let types = types.join(", ").replace("_text", "text[]");
    above.batch_execute("set session authorization tw_app; set search_path = app").await.unwrap();
    above.batch_execute(&format!("prepare search({types}) as {}", query.sql)).await.unwrap();
    above.batch_execute(&format!("begin; select wall.set_tenant('{}')", acme.id)).await.unwrap();
    let mut slow = vec![];
    println!("{:24} {:>5} {:>8} {:>8}", "planning and execution", "found", "p50 ms", "p99 ms");
    for (what, words) in SEARCHES {
        let list = |end: &str| {
            let quoted: Vec<String> = words.iter().map(|word| format!("'{word}{end}'")).collect();
            format!("array[{}]", quoted.join(", "))
        };
        let (end, name) = ("\u{10ffff}", words.join(" "));
        let (from, till) = (list(""), list(end));
        let call =
            format!("execute search('{}', {from}, {till}, '{name}', '{name}{end}', 'active', null, 50, null)", acme.id);
        let found = above.simple_query(&call).await.unwrap().len() - 2;
        let mut took = vec![];
        for _ in 0..200 {
            let plan = above.query(&format!("explain (analyze, timing off) {call}"), &[]).await.unwrap();
            let lines: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
            assert!(!lines.iter().any(|line| line.contains("Seq Scan")), "{what} reads a whole table: {lines:#?}");
            let ms = |line: &String| line.split_once(" Time: ")?.1.strip_suffix(" ms")?.parse::<f64>().ok();
            took.push(lines.iter().filter_map(ms).sum::<f64>());
        }
        took.sort_by(f64::total_cmp);
        println!("{what:24} {found:5} {:8.2} {:8.2}", took[100], took[198]);
        if took[100] >= 5.0 {
            slow.push(what);
        }
    }
    assert!(slow.is_empty(), "5 ms and more: {slow:?}");

    // By tag, through the front door, with all that a request takes.
    let owner = acme.person("owner").await;
    for asked in ["tag=tag+1", "tag=tag+16", "tag=tag+1&city=salem", "tag=tag+1&q=john", "tag=tag+16&q=springfield"] {
        let path = format!("/api/v1/customers?limit=50&{asked}");
        let (mut took, mut found) = (vec![], 0);
        for _ in 0..200 {
            let begun = Instant::now();
            let answer = owner.get(&path).await;
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            found = answer.body["data"].as_array().unwrap().len();
        }
        took.sort_by(f64::total_cmp);
        println!("{asked:24} {found:5} {:8.2} {:8.2}", took[100], took[198]);
        assert!(found > 0);
    }

    // Mistyped, through the front door: three statements one after the other, with all that a request takes.
    for typed in ["smiht", "msith", "springfeild", "jonh+smiht", "marai+sprngfield", "qqqqq"] {
        let path = format!("/api/v1/customers?fuzzy=true&limit=50&q={typed}");
        let (mut took, mut found) = (vec![], 0);
        for _ in 0..200 {
            let begun = Instant::now();
            let answer = owner.get(&path).await;
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            found = answer.body["data"].as_array().unwrap().len();
        }
        took.sort_by(f64::total_cmp);
        println!("mistyped {typed:15} {found:5} {:8.2} {:8.2}", took[100], took[198]);
    }
}

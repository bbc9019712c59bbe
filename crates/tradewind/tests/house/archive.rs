//! Old rows of the audit leave for files, whole or not at all, and are still there to be verified and read.
use harness::{Company, TestHouse, in_both_placements};
use kernel::Uuid;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};
use tenancy::chain::{
    self, Fault, Report,
    archive::{self, Storage},
};
use tokio_postgres::Client;
use tradewind::modules;

const OLD: &str = "and action = 'customer.created'";

/// A company with six customers that were made 400 days ago, as far as the audit knows; nothing is sealed yet.
struct Aged<'a> {
    house: &'a TestHouse,
    acme: &'a Company<'a>,
    above: Client,
    schema: String,
    customers: Vec<String>,
}

impl<'a> Aged<'a> {
    async fn of(house: &'a TestHouse, acme: &'a Company<'a>) -> Self {
        house.house.keep(Storage::new(None, house.house.data_dir(), 365, 2557).unwrap());
        let (above, schema, owner) = (house.above().await, acme.schema().await, acme.person("owner").await);
        let mut customers = vec![];
        for n in 1..=6 {
            let made = owner.post("/api/v1/customers", json!({ "name": format!("Customer {n}") })).await;
            assert_eq!(made.status, 201, "{made:?}");
            customers.push(made.id());
        }
        let aged = Self { house, acme, above, schema, customers };
        aged.run(&format!("update {{s}}.audit set at = at - interval '400 days' where tenant_id = $1 {OLD}"), 6).await;
        let change =
            "update {s}.record_change set at = at - interval '400 days' where tenant_id = $1 and record = 'customer'";
        aged.run(change, 6).await;
        aged
    }

    /// By whoever is above the walls; {s} is the schema.
    async fn run(&self, sql: &str, rows: u64) {
        let sql = sql.replace("{s}", &self.schema);
        assert_eq!(self.above.execute(&sql, &[&self.acme.id]).await.unwrap(), rows, "{sql}");
    }
    async fn count(&self, table: &str, more: &str) -> i64 {
        let sql = format!("select count(*) from {}.{table} where tenant_id = $1 {more}", self.schema);
        self.above.query_one(&sql, &[&self.acme.id]).await.unwrap().get(0)
    }
    async fn errand(&self) -> kernel::Scope {
        self.house.house.errand(self.acme.id, "cron:tenancy.archive_audit").await.unwrap()
    }
    async fn seal(&self) {
        chain::seal(&self.errand().await).await.unwrap();
    }
    /// As if they had been put on when the rows were written.
    async fn the_seals_are_as_old(&self) {
        let seals = self.count("audit_seal", "").await as u64;
        self.run("update {s}.audit_seal set at = at - interval '400 days' where tenant_id = $1", seals).await;
    }
    async fn a_day_passes(&self) -> Result<(), kernel::Error> {
        archive::run(self.errand().await).await
    }
    async fn checked(&self) -> Report {
        chain::verify(&self.errand().await).await.unwrap()
    }
    /// Nothing is wrong, and so many rows are in the archive.
    async fn is_whole(&self, archived: i64) {
        let report = self.checked().await;
        assert_eq!((report.findings.len(), report.archived), (0, archived), "{report:?}");
    }
    fn folder(&self) -> PathBuf {
        self.house.house.data_dir().join("audit-archive").join(self.acme.id.to_string())
    }
    fn files(&self) -> Vec<PathBuf> {
        let mut all: Vec<_> =
            fs::read_dir(self.folder()).map(|all| all.map(|file| file.unwrap().path()).collect()).unwrap_or_default();
        all.sort();
        all
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_older_than_a_year_leave_for_a_file_that_is_verified() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let aged = Aged::of(&house, &acme).await;
        let all = aged.count("audit", "").await;

        // What has no seal yet stays.
        aged.a_day_passes().await.unwrap();
        assert_eq!((aged.count("audit", OLD).await, aged.files().len()), (6, 0));
        aged.seal().await;

        // Nor does a row leave that was changed after it was sealed; the others do.
        let one = format!("{OLD} and subject = '{}'", aged.customers[2]);
        aged.run(&format!("update {{s}}.audit set actor_name = 'Victor' where tenant_id = $1 {one}"), 1).await;
        let refused = aged.a_day_passes().await.unwrap_err().to_string();
        assert!(refused.contains("1 of its rows are not what was sealed"), "{refused}");
        assert_eq!((aged.count("audit", OLD).await, aged.count("audit", &one).await), (1, 1));
        let report = aged.checked().await;
        assert_eq!(report.findings.iter().map(|f| f.fault).collect::<Vec<_>>(), [Fault::Changed], "{report:?}");
        aged.run(&format!("update {{s}}.audit set actor_name = 'Olive Owner' where tenant_id = $1 {one}"), 1).await;

        aged.a_day_passes().await.unwrap();
        assert_eq!(aged.count("audit", OLD).await, 0);
        assert_eq!(aged.count("audit", "").await, all - 6, "the old rows and no others have left");
        assert_eq!(aged.files().len(), 2, "{:?}", aged.files());
        aged.is_whole(6).await;
        aged.a_day_passes().await.unwrap();
        assert_eq!(aged.files().len(), 2, "another day archives nothing twice");

        // Their time is over when that of their seals is: the files go, the seals stay.
        house.house.keep(Storage::new(None, house.house.data_dir(), 365, 390).unwrap());
        aged.a_day_passes().await.unwrap();
        assert_eq!(aged.files().len(), 2);
        aged.the_seals_are_as_old().await;
        aged.a_day_passes().await.unwrap();
        assert_eq!(aged.files().len(), 0);
        let report = aged.checked().await;
        assert_eq!((report.findings.len(), report.archived, report.over), (0, 0, 6), "{report:?}");
        // Whoever keeps them longer is told that they are missing.
        house.house.keep(Storage::new(None, house.house.data_dir(), 365, 500).unwrap());
        let report = aged.checked().await;
        assert_eq!(report.findings.iter().filter(|f| f.fault == Fault::Missing).count(), 6, "{report:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_another_or_gone_is_named() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let aged = Aged::of(&house, &acme).await;
        let rival = house.company(&acme.placement).await;
        let theirs = Aged::of(&house, &rival).await;
        for one in [&aged, &theirs] {
            one.seal().await;
            one.a_day_passes().await.unwrap();
            one.is_whole(6).await;
        }
        let ([file], [their_file]) = (&aged.files()[..], &theirs.files()[..]) else { panic!("{:?}", aged.files()) };
        let was = fs::read(file).unwrap();
        let mut other = was.clone();
        other[was.len() / 2] ^= 1;
        let owner = acme.person("owner").await;
        let days = json!({ "from": "2025-01-01", "to": "2026-12-31" });
        for left in [Some(other), Some(fs::read(their_file).unwrap()), None] {
            match left {
                Some(bytes) => fs::write(file, bytes).unwrap(),
                None => fs::remove_file(file).unwrap(),
            }
            let report = aged.checked().await;
            assert_eq!(report.findings.iter().map(|f| f.fault).collect::<Vec<_>>(), [Fault::Unreadable], "{report:?}");
            let (name, said) = (file.file_name().unwrap().to_str().unwrap(), report.findings[0].to_string());
            assert!(said.contains(&acme.id.to_string()) && said.contains(name), "{said}");
            let answer = owner.post("/api/v1/audit/export", days.clone()).await;
            assert_eq!(answer.status, 409, "{answer:?}");
            assert!(answer.text.contains(name) && answer.text.contains("backup"), "{answer:?}");
        }
        fs::write(file, &was).unwrap();
        aged.is_whole(6).await;

        // Whatever a row of ours says, it leads to our own folder: the neighbour's file is not read by it.
        let sql = format!("select id, first_number, last_number, sha256 from {}.audit_archive where tenant_id = $1", theirs.schema);
        let row = theirs.above.query_one(&sql, &[&rival.id]).await.unwrap();
        let [first, last] = [row.get::<_, i64>(1), row.get::<_, i64>(2)];
        let (id, sha256) = (row.get::<_, Uuid>(0), row.get::<_, String>(3));
        aged.run(&format!("update {{s}}.audit_archive set id = '{id}', first_number = {first}, last_number = {last}, sha256 = '{sha256}' where tenant_id = $1"), 1).await;
        let answer = owner.post("/api/v1/audit/export", days.clone()).await;
        assert_eq!(answer.status, 409, "{answer:?}");
        assert!(aged.checked().await.findings.iter().any(|f| f.fault == Fault::Unreadable));
    })
    .await;
}

/// A process may die between any two steps: the next turn goes on, nothing is lost, and nothing lies about.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_ended_anywhere_is_gone_on_with() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let aged = Aged::of(&house, &acme).await;
        aged.seal().await;
        let saved = format!("create temp table saved as select * from {}.audit where tenant_id = '{}' {OLD}", aged.schema, acme.id);
        aged.above.batch_execute(&saved).await.unwrap();
        let steps = async || {
            let sql = format!("select written_at is not null, emptied_at is not null, ended_at is not null from {}.audit_archive where tenant_id = $1 order by id", aged.schema);
            let rows = aged.above.query(&sql, &[&acme.id]).await.unwrap();
            rows.iter().map(|row| [0, 1, 2].map(|n| row.get::<_, bool>(n))).collect::<Vec<_>>()
        };

        // Storage that cannot be written: noted, and no more.
        fs::create_dir_all(house.house.data_dir().join("audit-archive")).unwrap();
        fs::write(aged.folder(), "in the way").unwrap();
        assert!(aged.a_day_passes().await.is_err());
        fs::remove_file(aged.folder()).unwrap();
        assert_eq!((steps().await, aged.count("audit", OLD).await), (vec![[false; 3]], 6));
        aged.is_whole(0).await;
        // A part of the file was there.
        let sql = format!("select format('%s-%s-%s.jsonl.gz', lpad(first_number::text, 12, '0'), lpad(last_number::text, 12, '0'), id) from {}.audit_archive where tenant_id = $1", aged.schema);
        let name: String = aged.above.query_one(&sql, &[&acme.id]).await.unwrap().get(0);
        fs::create_dir_all(aged.folder()).unwrap();
        fs::write(aged.folder().join(&name), "half").unwrap();
        aged.a_day_passes().await.unwrap();
        assert_eq!(steps().await, [[false, true, true], [true, true, false]]);
        let [file] = &aged.files()[..] else { panic!("{:?}", aged.files()) };
        assert!(!file.ends_with(&name), "what was half written is gone");
        aged.is_whole(6).await;

        // Written, and none of the rows taken out; or three of them.
        for (more, back) in [("", 6), ("order by id limit 3", 3)] {
            aged.run("update {s}.audit_archive set emptied_at = null where tenant_id = $1 and written_at is not null", 1).await;
            aged.run(&format!("insert into {{s}}.audit select * from saved where tenant_id = $1 {more}"), back).await;
            aged.is_whole(6 - back as i64).await;
            aged.a_day_passes().await.unwrap();
            assert_eq!((aged.count("audit", OLD).await, aged.files().len()), (0, 1));
            aged.is_whole(6).await;
        }
        // Lost before its rows had left: they stay, and somebody is told.
        aged.run("update {s}.audit_archive set emptied_at = null where tenant_id = $1 and written_at is not null", 1).await;
        aged.run("insert into {s}.audit select * from saved where tenant_id = $1", 6).await;
        let was = fs::read(file).unwrap();
        fs::remove_file(file).unwrap();
        let refused = aged.a_day_passes().await.unwrap_err().to_string();
        assert!(refused.contains("gone, or not what was put there"), "{refused}");
        assert_eq!(aged.count("audit", OLD).await, 6);
        fs::write(file, was).unwrap();
        aged.a_day_passes().await.unwrap();
        aged.is_whole(6).await;

        // Its time is over: the file was removed, and that not noted.
        house.house.keep(Storage::new(None, house.house.data_dir(), 365, 390).unwrap());
        aged.the_seals_are_as_old().await;
        fs::remove_file(file).unwrap();
        aged.a_day_passes().await.unwrap();
        assert_eq!(steps().await, [[false, true, true], [true, true, true]]);
        assert_eq!(aged.checked().await.over, 6);
        aged.above.batch_execute("drop table saved").await.unwrap();
    })
    .await;
}

/// The app may take rows out, but none that is young, has no seal, or that no written file covers.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_leaves_only_when_it_was_archived() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let aged = Aged::of(&house, &acme).await;
        let dsn = match acme.placement.as_str() {
            "pooled" => house.ground.dsns.app.clone(),
            _ => acme.dsn().await,
        };
        let (client, connection) = tokio_postgres::connect(&dsn, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let id = acme.id;
        let take = format!("begin; select wall.set_tenant('{id}'); delete from audit where tenant_id = '{id}' {OLD}");
        let refused = async || {
            let code = client.batch_execute(&take).await.err().and_then(|e| e.code().map(|code| code.code().to_owned()));
            client.batch_execute("rollback").await.unwrap();
            code
        };
        let denied = Some("42501".to_owned());
        assert_eq!(refused().await, denied, "old, but without a seal and in no archive");
        let cover = "insert into {s}.audit_archive (tenant_id, id, entries, first_number, last_number, first_at, last_at, created_at, written_at, sha256)
            values ($1, gen_random_uuid(), 6, 1, 1000, now() - interval '2 years', now(), now(), now(), 'x')";
        aged.run(cover, 1).await;
        assert_eq!(refused().await, denied, "covered, but without a seal");
        aged.seal().await;
        assert_eq!(refused().await, None, "old, sealed and archived");
        let archive = async |set: &str| aged.run(&format!("update {{s}}.audit_archive set {set} where tenant_id = $1"), 1).await;
        archive("written_at = null, sha256 = null").await;
        assert_eq!(refused().await, denied, "the file was not written");
        archive("written_at = now(), sha256 = 'x', first_number = 999").await;
        assert_eq!(refused().await, denied, "in no file");
        archive("first_number = 1, emptied_at = now()").await;
        assert_eq!(refused().await, denied, "all of that file have left already");
        archive("emptied_at = null").await;
        assert_eq!(refused().await, None, "as before");
        aged.run(&format!("update {{s}}.audit set at = now() - interval '29 days' where tenant_id = $1 {OLD}"), 6).await;
        assert_eq!(refused().await, denied, "young, whatever an archive says");
    })
    .await;
}

/// Whoever has taken over the program can make up lines about files, but no row goes unnoticed.
#[tokio::test(flavor = "multi_thread")]
async fn what_left_under_a_made_up_line_is_named() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let aged = Aged::of(&house, &acme).await;
        aged.seal().await;
        let made_up = "insert into {s}.audit_archive (tenant_id, id, entries, first_number, last_number, first_at, last_at, created_at, written_at, sha256)
            values ($1, gen_random_uuid(), 6, 1, 1000, '2016-01-01', '2016-01-02', now(), now(), 'x')";
        aged.run(made_up, 1).await;
        aged.run(&format!("delete from {{s}}.audit where tenant_id = $1 {OLD}"), 6).await;
        let faults = async || aged.checked().await.findings.iter().map(|f| f.fault).collect::<Vec<_>>();
        assert_eq!(faults().await, [Fault::Unreadable]);
        aged.run("update {s}.audit_archive set emptied_at = now(), ended_at = now() where tenant_id = $1", 1).await;
        assert_eq!(faults().await, [Fault::Missing; 6]);
    })
    .await;
}

/// The same in a bucket, `TRADEWIND_AUDIT_ARCHIVE`: CONTRIBUTING.md says how to come by one.
#[cfg(feature = "s3")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "wants a bucket"]
async fn a_bucket_keeps_what_a_folder_would() {
    let address = std::env::var("TRADEWIND_AUDIT_ARCHIVE").expect("TRADEWIND_AUDIT_ARCHIVE=s3://bucket/folder");
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let aged = Aged::of(&house, &acme).await;
        let bucket = |address: &str, kept| {
            house.house.keep(Storage::new(Some(address), house.house.data_dir(), 365, kept).unwrap())
        };
        let old = format!("{OLD} and subject = '{}'", aged.customers[0]);
        aged.seal().await;
        bucket("s3://tradewind-no-such-bucket/", 2557);
        aged.a_day_passes().await.unwrap_err();
        assert_eq!(aged.count("audit", OLD).await, 6, "what could not be put away stays");

        bucket(&address, 2557);
        aged.a_day_passes().await.unwrap();
        assert_eq!((aged.count("audit", OLD).await, aged.count("audit", &old).await, aged.files().len()), (0, 0, 0));
        aged.is_whole(6).await;
        let days = json!({ "from": "2025-01-01", "to": "2026-12-31" });
        let table = acme.person("owner").await.post("/api/v1/audit/export", days).await;
        assert_eq!(table.status, 200, "{table:?}");
        assert_eq!(
            lines(&table.text).iter().filter(|line| line.iter().any(|cell| cell.contains("customer.created"))).count(),
            6
        );

        bucket(&address, 390);
        aged.the_seals_are_as_old().await;
        aged.a_day_passes().await.unwrap();
        assert_eq!((aged.checked().await.findings.len(), aged.checked().await.over), (0, 6));
        bucket(&address, 500);
        let faults: Vec<_> = aged.checked().await.findings.iter().map(|f| f.fault).collect();
        assert_eq!(faults, [Fault::Missing; 6], "the object itself is gone");
    })
    .await;
}

fn lines(table: &str) -> Vec<Vec<String>> {
    let mut read = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    read.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_archive_is_read_by_who_may_and_that_is_written_down() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let aged = Aged::of(&house, &acme).await;
        let owner = acme.person("owner").await;
        let days = json!({ "from": "2025-01-01", "to": "2026-12-31" });
        let export = async |days: &Value| owner.post("/api/v1/audit/export", days.clone()).await;
        let before = lines(&export(&days).await.text);
        let none = owner.page("/settings/audit/export").await;
        assert!(none.status == 200 && none.text.contains("Nothing is in the archive yet"), "{}", none.text);
        let history = owner.get(&format!("/api/v1/history/{}", aged.customers[0])).await.body;
        assert_eq!(history["data"][0]["actor_name"], "Olive Owner", "{history}");
        aged.seal().await;
        aged.a_day_passes().await.unwrap();
        assert_eq!(aged.count("audit", OLD).await, 0);

        // The same table as before anything had left, and the line that says that it was taken.
        let answer = export(&days).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), "text/csv");
        let after = lines(&answer.text);
        assert_eq!(after[..before.len()], before[..]);
        assert_eq!(after.iter().filter(|line| line[3] == "customer.created").count(), 6);
        let [taken] = &after[before.len()..] else { panic!("{:?}", &after[before.len()..]) };
        assert_eq!((&taken[3], &taken[2]), (&"audit.exported".to_owned(), &"Olive Owner".to_owned()));
        assert!(taken[4].contains(&format!("\"entries\":{}", before.len())), "{}", taken[4]);
        // Days before and after.
        let old = json!({ "from": "2025-05-17", "to": "2025-05-19" });
        assert_eq!(lines(&export(&old).await.text).len(), 6);
        let earlier = json!({ "from": "2025-01-01", "to": "2025-05-16" });
        assert_eq!(lines(&export(&earlier).await.text).len(), 0);
        let wrong = export(&json!({ "from": "2026-01-02", "to": "2026-01-01" })).await;
        assert_eq!((wrong.status, wrong.error("/to")), (422, "Choose the same day as the first, or a later one."));

        // The record's history answers as before, but for who; the pages say where that is told.
        let path = format!("/history/{}", aged.customers[0]);
        let left = owner.get(&format!("/api/v1{path}")).await.body;
        assert_eq!(
            (&left["data"][0]["after"], &left["data"][0]["actor_name"]),
            (&history["data"][0]["after"], &Value::Null)
        );
        for (page, words) in [
            (path.as_str(), "is told by the archive"),
            ("/settings/audit", "lies in the archive"),
            ("/settings/audit/export", "In the archive"),
        ] {
            let shown = owner.page(page).await;
            assert!(shown.status == 200 && shown.text.contains(words), "{page}: {}", shown.text);
            assert!(shown.text.contains("18 May 2025"), "{page}: {}", shown.text);
        }
        let form = owner.form("/settings/audit/export", &[("from", "2025-05-17"), ("to", "2025-05-19")]).await;
        assert_eq!((form.status, lines(&form.text).len()), (200, 6), "{form:?}");
        assert!(form.header("content-disposition").starts_with("attachment"), "{form:?}");
        let again = owner.form("/settings/audit/export", &[("from", "2025-05-19"), ("to", "2025-05-17")]).await;
        assert!(
            again.status == 422 && again.text.contains("or a later one") && again.text.contains("2025-05-19"),
            "{again:?}"
        );

        // Not by who may not, and the neighbour finds none of it.
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.post("/api/v1/audit/export", days.clone()).await.status, 403);
        assert_eq!(viewer.page("/settings/audit/export").await.status, 403);
        let rival = house.company(&acme.placement).await;
        let stranger = rival.person("owner").await.post("/api/v1/audit/export", days.clone()).await;
        assert_eq!(stranger.status, 200, "{stranger:?}");
        assert!(aged.customers.iter().all(|id| !stranger.text.contains(id)), "{}", stranger.text);
    })
    .await;
}

//! A list becomes a file with the rights, reach and eyes of whoever asked, and its link opens to nobody who sees less.
#![allow(clippy::unwrap_used)]
use exports::list::{Column, List};
use harness::{Answer, Company, Person, TestHouse, in_both_placements};
use jiff::SignedDuration;
use kernel::{Error, Paged, Result, Scope, TenantTx};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

async fn house() -> TestHouse {
    harness::start(vec![exports::module(), customers::module(), catalog::module()]).await
}

async fn ask(person: &Person<'_>, list: &str, format: &str, filter: Value) -> String {
    let asked = person.post("/api/v1/exports", json!({ "list": list, "format": format, "filter": filter })).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    assert_eq!(asked.header("location"), format!("/api/v1/exports/{}", asked.id()));
    asked.id()
}

async fn look(person: &Person<'_>, id: &str) -> Answer {
    person.get(&format!("/api/v1/exports/{id}")).await
}

/// Written, and fetched by its link.
async fn file(person: &Person<'_>, id: &str) -> Answer {
    let looked = look(person, id).await;
    assert_eq!(looked.body["status"], "done", "{looked:?}");
    let link = looked.body["download"].as_str().unwrap_or_else(|| panic!("no link: {looked:?}")).to_owned();
    person.get(&link).await
}

async fn exported(test: &TestHouse, person: &Person<'_>, list: &str, format: &str, filter: Value) -> Answer {
    let id = ask(person, list, format, filter).await;
    test.run_jobs().await;
    file(person, &id).await
}

async fn customer(person: &Person<'_>, new: Value) -> String {
    let made = person.post("/api/v1/customers", new).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

/// Somebody with a role of the company's own.
async fn with_role<'a>(company: &'a Company<'_>, permissions: &[&str], reach: &str) -> Person<'a> {
    let owner = company.person("owner").await;
    let person = company.person("viewer").await;
    let label = format!("Role of {}", person.id.unwrap());
    let role = owner.post("/api/v1/roles", json!({ "label": label, "copy_of": "viewer" })).await;
    assert_eq!(role.status, 201, "{role:?}");
    let path = format!("/api/v1/roles/{}", role.id());
    let reach = json!({ "customer": reach });
    let changed = owner.patch(&path, &role.etag(), json!({ "permissions": permissions, "reach": reach })).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    change(&owner, &person, json!({ "role": changed.body["name"] })).await;
    person
}

async fn change(owner: &Person<'_>, person: &Person<'_>, to: Value) {
    let path = format!("/api/v1/members/{}", person.id.unwrap());
    let changed = owner.patch(&path, &owner.get(&path).await.etag(), to).await;
    assert_eq!(changed.status, 200, "{changed:?}");
}

fn rows(csv: &str) -> Vec<std::collections::HashMap<String, String>> {
    let mut read = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    read.deserialize().collect::<csv::Result<_>>().unwrap()
}

#[tokio::test]
async fn a_list_becomes_a_file_in_every_format() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = json!({ "name": "Rivera, Ana", "phone": "+44 20 7946 0958", "location": { "street": "12 Elm St", "city": "Springfield" }, "contact": { "name": "Bo", "role": "Owner", "phone": "217 555 0100" } });
        let ana = customer(&owner, ana).await;
        customer(&owner, json!({ "name": "=HYPERLINK(\"http://x\")" })).await;
        let gone = customer(&owner, json!({ "name": "Zoë Gone" })).await;
        assert_eq!(owner.post(&format!("/api/v1/customers/{gone}/archive"), json!({})).await.status, 200);

        let answer = exported(&test, &owner, "customers", "csv", Value::Null).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"Customers 2026-06-22.csv\"");
        assert_eq!(answer.header("content-length"), answer.text.len().to_string());
        assert!(answer.text.starts_with("\u{feff}Number,Name,"), "{}", answer.text);
        let all = rows(&answer.text);
        assert_eq!(all.len(), 2, "{}", answer.text);
        let first = all.iter().find(|row| row["Record"] == ana).unwrap();
        assert_eq!((&*first["Name"], &*first["Phone"], &*first["City"]), ("Rivera, Ana", "'+44 20 7946 0958", "Springfield"));
        assert_eq!((&*first["Contacts"], &*first["Added"]), ("Bo (Owner), (217) 555-0100", "2026-06-22 09:00:00"));
        assert!(all.iter().any(|row| row["Name"] == "'=HYPERLINK(\"http://x\")"), "{}", answer.text);
        // What is kept is as it was typed.
        let told = exported(&test, &owner, "customers", "json", Value::Null).await.body;
        let told = told.as_array().unwrap();
        assert!(told.iter().any(|one| one["name"] == "=HYPERLINK(\"http://x\")"));
        let told = told.iter().find(|one| one["id"] == json!(ana)).unwrap();
        assert_eq!((&told["contacts"][0]["name"], &told["locations"][0]["street"]), (&json!("Bo"), &json!("12 Elm St")));

        let archived = exported(&test, &owner, "customers", "csv", json!({ "status": "archived" })).await;
        let archived = rows(&archived.text);
        assert_eq!((archived.len(), &*archived[0]["Name"]), (1, "Zoë Gone"));
        let book = exported(&test, &owner, "customers", "xlsx", Value::Null).await;
        assert!(book.text.starts_with("PK"), "{:.40}", book.text);
        // None is a file too.
        let none = exported(&test, &owner, "items", "json", json!({ "status": "archived" })).await;
        assert_eq!((none.status, none.body), (200, json!([])));

        let told: Vec<String> = acme.told().await.into_iter().filter(|kind| kind.starts_with("export.")).collect();
        assert_eq!(told[..3], ["export.created", "export.finished", "export.downloaded"]);
        assert_eq!(told.len(), 15, "{told:?}");
        let mine = owner.get("/api/v1/exports?limit=2").await;
        assert_eq!((mine.body["data"].as_array().unwrap().len(), mine.body["next_cursor"].is_string()), (2, true), "{mine:?}");
    })
    .await;
}

#[tokio::test]
async fn a_page_follows_a_page_to_the_end() {
    let test = house().await;
    let acme = test.company("pooled").await;
    let program = acme.program();
    let schema = acme.schema().await;
    let sql = format!(
        "insert into {schema}.customer (tenant_id, id, number, kind, name, name_key, status, version, created_at, updated_at)
         select $1, gen_random_uuid(), 5000 + n, 'person', 'Same Name', 'same name', 'active', 1, now(), now() from generate_series(1, 650) n"
    );
    test.above().await.execute(&sql, &[&acme.id]).await.unwrap();
    let answer = exported(&test, &program, "customers", "csv", Value::Null).await;
    let mut numbers: Vec<String> = rows(&answer.text).into_iter().map(|row| row["Number"].clone()).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 650);
    let told = exported(&test, &program, "customers", "json", Value::Null).await;
    assert_eq!(told.body.as_array().unwrap().len(), 650);
}

#[tokio::test]
async fn an_export_has_the_reach_and_the_eyes_of_who_asked() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let all = ["exports.create", "customers.read", "customers.write", "catalog.read"];
        let near = with_role(&acme, &all, "own").await;
        customer(&owner, json!({ "name": "Of the house" })).await;
        customer(&near, json!({ "name": "Mine" })).await;
        let item = json!({ "name": "Elbow", "kind": "material", "price": { "amount": "737.31", "currency": "USD" }, "cost": { "amount": "414.59", "currency": "USD" } });
        assert_eq!(owner.post("/api/v1/items", item).await.status, 201);

        // Their own, in every format, and no prices.
        let own = ask(&near, "customers", "csv", Value::Null).await;
        test.run_jobs().await;
        let table = file(&near, &own).await;
        let names: Vec<String> = rows(&table.text).into_iter().map(|row| row["Name"].clone()).collect();
        assert_eq!(names, ["Mine"]);
        let told = exported(&test, &near, "customers", "json", Value::Null).await;
        assert_eq!(told.body.as_array().unwrap().len(), 1, "{told:?}");
        for (person, shown) in [(&near, false), (&owner, true)] {
            let mut texts = vec![];
            for format in ["csv", "json", "xlsx"] {
                let id = ask(person, "items", format, Value::Null).await;
                test.run_jobs().await;
                let items = file(person, &id).await;
                assert_eq!(items.status, 200, "{items:?}");
                texts.push(if format == "xlsx" { sheet(&acme, &id).await } else { items.text });
            }
            for text in texts {
                let shows = ["737.31", "414.59", "73731", "41459"].map(|amount| text.contains(amount));
                assert_eq!(shows, [shown, shown, false, false], "{text}");
                assert!(text.contains("Elbow"));
            }
        }
        let seen = rows(&exported(&test, &near, "items", "csv", Value::Null).await.text);
        assert_eq!((&*seen[0]["Name"], &*seen[0]["Price"], &*seen[0]["Cost"]), ("Elbow", "", ""));

        // The control: the owner's has all of it, and opens to nobody who reaches or sees less.
        let (people, prices) = (ask(&owner, "customers", "csv", Value::Null).await, ask(&owner, "items", "csv", Value::Null).await);
        test.run_jobs().await;
        assert_eq!(rows(&file(&owner, &people).await.text).len(), 2);
        let seen = rows(&file(&owner, &prices).await.text);
        assert_eq!((&*seen[0]["Price"], &*seen[0]["Cost"]), ("737.31", "414.59"));
        let manager = acme.person("service_manager").await;
        for id in [&people, &prices] {
            let link = look(&owner, id).await.body["download"].as_str().unwrap().to_owned();
            assert_eq!(near.get(&link).await.status, 404);
            assert_eq!(look(&near, id).await.status, 404);
            assert_eq!(manager.get(&link).await.status, 200, "a colleague who sees as much");
            assert_eq!(look(&manager, id).await.status, 404, "and yet it is not theirs to look after");
        }
        // The other way round a wider reach opens it.
        let link = look(&near, &own).await.body["download"].as_str().unwrap().to_owned();
        assert_eq!(owner.get(&link).await.status, 200);
        // Who sees less by now does not open what was written before.
        let blind = with_role(&acme, &["exports.create", "catalog.read", "prices.see"], "all").await;
        let id = ask(&blind, "items", "csv", Value::Null).await;
        test.run_jobs().await;
        let before = file(&blind, &id).await;
        assert!(before.text.contains("737.31") && !before.text.contains("414.59"), "{before:?}");
        let link = look(&blind, &id).await.body["download"].as_str().unwrap().to_owned();
        change(&owner, &blind, json!({ "role": with_role_name(&owner, &near).await })).await;
        let refused = blind.get(&link).await;
        assert_eq!(refused.status, 409, "{refused:?}");
        assert!(refused.body["detail"].as_str().unwrap().starts_with("What you may see has changed"), "{refused:?}");
        assert!(look(&blind, &id).await.body["download"].is_null());
    })
    .await;
}

async fn with_role_name(owner: &Person<'_>, person: &Person<'_>) -> Value {
    owner.get(&format!("/api/v1/members/{}", person.id.unwrap())).await.body["role"].clone()
}

#[tokio::test]
async fn rights_count_as_they_are_when_the_file_is_written() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        customer(&owner, json!({ "name": "Rivera" })).await;
        // The role is taken away.
        let person = acme.person("service_manager").await;
        let id = ask(&person, "customers", "csv", Value::Null).await;
        change(&owner, &person, json!({ "role": "technician" })).await;
        test.run_jobs().await;
        assert_eq!(look(&person, &id).await.status, 403);
        // Whoever works here no more.
        let leaver = acme.person("service_manager").await;
        let left = ask(&leaver, "customers", "csv", Value::Null).await;
        let path = format!("/api/v1/members/{}/deactivate", leaver.id.unwrap());
        assert_eq!(owner.post(&path, json!({})).await.status, 200);
        // A key that was revoked, and one of a service account.
        let scopes = json!(["exports.create", "customers.read"]);
        let key = owner.post("/api/v1/api-keys", json!({ "name": "Ledger", "scopes": scopes })).await;
        let account = owner.post("/api/v1/service-accounts", json!({ "name": "Zap", "role": "service_manager" })).await;
        let new = json!({ "name": "Zap key", "scopes": ["exports.create", "customers.read", "catalog.read"], "service_account_id": account.id() });
        let service = owner.post("/api/v1/api-keys", new).await;
        let by = |made: &Answer| {
            let mut person = acme.visitor();
            person.credential = Some(("authorization", format!("Bearer {}", made.body["key"].as_str().unwrap())));
            person
        };
        let (key_person, service_person) = (by(&key), by(&service));
        let revoked = ask(&key_person, "customers", "csv", Value::Null).await;
        test.run_jobs().await;
        assert_eq!(rows(&file(&key_person, &revoked).await.text).len(), 1, "a key takes along what it may");
        let revoked = ask(&key_person, "customers", "csv", Value::Null).await;
        assert_eq!(owner.post(&format!("/api/v1/api-keys/{}/revoke", key.id()), json!({})).await.status, 200);
        let items = ask(&service_person, "items", "json", Value::Null).await;
        test.run_jobs().await;
        assert_eq!(file(&service_person, &items).await.body, json!([]));

        let client = test.above().await;
        let sql = format!("select status, problem, file_id, slot from {}.export where tenant_id = $1 and id = $2", acme.schema().await);
        for (id, why) in [(&id, "It needs the permission `exports.create`"), (&left, "Whoever asked"), (&revoked, "Whoever asked")] {
            let row = client.query_one(&sql, &[&acme.id, &id.parse::<uuid::Uuid>().unwrap()]).await.unwrap();
            let (status, problem): (String, Option<String>) = (row.get(0), row.get(1));
            assert!(status == "failed" && problem.as_ref().is_some_and(|says| says.starts_with(why)), "{status} {problem:?}");
            assert!(row.get::<_, Option<uuid::Uuid>>(2).is_none() && row.get::<_, Option<i32>>(3).is_none());
        }
        assert_eq!(acme.told().await.iter().filter(|kind| *kind == "export.failed").count(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_link_ends_and_opens_to_nobody_else() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let program = acme.program();
        let id = ask(&program, "customers", "csv", Value::Null).await;
        let early = program.get(&format!("/api/v1/exports/{id}/file")).await;
        assert_eq!(early.status, 409, "nothing is open before it is written: {early:?}");
        test.run_jobs().await;
        let looked = look(&program, &id).await;
        let link = looked.body["download"].as_str().unwrap().to_owned();
        let ends: jiff::Timestamp = looked.body["expires_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(ends, test.clock.now() + SignedDuration::from_hours(24), "{looked:?}");
        assert_eq!(program.get(&link).await.status, 200);
        assert_eq!(program.get(&link.replace("/api/v1", "")).await.status, 200, "and as a page has it");

        let bare = link.split('?').next().unwrap().to_owned();
        let token = link.split("token=").nth(1).unwrap().to_owned();
        let other = ask(&program, "customers", "csv", Value::Null).await;
        test.run_jobs().await;
        let elsewhere = link.replace(&id, &other);
        let bent = format!("{bare}?token={}", token.replacen(|c: char| c.is_ascii_digit(), "x", 1));
        for refused in [&bare, &elsewhere, &bent, &format!("{bare}?token=AAAA"), &format!("{bare}?token=%00")] {
            let answer = program.get(refused).await;
            assert!(matches!(answer.status, 400 | 409), "{refused}: {answer:?}");
        }
        assert_eq!(acme.visitor().get(&link).await.status, 401);
        assert_eq!(acme.person("dispatcher").await.get(&link).await.status, 403);
        let neighbour = test.company("pooled").await;
        assert_eq!(neighbour.program().get(&link).await.status, 404);

        test.clock.advance(SignedDuration::from_hours(23));
        assert_eq!(program.get(&link).await.status, 200);
        test.clock.advance(SignedDuration::from_hours(2));
        let over = program.get(&link).await;
        assert_eq!(over.status, 409, "{over:?}");
        assert!(look(&program, &id).await.body["download"].is_null());
    })
    .await;
}

#[tokio::test]
async fn three_at_once_and_what_is_stopped_makes_room() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let mut ids = vec![];
        for _ in 0..3 {
            ids.push(ask(&owner, "customers", "csv", Value::Null).await);
        }
        // Somebody who reaches a part sees the places taken too.
        let near = with_role(&acme, &["exports.create", "customers.read"], "own").await;
        for person in [&owner, &near] {
            let fourth = person.post("/api/v1/exports", json!({ "list": "customers", "format": "csv" })).await;
            assert_eq!((fourth.status, fourth.body["code"].as_str()), (409, Some("exports_at_once")), "{fourth:?}");
        }
        for _ in 0..2 {
            let stopped = owner.post(&format!("/api/v1/exports/{}/cancel", ids[1]), json!({})).await;
            assert_eq!((stopped.status, stopped.body["status"].as_str()), (200, Some("cancelled")), "{stopped:?}");
        }
        assert_eq!(near.post(&format!("/api/v1/exports/{}/cancel", ids[0]), json!({})).await.status, 404);
        ids.push(ask(&near, "customers", "csv", Value::Null).await);
        test.run_jobs().await;
        for (id, person, status) in [(0, &owner, "done"), (1, &owner, "cancelled"), (2, &owner, "done"), (3, &near, "done")] {
            assert_eq!(look(person, &ids[id]).await.body["status"], status);
        }
        let ready = owner.post(&format!("/api/v1/exports/{}/cancel", ids[0]), json!({})).await;
        assert_eq!(ready.body["status"], "done", "what is ready stays so");
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "export.cancelled").count(), 1, "{told:?}");

        // What stood still for hours takes no place for ever.
        let sql = format!("update {}.export set updated_at = updated_at - interval '3 hours' where tenant_id = $1 and slot is not null", acme.schema().await);
        for _ in 0..3 {
            ask(&owner, "customers", "csv", Value::Null).await;
        }
        test.above().await.execute(&sql, &[&acme.id]).await.unwrap();
        ask(&near, "customers", "csv", Value::Null).await;
        test.run_jobs().await;
    })
    .await;
}

/// What stands on the first sheet of a workbook.
async fn sheet(acme: &Company<'_>, id: &str) -> String {
    use std::io::Read;
    let sql = format!("select file_id from {}.export where tenant_id = $1 and id = $2", acme.schema().await);
    let row = acme.test.above().await.query_one(&sql, &[&acme.id, &id.parse::<uuid::Uuid>().unwrap()]).await.unwrap();
    let file: uuid::Uuid = row.get(0);
    let path =
        acme.test.ground.data_dir.join("files").join(acme.id.simple().to_string()).join(file.simple().to_string());
    let mut book = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    book.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut text).unwrap();
    text
}

kernel::sql! {
    fn stop_all() -> u64 = "update export set status = 'cancelled', slot = null where tenant_id = $1 and status = 'running'";
}

/// A list of three pages, in whose middle something happens.
async fn in_the_middle(cursor: Option<String>, happens: impl AsyncFnOnce() -> Result<()>) -> Result<Paged<i64>> {
    let page = cursor.map_or(1, |cursor| cursor.parse().unwrap());
    if page == 2 {
        happens().await?;
    }
    Ok(Paged { data: vec![page], next_cursor: (page < 3).then(|| (page + 1).to_string()) })
}

struct Stopped;
exports::list! { Stopped }
impl List for Stopped {
    const NAME: &'static str = "stopped";
    const LABEL: &'static str = "Stopped";
    const HREF: &'static str = "/stopped";
    type Read = exports::ExportsCreate;
    type Filter = Value;
    type Row = i64;
    const COLUMNS: &'static [Column<i64>] = &[("Page", |page| (*page).into())];
    async fn page(scope: &Scope, _: Value, cursor: Option<String>) -> Result<Paged<i64>> {
        let stop = async || scope.write_with(async |tx: &mut TenantTx| tx.run(stop_all()).await).await.map(drop);
        in_the_middle(cursor, stop).await
    }
}

static BROKEN: AtomicU32 = AtomicU32::new(0);

struct Shaky;
exports::list! { Shaky }
impl List for Shaky {
    const NAME: &'static str = "shaky";
    const LABEL: &'static str = "Shaky";
    const HREF: &'static str = "/shaky";
    type Read = exports::ExportsCreate;
    type Filter = Value;
    type Row = i64;
    const COLUMNS: &'static [Column<i64>] = &[("Page", |page| (*page).into())];
    async fn page(_: &Scope, _: Value, cursor: Option<String>) -> Result<Paged<i64>> {
        in_the_middle(cursor, async || match BROKEN.fetch_add(1, Ordering::SeqCst) % 3 {
            0 => Err(Error::Bug("the connection went".into())),
            1 => panic!("a bug"),
            _ => Ok(()),
        })
        .await
    }
}

#[tokio::test]
async fn what_breaks_off_in_the_middle_leaves_no_half_file() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let program = acme.program();
        for format in ["csv", "xlsx", "json"] {
            let stopped = ask(&program, "stopped", format, Value::Null).await;
            test.run_jobs().await;
            let looked = look(&program, &stopped).await;
            assert_eq!((looked.body["status"].as_str(), &looked.body["download"]), (Some("cancelled"), &Value::Null));
        }
        assert_eq!(kept(&test, &acme), Vec::<String>::new());
        // An error and a panic, and then the whole of it.
        let shaky = ask(&program, "shaky", "json", Value::Null).await;
        test.run_jobs().await;
        assert_eq!(file(&program, &shaky).await.body, json!([1, 2, 3]));
        assert_eq!(kept(&test, &acme).len(), 1);
    })
    .await;
}

/// The files of a company on disk.
fn kept(test: &TestHouse, acme: &Company<'_>) -> Vec<String> {
    let folder = test.ground.data_dir.join("files").join(acme.id.simple().to_string());
    let Ok(files) = std::fs::read_dir(folder) else { return vec![] };
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_worker_that_died_leaves_nothing_and_the_next_one_writes_it_whole() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let program = acme.program();
        customer(&program, json!({ "name": "Rivera" })).await;
        let id = ask(&program, "customers", "json", Value::Null).await;
        // Half a file of an attempt that ended in the middle.
        let left = uuid::Uuid::now_v7();
        let folder = test.ground.data_dir.join("files").join(acme.id.simple().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{}.draft", left.simple())), "[{\"ha").unwrap();
        let sql = format!("update {}.export set status = 'running', attempts = 1, rows = 200, file_id = $3 where tenant_id = $1 and id = $2", acme.schema().await);
        test.above().await.execute(&sql, &[&acme.id, &id.parse::<uuid::Uuid>().unwrap(), &left]).await.unwrap();
        assert_eq!(program.get(&format!("/api/v1/exports/{id}/file")).await.status, 409);
        test.run_jobs().await;
        let written = file(&program, &id).await;
        assert_eq!(written.body.as_array().map(Vec::len), Some(1), "{written:?}");
        let looked = look(&program, &id).await;
        assert_eq!((&looked.body["rows"], &looked.body["bytes"]), (&json!(1), &json!(written.text.len())));
        assert_eq!(kept(&test, &acme).len(), 1, "{:?}", kept(&test, &acme));
    })
    .await;
}

#[tokio::test]
async fn what_is_old_is_swept_away() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let program = acme.program();
        let id = ask(&program, "customers", "csv", Value::Null).await;
        test.run_jobs().await;
        let sweep = async || {
            kernel::job::worker::now_for(&test.house, acme.id, "exports.sweep").await.unwrap();
            test.run_jobs().await;
        };
        sweep().await;
        assert_eq!((kept(&test, &acme).len(), file(&program, &id).await.status), (1, 200), "not before its time");
        test.clock.advance(SignedDuration::from_hours(25));
        sweep().await;
        assert_eq!(kept(&test, &acme), Vec::<String>::new());
        assert_eq!(look(&program, &id).await.body["status"], "expired");
        test.clock.advance(SignedDuration::from_hours(7 * 24));
        sweep().await;
        assert_eq!(look(&program, &id).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_plain_words() {
    let test = house().await;
    let acme = test.company("pooled").await;
    let owner = acme.person("owner").await;
    let post = async |person: &Person<'_>, body: Value| person.post("/api/v1/exports", body).await;
    let unknown = post(&owner, json!({ "list": "moons", "format": "csv" })).await;
    assert_eq!((unknown.status, unknown.error("/list")), (422, "There is no such list to take along."));
    for (filter, at) in [
        (json!({ "limit": 5 }), "/filter/limit"),
        (json!({ "cursor": "x" }), "/filter/cursor"),
        (json!({ "status": "asleep" }), "/filter/status"),
        (json!({ "colour": "red" }), "/filter/colour"),
        (json!([1]), "/filter"),
        (json!({ "q": "x".repeat(3000) }), "/filter"),
    ] {
        let refused = post(&owner, json!({ "list": "customers", "format": "csv", "filter": filter })).await;
        assert!(refused.status == 422 && !refused.error(at).is_empty(), "{at}: {refused:?}");
    }
    assert_eq!(post(&owner, json!({ "list": "customers", "format": "pdf" })).await.status, 422);
    let may_not = with_role(&acme, &["exports.create", "catalog.read"], "all").await;
    let refused = post(&may_not, json!({ "list": "customers", "format": "csv" })).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("forbidden")), "{refused:?}");
    for (role, status) in [
        ("admin", 202),
        ("service_manager", 202),
        ("dispatcher", 403),
        ("technician", 403),
        ("member", 403),
        ("viewer", 403),
    ] {
        let answer = post(&acme.person(role).await, json!({ "list": "items", "format": "csv" })).await;
        assert_eq!(answer.status, status, "{role}: {answer:?}");
    }
    // Asked for twice with one key is one export.
    test.run_jobs().await;
    let headers = [("idempotency-key", "one")];
    let body = json!({ "list": "customers", "format": "csv" });
    let first = owner.send(axum::http::Method::POST, "/api/v1/exports", &headers, body.clone()).await;
    let second = owner.send(axum::http::Method::POST, "/api/v1/exports", &headers, body).await;
    assert_eq!((first.status, second.status, first.id()), (202, 202, second.id()));
    test.run_jobs().await;
}

#[tokio::test]
async fn a_person_takes_a_list_along_without_script() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let customer = customer(&owner, json!({ "name": "Rivera" })).await;
        let list = owner.page("/customers?status=archived&city=St.%20Louis").await;
        let begin = "/exports/new?list=customers&amp;filter=status%3Darchived%26city%3DSt.%2520Louis";
        assert!(list.text.contains(begin), "{}", list.text);
        let form = owner.page(&begin.replace("&amp;", "&")).await;
        assert!(
            form.text.contains("Export customers") && form.text.contains("city is St. Louis, status is archived"),
            "{}",
            form.text
        );
        let wrong =
            owner.form("/exports/new", &[("list", "customers"), ("filter", "colour=red"), ("format", "csv")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("does not understand"), "{wrong:?}");
        let posted =
            owner.form("/exports/new", &[("list", "customers"), ("filter", "status=active"), ("format", "xlsx")]).await;
        assert_eq!(posted.status, 303, "{posted:?}");
        let page = posted.header("location").to_owned();
        let waiting = owner.page(&page).await;
        assert!(
            waiting.text.contains("Waiting for its turn")
                && waiting.text.contains("Look again")
                && waiting.text.contains("Stop"),
            "{}",
            waiting.text
        );
        test.run_jobs().await;
        let part = owner.page(&format!("{page}/progress")).await;
        assert!(
            part.text.contains("data-done") && part.text.contains("Download Excel") && part.text.contains("1 row"),
            "{}",
            part.text
        );
        let link = part
            .text
            .split("href=\"")
            .find_map(|rest| rest.starts_with("/api/v1/exports/").then(|| rest.split('"').next().unwrap().to_owned()))
            .unwrap();
        assert_eq!(owner.get(&link).await.status, 200);
        let mine = owner.page("/exports").await;
        assert!(mine.text.contains("Customers") && mine.text.contains("Ready"), "{}", mine.text);
        assert!(owner.page("/settings").await.text.contains("/exports"));
        let second = owner.form("/exports/new", &[("list", "items"), ("format", "json")]).await;
        let stopped = owner.form(&format!("{}/cancel", second.header("location")), &[]).await;
        assert_eq!((stopped.status, stopped.header("location")), (303, second.header("location")));
        assert!(owner.page(second.header("location")).await.text.contains("Stopped"));

        // What the page finds instead of what was mistyped is what the file has.
        let mistyped = owner.page("/customers?q=rivrea").await;
        let begin = "/exports/new?list=customers&amp;filter=q%3Drivrea%26fuzzy%3Dtrue";
        assert!(mistyped.text.contains(begin), "{}", mistyped.text);
        let fields = [("list", "customers"), ("filter", "q=rivrea&fuzzy=true"), ("format", "csv")];
        let posted = owner.form("/exports/new", &fields).await;
        test.run_jobs().await;
        let found = file(&owner, posted.header("location").rsplit('/').next().unwrap()).await;
        assert!(found.text.contains("Rivera"), "{found:?}");

        // Who may not take lists along is offered none, and finds nobody else's.
        let viewer = acme.person("viewer").await;
        assert!(!viewer.page("/customers").await.text.contains("/exports/new"));
        assert_eq!(viewer.page(&page).await.status, 403);
        let manager = acme.person("service_manager").await;
        assert_eq!(manager.page(&page).await.status, 404);
        assert!(manager.page("/exports").await.text.contains("Nothing was exported"));
        let card = owner.get(&format!("/api/v1/customers/{customer}/vcard")).await;
        assert!(
            card.text.contains("FN:Rivera\r\n")
                && owner.page(&format!("/customers/{customer}")).await.text.contains("/vcard"),
            "{card:?}"
        );
        test.run_jobs().await;
    })
    .await;
}

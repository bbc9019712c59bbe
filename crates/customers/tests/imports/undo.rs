//! Undone, paused, stopped, and taken up where a worker died.
use harness::{Company, Person, in_both_placements};
use kernel::job::Job;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

use crate::{checked, counts, hashes, house, imported, send, undone, verb};

/// Three who are known already: by e-mail with a place, by phone without one, by name.
async fn known(owner: &Person<'_>) -> Vec<String> {
    let chen = json!({ "name": "Chen Family", "email": "chen@example.com", "notes": "Dog", "tags": ["VIP"],
        "location": { "street": "1 Oak St", "city": "Salem" }, "contact": { "name": "Wei Chen" } });
    let delgado = json!({ "name": "Delgado Bakery", "phone": "(217) 555-0102", "kind": "company" });
    let okafor = json!({ "name": "Ada Okafor", "location": { "street": "7 Lake Shore", "city": "Chatham" } });
    let mut ids = vec![];
    for new in [chen, delgado, okafor] {
        let made = owner.post("/api/v1/customers", new).await;
        assert_eq!(made.status, 201, "{made:?}");
        ids.push(made.id());
    }
    ids
}

const HEAD: &str = "Customer ID,Name,E-mail,Phone,Street,City,Contact,Notes,Tags\n";

fn many(from: usize, to: usize) -> String {
    (from..to).map(|n| format!("C{n},Customer {n:04},c{n}@example.com,,{n} Elm St,Salem,,,New\n")).collect()
}

#[tokio::test]
async fn undo_restores_row_hashes() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        known(&owner).await;
        house.run_jobs().await;
        let before = hashes(&acme).await;
        let mut file = HEAD.to_owned() + &many(0, 700);
        file += "X1,Chen & Sons,CHEN@example.com,(217) 555-9999,18 Orchard Rd,Springfield,Lin Chen,new phone,\"VIP, Net 30\"\n";
        file += ",Delgado Bakery,,217 555 0102,400 Market St,Salem,Rosa Delgado,,\n";
        file += ",Ada Okafor,,,7 Lake Shore,Chatham,,,Landlord\n";
        // A second line about one who is known, by other keys: both are undone.
        file += ",Delgado Bakery,office@delgado.example,217 555 0102,400 Market St,Salem,Luz Delgado,,Bakery\n";
        let path = imported(&owner, &acme, file.as_bytes()).await;
        let done = owner.get(&path).await.body;
        assert_eq!(done["made"], 700, "{done}");
        assert!(hashes(&acme).await.is_disjoint(&before.iter().filter(|h| h.starts_with("customer ")).cloned().collect()));

        let undone = undone(&owner, &acme, &path).await;
        assert_eq!(counts(&undone, &["taken_back", "kept"]), [703, 0], "{undone}");
        let after = hashes(&acme).await;
        assert_eq!(before, after, "as if the file had never come");
        let again = verb(&owner, &path, "undo").await;
        assert_eq!((again.status, &again.body["status"]), (202, &json!("undone")), "twice is once");
        assert_eq!(verb(&owner, &path, "run").await.status, 409);
        assert!(owner.get(&format!("{path}/kept")).await.body["data"].as_array().unwrap().is_empty());

        let told = acme.told().await;
        for kind in ["customers.import_undo_begun", "customers.import_undone"] {
            assert_eq!(told.iter().filter(|told| *told == kind).count(), 1, "{kind}");
        }
        // The same file can come again.
        let path = imported(&owner, &acme, file.as_bytes()).await;
        assert_eq!(owner.get(&path).await.body["made"], 700);
    })
    .await;
}

#[tokio::test]
async fn who_was_changed_since_stays_and_is_listed() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ids = known(&owner).await;
        let mut file = HEAD.to_owned() + &many(0, 6);
        file += ",Chen Family,chen@example.com,(217) 555-9999,,,,,\n";
        file += ",Delgado Bakery,,217 555 0102,400 Market St,Salem,,,\n";
        let path = imported(&owner, &acme, file.as_bytes()).await;
        let find = async |name: &str| {
            let found = owner.get(&format!("/api/v1/customers?q={}", name.replace(' ', "+"))).await;
            found.body["data"][0].clone()
        };
        let id_of = |customer: &Value| customer["id"].as_str().unwrap().to_owned();
        // Changed; with another contact; with equipment; with a note; archived; one untouched.
        let changed = find("customer 0000").await;
        let at = format!("/api/v1/customers/{}", id_of(&changed));
        let etag = owner.get(&at).await.etag();
        assert_eq!(owner.patch(&at, &etag, json!({ "notes": "Call first" })).await.status, 200);
        let joined = find("customer 0001").await;
        let with =
            owner.post(&format!("/api/v1/customers/{}/contacts", id_of(&joined)), json!({ "name": "Ida" })).await;
        assert_eq!(with.status, 201, "{with:?}");
        let equipped = find("customer 0002").await;
        let furnace = async |customer: &str| {
            let places = owner.get(&format!("/api/v1/customers/{customer}/locations")).await;
            let place = places.body["data"][0]["id"].clone();
            let made = owner
                .post(
                    &format!("/api/v1/customers/{customer}/equipment"),
                    json!({ "name": "Furnace", "location_id": place }),
                )
                .await;
            assert_eq!(made.status, 201, "{made:?}");
        };
        furnace(&id_of(&equipped)).await;
        let noted = find("customer 0003").await;
        let note = owner.post(&format!("/api/v1/customers/{}/notes", id_of(&noted)), json!({ "body": "Hello" })).await;
        assert_eq!(note.status, 201, "{note:?}");
        let archived = find("customer 0004").await;
        assert_eq!(owner.post(&format!("/api/v1/customers/{}/archive", id_of(&archived)), json!({})).await.status, 200);
        // The place that came with the file is worked at.
        furnace(&ids[1]).await;

        let undone = undone(&owner, &acme, &path).await;
        assert_eq!(counts(&undone, &["taken_back", "kept"]), [4, 4], "{undone}");
        let kept = owner.get(&format!("{path}/kept?limit=3")).await;
        let more =
            owner.get(&format!("{path}/kept?limit=3&cursor={}", kept.body["next_cursor"].as_str().unwrap())).await;
        let all = [kept.body["data"].as_array().unwrap().as_slice(), more.body["data"].as_array().unwrap()].concat();
        let listed: BTreeSet<(String, String)> = all
            .iter()
            .map(|one| (one["name"].as_str().unwrap().to_owned(), one["reason"].as_str().unwrap().to_owned()))
            .collect();
        let expected = [
            ("Customer 0000", "Changed since."),
            ("Customer 0001", "Changed since."),
            ("Customer 0004", "Changed since."),
            ("Delgado Bakery", "There is work or equipment at a place that came with the file."),
        ];
        assert_eq!(listed, expected.map(|(name, why)| (name.to_owned(), why.to_owned())).into());
        for (customer, status) in [(&changed, "active"), (&equipped, "archived"), (&noted, "archived")] {
            let now = owner.get(&format!("/api/v1/customers/{}", id_of(customer))).await;
            assert_eq!(now.body["status"], status, "{now:?}");
        }
        assert_eq!(find("customer 0005").await, Value::Null, "who was not touched is gone");
        assert!(owner.get(&format!("/api/v1/customers/{}", ids[0])).await.body["phone"].is_null(), "put back");

        let page = owner.page(&path.replace("/api/v1/customer-imports", "/customers/import")).await;
        let link = format!("/customers/{}", id_of(&changed));
        assert!(page.text.contains(&link) && page.text.contains("Changed since."), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn imports_are_undone_one_over_the_other() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        known(&owner).await;
        house.run_jobs().await;
        let before = hashes(&acme).await;
        let first = imported(&owner, &acme, (HEAD.to_owned() + &many(0, 3)).as_bytes()).await;
        let between = hashes(&acme).await;
        let other = HEAD.to_owned() + &many(0, 3).replace("Elm St", "Fir St").replace("New", "Newer");
        let second = imported(&owner, &acme, other.as_bytes()).await;
        assert_eq!(owner.get(&second).await.body["changed"], 3);
        undone(&owner, &acme, &second).await;
        assert_eq!(hashes(&acme).await, between);
        let done = undone(&owner, &acme, &first).await;
        assert_eq!(
            counts(&done, &["taken_back", "kept"]),
            [3, 0],
            "who is as the first left them is not changed since"
        );
        assert_eq!(hashes(&acme).await, before);
    })
    .await;
}

/// Work on the import until `enough` of it is done, cut off at moments that no one chose, as a process that is killed is.
async fn work<J: Job>(acme: &Company<'_>, job: impl Fn() -> J, enough: impl AsyncFn() -> bool) -> usize {
    let (mut cuts, mut wait, mut failed) = (0, 15, 0);
    while !enough().await {
        let scope = acme.test.house.errand(acme.id, J::KIND).await.unwrap();
        match tokio::time::timeout(Duration::from_millis(wait), job().run(scope)).await {
            Ok(Ok(())) => {}
            // It has waited too long for a row that somebody holds: that is an end like any other.
            Ok(Err(error)) => {
                (cuts, failed) = (cuts + 1, failed + 1);
                assert!(failed < 5, "{error}");
            }
            Err(_) => (cuts, wait) = (cuts + 1, wait * 6 / 5),
        }
    }
    cuts
}

#[tokio::test]
async fn a_run_and_its_undoing_are_paused_stopped_and_taken_up_by_another_worker() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        known(&owner).await;
        house.run_jobs().await;
        let before = hashes(&acme).await;
        let mut file = HEAD.to_owned() + &many(0, 2600).replace(",New", ",");
        file += ",Chen Family,chen@example.com,(217) 555-9999,,,,,\n";
        let path = checked(&owner, &acme, file.as_bytes()).await;
        for early in ["pause", "resume", "cancel", "undo"] {
            assert_eq!(verb(&owner, &path, early).await.status, 409, "{early}: it does not run");
        }
        assert_eq!(verb(&owner, &path, "run").await.status, 202);
        assert_eq!(verb(&owner, &path, "undo").await.status, 409, "not while it runs");
        let import = || path.rsplit('/').next().unwrap().parse().unwrap();
        let count = async |what: &str| owner.get(&path).await.body[what].as_i64().unwrap();
        let (above, schema) = (house.above().await, acme.schema().await);
        // Whom the last line changes is held by somebody else: however fast it is, the run does not come to its end.
        let chen = format!(
            "begin; select from {schema}.customer where tenant_id = '{}' and name = 'Chen Family' for update",
            acme.id
        );
        above.batch_execute(&chen).await.unwrap();
        work(&acme, || customers::import::ImportLines { import: import() }, async || count("made").await > 0).await;
        above.batch_execute("rollback").await.unwrap();
        let paused = verb(&owner, &path, "pause").await;
        assert_eq!((paused.status, &paused.body["status"]), (200, &json!("paused")), "{paused:?}");
        let made = count("made").await;
        assert!(made < 2600, "there is something left");
        house.run_jobs().await;
        assert_eq!(count("made").await, made, "it rests");
        assert!(owner.page(&path.replace("/api/v1/customer-imports", "/customers/import")).await.text.contains("Go on"));
        assert_eq!(verb(&owner, &path, "resume").await.body["status"], "running");
        house.run_jobs().await;
        assert_eq!((owner.get(&path).await.body["status"].clone(), count("made").await), (json!("done"), 2600));
        let sql = format!("select count(*), count(distinct external_id) from {schema}.customer where tenant_id = $1 and external_id is not null");
        let row = above.query_one(&sql, &[&acme.id]).await.unwrap();
        assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2600, 2600), "nobody twice");

        assert_eq!(verb(&owner, &path, "undo").await.status, 202);
        let over = async || owner.get(&path).await.body["status"] == "undone";
        let cuts = work(&acme, || customers::import::UndoImport { import: import() }, over).await;
        assert!(cuts > 3, "it was cut off {cuts} times");
        assert_eq!((count("taken_back").await, count("kept").await), (2601, 0));
        assert_eq!(hashes(&acme).await, before);

        // Stopped on the way, and what it did until then undone.
        let path = checked(&owner, &acme, file.as_bytes()).await;
        assert_eq!(verb(&owner, &path, "run").await.status, 202);
        let import = || path.rsplit('/').next().unwrap().parse().unwrap();
        let some = async || owner.get(&path).await.body["made"].as_i64().unwrap() > 0;
        above.batch_execute(&chen).await.unwrap();
        work(&acme, || customers::import::ImportLines { import: import() }, some).await;
        above.batch_execute("rollback").await.unwrap();
        assert_eq!(verb(&owner, &path, "cancel").await.body["status"], "cancelled");
        assert_eq!(verb(&owner, &path, "cancel").await.status, 200, "twice is once");
        house.run_jobs().await;
        let stopped = owner.get(&path).await.body;
        assert!(stopped["status"] == "cancelled" && stopped["made"].as_i64().unwrap() < 2600, "{stopped}");
        assert_eq!(verb(&owner, &path, "resume").await.status, 409);
        undone(&owner, &acme, &path).await;
        assert_eq!(hashes(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_check_is_stopped_and_the_columns_are_asked_for_again() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let made = send(&owner, "/api/v1/customer-imports", "a.csv", (HEAD.to_owned() + &many(0, 9)).as_bytes()).await;
        let path = format!("/api/v1/customer-imports/{}", made.id());
        assert_eq!(verb(&owner, &path, "check").await.status, 202);
        let stopped = verb(&owner, &path, "cancel").await;
        assert_eq!(stopped.body["status"], "uploaded", "{stopped:?}");
        house.run_jobs().await;
        assert_eq!(owner.get(&path).await.body["status"], "uploaded");
        assert_eq!(verb(&owner, &path, "check").await.status, 202);
        house.run_jobs().await;
        assert_eq!(owner.get(&path).await.body["made"], 9);
        let clerk = acme.person("dispatcher").await;
        for forbidden in ["pause", "resume", "cancel", "undo"] {
            assert_eq!(verb(&clerk, &path, forbidden).await.status, 403, "{forbidden}");
        }
        let at = path.replace("/api/v1/customer-imports", "/customers/import");
        assert_eq!(owner.form(&format!("{at}/run"), &[]).await.status, 303);
        house.run_jobs().await;
        let page = owner.page(&at).await;
        assert!(page.text.contains("Undo all of it"), "{}", page.text);
        assert_eq!(owner.form(&format!("{at}/undo"), &[]).await.status, 303);
        house.run_jobs().await;
        assert!(owner.page(&at).await.text.contains("Undone for 9 customers"));
    })
    .await;
}

/// Whoever adds a table that refers to customers or their places names it there, or lets it go with them.
#[tokio::test]
async fn what_refers_to_a_customer_is_known_to_the_undoing() {
    let house = house().await;
    let above = house.above().await;
    let sql = "
        select f.conrelid::regclass::text, f.confrelid::regclass::text, p.prosrc from pg_constraint f
        join pg_proc p on p.pronamespace = 'app'::regnamespace
          and p.proname = case f.confrelid::regclass::text when 'app.customer' then 'customers_in_use' else 'locations_in_use' end
        where f.contype = 'f' and f.confdeltype <> 'c' and f.confrelid in ('app.customer'::regclass, 'app.location'::regclass)";
    let rows = above.query(sql, &[]).await.unwrap();
    assert!(rows.len() > 5, "{}", rows.len());
    for row in rows {
        let (table, of, source): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        assert!(source.contains(&format!("from {} ", table.trim_start_matches("app."))), "{table} refers to {of}");
    }
}

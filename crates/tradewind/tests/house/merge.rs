//! Merging two customers keeps everything of both, in every context, and taking it back puts each row where it was.
use axum::{body::Body, http::Method};
use customers::merge::FOLLOWERS;
use harness::{Company, Person, TestHouse, in_both_placements};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tradewind::modules;

/// Tables about a customer that do not go over row by row, and why.
const STAY: &[(&str, &str)] = &[
    ("customer_word", "worked out anew from what each has"),
    ("customer_reach", "keys, given over by name"),
    ("customer_likeness", "worked out anew"),
    ("customer_tag", "tags, joined without doubles"),
    ("customer_merge", "what was merged before stays said"),
    ("duplicate", "whoever went looks like nobody any more"),
    ("customer", "whoever went says itself where it is"),
    ("import_row", "what a line of a file made is said of whom it made"),
    ("import_deed", "and what an import did, of whom it did it to"),
];

#[tokio::test]
async fn every_table_about_a_customer_follows_a_merge() {
    let house = harness::start(modules::list()).await;
    let rows = house
        .above()
        .await
        .query(
            "select distinct c.relname::text, a.attname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and a.attname <> 'tenant_id' and (a.attname = 'customer_id'
               or exists (select from pg_constraint k where k.contype = 'f' and k.conrelid = c.oid and a.attnum = any (k.conkey) and k.confrelid = 'app.customer'::regclass))
             order by 1, 2",
            &[],
        )
        .await
        .unwrap();
    let named: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let follows =
        |table: &str, column: &str| FOLLOWERS.iter().any(|one| one.table() == table && one.column() == column);
    let stays = |table: &str| STAY.iter().any(|(known, _)| *known == table);
    let missing: Vec<_> = named.iter().filter(|(table, column)| !follows(table, column) && !stays(table)).collect();
    assert!(missing.is_empty(), "customers::follows! says how these go over: {missing:?}");
    for one in FOLLOWERS.iter() {
        let known = named.iter().any(|(table, column)| one.table() == table && one.column() == column);
        assert!(known, "{} names no customer", one.name);
    }
}

/// Every row that says whose it is, without what counts and dates changes.
async fn rows(house: &TestHouse, acme: &Company<'_>) -> BTreeMap<String, Vec<String>> {
    let (client, schema) = (house.above().await, acme.schema().await);
    let mut all = BTreeMap::new();
    let own = ["customer", "invoice_line", "line_item", "voucher", "voucher_entry", "order_note", "member"];
    let follow = FOLLOWERS.iter().map(|follower| follower.table());
    for table in own.into_iter().chain(["customer_word", "customer_reach"]).chain(follow) {
        let sql = format!(
            "select (to_jsonb(t) - 'version' - 'updated_at')::text from {schema}.{table} t where tenant_id = $1 order by 1"
        );
        let rows = client.query(&sql, &[&acme.id]).await.unwrap();
        all.insert(table.to_owned(), rows.iter().map(|row| row.get(0)).collect());
    }
    let sql = format!(
        "select customer_id || ' ' || tag_id || ' ' || status || ' ' || name_key from {schema}.customer_tag where tenant_id = $1 order by 1"
    );
    let rows = client.query(&sql, &[&acme.id]).await.unwrap();
    all.insert("customer_tag".into(), rows.iter().map(|row| row.get(0)).collect());
    all
}

async fn made(person: &Person<'_>, path: &str, body: Value) -> String {
    let made = person.post(path, body).await;
    assert!(matches!(made.status, 200 | 201), "{path}: {made:?}");
    made.id()
}

/// Somebody with one of everything; gives the customer and an issued, paid invoice.
async fn somebody(owner: &Person<'_>, technician: &str, item: &str, name: &str, hour: i64) -> (String, String) {
    let id = made(owner, "/api/v1/customers", json!({ "name": name, "email": format!("{hour}@example.com"), "external_id": name,
        "location": { "street": format!("{hour} Elm St"), "city": "Springfield", "postal_code": "62701" }, "contact": { "name": format!("{name} Contact") } })).await;
    let at = format!("/api/v1/customers/{id}");
    made(owner, &format!("{at}/equipment"), json!({ "name": "Furnace", "serial": format!("S-{hour}") })).await;
    made(owner, &format!("{at}/tags"), json!({ "tags": ["VIP", format!("Tag {hour}")] })).await;
    made(owner, &format!("{at}/notes"), json!({ "body": "Has a dog." })).await;
    let headers = [("content-type", "multipart/form-data; boundary=tradewind")];
    let file = Body::from(super::neighbour::operation::upload("file"));
    assert_eq!(owner.call(Method::POST, &format!("{at}/files"), &headers, file).await.status, 201);
    let says = owner.patch(&format!("{at}/preferences"), "\"0\"", json!({ "notice_minutes": 30 + hour })).await;
    assert_eq!(says.status, 200, "{says:?}");
    let starts = harness::MORNING.parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(hour);
    let visit = made(
        owner,
        "/api/v1/appointments",
        json!({ "customer_id": id, "item_id": item, "technician_id": technician, "starts_at": starts, "anyway": true }),
    )
    .await;
    made(owner, "/api/v1/work-orders", json!({ "appointment_id": visit })).await;
    let place = owner.get(&format!("{at}/locations")).await.body["data"][0]["id"].clone();
    let plan = json!({ "customer_id": id, "location_id": place, "item_id": item, "rule": "FREQ=YEARLY", "starts_on": "2027-06-01", "time": "09:00" });
    made(owner, "/api/v1/maintenance-plans", plan).await;
    made(owner, "/api/v1/estimates", json!({ "customer_id": id, "title": "Furnace" })).await;
    made(owner, &format!("{at}/calendar-links"), json!({ "label": "Phone" })).await;
    let price = json!({ "amount": "100.00", "currency": "USD" });
    let lines = json!([{ "description": "Call", "unit_price": price }]);
    let invoice = made(owner, "/api/v1/invoices", json!({ "customer_id": id, "lines": lines })).await;
    let path = format!("/api/v1/invoices/{invoice}");
    assert_eq!(owner.post(&format!("{path}/issue"), json!({})).await.status, 200);
    let paid = json!({ "amount": { "amount": "40.00", "currency": "USD" }, "method": "cash" });
    made(owner, &format!("{path}/payments"), paid).await;
    // One paid beyond itself, of which then half is given back; and a certificate.
    let over = made(owner, "/api/v1/invoices", json!({ "customer_id": id, "lines": lines })).await;
    let path = format!("/api/v1/invoices/{over}");
    assert_eq!(owner.post(&format!("{path}/issue"), json!({})).await.status, 200);
    let paid = json!({ "amount": { "amount": "140.00", "currency": "USD" }, "method": "cash", "keep_rest": true });
    made(owner, &format!("{path}/payments"), paid).await;
    made(owner, &format!("{path}/credit-notes"), json!({ "reason": "Returned" })).await;
    made(owner, &format!("{at}/tax-exemptions"), json!({ "certificate": format!("X-{hour}") })).await;
    let voided = made(owner, "/api/v1/invoices", json!({ "customer_id": id, "lines": lines })).await;
    assert_eq!(owner.post(&format!("/api/v1/invoices/{voided}/issue"), json!({})).await.status, 200);
    let done = owner.post(&format!("/api/v1/invoices/{voided}/void"), json!({ "reason": "Twice" })).await;
    assert_eq!(done.status, 200, "{done:?}");
    made(owner, "/api/v1/invoices", json!({ "customer_id": id, "lines": lines })).await;
    (id, invoice)
}

/// Both have an id in another system, by an export of it.
async fn known_elsewhere(house: &TestHouse, owner: &Person<'_>) {
    let file = "--tradewind\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nJ-ID,Display Name,E-mails\n1,Rivera Ana,1@example.com\n2,Ana Rivera,3@example.com\n\r\n--tradewind--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=tradewind")];
    let sent = owner.call(Method::POST, "/api/v1/customer-imports", &headers, Body::from(file)).await;
    let path = format!("/api/v1/customer-imports/{}", sent.id());
    for verb in ["check", "run"] {
        assert_eq!(owner.post(&format!("{path}/{verb}"), json!({})).await.status, 202);
        house.run_jobs().await;
    }
    assert_eq!(owner.get(&path).await.body["changed"], 2);
}

/// Both keep a card; the provider that they keep it with is made in crate payments' tests.
async fn keeps_a_card(house: &TestHouse, acme: &Company<'_>, customer: &str) {
    let (client, schema) = (house.above().await, acme.schema().await);
    let (agreement, card) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    let sql = format!(
        "insert into {schema}.card_agreement (tenant_id, id, customer_id, agreed_by, words, status, created_at, updated_at) values ($1, $2, $3::text::uuid, 'Ida', 'Agreed', 'kept', now(), now())"
    );
    client.execute(&sql, &[&acme.id, &agreement, &customer]).await.unwrap();
    let sql = format!(
        "insert into {schema}.card_on_file (tenant_id, id, customer_id, agreement_id, holder_ref, method_ref, created_at, updated_at)
         values ($1, $2, $3::text::uuid, $4, 'cus', $2::uuid::text, now(), now())"
    );
    client.execute(&sql, &[&acme.id, &card, &customer, &agreement]).await.unwrap();
}

#[tokio::test]
async fn a_merge_keeps_everything_and_goes_back_row_by_row() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let member = acme.person("technician").await.id.unwrap();
        let technician = made(&owner, "/api/v1/technicians", json!({ "member_id": member, "name": "Marco" })).await;
        let price = json!({ "amount": "80.00", "currency": "USD" });
        let item = json!({ "name": "Tune-up", "kind": "service", "price": price, "duration_minutes": 30 });
        let item = made(&owner, "/api/v1/items", item).await;
        let (gone, invoice) = somebody(&owner, &technician, &item, "Rivera Ana", 1).await;
        let (stays, _) = somebody(&owner, &technician, &item, "Ana Rivera", 3).await;
        known_elsewhere(&house, &owner).await;
        for customer in [&gone, &stays] {
            keeps_a_card(&house, &acme, customer).await;
        }
        let friend = made(&owner, "/api/v1/customers", json!({ "name": "Landlord" })).await;
        for (one, kind, other) in [(&gone, "landlord", &friend), (&gone, "payer", &stays), (&gone, "subsidiary", &friend), (&stays, "subsidiary", &friend), (&friend, "referred_by", &gone)] {
            let relation = json!({ "customer_id": other, "kind": kind });
            made(&owner, &format!("/api/v1/customers/{one}/relations"), relation).await;
        }
        house.run_jobs().await;
        let before = rows(&house, &acme).await;
        let printed = owner.get(&format!("/api/v1/invoices/{invoice}")).await.body["bill_to"].clone();

        // The words and the telephone are the other's, and the id in the other system.
        let fields = json!({ "name": "other", "external_id": "other" });
        let merge = json!({ "customer_id": gone, "fields": fields });
        let merged = owner.post(&format!("/api/v1/customers/{stays}/merge"), merge).await;
        assert_eq!((merged.status, &merged.body["name"]), (200, &json!("Rivera Ana")), "{merged:?}");
        assert_eq!(merged.body["external_id"], "Rivera Ana");
        assert_eq!(merged.body["tags"], json!(["Tag 1", "Tag 3", "VIP"]), "the tags of both");
        assert_eq!(merged.body["place"], "3 Elm St, Springfield", "the first location stays the first");
        house.run_jobs().await;
        let (client, schema) = (house.above().await, acme.schema().await);
        for follower in FOLLOWERS.iter() {
            let (table, column) = (follower.table(), follower.column());
            let sql = format!("select count(*) from {schema}.{table} where tenant_id = $1 and {column}::text = $2");
            let count = async |id: &String| client.query_one(&sql, &[&acme.id, id]).await.unwrap().get::<_, i64>(0);
            // What connected the two connects nobody, and what both had is there once.
            let once = ["customer_relation", "customer_preference"].contains(&table);
            assert_eq!(count(&gone).await, i64::from(once), "{} stayed behind", follower.name);
            let had = before[table].len();
            assert!(had >= 2 || table == "consent", "{table} was not tested");
            assert!(count(&stays).await as usize >= if once { 1 } else { had }, "{table} lost a row");
        }
        let now = owner.get(&format!("/api/v1/invoices/{invoice}")).await;
        assert_eq!((&now.body["customer_id"], &now.body["bill_to"]), (&json!(stays), &printed), "{now:?}");
        assert!(printed.to_string().contains("1 Elm St"), "{printed}");

        // Whoever went is answered with where they are.
        let asked = owner.get(&format!("/api/v1/customers/{gone}")).await;
        assert_eq!((asked.status, &asked.body["code"], &asked.body["merged_into"]), (409, &json!("merged"), &json!(stays)), "{asked:?}");
        let page = owner.page(&format!("/customers/{gone}")).await;
        assert_eq!((page.status, page.header("location")), (301, format!("/customers/{stays}").as_str()));
        for (path, body) in [
            ("/api/v1/appointments", json!({ "customer_id": gone, "item_id": item, "technician_id": technician, "starts_at": "2026-06-30T15:00:00Z", "anyway": true })),
            ("/api/v1/invoices", json!({ "customer_id": gone, "lines": [] })),
            ("/api/v1/work-orders", json!({ "customer_id": gone, "title": "Late" })),
        ] {
            let refused = owner.post(path, body).await;
            assert!(matches!(refused.status, 409 | 422), "{path}: {refused:?}");
            assert!(refused.text.contains("was merged with another"), "{path}: {refused:?}");
        }

        let list = owner.get(&format!("/api/v1/customers/{stays}/merges")).await;
        let merge = list.body["data"][0].clone();
        assert_eq!((&merge["gone_id"], &merge["author"]), (&json!(gone), &json!("Olive Owner")), "{list:?}");
        let back = owner.post(&format!("/api/v1/customer-merges/{}/undo", merge["id"].as_str().unwrap()), json!({})).await;
        assert_eq!((back.status, &back.body["left"], &back.body["stayed"]), (200, &json!([]), &json!(0)), "{back:?}");
        house.run_jobs().await;
        let after = rows(&house, &acme).await;
        for (table, was) in &before {
            let is = &after[table];
            match table.as_str() {
                // What happened meanwhile is told besides.
                "timeline_entry" => assert!(was.iter().all(|row| is.contains(row)), "{table}: {was:#?} {is:#?}"),
                _ => assert_eq!(was, is, "{table}"),
            }
        }
        let told = acme.told().await;
        for kind in ["customer.merged", "customer.unmerged"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
    })
    .await;
}

/// Whatever the program does, what is issued or paid goes to nobody but by a merge.
#[tokio::test]
async fn what_is_issued_or_paid_goes_over_by_a_merge_alone() {
    let house = harness::start(modules::list()).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let ids = [
        made(&owner, "/api/v1/customers", json!({ "name": "Ana" })).await,
        made(&owner, "/api/v1/customers", json!({ "name": "Bo" })).await,
    ];
    let price = json!({ "amount": "100.00", "currency": "USD" });
    let invoice = json!({ "customer_id": ids[0], "lines": [{ "description": "Call", "unit_price": price }] });
    let invoice = made(&owner, "/api/v1/invoices", invoice).await;
    assert_eq!(owner.post(&format!("/api/v1/invoices/{invoice}/issue"), json!({})).await.status, 200);
    made(&owner, &format!("/api/v1/invoices/{invoice}/payments"), json!({ "amount": price, "method": "cash" })).await;
    let client = house.above().await;
    let more = json!({ "amount": { "amount": "10.00", "currency": "USD" }, "method": "cash", "keep_rest": true });
    let over = made(&owner, "/api/v1/invoices", json!({ "customer_id": ids[0], "lines": [{ "description": "Call", "unit_price": { "amount": "5.00", "currency": "USD" } }] })).await;
    assert_eq!(owner.post(&format!("/api/v1/invoices/{over}/issue"), json!({})).await.status, 200);
    made(&owner, &format!("/api/v1/invoices/{over}/payments"), more).await;
    made(&owner, &format!("/api/v1/invoices/{over}/credit-notes"), json!({ "reason": "Returned" })).await;
    for (table, constraint) in [
        ("invoice", "invoice_stays"),
        ("payment", "moves_by_merge"),
        ("credit_note", "moves_by_merge"),
        ("customer_credit", "moves_by_merge"),
    ] {
        let sql = format!(
            "begin; set local role tw_app; select wall.set_tenant('{}'); update app.{table} set customer_id = '{}' where tenant_id = '{}'",
            acme.id, ids[1], acme.id
        );
        let refused = client.batch_execute(&sql).await.unwrap_err();
        let named = refused.as_db_error().and_then(|error| error.constraint().map(str::to_owned));
        assert_eq!(named.as_deref(), Some(constraint), "{refused:?}");
        client.batch_execute("rollback").await.unwrap();
    }
}

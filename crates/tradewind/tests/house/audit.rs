//! What was written down: before and after, the past as it was, the chain that shows tampering, and keys shown elsewhere.
use harness::{Company, Person, TestHouse, in_both_placements};
use kernel::{Uuid, jiff::Timestamp};
use serde_json::{Value, json};
use tenancy::chain::{Fault, Report};
use tradewind::modules;

/// The house's clock and PostgreSQL's tell the same time from here on.
#[allow(clippy::disallowed_methods)]
async fn go_on(house: &TestHouse) -> Timestamp {
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    house.clock.advance(Timestamp::now().duration_since(house.clock.now()));
    house.clock.now()
}

async fn made(person: &Person<'_>, path: &str, body: Value) -> String {
    let answer = person.post(path, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.id()
}

async fn patched(person: &Person<'_>, path: &str, body: Value) -> Value {
    let etag = person.get(path).await.etag();
    let answer = person.patch(path, &etag, body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_kept_with_who_through_what_before_and_after() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let (owner, program) = (acme.person("owner").await, acme.program());
        let id = made(&owner, "/api/v1/customers", json!({ "name": "Rivera", "phone": "(217) 555-0158" })).await;
        let path = format!("/api/v1/customers/{id}");
        patched(&program, &path, json!({ "name": "Rivera Residence", "phone": null })).await;
        let history = owner.get(&format!("/api/v1/history/{id}")).await;
        assert_eq!(history.status, 200, "{history:?}");
        let [changed, added] = &history.body["data"].as_array().unwrap()[..] else { panic!("{history:?}") };
        assert_eq!((&added["deed"], &added["via"]), (&json!("insert"), &json!("token")));
        assert_eq!((&changed["deed"], &changed["via"]), (&json!("update"), &json!("key")), "{changed}");
        assert_eq!(changed["action"], "customer.updated");
        assert_eq!(changed["before"]["name"], "Rivera");
        assert_eq!(changed["after"]["name"], "Rivera Residence");
        assert_eq!(changed["before"]["phone"], "(217) 555-0158");
        assert_eq!(changed["after"]["phone"], Value::Null);
        assert!(changed["before"].get("name_key").is_none() && changed["before"].get("status").is_none(), "{changed}");

        // A field goes back through the verb that changes it, and its rules hold.
        let back = format!("/api/v1/history/{}/put-back", changed["id"].as_str().unwrap());
        let put = owner.post(&back, json!({ "field": "phone" })).await;
        assert_eq!((put.status, &put.body["value"]), (200, &json!("(217) 555-0158")), "{put:?}");
        let now = owner.get(&path).await;
        assert_eq!((&now.body["name"], &now.body["phone"]), (&json!("Rivera Residence"), &json!("(217) 555-0158")));
        assert_eq!(now.etag(), "\"3\"");
        let not = owner.post(&back, json!({ "field": "status" })).await;
        assert_eq!(not.status, 422, "{not:?}");
        assert!(not.error("/field").contains("cannot be put back"), "{not:?}");

        // Who may not read the audit sees nothing of it; another company has no such record.
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.get(&format!("/api/v1/history/{id}")).await.status, 403);
        assert_eq!(viewer.get(&format!("{path}?as_of={}", house.clock.now())).await.status, 403);
        let manager = acme.person("service_manager").await;
        assert_eq!(manager.get(&format!("/api/v1/history/{id}")).await.status, 200);
        let rival = house.company(&acme.placement).await;
        let stranger = rival.person("owner").await;
        assert_eq!(stranger.get(&format!("/api/v1/history/{id}")).await.status, 404);
        assert_eq!(stranger.post(&back, json!({ "field": "phone" })).await.status, 404);
        assert_eq!(stranger.get(&format!("{path}?as_of={}", house.clock.now())).await.status, 404);

        // The screens.
        let page = owner.page(&format!("/history/{id}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        for words in ["Rivera Residence", "Put back", "As it was then", "API key"] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        let card = owner.page(&format!("/customers/{id}")).await;
        assert!(card.text.contains(&format!("/history/{id}")), "{}", card.text);
        let form =
            owner.form(&format!("/history/{}/put-back", changed["id"].as_str().unwrap()), &[("field", "name")]).await;
        assert_eq!((form.status, form.header("location")), (303, format!("/history/{id}").as_str()), "{form:?}");
        assert_eq!(owner.get(&path).await.body["name"], "Rivera");
        let then = owner.page(&format!("/history/{id}?at={}", house.clock.now())).await;
        assert!(then.text.contains("As it was"), "{}", then.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_what_when_and_which_record_can_be_asked_for() {
    let house = harness::start(modules::list()).await;
    let acme = house.company("pooled").await;
    let (owner, program) = (acme.person("owner").await, acme.program());
    let one = made(&owner, "/api/v1/customers", json!({ "name": "One" })).await;
    made(&program, "/api/v1/customers", json!({ "name": "Two" })).await;
    let ask =
        async |query: &str| owner.get(&format!("/api/v1/audit?{query}")).await.body["data"].as_array().unwrap().clone();
    let of_record = ask(&format!("subject={one}")).await;
    assert_eq!(of_record.len(), 1);
    let who = of_record[0]["actor_id"].as_str().unwrap();
    let created = ask("action=customer.created").await;
    assert_eq!(created.len(), 2);
    let theirs = ask(&format!("actor={who}&action=customer.created")).await;
    assert_eq!((theirs.len(), &theirs[0]["subject"]), (1, &json!(one)));
    // Both happened on the morning of the house's clock.
    assert_eq!(ask("action=customer.created&from=2026-06-22&to=2026-06-22").await.len(), 2);
    assert_eq!(ask("action=customer.created&from=2026-06-23").await.len(), 0);
    assert_eq!(ask("to=2026-06-21").await.len(), 0);
    assert_eq!(ask("from=2026-06-22").await.len(), ask("").await.len());
    let page = owner.page(&format!("/settings/audit?actor={who}&from=2026-06-22&to=2026-06-22")).await;
    assert!(page.status == 200 && page.text.contains("Who") && page.text.contains("Olive Owner"), "{}", page.text);
    let none = owner.page("/settings/audit?to=2026-06-01").await;
    assert!(none.text.contains("Nothing like that"), "{}", none.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_the_past_is_what_it_was() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let begun = go_on(&house).await;
        let owner = acme.person("owner").await;
        go_on(&house).await;
        let place = json!({ "street": "455 Prairie Dr", "city": "Springfield" });
        let customer = made(&owner, "/api/v1/customers", json!({ "name": "Lopez", "location": place })).await;
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        let marco = acme.person("technician").await;
        let technician = made(&owner, "/api/v1/technicians", json!({ "member_id": marco.id, "name": "Marco" })).await;
        let starts = house.clock.now() + kernel::jiff::SignedDuration::from_hours(24);
        let visit = json!({ "customer_id": customer, "technician_id": technician, "title": "AC not cooling", "starts_at": starts, "duration_minutes": 60, "anyway": true });
        let visit = made(&owner, "/api/v1/appointments", visit).await;
        let job = made(&owner, "/api/v1/work-orders", json!({ "customer_id": customer, "title": "Tune-up" })).await;
        let line = json!({ "kind": "labor", "description": "Labor", "unit_price": usd("80.00"), "quantity_milli": 1500 });
        made(&owner, &format!("/api/v1/work-orders/{job}/lines"), line).await;
        let lines = json!([{ "description": "Visit", "unit_price": usd("89.00") }, { "description": "Part", "unit_price": usd("11.00") }]);
        let invoice = made(&owner, "/api/v1/invoices", json!({ "customer_id": customer, "lines": lines })).await;
        let furnace = made(&owner, &format!("/api/v1/customers/{customer}/equipment"), json!({ "name": "Furnace" })).await;
        let about = async |units: Value| {
            let said = owner.post(&format!("/api/v1/work-orders/{job}/equipment"), json!({ "equipment": units })).await;
            assert_eq!(said.status, 200, "{said:?}");
        };

        let paths = [
            format!("/api/v1/customers/{customer}"),
            format!("/api/v1/appointments/{visit}"),
            format!("/api/v1/work-orders/{job}"),
            format!("/api/v1/invoices/{invoice}"),
        ];
        let mut snapshots: Vec<(Timestamp, usize, Value, String)> = vec![];
        let mut snap = async |at: Timestamp| {
            for (n, path) in paths.iter().enumerate() {
                let answer = owner.get(path).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                snapshots.push((at, n, answer.body.clone(), answer.etag()));
            }
        };
        snap(go_on(&house).await).await;
        go_on(&house).await;
        patched(&owner, &paths[0], json!({ "name": "Lopez Residence", "email": "lopez@example.com" })).await;
        patched(&owner, &paths[2], json!({ "title": "Tune-up and coil" })).await;
        let line = json!({ "kind": "material", "description": "Filter", "unit_price": usd("20.00"), "quantity_milli": 1000 });
        made(&owner, &format!("{}/lines", paths[2]), line).await;
        about(json!([furnace])).await;
        snap(go_on(&house).await).await;
        go_on(&house).await;
        patched(&owner, &paths[3], json!({ "lines": [{ "description": "All in one", "unit_price": usd("95.00"), "taxes": [{ "name": "State", "rate_ppm": 82500 }] }] })).await;
        let moved = owner.send(axum::http::Method::POST, &format!("{}/cancel", paths[1]), &[("if-match", owner.get(&paths[1]).await.etag().as_str())], json!({ "reason": "They called" })).await;
        assert_eq!(moved.status, 200, "{moved:?}");
        about(json!([])).await;
        snap(go_on(&house).await).await;
        go_on(&house).await;
        let issued = owner.post(&format!("{}/issue", paths[3]), json!({})).await;
        assert_eq!(issued.status, 200, "{issued:?}");
        let paid = owner.post(&format!("{}/payments", paths[3]), json!({ "amount": usd("50.00"), "method": "cash" })).await;
        assert_eq!(paid.status, 201, "{paid:?}");
        snap(go_on(&house).await).await;
        go_on(&house).await;
        let archived = owner.post(&format!("{}/archive", paths[0]), json!({})).await;
        assert!(archived.status == 200 || archived.status == 422 || archived.status == 409, "{archived:?}");

        assert_eq!(snapshots.len(), 16);
        assert!(snapshots[0].2 != snapshots[4].2 && snapshots[3].2 != snapshots[15].2, "the records did change");
        for (at, n, body, etag) in &snapshots {
            let past = owner.get(&format!("{}?as_of={at}", paths[*n])).await;
            assert_eq!(past.status, 200, "{} at {at}: {past:?}", paths[*n]);
            assert_eq!(past.body, *body, "{} at {at}", paths[*n]);
            assert_eq!(past.etag(), *etag);
        }
        for path in &paths {
            assert_eq!(owner.get(&format!("{path}?as_of={begun}")).await.status, 404, "{path} was not there yet");
            let ahead = owner.get(&format!("{path}?as_of=2999-01-01T00:00:00Z")).await;
            assert_eq!((ahead.status, ahead.error("/as_of")), (422, "Ask for a moment that has passed."));
        }
    })
    .await;
}

async fn checked(house: &TestHouse, acme: &Company<'_>) -> Report {
    let scope = house.house.errand(acme.id, "test").await.unwrap();
    tenancy::chain::verify(&scope).await.unwrap()
}

async fn seal(house: &TestHouse, acme: &Company<'_>) -> usize {
    let scope = house.house.errand(acme.id, "test").await.unwrap();
    tenancy::chain::seal(&scope).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_tampered_with_is_named() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        for n in 0..6 {
            made(&owner, "/api/v1/customers", json!({ "name": format!("Customer {n}") })).await;
        }
        let sealed = seal(&house, &acme).await;
        assert!(sealed >= 12, "{sealed} sealed");
        made(&owner, "/api/v1/customers", json!({ "name": "Late" })).await;
        assert!(checked(&house, &acme).await.findings.is_empty(), "what is younger than the last seal is no fault");
        assert_eq!(seal(&house, &acme).await, 2, "a customer, and that it was created");
        assert_eq!(seal(&house, &acme).await, 0);
        let good = checked(&house, &acme).await;
        assert!(good.findings.is_empty() && good.sealed == sealed as i64 + 2, "{good:?}");

        let (above, schema) = (house.above().await, acme.schema().await);
        let run = async |sql: &str| {
            let sql = sql.replace("{s}", &schema);
            assert!(above.execute(&sql, &[&acme.id]).await.unwrap() > 0, "{sql}");
        };
        let rows = above.query(&format!("select entry, number, kind from {schema}.audit_seal where tenant_id = $1 order by number desc limit 2"), &[&acme.id]).await.unwrap();
        let one = |sql: String| {
            let above = &above;
            let tenant = acme.id;
            async move { above.query_one(&sql, &[&tenant]).await.unwrap().get::<_, Uuid>(0) }
        };

        // Changed: what a customer was called before and after is no longer what was sealed.
        let changed = one(format!("select id from {schema}.record_change where tenant_id = $1 and after ->> 'name' = 'Customer 2'")).await;
        run(&format!("update {{s}}.record_change set after = after || '{{\"name\": \"Somebody\"}}' where tenant_id = $1 and id = '{changed}'")).await;
        let report = checked(&house, &acme).await;
        assert_eq!(report.findings.len(), 1, "{report:?}");
        assert_eq!((report.findings[0].fault, report.findings[0].row), (Fault::Changed, changed));
        assert!(report.findings[0].to_string().contains(&changed.to_string()));
        run(&format!("update {{s}}.record_change set after = after || '{{\"name\": \"Customer 2\"}}' where tenant_id = $1 and id = '{changed}'")).await;
        assert!(checked(&house, &acme).await.findings.is_empty());

        // Who did it.
        let blamed = one(format!("select id from {schema}.audit where tenant_id = $1 and action = 'customer.created' order by id limit 1")).await;
        run(&format!("update {{s}}.audit set actor_name = 'Victor' where tenant_id = $1 and id = '{blamed}'")).await;
        let report = checked(&house, &acme).await;
        assert_eq!(report.findings.iter().map(|f| (f.fault, f.row)).collect::<Vec<_>>(), [(Fault::Changed, blamed)]);
        run(&format!("update {{s}}.audit set actor_name = 'Olive Owner' where tenant_id = $1 and id = '{blamed}'")).await;
        assert!(checked(&house, &acme).await.findings.is_empty());

        // Missing.
        above.batch_execute("set session_replication_role = replica").await.unwrap(); // Past the trigger that lets nothing go.
        run(&format!("delete from {{s}}.audit where tenant_id = $1 and id = '{blamed}'")).await;
        above.batch_execute("reset session_replication_role").await.unwrap();
        let report = checked(&house, &acme).await;
        assert_eq!(report.findings.iter().map(|f| (f.fault, f.row)).collect::<Vec<_>>(), [(Fault::Missing, blamed)]);
        let gone = report.findings[0].number.unwrap();

        // Its seal too: the gap in the numbers shows, at the one that follows.
        run(&format!("delete from {{s}}.audit_seal where tenant_id = $1 and number = {gone}")).await;
        let report = checked(&house, &acme).await;
        let faults: Vec<_> = report.findings.iter().map(|f| (f.fault, f.number)).collect();
        assert_eq!(faults, [(Fault::SealMissing, Some(gone + 1))]);

        // Reordered: the last two change places.
        let [last, before] = [rows[0].get::<_, i64>(1), rows[1].get::<_, i64>(1)];
        run(&format!("update {{s}}.audit_seal set number = -1 where tenant_id = $1 and number = {last}")).await;
        run(&format!("update {{s}}.audit_seal set number = {last} where tenant_id = $1 and number = {before}")).await;
        run(&format!("update {{s}}.audit_seal set number = {before} where tenant_id = $1 and number = -1")).await;
        let report = checked(&house, &acme).await;
        let named: Vec<_> = report.findings.iter().filter(|f| f.fault == Fault::OutOfOrder).map(|f| f.row).collect();
        assert_eq!(named, [rows[0].get::<_, Uuid>(0), rows[1].get::<_, Uuid>(0)], "{report:?}");

        // Slipped in, long ago.
        let old = Uuid::from_u128((1u128 << 80) | (7 << 76) | (2 << 62) | 5);
        run(&format!("insert into {{s}}.audit (tenant_id, id, actor_kind, action) values ($1, '{old}', 'user', 'invoice.voided')")).await;
        let report = checked(&house, &acme).await;
        assert!(report.findings.iter().any(|f| f.fault == Fault::SlippedIn && f.row == old), "{report:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_can_only_add_to_what_was_written_down() {
    let house = harness::start(modules::list()).await;
    let acme = house.company("pooled").await;
    let (client, connection) = tokio_postgres::connect(&house.ground.dsns.app, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    for table in ["audit", "record_change", "audit_seal"] {
        for verb in [
            format!("update {table} set tenant_id = tenant_id"),
            format!("delete from {table}"),
            format!("truncate {table}"),
        ] {
            let outcome =
                client.batch_execute(&format!("begin; select wall.set_tenant('{}'); {verb}; commit", acme.id)).await;
            let code = outcome.unwrap_err().code().map(|code| code.code().to_owned());
            assert_eq!(code.as_deref(), Some("42501"), "{verb}");
            client.batch_execute("rollback").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_shown_at_anothers_address_is_written_down_at_home() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let rival = house.company("pooled").await;
        let owner = acme.person("owner").await;
        let mut abroad = acme.program();
        abroad.host = rival.host.clone();
        assert_eq!(abroad.get("/api/v1/customers").await.status, 403);
        // A key that is none of this company's names it in vain.
        let forged = format!("Bearer {}{}", &acme.api_key[..acme.api_key.len() - 43], "x".repeat(43));
        let mut forger = abroad.clone();
        forger.credential = Some(("authorization", forged));
        assert_ne!(forger.get("/api/v1/customers").await.status, 200);
        let mut found = json!([]);
        for _ in 0..100 {
            found = owner.get("/api/v1/audit?action=access.crossed").await.body["data"].clone();
            if found.as_array().is_some_and(|all| !all.is_empty()) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
        assert_eq!((&found[0]["actor_kind"], &found[0]["via"]), (&json!("key"), &json!("key")));
        assert_eq!(found[0]["detail"]["address_tried"], json!(rival.host));
        assert!(acme.told().await.contains(&"access.crossed".to_owned()));
        assert!(!rival.told().await.contains(&"access.crossed".to_owned()), "the other company learns nothing");
    })
    .await;
}

/// Records with a version are what people change: each is remembered, or it says here why not.
#[tokio::test]
async fn every_noun_is_remembered() {
    let house = harness::start(modules::list()).await;
    // Secrets, and what keeps its own record of each step.
    let not = [
        "member",
        "api_key",
        "import",
        "item_import",
        "email",
        "email_setting",
        "scheduling_rule",
        "visit_message",
        "booking_terms",
        "skill",
        "shift",
        "time_off",
        "passkey",
        "role",
        "team",
        "support_visit",
        "support_rule",
    ];
    let sql =
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'version'
        where c.relnamespace = 'app'::regnamespace and c.relkind = 'r'
          and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'remember') order by 1";
    let bare: Vec<String> = house.above().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let forgotten: Vec<_> = bare.iter().filter(|table| !not.contains(&table.as_str())).collect();
    assert!(forgotten.is_empty(), "create the trigger `remember` on {forgotten:?} in their migration, as 0085 does");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_before_changes_were_kept_has_a_past_too() {
    let house = harness::start_apart(modules::list()).await;
    let (ground, above) = (house.ground, house.above().await);
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        // As if the migration had not been: no trigger, no rows.
        let schema = acme.schema().await;
        let tables = above.query("select tgrelid::regclass::text from pg_trigger where tgname = 'remember' and tgrelid::regclass::text like $1", &[&format!("{schema}.%")]).await.unwrap();
        assert!(tables.len() > 10, "{} tables", tables.len());
        for table in &tables {
            above.batch_execute(&format!("drop trigger remember on {}", table.get::<_, String>(0))).await.unwrap();
        }
        let id = made(&owner, "/api/v1/customers", json!({ "name": "Old" })).await;
        let path = format!("/api/v1/customers/{id}");
        let was = owner.get(&path).await.body;
        assert_eq!(owner.get(&format!("/api/v1/history/{id}")).await.status, 404);
        above.execute("delete from ctl.migration where schema_name = $1 and version = 85", &[&schema]).await.unwrap();
        walls::migrate::up(&ground.dsns, &ground.secrets).await.unwrap();
        house.clock.advance(kernel::jiff::SignedDuration::from_secs(60));
        let then = house.clock.now();
        house.clock.advance(kernel::jiff::SignedDuration::from_secs(60));
        patched(&owner, &path, json!({ "name": "New" })).await;
        assert_eq!(owner.get(&format!("{path}?as_of={then}")).await.body, was);
        assert_eq!(owner.get(&format!("{path}?as_of={}", house.clock.now())).await.body["name"], "New");
        let history = owner.get(&format!("/api/v1/history/{id}")).await.body["data"].clone();
        assert_eq!((&history[1]["deed"], &history[0]["before"]["name"]), (&json!("found"), &json!("Old")), "{history}");
        let findings = walls::lint::check(&ground.dsns.admin).await.unwrap();
        assert!(findings.is_empty(), "{findings:#?}");
    })
    .await;
}

//! Money that comes round: each period of a plan is billed once, on the day that was said, whatever stood still meanwhile.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use billing::{InvoicesWrite, recurring::Rounds};
use futures_util::future::join_all;
use harness::{Answer, Company, Person, TestHouse, elsewhere::Python, in_both_placements};
use kernel::{
    Access,
    http::NoContent,
    jiff::{
        SignedDuration, Span,
        civil::{Date, date},
    },
};
use serde_json::{Value, json};

async fn house() -> TestHouse {
    let planted = kernel::Module::new("planted").post("/planted/bill", bill_now, "One turn of the job, at once");
    let modules = vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        maintenance::module(),
        exports::module(),
        billing::module(),
        planted,
    ];
    harness::start(modules).await
}

async fn bill_now(access: Access<InvoicesWrite>) -> kernel::Result<NoContent> {
    billing::recurring::bill_all((*access).clone()).await.map(|()| NoContent)
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

struct Shop {
    item: String,
    customer: String,
    location: String,
    tax: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let tax = owner
        .post("/api/v1/tax-rates", json!({ "name": "Sales tax", "rate_ppm": 82_500, "standard": true }))
        .await
        .id();
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": usd("89.00"), "duration_minutes": 90, "tax_rate_id": tax });
    let item = owner.post("/api/v1/items", item).await.id();
    let place = json!({ "street": "12 Elm St", "city": "Springfield", "postal_code": "62704" });
    let customer = json!({ "name": "Rivera", "email": "ana@example.com", "location": place });
    let customer = owner.post("/api/v1/customers", customer).await.id();
    let places = owner.get(&format!("/api/v1/customers/{customer}/locations")).await;
    let location = places.body["data"][0]["id"].as_str().unwrap().to_owned();
    Shop { item, customer, location, tax }
}

async fn plan(owner: &Person<'_>, shop: &Shop, rule: &str, starts_on: &str) -> String {
    let plan = json!({ "customer_id": shop.customer, "location_id": shop.location, "item_id": shop.item, "rule": rule, "starts_on": starts_on, "time": "10:00" });
    let made = owner.post("/api/v1/maintenance-plans", plan).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

async fn set(owner: &Person<'_>, plan: &str, version: i64, terms: Value) -> Answer {
    let path = format!("/api/v1/maintenance-plans/{plan}/billing");
    owner.send(Method::PUT, &path, &[("if-match", &format!("\"{version}\""))], terms).await
}

async fn known(owner: &Person<'_>, plan: &str) -> Value {
    let found = owner.get(&format!("/api/v1/maintenance-plans/{plan}/billing")).await;
    assert_eq!(found.status, 200, "{found:?}");
    found.body
}

fn days(charges: &Value) -> Vec<&str> {
    charges.as_array().unwrap().iter().map(|one| one["starts_on"].as_str().unwrap()).collect()
}

async fn verb(owner: &Person<'_>, plan: &str, verb: &str, body: Value) -> Answer {
    let path = format!("/api/v1/maintenance-plans/{plan}");
    let etag = owner.get(&path).await.etag();
    let done = owner.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", &etag)], body).await;
    assert_eq!(done.status, 200, "{done:?}");
    done
}

async fn turn(house: &TestHouse, acme: &Company<'_>) {
    kernel::job::worker::now_for(&house.house, acme.id, "billing.bill_plans").await.unwrap();
    house.run_jobs().await;
}

/// To nine in the morning of that day, where the company is.
fn go_to(house: &TestHouse, day: Date) {
    let zone = kernel::jiff::tz::TimeZone::get("America/Chicago").unwrap();
    let now = house.clock.now().to_zoned(zone).date();
    let days = now.until(day).unwrap().get_days();
    house.clock.advance(SignedDuration::from_hours(24 * i64::from(days)));
}

async fn invoices(owner: &Person<'_>) -> usize {
    owner.get("/api/v1/invoices?limit=100").await.body["data"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_period_is_billed_once_on_its_day_whatever_stood_still() {
    // Each placement has a house of its own, for its clock goes on.
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        let shop = shop(&owner).await;
        let plan = plan(&owner, &shop, "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=15", "2026-06-25").await;
        let before = known(&owner, &plan).await;
        assert_eq!((&before["terms"], &before["version"]), (&json!([]), &json!(0)));
        let terms = |amount: &str, more: Value| {
            let mut terms = json!({ "rhythm": "month", "in_advance": true, "amount": usd(amount), "tax_rate_id": shop.tax, "description": "Comfort plan" });
            terms.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            terms
        };
        for (wrong, field, says) in [
            (terms("0", json!({})), "/amount", "An amount is more than nothing."),
            (
                terms("19.00", json!({ "item_id": shop.item })),
                "/amount",
                "Give an amount, or an item of the price book: one of the two.",
            ),
            (
                terms("19.00", json!({ "from_on": "2026-06-24" })),
                "/from_on",
                "The plan begins on Thu 25 Jun 2026, or later.",
            ),
            (
                terms("19.00", json!({ "tax_rate_id": shop.customer })),
                "/tax_rate_id",
                "There is no such tax in the price book.",
            ),
        ] {
            assert_eq!(set(&owner, &plan, 0, wrong).await.error(field), says);
        }
        assert_eq!(set(&owner, &plan, 3, terms("19.00", json!({}))).await.status, 412);
        let said = set(&owner, &plan, 0, terms("19.00", json!({ "from_on": "2026-07-31", "sends": true }))).await;
        assert_eq!(said.status, 200, "{said:?}");
        assert_eq!(
            days(&said.body["ahead"]),
            ["2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31"]
        );
        assert_eq!(
            (&said.body["ahead"][0]["ends_on"], &said.body["ahead"][0]["total"]),
            (&json!("2026-08-30"), &usd("20.57"))
        );

        // Not before its day.
        turn(&house, &acme).await;
        assert_eq!(invoices(&owner).await, 0);
        // The job stood still for a month: both are billed today, once, however many try.
        go_to(&house, date(2026, 9, 1));
        let turns = join_all((0..6).map(|_| owner.post("/planted/bill", json!({})))).await;
        assert!(turns.iter().all(|turn| turn.status == 204), "{turns:?}");
        turn(&house, &acme).await;
        let now = known(&owner, &plan).await;
        assert_eq!((days(&now["billed"]), invoices(&owner).await), (vec!["2026-08-31", "2026-07-31"], 2));
        let first = now["billed"][1]["invoice_id"].as_str().unwrap().to_owned();
        let paper = owner.get(&format!("/api/v1/invoices/{first}")).await.body;
        assert_eq!(
            (&paper["status"], &paper["issued_on"], &paper["due_on"]),
            (&json!("issued"), &json!("2026-09-01"), &json!("2026-09-15"))
        );
        assert_eq!(
            (&paper["subtotal"], &paper["tax"], &paper["total"]),
            (&usd("19.00"), &usd("1.57"), &usd("20.57")),
            "{paper}"
        );
        assert_eq!(
            (&paper["lines"][0]["description"], &paper["lines"][0]["detail"]),
            (&json!("Comfort plan"), &json!("31 Jul 2026 to 30 Aug 2026, 12 Elm St, Springfield"))
        );
        let letters = house.letters().iter().filter(|letter| letter.subject.contains("Invoice INV-")).count();
        assert_eq!(letters, 2);
        let pdf = owner.get(&format!("/api/v1/invoices/{first}/pdf")).await;
        if let Some(text) = harness::text_of_pdf(&pdf.bytes.0) {
            assert!(text.contains("Comfort plan") && text.contains("20.57"), "{text}");
        }
        // The books say the same, and the statement.
        let trial = owner.get("/api/v1/ledger/trial-balance").await;
        let owed =
            trial.body["accounts"].as_array().unwrap().iter().find(|one| one["code"] == "1100").unwrap()["balance"]
                .clone();
        assert_eq!((owed, &trial.body["debit"]), (usd("41.14"), &trial.body["credit"]));

        // A change counts from the next period.
        let mid = set(&owner, &plan, 1, terms("25.00", json!({ "from_on": "2026-09-10" }))).await;
        assert_eq!(mid.error("/from_on"), "A change counts from the next period, Wed 30 Sep 2026. Leave this out.");
        let changed = set(&owner, &plan, 1, terms("25.00", json!({}))).await;
        assert_eq!(
            (changed.status, &changed.body["terms"][0]["from_on"], &changed.body["terms"][1]["until_on"]),
            (200, &json!("2026-09-30"), &json!("2026-09-29")),
            "{changed:?}"
        );
        assert_eq!(
            (days(&changed.body["ahead"])[..3].to_vec(), &changed.body["ahead"][0]["total"]),
            (vec!["2026-09-30", "2026-10-31", "2026-11-30"], &usd("27.06"))
        );

        // While it rests nothing is billed, and what began meanwhile is not made up for.
        verb(&owner, &plan, "pause", json!({})).await;
        go_to(&house, date(2026, 11, 5));
        turn(&house, &acme).await;
        assert_eq!(known(&owner, &plan).await["ahead"], json!([]));
        verb(&owner, &plan, "resume", json!({})).await;
        turn(&house, &acme).await;
        let now = known(&owner, &plan).await;
        assert_eq!((invoices(&owner).await, days(&now["ahead"])[0]), (2, "2026-11-30"), "{now}");
        go_to(&house, date(2026, 12, 2));
        turn(&house, &acme).await;
        let now = known(&owner, &plan).await;
        assert_eq!((&now["billed"][0]["starts_on"], &now["billed"][0]["total"]), (&json!("2026-11-30"), &usd("27.06")));

        // Ending says what was paid in advance; nothing comes after the end.
        let look = verb(&owner, &plan, "end", json!({ "ends_on": "2026-12-14", "preview": true })).await;
        let says = look.body["says"][0].as_str().unwrap();
        assert!(
            says.contains("INV-0003 over $27.06 is not paid yet")
                && says.contains("Wed 30 Dec 2026")
                && says.contains("$13.97"),
            "{says}"
        );
        let looked = owner
            .form(
                &format!("/maintenance/{plan}/end"),
                &[
                    ("version", &owner.get(&format!("/api/v1/maintenance-plans/{plan}")).await.etag().replace('"', "")),
                    ("ends_on", "2026-12-14"),
                    ("step", "look"),
                ],
            )
            .await;
        assert!(looked.text.contains("INV-0003"), "{}", looked.text);
        verb(&owner, &plan, "end", json!({ "ends_on": "2026-12-14" })).await;
        assert_eq!(known(&owner, &plan).await["ahead"], json!([]));
        go_to(&house, date(2027, 3, 1));
        turn(&house, &acme).await;
        assert_eq!(invoices(&owner).await, 3);
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "plan_billing.billed").count(), 3, "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_billed_once_somebody_was_there_and_not_by_its_job_too() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.program();
    let shop = shop(&owner).await;
    let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let shifts = format!("/api/v1/technicians/{}/shifts", made.id());
    let works = owner.send(Method::PUT, &shifts, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
    assert_eq!(works.status, 200, "{works:?}");
    let weekly = json!({ "customer_id": shop.customer, "location_id": shop.location, "item_id": shop.item, "technician_id": made.id(), "rule": "FREQ=WEEKLY;BYDAY=TU", "starts_on": "2026-06-23", "time": "10:00" });
    let plan = owner.post("/api/v1/maintenance-plans", weekly).await.id();
    let terms = json!({ "rhythm": "visit", "in_advance": false, "item_id": shop.item });
    let said = set(&owner, &plan, 0, terms).await;
    assert_eq!(said.status, 200, "{said:?}");
    assert_eq!(
        (days(&said.body["ahead"])[..2].to_vec(), &said.body["ahead"][0]["total"]),
        (vec!["2026-06-23", "2026-06-30"], &usd("96.34"))
    );
    go_to(&house, date(2026, 6, 23));
    house.clock.advance(SignedDuration::from_hours(3));
    turn(&house, &acme).await;
    assert_eq!(invoices(&owner).await, 0, "nobody was there yet");
    let visits = owner.get("/api/v1/appointments?from=2026-06-23T00:00:00Z&to=2026-06-24T00:00:00Z").await;
    let visit = visits.body["data"][0]["id"].as_str().unwrap().to_owned();
    let order = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await.id();
    let started = owner.post(&format!("/api/v1/work-orders/{order}/start"), json!({})).await;
    assert_eq!(started.status, 200, "{started:?}");
    let part = json!({ "name": "Capacitor", "kind": "material", "price": usd("40.00") });
    let part = owner.post("/api/v1/items", part).await.id();
    owner
        .post(&format!("/api/v1/work-orders/{order}/lines"), json!({ "item_id": part, "quantity_milli": 1000 }))
        .await
        .id();
    let finished = owner.post(&format!("/api/v1/work-orders/{order}/finish"), json!({})).await;
    assert_eq!(finished.status, 200, "{finished:?}");
    house.run_jobs().await;
    turn(&house, &acme).await;
    turn(&house, &acme).await;
    let now = known(&owner, &plan).await;
    assert_eq!((days(&now["billed"]), days(&now["ahead"])[0]), (vec!["2026-06-23"], "2026-06-30"), "{now}");
    let all = owner.get("/api/v1/invoices?limit=100").await.body["data"].clone();
    let mut totals: Vec<&str> =
        all.as_array().unwrap().iter().map(|one| one["total"]["amount"].as_str().unwrap()).collect();
    totals.sort_unstable();
    assert_eq!(totals, ["40.00", "96.34"], "the job charges the part alone: {all}");
}

/// What the plan covers is a bundle, sold as its parts: none of them is charged by the job, but for what is beyond it.
#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_a_bundle_that_a_plan_covers_are_not_charged_by_its_job() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.program();
    let shop = shop(&owner).await;
    let item = async |name: &str, kind: &str, price: &str| {
        let mut item = json!({ "name": name, "kind": kind, "price": usd(price) });
        if kind == "service" {
            item["duration_minutes"] = json!(60);
        }
        owner.post("/api/v1/items", item).await.id()
    };
    let (filter, coil) = (item("Filter", "material", "30.00").await, item("Coil cleaning", "service", "59.00").await);
    let bundle = json!({ "name": "Spring check", "kind": "bundle", "pricing": "parts", "sold_as": "parts", "price": usd("0"), "duration_minutes": 90 });
    let bundle = owner.post("/api/v1/items", bundle).await.id();
    let parts = json!({ "parts": [{ "item_id": filter, "quantity_milli": 2000 }, { "item_id": coil, "quantity_milli": 1000 }] });
    assert_eq!(owner.send(Method::PUT, &format!("/api/v1/items/{bundle}/parts"), &[], parts).await.status, 200);
    let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let shifts = format!("/api/v1/technicians/{}/shifts", made.id());
    let works = owner.send(Method::PUT, &shifts, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
    assert_eq!(works.status, 200, "{works:?}");
    let weekly = json!({ "customer_id": shop.customer, "location_id": shop.location, "item_id": bundle, "technician_id": made.id(), "rule": "FREQ=WEEKLY;BYDAY=TU", "starts_on": "2026-06-23", "time": "10:00" });
    let plan = owner.post("/api/v1/maintenance-plans", weekly).await;
    assert_eq!(plan.status, 201, "{plan:?}");
    let terms = json!({ "rhythm": "month", "in_advance": true, "amount": usd("45.00"), "from_on": "2026-06-23" });
    let said = set(&owner, &plan.id(), 0, terms).await;
    assert_eq!(said.status, 200, "{said:?}");
    go_to(&house, date(2026, 6, 23));
    turn(&house, &acme).await;
    let visits = owner.get("/api/v1/appointments?from=2026-06-23T00:00:00Z&to=2026-06-24T00:00:00Z").await;
    let visit = visits.body["data"][0]["id"].as_str().unwrap().to_owned();
    let order = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await.id();
    let lines = owner.get(&format!("/api/v1/work-orders/{order}")).await.body["line_items"].clone();
    assert_eq!(lines.as_array().unwrap().len(), 2, "sold as its parts: {lines}");
    // A third filter is beyond what the plan is paid for.
    let more = json!({ "item_id": filter, "quantity_milli": 1000 });
    owner.post(&format!("/api/v1/work-orders/{order}/lines"), more).await.id();
    for verb in ["start", "finish"] {
        let done = owner.post(&format!("/api/v1/work-orders/{order}/{verb}"), json!({})).await;
        assert_eq!(done.status, 200, "{done:?}");
    }
    house.run_jobs().await;
    turn(&house, &acme).await;
    let all = owner.get("/api/v1/invoices?limit=100").await.body["data"].clone();
    let mut totals: Vec<&str> =
        all.as_array().unwrap().iter().map(|one| one["total"]["amount"].as_str().unwrap()).collect();
    totals.sort_unstable();
    assert_eq!(totals, ["30.00", "45.00"], "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_goes_on_as_another_is_billed_on_and_one_that_cannot_be_billed_says_why() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let shop = shop(&owner).await;
        let from = house.clock.now().to_zoned(kernel::jiff::tz::TimeZone::UTC).date();
        let first = from.saturating_add(Span::new().days(2));
        let plan = plan(&owner, &shop, "FREQ=MONTHLY;BYMONTHDAY=28", &first.to_string()).await;
        let terms = json!({ "rhythm": "quarter", "in_advance": false, "amount": usd("90.00"), "from_on": first });
        let said = set(&owner, &plan, 0, terms).await;
        assert_eq!(said.status, 200, "{said:?}");
        let billed_on = first.checked_add(Span::new().months(3)).unwrap();
        assert_eq!(said.body["ahead"][0]["bills_on"], json!(billed_on));
        // From the fifth visit on it is at another hour, and so a plan of its own.
        let ahead = owner.get(&format!("/api/v1/maintenance-plans/{plan}/visits?limit=5")).await.body["data"].clone();
        let from = ahead[4]["due_on"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/maintenance-plans/{plan}");
        let etag = owner.get(&path).await.etag();
        let change = json!({ "from": from, "location_id": shop.location, "item_id": shop.item, "rule": "FREQ=MONTHLY;BYMONTHDAY=28", "time": "13:00" });
        let rest = owner.send(Method::PUT, &path, &[("if-match", &etag)], change).await;
        assert_eq!(rest.status, 200, "{rest:?}");
        let rest = rest.body["plan"]["id"].as_str().unwrap().to_owned();
        let (old, new) = (known(&owner, &plan).await, known(&owner, &rest).await);
        let months = |n: i64| first.checked_add(Span::new().months(n)).unwrap().to_string();
        assert_eq!((days(&old["ahead"]), days(&new["ahead"])[..2].to_vec()), (vec![months(0).as_str(), months(3).as_str()], vec![months(6).as_str(), months(9).as_str()]), "{old} {new}");
        assert_eq!(old["goes_on_as"], json!(rest));
        assert_eq!(set(&owner, &plan, 0, json!({ "rhythm": "month", "in_advance": true, "amount": usd("1.00") })).await.status, 409);
        // A tax that is gone: the page of the plan says so, nothing is billed; mended, it is.
        let rested = json!({ "rhythm": "quarter", "in_advance": true, "amount": usd("90.00"), "tax_rate_id": shop.tax });
        let changed = set(&owner, &rest, 1, rested.clone()).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let page = owner.page(&format!("/maintenance/{rest}")).await;
        assert!(page.text.contains("What will be billed") && page.text.contains("Every three months"), "{}", page.text);
        let (client, schema) = (house.above().await, acme.schema().await);
        let sql = format!("update {schema}.tax_rate set status = 'archived' where tenant_id = $1");
        client.execute(&sql, &[&acme.id]).await.unwrap();
        let sql = format!("update {schema}.plan_billing set due_on = next_on - 400 where tenant_id = $1 and plan_id = $2::text::uuid");
        client.execute(&sql, &[&acme.id, &rest]).await.unwrap();
        let at = owner.get(&format!("/api/v1/maintenance-plans/{rest}")).await;
        assert_eq!(at.status, 200);
        turn(&house, &acme).await;
        let now = known(&owner, &rest).await;
        assert_eq!(now["billed"], json!([]), "{now}");
        assert!(now["terms"][0]["trouble"].as_str().unwrap().contains("is not in the price book any more"), "{now}");
        // Who keeps no prices may not set any; who only looks, looks.
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.page(&format!("/maintenance/{rest}/billing")).await.status, 403);
        assert_eq!(viewer.get(&format!("/api/v1/maintenance-plans/{rest}/billing")).await.status, 200);
        let manager = acme.person("service_manager").await;
        let form = manager.page(&format!("/maintenance/{rest}/billing")).await;
        assert!(form.status == 200 && form.text.contains("How often"), "{}", form.text);
        let fields = |amount: &'static str| [("version", "2"), ("rhythm", "year"), ("when", "advance"), ("price", "hand"), ("amount", amount), ("terms_days", "30")];
        let wrong = manager.form(&format!("/maintenance/{rest}/billing"), &fields("")).await;
        assert!(wrong.status == 422 && wrong.text.contains("Give the amount, such as 19.00"), "{}", wrong.text);
        let saved = manager.form(&format!("/maintenance/{rest}/billing"), &fields("300")).await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        let stopped = manager.form(&format!("/maintenance/{rest}/billing/stop"), &[("version", "3")]).await;
        assert_eq!(stopped.status, 303, "{}", stopped.text);
        assert_eq!(known(&owner, &rest).await["version"], json!(0));
    })
    .await;
}

/// The first days of periods over many anchors and ten years, against an independent implementation.
#[test]
fn periods_begin_where_an_independent_implementation_puts_them() {
    let Some(python) = Python::with("import dateutil.rrule", "python3-dateutil", "the comparison was not made") else {
        return;
    };
    let mut asked = vec![];
    let mut day = date(2023, 1, 1);
    while day < date(2025, 1, 1) {
        asked.extend([1, 3, 12].map(|months| Rounds { anchor: day, months }));
        day = day.tomorrow().unwrap();
    }
    const COUNT: usize = 40;
    let line =
        |rounds: &Rounds| json!({ "from": rounds.anchor, "months": rounds.months, "count": COUNT }).to_string() + "\n";
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rounds.py");
    let answers = python.answer(script, asked.iter().map(line).collect());
    let answers: Vec<Vec<Date>> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), asked.len());
    let mut compared = 0;
    for (rounds, theirs) in asked.iter().zip(&answers) {
        let ours: Vec<Date> = (0..COUNT as i64).map(|n| rounds.nth(n)).collect();
        assert_eq!(ours, *theirs, "{rounds:?}");
        for (n, begins) in (0..).zip(&ours) {
            let period = rounds.period(n);
            assert_eq!((rounds.at(*begins), rounds.at(period.ends_on), rounds.from(*begins)), (n, n, n), "{rounds:?}");
            assert!(period.starts_on <= period.ends_on);
        }
        compared += ours.len();
    }
    println!("{compared} periods compared");
    assert!(compared > 80_000, "{compared}");
}

//! What is paid in advance is owed until it is earned: month by month, once, summing to the cent, whatever is given back meanwhile.
#![allow(clippy::unwrap_used)]
mod walk;

use axum::http::Method;
use harness::{Answer, Company, Person, TestHouse};
use kernel::jiff::{
    SignedDuration,
    civil::{Date, date},
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::{Value, json};

async fn house() -> TestHouse {
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
    ];
    harness::start(modules).await
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

fn cents(money: &Value) -> i64 {
    kernel::Money::parse(money["amount"].as_str().unwrap(), kernel::Currency::USD).unwrap().minor
}

/// A plan that is billed so, beginning on that day; the customer has an address.
async fn plan(owner: &Person<'_>, name: &str, starts_on: Date, rhythm: &str, amount: &str) -> String {
    let item = json!({ "name": "Tune-up", "kind": "service", "price": usd("89.00"), "duration_minutes": 90 });
    let item = owner.post("/api/v1/items", item).await.id();
    let place = json!({ "street": "12 Elm St", "city": "Springfield", "postal_code": "62704" });
    let customer = owner.post("/api/v1/customers", json!({ "name": name, "location": place })).await.id();
    let places = owner.get(&format!("/api/v1/customers/{customer}/locations")).await;
    let location = places.body["data"][0]["id"].clone();
    let plan = json!({ "customer_id": customer, "location_id": location, "item_id": item, "rule": "FREQ=YEARLY", "starts_on": starts_on, "time": "10:00" });
    let plan = owner.post("/api/v1/maintenance-plans", plan).await.id();
    let terms = json!({ "rhythm": rhythm, "in_advance": true, "amount": usd(amount), "from_on": starts_on });
    let path = format!("/api/v1/maintenance-plans/{plan}/billing");
    let said = owner.send(Method::PUT, &path, &[("if-match", "\"0\"")], terms).await;
    assert_eq!(said.status, 200, "{said:?}");
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_paid_in_advance_is_earned_when_it_is_done_and_not_before() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        let item = json!({ "name": "Tune-up", "kind": "service", "price": usd("89.00"), "duration_minutes": 90 });
        let item = owner.post("/api/v1/items", item).await.id();
        let place = json!({ "street": "12 Elm St", "city": "Springfield", "postal_code": "62704" });
        let customer = owner.post("/api/v1/customers", json!({ "name": "Ida", "location": place })).await.id();
        let places = owner.get(&format!("/api/v1/customers/{customer}/locations")).await;
        let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
        let week: Vec<Value> =
            (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
        let shifts = format!("/api/v1/technicians/{}/shifts", made.id());
        let works = owner.send(Method::PUT, &shifts, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
        assert_eq!(works.status, 200, "{works:?}");
        let weekly = json!({ "customer_id": customer, "location_id": places.body["data"][0]["id"], "item_id": item, "technician_id": made.id(), "rule": "FREQ=WEEKLY;BYDAY=TU", "starts_on": "2026-06-30", "time": "10:00" });
        let plan = owner.post("/api/v1/maintenance-plans", weekly).await.id();
        let terms = json!({ "rhythm": "visit", "in_advance": true, "amount": usd("60.00") });
        let path = format!("/api/v1/maintenance-plans/{plan}/billing");
        assert_eq!(owner.send(Method::PUT, &path, &[("if-match", "\"0\"")], terms).await.status, 200);
        house.run_jobs().await;
        go_to(&house, date(2026, 6, 30));
        for _ in 0..2 {
            both(&house, &acme).await;
        }
        let books =
            async || (account(&owner, "1100").await, account(&owner, "2300").await, account(&owner, "4000").await);
        assert_eq!(books().await, (6_000, -6_000, 0), "billed, and nobody was there");
        report(&owner).await;
        // Done two days later: earned on that day.
        go_to(&house, date(2026, 7, 2));
        both(&house, &acme).await;
        assert_eq!(books().await, (6_000, -6_000, 0));
        let visits = owner.get("/api/v1/appointments?from=2026-06-30T00:00:00Z&to=2026-07-01T00:00:00Z").await;
        let visit = visits.body["data"][0]["id"].as_str().unwrap().to_owned();
        let order = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await.id();
        for verb in ["start", "finish"] {
            let done = owner.post(&format!("/api/v1/work-orders/{order}/{verb}"), json!({})).await;
            assert_eq!(done.status, 200, "{done:?}");
        }
        house.run_jobs().await;
        for _ in 0..2 {
            both(&house, &acme).await;
        }
        assert_eq!(books().await, (6_000, 0, -6_000));
        assert_eq!(vouchers(&owner, "earned").await, [("2026-07-02".to_owned(), 6_000)]);
        report(&owner).await;
        // The next one never takes place: what it was billed with goes back out of what is owed.
        go_to(&house, date(2026, 7, 7));
        both(&house, &acme).await;
        let visits = owner.get("/api/v1/appointments?from=2026-07-07T00:00:00Z&to=2026-07-08T00:00:00Z").await;
        let visit = format!("/api/v1/appointments/{}", visits.body["data"][0]["id"].as_str().unwrap());
        let seen = owner.get(&visit).await.etag();
        let gone = owner
            .send(Method::POST, &format!("{visit}/cancel"), &[("if-match", &seen)], json!({ "reason": "Away" }))
            .await;
        assert_eq!(gone.status, 200, "{gone:?}");
        house.run_jobs().await;
        go_to(&house, date(2026, 7, 9));
        both(&house, &acme).await;
        assert_eq!(books().await, (12_000, -6_000, -6_000));
        let billed = owner.get(&path).await.body["billed"][0]["invoice_id"].as_str().unwrap().to_owned();
        let note = owner
            .post(&format!("/api/v1/invoices/{billed}/credit-notes"), json!({ "reason": "Did not take place" }))
            .await;
        assert_eq!(note.status, 201, "{note:?}");
        assert_eq!(books().await, (6_000, 0, -6_000));
        report(&owner).await;
    }
}

async fn turn(house: &TestHouse, acme: &Company<'_>, name: &str) {
    kernel::job::worker::now_for(&house.house, acme.id, name).await.unwrap();
    house.run_jobs().await;
}

async fn both(house: &TestHouse, acme: &Company<'_>) {
    turn(house, acme, "billing.bill_plans").await;
    turn(house, acme, "billing.earn_deferred").await;
}

fn today(house: &TestHouse) -> Date {
    house.clock.now().to_zoned(kernel::jiff::tz::TimeZone::get("America/Chicago").unwrap()).date()
}

fn go_to(house: &TestHouse, day: Date) {
    let days = today(house).until(day).unwrap().get_days();
    house.clock.advance(SignedDuration::from_hours(24 * i64::from(days)));
}

/// Debit less credit.
async fn account(owner: &Person<'_>, code: &str) -> i64 {
    let trial = owner.get("/api/v1/ledger/trial-balance?to=2100-01-01").await;
    assert_eq!(trial.body["debit"], trial.body["credit"], "{trial:?}");
    let accounts = trial.body["accounts"].as_array().unwrap().clone();
    accounts.iter().find(|one| one["code"] == code).map_or(0, |one| cents(&one["balance"]))
}

async fn report(owner: &Person<'_>) -> Value {
    let found = owner.get("/api/v1/ledger/deferred").await;
    assert_eq!(found.status, 200, "{found:?}");
    let all = &found.body["all"];
    assert_eq!(found.body["account"], all["left"], "the account says what is left: {found:?}");
    let sum = |field: &str| found.body["data"].as_array().unwrap().iter().map(|one| cents(&one[field])).sum::<i64>();
    for field in ["billed", "earned", "given_back", "left"] {
        assert_eq!(sum(field), cents(&all[field]), "{field}: {found:?}");
    }
    assert_eq!(
        cents(&all["billed"]),
        cents(&all["earned"]) + cents(&all["given_back"]) + cents(&all["left"]),
        "{found:?}"
    );
    found.body
}

async fn vouchers(owner: &Person<'_>, kind: &str) -> Vec<(String, i64)> {
    let all = owner.get("/api/v1/ledger/vouchers?limit=200").await.body["data"].as_array().unwrap().clone();
    let of = all.iter().filter(|one| one["kind"] == kind);
    let mut found: Vec<(String, i64)> =
        of.map(|one| (one["posted_on"].as_str().unwrap().to_owned(), cents(&one["entries"][0]["debit"]))).collect();
    found.sort();
    found
}

async fn close(owner: &Person<'_>, version: i64, to: &str) -> Answer {
    let seen = format!("\"{version}\"");
    owner.send(Method::PUT, "/api/v1/ledger/close", &[("if-match", &seen)], json!({ "closed_to": to })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_in_advance_is_earned_month_by_month_once() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        assert_eq!(report(&owner).await["data"], json!([]));
        plan(&owner, "Rivera", date(2026, 6, 30), "quarter", "100.00").await;
        go_to(&house, date(2026, 6, 30));
        both(&house, &acme).await;
        assert_eq!((account(&owner, "2300").await, account(&owner, "4000").await), (-10_000, 0));
        // A month later a third is earned; whoever runs twice earns once.
        go_to(&house, date(2026, 7, 29));
        both(&house, &acme).await;
        both(&house, &acme).await;
        assert_eq!((account(&owner, "2300").await, account(&owner, "4000").await), (-6_666, -3_334));
        assert_eq!(vouchers(&owner, "earned").await, [("2026-07-29".to_owned(), 3_334)]);
        // The books of August are closed before the job came round again: it is earned on the first open day.
        go_to(&house, date(2026, 9, 20));
        assert_eq!(close(&owner, 0, "2026-08-31").await.status, 200);
        turn(&house, &acme, "billing.earn_deferred").await;
        assert_eq!(
            vouchers(&owner, "earned").await,
            [("2026-07-29".to_owned(), 3_334), ("2026-09-01".to_owned(), 3_333)]
        );
        let page = owner.page("/books/deferred").await;
        assert!(
            page.text.contains("Rivera")
                && page.text.contains("33.33")
                && page.text.contains("Agrees with the account"),
            "{}",
            page.text
        );
        go_to(&house, date(2026, 9, 29));
        turn(&house, &acme, "billing.earn_deferred").await;
        let now = report(&owner).await;
        assert_eq!((&now["all"]["earned"], &now["all"]["left"]), (&usd("100.00"), &usd("0.00")));
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.page("/books/deferred").await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_goes_out_of_what_is_not_earned_first() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.program();
    for name in ["Void", "Note"] {
        plan(&owner, name, date(2026, 6, 25), "year", "120.00").await;
    }
    go_to(&house, date(2026, 6, 25));
    both(&house, &acme).await;
    go_to(&house, date(2026, 10, 25));
    both(&house, &acme).await;
    assert_eq!(
        (account(&owner, "2300").await, account(&owner, "4000").await),
        (-16_000, -8_000),
        "four months of each"
    );
    let all = owner.get("/api/v1/invoices").await.body["data"].clone();
    let of = |name: &str| {
        all.as_array().unwrap().iter().find(|one| one["customer_name"] == name).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let voided = owner.post(&format!("/api/v1/invoices/{}/void", of("Void")), json!({ "reason": "Twice" })).await;
    assert_eq!(voided.status, 200, "{voided:?}");
    assert_eq!(
        (account(&owner, "2300").await, account(&owner, "4000").await, account(&owner, "1100").await),
        (-8_000, -4_000, 12_000)
    );
    report(&owner).await;
    // A half of the other: all out of what is not earned. Then all of it: what is left, and what was earned.
    let note = of("Note");
    let line = owner.get(&format!("/api/v1/invoices/{note}")).await.body["lines"][0]["id"].clone();
    let half = json!({ "reason": "Moved", "lines": [{ "line_id": line, "quantity_milli": 500 }] });
    assert_eq!(owner.post(&format!("/api/v1/invoices/{note}/credit-notes"), half).await.status, 201);
    assert_eq!((account(&owner, "2300").await, account(&owner, "4000").await), (-2_000, -4_000));
    report(&owner).await;
    assert_eq!(
        owner.post(&format!("/api/v1/invoices/{note}/credit-notes"), json!({ "reason": "All" })).await.status,
        201
    );
    for code in ["1100", "2300", "4000"] {
        assert_eq!(account(&owner, code).await, 0, "{code}");
    }
    let now = report(&owner).await;
    assert_eq!((&now["all"]["given_back"], &now["all"]["left"]), (&usd("240.00"), &usd("0.00")), "{now}");
    // Nothing of it is earned any more.
    go_to(&house, date(2027, 6, 20));
    turn(&house, &acme, "billing.earn_deferred").await;
    assert_eq!(account(&owner, "4000").await, 0);
}

/// Verbs in any order, while time goes on: the account is what is left of all, and what is earned is what the papers say without it.
#[tokio::test(flavor = "multi_thread")]
async fn after_any_sequence_of_verbs_what_is_left_is_what_the_account_says() {
    let house = house().await;
    let acme = house.company("dedicated").await;
    let owner = acme.program();
    let mut random = SmallRng::seed_from_u64(20_261_122);
    for (n, rhythm) in ["month", "quarter", "year", "year"].into_iter().enumerate() {
        let starts = today(&house).checked_add(kernel::jiff::Span::new().days(2 + n as i64)).unwrap();
        plan(&owner, &format!("Customer {n}"), starts, rhythm, &format!("{}.{:02}", 40 + 61 * n, 7 + 13 * n)).await;
    }
    let (mut done, mut refused) = (0, 0);
    for step in 0..70 {
        let all = owner.get("/api/v1/invoices?limit=200").await.body["data"].as_array().unwrap().clone();
        let some = (!all.is_empty()).then(|| all[random.random_range(0..all.len())]["id"].as_str().unwrap().to_owned());
        let (path, body) = match (random.random_range(0..7), some) {
            (0..=2, _) | (_, None) => {
                house.clock.advance(SignedDuration::from_hours(24 * random.random_range(3..40)));
                both(&house, &acme).await;
                continue;
            }
            (3, Some(id)) => (
                format!("/api/v1/invoices/{id}/payments"),
                json!({ "amount": usd("9.99"), "method": "cash", "keep_rest": true }),
            ),
            (4, Some(id)) => {
                let line = owner.get(&format!("/api/v1/invoices/{id}")).await.body["lines"][0]["id"].clone();
                let part = json!([{ "line_id": line, "quantity_milli": random.random_range(1..900) }]);
                (format!("/api/v1/invoices/{id}/credit-notes"), json!({ "reason": "Part", "lines": part }))
            }
            (5, Some(id)) => (format!("/api/v1/invoices/{id}/void"), json!({ "reason": "Slip" })),
            (_, Some(id)) => (format!("/api/v1/invoices/{id}/write-off"), json!({ "reason": "Gone" })),
        };
        let answer = owner.post(&path, body).await;
        match answer.status {
            200 | 201 => done += 1,
            409 | 422 => refused += 1,
            _ => panic!("{path}: {answer:?}"),
        }
        if step % 5 != 4 {
            continue;
        }
        let left = cents(&report(&owner).await["all"]["left"]);
        let mut revenue = 0;
        for one in owner.get("/api/v1/invoices?limit=200").await.body["data"].as_array().unwrap() {
            if one["status"] != "void" {
                let notes = format!("/api/v1/invoices/{}/credit-notes", one["id"].as_str().unwrap());
                let notes = owner.get(&notes).await.body["data"].as_array().unwrap().clone();
                let given: i64 = notes.iter().map(|note| cents(&note["net"])).sum();
                revenue += cents(&one["total"]) - cents(&one["tax"]) - given;
            }
        }
        assert_eq!(
            (account(&owner, "2300").await, account(&owner, "4000").await),
            (-left, left - revenue),
            "after {step} steps"
        );
    }
    assert!(done > 10 && refused > 2, "{done} done, {refused} refused");
}

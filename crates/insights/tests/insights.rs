//! Today and the figures of the business, through the front door: they say what was done, to those who may see it.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Company, PLACEMENTS, Person, TestHouse, in_both_placements};
use jiff::{SignedDuration, Timestamp};
use kernel::Role;
use serde_json::{Value, json};

async fn house() -> TestHouse {
    harness::start(vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
    ])
    .await
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn made(person: &Person<'_>, path: &str, body: Value) -> String {
    let made = person.post(path, body).await;
    assert_eq!(made.status, 201, "{path}: {made:?}");
    made.id()
}

async fn figures(person: &Person<'_>) -> Value {
    let summary = person.get("/api/v1/insights/summary").await;
    assert_eq!(summary.status, 200, "{summary:?}");
    summary.body["figures"].clone()
}

/// All there are, in this order: jobs today, jobs nobody has, open, overdue, came in this week, and last week.
fn all(jobs: i64, unassigned: i64, open: &str, overdue: &str, week: &str, last_week: &str) -> Value {
    json!({
        "jobs_today": jobs, "unassigned": unassigned, "open_receivables": usd(open), "overdue_receivables": usd(overdue),
        "collected_this_week": usd(week), "collected_last_week": usd(last_week),
        "ratings_90_days": 0, "rating_stars_90_days": 0, "low_ratings_waiting": 0, "finished_jobs_90_days": 0, "recalled_jobs_90_days": 0,
    })
}

struct Shop {
    technician: String,
    service: String,
    customer: String,
}

async fn shop(owner: &Person<'_>, name: &str) -> Shop {
    let member = json!({ "name": "Marco", "email": format!("{}@tech.example", kernel::Uuid::now_v7()), "role": "technician", "password": harness::PASSWORD });
    let member = made(owner, "/api/v1/members", member).await;
    let technician = json!({ "member_id": member, "name": "Marco", "skills": "HVAC" });
    let technician = made(owner, "/api/v1/technicians", technician).await;
    let service = json!({ "name": "AC tune-up", "kind": "service", "duration_minutes": 60, "price": usd("129.00") });
    let service = made(owner, "/api/v1/items", service).await;
    let customer = made(owner, "/api/v1/customers", json!({ "name": name })).await;
    Shop { technician, service, customer }
}

async fn job(owner: &Person<'_>, shop: &Shop, at: Timestamp, assigned: bool) -> String {
    let mut body = json!({ "customer_id": shop.customer, "item_id": shop.service, "starts_at": at, "anyway": true });
    if assigned {
        body["technician_id"] = json!(shop.technician);
    }
    made(owner, "/api/v1/appointments", body).await
}

async fn invoice(owner: &Person<'_>, shop: &Shop, amount: &str) -> String {
    let lines = json!([{ "description": "Call", "unit_price": usd(amount) }]);
    let id = made(owner, "/api/v1/invoices", json!({ "customer_id": shop.customer, "lines": lines, "terms_days": 14 }))
        .await;
    let issued = owner.post(&format!("/api/v1/invoices/{id}/issue"), json!({})).await;
    assert_eq!(issued.status, 200, "{issued:?}");
    id
}

async fn paid(owner: &Person<'_>, invoice: &str, amount: &str) {
    made(owner, &format!("/api/v1/invoices/{invoice}/payments"), json!({ "amount": usd(amount), "method": "cash" }))
        .await;
}

#[tokio::test]
async fn the_figures_are_what_was_done() {
    for placement in PLACEMENTS {
        // A house of its own: this test turns the clock.
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        assert_eq!(figures(&owner).await, all(0, 0, "0.00", "0.00", "0.00", "0.00"));
        let shop = shop(&owner, "Carmen Lopez").await;
        let (now, hour) = (house.clock.now(), SignedDuration::from_hours(1));
        job(&owner, &shop, now + hour, true).await;
        job(&owner, &shop, now + hour * 3, true).await;
        let open = job(&owner, &shop, now + hour * 2, false).await;
        job(&owner, &shop, now + hour * 24, false).await;
        job(&owner, &shop, now + hour * 24 * 4, false).await;
        // Nine in the evening in Chicago is today, though it is tomorrow in UTC; one in the morning is not.
        job(&owner, &shop, now + hour * 12, true).await;
        job(&owner, &shop, now + hour * 16, true).await;
        assert_eq!(
            figures(&owner).await,
            all(4, 2, "0.00", "0.00", "0.00", "0.00"),
            "within two days, and the company's day"
        );
        let open = format!("/api/v1/appointments/{open}");
        let etag = owner.get(&open).await.etag();
        let cancel = format!("{open}/cancel");
        let cancelled = owner.send(Method::POST, &cancel, &[("if-match", &etag)], json!({})).await;
        assert_eq!(cancelled.status, 200, "{cancelled:?}");
        assert_eq!(figures(&owner).await, all(3, 1, "0.00", "0.00", "0.00", "0.00"));

        let (one, two) = (invoice(&owner, &shop, "100.00").await, invoice(&owner, &shop, "50.00").await);
        let draft =
            json!({ "customer_id": shop.customer, "lines": [{ "description": "Maybe", "unit_price": usd("900.00") }] });
        made(&owner, "/api/v1/invoices", draft).await;
        assert_eq!(figures(&owner).await, all(3, 1, "150.00", "0.00", "0.00", "0.00"), "a draft is owed by nobody");
        paid(&owner, &one, "20.00").await;
        paid(&owner, &two, "50.00").await;
        let summary = owner.get("/api/v1/insights/summary").await;
        assert_eq!(summary.body["figures"], all(3, 1, "80.00", "0.00", "70.00", "0.00"));
        assert_eq!(summary.body["today"], "2026-06-22");
        let page = acme.person("owner").await.page("/").await;
        assert_eq!(page.status, 200);
        for shown in ["Today", "Needs a hand now", "$80.00", "$70.00", "Marco"] {
            assert!(page.text.contains(shown), "the page does not show {shown}: {}", page.text);
        }

        house.clock.advance(hour * 24 * 7);
        paid(&owner, &one, "5.00").await;
        let summary = owner.get("/api/v1/insights/summary").await;
        assert_eq!(summary.body["today"], "2026-06-29");
        assert_eq!(summary.body["figures"], all(0, 2, "75.00", "0.00", "5.00", "70.00"), "{summary:?}");
        house.clock.advance(hour * 24 * 8);
        assert_eq!(figures(&owner).await, all(0, 2, "75.00", "75.00", "0.00", "5.00"), "a day after it was due");
        let void = owner.post(&format!("/api/v1/invoices/{two}/void"), json!({ "reason": "Paid already" })).await;
        assert_eq!(void.status, 409, "what was paid is not taken back by the way: {void:?}");
    }
}

#[tokio::test]
async fn each_sees_what_their_permissions_show() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner, "Carmen Lopez").await;
        job(&owner, &shop, house.clock.now() + SignedDuration::from_hours(1), false).await;
        invoice(&owner, &shop, "321.00").await;
        let whole = all(1, 1, "321.00", "0.00", "0.00", "0.00");
        for role in Role::ALL.iter().filter(|role| **role != Role::Customer) {
            let person = acme.person(role.as_str()).await;
            let (summary, page, part) = (
                person.get("/api/v1/insights/summary").await,
                person.page("/").await,
                person.page("/today/part").await,
            );
            if *role == Role::Technician {
                assert_eq!((summary.status, part.status), (403, 403));
                assert!(summary.body["detail"].as_str().unwrap().contains("dashboard.read"), "{summary:?}");
                assert_eq!((page.status, page.header("location")), (303, "/tech"), "their first page is the phone's");
                continue;
            }
            let mut seen = whole.clone();
            // What customers said of visits is for those who plan them.
            if matches!(role, Role::Member | Role::Viewer) {
                seen.as_object_mut().unwrap().retain(|name, _| !name.contains("rating"));
            }
            assert_eq!((summary.status, &summary.body["figures"]), (200, &seen), "{role}");
            assert_eq!((page.status, part.status), (200, 200), "{role}");
            assert!(page.text.contains("Needs a hand now") && part.text.contains("$321.00"), "{role}: {}", part.text);
        }
        assert_eq!(acme.visitor().get("/api/v1/insights/summary").await.status, 401);
        assert_eq!(acme.visitor().page("/").await.header("location"), "/sign-in?next=/");
        assert_eq!(house.outside().page("/").await.header("location"), "/start", "where no company is, the way in");

        // A key may hold the dashboard and not the money, or the jobs; or invoices and not their amounts.
        let money = &["collected_last_week", "collected_this_week", "open_receivables", "overdue_receivables"];
        for (scopes, names) in [
            (&["dashboard.read"][..], &[][..]),
            (&["dashboard.read", "board.read"], &["jobs_today", "unassigned"]),
            (&["dashboard.read", "invoices.read"], money),
            (&["dashboard.read", "invoices.read", "prices.see"], money),
        ] {
            let (shown, priced) = (scopes.contains(&"invoices.read"), scopes.contains(&"prices.see"));
            let key = owner.post("/api/v1/api-keys", json!({ "name": "Screen", "scopes": scopes })).await;
            assert_eq!(key.status, 201, "{key:?}");
            let mut screen = acme.visitor();
            screen.credential = Some(("x-api-key", key.body["key"].as_str().unwrap().to_owned()));
            let seen = figures(&screen).await;
            let expected: serde_json::Map<String, Value> = names
                .iter()
                .map(|name| ((*name).to_owned(), if shown && !priced { Value::Null } else { whole[*name].clone() }))
                .collect();
            assert_eq!(seen, Value::Object(expected), "{scopes:?}");
            let part = screen.page("/today/part").await;
            assert_eq!(part.text.contains("$321.00"), priced, "{scopes:?}: {}", part.text);
        }
    })
    .await;
}

#[tokio::test]
async fn the_neighbour_sees_none_of_it() {
    let house = house().await;
    for (ours, theirs) in [("pooled", "pooled"), ("dedicated", "pooled"), ("pooled", "dedicated")] {
        let (acme, bolt) = (house.company(ours).await, house.company(theirs).await);
        let (owner, neighbour) = (acme.person("owner").await, bolt.person("owner").await);
        let fresh = neighbour.page("/").await;
        assert!(fresh.text.contains("Getting started") && fresh.text.contains("0 of 4 done"), "{}", fresh.text);
        let shop = shop(&owner, "Carmen Lopez").await;
        job(&owner, &shop, house.clock.now() + SignedDuration::from_hours(1), false).await;
        let paid_for = invoice(&owner, &shop, "321.00").await;
        paid(&owner, &paid_for, "21.00").await;
        assert_eq!(figures(&owner).await, all(1, 1, "300.00", "0.00", "21.00", "0.00"));
        assert_eq!(figures(&neighbour).await, all(0, 0, "0.00", "0.00", "0.00", "0.00"));
        let (page, part) = (neighbour.page("/").await, neighbour.page("/today/part").await);
        for word in ["Carmen", "Marco", "321", "300.00", "21.00"] {
            assert!(!page.text.contains(word) && !part.text.contains(word), "{word} is the neighbour's");
        }
        assert!(page.text.contains("0 of 4 done") && page.text.contains("Nothing waits for you"), "{}", page.text);
        let own = owner.page("/").await;
        assert!(own.text.contains("$300.00") && !own.text.contains("0 of 4 done"), "{}", own.text);
    }
}

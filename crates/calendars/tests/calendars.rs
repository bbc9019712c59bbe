//! Feeds through the front door, read as Python's icalendar reads them: an independent implementation.
#![allow(clippy::unwrap_used)]
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse, elsewhere::Python};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn start() -> TestHouse {
    harness::start(vec![
        catalog::module(),
        customers::module(),
        scheduling::module(),
        maintenance::module(),
        calendars::module(),
    ])
    .await
}

/// A Python that has icalendar.
fn python() -> Option<Python> {
    Python::with("import icalendar, dateutil", "python3-icalendar", "the feeds were not read by it")
}

fn read(python: &Python, feed: &str) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reads.py");
    serde_json::from_str(&python.answer(script, feed.to_owned())).unwrap()
}

async fn technician(owner: &Person<'_>, name: &str) -> String {
    let email = format!("{}@example.com", name.to_lowercase());
    owner.post("/api/v1/technicians", json!({ "name": name, "email": email })).await.id()
}

struct Shop {
    customer: String,
    marco: String,
    ana: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let place = json!({ "street": "12 Elm St; rear, \"blue\" door", "city": "Springfield", "postal_code": "62704" });
    let customer = owner.post("/api/v1/customers", json!({ "name": "Rivera, Ana & Söhne — Heizung und Lüftung, Hinterhaus", "location": place, "phone": "(217) 555-0142" })).await;
    assert_eq!(customer.status, 201, "{customer:?}");
    Shop { customer: customer.id(), marco: technician(owner, "Marco").await, ana: technician(owner, "Ana").await }
}

async fn book(owner: &Person<'_>, shop: &Shop, starts_at: &str, more: Value) -> Answer {
    let mut body = json!({ "customer_id": shop.customer, "title": "Furnace; yearly check, long", "technician_id": shop.marco, "starts_at": starts_at, "duration_minutes": 90, "anyway": true });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let booked = owner.post("/api/v1/appointments", body).await;
    assert_eq!(booked.status, 201, "{booked:?}");
    booked
}

async fn link(owner: &Person<'_>, path: &str) -> (String, String) {
    let made = owner.post(&format!("{path}/calendar-links"), json!({ "label": "Phone" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let url = made.body["url"].as_str().unwrap();
    (made.id(), format!("/calendar/{}", url.split("/calendar/").nth(1).unwrap()))
}

async fn fetch(acme: &Company<'_>, path: &str, known: &str) -> Answer {
    acme.visitor().call(Method::GET, path, &[("if-none-match", known)], Body::empty()).await
}

fn second(at: &str) -> i64 {
    at.parse::<Timestamp>().unwrap().as_second()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_technicians_feed_has_what_takes_their_time() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        // A key is good for longer than a session.
        let owner = acme.program();
        let shop = shop(&owner).await;
        let lead = book(&owner, &shop, "2026-06-23T15:00:00Z", json!({})).await;
        let days = json!([{ "starts_at": "2026-06-25T14:00:00Z", "ends_at": "2026-06-25T18:00:00Z" }]);
        let along = book(
            &owner,
            &shop,
            "2026-06-24T15:00:00Z",
            json!({ "technician_id": shop.ana, "resource_ids": [shop.marco], "days": days }),
        )
        .await;
        book(&owner, &shop, "2026-06-26T15:00:00Z", json!({ "technician_id": shop.ana })).await;
        // After the clocks went back, and out of the window.
        let autumn = book(&owner, &shop, "2026-11-02T16:00:00Z", json!({ "tentative": true })).await;
        book(&owner, &shop, "2027-06-26T15:00:00Z", json!({})).await;
        let off =
            json!({ "starts_at": "2026-07-06T05:00:00Z", "ends_at": "2026-07-11T05:00:00Z", "reason": "Vacation" });
        assert_eq!(owner.post(&format!("/api/v1/technicians/{}/time-off", shop.marco), off).await.status, 201);
        let (_, path) = link(&owner, &format!("/api/v1/technicians/{}", shop.marco)).await;

        house.clock.advance(SignedDuration::from_hours(24 * 20));
        let feed = fetch(&acme, &path, "").await;
        assert_eq!((feed.status, feed.header("content-type")), (200, "text/calendar; charset=utf-8"), "{feed:?}");
        assert!(feed.text.split("\r\n").all(|line| line.len() <= 75), "lines are folded");
        assert!(!feed.text.replace("\r\n", "").contains('\n'), "every line ends as the standard says");
        assert!(!feed.text.contains("555-0142"), "no telephone of the customer");
        // Looked at again: nothing has changed.
        let etag = feed.header("etag").to_owned();
        let again = fetch(&acme, &path, &etag).await;
        assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", etag.as_str()));

        let Some(python) = python() else { return };
        let seen = read(&python, &feed.text);
        let events = seen["events"].as_array().unwrap();
        assert_eq!(
            (seen["name"].as_str().unwrap().split(' ').next(), &seen["zones"]),
            (Some("Marco"), &json!(["America/Chicago"]))
        );
        let told: Vec<(String, i64, i64, &str)> = events
            .iter()
            .map(|one| {
                (
                    one["uid"].as_str().unwrap().split('@').next().unwrap().to_owned(),
                    one["starts"].as_i64().unwrap(),
                    one["ends"].as_i64().unwrap(),
                    one["status"].as_str().unwrap(),
                )
            })
            .collect();
        let (lead, along, autumn) = (lead.id(), along.id(), autumn.id());
        assert_eq!(
            told[..4],
            [
                (lead.clone(), second("2026-06-23T15:00:00Z"), second("2026-06-23T16:30:00Z"), "CONFIRMED"),
                (along.clone(), second("2026-06-24T15:00:00Z"), second("2026-06-24T16:30:00Z"), "CONFIRMED"),
                (format!("{along}-1"), second("2026-06-25T14:00:00Z"), second("2026-06-25T18:00:00Z"), "CONFIRMED"),
                (autumn, second("2026-11-02T16:00:00Z"), second("2026-11-02T17:30:00Z"), "TENTATIVE"),
            ],
            "{seen:#}"
        );
        assert_eq!(
            (told.len(), told[4].1, told[4].2),
            (5, second("2026-07-06T05:00:00Z"), second("2026-07-11T05:00:00Z")),
            "time off: {seen:#}"
        );
        assert_eq!(
            events[0]["summary"],
            "Rivera, Ana & Söhne — Heizung und Lüftung, Hinterhaus: Furnace; yearly check, long"
        );
        assert_eq!(events[0]["place"], "12 Elm St; rear, \"blue\" door, Springfield, 62704");
        assert_eq!(events[1]["says"], "Goes: Ana, Marco");
        assert_eq!(events[0]["zone"], "America/Chicago");
        let sequence = events[0]["sequence"].as_i64().unwrap();

        // Cancelled: still there, as cancelled, and later than before.
        house.clock.advance(SignedDuration::from_hours(-24 * 20));
        let visit = owner.get(&format!("/api/v1/appointments/{lead}")).await;
        let cancel = format!("/api/v1/appointments/{lead}/cancel");
        assert_eq!(owner.send(Method::POST, &cancel, &[("if-match", &visit.etag())], json!({})).await.status, 200);
        let feed = fetch(&acme, &path, &etag).await;
        assert_eq!(feed.status, 200, "what has changed is told");
        let seen = read(&python, &feed.text);
        let one = seen["events"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["uid"].as_str().unwrap().starts_with(&lead))
            .unwrap();
        assert_eq!((&one["status"], one["sequence"].as_i64()), (&json!("CANCELLED"), Some(sequence + 1)), "{one}");
    })
    .await;
}

/// Every way in which a plan comes round, with holidays, a season, another clock, an hour that is skipped and one that comes twice,
/// and visits that were left out and put elsewhere: all that the company sees ahead is in the customer's calendar, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_plan_is_to_bring_comes_round_in_the_customers_calendar() {
    let house = start().await;
    let Some(python) = python() else { return };
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let shop = shop(&owner).await;
        let item = json!({ "name": "AC tune-up", "kind": "service", "price": { "amount": "89.00", "currency": "USD" }, "duration_minutes": 90 });
        let item = owner.post("/api/v1/items", item).await.id();
        let places = owner.get(&format!("/api/v1/customers/{}/locations", shop.customer)).await;
        let place = places.body["data"][0]["id"].as_str().unwrap().to_owned();
        let begin = async |rule: &str, more: Value| {
            let mut body = json!({ "customer_id": shop.customer, "location_id": place, "item_id": item, "rule": rule, "time": "10:00", "starts_on": "2026-06-23" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let made = owner.post("/api/v1/maintenance-plans", body).await;
            assert_eq!(made.status, 201, "{made:?}");
            made.id()
        };
        let plans = [
            begin("FREQ=MONTHLY;INTERVAL=6;BYDAY=1TU", json!({})).await,
            begin("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", json!({ "holidays": "move", "leeway_days": 2 })).await,
            begin("FREQ=DAILY", json!({ "holidays": "skip", "months": [5, 6, 7], "ends_on": "2027-06-15" })).await,
            begin("FREQ=MONTHLY", json!({ "starts_on": "2026-08-31" })).await,
            begin("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", json!({})).await,
            begin("FREQ=WEEKLY;BYDAY=SU", json!({ "time": "01:30" })).await,
            begin("FREQ=WEEKLY;BYDAY=SU", json!({ "time": "02:30" })).await,
            begin("FREQ=MONTHLY;BYMONTHDAY=1,15", json!({ "zone": "Europe/Berlin", "time": "08:00" })).await,
        ];
        // One visit is left out, one is put elsewhere, one plan rests.
        let visits = async |plan: &str| {
            let asked = owner.get(&format!("/api/v1/maintenance-plans/{plan}/visits?until=2028-06-22&limit=200")).await;
            assert_eq!(asked.status, 200, "{asked:?}");
            asked.body["data"].as_array().unwrap().clone()
        };
        let due = visits(&plans[1]).await;
        let later = |n: usize| due[due.len() - n]["due_on"].as_str().unwrap().to_owned();
        for (day, change) in [(later(5), json!({ "skip": true })), (later(9), json!({ "time": "14:15" }))] {
            let etag = owner.get(&format!("/api/v1/maintenance-plans/{}", plans[1])).await.etag();
            let path = format!("/api/v1/maintenance-plans/{}/visits/{day}", plans[1]);
            let changed = owner.send(Method::PUT, &path, &[("if-match", &etag)], change).await;
            assert_eq!(changed.status, 200, "{changed:?}");
        }
        let resting = begin("FREQ=WEEKLY;BYDAY=WE", json!({})).await;
        let etag = owner.get(&format!("/api/v1/maintenance-plans/{resting}")).await.etag();
        let paused = owner.send(Method::POST, &format!("/api/v1/maintenance-plans/{resting}/pause"), &[("if-match", &etag)], json!({})).await;
        assert_eq!(paused.status, 200, "{paused:?}");

        let (_, path) = link(&owner, &format!("/api/v1/customers/{}", shop.customer)).await;
        let feed = fetch(&acme, &path, "").await;
        assert_eq!(feed.status, 200, "{feed:?}");
        assert!(feed.text.split("\r\n").all(|line| line.len() <= 75), "lines are folded");
        let seen = read(&python, &feed.text);
        assert_eq!(seen["zones"], json!(["America/Chicago", "Europe/Berlin"]));
        let events = seen["events"].as_array().unwrap();
        let of = |plan: &str| -> Vec<i64> {
            let own = events.iter().filter(|one| one["uid"].as_str().unwrap().starts_with(plan));
            let mut all: Vec<i64> = own
                .flat_map(|one| match one["comes"].as_array() {
                    Some(comes) => comes.iter().map(|at| at.as_i64().unwrap()).collect(),
                    None => vec![one["starts"].as_i64().unwrap()],
                })
                .collect();
            all.sort_unstable();
            all
        };
        let mut compared = 0;
        for plan in &plans {
            let mut expected: Vec<i64> = visits(plan)
                .await
                .iter()
                .filter(|one| matches!(one["standing"].as_str(), Some("due" | "changed")))
                .map(|one| second(one["starts_at"].as_str().unwrap()))
                .collect();
            expected.sort_unstable();
            let found = of(plan);
            // Asked for, 200 at most are told.
            assert!(!expected.is_empty() && found.len() >= expected.len(), "{plan}: {found:?} {expected:?}");
            assert_eq!(found[..expected.len()], expected, "{plan}");
            compared += found.len();
        }
        assert!(compared > 300, "{compared}");
        assert!(of(&resting).is_empty(), "of a plan that rests nothing is to come");
        let of_plan = |plan: &str| events.iter().filter(|one| one["uid"].as_str().unwrap().starts_with(plan)).collect::<Vec<_>>();
        let [half_yearly] = of_plan(&plans[0])[..] else { panic!("{seen:#}") };
        assert_eq!((&half_yearly["status"], half_yearly["ends"].as_i64().unwrap() - half_yearly["starts"].as_i64().unwrap()), (&json!("TENTATIVE"), 5400));
        assert!(half_yearly["summary"].as_str().unwrap().ends_with(": AC tune-up"), "{half_yearly}");
        let elsewhere = format!("{}-{}@", plans[1], later(9));
        let [elsewhere] = of_plan(&elsewhere)[..] else { panic!("the one that was put elsewhere: {seen:#}") };
        assert_eq!(elsewhere["starts"].as_i64(), Some(second(&format!("{}T14:15-05:00[America/Chicago]", later(9)))), "{elsewhere}");
        assert!(of_plan(&format!("{}-{}@", plans[1], later(5))).is_empty(), "the one that was left out");
        // What is booked stands there as the visit it is, and not twice.
        let booked = events.iter().filter(|one| one["summary"].as_str().unwrap().ends_with(": AC tune-up") && one["status"] == "CONFIRMED").count();
        assert!(booked > 0, "{seen:#}");
        // A technician's calendar has what takes their time, and this does not yet.
        let (_, path) = link(&owner, &format!("/api/v1/technicians/{}", shop.marco)).await;
        assert!(!fetch(&acme, &path, "").await.text.contains("RRULE"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_a_secret_that_can_be_taken_back() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        book(&owner, &shop, "2026-06-23T15:00:00Z", json!({ "window_starts": "2026-06-23T15:00:00Z", "window_ends": "2026-06-23T17:00:00Z" })).await;
        let of = format!("/api/v1/customers/{}", shop.customer);
        let (id, path) = link(&owner, &of).await;
        let feed = fetch(&acme, &path, "").await;
        assert_eq!(feed.status, 200, "{feed:?}");
        if let Some(python) = python() {
            let seen = read(&python, &feed.text);
            let one = &seen["events"][0];
            assert_eq!((one["ends"].as_i64(), &one["says"]), (Some(second("2026-06-23T17:00:00Z")), &json!("Marco comes.")), "the promised window: {one}");
        }
        // Not in a list, not in a table: only its hash is.
        let token = path.split('/').nth(2).unwrap();
        assert!(!owner.get(&format!("{of}/calendar-links")).await.text.contains(token));
        let (above, schema) = (house.above().await, acme.schema().await);
        let kept = above.query_one(&format!("select l::text || (select coalesce(string_agg(c::text, ''), '') from {schema}.record_change c) from {schema}.calendar_link l where tenant_id = $1"), &[&acme.id]).await.unwrap();
        assert!(!kept.get::<_, String>(0).contains(token));

        // Another company's address does not know it; nor does anybody guess.
        let other = house.company(&acme.placement.to_string()).await;
        assert_eq!(fetch(&other, &path, "").await.status, 404);
        for wrong in ["/calendar/abc/visits.ics".to_owned(), format!("/calendar/{}/visits.ics", "0".repeat(64))] {
            assert_eq!(fetch(&acme, &wrong, "").await.status, 404);
        }
        let renewed = owner.post(&format!("/api/v1/calendar-links/{id}/renew"), json!({})).await;
        assert_eq!(renewed.status, 200, "{renewed:?}");
        assert_eq!(fetch(&acme, &path, "").await.status, 404, "the old one opens nothing");
        let path = format!("/calendar/{}", renewed.body["url"].as_str().unwrap().split("/calendar/").nth(1).unwrap());
        assert_eq!(fetch(&acme, &path, "").await.status, 200);
        assert_eq!(owner.delete(&format!("/api/v1/calendar-links/{id}")).await.status, 204);
        assert_eq!(fetch(&acme, &path, "").await.status, 404);
        assert_eq!(owner.delete(&format!("/api/v1/calendar-links/{id}")).await.status, 404);
        let told = acme.told().await;
        for kind in ["calendar_link.made", "calendar_link.renewed", "calendar_link.revoked"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }

        // An archived customer's is silent; who may not share makes none; and there are at most ten.
        let (_, path) = link(&owner, &of).await;
        assert_eq!(owner.post(&format!("{of}/archive"), json!({})).await.status, 200);
        assert_eq!(fetch(&acme, &path, "").await.status, 404);
        assert_eq!(owner.post(&format!("{of}/restore"), json!({})).await.status, 200);
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.post(&format!("{of}/calendar-links"), json!({ "label": "Mine" })).await.status, 403);
        for _ in 0..9 {
            link(&owner, &of).await;
        }
        assert_eq!(owner.post(&format!("{of}/calendar-links"), json!({ "label": "One more" })).await.status, 409);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_an_address_once() {
    let house = start().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let shop = shop(&owner).await;
    for (page, at) in [("customers", &shop.customer), ("technicians", &shop.marco)] {
        let own = owner.page(&format!("/{page}/{at}")).await;
        assert!(own.text.contains("Read by no calendar program."), "{own:?}");
        let here = format!("/{page}/{at}/calendar-links");
        assert!(owner.page(&here).await.text.contains("None yet."));
        assert_eq!(owner.form(&here, &[("label", "")]).await.status, 422);
        let made = owner.form(&here, &[("label", "Phone of Marco")]).await;
        assert!(made.status == 200 && made.text.contains("it is shown this once"), "{made:?}");
        let path = made.text.split("data-copy=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let path = format!("/calendar/{}", path.split("/calendar/").nth(1).unwrap());
        assert_eq!(fetch(&acme, &path, "").await.status, 200);
        let after = owner.page(&here).await;
        assert!(after.text.contains("Phone of Marco") && !after.text.contains(&path), "shown once");
        let links = owner.get(&format!("/api/v1/{page}/{at}/calendar-links")).await;
        let id = links.body["data"][0]["id"].as_str().unwrap();
        let renewed = owner.form(&format!("/calendar-links/{id}/renew"), &[]).await;
        assert!(renewed.status == 200 && renewed.text.contains("it is shown this once"), "{renewed:?}");
        assert_eq!(fetch(&acme, &path, "").await.status, 404);
        assert_eq!(owner.form(&format!("/calendar-links/{id}/revoke"), &[]).await.status, 303);
        assert!(owner.page(&here).await.text.contains("None yet."));
    }
}

//! Feeds through the front door, read as Python's icalendar reads them: an independent implementation.
#![allow(clippy::unwrap_used)]
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse, elsewhere::Python};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn start() -> TestHouse {
    harness::start(vec![catalog::module(), customers::module(), scheduling::module(), calendars::module()]).await
}

/// A Python that has icalendar.
fn python() -> Option<Python> {
    Python::with("import icalendar", "python3-icalendar", "the feeds were not read by it")
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

//! What customers are told of their visits, and what they do with them by themselves: by the link in the letter.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use harness::{Company, Person, TestHouse};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn start() -> TestHouse {
    harness::start(vec![catalog::module(), customers::module(), scheduling::module()]).await
}

/// Tuesday 23 June 2026 at that hour in Chicago, or so many days later. It is the day before, at nine.
fn at(day: i64, hour: i64) -> String {
    let midnight: Timestamp = "2026-06-23T05:00:00Z".parse().unwrap();
    (midnight + SignedDuration::from_hours(24 * day + hour)).to_string()
}

struct Shop {
    customer: String,
    item: String,
    marco: String,
}

async fn shop(owner: &Person<'_>, email: &str) -> Shop {
    let customer = owner.post("/api/v1/customers", json!({ "name": "Ida Rivera", "email": email })).await.id();
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": { "amount": "99.00", "currency": "USD" }, "duration_minutes": 60 });
    let item = owner.post("/api/v1/items", item).await.id();
    let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", made.id());
    let set = owner.send(Method::PUT, &path, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
    assert_eq!(set.status, 200, "{set:?}");
    Shop { customer, item, marco: made.id() }
}

async fn book(owner: &Person<'_>, shop: &Shop, day: i64, hour: i64) -> harness::Answer {
    let body = json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": shop.marco,
        "starts_at": at(day, hour), "window_starts": at(day, hour), "window_ends": at(day, hour + 2) });
    let made = owner.post("/api/v1/appointments", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

/// Subjects of the letters to that address, oldest first.
fn told(house: &TestHouse, email: &str) -> Vec<String> {
    let all = house.letters();
    all.iter().rev().filter(|letter| letter.to.contains(email)).map(|letter| letter.subject.clone()).collect()
}

/// The link in the newest letter to that address, without its host.
fn link(house: &TestHouse, email: &str) -> String {
    let all = house.letters();
    let letter = all.iter().find(|letter| letter.to.contains(email) && letter.text.contains("/visit/")).unwrap();
    let from = letter.text.find("/visit/").unwrap();
    letter.text[from..].split_whitespace().next().unwrap().to_owned()
}

async fn status(owner: &Person<'_>, id: &str) -> Value {
    owner.get(&format!("/api/v1/appointments/{id}")).await.body
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_told_once_of_what_happens() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        let parked = json!({ "messages": [{ "kind": "booked", "on": true, "words": "Please leave the gate open." }] });
        assert_eq!(owner.patch("/api/v1/visit-messages", "\"0\"", parked).await.status, 200);
        let visit = book(&owner, &shop, 3, 9).await;
        house.run_jobs().await;
        assert_eq!(told(&house, &email), ["Your visit on Friday 26 June"]);
        let letters = house.letters();
        let letter = letters.iter().find(|letter| letter.to.contains(&email)).unwrap();
        for words in ["Friday 26 June, we arrive between 9 – 11 am", "Please leave the gate open.", "AC tune-up", "Marco", "/visit/"] {
            assert!(letter.text.contains(words), "{words}: {}", letter.text);
        }

        // Moved twice before anybody hears of it: the time it has now, once. What is over, or was never agreed, is not told.
        let path = format!("/api/v1/appointments/{}/move", visit.id());
        let to = |hour| json!({ "starts_at": at(3, hour), "technician_id": shop.marco, "window_starts": at(3, hour), "window_ends": at(3, hour + 2) });
        let first = owner.send(Method::POST, &path, &[("if-match", &visit.etag())], to(10)).await;
        let second = owner.send(Method::POST, &path, &[("if-match", &first.etag())], to(13)).await;
        assert_eq!(second.status, 200, "{second:?}");
        house.run_jobs().await;
        assert_eq!(told(&house, &email)[1..], ["Your visit has a new time: Friday 26 June"]);

        let way = owner.send(Method::POST, &format!("/api/v1/appointments/{}/en-route", visit.id()), &[("if-match", &second.etag())], json!({})).await;
        assert_eq!(way.status, 200, "{way:?}");
        house.run_jobs().await;
        assert_eq!(told(&house, &email)[2..], ["Marco is on the way"]);

        // Turned off, nothing is said; and nobody without an address is written to.
        let off = json!({ "messages": [{ "kind": "cancelled", "on": false }] });
        assert_eq!(owner.patch("/api/v1/visit-messages", "\"1\"", off).await.status, 200);
        let other = book(&owner, &shop, 4, 9).await;
        house.run_jobs().await;
        let gone = owner.send(Method::POST, &format!("/api/v1/appointments/{}/cancel", other.id()), &[("if-match", &other.etag())], json!({ "reason": "Sold" })).await;
        assert_eq!((gone.status, gone.body["cancelled_by"].as_str()), (200, Some("company")), "{gone:?}");
        house.run_jobs().await;
        assert_eq!(told(&house, &email)[3..], ["Your visit on Saturday 27 June"]);
        let page = owner.page("/settings/visit-messages").await;
        assert!(page.text.contains("Please leave the gate open."), "{}", page.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_is_agreed_to_moved_with_its_history_and_missed() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        let asked = json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": shop.marco, "starts_at": at(3, 9), "window_starts": at(3, 9), "window_ends": at(3, 11), "tentative": true });
        let visit = owner.post("/api/v1/appointments", asked).await;
        assert_eq!((visit.status, visit.body["status"].as_str()), (201, Some("requested")), "{visit:?}");
        house.run_jobs().await;
        assert!(told(&house, &email).is_empty(), "nothing is agreed yet");
        let path = format!("/api/v1/appointments/{}", visit.id());
        let step = async |who: &Person<'_>, verb: &str, etag: &str, body: Value| {
            who.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", etag)], body).await
        };

        let viewer = acme.person("viewer").await;
        assert_eq!(step(&viewer, "confirm", &visit.etag(), json!({})).await.status, 403);
        assert_eq!(step(&viewer, "no-show", &visit.etag(), json!({})).await.status, 403);
        let agreed = step(&owner, "confirm", &visit.etag(), json!({})).await;
        assert_eq!((agreed.status, agreed.body["status"].as_str()), (200, Some("confirmed")), "{agreed:?}");
        house.run_jobs().await;
        assert_eq!(told(&house, &email), ["Your visit on Friday 26 June"]);

        // Moved: its history says from when to when, and who did it.
        let to = json!({ "starts_at": at(3, 13), "technician_id": shop.marco, "window_starts": at(3, 13), "window_ends": at(3, 15) });
        let moved = step(&owner, "move", &agreed.etag(), to).await;
        assert_eq!(moved.status, 200, "{moved:?}");
        let history = owner.get(&format!("/api/v1/history/{}", visit.id())).await;
        assert_eq!(history.status, 200, "{history:?}");
        let (before, after) = (&history.body["data"][0]["before"], &history.body["data"][0]["after"]);
        let when = |row: &Value| {
            row["starts_at"].as_str().unwrap_or_else(|| panic!("{history:?}")).parse::<Timestamp>().unwrap().to_string()
        };
        assert_eq!([when(before), when(after)], [at(3, 9), at(3, 13)], "{history:?}");

        // On the way, with the hour; then nobody was home, and the time is free again.
        let noon = at(3, 12).parse::<Timestamp>().unwrap();
        house.clock.advance(noon.duration_since(house.clock.now()));
        let owner = acme.person("owner").await;
        let schema = acme.schema().await;
        // Its way was laid anew when it was moved; from where they come nobody knows here, so a way is laid by hand.
        house.run_jobs().await;
        let drive = format!(
            "insert into {schema}.occupancy (tenant_id, id, resource_id, kind, appointment_id, starts_at, ends_at) values ($1, gen_random_uuid(), $2::text::uuid, 'travel', $3::text::uuid, $4::text::timestamptz - interval '20 minutes', $4::text::timestamptz)"
        );
        house.above().await.execute(&drive, &[&acme.id, &shop.marco, &visit.id(), &at(3, 13)]).await.unwrap();
        let way = step(&owner, "en-route", &moved.etag(), json!({})).await;
        assert_eq!(way.status, 200, "{way:?}");
        house.run_jobs().await;
        let letters = house.letters();
        let letter = letters.iter().find(|letter| letter.subject == "Marco is on the way").unwrap();
        assert!(letter.text.contains("on the way to you, and should be there at about 12:20 pm"), "{}", letter.text);
        let missed = step(&owner, "no-show", &way.etag(), json!({})).await;
        assert_eq!((missed.status, missed.body["status"].as_str()), (200, Some("no_show")), "{missed:?}");
        assert_eq!(step(&owner, "start", &missed.etag(), json!({})).await.status, 409, "it is over");
        let again = json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": shop.marco, "starts_at": at(3, 13) });
        assert_eq!(owner.post("/api/v1/appointments", again).await.status, 201, "the time is free again");
        let events = acme.told().await;
        for kind in ["appointment.confirmed", "appointment.moved", "appointment.en_route", "appointment.no_show"] {
            assert_eq!(events.iter().filter(|told| *told == kind).count(), 1, "{kind} in {events:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_moves_and_cancels_by_the_link_as_long_as_there_is_time() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        let visit = book(&owner, &shop, 3, 9).await;
        house.run_jobs().await;
        let link = link(&house, &email);
        let customer = acme.visitor();
        let shown = customer.page(&link).await;
        assert!(shown.text.contains("You are booked") && shown.text.contains("Choose another time"), "{}", shown.text);
        assert!(customer.page(&format!("{link}/visit.ics")).await.text.contains("SUMMARY:"));
        // A link that was changed, or of another company, opens nothing.
        let last = link.chars().last().unwrap();
        let bent = format!("{}{}", &link[..link.len() - 1], if last == 'a' { 'b' } else { 'a' });
        assert_eq!(customer.page(&bent).await.status, 404);
        assert_eq!(customer.page("/visit/abc").await.status, 404);
        let next_door = house.company(&acme.placement).await;
        assert_eq!(next_door.visitor().page(&link).await.status, 404);

        // Her own visit is not in its own way; what others have is.
        book(&owner, &shop, 5, 8).await;
        book(&owner, &shop, 5, 9).await;
        let times = customer.page(&format!("{link}/move?date=2026-06-28")).await;
        assert!(times.text.contains("Sunday 28 June"), "{}", times.text);
        let full = customer.form(&format!("{link}/move"), &[("slot", "2026-06-28T08:00")]).await;
        assert_eq!(full.status, 422, "{full:?}");
        let moved = customer.form(&format!("{link}/move"), &[("slot", "2026-06-28T10:00")]).await;
        assert_eq!(moved.status, 303, "{moved:?}");
        let now = status(&owner, &visit.id()).await;
        assert_eq!(
            [&now["starts_at"], &now["window_ends"], &now["technician_id"]],
            [&json!(at(5, 10)), &json!(at(5, 12)), &json!(shop.marco)]
        );
        house.run_jobs().await;
        assert!(told(&house, &email).contains(&"Your visit has a new time: Sunday 28 June".to_owned()));

        let asks = customer.page(&format!("{link}/cancel")).await;
        assert!(asks.text.contains("Cancel this visit?"), "{}", asks.text);
        assert_eq!(customer.form(&format!("{link}/cancel"), &[("reason", "It cools again")]).await.status, 303);
        let now = status(&owner, &visit.id()).await;
        assert_eq!(
            [&now["status"], &now["cancelled_by"], &now["cancel_reason"]],
            ["cancelled", "customer", "It cools again"]
        );
        let shown = customer.page(&link).await;
        assert!(shown.text.contains("This visit is cancelled"), "{}", shown.text);
        assert_eq!(customer.page(&format!("{link}/move")).await.status, 409);

        // By the rules of the company: a day before at the latest, or not at all.
        let soon = book(&owner, &shop, 0, 8).await;
        house.run_jobs().await;
        let link = self::link(&house, &email);
        assert_eq!(customer.page(&format!("{link}/cancel")).await.status, 409, "it is in 23 hours");
        assert_eq!(customer.form(&format!("{link}/cancel"), &[]).await.status, 422);
        assert_eq!(status(&owner, &soon.id()).await["status"], "confirmed");
        let rules = json!({ "cancel_hours": 2, "move_hours": 8760 });
        assert_eq!(owner.patch("/api/v1/scheduling-rules", "\"0\"", rules).await.status, 200);
        assert_eq!(customer.page(&format!("{link}/cancel")).await.status, 200);
        let shown = customer.page(&link).await;
        assert!(!shown.text.contains("Choose another time"), "{}", shown.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_comes_once_before_the_visit() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        // One in time for a reminder, one that was booked within its time.
        book(&owner, &shop, 2, 9).await;
        book(&owner, &shop, 0, 8).await;
        house.run_jobs().await;
        let before = told(&house, &email).len();
        let remind = async || {
            let scope = house.house.errand(acme.id, "test").await.unwrap();
            scheduling::message::remind(scope).await.unwrap();
            house.run_jobs().await;
        };
        remind().await;
        assert_eq!(told(&house, &email).len(), before, "nothing is due");
        let hours = json!({ "reminder_hours": 72 });
        assert_eq!(owner.patch("/api/v1/visit-messages", "\"0\"", hours).await.status, 200);
        // Both were booked within 72 hours, so both have been told just now.
        remind().await;
        assert_eq!(told(&house, &email).len(), before);
        let schema = acme.schema().await;
        let older =
            format!("update {schema}.appointment set created_at = created_at - interval '9 days' where tenant_id = $1");
        house.above().await.execute(&older, &[&acme.id]).await.unwrap();
        remind().await;
        remind().await;
        assert_eq!(told(&house, &email)[before..], ["We come on Tuesday 23 June", "We come on Thursday 25 June"]);
    })
    .await;
}

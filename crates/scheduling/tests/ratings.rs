//! How it was: asked once after a visit, said by the link, seen to by the office.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use harness::{Company, Person, TestHouse};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn start() -> TestHouse {
    harness::start(vec![
        catalog::module(),
        customers::module(),
        scheduling::module(),
        exports::module(),
        insights::module(),
    ])
    .await
}

struct Shop {
    customer: String,
    marco: String,
}

async fn shop(owner: &Person<'_>, email: &str) -> Shop {
    let customer = owner.post("/api/v1/customers", json!({ "name": "Ida Rivera", "email": email })).await.id();
    let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": format!("m-{email}") })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "00:00", "ends": "23:45" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", made.id());
    let set = owner.send(Method::PUT, &path, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
    assert_eq!(set.status, 200, "{set:?}");
    Shop { customer, marco: made.id() }
}

/// A visit that begins now, with an hour for it.
async fn visit(house: &TestHouse, owner: &Person<'_>, shop: &Shop) -> String {
    let body = json!({ "customer_id": shop.customer, "technician_id": shop.marco, "title": "AC tune-up", "duration_minutes": 60,
        "starts_at": house.clock.now(), "anyway": true });
    let made = owner.post("/api/v1/appointments", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

async fn step(owner: &Person<'_>, visit: &str, verb: &str) {
    let path = format!("/api/v1/appointments/{visit}");
    let etag = owner.get(&path).await.etag();
    let done = owner.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", &etag)], json!({})).await;
    assert_eq!(done.status, 200, "{done:?}");
}

async fn wants(owner: &Person<'_>, what: Value) {
    let etag = owner.get("/api/v1/visit-messages").await.etag();
    let set = owner.patch("/api/v1/visit-messages", &etag, what).await;
    assert_eq!(set.status, 200, "{set:?}");
}

/// One more visit from beginning to end, an hour long.
async fn done(house: &TestHouse, owner: &Person<'_>, shop: &Shop) -> String {
    let id = visit(house, owner, shop).await;
    step(owner, &id, "start").await;
    house.clock.advance(SignedDuration::from_hours(1));
    step(owner, &id, "complete").await;
    house.run_jobs().await;
    id
}

async fn turn(house: &TestHouse, acme: &Company<'_>) {
    let scope = house.house.errand(acme.id, "test").await.unwrap();
    scheduling::message::ask(scope).await.unwrap();
    house.run_jobs().await;
}

fn asked(house: &TestHouse, email: &str) -> usize {
    house.letters().iter().filter(|letter| letter.to.contains(email) && letter.subject == "How was it?").count()
}

/// The link in the newest letter to that address, without its host.
fn link(house: &TestHouse, email: &str) -> String {
    let all = house.letters();
    let letter = all.iter().find(|letter| letter.to.contains(email) && letter.text.contains("/rate/")).unwrap();
    let from = letter.text.find("/rate/").unwrap();
    letter.text[from..].split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_asked_once_and_says_how_it_was() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        // A key does not grow old while the clock goes on; pages want a person.
        let owner = acme.program();
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        // Until the company says so, nobody is asked.
        done(&house, &owner, &shop).await;
        turn(&house, &acme).await;
        assert_eq!(asked(&house, &email), 0);
        house.clock.advance(SignedDuration::from_hours(24 * 9));

        wants(&owner, json!({ "messages": [{ "kind": "completed", "on": true }], "ask_hours": 3 })).await;
        let id = done(&house, &owner, &shop).await;
        turn(&house, &acme).await;
        assert_eq!(asked(&house, &email), 0, "three hours are not over");
        house.clock.advance(SignedDuration::from_hours(3));
        turn(&house, &acme).await;
        turn(&house, &acme).await;
        assert_eq!(asked(&house, &email), 1, "once, and not about the visit of nine days ago");

        let (link, customer) = (link(&house, &email), acme.visitor());
        let page = customer.page(&link).await;
        assert!(
            page.status == 200 && page.text.contains("How was it?") && page.text.contains("AC tune-up with Marco"),
            "{}",
            page.text
        );
        // Nothing chosen, or a sixth star: the page again, with a sentence and what was typed.
        for stars in ["", "6", "0"] {
            let wrong = customer.form(&link, &[("stars", stars), ("comment", "Fine.")]).await;
            assert_eq!(wrong.status, 422, "{wrong:?}");
            assert!(wrong.text.contains("Choose one to five stars.") && wrong.text.contains("Fine."), "{}", wrong.text);
        }
        let given = customer.form(&link, &[("stars", "2"), ("comment", "Two hours <late>.")]).await;
        assert_eq!((given.status, given.header("location")), (303, link.as_str()), "{given:?}");
        let page = customer.page(&link).await;
        assert!(page.text.contains("Thank you") && page.text.contains("Two hours &lt;late&gt;."), "{}", page.text);

        let list = owner.get("/api/v1/ratings").await;
        let one = &list.body["data"][0];
        assert_eq!(
            [
                &one["stars"],
                &one["low"],
                &one["appointment_id"],
                &one["technician_id"],
                &one["customer_id"],
                &one["comment"]
            ],
            [
                &json!(2),
                &json!(true),
                &json!(id),
                &json!(shop.marco),
                &json!(shop.customer),
                &json!("Two hours <late>.")
            ]
        );
        let path = format!("/api/v1/ratings/{}", one["id"].as_str().unwrap());
        assert_eq!(owner.get(&path).await.body["stars"], 2);

        // Where it is seen: today, on the technician's, the customer's and the visit's page, on the timeline and in the figures.
        let person = acme.person("owner").await;
        let today = person.page("/today/part").await;
        assert!(
            today.text.contains("Ida Rivera gave 2 of 5") && today.text.contains("2.0 of 5, 1 rating"),
            "{}",
            today.text
        );
        house.run_jobs().await;
        for page in [
            "/ratings".to_owned(),
            format!("/customers/{}", shop.customer),
            format!("/technicians/{}", shop.marco),
            format!("/appointments/{id}"),
        ] {
            let mut shown = person.page(&page).await;
            if shown.status == 303 {
                shown = person.page(shown.header("location")).await;
            }
            assert!(
                shown.text.contains("2 of 5 stars") && shown.text.contains("Two hours &lt;late&gt;."),
                "{page}: {}",
                shown.text
            );
        }
        let told = owner.get(&format!("/api/v1/customers/{}/timeline", shop.customer)).await;
        assert!(told.text.contains("Rated the visit 2 of 5"), "{}", told.text);
        let figures = person.get("/api/v1/insights/summary").await.body["figures"].clone();
        assert_eq!(
            [&figures["ratings_90_days"], &figures["rating_stars_90_days"], &figures["low_ratings_waiting"]],
            [&json!(1), &json!(2), &json!(1)]
        );

        // Within a day it may be said otherwise; it is the same one.
        house.clock.advance(SignedDuration::from_hours(23));
        assert_eq!(customer.form(&link, &[("stars", "4")]).await.status, 303);
        let now = owner.get(&path).await.body;
        assert_eq!([&now["stars"], &now["low"], &now["comment"]], [&json!(4), &json!(false), &Value::Null]);
        assert_eq!(owner.get("/api/v1/ratings").await.body["data"].as_array().unwrap().len(), 1);
        house.clock.advance(SignedDuration::from_hours(2));
        let late = customer.form(&link, &[("stars", "1")]).await;
        assert!(late.status == 422 && late.text.contains("changed for a day"), "{late:?}");
        assert!(!customer.page(&link).await.text.contains("Say it otherwise"));
        assert_eq!(owner.get(&path).await.body["stars"], 4);
        assert_eq!(acme.told().await.iter().filter(|kind| *kind == "rating.given").count(), 2);

        // Nobody is asked about a visit of which they said something by themselves.
        let scope = house.house.errand(acme.id, "test").await.unwrap();
        let early = done(&house, &owner, &shop).await;
        let own = scheduling::rating::path(&scope, early.parse().unwrap()).unwrap();
        assert_eq!(customer.form(&own, &[("stars", "5")]).await.status, 303);
        house.clock.advance(SignedDuration::from_hours(3));
        turn(&house, &acme).await;
        assert_eq!(asked(&house, &email), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_its_own_visit_here_and_for_a_month() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        // A key does not grow old while the clock goes on; pages want a person.
        let owner = acme.program();
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        wants(&owner, json!({ "messages": [{ "kind": "completed", "on": true }], "ask_hours": 0 })).await;
        let id = done(&house, &owner, &shop).await;
        assert_eq!(asked(&house, &email), 1, "at once, where the company wants it so");
        let (link, customer) = (link(&house, &email), acme.visitor());
        let last = link.chars().last().unwrap();
        let bent = format!("{}{}", &link[..link.len() - 1], if last == 'a' { 'b' } else { 'a' });
        let scope = house.house.errand(acme.id, "test").await.unwrap();
        // Sealed for another purpose, for the visit itself: it is no link to say how it was.
        let visits = scheduling::visit::path(&scope, id.parse().unwrap()).unwrap().replace("/visit/", "/rate/");
        for wrong in [bent.as_str(), "/rate/abc", visits.as_str()] {
            assert_eq!(customer.page(wrong).await.status, 404, "{wrong}");
            assert_eq!(customer.form(wrong, &[("stars", "5")]).await.status, 404, "{wrong}");
        }
        let next_door = house.company(&acme.placement).await;
        assert_eq!(next_door.visitor().page(&link).await.status, 404);
        assert_eq!(next_door.visitor().form(&link, &[("stars", "5")]).await.status, 404);
        // Whoever works here says nothing in the customer's name.
        let staff = acme.person("owner").await.form(&link, &[("stars", "5")]).await;
        assert!(staff.status == 422 && staff.text.contains("Only the customer"), "{staff:?}");

        house.clock.advance(SignedDuration::from_hours(24 * 30 + 1));
        let closed = customer.page(&link).await;
        assert!(closed.status == 410 && closed.text.contains("the question is closed"), "{closed:?}");
        assert_eq!(customer.form(&link, &[("stars", "5")]).await.status, 422);
        assert_eq!(owner.get("/api/v1/ratings").await.body["data"], json!([]));

        // What is cancelled or still ahead is not asked about, nor can it be rated.
        let ahead = visit(&house, &owner, &shop).await;
        let early = scheduling::rating::path(&scope, ahead.parse().unwrap()).unwrap();
        assert_eq!(customer.page(&early).await.status, 404);
        step(&owner, &ahead, "cancel").await;
        house.run_jobs().await;
        assert_eq!((customer.page(&early).await.status, asked(&house, &email)), (404, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_unsubscribed_is_not_asked() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        // A key does not grow old while the clock goes on; pages want a person.
        let owner = acme.program();
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        wants(&owner, json!({ "messages": [{ "kind": "completed", "on": true }], "ask_hours": 0 })).await;
        let word = json!({ "channel": "email", "purpose": "reminder", "allowed": false });
        let said = owner
            .post(
                &format!("/api/v1/customers/{}/consents", shop.customer),
                json!({ "changes": [word], "source": "On the phone" }),
            )
            .await;
        assert!(said.status < 300, "{said:?}");
        done(&house, &owner, &shop).await;
        assert_eq!(asked(&house, &email), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_one_waits_until_somebody_sees_to_it() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        // A key does not grow old while the clock goes on; pages want a person.
        let owner = acme.program();
        let email = format!("ida@{}.example", acme.slug);
        let shop = shop(&owner, &email).await;
        wants(&owner, json!({ "low_stars": 3 })).await;
        let scope = house.house.errand(acme.id, "test").await.unwrap();
        let customer = acme.visitor();
        let mut ids = vec![];
        for stars in ["3", "4"] {
            let visit = done(&house, &owner, &shop).await;
            let link = scheduling::rating::path(&scope, visit.parse().unwrap()).unwrap();
            assert_eq!(customer.form(&link, &[("stars", stars)]).await.status, 303);
            ids.insert(0, visit);
        }
        let waiting = owner.get("/api/v1/ratings?waiting=true").await.body["data"].clone();
        assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["stars"]), (1, &json!(3)));
        let path = format!("/api/v1/ratings/{}/see-to", waiting[0]["id"].as_str().unwrap());
        // By whoever may, and not by others.
        for (role, may) in [("viewer", 403), ("technician", 403), ("dispatcher", 200)] {
            let person = acme.person(role).await;
            assert_eq!(person.get("/api/v1/ratings").await.status, may, "{role}");
            assert_eq!(person.post(&path, json!({})).await.status, may, "{role}");
        }
        let seen = owner.post(&path, json!({})).await;
        assert!(
            seen.status == 200 && seen.body["seen_to_by"].as_str().unwrap().starts_with("Test dispatcher"),
            "{seen:?}"
        );
        assert_eq!(acme.told().await.iter().filter(|kind| *kind == "rating.seen_to").count(), 1, "once is enough");
        assert_eq!(owner.get("/api/v1/ratings?waiting=true").await.body["data"], json!([]));
        let content = owner.get(&format!("/api/v1/ratings?technician_id={}", shop.marco)).await.body["data"][0].clone();
        let refused =
            owner.post(&format!("/api/v1/ratings/{}/see-to", content["id"].as_str().unwrap()), json!({})).await;
        assert_eq!((content["stars"].as_i64(), refused.status), (Some(4), 409), "{refused:?}");

        // Both pages of the list, and the list as a file.
        let first = owner.get(&format!("/api/v1/ratings?customer_id={}&limit=1", shop.customer)).await.body;
        assert_eq!(first["data"][0]["appointment_id"], ids[0]);
        let next = owner
            .get(&format!(
                "/api/v1/ratings?customer_id={}&limit=1&cursor={}",
                shop.customer,
                first["next_cursor"].as_str().unwrap()
            ))
            .await
            .body;
        assert_eq!((&next["data"][0]["appointment_id"], &next["next_cursor"]), (&json!(ids[1]), &Value::Null));
        let asked =
            acme.person("owner").await.post("/api/v1/exports", json!({ "list": "ratings", "format": "csv" })).await;
        assert!(asked.status < 300, "{asked:?}");
        house.run_jobs().await;

        // A merge takes what was said along with the visits.
        let other = owner.post("/api/v1/customers", json!({ "name": "Rivera, Ida" })).await.id();
        let merged =
            owner.post(&format!("/api/v1/customers/{other}/merge"), json!({ "customer_id": shop.customer })).await;
        assert_eq!(merged.status, 200, "{merged:?}");
        let theirs = owner.get(&format!("/api/v1/ratings?customer_id={other}")).await.body["data"].clone();
        assert_eq!(theirs.as_array().unwrap().len(), 2);
        let now: Timestamp = house.clock.now();
        assert!(theirs[0]["created_at"].as_str().unwrap().parse::<Timestamp>().unwrap() <= now);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_is_checked() {
    let house = start().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    for (wrong, at) in [
        (json!({ "ask_hours": 169 }), "/ask_hours"),
        (json!({ "ask_hours": -1 }), "/ask_hours"),
        (json!({ "low_stars": 5 }), "/low_stars"),
        (json!({ "low_stars": 0 }), "/low_stars"),
    ] {
        let refused = owner.patch("/api/v1/visit-messages", "\"0\"", wrong).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(!refused.error(at).is_empty(), "{refused:?}");
    }
    let page = owner.page("/settings/visit-messages").await;
    assert!(page.text.contains("name=\"ask_hours\"") && page.text.contains("name=\"low_stars\""), "{}", page.text);
    let fields =
        [("version", "0"), ("kinds", "completed"), ("reminder_hours", "24"), ("ask_hours", "5"), ("low_stars", "1")];
    let saved = owner.form("/settings/visit-messages", &fields).await;
    assert_eq!(saved.status, 303, "{saved:?}");
    let now = owner.get("/api/v1/visit-messages").await.body;
    assert_eq!([&now["ask_hours"], &now["low_stars"]], [5, 1]);
}

//! Scheduling through the front door: the office books, the board moves, the visitor books online, and nobody is in two places.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use futures_util::future::join_all;
use harness::{Answer, Company, Person, TestHouse};
use kernel::{
    http::limit::Rates,
    jiff::{SignedDuration, Timestamp},
};
use serde_json::{Value, json};
use visitor::Browser;

mod visitor;

async fn start() -> TestHouse {
    let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().try_init();
    harness::start(modules()).await
}

fn modules() -> Vec<kernel::Module> {
    vec![catalog::module(), customers::module(), scheduling::module()]
}

/// A company with a service, a customer and a technician with shifts on all days, 8 to 17.
struct Shop {
    item: String,
    customer: String,
    marco: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let item = owner
        .post("/api/v1/items", json!({ "name": "AC tune-up", "kind": "service", "price": { "amount": "89.00", "currency": "USD" }, "duration_minutes": 90, "online": true }))
        .await;
    assert_eq!(item.status, 201, "{item:?}");
    let customer = owner
        .post("/api/v1/customers", json!({ "name": "Rivera", "phone": "(217) 555-0142", "email": "ana@example.com", "location": { "street": "12 Elm St", "city": "Springfield", "postal_code": "62704" } }))
        .await;
    assert_eq!(customer.status, 201, "{customer:?}");
    Shop { item: item.id(), customer: customer.id(), marco: technician(owner, "Marco Bianchi").await }
}

async fn technician(owner: &Person<'_>, name: &str) -> String {
    let email = format!("{}@example.com", name.replace(' ', ".").to_lowercase());
    let made = owner.post("/api/v1/technicians", json!({ "name": name, "email": email, "skills": "HVAC" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.body["shift_days"], 5, "a new technician has shifts from the start");
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let set = owner
        .send(
            Method::PUT,
            &format!("/api/v1/technicians/{}/shifts", made.id()),
            &[("if-match", &made.etag())],
            json!({ "shifts": week }),
        )
        .await;
    assert_eq!(set.status, 200, "{set:?}");
    made.id()
}

/// Tuesday 23 June 2026 at that hour in Chicago, while the clock of the tests stands on Monday.
fn tuesday(hour: i64) -> String {
    let midnight: Timestamp = "2026-06-23T05:00:00Z".parse().unwrap();
    (midnight + SignedDuration::from_hours(hour)).to_string()
}

async fn book(who: &Person<'_>, shop: &Shop, technician: Option<&str>, starts_at: &str) -> Answer {
    who.post("/api/v1/appointments", json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": technician, "starts_at": starts_at })).await
}

async fn verb(who: &Person<'_>, id: &str, verb: &str, etag: &str, body: Value) -> Answer {
    who.send(Method::POST, &format!("/api/v1/appointments/{id}/{verb}"), &[("if-match", etag)], body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_from_booking_to_done() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let free = owner.get(&format!("/api/v1/availability?item_id={}&from=2026-06-23&days=1", shop.item)).await;
        assert_eq!(free.status, 200, "{free:?}");
        assert_eq!(free.body["slots"].as_array().unwrap().len(), 16, "8:00 to 15:30 by the half hour");
        assert_eq!(free.body["slots"][0]["starts_at"], tuesday(8));

        let booked = book(&owner, &shop, Some(&shop.marco), &tuesday(9)).await;
        assert_eq!(booked.status, 201, "{booked:?}");
        assert_eq!(
            (booked.body["title"].as_str(), booked.body["status"].as_str()),
            (Some("AC tune-up"), Some("confirmed"))
        );
        assert_eq!(booked.body["customer_name"], "Rivera");
        let id = booked.id();

        // The same time is refused with who and when; with a key it is the same booking, once.
        let twice = book(&owner, &shop, Some(&shop.marco), &tuesday(10)).await;
        assert_eq!((twice.status, twice.body["code"].as_str()), (409, Some("slot_taken")), "{twice:?}");
        let says = twice.body["detail"].as_str().unwrap();
        assert!(says.contains("Marco Bianchi is at Rivera") && says.contains("Tue 23 Jun, 9:00–10:30"), "{says}");
        let free = owner.get(&format!("/api/v1/availability?item_id={}&from=2026-06-23&days=1", shop.item)).await;
        assert_eq!(free.body["slots"].as_array().unwrap().len(), 11, "what overlaps the job is gone");

        // Steps need the version; a step made twice is made once.
        assert_eq!(owner.post(&format!("/api/v1/appointments/{id}/en-route"), json!({})).await.status, 428);
        let stale = verb(&owner, &id, "cancel", "\"9\"", json!({})).await;
        assert_eq!(stale.status, 412, "{stale:?}");
        let mut etag = booked.etag();
        for (step, status) in [("en-route", "en_route"), ("start", "on_site"), ("complete", "completed")] {
            let made = verb(&owner, &id, step, &etag, json!({})).await;
            assert_eq!((made.status, made.body["status"].as_str()), (200, Some(status)), "{made:?}");
            let again = verb(&owner, &id, step, &etag, json!({})).await;
            assert_eq!((again.status, again.etag()), (200, made.etag()), "{again:?}");
            etag = made.etag();
        }
        let over = verb(&owner, &id, "cancel", &etag, json!({})).await;
        assert_eq!(over.status, 409);
        assert_eq!(over.body["detail"], "This job is completed and cannot be cancelled any more.");
        let told = acme.told().await;
        for kind in [
            "technician.created",
            "appointment.booked",
            "appointment.en_route",
            "appointment.started",
            "appointment.completed",
        ] {
            assert_eq!(told.iter().filter(|told| *told == kind).count(), 1, "{kind} in {told:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_asks_before_it_breaks_a_promise_and_never_takes_what_is_taken() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let ana = technician(&owner, "Ana Duarte").await;
        let job = owner
        .post("/api/v1/appointments", json!({ "customer_id": shop.customer, "item_id": shop.item, "starts_at": tuesday(9), "window_starts": tuesday(8), "window_ends": tuesday(10) }))
        .await;
        assert_eq!((job.status, job.body["technician_id"].is_null()), (201, true), "{job:?}");
        let drop = async |etag: &str, technician: &str, start: &str, force: bool| {
            let body = json!({ "appointment": job.id(), "technician": technician, "date": "2026-06-23", "start": start, "minutes": 90, "force": force });
            owner.send(Method::POST, "/board/move", &[("if-match", etag)], body).await
        };
        let late = drop(&job.etag(), &ana, "13:00", false).await;
        assert_eq!(
            (late.status, late.body["ask"].as_bool(), late.body["code"].as_str()),
            (409, Some(true), Some("promise_broken")),
            "{late:?}"
        );
        assert_eq!(late.body["detail"], "The customer was promised 8 – 10 am, and this would begin at 1:00 pm.");
        let night = drop(&job.etag(), &ana, "20:00", false).await;
        assert_eq!(night.status, 409);
        let moved = drop(&job.etag(), &ana, "13:00", true).await;
        assert_eq!((moved.status, moved.body["starts_at"].as_str()), (200, Some(tuesday(13).as_str())), "{moved:?}");

        let other = book(&owner, &shop, Some(&shop.marco), &tuesday(13)).await;
        assert_eq!(other.status, 201);
        let taken = drop(&moved.etag(), &shop.marco, "13:30", true).await;
        assert_eq!(
            (taken.status, taken.body["code"].as_str(), taken.body.get("ask")),
            (409, Some("slot_taken"), Some(&json!(true))),
            "even with force: only a reason passes over another job: {taken:?}"
        );

        // Time off, missing skills and lanes of those who have left are told apart.
        let off = owner
            .post(
                &format!("/api/v1/technicians/{ana}/time-off"),
                json!({ "starts_at": tuesday(15), "ends_at": tuesday(17), "reason": "Training" }),
            )
            .await;
        assert_eq!(off.status, 201, "{off:?}");
        let away = drop(&moved.etag(), &ana, "15:00", false).await;
        assert!(away.body["detail"].as_str().unwrap().starts_with("Ana Duarte is off then: Training"), "{away:?}");
        let plain = book(&owner, &shop, Some(&ana), &tuesday(15)).await;
        let says = plain.body["detail"].as_str().unwrap();
        assert!(says.starts_with("Ana Duarte is off then: Training, Tue 23 Jun, 3:00–5:00."), "{says}");
        let skill = owner.post("/api/v1/skills", json!({ "name": "EPA 608" })).await;
        assert_eq!(skill.status, 201, "{skill:?}");
        let need = owner
            .send(
                Method::PUT,
                &format!("/api/v1/items/{}/skills", shop.item),
                &[],
                json!({ "skill_ids": [skill.id()] }),
            )
            .await;
        assert_eq!(need.status, 200, "{need:?}");
        let lacking = book(&owner, &shop, Some(&ana), &tuesday(8)).await;
        assert_eq!(lacking.body["detail"], "Ana Duarte has no EPA 608, which this service needs.");
        let nobody = owner.get(&format!("/api/v1/availability?item_id={}&from=2026-06-24&days=7", shop.item)).await;
        assert_eq!(nobody.body["slots"], json!([]));

        // A cancelled job frees its time.
        let cancelled = verb(&owner, &other.id(), "cancel", &other.etag(), json!({ "reason": "Sold the house" })).await;
        assert_eq!((cancelled.status, cancelled.body["cancel_reason"].as_str()), (200, Some("Sold the house")));
        let now = drop(&moved.etag(), &shop.marco, "13:30", true).await;
        assert_eq!(now.status, 200, "{now:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_is_none_or_is_over_is_not_planned_unasked() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let job = book(&owner, &shop, Some(&shop.marco), &tuesday(9)).await;
        let drop = async |date: &str, start: &str, force: bool| {
            let body = json!({ "appointment": job.id(), "technician": shop.marco, "date": date, "start": start, "force": force });
            owner.send(Method::POST, "/board/move", &[("if-match", &job.etag())], body).await
        };
        // The clocks of Chicago go from two to three on 14 March 2027.
        let skipped = drop("2027-03-14", "02:30", true).await;
        assert_eq!((skipped.status, skipped.error("/start")), (422, "There is no 2:30 am on Sun 14 Mar: the clocks go forward. Choose another time."), "{skipped:?}");
        for (date, start) in [("2026-02-30", "09:00"), ("2026-06-24", "25:00")] {
            let none = drop(date, start, true).await;
            assert_eq!(none.status, 422, "{none:?}");
        }
        let form = [("version", job.etag().trim_matches('"').to_owned()), ("date", "2027-03-14".into()), ("time", "02:30".into()), ("technician_id", shop.marco.clone())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = owner.form(&format!("/appointments/{}/move", job.id()), &form).await;
        assert_eq!(page.status, 422, "{page:?}");
        assert!(page.text.contains("There is no 2:30 am on Sun 14 Mar"), "{}", page.text);

        // What is over is asked about, on the board and by the API; whoever means it writes it down.
        let over = drop("2026-06-20", "09:00", false).await;
        assert_eq!((over.status, over.body["code"].as_str(), over.body["ask"].as_bool()), (409, Some("in_the_past"), Some(true)), "{over:?}");
        let yesterday = json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": shop.marco, "starts_at": "2026-06-19T15:00:00Z" });
        let over = owner.post("/api/v1/appointments", yesterday.clone()).await;
        assert_eq!((over.status, over.body["code"].as_str()), (409, Some("in_the_past")), "{over:?}");
        assert_eq!(owner.get(&format!("/api/v1/appointments/{}", job.id())).await.etag(), job.etag(), "nothing was moved");
        let mut meant = yesterday;
        meant["anyway"] = json!(true);
        assert_eq!(owner.post("/api/v1/appointments", meant).await.status, 201);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_and_a_neighbour_sees_nothing() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let (acme, other) = (house.company(placement).await, house.company("pooled").await);
        let (owner, stranger) = (acme.person("owner").await, other.person("owner").await);
        let shop = shop(&owner).await;
        let theirs = shop_of(&stranger).await;
        let booked = book(&owner, &shop, Some(&shop.marco), &tuesday(9)).await;
        let id = booked.id();
        assert_eq!(owner.get(&format!("/api/v1/appointments/{id}")).await.status, 200, "the rightful one sees it");
        let before = acme.fingerprint().await;
        assert_eq!(stranger.get(&format!("/api/v1/appointments/{id}")).await.status, 404);
        assert_eq!(verb(&stranger, &id, "cancel", &booked.etag(), json!({})).await.status, 404);
        assert_eq!(stranger.get(&format!("/api/v1/technicians/{}", shop.marco)).await.status, 404);
        for foreign in [
            json!({ "customer_id": shop.customer, "item_id": theirs.item, "starts_at": tuesday(9) }),
            json!({ "customer_id": theirs.customer, "item_id": shop.item, "starts_at": tuesday(9) }),
            json!({ "customer_id": theirs.customer, "item_id": theirs.item, "technician_id": shop.marco, "starts_at": tuesday(9) }),
        ] {
            let answer = stranger.post("/api/v1/appointments", foreign).await;
            assert_eq!(answer.status, 422, "{answer:?}");
        }
        assert_eq!(acme.fingerprint().await, before);

        let (viewer, dispatcher, tech) =
            (acme.person("viewer").await, acme.person("dispatcher").await, acme.person("technician").await);
        assert_eq!(
            viewer.get("/api/v1/appointments?from=2026-06-23T00:00:00Z").await.body["data"].as_array().unwrap().len(),
            1
        );
        assert_eq!(book(&viewer, &shop, None, &tuesday(14)).await.status, 403);
        assert_eq!(book(&dispatcher, &shop, None, &tuesday(14)).await.status, 201);
        assert_eq!(
            dispatcher.post("/api/v1/technicians", json!({ "name": "X", "email": "x@example.com" })).await.status,
            403
        );
        assert_eq!(tech.get("/api/v1/appointments").await.status, 403);
        assert_eq!(acme.visitor().get("/api/v1/availability").await.status, 401);
        for (bad, pointer) in [
            (json!({ "customer_id": shop.customer, "starts_at": tuesday(9) }), "/item_id"),
            (
                json!({ "customer_id": shop.customer, "item_id": shop.item, "starts_at": tuesday(9), "duration_minutes": 5000 }),
                "/duration_minutes",
            ),
            (
                json!({ "customer_id": shop.customer, "item_id": shop.item, "starts_at": tuesday(9), "title": "x".repeat(200) }),
                "/title",
            ),
            (
                json!({ "customer_id": shop.customer, "item_id": shop.item, "starts_at": tuesday(9), "colour": "red" }),
                "/colour",
            ),
        ] {
            let answer = owner.post("/api/v1/appointments", bad).await;
            assert!(answer.status == 422 && !answer.error(pointer).is_empty(), "{pointer}: {answer:?}");
        }
    }
}

async fn shop_of(owner: &Person<'_>) -> Shop {
    shop(owner).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_books_once() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let body = json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": shop.marco, "starts_at": tuesday(9) });
        let send = || owner.send(Method::POST, "/api/v1/appointments", &[("idempotency-key", "k-1")], body.clone());
        let answers = join_all((0..8).map(|_| send())).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.id() == answers[0].id()), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_books_without_an_account_or_javascript() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let mut browser = Browser::at(&acme);
        assert_eq!(browser.get("/book").await.status, 200);
        assert_eq!(browser.get("/book/when").await.status, 303, "the first question comes first");
        let empty = browser.post("/book", &[("street", "")]).await;
        assert!(empty.status == 422 && empty.text.contains("Give the street and the number."), "{empty:?}");
        let mut browser = Browser::at(&acme).for_service(&shop.item).await;
        assert!(browser.get("/book/service").await.text.contains("AC tune-up"));
        let when = browser.get("/book/when").await;
        assert!(
            when.text.contains("Monday 22 June") && when.text.contains("2026-06-22T10:00"),
            "today from two hours on: {}",
            when.text
        );
        assert!(!when.text.contains("value=\"2026-06-22T08:00\" required"), "nothing in the past");
        let early = browser.post("/book/when", &[("slot", "2026-06-22T08:00")]).await;
        assert_eq!(early.status, 422, "the hours before are gone: {early:?}");
        let odd = browser.post("/book/when", &[("slot", "2026-06-23T09:30")]).await;
        assert!(odd.status == 422 && odd.text.contains("Choose one of the windows."));
        let held = browser.post("/book/when", &[("slot", "2026-06-23T08:00")]).await;
        assert_eq!((held.status, held.header("location")), (303, "/book/you"), "{held:?}");
        let you = browser.get("/book/you").await;
        assert!(you.text.contains("10:00") && you.text.contains("8 – 10 am"), "{}", you.text);

        // The office sees that the time is being booked, and cannot take it away.
        let taken = book(&owner, &shop, Some(&shop.marco), &tuesday(8)).await;
        assert!(taken.body["detail"].as_str().unwrap().contains("is being booked online"), "{taken:?}");

        let who = [("name", "Elena Diaz"), ("phone", "(217) 555-0182"), ("problem", "Water on the floor")];
        let fast = browser.post("/book/you", &who).await;
        assert!(fast.status == 422 && fast.text.contains("too fast"), "{fast:?}");
        house.clock.advance(SignedDuration::from_secs(60));
        let robot = browser.post("/book/you", &[&who[..], &[("website", "http://spam.example")]].concat()).await;
        assert_eq!(robot.status, 422);
        let unreachable = browser.post("/book/you", &[("name", "Elena Diaz")]).await;
        assert!(unreachable.text.contains("so that we can reach you"), "{unreachable:?}");
        let done = browser.post("/book/you", &who).await;
        assert_eq!(done.status, 303, "{done:?}");
        let address = done.header("location").to_owned();
        let page = browser.get(&address).await;
        assert!(
            page.status == 200 && page.text.contains("You are booked") && page.text.contains("Tuesday 23 June"),
            "{page:?}"
        );
        let ics = browser.get(&format!("{address}/visit.ics")).await;
        assert_eq!(ics.header("content-type"), "text/calendar; charset=utf-8");
        assert!(
            ics.text.contains("DTSTART:20260623T130000Z\r\n") && ics.text.contains("DTEND:20260623T150000Z\r\n"),
            "{}",
            ics.text
        );
        assert_eq!(browser.get(&format!("/book/done/{}", "0".repeat(64))).await.status, 404);

        // The customer is there, with the address; the next visit by the same phone is the same customer.
        let list = owner.get("/api/v1/appointments").await;
        assert_eq!(list.body["data"].as_array().unwrap().len(), 1);
        let visit = &list.body["data"][0];
        assert_eq!(
            (visit["customer_name"].as_str(), visit["source"].as_str(), visit["problem"].as_str()),
            (Some("Elena Diaz"), Some("online"), Some("Water on the floor"))
        );
        let mut again = Browser::at(&acme).for_service(&shop.item).await;
        assert_eq!(again.post("/book/when", &[("slot", "2026-06-24T10:00")]).await.status, 303);
        house.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(again.post("/book/you", &[("name", "E. Diaz"), ("phone", "217 555 0182")]).await.status, 303);
        let list = owner.get("/api/v1/appointments").await;
        assert_eq!(list.body["data"][1]["customer_id"], visit["customer_id"]);
        assert_eq!(list.body["data"][1]["location_id"], visit["location_id"]);
        house.run_jobs().await;
        let timeline =
            owner.get(&format!("/api/v1/customers/{}/timeline", visit["customer_id"].as_str().unwrap())).await;
        assert!(timeline.text.contains("Visit booked online"), "{timeline:?}");
        house.clock.advance(SignedDuration::from_secs(-120));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_ends_after_ten_minutes() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let mut browser = Browser::at(&acme).for_service(&shop.item).await;
        assert_eq!(browser.post("/book/when", &[("slot", "2026-06-23T08:00")]).await.status, 303);
        // Choosing anew gives the first time back.
        assert_eq!(browser.post("/book/when", &[("slot", "2026-06-23T12:00")]).await.status, 303);
        assert_eq!(book(&owner, &shop, Some(&shop.marco), &tuesday(8)).await.status, 201);
        assert_eq!(book(&owner, &shop, Some(&shop.marco), &tuesday(12)).await.status, 409);
        house.clock.advance(SignedDuration::from_mins(11));
        assert_eq!(book(&owner, &shop, Some(&shop.marco), &tuesday(12)).await.status, 201, "the hold is over");
        let late = browser.post("/book/you", &[("name", "Elena"), ("phone", "2175550182")]).await;
        assert!(late.status == 422 && late.text.contains("not held any more"), "{late:?}");
    }
}

/// Who takes one time after the other is stopped, with one time held and no more; the office and its program go on.
#[tokio::test(flavor = "multi_thread")]
async fn who_floods_the_booking_page_is_stopped_and_holds_one_time() {
    let rates = Rates { principal: 10_000, visitor: 10_000, tenant: 100_000, careful: 6 };
    for placement in harness::PLACEMENTS {
        let house = harness::start_with(harness::with_the_usual(modules()), rates).await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        let shop = shop(&owner).await;
        let mut browser = Browser::at(&acme).for_service(&shop.item).await;
        let mut answers = vec![];
        for n in 0..40 {
            let slot = format!("2026-06-{}T{}:00", 23 + n % 4, ["08", "10", "12"][n % 3]);
            answers.push(browser.post("/book/when", &[("slot", &slot)]).await);
        }
        let taken = answers.iter().filter(|answer| answer.status == 303).count();
        let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 429).collect();
        assert!((1..=6).contains(&taken) && taken + refused.len() == 40, "{taken} of {}", answers.len());
        for one in &refused {
            assert!(
                one.header("content-type").starts_with("text/html") && one.text.contains("That was too often"),
                "{one:?}"
            );
            assert!((1..=60).contains(&one.header("retry-after").parse::<u64>().unwrap()), "{one:?}");
        }
        let schema = acme.schema().await;
        let sql = format!("select count(*) from {schema}.appointment where tenant_id = $1 and status = 'held'");
        let held: i64 = house.above().await.query_one(&sql, &[&acme.id]).await.unwrap().get(0);
        assert_eq!(held, 1, "each choice gives the one before back");
        assert_eq!(browser.get("/book/when").await.status, 200, "looking is free");
        assert_eq!(book(&owner, &shop, Some(&shop.marco), &tuesday(15)).await.status, 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_office_show_what_there_is() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let empty = owner.page("/board").await;
        assert!(empty.status == 200 && empty.text.contains("Add a technician"), "{empty:?}");
        let shop = shop(&owner).await;
        let booked = book(&owner, &shop, Some(&shop.marco), &tuesday(9)).await;
        let waiting = book(&owner, &shop, None, &tuesday(11)).await;
        let board = owner.page("/board?date=2026-06-23").await;
        // 8 to 17 is shown, so 9:00 is column 13 and 90 minutes are 18 columns.
        assert!(
            board.text.contains("col-start-13 col-span-18") && board.text.contains(&format!("slip-{}", waiting.id())),
            "{}",
            board.text
        );
        assert!(!board.text.contains("style="), "no inline style");
        let job = owner.page(&format!("/appointments/{}", booked.id())).await;
        assert_eq!(job.header("location"), format!("/board?date=2026-06-23&job={}", booked.id()));
        let pane = owner.page(job.header("location")).await;
        assert!(pane.text.contains("id=\"pane\"") && pane.text.contains("(217) 555-0142"), "{}", pane.text);
        for path in [
            "/board?date=2026-06-23&view=list".to_owned(),
            "/board/lanes?date=2026-06-23".into(),
            "/board/strips".into(),
            "/appointments/new?q=rivera".into(),
            format!("/appointments/new?customer_id={}&item_id={}&date=2026-06-23", shop.customer, shop.item),
            format!("/appointments/{}/move", booked.id()),
            "/technicians".into(),
            "/technicians/new".into(),
            format!("/technicians/{}", shop.marco),
        ] {
            let page = owner.page(&path).await;
            assert_eq!(page.status, 200, "{path}: {page:?}");
            assert!(
                page.text.contains("Rivera") || page.text.contains("Marco") || path.ends_with("new"),
                "{path}: {}",
                page.text
            );
        }
        let form = [
            ("customer_id", shop.customer.as_str()),
            ("item_id", &shop.item),
            ("technician_id", &shop.marco),
            ("date", "2026-06-23"),
            ("time", "09:30"),
            ("_key", "f1"),
        ];
        let refused = owner.form("/appointments/new", &form).await;
        assert!(refused.status == 422 && refused.text.contains("Marco Bianchi is at Rivera"), "{refused:?}");
        let form = [&form[..4], &[("time", "13:00"), ("window_minutes", "120"), ("_key", "f2")]].concat();
        let made = owner.form("/appointments/new", &form).await;
        assert!(made.status == 303 && made.header("location").starts_with("/board?date=2026-06-23&job="), "{made:?}");
        let step = owner.form(&format!("/appointments/{}/en-route", booked.id()), &[("_key", "f3")]).await;
        assert_eq!(step.status, 303, "{step:?}");
        let refused = owner.form(&format!("/appointments/{}/en-route", waiting.id()), &[("_key", "f4")]).await;
        assert!(refused.status == 422 && refused.text.contains("Nobody is assigned yet"), "{refused:?}");
        let technician = owner.get(&format!("/api/v1/technicians/{}", shop.marco)).await;
        let week = owner
            .form(
                &format!("/technicians/{}/week", shop.marco),
                &[
                    ("version", &technician.body["version"].to_string()),
                    ("mon_starts", "07:00"),
                    ("mon_ends", "15:00"),
                    ("tue_starts", "07:00"),
                ],
            )
            .await;
        assert!(week.status == 422 && week.text.contains("Give both times for Tuesday"), "{week:?}");
        let gone = owner.form(&format!("/technicians/{}/leave", shop.marco), &[("_key", "f5")]).await;
        assert!(gone.status == 422 && gone.text.contains("still ahead of them"), "{gone:?}");
    }
}

#[tokio::test]
async fn a_job_is_a_step_away_from_its_customer_and_a_member_becomes_a_technician_by_choice() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let to_form = format!("/appointments/new?customer_id={}", shop.customer);
        assert!(owner.page(&format!("/customers/{}", shop.customer)).await.text.contains(&to_form));
        for asked in ["rivera", "new%20job%20for%20rivera"] {
            let found = owner.get(&format!("/palette?q={asked}")).await.text;
            assert!(found.contains("New job for Rivera") && found.contains(&to_form), "{asked}: {found}");
        }
        let viewer = acme.person("viewer").await;
        assert!(!viewer.page(&format!("/customers/{}", shop.customer)).await.text.contains(&to_form));
        assert!(!viewer.get("/palette?q=rivera").await.text.contains("New job for"));

        // Who was booked for last is offered before anything is typed.
        assert!(!owner.page("/appointments/new").await.text.contains("Booked lately"));
        assert_eq!(book(&owner, &shop, None, &tuesday(9)).await.status, 201);
        let whom = owner.page("/appointments/new").await.text;
        assert!(whom.contains("Booked lately") && whom.contains(&to_form), "{whom}");

        let sam = acme.person("dispatcher").await.id.unwrap().to_string();
        let form = owner.page(&format!("/technicians/new?member_id={sam}")).await.text;
        assert!(form.contains(&sam), "{form}");
        let refused = owner.form("/technicians/new", &[("_key", "t1"), ("name", "Nobody's")]).await;
        assert!(refused.status == 422 && refused.text.contains("Give an e-mail address"), "{refused:?}");
        let made = owner.form("/technicians/new", &[("_key", "t2"), ("member_id", &sam)]).await;
        assert_eq!(made.status, 303, "{made:?}");
        let all = owner.get("/api/v1/technicians").await;
        let made = all.body["data"].as_array().unwrap().iter().find(|one| one["member_id"] == sam.as_str());
        assert_eq!(made.unwrap()["name"], "Test dispatcher");
        assert!(!owner.page("/technicians/new").await.text.contains(&sam), "whoever has a lane is not offered again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_books_otherwise_than_the_customer_prefers_is_asked() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let ana = technician(&owner, "Ana Lopez").await;
        let member = async |id: &str| owner.get(&format!("/api/v1/technicians/{id}")).await.body["member_id"].clone();
        let prefers = json!({ "preferred_technician": member(&ana).await, "unwanted_technicians": [member(&shop.marco).await],
            "days": ["tue"], "arrive_from": "13:00" });
        let path = format!("/api/v1/customers/{}/preferences", shop.customer);
        assert_eq!(owner.patch(&path, "\"0\"", prefers).await.status, 200);

        // Each reason is said, at every door; nobody in particular is no reason.
        let asked = book(&owner, &shop, Some(&shop.marco), &tuesday(24 + 9)).await;
        assert_eq!((asked.status, asked.body["code"].as_str()), (409, Some("not_preferred")), "{asked:?}");
        for says in [
            "The customer does not want Marco Bianchi to be sent.",
            "The customer prefers Tuesday; this is a Wednesday.",
            "The customer prefers after 1 pm; this would begin at 9 am.",
        ] {
            assert!(asked.text.contains(says), "{says}: {asked:?}");
        }
        assert_eq!(book(&owner, &shop, None, &tuesday(9)).await.status, 409);
        let fits = book(&owner, &shop, Some(&ana), &tuesday(13)).await;
        assert_eq!(fits.status, 201, "{fits:?}");
        let at = format!("/api/v1/appointments/{}", fits.id());
        let assigned = verb(&owner, &fits.id(), "assign", &fits.etag(), json!({ "technician_id": shop.marco })).await;
        assert_eq!(assigned.body["code"], "not_preferred", "{assigned:?}");
        let early = json!({ "starts_at": tuesday(10), "technician_id": ana });
        let moved = verb(&owner, &fits.id(), "move", &fits.etag(), early.clone()).await;
        assert_eq!(moved.body["code"], "not_preferred", "{moved:?}");
        assert_eq!(owner.get(&at).await.body["starts_at"], tuesday(13), "nothing happened");
        // It is meant: and then another technician is asked about alone, for the time is agreed.
        let mut meant = early;
        meant["anyway"] = json!(true);
        let moved = verb(&owner, &fits.id(), "move", &fits.etag(), meant).await;
        assert_eq!(moved.status, 200, "{moved:?}");
        let tray = verb(&owner, &fits.id(), "assign", &moved.etag(), json!({ "technician_id": null })).await;
        assert_eq!(tray.status, 200, "{tray:?}");

        // The form proposes whom they prefer, and offers a tick to mean it.
        let form = format!("/appointments/new?customer_id={}&item_id={}&date=2026-06-24", shop.customer, shop.item);
        let page = owner.page(&form).await.text;
        let (preferred, unwanted) = (page.find("Ana Lopez (preferred)"), page.find("Marco Bianchi (not to be sent)"));
        assert!(preferred.zip(unwanted).is_some_and(|(first, last)| first < last), "{page}");
        assert!(page.contains(&format!("<option value=\"{ana}\" selected")), "{page}");
        assert!(page.contains("What the customer prefers.") && page.contains(&format!("technician_id={ana}")), "{page}");
        assert!(!page.contains(&format!("technician_id={}", shop.marco)), "whoever is free and may be sent: {page}");
        let typed = [("customer_id", shop.customer.as_str()), ("item_id", &shop.item), ("technician_id", &shop.marco), ("date", "2026-06-23"), ("time", "14:00")];
        let again = owner.form("/appointments/new", &typed).await;
        assert!(again.status == 422 && again.text.contains("does not want Marco Bianchi") && again.text.contains("Book it anyway"), "{again:?}");
        let done = owner.form("/appointments/new", &[&typed[..], &[("anyway", "true")]].concat()).await;
        assert_eq!(done.status, 303, "{done:?}");
    })
    .await;
}

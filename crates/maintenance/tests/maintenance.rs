//! Maintenance plans through the front door: visits come round, once each, and every change says beforehand what it does.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use futures_util::future::join_all;
use harness::{Answer, Company, Person, TestHouse};
use kernel::{Access, http::NoContent, jiff::SignedDuration};
use maintenance::MaintenanceWrite;
use serde_json::{Value, json};

async fn start() -> TestHouse {
    let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().try_init();
    harness::start(modules()).await
}
fn modules() -> Vec<kernel::Module> {
    let planted = kernel::Module::new("planted").post("/planted/turn", turn_now, "One turn of the job, at once");
    vec![catalog::module(), customers::module(), scheduling::module(), maintenance::module(), planted]
}

/// Jobs of a company are claimed together; this lets as many turns run at once as are asked for.
async fn turn_now(access: Access<MaintenanceWrite>) -> kernel::Result<NoContent> {
    maintenance::visit::make_all((*access).clone()).await.map(|()| NoContent)
}

struct Shop {
    item: String,
    customer: String,
    location: String,
    marco: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": { "amount": "89.00", "currency": "USD" }, "duration_minutes": 90 });
    let item = owner.post("/api/v1/items", item).await;
    let place = json!({ "street": "12 Elm St", "city": "Springfield", "postal_code": "62704" });
    let customer = owner.post("/api/v1/customers", json!({ "name": "Rivera", "location": place })).await;
    let places = owner.get(&format!("/api/v1/customers/{}/locations", customer.id())).await;
    let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", made.id());
    let set = owner.send(Method::PUT, &path, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
    assert_eq!(set.status, 200, "{set:?}");
    let location = places.body["data"][0]["id"].as_str().unwrap().to_owned();
    Shop { item: item.id(), customer: customer.id(), location, marco: made.id() }
}

/// Today is Monday 22 June 2026, nine in the morning in Chicago; the horizon is 21 August.
fn terms(shop: &Shop, rule: &str, more: Value) -> Value {
    let mut body = json!({ "location_id": shop.location, "item_id": shop.item, "rule": rule, "time": "10:00" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn begin(owner: &Person<'_>, shop: &Shop, rule: &str, more: Value) -> Answer {
    let mut body = terms(shop, rule, more);
    body["customer_id"] = json!(shop.customer);
    if body["starts_on"].is_null() {
        body["starts_on"] = json!("2026-06-23");
    }
    owner.post("/api/v1/maintenance-plans", body).await
}

async fn visits(owner: &Person<'_>) -> Vec<(String, String, Option<String>)> {
    let listed = owner.get("/api/v1/appointments?from=2026-06-22T00:00:00Z&to=2026-09-21T00:00:00Z&limit=200").await;
    assert_eq!(listed.status, 200, "{listed:?}");
    let text = |one: &Value, name: &str| one[name].as_str().map(str::to_owned);
    listed.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one, "starts_at").unwrap(), text(one, "status").unwrap(), text(one, "technician_name")))
        .collect()
}

async fn open(owner: &Person<'_>) -> Vec<String> {
    visits(owner).await.into_iter().filter(|(_, status, _)| status == "confirmed").map(|(starts, ..)| starts).collect()
}

async fn put(owner: &Person<'_>, plan: &str, more: &str, body: Value) -> Answer {
    let path = format!("/api/v1/maintenance-plans/{plan}");
    let etag = owner.get(&path).await.etag();
    owner.send(Method::PUT, &format!("{path}{more}"), &[("if-match", &etag)], body).await
}

async fn verb(owner: &Person<'_>, plan: &str, verb: &str, body: Value) -> Answer {
    let path = format!("/api/v1/maintenance-plans/{plan}");
    let etag = owner.get(&path).await.etag();
    owner.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", &etag)], body).await
}

async fn turn(house: &TestHouse, acme: &Company<'_>) {
    kernel::job::worker::now_for(&house.house, acme.id, "maintenance.make_visits").await.unwrap();
    house.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_are_booked_two_months_ahead_and_once() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        // A key is good for longer than a session.
        let owner = acme.program();
        let shop = shop(&owner).await;
        let plan = begin(
            &owner,
            &shop,
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            json!({ "technician_id": shop.marco, "note": "Gate code 4711" }),
        )
        .await;
        assert_eq!(plan.status, 201, "{plan:?}");
        assert_eq!(
            (&plan.body["zone"], &plan.body["next_due"]),
            (&json!("America/Chicago"), &json!("2026-09-01")),
            "{plan:?}"
        );
        let first = visits(&owner).await;
        let days: Vec<&str> = first.iter().map(|(starts, ..)| starts.as_str()).collect();
        assert_eq!(
            days,
            [
                "2026-06-23T15:00:00Z",
                "2026-07-07T15:00:00Z",
                "2026-07-21T15:00:00Z",
                "2026-08-04T15:00:00Z",
                "2026-08-18T15:00:00Z"
            ]
        );
        assert!(
            first.iter().all(|(_, status, with)| status == "confirmed" && with.as_deref() == Some("Marco")),
            "{first:?}"
        );
        let one = owner.get("/api/v1/appointments?limit=1").await.body["data"][0].clone();
        assert_eq!(
            (&one["source"], &one["problem"], &one["location_id"]),
            (&json!("plan"), &json!("Gate code 4711"), &json!(shop.location))
        );

        // Again, and again: nothing twice. Two weeks on, what came within the horizon, and no more.
        turn(&house, &acme).await;
        turn(&house, &acme).await;
        assert_eq!(visits(&owner).await, first);
        house.clock.advance(SignedDuration::from_hours(24 * 14));
        turn(&house, &acme).await;
        turn(&house, &acme).await;
        let path = format!("/api/v1/maintenance-plans/{}", plan.id());
        let ahead = owner.get(&format!("{path}/visits?until=2026-10-01")).await;
        let told: Vec<(&str, &str)> = ahead.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["due_on"].as_str().unwrap(), one["standing"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                ("2026-07-07", "booked"),
                ("2026-07-21", "booked"),
                ("2026-08-04", "booked"),
                ("2026-08-18", "booked"),
                ("2026-09-01", "booked"),
                ("2026-09-15", "due"),
                ("2026-09-29", "due")
            ],
            "{ahead:?}"
        );
        assert_eq!(owner.get(&path).await.body["next_due"], "2026-09-15");
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "appointment.booked").count(), 6, "{told:?}");
        assert_eq!(told.iter().filter(|kind| *kind == "maintenance_plan.created").count(), 1, "{told:?}");
        let timeline = owner.get(&format!("/api/v1/customers/{}/timeline", shop.customer)).await;
        assert!(timeline.text.contains("Maintenance plan begun"), "{timeline:?}");
        house.clock.advance(SignedDuration::from_hours(-24 * 14));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_turns_at_once_make_nothing_twice() {
    let (one, two, three) = (start().await, harness::start(modules()).await, harness::start(modules()).await);
    for placement in harness::PLACEMENTS {
        let acme = one.company(placement).await;
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let mut plans = vec![];
        for n in 0..6 {
            let more = json!({ "technician_id": shop.marco, "time": format!("{:02}:00", 8 + n), "leeway_days": 2 });
            plans.push(begin(&owner, &shop, "FREQ=WEEKLY;BYDAY=TU,FR", more).await.id());
        }
        // As if nothing had been booked yet: what was is taken away above all walls, and every plan has its turn again.
        let (above, schema) = (one.above().await, acme.schema().await);
        for sql in [
            format!("delete from {schema}.maintenance_visit where tenant_id = $1"),
            format!("delete from {schema}.appointment where tenant_id = $1"),
            format!("update {schema}.maintenance_plan set next_due = starts_on where tenant_id = $1"),
        ] {
            above.execute(&sql, &[&acme.id]).await.unwrap();
        }
        assert_eq!(open(&owner).await.len(), 0);
        // Sixteen turns at the same moment, in three processes' worth of pools.
        let seen_by = |test| Company {
            test,
            id: acme.id,
            slug: acme.slug.clone(),
            host: acme.host.clone(),
            placement: acme.placement.clone(),
            api_key: acme.api_key.clone(),
            owner_email: acme.owner_email.clone(),
        };
        let seen = [seen_by(&one), seen_by(&two), seen_by(&three)];
        let people: Vec<Person<'_>> = (0..16).map(|n| seen[n % 3].program()).collect();
        let turns = people.iter().map(|who| who.post("/planted/turn", json!({})));
        let answers = join_all(turns).await;
        assert!(answers.iter().all(|answer| answer.status == 204), "{answers:?}");
        let booked = open(&owner).await;
        assert_eq!(booked.len(), 6 * 18, "six plans, 18 Tuesdays and Fridays from 23 June to 21 August");
        let count = format!(
            "select count(*), count(distinct (plan_id, due_on)), count(distinct appointment_id) from {schema}.maintenance_visit where tenant_id = $1"
        );
        let row = above.query_one(&count, &[&acme.id]).await.unwrap();
        assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i64>(2)), (108, 108, 108));

        // Each waited for the one before, and none ran into the constraint.
        let trouble =
            format!("select count(*) from {schema}.maintenance_plan where tenant_id = $1 and trouble is not null");
        assert_eq!(above.query_one(&trouble, &[&acme.id]).await.unwrap().get::<_, i64>(0), 0);
        // Behind the lock stands the constraint, whoever writes.
        let twice = format!(
            "insert into {schema}.maintenance_visit (tenant_id, id, plan_id, due_on, state, created_at, updated_at) select tenant_id, gen_random_uuid(), plan_id, due_on, 'skipped', now(), now() from {schema}.maintenance_visit where tenant_id = $1 limit 1"
        );
        let refused = above.execute(&twice, &[&acme.id]).await.unwrap_err();
        assert_eq!(refused.as_db_error().and_then(|error| error.constraint()), Some("maintenance_visit_once"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_keep_their_hour_over_a_change_of_the_clocks() {
    let house = start().await;
    let acme = house.company("pooled").await;
    // A key is good for longer than a session.
    let owner = acme.program();
    let shop = shop(&owner).await;
    // The clock of Chicago goes back on Sunday 1 November 2026.
    house.clock.advance(SignedDuration::from_hours(24 * 100));
    let more = json!({ "starts_on": "2026-10-28", "time": "01:30" });
    let plan = begin(&owner, &shop, "FREQ=DAILY;INTERVAL=2", more).await;
    assert_eq!(plan.status, 201, "{plan:?}");
    let ahead = owner.get(&format!("/api/v1/maintenance-plans/{}/visits?until=2026-11-04", plan.id())).await;
    let starts: Vec<&str> =
        ahead.body["data"].as_array().unwrap().iter().map(|one| one["starts_at"].as_str().unwrap()).collect();
    // Half past one comes twice on that Sunday: the first of them.
    assert_eq!(
        starts,
        ["2026-10-28T06:30:00Z", "2026-10-30T06:30:00Z", "2026-11-01T06:30:00Z", "2026-11-03T07:30:00Z"]
    );
    assert!(ahead.body["data"].as_array().unwrap().iter().all(|one| one["standing"] == "booked"), "{ahead:?}");
    // And the hour that is skipped on 14 March 2027 is told an hour later.
    house.clock.advance(SignedDuration::from_hours(24 * 130));
    let spring = json!({ "starts_on": "2027-03-13", "time": "02:30" });
    let plan = begin(&owner, &shop, "FREQ=DAILY", spring).await;
    let ahead = owner.get(&format!("/api/v1/maintenance-plans/{}/visits?until=2027-03-15", plan.id())).await;
    let starts: Vec<&str> =
        ahead.body["data"].as_array().unwrap().iter().map(|one| one["starts_at"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2027-03-13T08:30:00Z", "2027-03-14T08:30:00Z", "2027-03-15T07:30:00Z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_is_not_sent_and_the_leeway_is_used() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let off = format!("/api/v1/technicians/{}/time-off", shop.marco);
        let vacation = json!({ "starts_at": "2026-07-07T05:00:00Z", "ends_at": "2026-07-08T05:00:00Z", "reason": "Vacation" });
        assert_eq!(owner.post(&off, vacation).await.status, 201);
        let more = json!({ "technician_id": shop.marco, "ends_on": "2026-07-31", "starts_on": "2026-07-01" });
        let strict = begin(&owner, &shop, "FREQ=MONTHLY;BYMONTHDAY=7", more.clone()).await;
        assert_eq!(strict.status, 201, "{strict:?}");
        assert_eq!(visits(&owner).await, [("2026-07-07T15:00:00Z".into(), "confirmed".into(), None)], "into the tray");
        let mut loose = more;
        loose["leeway_days"] = json!(2);
        begin(&owner, &shop, "FREQ=MONTHLY;BYMONTHDAY=7", loose).await;
        let found = visits(&owner).await;
        assert_eq!(found[1], ("2026-07-08T15:00:00Z".into(), "confirmed".into(), Some("Marco".into())), "{found:?}");

        // A holiday: the 3rd of July is kept for the 4th, a Saturday.
        let feast = json!({ "starts_on": "2026-07-01", "ends_on": "2026-07-05", "leeway_days": 3, "holidays": "move", "time": "12:00" });
        let moved = begin(&owner, &shop, "FREQ=MONTHLY;BYMONTHDAY=3", feast.clone()).await;
        let ahead = owner.get(&format!("/api/v1/maintenance-plans/{}/visits", moved.id())).await;
        let one = &ahead.body["data"][0];
        assert_eq!((&one["due_on"], &one["starts_at"]), (&json!("2026-07-03"), &json!("2026-07-04T17:00:00Z")), "{one}");
        assert!(one["why"].as_str().unwrap().contains("Independence Day"), "{one}");
        let mut skip = feast;
        skip["holidays"] = json!("skip");
        skip["ends_on"] = json!("2026-08-05");
        let left = begin(&owner, &shop, "FREQ=MONTHLY;BYMONTHDAY=3", skip).await;
        let ahead = owner.get(&format!("/api/v1/maintenance-plans/{}/visits", left.id())).await;
        let told: Vec<&str> = ahead.body["data"].as_array().unwrap().iter().map(|one| one["standing"].as_str().unwrap()).collect();
        assert_eq!(told, ["holiday", "booked"], "{ahead:?}");
    })
    .await;
}

/// Looks at a change, compares with what was there, then saves it: the same lines, and the calendar as they said.
async fn looked_then_saved(
    owner: &Person<'_>,
    path: &str,
    method: Method,
    body: Value,
    etag: impl AsyncFn() -> String,
) -> Value {
    let before = visits(owner).await;
    let mut look = body.clone();
    look["preview"] = json!(true);
    let seen = owner.send(method.clone(), path, &[("if-match", &etag().await)], look).await;
    assert_eq!((seen.status, &seen.body["saved"], &seen.body["plan"]), (200, &json!(false), &Value::Null), "{seen:?}");
    assert_eq!(visits(owner).await, before, "a preview changes nothing");
    let saved = owner.send(method, path, &[("if-match", &etag().await)], body).await;
    assert_eq!((saved.status, &saved.body["saved"]), (200, &json!(true)), "{saved:?}");
    assert_eq!(saved.body["changes"], seen.body["changes"], "what was shown is what was saved");
    // And the calendar has exactly what the lines say.
    let mut after: Vec<String> =
        visits(owner).await.into_iter().filter(|(_, status, _)| status == "confirmed").map(|(at, ..)| at).collect();
    let mut said: Vec<String> =
        before.iter().filter(|(_, status, _)| status == "confirmed").map(|(at, ..)| at.clone()).collect();
    for line in saved.body["changes"].as_array().unwrap() {
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        if let Some(was) = text("was") {
            let at = said
                .iter()
                .position(|at| *at == was)
                .unwrap_or_else(|| panic!("{line} is about a visit that was not there: {said:?}"));
            said.remove(at);
        }
        said.extend(text("starts_at"));
    }
    after.sort();
    said.sort();
    assert_eq!(after, said);
    saved.body
}

fn deeds(outcome: &Value) -> Vec<(&str, &str)> {
    outcome["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["deed"].as_str().unwrap(), line["due_on"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_says_what_it_does_and_does_just_that() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let plan = begin(&owner, &shop, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", json!({ "technician_id": shop.marco })).await.id();
        let path = format!("/api/v1/maintenance-plans/{plan}");
        let etag = async || owner.get(&path).await.etag();

        // This one: another day; that one: left out.
        let moved = looked_then_saved(&owner, &format!("{path}/visits/2026-07-07"), Method::PUT, json!({ "on": "2026-07-09", "time": "13:00" }), etag).await;
        assert_eq!(deeds(&moved), [("moves", "2026-07-07")]);
        assert_eq!(moved["changes"][0]["starts_at"], "2026-07-09T18:00:00Z");
        let left = looked_then_saved(&owner, &format!("{path}/visits/2026-07-21"), Method::PUT, json!({ "skip": true }), etag).await;
        assert_eq!(deeds(&left), [("skips", "2026-07-21")]);
        turn(&house, &acme).await;
        assert_eq!(open(&owner).await, ["2026-06-23T15:00:00Z", "2026-07-09T18:00:00Z", "2026-08-04T15:00:00Z", "2026-08-18T15:00:00Z"]);

        // All: an hour later. What was changed by itself stays.
        let later = looked_then_saved(&owner, &path, Method::PUT, terms(&shop, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", json!({ "technician_id": shop.marco, "time": "11:00" })), etag).await;
        assert_eq!(deeds(&later), [("moves", "2026-06-23"), ("keeps", "2026-07-07"), ("moves", "2026-08-04"), ("moves", "2026-08-18")]);

        // Moved on the board: that is meant too, and stays when the hour of all others changes back.
        let first = owner.get("/api/v1/appointments?limit=1").await.body["data"][0].clone();
        assert_eq!(first["starts_at"], "2026-06-23T16:00:00Z");
        let to = json!({ "starts_at": "2026-06-24T20:00:00Z", "technician_id": shop.marco });
        let moving = format!("/api/v1/appointments/{}/move", first["id"].as_str().unwrap());
        let version = format!("\"{}\"", first["version"]);
        assert_eq!(owner.send(Method::POST, &moving, &[("if-match", &version)], to).await.status, 200);
        let noon = terms(&shop, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", json!({ "technician_id": shop.marco, "time": "12:00" }));
        let kept = looked_then_saved(&owner, &path, Method::PUT, noon, etag).await;
        assert_eq!(
            deeds(&kept),
            [("keeps", "2026-06-23"), ("keeps", "2026-07-07"), ("moves", "2026-08-04"), ("moves", "2026-08-18")]
        );

        // From a day on: Fridays of every week. What is before stays; the rest is a plan of its own.
        let body = terms(&shop, "FREQ=WEEKLY;BYDAY=FR", json!({ "technician_id": shop.marco, "from": "2026-08-04" }));
        let split = looked_then_saved(&owner, &path, Method::PUT, body, etag).await;
        assert_eq!(deeds(&split), [("moves", "2026-08-07"), ("moves", "2026-08-14"), ("adds", "2026-08-21")], "{split}");
        let rest = &split["plan"];
        assert_eq!((&rest["follows_id"], &rest["starts_on"], &rest["status"]), (&json!(plan), &json!("2026-08-04"), &json!("active")));
        assert_eq!(owner.get(&path).await.body["ends_on"], "2026-08-03");
        turn(&house, &acme).await;
        assert_eq!(open(&owner).await, ["2026-06-24T20:00:00Z", "2026-07-09T18:00:00Z", "2026-08-07T15:00:00Z", "2026-08-14T15:00:00Z", "2026-08-21T15:00:00Z"]);

        // Fewer than before: what has no day any more is cancelled, and says why.
        let rest = format!("/api/v1/maintenance-plans/{}", rest["id"].as_str().unwrap());
        let etag = async || owner.get(&rest).await.etag();
        let fewer = looked_then_saved(&owner, &rest, Method::PUT, terms(&shop, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", json!({ "technician_id": shop.marco })), etag).await;
        assert_eq!(deeds(&fewer), [("keeps", "2026-08-07"), ("cancels", "2026-08-14"), ("keeps", "2026-08-21")], "{fewer}");

        // Another service: booked anew. Ended: nothing is left after the last day.
        let other = json!({ "name": "Filter", "kind": "service", "price": { "amount": "9.00", "currency": "USD" }, "duration_minutes": 30 });
        let other = owner.post("/api/v1/items", other).await.id();
        let mut body = terms(&shop, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", json!({ "technician_id": shop.marco }));
        body["item_id"] = json!(other);
        let anew = looked_then_saved(&owner, &rest, Method::PUT, body, etag).await;
        assert_eq!(deeds(&anew), [("anew", "2026-08-07"), ("anew", "2026-08-21")], "{anew}");
        let ended = looked_then_saved(&owner, &format!("{rest}/end"), Method::POST, json!({ "ends_on": "2026-08-10" }), etag).await;
        assert_eq!(deeds(&ended), [("keeps", "2026-08-07"), ("cancels", "2026-08-21")], "{ended}");
        let over = put(&owner, rest.rsplit('/').next().unwrap(), "/visits/2026-08-21", json!({ "skip": true })).await;
        assert_eq!(over.status, 404, "it falls due no more: {over:?}");
        let stale = owner.send(Method::PUT, &rest, &[("if-match", "\"1\"")], terms(&shop, "FREQ=WEEKLY", json!({}))).await;
        assert_eq!(stale.status, 412, "{stale:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_rests_goes_on_and_ends() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        // A key is good for longer than a session.
        let owner = acme.program();
        let shop = shop(&owner).await;
        let plan = begin(&owner, &shop, "FREQ=WEEKLY;INTERVAL=4;BYDAY=TU", json!({})).await.id();
        let path = format!("/api/v1/maintenance-plans/{plan}");
        let etag = async || owner.get(&path).await.etag();
        let booked = open(&owner).await;
        assert_eq!(booked, ["2026-06-23T15:00:00Z", "2026-07-21T15:00:00Z", "2026-08-18T15:00:00Z"]);
        let paused = verb(&owner, &plan, "pause", json!({})).await;
        assert_eq!((paused.status, &paused.body["changes"]), (200, &json!([])), "{paused:?}");
        assert_eq!(open(&owner).await, booked, "what is booked stays");
        assert_eq!(verb(&owner, &plan, "pause", json!({})).await.status, 409);
        house.clock.advance(SignedDuration::from_hours(24 * 28));
        turn(&house, &acme).await;
        assert_eq!(open(&owner).await, booked, "and nothing is added while it rests");
        let resumed = looked_then_saved(&owner, &format!("{path}/resume"), Method::POST, json!({}), etag).await;
        assert_eq!(deeds(&resumed), [("adds", "2026-09-15")], "{resumed}");
        let both = verb(&owner, &plan, "pause", json!({ "cancel_visits": true })).await;
        assert_eq!(both.body["changes"].as_array().unwrap().len(), 3, "{both:?}");
        assert_eq!(open(&owner).await, ["2026-06-23T15:00:00Z"], "what was is over and stays");
        let again = verb(&owner, &plan, "resume", json!({})).await;
        assert_eq!(again.body["changes"].as_array().unwrap().len(), 3, "{again:?}");

        // An archived customer gets no visits, and gets them again.
        let other =
            begin(&owner, &shop, "FREQ=DAILY;INTERVAL=10", json!({ "starts_on": "2026-07-21", "time": "15:00" })).await;
        assert_eq!(other.status, 201, "{other:?}");
        let archive = format!("/api/v1/customers/{}", shop.customer);
        assert_eq!(owner.post(&format!("{archive}/archive"), json!({})).await.status, 200);
        let before = open(&owner).await;
        house.clock.advance(SignedDuration::from_hours(24 * 20));
        turn(&house, &acme).await;
        let path = format!("/api/v1/maintenance-plans/{}", other.id());
        let ahead = async || {
            let listed = owner.get(&format!("{path}/visits?until=2026-10-09")).await;
            listed.body["data"].as_array().unwrap().iter().filter(|one| one["standing"] == "booked").count()
        };
        assert_eq!(open(&owner).await, before);
        let were = ahead().await;
        assert_eq!(owner.post(&format!("{archive}/restore"), json!({})).await.status, 200);
        turn(&house, &acme).await;
        assert!(ahead().await > were, "brought back, the plan goes on");
        let ended = verb(&owner, &other.id(), "end", json!({})).await;
        assert_eq!((ended.status, &ended.body["plan"]["status"]), (200, &json!("ended")), "{ended:?}");
        assert_eq!(ahead().await, 0, "nothing is left");
        let over = put(&owner, &other.id(), "", terms(&shop, "FREQ=WEEKLY", json!({}))).await;
        assert_eq!(over.status, 409, "{over:?}");
        let over = put(&owner, &other.id(), "/visits/2026-08-20", json!({ "skip": true })).await;
        assert_eq!(over.status, 409, "{over:?}");
        let told = acme.told().await;
        for kind in ["maintenance_plan.paused", "maintenance_plan.resumed", "maintenance_plan.ended"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
        house.clock.advance(SignedDuration::from_hours(-24 * 48));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_in_words() {
    let house = start().await;
    let acme = house.company("pooled").await;
    // A key is good for longer than a session.
    let owner = acme.program();
    let shop = shop(&owner).await;
    for (rule, more, pointer) in [
        ("FREQ=HOURLY", json!({}), "/rule"),
        ("FREQ=WEEKLY;COUNT=2", json!({}), "/rule"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", json!({}), "/rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", json!({ "months": [13] }), "/months"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", json!({ "ends_on": "2026-06-24" }), "/rule"),
        ("FREQ=WEEKLY", json!({ "zone": "Mars/Olympus" }), "/zone"),
        ("FREQ=WEEKLY", json!({ "holidays": "move" }), "/leeway_days"),
        ("FREQ=WEEKLY", json!({ "leeway_days": 15 }), "/leeway_days"),
        ("FREQ=WEEKLY", json!({ "location_id": shop.item }), "/location_id"),
        ("FREQ=WEEKLY", json!({ "item_id": shop.marco }), "/item_id"),
        ("FREQ=WEEKLY", json!({ "technician_id": shop.item }), "/technician_id"),
    ] {
        let refused = begin(&owner, &shop, rule, more).await;
        assert_eq!(
            (refused.status, &refused.body["errors"][0]["pointer"]),
            (422, &json!(pointer)),
            "{rule}: {refused:?}"
        );
    }
    let plan = begin(&owner, &shop, "FREQ=WEEKLY;BYDAY=TU", json!({ "technician_id": shop.marco })).await.id();
    assert_eq!(
        put(&owner, &plan, "/visits/2026-06-24", json!({ "skip": true })).await.status,
        404,
        "nothing falls due on a Wednesday"
    );
    for far in ["9999-12-28", "0001-01-02", "2036-06-24"] {
        assert_eq!(put(&owner, &plan, &format!("/visits/{far}"), json!({ "skip": true })).await.status, 404, "{far}");
        let from = put(&owner, &plan, "", terms(&shop, "FREQ=WEEKLY", json!({ "from": far }))).await;
        assert_eq!((from.status, &from.body["errors"][0]["pointer"]), (422, &json!("/from")), "{from:?}");
    }
    let past = put(&owner, &plan, "/visits/2026-06-30", json!({ "on": "2026-06-21" })).await;
    assert_eq!((past.status, &past.body["errors"][0]["pointer"]), (422, &json!("/on")), "{past:?}");
    // Somebody is taken then: whoever moves one visit is told, and decides.
    let job = json!({ "customer_id": shop.customer, "title": "Furnace", "technician_id": shop.marco, "starts_at": "2026-07-01T15:00:00Z", "duration_minutes": 60 });
    assert_eq!(owner.post("/api/v1/appointments", job).await.status, 201);
    let taken = put(&owner, &plan, "/visits/2026-06-30", json!({ "on": "2026-07-01" })).await;
    assert_eq!((taken.status, taken.body["code"].as_str()), (409, Some("slot_taken")), "{taken:?}");
    let from = put(&owner, &plan, "", terms(&shop, "FREQ=WEEKLY", json!({ "from": "2026-07-01" }))).await;
    assert_eq!((from.status, &from.body["errors"][0]["pointer"]), (422, &json!("/from")), "{from:?}");

    // Who may look may not change.
    let viewer = acme.person("viewer").await;
    assert_eq!(viewer.get(&format!("/api/v1/maintenance-plans/{plan}")).await.status, 200);
    assert_eq!(begin(&viewer, &shop, "FREQ=WEEKLY", json!({})).await.status, 403);

    // A service that cannot be booked any more leaves word on the plan, and does not hold up the others.
    let item = format!("/api/v1/items/{}", shop.item);
    let etag = owner.get(&item).await.etag();
    let gone = owner.post(&format!("{item}/archive"), json!({})).await;
    let gone = if gone.status == 200 { gone } else { owner.patch(&item, &etag, json!({ "status": "archived" })).await };
    assert_eq!(gone.status, 200, "{gone:?}");
    house.clock.advance(SignedDuration::from_hours(24 * 8));
    turn(&house, &acme).await;
    let stuck = owner.get(&format!("/api/v1/maintenance-plans/{plan}")).await;
    assert_eq!(stuck.body["trouble"], "There is no such service in the price book.", "{stuck:?}");
    let owner = acme.person("owner").await;
    assert!(owner.page("/maintenance").await.text.contains("Stuck"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_change_and_preview() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        assert!(owner.page("/maintenance").await.text.contains("No maintenance plans yet"));
        let shop = shop(&owner).await;
        assert!(owner.page("/maintenance/new?q=river").await.text.contains("Choose Rivera"));
        assert_eq!(owner.page(&format!("/maintenance/new?customer_id={}", shop.customer)).await.status, 200);
        let fields = [
            ("customer_id", shop.customer.as_str()),
            ("location_id", &shop.location),
            ("item_id", &shop.item),
            ("starts_on", "2026-06-23"),
            ("time", "09:30"),
            ("every", "2"),
            ("unit", "weeks"),
            ("weekday", "2"),
            ("technician_id", &shop.marco),
            ("months", "6"),
            ("months", "7"),
            ("holidays", "skip"),
            ("leeway_days", "1"),
        ];
        let wrong: Vec<(&str, &str)> =
            fields.iter().copied().filter(|(name, _)| *name != "every").chain([("every", "0")]).collect();
        let wrong = owner.form("/maintenance/new", &wrong).await;
        assert!(wrong.status == 422 && wrong.text.contains("Every 1 to 60 weeks"), "{wrong:?}");
        let made = owner.form("/maintenance/new", &fields).await;
        assert_eq!(made.status, 303, "{made:?}");
        let here = made.header("location").to_owned();
        let page = owner.page(&here).await;
        for words in ["Every 2 weeks on Tuesday", "June, July", "Tue 7 Jul 2026, 9:30 am", "Marco", "Change plan"] {
            assert!(page.text.contains(words), "{words}");
        }
        assert!(owner.page(&format!("/customers/{}", shop.customer)).await.text.contains("Every 2 weeks on Tuesday"));
        assert!(owner.page("/maintenance?status=active").await.text.contains("Every 2 weeks on Tuesday"));
        assert!(owner.page("/maintenance?status=ended").await.text.contains("No plan here"));

        // The form, what it does, then saved; before the second button nothing has changed.
        let edit = owner.page(&format!("{here}/edit")).await;
        assert!(edit.text.contains("See what changes"), "{edit:?}");
        let typed: Vec<(&str, &str)> = fields
            .iter()
            .copied()
            .filter(|(name, _)| !["customer_id", "starts_on", "time"].contains(name))
            .chain([("time", "15:00"), ("version", "1")])
            .collect();
        let look = owner.form(&format!("{here}/edit"), &[typed.clone(), vec![("step", "look")]].concat()).await;
        assert!(
            look.status == 200 && look.text.contains("Tue 7 Jul 2026, 9:30 am → Tue 7 Jul 2026, 3:00 pm"),
            "{look:?}"
        );
        assert!(open(&owner).await.contains(&"2026-07-07T14:30:00Z".to_owned()));
        let saved = owner.form(&format!("{here}/edit"), &[typed, vec![("step", "save")]].concat()).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        assert!(open(&owner).await.contains(&"2026-07-07T20:00:00Z".to_owned()));

        let one = format!("{here}/visits/2026-07-07");
        assert!(owner.page(&one).await.text.contains("Change it and all that follow"));
        let version =
            owner.get(&format!("/api/v1/maintenance-plans/{}", here.rsplit('/').next().unwrap())).await.etag();
        let version = version.trim_matches('"');
        let look = owner.form(&one, &[("version", version), ("step", "look"), ("skip", "true")]).await;
        assert!(look.status == 200 && look.text.contains("Left out"), "{look:?}");
        assert_eq!(owner.form(&one, &[("version", version), ("step", "save"), ("skip", "true")]).await.status, 303);
        assert!(!open(&owner).await.contains(&"2026-07-07T20:00:00Z".to_owned()));
        assert!(owner.page(&format!("{here}/edit?from=2026-07-21")).await.text.contains("Change from 21 Jul 2026 on"));

        let pause = owner.page(&format!("{here}/pause")).await;
        assert!(pause.text.contains("Cancel these visits too"), "{pause:?}");
        assert_eq!(owner.form(&format!("{here}/pause"), &[("version", version)]).await.status, 303);
        assert!(owner.page(&here).await.text.contains("Take it up again"));
        let version = (version.parse::<i64>().unwrap() + 1).to_string();
        assert_eq!(owner.form(&format!("{here}/resume"), &[("version", &version)]).await.status, 303);
        let version = (version.parse::<i64>().unwrap() + 1).to_string();
        let end = owner
            .form(&format!("{here}/end"), &[("version", &version), ("step", "look"), ("ends_on", "2026-06-30")])
            .await;
        assert!(end.status == 200 && end.text.contains("End plan"), "{end:?}");
        assert_eq!(
            owner
                .form(&format!("{here}/end"), &[("version", &version), ("step", "save"), ("ends_on", "2026-06-30")])
                .await
                .status,
            303
        );
        assert_eq!(open(&owner).await, ["2026-06-23T20:00:00Z"]);
    })
    .await;
}

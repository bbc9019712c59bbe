//! Whose time is taken: people, vehicles and tools are in one place at a time, by whichever door, and two things at once only with a
//! reason and somebody who gave it.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use harness::{Answer, Company, Person, TestHouse};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn start() -> TestHouse {
    harness::start(vec![catalog::module(), customers::module(), scheduling::module()]).await
}

struct Shop {
    customer: String,
    marco: String,
    ana: String,
    van: String,
}

async fn technician(owner: &Person<'_>, name: &str) -> String {
    let email = format!("{}@example.com", name.to_lowercase());
    let made = owner.post("/api/v1/technicians", json!({ "name": name, "email": email })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", made.id());
    let set = owner.send(Method::PUT, &path, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
    assert_eq!(set.status, 200, "{set:?}");
    made.id()
}

async fn shop(owner: &Person<'_>) -> Shop {
    let customer = owner.post("/api/v1/customers", json!({ "name": "Rivera" })).await.id();
    let van = owner.post("/api/v1/resources", json!({ "kind": "vehicle", "name": "Van 3", "note": "IL 123" })).await;
    assert_eq!(van.status, 201, "{van:?}");
    Shop { customer, marco: technician(owner, "Marco").await, ana: technician(owner, "Ana").await, van: van.id() }
}

/// Tuesday 23 June 2026 at that hour in Chicago, or so many days later.
fn at(day: i64, hour: i64) -> String {
    let midnight: Timestamp = "2026-06-23T05:00:00Z".parse().unwrap();
    (midnight + SignedDuration::from_hours(24 * day + hour)).to_string()
}

async fn book(who: &Person<'_>, shop: &Shop, technician: &str, starts_at: &str, more: Value) -> Answer {
    let mut body = json!({ "customer_id": shop.customer, "title": "Furnace", "technician_id": technician, "starts_at": starts_at, "duration_minutes": 120 });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.post("/api/v1/appointments", body).await
}

async fn rows(house: &TestHouse, acme: &Company<'_>) -> i64 {
    let schema = acme.schema().await;
    let count = format!("select count(*) from {schema}.occupancy where tenant_id = $1 and appointment_id is not null");
    house.above().await.query_one(&count, &[&acme.id]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_go_and_all_days_are_taken_or_none() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let days = json!([
            { "starts_at": at(1, 9), "ends_at": at(1, 11) },
            { "starts_at": at(2, 9), "ends_at": at(2, 11) }
        ]);
        let crew = json!({ "resource_ids": [shop.ana, shop.van], "days": days });
        let big = book(&owner, &shop, &shop.marco, &at(0, 9), crew).await;
        assert_eq!(big.status, 201, "{big:?}");
        assert_eq!(rows(&house, &acme).await, 9, "three who go, three days");
        let whole = owner.get(&format!("/api/v1/appointments/{}/resources", big.id())).await;
        assert_eq!(whole.body["days"].as_array().unwrap().len(), 2, "{whole:?}");
        assert_eq!(whole.body["resources"][0]["name"], "Ana", "{whole:?}");

        // Ana goes along on the third day; the van is out on the second. Nothing of the new one stays.
        let taken = book(&owner, &shop, &shop.ana, &at(2, 10), json!({})).await;
        assert_eq!((taken.status, taken.body["code"].as_str()), (409, Some("slot_taken")), "{taken:?}");
        assert!(taken.body["detail"].as_str().unwrap().starts_with("Ana is at Rivera then: Furnace, Thu 25 Jun, 9:00"));
        let van = book(
            &owner,
            &shop,
            &shop.ana,
            &at(3, 9),
            json!({ "resource_ids": [shop.van], "days": [{ "starts_at": at(4, 9), "ends_at": at(4, 10) }] }),
        )
        .await;
        assert_eq!(van.status, 201, "{van:?}");
        let half = book(
            &owner,
            &shop,
            &shop.marco,
            &at(3, 12),
            json!({ "resource_ids": [shop.van], "days": [{ "starts_at": at(4, 9), "ends_at": at(4, 12) }] }),
        )
        .await;
        assert_eq!((half.status, half.body["code"].as_str()), (409, Some("slot_taken")), "{half:?}");
        assert!(half.body["detail"].as_str().unwrap().starts_with("Van 3 is at Rivera then"), "{half:?}");
        assert_eq!(rows(&house, &acme).await, 13, "what was refused left nothing");

        // Moved by a day, all its days move, on the clock of the company; cancelled, all are free.
        let path = format!("/api/v1/appointments/{}/move", big.id());
        let moved = owner
            .send(
                Method::POST,
                &path,
                &[("if-match", &big.etag())],
                json!({ "starts_at": at(7, 10), "technician_id": shop.marco }),
            )
            .await;
        assert_eq!(moved.status, 200, "{moved:?}");
        let whole = owner.get(&format!("/api/v1/appointments/{}/resources", big.id())).await;
        assert_eq!(whole.body["days"][1], json!({ "starts_at": at(9, 10), "ends_at": at(9, 12) }), "{whole:?}");
        assert_eq!(rows(&house, &acme).await, 13);
        let path = format!("/api/v1/appointments/{}/cancel", big.id());
        let gone = owner.send(Method::POST, &path, &[("if-match", &moved.etag())], json!({})).await;
        assert_eq!(gone.status, 200, "{gone:?}");
        assert_eq!(rows(&house, &acme).await, 4);

        // The board shows who goes along on their own lane, and the day after its first.
        let board = owner.page("/board?date=2026-06-27").await;
        let lane = board.text.split(&format!("id=\"lane-{}\"", shop.ana)).nth(1).unwrap();
        assert!(lane.split("</section>").next().unwrap().contains("Rivera"), "the second day is on the board");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_need_a_reason_and_somebody_who_may() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let first = book(&owner, &shop, &shop.marco, &at(0, 9), json!({})).await;
        assert_eq!(first.status, 201, "{first:?}");
        let asked = book(&owner, &shop, &shop.marco, &at(0, 10), json!({ "anyway": true })).await;
        assert_eq!((asked.status, asked.body["ask"].as_bool()), (409, Some(true)), "{asked:?}");

        // Whoever may not is refused with what is missing, and cannot say a reason either.
        let viewer = acme.person("service_manager").await;
        assert_eq!(book(&viewer, &shop, &shop.marco, &at(0, 10), json!({ "overlap_reason": " " })).await.status, 409);
        let both = book(&viewer, &shop, &shop.marco, &at(0, 10), json!({ "overlap_reason": "Next door, same street" })).await;
        assert_eq!(both.status, 201, "{both:?}");
        assert!(both.body["overlap_id"].is_string(), "{both:?}");
        let board = owner.page(&format!("/board?date=2026-06-23&job={}", both.id())).await;
        assert!(board.text.contains("Next door, same street"), "the board says why");

        // Beside it nothing else fits without a reason, not even where only the second one is.
        let beside = book(&owner, &shop, &shop.marco, &at(0, 11), json!({})).await;
        assert_eq!(beside.status, 409, "{beside:?}");
        let schema = acme.schema().await;
        let above = house.above().await;
        let by_hand = format!("insert into {schema}.occupancy (tenant_id, id, resource_id, kind, starts_at, ends_at) values ($1, gen_random_uuid(), $2::text::uuid, 'busy', $3::text::timestamptz, $4::text::timestamptz)");
        for (from, until) in [((0, 9), (0, 10)), ((0, 11), (0, 12))] {
            let refused = above.execute(&by_hand, &[&acme.id, &shop.marco, &at(from.0, from.1), &at(until.0, until.1)]).await.unwrap_err();
            let constraint = refused.as_db_error().and_then(|e| e.constraint().map(str::to_owned));
            assert_eq!(constraint.as_deref(), Some("occupancy_no_overlap"), "{refused:?}");
        }
        above.execute(&by_hand, &[&acme.id, &shop.marco, &at(0, 12), &at(0, 13)]).await.unwrap();

        // Moved away, it needs no reason any more.
        let path = format!("/api/v1/appointments/{}/move", both.id());
        let moved = owner.send(Method::POST, &path, &[("if-match", &both.etag())], json!({ "starts_at": at(1, 9), "technician_id": shop.marco })).await;
        assert_eq!((moved.status, moved.body["overlap_id"].is_null()), (200, true), "{moved:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_beside_an_exception_goes_its_way_and_nothing_is_moved_onto_one() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let first = book(&owner, &shop, &shop.marco, &at(0, 9), json!({})).await;
        let both = json!({ "overlap_reason": "Next door, same street" });
        let both = book(&owner, &shop, &shop.marco, &at(0, 10), both).await;
        let apart = book(&owner, &shop, &shop.marco, &at(0, 14), json!({})).await;
        assert_eq!([first.status, both.status, apart.status], [201; 3]);

        // It is worked and finished early, while the exception lies over it.
        let path = format!("/api/v1/appointments/{}", first.id());
        let until = |hour: i64| at(0, hour).parse::<Timestamp>().unwrap().duration_since(house.clock.now());
        for (verb, hour) in [("en-route", 8), ("start", 9)] {
            house.clock.advance(until(hour));
            let owner = acme.person("owner").await;
            let etag = owner.get(&path).await.etag();
            let done = owner.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", &etag)], json!({})).await;
            assert_eq!(done.status, 200, "{verb}: {done:?}");
        }
        house.clock.advance(until(10) + SignedDuration::from_mins(30));
        let owner = acme.person("owner").await;
        let etag = owner.get(&path).await.etag();
        let done = owner.send(Method::POST, &format!("{path}/complete"), &[("if-match", &etag)], json!({})).await;
        assert_eq!(done.status, 200, "{done:?}");

        // By whichever statement: a time, a person, a kind or a reason that is changed makes no two at once.
        let schema = acme.schema().await;
        let above = house.above().await;
        let row = async |of: &Answer| {
            let sql = format!(
                "select id from {schema}.occupancy where tenant_id = $1 and appointment_id = $2::text::uuid and resource_id = $3::text::uuid"
            );
            above.query_one(&sql, &[&acme.id, &of.id(), &shop.marco]).await.unwrap().get::<_, kernel::Uuid>(0)
        };
        let (held, beside, moved) = (row(&both).await, row(&first).await, row(&apart).await);
        let ends = format!("select ends_at::text from {schema}.occupancy where tenant_id = $1 and id = $2");
        let ends = above.query_one(&ends, &[&acme.id, &beside]).await.unwrap().get::<_, String>(0);
        assert!(ends.contains("15:30:00"), "finished at half past ten, the rest is free: {ends}");
        let on_call = format!(
            "insert into {schema}.occupancy (tenant_id, id, resource_id, kind, starts_at, ends_at) values ($1, gen_random_uuid(), $2::text::uuid, 'on_call', '2026-06-23T16:00Z', '2026-06-23T16:30Z') returning id"
        );
        let called = above.query_one(&on_call, &[&acme.id, &shop.marco]).await.unwrap().get::<_, kernel::Uuid>(0);
        for (id, set) in [
            (moved, "starts_at = '2026-06-23T16:00Z', ends_at = '2026-06-23T16:30Z'"),
            (moved, "starts_at = '2026-06-23T16:59Z'"),
            (called, "kind = 'busy'"),
            (held, "overlap_id = null"),
        ] {
            let by_hand = format!("update {schema}.occupancy set {set} where tenant_id = $1 and id = $2");
            let refused = above.execute(&by_hand, &[&acme.id, &id]).await.unwrap_err();
            let constraint = refused.as_db_error().and_then(|e| e.constraint().map(str::to_owned));
            assert_eq!(constraint.as_deref(), Some("occupancy_no_overlap"), "{set}: {refused:?}");
        }
        // The control: into time that is free it can be moved.
        let free = format!(
            "update {schema}.occupancy set starts_at = starts_at + interval '3 hours', ends_at = ends_at + interval '3 hours' where tenant_id = $1 and id = $2"
        );
        assert_eq!(above.execute(&free, &[&acme.id, &moved]).await.unwrap(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_off_is_taken_time_too() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let off = format!("/api/v1/technicians/{}/time-off", shop.marco);
        let vacation = json!({ "starts_at": at(1, 0), "ends_at": at(3, 0), "reason": "Vacation" });
        assert_eq!(owner.post(&off, vacation.clone()).await.status, 201);
        let twice = owner.post(&off, vacation).await;
        assert_eq!((twice.status, twice.body["code"].as_str()), (409, Some("slot_taken")), "{twice:?}");
        let job = book(&owner, &shop, &shop.marco, &at(1, 9), json!({ "anyway": true })).await;
        assert_eq!(job.status, 409, "{job:?}");
        let says = job.body["detail"].as_str().unwrap();
        assert!(says.starts_with("Marco is off then: Vacation"), "{says}");
        let called = json!({ "anyway": true, "overlap_reason": "He offered to come" });
        assert_eq!(book(&owner, &shop, &shop.marco, &at(1, 9), called).await.status, 201);

        let ana = book(&owner, &shop, &shop.ana, &at(1, 9), json!({})).await;
        assert_eq!(ana.status, 201);
        let sick = json!({ "starts_at": at(1, 0), "ends_at": at(2, 0), "reason": "Sick" });
        let refused = owner.post(&format!("/api/v1/technicians/{}/time-off", shop.ana), sick).await;
        assert_eq!(refused.status, 409, "{refused:?}");
        assert!(refused.body["detail"].as_str().unwrap().contains("at Rivera then"), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vehicles_and_tools_are_kept() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let twice = owner.post("/api/v1/resources", json!({ "kind": "vehicle", "name": "van 3" })).await;
        assert_eq!((twice.status, &twice.body["errors"][0]["pointer"]), (422, &json!("/name")), "{twice:?}");
        let person = owner.post("/api/v1/resources", json!({ "kind": "technician", "name": "Bo" })).await;
        assert_eq!(person.status, 422, "{person:?}");
        let all = owner.get("/api/v1/resources").await;
        assert_eq!(all.body["data"].as_array().unwrap().len(), 3, "technicians are resources by themselves: {all:?}");

        let job = book(&owner, &shop, &shop.marco, &at(0, 9), json!({ "resource_ids": [shop.van] })).await;
        assert_eq!(job.status, 201, "{job:?}");
        let path = format!("/api/v1/resources/{}", shop.van);
        let van = owner.get(&path).await;
        let out = owner.send(Method::PATCH, &path, &[("if-match", &van.etag())], json!({ "active": false })).await;
        assert_eq!(out.status, 409, "{out:?}");
        let crew = format!("/api/v1/appointments/{}/resources", job.id());
        let alone = owner.send(Method::PUT, &crew, &[("if-match", &job.etag())], json!({ "resource_ids": [] })).await;
        assert_eq!(alone.status, 200, "{alone:?}");
        let out = owner
            .send(Method::PATCH, &path, &[("if-match", &van.etag())], json!({ "active": false, "note": "" }))
            .await;
        assert_eq!((out.status, &out.body["note"]), (200, &Value::Null), "{out:?}");
        let gone = book(&owner, &shop, &shop.ana, &at(0, 9), json!({ "resource_ids": [shop.van] })).await;
        assert_eq!((gone.status, &gone.body["errors"][0]["pointer"]), (422, &json!("/resource_ids")), "{gone:?}");
        let lead = owner
            .send(Method::PUT, &crew, &[("if-match", &alone.etag())], json!({ "resource_ids": [shop.marco] }))
            .await;
        assert_eq!(lead.status, 422, "{lead:?}");
        for page in [
            "/resources",
            "/resources/new",
            &format!("/resources/{}", shop.van),
            &format!("/appointments/{}/resources", job.id()),
        ] {
            assert_eq!(owner.page(page).await.status, 200, "{page}");
        }
    })
    .await;
}

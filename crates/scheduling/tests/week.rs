//! How long a week's free times take in a company of 50 technicians with 400 visits in it: `make bench`, or
//! `cargo test --release -p scheduling --test week -- --ignored --nocapture`.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// Counts what goes to PostgreSQL and comes back.
struct Trips(Arc<AtomicU64>);

impl metrics::Recorder for Trips {
    fn describe_counter(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_gauge(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_histogram(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn register_counter(&self, key: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Counter {
        match key.name() {
            "database_round_trips_total" => metrics::Counter::from_arc(self.0.clone()),
            _ => metrics::Counter::noop(),
        }
    }
    fn register_gauge(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Gauge {
        metrics::Gauge::noop()
    }
    fn register_histogram(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Histogram {
        metrics::Histogram::noop()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "for the bench"]
async fn a_week_of_free_times_is_quick() {
    let trips = Arc::new(AtomicU64::new(0));
    metrics::set_global_recorder(Trips(trips.clone())).unwrap();
    let house = harness::start(vec![catalog::module(), customers::module(), scheduling::module()]).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let monday: Timestamp = "2026-06-29T05:00:00Z".parse().unwrap();
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": { "amount": "99.00", "currency": "USD" }, "duration_minutes": 60 });
    let item = owner.post("/api/v1/items", item).await.id();
    let mut skill = Value::Null;
    let mut technicians = vec![];
    for n in 0..50 {
        let new = json!({ "name": format!("Technician {n:02}"), "email": format!("t{n}@example.com"), "skills": "HVAC, EPA 608" });
        let made = owner.post("/api/v1/technicians", new).await;
        let path = format!("/api/v1/technicians/{}", made.id());
        let plan = json!({ "start_latitude": 41.7 + f64::from(n) * 0.004, "start_longitude": -87.7, "day_jobs": 7 });
        let planned = owner.send(Method::PUT, &format!("{path}/planning"), &[("if-match", &made.etag())], plan).await;
        assert_eq!(planned.status, 200, "{planned:?}");
        if skill.is_null() {
            skill = owner.get("/api/v1/skills").await.body["data"][0]["id"].clone();
        }
        technicians.push(made.id());
    }
    let needs = json!({ "skills": [{ "skill_id": skill, "level": 2 }], "buffer_after": 15 });
    let needs = owner.send(Method::PUT, &format!("/api/v1/items/{item}/scheduling"), &[], needs).await;
    assert_eq!(needs.status, 200, "{needs:?}");
    for (name, code) in [("North", "606*"), ("South", "601*")] {
        let area = json!({ "name": name, "shape": { "kind": "postal_codes", "postal_codes": [code] } });
        assert_eq!(owner.post("/api/v1/service-areas", area).await.status, 201);
    }
    let mut places = vec![];
    for n in 0..40 {
        let customer = owner.post("/api/v1/customers", json!({ "name": format!("Customer {n}") })).await.id();
        let place = json!({ "street": format!("{n} Elm St"), "postal_code": format!("606{n:02}"), "latitude": 41.7 + f64::from(n) * 0.005, "longitude": -87.65 });
        let place = owner.post(&format!("/api/v1/customers/{customer}/locations"), place).await.id();
        places.push((customer, place));
    }
    // Eight visits for each of them: one or two a day, five days.
    for n in 0..400_i64 {
        let (technician, nth) = (&technicians[(n % 50) as usize], n / 50);
        let starts = monday + SignedDuration::from_mins(1440 * (nth % 5) + 60 * (9 + 4 * (nth / 5)));
        let (customer, place) = &places[(n % 40) as usize];
        let job = json!({ "customer_id": customer, "location_id": place, "item_id": item, "technician_id": technician, "starts_at": starts, "anyway": true });
        let booked = owner.post("/api/v1/appointments", job).await;
        assert_eq!(booked.status, 201, "{booked:?}");
    }
    house.run_jobs().await;
    house.above().await.batch_execute("analyze").await.unwrap();

    let path = format!("/api/v1/availability?item_id={item}&location_id={}&from=2026-06-29&days=7", places[20].1);
    let (mut took, mut asked, mut found) = (vec![], vec![], 0);
    for _ in 0..200 {
        let (begun, before) = (Instant::now(), trips.load(Ordering::Relaxed));
        let answer = owner.get(&path).await;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
        asked.push(trips.load(Ordering::Relaxed) - before);
        assert_eq!(answer.status, 200, "{answer:?}");
        found = answer.body["slots"].as_array().unwrap().len();
    }
    took.sort_by(f64::total_cmp);
    asked.sort_unstable();
    println!(
        "free times of a week, 50 technicians, 400 visits: {found} slots, p50 {:.1} ms, p99 {:.1} ms, {} round trip",
        took[100], took[198], asked[100]
    );
    // Who asks is looked up again every few seconds.
    assert_eq!(asked[100], 1, "{asked:?}");
    assert!(found > 20, "{found}");
    assert!(took[100] < 20.0, "20 ms and more: {:.1}", took[100]);
}

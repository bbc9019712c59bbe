//! How long the way takes by road: a routing server is asked once, what it said counts where times are offered and where they are
//! taken, and without it distances do.
#![allow(clippy::unwrap_used)]
// The server in this test is a stranger, whose refusals nobody reads.
#![allow(clippy::disallowed_types)]
use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    routing::get,
};
use harness::{Company, Person, TestHouse};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A river lies between north and south of 41.9: an hour by the bridge. Beyond 42.5 no road leads.
fn seconds(from: f64, to: f64) -> Option<f64> {
    if from > 42.5 || to > 42.5 {
        return None;
    }
    Some(if (from > 41.9) == (to > 41.9) { 301.0 } else { 3600.0 })
}

async fn table(
    State(asked): State<Arc<AtomicUsize>>,
    Path(points): Path<String>,
    RawQuery(query): RawQuery,
) -> Json<Value> {
    asked.fetch_add(1, Ordering::SeqCst);
    let points: Vec<f64> = points.split(';').map(|point| point.split_once(',').unwrap().1.parse().unwrap()).collect();
    let query = query.unwrap();
    let which = |name: &str| {
        let list = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap();
        list.split(';').map(|at| points[at.parse::<usize>().unwrap()]).collect::<Vec<f64>>()
    };
    let to = which("destinations");
    let rows: Vec<Vec<Option<f64>>> =
        which("sources").into_iter().map(|from| to.iter().map(|to| seconds(from, *to)).collect()).collect();
    Json(json!({ "code": "Ok", "durations": rows, "sources": [], "destinations": [] }))
}

/// A routing server on loopback, and how often it was asked.
async fn server() -> (String, Arc<AtomicUsize>, tokio::task::JoinHandle<()>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let app = Router::new().route("/table/v1/driving/{points}", get(table)).with_state(asked.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (base, asked, task)
}

async fn start() -> TestHouse {
    harness::start(vec![catalog::module(), customers::module(), insights::module(), scheduling::module()]).await
}

/// Wednesday 24 June 2026 in Chicago.
fn at(hour: i64, minute: i64) -> String {
    let midnight: Timestamp = "2026-06-24T05:00:00Z".parse().unwrap();
    (midnight + SignedDuration::from_mins(60 * hour + minute)).to_string()
}

struct Shop {
    customer: String,
    item: String,
    marco: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let customer = owner.post("/api/v1/customers", json!({ "name": "Rivera" })).await.id();
    let price = json!({ "amount": "99.00", "currency": "USD" });
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": price, "duration_minutes": 60 });
    let item = owner.post("/api/v1/items", item).await.id();
    let marco = json!({ "name": "Marco", "email": "marco@example.com" });
    let marco = owner.post("/api/v1/technicians", marco).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", marco.id());
    let put =
        owner.send(axum::http::Method::PUT, &path, &[("if-match", &marco.etag())], json!({ "shifts": week })).await;
    assert_eq!(put.status, 200, "{put:?}");
    Shop { customer, item, marco: marco.id() }
}

impl Shop {
    async fn place(&self, owner: &Person<'_>, street: &str, latitude: f64) -> String {
        let body = json!({ "street": street, "latitude": latitude, "longitude": -87.63 });
        owner.post(&format!("/api/v1/customers/{}/locations", self.customer), body).await.id()
    }
    async fn book(&self, owner: &Person<'_>, place: &str, starts_at: &str) -> harness::Answer {
        let body = json!({ "customer_id": self.customer, "location_id": place, "item_id": self.item, "technician_id": self.marco, "starts_at": starts_at });
        owner.post("/api/v1/appointments", body).await
    }
    /// When the first visit there is offered from ten on.
    async fn first(&self, owner: &Person<'_>, place: &str) -> String {
        let path = format!("/api/v1/availability?item_id={}&location_id={place}&from=2026-06-24&days=1", self.item);
        let answer = owner.get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let slots = answer.body["slots"].as_array().unwrap().clone();
        let starts = slots.iter().map(|slot| slot["starts_at"].as_str().unwrap().to_owned());
        starts.filter(|starts| *starts >= at(10, 0)).min().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ways_take_as_long_as_the_roads() {
    let house = start().await;
    let (base, asked, task) = server().await;
    house.house.keep(scheduling::Router::new(&base).unwrap());
    let times = || asked.swap(0, Ordering::SeqCst);
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let (south, north) = (shop.place(&owner, "1 Elm St", 41.88).await, shop.place(&owner, "2 Oak St", 41.97).await);
        assert_eq!(shop.book(&owner, &south, &at(9, 0)).await.status, 201);
        house.run_jobs().await;
        times();

        // Ten kilometres are 20 minutes as a bird flies and a third more; the bridge takes an hour.
        assert_eq!(shop.first(&owner, &north).await, at(11, 0));
        assert_eq!(times(), 2, "there and back");
        assert_eq!(shop.first(&owner, &north).await, at(11, 0));
        assert_eq!(times(), 0, "what was said is kept");
        let why = format!("/api/v1/availability/why?item_id={}&location_id={north}&starts_at={}", shop.item, at(10, 30));
        let why = owner.get(&why).await;
        assert!(why.text.contains("the way takes 1 h"), "{}", why.text);

        // Where it is taken, the same counts.
        let early = shop.book(&owner, &north, &at(10, 30)).await;
        assert_eq!((early.status, early.body["code"].as_str()), (409, Some("too_far")), "{early:?}");
        let there = shop.book(&owner, &north, &at(11, 0)).await;
        assert_eq!(there.status, 201, "{there:?}");
        assert_eq!(times(), 0);
        house.run_jobs().await;
        let schema = acme.schema().await;
        let ways = format!("select (extract(epoch from ends_at - starts_at) / 60)::int8 from {schema}.occupancy where tenant_id = $1 and kind = 'travel'");
        let above = house.above().await;
        assert_eq!(above.query_one(&ways, &[&acme.id]).await.unwrap().get::<_, i64>(0), 60, "on the board too");

        // Where no road leads, the distance counts: 87 km.
        let island = shop.place(&owner, "Island", 42.66).await;
        times();
        assert!(shop.first(&owner, &island).await > at(13, 30));
        assert_eq!(times(), 2);
        assert!(shop.first(&owner, &island).await > at(13, 30));
        assert_eq!(times(), 0, "that no road leads there is kept as well");

        // What is old is forgotten.
        let kept = format!("select count(*) from {schema}.driving_time where tenant_id = $1");
        assert!(above.query_one(&kept, &[&acme.id]).await.unwrap().get::<_, i64>(0) >= 2);
        let count = async |which: &str| -> i64 {
            let sql = format!("{kept} and minutes {which} 10000");
            above.query_one(&sql, &[&acme.id]).await.unwrap().get(0)
        };
        let (roads, in_vain) = (count("<").await, count("=").await);
        assert!(roads >= 2 && in_vain >= 2, "{roads} {in_vain}");
        for (days, roads, in_vain) in [(6, roads, in_vain), (8, roads, 0), (200, 0, 0)] {
            house.clock.advance(SignedDuration::from_hours(24 * days));
            let scope = house.house.errand(acme.id, "test").await.unwrap();
            scheduling::road::forget_old(scope).await.unwrap();
            assert_eq!((count("<").await, count("=").await), (roads, in_vain), "after {days} days");
            house.clock.advance(SignedDuration::from_hours(-24 * days));
        }
    })
    .await;

    // Nobody answers: times are offered all the same, by distance, and the server is left alone for a while.
    task.abort();
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let shop = shop(&owner).await;
    let (south, north) = (shop.place(&owner, "1 Elm St", 41.88).await, shop.place(&owner, "2 Oak St", 41.97).await);
    assert_eq!(shop.book(&owner, &south, &at(9, 0)).await.status, 201);
    assert_eq!(shop.first(&owner, &north).await, at(10, 30));
    house.run_jobs().await;
}

#[test]
fn an_address_of_a_routing_server_is_one() {
    for good in ["https://router.example.com", "http://10.0.0.7:5000", "http://localhost:5000/osrm/"] {
        assert!(scheduling::Router::new(good).is_ok(), "{good}");
    }
    for bad in ["", "router", "ftp://router.example.com", "https://name:word@router.example.com"] {
        let says = scheduling::Router::new(bad).err().unwrap_or_default();
        assert!(says.starts_with("TRADEWIND_ROUTING is no address"), "{bad}: {says}");
    }
}

//! A worker process takes up sign-ups beside its jobs. In a program of its own: it takes whatever waits in the database.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
use harness::start;
use kernel::{Uuid, job::worker};
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_worker_takes_up_what_another_process_was_asked() {
    let house = start(vec![]).await;
    tenancy::on_start(&house.house, &house.ground.dsns, &house.ground.secrets).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(worker::run(house.house.clone(), stopped, worker::Options::default()));
    let draft = json!({
        "company": { "name": "Breeze Air", "industry": "hvac", "website": null, "time_zone": "UTC", "country": "US", "logo": null },
        "you": { "name": "Bo", "email": "bo@breeze.example", "phone": null, "password_hash": "none that opens" },
        "slug": "breeze-air", "plan": "enterprise",
    });
    let above = house.above().await;
    let sql = "insert into ctl.signup (id, token_hash, draft, state, slug, run_at, created_at, updated_at) values ($1, 'none', $2, 'asked', 'breeze-air', $3, $3, $3)";
    let id = Uuid::now_v7();
    above.execute(sql, &[&id, &draft, &house.clock.now()]).await.unwrap();
    let (until, state) = (Instant::now() + Duration::from_secs(30), "select state from ctl.signup where id = $1");
    while above.query_one(state, &[&id]).await.unwrap().get::<_, &str>(0) != "ready" {
        assert!(Instant::now() < until, "no worker came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let placement = "select placement from ctl.tenant where id = $1 and slug = 'breeze-air'";
    assert_eq!(above.query_one(placement, &[&id]).await.unwrap().get::<_, &str>(0), "dedicated");
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(5), worker).await.expect("it ends when told to").unwrap();
}

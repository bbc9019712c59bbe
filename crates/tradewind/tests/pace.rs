//! How quickly a company is made, and how quickly the one that a request is for is found:
//! `make bench`, or `cargo test --release -p tradewind --test pace -- --ignored --nocapture`.
#![allow(clippy::unwrap_used)]
use std::time::{Duration, Instant};

fn quantile(times: &mut [Duration], per_mille: usize) -> Duration {
    times.sort();
    times[(times.len() - 1) * per_mille / 1000]
}

/// With everything that the contexts lay into a new company; a dedicated one has its schema, role and tables made for it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "for the bench"]
async fn a_company_is_made_quickly() {
    let house = harness::start(tradewind::modules::list()).await;
    for (placement, times, most) in [("pooled", 50, 50), ("dedicated", 20, 1000)] {
        house.company(placement).await;
        let mut took = vec![];
        for _ in 0..times {
            let begun = Instant::now();
            house.company(placement).await;
            took.push(begun.elapsed());
        }
        let (half, worst) = (quantile(&mut took, 500), quantile(&mut took, 1000));
        println!(
            "a {placement} company is made: p50 {half:.1?}, most {worst:.1?} ({times} times; must be below {most} ms)"
        );
    }
}

/// Of 20,000 hosts, each asked fifty times, every third time one that nobody has.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "for the bench"]
async fn the_company_of_a_host_is_found_quickly() {
    let house = harness::start(vec![]).await;
    let acme = house.company("pooled").await;
    let above = house.above().await;
    above
        .execute(
            "insert into ctl.tenant (id, slug, name, plan, status, placement, settings, owner_email, created_at, updated_at)
             select gen_random_uuid(), 'many-' || n, 'Many ' || n, plan, status, placement, settings, owner_email, created_at, updated_at
             from ctl.tenant, generate_series(1, 20000) n where id = $1",
            &[&acme.id],
        )
        .await
        .unwrap();
    let tenants = house.house.tenants();
    let (mut first, mut again, mut nobody) = (vec![], vec![], vec![]);
    for round in 0..50 {
        for n in 1..=20_000 {
            let (slug, unknown) = (format!("many-{n}"), format!("none-{n}"));
            let begun = Instant::now();
            let found = tenants.by_slug(&slug).await.unwrap();
            if round == 0 { &mut first } else { &mut again }.push(begun.elapsed());
            assert!(found.is_some());
            if n % 3 == 0 {
                let begun = Instant::now();
                assert!(tenants.by_slug(&unknown).await.unwrap().is_none());
                nobody.push(begun.elapsed());
            }
        }
    }
    for (what, times) in
        [("for the first time", &mut first), ("from memory", &mut again), ("that nobody has", &mut nobody)]
    {
        let (half, rare) = (quantile(times, 500), quantile(times, 990));
        println!("a host {what}: p50 {half:.1?}, p99 {rare:.1?} ({} times; must be below 1 ms)", times.len());
    }
}

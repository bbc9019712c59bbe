//! The walls of the whole schema, pooled and dedicated, stand; and the lint that says so can see.
use tradewind::modules;

#[tokio::test]
async fn every_table_is_walled() {
    let house = harness::start(modules::list()).await;
    for placement in harness::PLACEMENTS {
        house.company(placement).await;
    }
    let findings = walls::lint::check(&house.ground.dsns.admin).await.unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}

//! The harness itself: a company in each placement, its people, its walls.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.

#[tokio::test]
async fn a_company_stands_in_each_placement() {
    let house = harness::start(vec![]).await;
    harness::in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let answer = owner.get("/api/v1/members").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.post("/api/v1/members", serde_json::json!({})).await.status, 403);
        assert_eq!(acme.visitor().get("/api/v1/members").await.status, 401);
        assert_eq!(acme.program().get("/api/v1/members").await.status, 200);
        house.run_jobs().await;
        assert!(acme.told().await.is_empty(), "what made the company is not the test's");
    })
    .await;
}

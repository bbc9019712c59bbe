//! Ids of other systems that a program tells, through the front door: one of each in the company, shown, and taken away.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{in_both_placements, start};
use serde_json::json;

#[tokio::test]
async fn a_program_says_by_which_id_it_knows_a_customer() {
    let house = start(vec![customers::module()]).await;
    in_both_placements(&house, async |acme| {
        let (owner, viewer) = (acme.person("owner").await, acme.person("viewer").await);
        let ana = owner.post("/api/v1/customers", json!({ "name": "Ana" })).await.id();
        let bo = owner.post("/api/v1/customers", json!({ "name": "Bo" })).await.id();
        let path = |customer: &str| format!("/api/v1/customers/{customer}/external-ids");
        let known = json!({ "source": "quickbooks", "external_id": " 77 " });
        assert_eq!(viewer.post(&path(&ana), known.clone()).await.status, 403);
        let made = owner.post(&path(&ana), known.clone()).await;
        assert_eq!((made.status, &made.body["external_id"]), (201, &json!("77")), "{made:?}");
        let jobber = owner.post(&path(&ana), json!({ "source": "jobber", "external_id": "77" })).await;
        assert_eq!(jobber.status, 201, "each system counts for itself: {jobber:?}");
        let twice = owner.post(&path(&bo), known.clone()).await;
        assert_eq!(
            (twice.status, twice.error("/external_id")),
            (422, "A customer has this id in that system already."),
            "{twice:?}"
        );
        for (body, at, says) in [
            (
                json!({ "source": "other", "external_id": "1" }),
                "/source",
                "Name the system. An id of any other one stands in the customer's external_id.",
            ),
            (json!({ "source": "jobber", "external_id": " " }), "/external_id", "Give the id."),
            (
                json!({ "source": "jobber", "external_id": "x".repeat(101) }),
                "/external_id",
                "At most 100 characters; this has 101.",
            ),
        ] {
            let refused = owner.post(&path(&ana), body).await;
            assert_eq!((refused.status, refused.error(at)), (422, says), "{refused:?}");
        }
        let page = viewer.page(&format!("/customers/{ana}")).await.text;
        assert!(page.contains("Jobber 77 · QuickBooks 77"), "{page}");

        // It is taken away of its own customer alone, and then another may have it.
        let of = |customer: &str| format!("{}/{}", path(customer), made.id());
        assert_eq!(owner.delete(&of(&bo)).await.status, 404);
        assert_eq!(viewer.delete(&of(&ana)).await.status, 403);
        assert_eq!(owner.delete(&of(&ana)).await.status, 204);
        assert_eq!(owner.delete(&of(&ana)).await.status, 404);
        assert_eq!(owner.post(&path(&bo), known).await.status, 201);
        let left = owner.get(&path(&ana)).await;
        assert_eq!(
            (left.body["data"].as_array().unwrap().len(), &left.body["data"][0]["source"]),
            (1, &json!("jobber"))
        );
        house.run_jobs().await;
        let told = acme.told().await;
        let count = |kind: &str| told.iter().filter(|one| *one == kind).count();
        assert_eq!((count("customer.external_id_added"), count("customer.external_id_removed")), (3, 1), "{told:?}");
    })
    .await;
}

//! Work that did not hold is counted once, for whoever did it and what was sold, when it came back within thirty days.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::Person;
use kernel::jiff::SignedDuration;
use serde_json::{Value, json};

mod shop;
use shop::{house, made, shop};

async fn finished(owner: &Person<'_>, order: &str, item: &str) {
    let path = format!("/api/v1/work-orders/{order}");
    let line = json!({ "item_id": item, "quantity_milli": 1000 });
    made(owner.post(&format!("{path}/lines"), line).await);
    for verb in ["start", "finish"] {
        let done = owner.post(&format!("{path}/{verb}"), json!({})).await;
        assert_eq!(done.status, 200, "{verb}: {done:?}");
    }
}

fn share<'a>(report: &'a Value, by: &str, name: &str) -> (&'a Value, &'a Value, &'a Value) {
    let all = report[by].as_array().unwrap();
    let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} in {report}"));
    (&one["finished"], &one["recalled"], &one["rate_ppm"])
}

#[tokio::test]
async fn what_came_back_within_thirty_days_is_counted_with_the_jobs_behind_it() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let owner = acme.program();
        let first = made(owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await);
        finished(&owner, &first, &shop.part).await;
        let second = json!({ "customer_id": shop.customer, "title": "Second" });
        let second = made(owner.post("/api/v1/work-orders", second).await);
        finished(&owner, &second, &shop.part).await;
        let none = owner.get("/api/v1/recalls").await;
        assert_eq!((&none.body["all"]["finished"], &none.body["all"]["recalled"]), (&json!(2), &json!(0)), "{none:?}");
        assert_eq!(none.body["data"], json!([]));
        // More of the same work is no recall; one that is called off is none either.
        let follow = async |of: &str, kind: &str| {
            made(owner.post(&format!("/api/v1/work-orders/{of}/follow"), json!({ "as": kind })).await)
        };
        follow(&second, "follow_up").await;
        let gone = follow(&second, "recall").await;
        assert_eq!(owner.post(&format!("/api/v1/work-orders/{gone}/cancel"), json!({})).await.status, 200);
        house.clock.advance(SignedDuration::from_hours(24 * 29));
        let recall = follow(&first, "recall").await;
        follow(&first, "warranty").await;
        house.clock.advance(SignedDuration::from_hours(24 * 2));
        follow(&second, "recall").await;
        let found = owner.get("/api/v1/recalls").await;
        assert_eq!(
            (&found.body["all"]["finished"], &found.body["all"]["recalled"], &found.body["all"]["rate_ppm"]),
            (&json!(2), &json!(1), &json!(500_000)),
            "{found:?}"
        );
        assert_eq!(share(&found.body, "by_technician", "Marco Bianchi"), (&json!(1), &json!(1), &json!(1_000_000)));
        assert_eq!(share(&found.body, "by_item", "Run capacitor"), (&json!(2), &json!(1), &json!(500_000)));
        assert_eq!(share(&found.body, "by_item", "Diagnostic visit"), (&json!(1), &json!(1), &json!(1_000_000)));
        let jobs: Vec<(&str, &str)> = found.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["id"].as_str().unwrap(), one["recall_id"].as_str().unwrap()))
            .collect();
        assert_eq!(jobs, [(first.as_str(), recall.as_str())], "the first that came, and none that came late");
        let by_item = owner.get(&format!("/api/v1/recalls?item_id={}", shop.part)).await;
        assert_eq!((&by_item.body["all"]["finished"], by_item.body["data"].as_array().unwrap().len()), (&json!(2), 1));
        let technician =
            found.body["by_technician"].as_array().unwrap().iter().find(|one| one["name"] == "Marco Bianchi").unwrap()
                ["id"]
                .as_str()
                .unwrap()
                .to_owned();
        let page = owner.page(&format!("/recalls?technician_id={technician}")).await;
        assert!(page.text.contains("100.0 %") && page.text.contains("1 of 1 finished job (100.0 %)"), "{}", page.text);
        let theirs = owner.page(&format!("/technicians/{technician}")).await;
        assert!(
            theirs.text.contains("What did not hold") && theirs.text.contains("1 of 1 finished job"),
            "{}",
            theirs.text
        );
        let wrong = owner.get("/api/v1/recalls?from=2026-01-01&to=2025-01-01").await;
        assert_eq!(wrong.error("/to"), "Ask for 400 days at most, the first before the last.");
        let before = owner.get("/api/v1/recalls?from=2026-01-01&to=2026-06-21").await;
        assert_eq!(before.body["all"]["finished"], json!(0));
    }
}

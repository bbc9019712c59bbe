//! Books to begin with, through the front door.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use futures_util::future::join_all;
use harness::{in_both_placements, start};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_added_once_and_what_is_there_stays() {
    let house = start(vec![catalog::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let empty = owner.page("/price-book").await;
        assert!(empty.text.contains("/price-book/starter"), "{}", empty.text);
        // One of its codes is the company's own already, and so is a heading.
        let own = json!({ "name": "Our way of tuning", "kind": "service", "duration_minutes": 50, "price": { "amount": "77.00", "currency": "USD" }, "code": "HV-110" });
        assert_eq!(owner.post("/api/v1/items", own).await.status, 201);
        assert_eq!(owner.post("/api/v1/categories", json!({ "name": "Parts" })).await.status, 201);
        let listed = owner.get("/api/v1/price-book-starters").await;
        let hvac = &listed.body["data"][0];
        let items = hvac["items"].as_i64().unwrap();
        assert_eq!((hvac["trade"].as_str(), hvac["there"].as_i64()), (Some("hvac"), Some(1)), "{listed:?}");

        let answers = join_all((0..3).map(|_| owner.post("/api/v1/price-book-starters", json!({ "trade": "hvac" })))).await;
        let added: i64 = answers.iter().map(|answer| answer.body["added"].as_i64().unwrap_or(0)).sum();
        assert_eq!(added, items - 1, "each item once, whoever was first: {answers:?}");
        let again = owner.post("/api/v1/price-book-starters", json!({ "trade": "hvac" })).await;
        assert_eq!((again.body["added"].as_i64(), again.body["there"].as_i64()), (Some(0), Some(items)), "{again:?}");

        let found = owner.get("/api/v1/items?q=HV-202").await;
        let motor = &found.body["data"][0];
        assert_eq!((motor["name"].as_str(), &motor["price"]["amount"]), (Some("Replace condenser fan motor"), &json!("649.00")));
        assert_eq!((motor["category"].as_str(), motor["duration_minutes"].as_i64()), (Some("Cooling"), Some(120)));
        let kept = owner.get("/api/v1/items?q=HV-110").await;
        assert_eq!(kept.body["data"][0]["name"], "Our way of tuning");
        let categories = owner.get("/api/v1/categories").await;
        let named = |name: &str| categories.body["data"].as_array().unwrap().iter().filter(|one| one["name"] == name).count();
        assert_eq!((named("Parts"), named("Repairs"), named("Heating")), (1, 1, 1), "{categories:?}");

        // A bundle consists of items of the book, the company's own among them.
        let bundle = owner.get("/api/v1/items?q=HV-B02").await.body["data"][0].clone();
        assert_eq!((&bundle["kind"], &bundle["price"]["amount"]), (&json!("bundle"), &json!("219.00")), "{bundle}");
        let parts = owner.get(&format!("/api/v1/items/{}/parts", bundle["id"].as_str().unwrap())).await;
        let names: Vec<_> = parts.body["data"].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Our way of tuning", "Furnace tune-up", "Filter 16×25×1"], "{parts:?}");

        let form = owner.form("/price-book/starter", &[("trade", "plumbing")]).await;
        assert_eq!((form.status, form.header("location")), (303, "/price-book"), "{form:?}");
        let page = owner.page("/price-book/starter").await;
        assert!(page.text.contains("items are in your price book.") && page.text.contains("Electrical"), "{}", page.text);
        for wrong in [json!({ "trade": "roofing" }), json!({}), json!({ "trade": Value::Null })] {
            let refused = owner.post("/api/v1/price-book-starters", wrong).await;
            assert!(matches!(refused.status, 400 | 422), "{refused:?}");
        }
        assert_eq!(acme.person("viewer").await.post("/api/v1/price-book-starters", json!({ "trade": "hvac" })).await.status, 403);
    })
    .await;
}

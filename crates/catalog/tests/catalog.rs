//! The price book through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, in_both_placements, start};
use serde_json::json;

fn names(answer: &Answer) -> Vec<String> {
    let data = answer.body["data"].as_array().unwrap_or_else(|| panic!("no list: {answer:?}"));
    data.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

fn tune_up() -> serde_json::Value {
    json!({ "name": "AC tune-up", "kind": "service", "duration_minutes": 75, "price": { "amount": "189.00", "currency": "USD" }, "online": true, "code": "AC-1" })
}

#[tokio::test]
async fn an_item_is_added_read_changed_and_archived() {
    let house = start(vec![catalog::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let category = owner.post("/api/v1/categories", json!({ "name": "Air conditioning", "position": 1 })).await;
        assert_eq!(category.status, 201, "{category:?}");
        let tax =
            owner.post("/api/v1/tax-rates", json!({ "name": "Sales tax", "rate_ppm": 82500, "standard": true })).await;
        assert_eq!(tax.status, 201, "{tax:?}");
        let mut new = tune_up();
        new["category_id"] = category.id().into();
        new["tax_rate_id"] = tax.id().into();
        let made = owner.post("/api/v1/items", new).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(made.body["price"], json!({ "amount": "189.00", "currency": "USD" }));
        assert_eq!(
            (made.body["category"].as_str(), made.body["tax_rate_ppm"].as_i64()),
            (Some("Air conditioning"), Some(82500))
        );
        let path = format!("/api/v1/items/{}", made.id());
        assert_eq!(owner.get(&path).await.body, made.body);

        let changed = owner
            .patch(&path, &made.etag(), json!({ "price": { "amount": "199", "currency": "USD" }, "code": null }))
            .await;
        assert_eq!((changed.status, changed.body["price"]["amount"].as_str()), (200, Some("199.00")), "{changed:?}");
        assert_eq!((changed.body["code"].is_null(), changed.body["name"].as_str()), (true, Some("AC tune-up")));
        assert_eq!(owner.patch(&path, &made.etag(), json!({ "name": "Late" })).await.status, 412);
        assert_eq!(owner.send(Method::PATCH, &path, &[], json!({ "name": "x" })).await.status, 428);

        assert_eq!(names(&owner.get("/api/v1/items?q=tune").await), ["AC tune-up"]);
        assert_eq!(names(&owner.get("/api/v1/items?q=ac-1").await), Vec::<String>::new(), "the code is gone");
        assert_eq!(names(&owner.get(&format!("/api/v1/items?category_id={}", category.id())).await), ["AC tune-up"]);

        let kept =
            owner.patch(&format!("/api/v1/tax-rates/{}", tax.id()), "\"1\"", json!({ "status": "archived" })).await;
        assert_eq!(
            kept.body["detail"], "Sales tax is still on items of the price book. Give those another tax first.",
            "{kept:?}"
        );
        let gone = owner
            .patch(&format!("/api/v1/categories/{}", category.id()), "\"1\"", json!({ "status": "archived" }))
            .await;
        assert_eq!(gone.status, 200, "{gone:?}");
        assert!(owner.get(&path).await.body["category_id"].is_null(), "an item outlives its category");

        assert_eq!(owner.post(&format!("{path}/archive"), json!({})).await.body["status"], "archived");
        assert!(names(&owner.get("/api/v1/items").await).is_empty());
        assert_eq!(owner.post(&format!("{path}/restore"), json!({})).await.body["status"], "active");
        let told: Vec<_> = acme.told().await.into_iter().filter(|kind| kind.starts_with("item.")).collect();
        assert_eq!(told, ["item.created", "item.updated", "item.archived", "item.restored"]);
    })
    .await;
}

#[tokio::test]
async fn refusals_say_what_to_mend() {
    for placement in harness::PLACEMENTS {
        let house = start(vec![catalog::module()]).await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let needs = "A service needs a duration, or nobody can book it. Give the minutes it usually takes, such as 60.";
        let with = |name: &str, value: serde_json::Value| {
            let mut body = tune_up();
            body[name] = value;
            body
        };
        for (body, pointer, sentence) in [
            (with("duration_minutes", json!(0)), "/duration_minutes", needs),
            (with("duration_minutes", json!(-5)), "/duration_minutes", needs),
            (with("duration_minutes", json!(1441)), "/duration_minutes", "At most 24 hours, which are 1440 minutes."),
            (with("name", json!("")), "/name", "Give a name."),
            (
                with("kind", json!("material")),
                "/online",
                "Only a service can be booked online. Make it a service, or take it off the booking page.",
            ),
            (
                with("price", json!({ "amount": "1", "currency": "EUR" })),
                "/price",
                "Prices here are in USD, not in EUR.",
            ),
            (
                with("price", json!({ "amount": "-1", "currency": "USD" })),
                "/price",
                "The price is not negative, and at most 1,000,000,000.00.",
            ),
            (with("category_id", json!(uuid::Uuid::now_v7())), "/category_id", "There is no such category."),
            (with("tax_rate_id", json!(uuid::Uuid::now_v7())), "/tax_rate_id", "There is no such tax rate."),
        ] {
            let answer = owner.post("/api/v1/items", body.clone()).await;
            assert_eq!((answer.status, answer.error(pointer)), (422, sentence), "{body} {answer:?}");
        }
        let made = owner.post("/api/v1/items", tune_up()).await;
        let path = format!("/api/v1/items/{}", made.id());
        let shrunk = owner.patch(&path, &made.etag(), json!({ "duration_minutes": 0 })).await;
        assert_eq!((shrunk.status, shrunk.error("/duration_minutes")), (422, needs), "{shrunk:?}");
        let twin = owner.post("/api/v1/items", tune_up()).await;
        assert_eq!(twin.error("/code"), "Another item has this code already.", "{twin:?}");
        owner.post("/api/v1/categories", json!({ "name": "Drains" })).await;
        let twin = owner.post("/api/v1/categories", json!({ "name": "DRAINS" })).await;
        assert_eq!(twin.error("/name"), "There is a category of this name already.", "{twin:?}");
        assert_eq!(owner.post("/api/v1/tax-rates", json!({ "name": "x", "rate_ppm": 1_000_001 })).await.status, 422);
    }
}

#[tokio::test]
async fn one_tax_rate_is_the_standard() {
    let house = start(vec![catalog::module()]).await;
    let acme = house.company("dedicated").await;
    let owner = acme.person("owner").await;
    for name in ["Old", "New"] {
        assert_eq!(
            owner.post("/api/v1/tax-rates", json!({ "name": name, "rate_ppm": 1, "standard": true })).await.status,
            201
        );
    }
    let all = owner.get("/api/v1/tax-rates").await;
    let standard: Vec<_> = all.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|rate| rate["standard"] == true)
        .map(|rate| rate["name"].as_str().unwrap())
        .collect();
    assert_eq!(standard, ["New"]);
}

#[tokio::test]
async fn a_neighbour_sees_nothing_and_roles_differ() {
    for placement in harness::PLACEMENTS {
        let house = start(vec![catalog::module()]).await;
        let (acme, other) = (house.company(placement).await, house.company("pooled").await);
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/items", tune_up()).await;
        let category = owner.post("/api/v1/categories", json!({ "name": "Ours" })).await;
        let before = acme.fingerprint().await;
        let neighbour = other.person("owner").await;
        let path = format!("/api/v1/items/{}", made.id());
        assert_eq!(neighbour.get(&path).await.status, 404);
        assert_eq!(neighbour.patch(&path, "\"1\"", json!({ "name": "Mine" })).await.status, 404);
        assert_eq!(neighbour.post(&format!("{path}/archive"), json!({})).await.status, 404);
        assert!(names(&neighbour.get("/api/v1/items?q=tune").await).is_empty());
        let mut reaching = tune_up();
        reaching["category_id"] = category.id().into();
        assert_eq!(neighbour.post("/api/v1/items", reaching).await.error("/category_id"), "There is no such category.");
        assert_eq!(acme.fingerprint().await, before, "nothing of ours was touched");
        for (role, reads, writes) in
            [("service_manager", 200, 201), ("dispatcher", 200, 403), ("technician", 200, 403), ("viewer", 200, 403)]
        {
            let person = acme.person(role).await;
            assert_eq!(person.get(&path).await.status, reads, "{role}");
            let new = json!({ "name": role, "kind": "material", "price": { "amount": "1", "currency": "USD" } });
            assert_eq!(person.post("/api/v1/items", new).await.status, writes, "{role}");
        }
    }
}

#[tokio::test]
async fn pages_show_the_price_book_and_keep_what_was_typed() {
    for placement in harness::PLACEMENTS {
        let house = start(vec![catalog::module()]).await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        assert!(owner.page("/price-book").await.text.contains("Your price book is empty"));
        assert_eq!(owner.form("/price-book/categories", &[("name", "Air <b>"), ("position", "2")]).await.status, 303);
        assert_eq!(
            owner
                .form("/price-book/taxes", &[("name", "Sales tax"), ("percent", "8.25"), ("standard", "on")])
                .await
                .status,
            303
        );
        let taxes = owner.page("/price-book/taxes").await;
        assert!(taxes.text.contains("8.25 % · standard"), "{}", taxes.text);
        let wrong = owner.form("/price-book/taxes", &[("name", "Odd"), ("percent", "lots")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Give the rate in percent, such as 8.25."), "{wrong:?}");

        let wrong =
            owner.form("/price-book/new", &[("name", "Tune-up"), ("kind", "service"), ("price", "12.345")]).await;
        assert!(
            wrong.status == 422
                && wrong.text.contains("Give the price as a number, such as 125.50.")
                && wrong.text.contains("Tune-up"),
            "{wrong:?}"
        );
        let wrong =
            owner.form("/price-book/new", &[("name", "Tune-up"), ("kind", "service"), ("price", "12.50")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("A service needs a duration"), "{wrong:?}");
        let fields = [
            ("name", "Tune-up"),
            ("kind", "service"),
            ("price", "1,212.50"),
            ("duration_minutes", "90"),
            ("online", "on"),
        ];
        assert_eq!(owner.form("/price-book/new", &fields).await.status, 303);
        let book = owner.page("/price-book").await;
        for shown in ["Tune-up", "$1,212.50", "1 h 30 min", "Online", "Air &lt;b&gt;"] {
            assert!(book.text.contains(shown), "{shown}: {}", book.text);
        }
        let item = owner.get("/api/v1/items").await.body["data"][0].clone();
        let path = format!("/price-book/{}", item["id"].as_str().unwrap());
        let form = owner.page(&path).await;
        assert!(form.text.contains("value=\"1212.50\""), "{}", form.text);
        let stale = owner
            .form(&path, &[("version", "7"), ("name", "Tune-up"), ("price", "1"), ("duration_minutes", "9")])
            .await;
        assert!(stale.status == 422 && stale.text.contains("Somebody changed it meanwhile"), "{stale:?}");
        assert_eq!(
            owner
                .form(&path, &[("version", "1"), ("name", "Tune-up"), ("price", "1"), ("duration_minutes", "9")])
                .await
                .status,
            303
        );
        assert_eq!(owner.form(&format!("{path}/archive"), &[]).await.status, 303);
        assert!(owner.page("/price-book?status=archived").await.text.contains("Tune-up"));
        assert_eq!(owner.form(&format!("{path}/restore"), &[]).await.status, 303);
        assert!(owner.page("/price-book?q=nothing").await.text.contains("Nothing found"));
    }
}

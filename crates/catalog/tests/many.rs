//! Changing many prices at once, through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Person, in_both_placements, start};
use serde_json::{Value, json};

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn made(owner: &Person<'_>, path: &str, body: Value) -> String {
    let answer = owner.post(path, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.id()
}

async fn priced(owner: &Person<'_>) -> Vec<(String, String)> {
    let list = owner.get("/api/v1/items?limit=200").await.body["data"].clone();
    let one = |item: &Value| (item["name"].as_str().unwrap().into(), item["price"]["amount"].as_str().unwrap().into());
    list.as_array().unwrap().iter().map(one).collect()
}

/// Two categories, one below the other, and sixty filters besides.
async fn book(owner: &Person<'_>) -> (String, String) {
    let top = made(owner, "/api/v1/categories", json!({ "name": "Parts" })).await;
    let below = made(owner, "/api/v1/categories", json!({ "name": "Motors", "parent_id": top })).await;
    let item = |name: &str, price: &str, cost: Option<&str>, category: &str| json!({ "name": name, "kind": "material", "price": usd(price), "cost": cost.map(usd), "category_id": category });
    made(owner, "/api/v1/items", item("Belt", "20.00", Some("8.00"), &top)).await;
    made(owner, "/api/v1/items", item("Fan motor", "100.00", Some("60.00"), &below)).await;
    made(owner, "/api/v1/items", item("Pump motor", "33.33", None, &below)).await;
    made(
        owner,
        "/api/v1/items",
        json!({ "name": "Visit", "kind": "service", "duration_minutes": 60, "price": usd("89.00") }),
    )
    .await;
    (top, below)
}

#[tokio::test]
async fn what_was_looked_at_is_what_is_done_and_it_goes_back_as_a_whole() {
    let house = start(vec![catalog::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let (top, below) = book(&owner).await;
        let before = priced(&owner).await;
        let ask = |more: Value| {
            let mut body = json!({ "category_id": top, "how": "percent", "by_ppm": 50_000 });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let preview = async |more: Value| owner.post("/api/v1/price-changes/preview", ask(more)).await.body;
        let seen = preview(json!({})).await;
        assert_eq!((&seen["items"], &seen["was"], &seen["new"]), (&json!(3), &usd("153.33"), &usd("161.00")), "{seen}");
        assert_eq!(priced(&owner).await, before, "looking changes nothing");
        assert_eq!(preview(json!({ "category_id": below })).await["items"], 2);
        assert_eq!(preview(json!({ "q": "fan" })).await["items"], 1);
        assert_eq!(preview(json!({ "category_id": null, "kind": "service" })).await["items"], 1);
        let by_cost = preview(json!({ "how": "margin", "by_ppm": 400_000, "round": "up_99" })).await;
        assert_eq!((&by_cost["items"], &by_cost["without_cost"]), (&json!(2), &json!(1)), "{by_cost}");
        let new: Vec<&str> =
            by_cost["first"].as_array().unwrap().iter().map(|one| one["new"]["amount"].as_str().unwrap()).collect();
        assert_eq!(new, ["12.99", "99.99"], "8.00 and 60.00 are 60 % of 13.33 and 100.00");

        // Somebody changes a price in between: what is done would not be what was looked at.
        let belt = owner.get("/api/v1/items?q=belt").await.body["data"][0].clone();
        let path = format!("/api/v1/items/{}", belt["id"].as_str().unwrap());
        let change = async |price: &str| {
            let changed = owner.patch(&path, &owner.get(&path).await.etag(), json!({ "price": usd(price) })).await;
            assert_eq!(changed.status, 200, "{changed:?}");
        };
        change("21.00").await;
        let stale = owner.post("/api/v1/price-changes", ask(json!({ "seen": seen["seen"] }))).await;
        assert_eq!(
            stale.body["detail"], "Prices have changed since you looked. Look again at what this would do.",
            "{stale:?}"
        );
        change("20.00").await;

        let done = owner.post("/api/v1/price-changes", ask(json!({ "seen": seen["seen"] }))).await;
        assert_eq!((done.status, &done.body["items"], &done.body["new"]), (201, &json!(3), &seen["new"]), "{done:?}");
        let after = priced(&owner).await;
        for one in seen["first"].as_array().unwrap() {
            let name = one["name"].as_str().unwrap();
            let now = after.iter().find(|(known, _)| known == name).unwrap();
            assert_eq!(now.1, one["new"]["amount"].as_str().unwrap(), "{name}");
        }
        assert_eq!(after.iter().find(|(name, _)| name == "Visit").unwrap().1, "89.00", "what was not chosen stays");

        // One was changed since: it stays, the others go back.
        change("50.00").await;
        let undone = owner.post(&format!("/api/v1/price-changes/{}/undo", done.id()), json!({})).await;
        assert_eq!(
            (undone.status, &undone.body["status"], &undone.body["kept_items"]),
            (200, &json!("undone"), &json!(1)),
            "{undone:?}"
        );
        let back = priced(&owner).await;
        for (name, price) in &before {
            let now = back.iter().find(|(known, _)| known == name).unwrap();
            assert_eq!(now.1, if name == "Belt" { "50.00" } else { price }, "{name}");
        }
        let twice = owner.post(&format!("/api/v1/price-changes/{}/undo", done.id()), json!({})).await;
        assert_eq!(twice.body["detail"], "This change is taken back already.");
        let told: Vec<_> = acme.told().await.into_iter().filter(|kind| kind.starts_with("price_change.")).collect();
        assert_eq!(told, ["price_change.applied", "price_change.undone"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_counts_from_its_day_and_can_be_taken_back_before() {
    let house = start(vec![catalog::module()]).await;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let (top, _) = book(&owner).await;
        let before = priced(&owner).await;
        let today = house.clock.now().to_zoned(jiff::tz::TimeZone::get("America/Chicago").unwrap()).date();
        let on = today.saturating_add(jiff::Span::new().days(7)).to_string();
        let ask = json!({ "category_id": top, "how": "amount", "by": usd("-2.50"), "effective_on": on });
        let first = made(&owner, "/api/v1/price-changes", ask.clone()).await;
        assert_eq!(priced(&owner).await, before, "until then all stays");
        let undone = owner.post(&format!("/api/v1/price-changes/{first}/undo"), json!({})).await;
        assert_eq!(undone.body["kept_items"], 0, "{undone:?}");
        let belt = owner.get("/api/v1/items?q=belt").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let spans = owner.get(&format!("/api/v1/items/{belt}/prices")).await.body["data"].as_array().unwrap().len();
        assert_eq!(spans, 1, "the plan is gone without a trace");
        let second = made(&owner, "/api/v1/price-changes", ask).await;
        house.clock.advance(jiff::SignedDuration::from_hours(24 * 7));
        house.run_jobs().await;
        let owner = acme.person("owner").await;
        let now = priced(&owner).await;
        assert_eq!(
            now.iter().map(|(_, price)| price.as_str()).collect::<Vec<_>>(),
            ["17.50", "97.50", "30.83", "89.00"]
        );
        // Taken back after it began to count.
        assert_eq!(owner.post(&format!("/api/v1/price-changes/{second}/undo"), json!({})).await.body["kept_items"], 0);
        assert_eq!(priced(&owner).await, before);
    }
}

#[tokio::test]
async fn refusals_say_what_to_mend_and_the_page_shows_what_it_does() {
    let house = start(vec![catalog::module()]).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    book(&owner).await;
    for (body, pointer, says) in [
        (json!({ "how": "percent" }), "/by_ppm", "Give by how much per cent: more than −100 and at most 1000."),
        (
            json!({ "how": "percent", "by_ppm": -1_000_000 }),
            "/by_ppm",
            "Give by how much per cent: more than −100 and at most 1000.",
        ),
        (json!({ "how": "margin", "by_ppm": 1_000_000 }), "/by_ppm", "Give the margin in per cent, from 0 to 99."),
        (json!({ "how": "amount" }), "/by", "Give the amount by which prices change, such as 5 or -2.50."),
        (
            json!({ "how": "amount", "by": { "amount": "1", "currency": "EUR" } }),
            "/by",
            "Prices here are in USD, not in EUR.",
        ),
        (
            json!({ "how": "percent", "by_ppm": 1, "category_id": uuid::Uuid::now_v7() }),
            "/category_id",
            "There is no such category.",
        ),
        (
            json!({ "how": "percent", "by_ppm": 1, "effective_on": "2020-01-01" }),
            "/effective_on",
            "A price counts from today or a day ahead, within five years.",
        ),
    ] {
        for path in ["/api/v1/price-changes/preview", "/api/v1/price-changes"] {
            let answer = owner.post(path, body.clone()).await;
            assert_eq!((answer.status, answer.error(pointer)), (422, says), "{path} {body} {answer:?}");
        }
    }
    let nothing = owner.post("/api/v1/price-changes", json!({ "how": "percent", "by_ppm": 0 })).await;
    assert_eq!(nothing.body["detail"], "No price would change. Choose other items, or another amount.");
    let page = owner.page("/price-book/change-prices?how=percent&by=10&round=up_99&kind=material").await;
    assert!(
        page.status == 200 && page.text.contains("Change 3 prices") && page.text.contains("$109.99"),
        "{}",
        page.text
    );
    let seen = page.text.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let wrong = owner.page("/price-book/change-prices?how=percent&by=lots").await;
    assert!(
        wrong.status == 422 && wrong.text.contains("Give it in per cent, such as 5, 7.5 or -3."),
        "{}",
        wrong.status
    );
    let fields = [("how", "percent"), ("by", "10"), ("round", "up_99"), ("kind", "material"), ("seen", seen.as_str())];
    assert_eq!(owner.form("/price-book/change-prices", &fields).await.status, 303);
    let again = owner.form("/price-book/change-prices", &fields).await;
    assert!(again.text.contains("Prices have changed since you looked."), "{}", again.text);
    assert!(owner.page("/price-book/change-prices").await.text.contains("Material: +10 %, to .99"));
    let dispatcher = acme.person("dispatcher").await;
    assert_eq!(
        dispatcher.post("/api/v1/price-changes/preview", json!({ "how": "percent", "by_ppm": 1 })).await.status,
        403
    );
}

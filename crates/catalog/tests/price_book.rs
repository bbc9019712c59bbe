//! How prices come about, and from when they count: through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Person, in_both_placements, start};
use jiff::SignedDuration;
use serde_json::{Value, json};

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn made(owner: &Person<'_>, path: &str, body: Value) -> String {
    let answer = owner.post(path, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.id()
}

async fn part(owner: &Person<'_>, name: &str, more: Value) -> String {
    let mut body = json!({ "name": name, "kind": "material", "price": usd("0") });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(owner, "/api/v1/items", body).await
}

async fn put(owner: &Person<'_>, id: &str, parts: &[(&str, i64)]) -> Answer {
    let parts: Vec<_> = parts.iter().map(|(id, milli)| json!({ "item_id": id, "quantity_milli": milli })).collect();
    owner.send(axum::http::Method::PUT, &format!("/api/v1/items/{id}/parts"), &[], json!({ "parts": parts })).await
}

async fn price(owner: &Person<'_>, id: &str, more: &str) -> Value {
    let answer = owner.get(&format!("/api/v1/items/{id}/price{more}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn amount(price: &Value) -> &str {
    price["unit_price"]["amount"].as_str().unwrap()
}

#[tokio::test]
async fn categories_are_a_tree_without_circles_and_not_too_deep() {
    let house = start(vec![catalog::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let mut ids: Vec<String> = vec![];
        for name in ["Heating", "Furnaces", "Gas", "Burners", "Nozzles"] {
            let body = json!({ "name": name, "parent_id": ids.last() });
            ids.push(made(&owner, "/api/v1/categories", body).await);
        }
        let deeper = owner.post("/api/v1/categories", json!({ "name": "Six", "parent_id": ids[4] })).await;
        assert_eq!(deeper.error("/parent_id"), "Categories go five deep. Put it higher up.", "{deeper:?}");
        let path = format!("/api/v1/categories/{}", ids[0]);
        let round = owner.patch(&path, "\"1\"", json!({ "parent_id": ids[2] })).await;
        assert_eq!(round.error("/parent_id"), "A category cannot stand below itself.", "{round:?}");
        let own = owner.patch(&path, "\"1\"", json!({ "parent_id": ids[0] })).await;
        assert_eq!(own.error("/parent_id"), "A category cannot stand below itself.", "{own:?}");
        // The same name below another is another category; beside it, it is not.
        made(&owner, "/api/v1/categories", json!({ "name": "Gas", "parent_id": ids[0] })).await;
        let twin = owner.post("/api/v1/categories", json!({ "name": "gas", "parent_id": ids[0] })).await;
        assert_eq!(twin.error("/name"), "There is a category of this name already.");
        let kept = owner.patch(&path, "\"1\"", json!({ "status": "archived" })).await;
        assert_eq!(kept.body["detail"], "Heating has categories below it. Move or archive these first.", "{kept:?}");
        let up = owner.patch(&format!("/api/v1/categories/{}", ids[2]), "\"1\"", json!({ "parent_id": null })).await;
        assert_eq!((up.status, up.body["parent_id"].is_null()), (200, true), "{up:?}");
        // By keys: one step up beside its sibling, and the page shows them in that order.
        let page = owner.page("/price-book/categories").await.text;
        assert!(page.find("name-").is_some() && page.contains("Move Heating down"), "{page}");
        let moved = owner.form(&format!("/price-book/categories/{}/step", ids[0]), &[("way", "down")]).await;
        assert_eq!(moved.status, 303, "{moved:?}");
        let list = owner.get("/api/v1/categories").await;
        let on_top: Vec<&str> = list.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["parent_id"].is_null())
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(on_top, ["Gas", "Heating"]);
    })
    .await;
}

#[tokio::test]
async fn the_narrowest_markup_prices_what_is_bought() {
    let house = start(vec![catalog::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let top = made(&owner, "/api/v1/categories", json!({ "name": "Parts" })).await;
        let below = made(&owner, "/api/v1/categories", json!({ "name": "Motors", "parent_id": top })).await;
        let with = |cost: &str, category: Option<&str>| json!({ "pricing": "markup", "cost": usd(cost), "category_id": category });
        let plain = part(&owner, "Filter", with("10.00", None)).await;
        let dear = part(&owner, "Compressor", with("400.00", None)).await;
        let motor = part(&owner, "Fan motor", with("100.00", Some(&below))).await;
        assert_eq!(price(&owner, &plain, "").await["by"], "no_rule");
        let band = |from: &str, ppm: i64| json!({ "from": usd(from), "markup_ppm": ppm });
        let markup = async |more: Value| {
            let mut body = json!({ "bands": [band("0", 1_000_000)] });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            made(&owner, "/api/v1/markups", body).await
        };
        let all = markup(json!({ "bands": [band("100", 400_000), band("0", 1_000_000)] })).await;
        let expected = [(&plain, "20.00", "company"), (&dear, "560.00", "company"), (&motor, "140.00", "company")];
        for (item, sells, by) in expected {
            let price = price(&owner, item, "").await;
            assert_eq!((amount(&price), price["by"].as_str()), (sells, Some(by)), "{price}");
        }
        let of_top = markup(json!({ "category_id": top, "bands": [band("0", 500_000)] })).await;
        let found = price(&owner, &motor, "").await;
        assert_eq!((amount(&found), found["by"].as_str(), found["of"].as_str()), ("150.00", Some("category"), Some("Parts")));
        markup(json!({ "category_id": below, "bands": [band("0", 333_333)] })).await;
        let found = price(&owner, &motor, "?quantity_milli=2500").await;
        assert_eq!((amount(&found), found["of"].as_str()), ("133.33", Some("Motors")), "the nearest above counts");
        assert_eq!(found["amount"]["amount"], "333.33", "of so many, rounded once: {found}");
        markup(json!({ "item_id": motor, "bands": [band("0", 0)] })).await;
        let found = price(&owner, &motor, "").await;
        assert_eq!((amount(&found), found["by"].as_str()), ("100.00", Some("item")));
        markup(json!({ "item_id": plain, "bands": [band("50", 0)] })).await;
        assert_eq!(price(&owner, &plain, "").await["by"], "company", "a rule whose bands begin above leaves it to the next");
        // Lists show what it sells for, once the house has reckoned.
        house.run_jobs().await;
        assert_eq!(owner.get(&format!("/api/v1/items/{dear}")).await.body["price"], usd("560.00"));
        let again = owner.post("/api/v1/markups", json!({ "bands": [band("0", 1)] })).await;
        assert_eq!(again.status, 422, "{again:?}");
        assert!(again.text.contains("There is a markup for this already. Change that one."), "{again:?}");
        for (body, pointer, says) in [
            (json!({ "bands": [] }), "/bands", "Give at least one band and at most 20."),
            (json!({ "bands": [band("0", 1), band("0", 2)] }), "/bands", "Two bands begin at the same cost. Keep one of them."),
            (json!({ "item_id": motor, "category_id": top, "bands": [band("0", 1)] }), "/item_id", "A markup is for an item, a category, a tag or everything: name at most one."),
            (json!({ "category_id": uuid::Uuid::now_v7(), "bands": [band("0", 1)] }), "/category_id", "There is no such category."),
        ] {
            let answer = owner.post("/api/v1/markups", body).await;
            assert_eq!(answer.error(pointer), says, "{answer:?}");
        }
        let path = format!("/api/v1/markups/{all}");
        let changed = owner.patch(&path, "\"1\"", json!({ "bands": [band("0", 0)] })).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(owner.patch(&path, "\"1\"", json!({ "bands": [band("0", 1)] })).await.status, 412);
        assert_eq!(amount(&price(&owner, &plain, "").await), "10.00");
        assert_eq!(owner.delete(&format!("/api/v1/markups/{of_top}")).await.status, 204);
        // Whoever may not see costs learns neither cost nor markup, whoever sees no prices no price.
        let dispatcher = acme.person("dispatcher").await;
        let seen = price(&dispatcher, &motor, "").await;
        assert_eq!((amount(&seen), seen["cost"].is_null(), seen["markup_ppm"].is_null()), ("100.00", true, true));
        assert!(!dispatcher.get("/api/v1/markups").await.text.contains("333333"));
        let technician = acme.person("technician").await;
        assert!(price(&technician, &motor, "").await["unit_price"].is_null());
    })
    .await;
}

#[tokio::test]
async fn bundles_and_services_by_their_time_are_sums() {
    let house = start(vec![catalog::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let rate = json!({ "name": "Standard", "price": usd("120.00"), "cost": usd("48.00"), "standard": true });
        let rate = made(&owner, "/api/v1/labor-rates", rate).await;
        let twin = owner.post("/api/v1/labor-rates", json!({ "name": "STANDARD", "price": usd("1") })).await;
        assert_eq!(twin.error("/name"), "There is a labor rate of this name already.");
        let pipe = part(&owner, "Pipe", json!({ "price": usd("4.99"), "cost": usd("2.00"), "unit": "ft" })).await;
        let valve = part(&owner, "Valve", json!({ "price": usd("30.00"), "cost": usd("11.00") })).await;
        let service = json!({ "name": "Replace valve", "kind": "service", "duration_minutes": 50, "pricing": "time", "price": usd("0") });
        let service = made(&owner, "/api/v1/items", service).await;
        assert_eq!(put(&owner, &service, &[(&valve, 1000), (&pipe, 2500)]).await.status, 200);
        let found = price(&owner, &service, "").await;
        // 50 minutes at 120.00 are 100.00 to the cent; 2.5 × 4.99 is 12.475, rounded once.
        assert_eq!((amount(&found), found["by"].as_str()), ("142.48", Some("time")), "{found}");
        assert_eq!(found["cost"], usd("56.00"), "40 + 11 + 5");
        let lines = found["lines"].as_array().unwrap();
        assert_eq!((lines.len(), lines[0]["minutes"].as_i64(), &lines[0]["amount"]), (3, Some(50), &usd("100.00")));
        assert_eq!(owner.get(&format!("/api/v1/items/{service}")).await.body["price"], usd("142.48"));
        // A dearer hour reaches it by the house's own work.
        let dearer = owner.patch(&format!("/api/v1/labor-rates/{rate}"), "\"1\"", json!({ "price": usd("180.00") })).await;
        assert_eq!(dearer.status, 200, "{dearer:?}");
        house.run_jobs().await;
        assert_eq!(owner.get(&format!("/api/v1/items/{service}")).await.body["price"], usd("192.48"));
        let bundle = async |name: &str, more: Value| {
            let mut body = json!({ "name": name, "kind": "bundle", "pricing": "parts", "price": usd("0") });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            made(&owner, "/api/v1/items", body).await
        };
        let (inner, outer) = (bundle("Valve set", json!({})).await, bundle("Bathroom", json!({})).await);
        assert_eq!(put(&owner, &inner, &[(&valve, 2000)]).await.status, 200);
        assert_eq!(put(&owner, &outer, &[(&inner, 3000), (&pipe, 10_000)]).await.status, 200);
        assert_eq!(amount(&price(&owner, &outer, "").await), "229.90");
        let own = bundle("Set at a price", json!({ "pricing": "fixed", "price": usd("50.00") })).await;
        assert_eq!(put(&owner, &own, &[(&valve, 2000)]).await.status, 200);
        let found = price(&owner, &own, "").await;
        assert_eq!((amount(&found), &found["cost"]), ("50.00", &usd("22.00")), "its own price, the cost of its parts");
        let round = put(&owner, &inner, &[(&outer, 1000)]).await;
        assert_eq!(round.error("/parts"), "That would put an item into itself. Leave out the part that contains it.");
        assert_eq!(amount(&price(&owner, &inner, "").await), "60.00", "what was refused has changed nothing");
        let twice = put(&owner, &inner, &[(&valve, 1), (&valve, 2)]).await;
        assert_eq!(twice.error("/parts"), "One of the parts stands there twice. Give it once, with the sum.");
        let gone = put(&owner, &inner, &[(&uuid::Uuid::now_v7().to_string(), 1)]).await;
        assert_eq!(gone.error("/parts"), "One of the parts is not in the price book any more.");
        let of_part = put(&owner, &pipe, &[(&valve, 1)]).await;
        assert_eq!(of_part.body["detail"], "Pipe is neither a bundle nor a service: only these consist of others.");
        let mut chain = outer;
        for n in 0..2 {
            let above = bundle(&format!("Above {n}"), json!({})).await;
            assert_eq!(put(&owner, &above, &[(&chain, 1000)]).await.status, 200);
            chain = above;
        }
        let top = bundle("Too high", json!({})).await;
        let deep = put(&owner, &top, &[(&chain, 1000)]).await;
        assert!(deep.error("/parts").starts_with("Bundles go four deep"), "{deep:?}");
        // By hand: the page finds a part, adds it, says how many, and lets it go.
        let page = format!("/price-book/{top}/parts");
        assert!(owner.page(&format!("{page}?q=valve")).await.text.contains("Add Valve"));
        assert_eq!(owner.form(&page, &[("item_id", &valve)]).await.status, 303);
        assert_eq!(owner.form(&page, &[("item_id", &valve), ("quantity", "1.5")]).await.status, 303);
        assert_eq!(amount(&price(&owner, &top, "").await), "45.00");
        let bad = owner.form(&page, &[("item_id", &valve), ("quantity", "many")]).await;
        assert!(bad.status == 422 && bad.text.contains("A quantity is a number above nothing"), "{}", bad.status);
        assert_eq!(owner.form(&format!("{page}/remove"), &[("item_id", &valve)]).await.status, 303);
        let page = owner.page(&format!("/price-book/{service}")).await.text;
        assert!(page.contains("How the price comes about") && page.contains("Labor rate: Standard"), "{page}");
        for (change, pointer) in [(json!({ "pricing": "time" }), "/pricing"), (json!({ "sold_as": "parts" }), "/sold_as")] {
            let answer = owner.patch(&format!("/api/v1/items/{own}"), &owner.get(&format!("/api/v1/items/{own}")).await.etag(), change).await;
            assert_eq!(answer.status, 422, "{pointer} {answer:?}");
            assert!(!answer.error(pointer).is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_price_counts_from_its_day_and_history_stays() {
    // A clock of its own, for it is moved.
    let house = start(vec![catalog::module()]).await;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let id = part(&owner, "Filter", json!({ "price": usd("10.00"), "cost": usd("4.00") })).await;
        let path = format!("/api/v1/items/{id}");
        let today = house.clock.now().to_zoned(jiff::tz::TimeZone::get("America/Chicago").unwrap()).date();
        let day = |days: i64| today.saturating_add(jiff::Span::new().days(days)).to_string();
        let change = async |more: Value| {
            let seen = owner.get(&path).await.etag();
            owner.patch(&path, &seen, more).await
        };
        let later = change(json!({ "price": usd("12.00"), "effective_on": day(10) })).await;
        assert_eq!((later.status, &later.body["price"]), (200, &usd("10.00")), "{later:?}");
        assert_eq!(amount(&price(&owner, &id, "").await), "10.00");
        assert_eq!(amount(&price(&owner, &id, &format!("?on={}", day(9))).await), "10.00");
        assert_eq!(amount(&price(&owner, &id, &format!("?on={}", day(10))).await), "12.00");
        // Today's price changes; what is planned stays planned.
        assert_eq!(change(json!({ "price": usd("11.00") })).await.body["price"], usd("11.00"));
        let spans = owner.get(&format!("{path}/prices")).await.body["data"].clone();
        let told: Vec<_> = spans
            .as_array()
            .unwrap()
            .iter()
            .map(|s| (s["from_on"].clone(), s["until_on"].clone(), s["price"]["amount"].clone()))
            .collect();
        assert_eq!(
            told,
            [(json!(day(10)), Value::Null, json!("12.00")), (json!(day(0)), json!(day(10)), json!("11.00"))]
        );
        // What is set again as it is anyway takes the plan back; then planned anew.
        assert_eq!(change(json!({ "price": usd("11.00"), "effective_on": day(10) })).await.status, 200);
        assert_eq!(owner.get(&format!("{path}/prices")).await.body["data"].as_array().unwrap().len(), 1);
        assert_eq!(change(json!({ "price": usd("13.00"), "effective_on": day(10) })).await.status, 200);
        for (on, says) in [
            (day(-1), "A price counts from today or a day ahead, within five years."),
            (day(3000), "A price counts from today or a day ahead, within five years."),
        ] {
            let refused = change(json!({ "price": usd("1"), "effective_on": on })).await;
            assert_eq!(refused.error("/effective_on"), says, "{refused:?}");
        }
        house.clock.advance(SignedDuration::from_hours(24 * 10));
        house.run_jobs().await;
        // Ten days later everybody signs in again.
        let owner = acme.person("owner").await;
        assert_eq!(owner.get(&path).await.body["price"], usd("13.00"), "it counts from its day on, by itself");
        assert_eq!(
            amount(&price(&owner, &id, &format!("?on={}", day(9))).await),
            "11.00",
            "and before it what counted then"
        );
        assert!(owner.page(&format!("/price-book/{id}")).await.text.contains("Prices over time"));
    }
}

#[tokio::test]
async fn two_prices_of_a_day_cannot_be() {
    let house = start(vec![catalog::module()]).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let id = part(&owner, "Filter", json!({ "price": usd("10.00") })).await;
    let client = house.above().await;
    let insert = format!(
        "insert into {}.item_price (tenant_id, id, item_id, price_minor, from_on, until_on, why, created_at) values ($1, gen_random_uuid(), $2, 1, $3, null, 'changed', now())",
        acme.schema().await
    );
    let id: uuid::Uuid = id.parse().unwrap();
    let overlaps = client.execute(&insert, &[&acme.id, &id, &jiff::civil::date(2026, 7, 1)]).await.unwrap_err();
    assert_eq!(overlaps.as_db_error().unwrap().constraint(), Some("item_price_one_at_a_time"));
}

//! Estimates through the front door: written, sent, seen, approved or declined, and what they become.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, Company, Person, TestHouse, in_both_placements};
use kernel::Module;
use serde_json::{Value, json};

fn modules() -> Vec<Module> {
    vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
        estimates::module(),
    ]
}

async fn house() -> TestHouse {
    harness::start(modules()).await
}

async fn customer(person: &Person<'_>, name: &str) -> String {
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    let made = person.post("/api/v1/customers", json!({ "name": name, "email": email })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// A repair with a tick box, and a replacement with a discount.
fn options() -> Value {
    json!([
        { "name": "Repair", "lines": [
            { "description": "Blower motor", "unit_price": usd("640.00"), "taxes": [{ "name": "Sales tax", "rate_ppm": 82500 }] },
            { "description": "Labor", "unit_price": usd("120.00"), "quantity_milli": 2500, "taxes": [] },
            { "description": "New filter", "unit_price": usd("38.00"), "optional": true, "taxes": [{ "name": "Sales tax", "rate_ppm": 82500 }] } ] },
        { "name": "Replace", "recommended": true, "discount_ppm": 50000, "description": "Ten years of warranty", "lines": [
            { "description": "Furnace", "unit_price": usd("4210.00"), "taxes": [{ "name": "Sales tax", "rate_ppm": 82500 }] },
            { "description": "Installation", "unit_price": usd("1850.00"), "taxes": [] } ] }
    ])
}

async fn draft(person: &Person<'_>, customer: &str) -> Answer {
    let body =
        json!({ "customer_id": customer, "title": "Heat for the winter", "deposit_ppm": 300000, "options": options() });
    let made = person.post("/api/v1/estimates", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_is_written_in_options_and_changed() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let made = draft(&owner, &carmen).await;
        let path = format!("/api/v1/estimates/{}", made.id());
        assert_eq!((made.header("location"), &made.body["number"]), (path.as_str(), &Value::Null));
        assert_eq!(
            (made.body["status"].as_str(), made.body["valid_until"].as_str()),
            (Some("draft"), Some("2026-07-22"))
        );
        let (repair, replace) = (&made.body["options"][0], &made.body["options"][1]);
        // 640.00 + 300.00, tax on 640.00; what may be ticked does not count yet.
        assert_eq!(
            (&repair["subtotal"], &repair["tax"], &repair["total"]),
            (&usd("940.00"), &usd("52.80"), &usd("992.80"))
        );
        assert_eq!(repair["deposit"], usd("297.84"));
        // 5 % of 6,060.00 is 303.00: 210.50 of it under the tax, 92.50 beside it.
        assert_eq!((&replace["discount"], &replace["taxes"][0]["base"]), (&usd("303.00"), &usd("3999.50")));
        assert_eq!((&replace["tax"], &replace["total"]), (&usd("329.96"), &usd("6086.96")));
        assert_eq!(made.body["total"], usd("6086.96"), "it is worth what is recommended");

        let edited = owner
            .patch(
                &path,
                &made.etag(),
                json!({ "note": "As we said on the phone", "deposit_ppm": 0, "deposit_amount": usd("500.00") }),
            )
            .await;
        assert_eq!((edited.status, &edited.body["options"][0]["deposit"]), (200, &usd("500.00")), "{edited:?}");
        assert_eq!(owner.patch(&path, &made.etag(), json!({ "note": "Late" })).await.status, 412);
        let mut kept = edited.body["options"].clone();
        for option in kept.as_array_mut().unwrap() {
            let fields = option.as_object_mut().unwrap();
            fields.retain(|name, _| ["id", "name", "recommended", "lines"].contains(&name.as_str()));
            for line in fields["lines"].as_array_mut().unwrap() {
                line.as_object_mut().unwrap().remove("amount");
            }
        }
        let again = owner.patch(&path, &edited.etag(), json!({ "options": kept })).await;
        assert_eq!((again.status, &again.body["options"][1]["discount"]), (200, &usd("0.00")), "{again:?}");
        for n in 0..2 {
            assert_eq!(again.body["options"][n]["id"], edited.body["options"][n]["id"]);
            assert_eq!(again.body["options"][n]["lines"][0]["id"], edited.body["options"][n]["lines"][0]["id"]);
        }

        // Duplicated, it has rows of its own; a draft that was never sent goes without a trace.
        let copy = owner.post(&format!("{path}/duplicate"), json!({})).await;
        assert_eq!((copy.status, &copy.body["total"]), (201, &again.body["total"]), "{copy:?}");
        assert_ne!(copy.body["options"][0]["lines"][0]["id"], again.body["options"][0]["lines"][0]["id"]);
        let copied = format!("/api/v1/estimates/{}", copy.id());
        let gone = owner.send(Method::DELETE, &copied, &[("if-match", &copy.etag())], Value::Null).await;
        assert_eq!((gone.status, owner.get(&copied).await.status), (204, 404));

        let told = acme.told().await;
        let expected = [
            "customer.created",
            "estimate.drafted",
            "estimate.edited",
            "estimate.edited",
            "estimate.drafted",
            "estimate.discarded",
        ];
        assert_eq!(told, expected);
        let listed = owner.get(&format!("/api/v1/estimates?customer_id={carmen}&status=draft")).await;
        assert_eq!(listed.body["data"].as_array().unwrap().len(), 1, "{listed:?}");
        assert_eq!(owner.get("/api/v1/estimates?status=open").await.body["data"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_come_from_the_price_book_at_the_customers_price() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let tax = owner
            .post("/api/v1/tax-rates", json!({ "name": "State", "rate_ppm": 62_500, "standard": true }))
            .await
            .id();
        let item = json!({ "name": "Furnace", "kind": "equipment", "price": usd("4210.00"), "tax_rate_id": tax });
        let item = owner.post("/api/v1/items", item).await.id();
        let lines = json!([
            { "item_id": item, "quantity_milli": 2000 },
            { "item_id": item, "unit_price": usd("4000.00"), "description": "Furnace, last year's" },
            { "description": "Haul away", "unit_price": usd("80.00") }
        ]);
        let body = json!({ "customer_id": carmen, "title": "Furnace", "options": [{ "lines": lines }] });
        let made = owner.post("/api/v1/estimates", body).await;
        assert_eq!(made.status, 201, "{made:?}");
        let option = &made.body["options"][0];
        let of = |n: usize, field: &str| option["lines"][n][field].clone();
        assert_eq!(
            (option["name"].as_str(), of(0, "unit_price"), of(0, "kind")),
            (Some("Good"), usd("4210.00"), json!("equipment"))
        );
        assert_eq!(
            (of(1, "unit_price"), of(1, "description"), of(1, "taxes")[0]["rate_ppm"].clone()),
            (usd("4000.00"), json!("Furnace, last year's"), json!(62_500))
        );
        assert_eq!(
            (of(2, "taxes")[0]["name"].clone(), of(2, "taxes")[0]["rate_ppm"].clone()),
            (json!("State"), json!(62_500)),
            "by hand the standard tax"
        );
        assert_eq!((&option["tax"], &option["total"]), (&usd("781.25"), &usd("13281.25")));
        // What the book says later does not change what is written.
        let etag = owner.get(&format!("/api/v1/items/{item}")).await.etag();
        assert_eq!(
            owner.patch(&format!("/api/v1/items/{item}"), &etag, json!({ "price": usd("5000.00") })).await.status,
            200
        );
        assert_eq!(owner.get(&format!("/api/v1/estimates/{}", made.id())).await.body["total"], usd("13281.25"));

        for (lines, field) in [
            (json!([{ "description": "Nothing" }]), "/options/0/lines/0/unit_price"),
            (json!([{ "unit_price": usd("1.00") }]), "/options/0/lines/0/description"),
            (json!([{ "item_id": carmen }]), "/options/0/lines/0/item_id"),
            (
                json!([{ "description": "Euro", "unit_price": { "amount": "1.00", "currency": "EUR" } }]),
                "/options/0/lines/0/unit_price",
            ),
            (
                json!([{ "description": "Much", "unit_price": usd("1.00"), "quantity_milli": 0 }]),
                "/options/0/lines/0/quantity_milli",
            ),
        ] {
            let body = json!({ "customer_id": carmen, "title": "Bad", "options": [{ "lines": lines }] });
            let refused = owner.post("/api/v1/estimates", body).await;
            assert_eq!(refused.status, 422, "{refused:?}");
            assert!(!refused.error(field).is_empty(), "{field}: {refused:?}");
        }
        for (more, field) in [
            (json!({ "title": " " }), "/title"),
            (json!({ "options": [{}, {}, {}, {}, {}, {}] }), "/options"),
            (json!({ "options": [{ "recommended": true }, { "recommended": true }] }), "/options"),
            (json!({ "deposit_ppm": 1_000_001 }), "/deposit_ppm"),
            (json!({ "options": [{ "discount_amount": usd("-1.00") }] }), "/options/0/discount_amount"),
        ] {
            let mut body = json!({ "customer_id": carmen, "title": "Bad" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = owner.post("/api/v1/estimates", body).await;
            assert_eq!(refused.status, 422, "{refused:?}");
            assert!(!refused.error(field).is_empty(), "{field}: {refused:?}");
        }
        let other = customer(&owner, "Ida Ng").await;
        let place = owner
            .post(&format!("/api/v1/customers/{other}/locations"), json!({ "street": "1 Elm St", "country": "US" }))
            .await
            .id();
        let refused = owner
            .post("/api/v1/estimates", json!({ "customer_id": carmen, "location_id": place, "title": "Bad" }))
            .await;
        assert_eq!(
            (refused.status, refused.error("/location_id")),
            (422, "There is no such address of this customer.")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_writes_lines_and_options_in_place() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let asked = owner.page("/estimates/new?q=car").await;
        assert!(asked.text.contains(&format!("/estimates/new?customer_id={carmen}")), "{}", asked.text);
        assert_eq!(owner.form(&format!("/estimates/new/{carmen}"), &[("title", "")]).await.status, 422);
        let made = owner.form(&format!("/estimates/new/{carmen}"), &[("title", "Furnace"), ("options", "2")]).await;
        assert_eq!(made.status, 303, "{made:?}");
        let page = made.header("location").to_owned();
        let api = format!("/api/v1{page}");
        let now = async || owner.get(&api).await.body;
        let option = now().await["options"][1]["id"].as_str().unwrap().to_owned();
        let line = [
            ("option_id", option.as_str()),
            ("description", "Furnace"),
            ("unit_price", "4,210"),
            ("quantity", "1.5"),
            ("tax_rate", "8.25"),
        ];
        assert_eq!(owner.form(&format!("{page}/lines"), &line).await.status, 303);
        let found = now().await;
        assert_eq!((&found["options"][1]["subtotal"], &found["total"]), (&usd("6315.00"), &usd("6835.99")), "{found}");
        let wrong = owner
            .form(
                &format!("{page}/lines"),
                &[("option_id", &option), ("description", "Furnace"), ("unit_price", "much")],
            )
            .await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text.contains("Write an amount such as 125.50; much is none.")
                && wrong.text.contains("value=\"Furnace\""),
            "{}",
            wrong.text
        );
        let line = found["options"][1]["lines"][0]["id"].as_str().unwrap().to_owned();
        let changed =
            [("description", "Furnace, large"), ("unit_price", "5000"), ("optional", "true"), ("tax_rate", "0")];
        assert_eq!(owner.form(&format!("{page}/lines/{line}"), &changed).await.status, 303);
        let found = now().await;
        assert_eq!(
            (&found["options"][1]["lines"][0]["optional"], &found["total"]),
            (&json!(true), &usd("0.00")),
            "{found}"
        );
        assert_eq!(owner.form(&format!("{page}/options/{option}/copy"), &[]).await.status, 303);
        let renamed = [("name", "Comfort"), ("recommended", "true"), ("discount", "10"), ("discount_amount", "25.50")];
        assert_eq!(owner.form(&format!("{page}/options/{option}"), &renamed).await.status, 303);
        let found = now().await;
        let names: Vec<&str> =
            found["options"].as_array().unwrap().iter().map(|o| o["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Good", "Comfort", "Best"]);
        assert_eq!(
            (&found["options"][1]["discount_ppm"], &found["options"][1]["discount_amount"]),
            (&json!(100_000), &usd("25.50"))
        );
        assert_eq!(found["options"][2]["lines"][0]["description"], "Furnace, large");
        assert_eq!(owner.form(&format!("{page}/lines/{line}/remove"), &[]).await.status, 303);
        assert_eq!(owner.form(&format!("{page}/options/{option}/remove"), &[]).await.status, 303);
        let version = now().await["version"].to_string();
        let words = [
            ("version", version.as_str()),
            ("title", "Furnace"),
            ("deposit", "30"),
            ("terms", "Half now"),
            ("valid_until", "2026-08-01"),
        ];
        assert_eq!(owner.form(&format!("{page}/words"), &words).await.status, 303);
        assert_eq!((&now().await["deposit_ppm"], &now().await["terms"]), (&json!(300_000), &json!("Half now")));
        assert_eq!(owner.form(&format!("{page}/words"), &words).await.status, 422, "somebody changed it meanwhile");
        let shown = owner.page(&page).await;
        assert!(shown.text.contains("Half now") && shown.text.contains("Add a line"), "{}", shown.text);
        assert!(owner.page("/estimates").await.text.contains("Furnace"));
        assert!(owner.page(&format!("/customers/{carmen}")).await.text.contains(&page));

        // Who may look does not write.
        let viewer = acme.person("viewer").await;
        let seen = viewer.page(&page).await;
        assert!(seen.status == 200 && !seen.text.contains("Add a line"), "{}", seen.text);
        assert_eq!(viewer.form(&format!("{page}/options"), &[]).await.status, 403);
        assert_eq!(acme.person("technician").await.get(&api).await.status, 403);
    })
    .await;
}

/// Somebody who writes estimates and is shown no prices.
async fn blind<'a>(acme: &'a Company<'_>, owner: &Person<'_>) -> Person<'a> {
    let person = acme.person("viewer").await;
    let role = owner.post("/api/v1/roles", json!({ "label": "Writer", "copy_of": "viewer" })).await;
    let rights = json!({ "permissions": ["estimates.read", "estimates.write", "customers.read", "catalog.read"] });
    let changed = owner.patch(&format!("/api/v1/roles/{}", role.id()), &role.etag(), rights).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let member = format!("/api/v1/members/{}", person.id.unwrap());
    let given = owner.patch(&member, &owner.get(&member).await.etag(), json!({ "role": changed.body["name"] })).await;
    assert_eq!(given.status, 200, "{given:?}");
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_shown_no_prices_takes_none_away() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let item = json!({ "name": "Gas valve", "kind": "material", "price": usd("310.00") });
        let item = owner.post("/api/v1/items", item).await.id();
        let option = json!([{ "name": "Repair", "discount_amount": usd("15.00"), "lines": [
            { "description": "Labor", "unit_price": usd("120.00"), "taxes": [] },
            { "item_id": item, "unit_price": usd("250.00"), "taxes": [] } ] }]);
        let body =
            json!({ "customer_id": carmen, "title": "Valve", "deposit_amount": usd("50.00"), "options": option });
        let made = owner.post("/api/v1/estimates", body).await;
        assert_eq!(made.body["total"], usd("355.00"), "{made:?}");
        let (page, path) = (format!("/estimates/{}", made.id()), format!("/api/v1/estimates/{}", made.id()));
        let writer = blind(&acme, &owner).await;
        let shown = writer.page(&page).await;
        assert!(shown.status == 200 && !shown.text.contains("355.00"), "{}", shown.text);
        let now = async || owner.get(&path).await;
        let version = now().await.body["version"].to_string();
        let words = [
            ("version", version.as_str()),
            ("title", "Valve and pipe"),
            ("note", ""),
            ("terms", ""),
            ("deposit", ""),
            ("deposit_amount", ""),
        ];
        assert_eq!(writer.form(&format!("{page}/words"), &words).await.status, 303);
        let id_of = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let kept = now().await.body["options"][0].clone();
        let renamed = [("name", "Repair it"), ("discount", ""), ("discount_amount", "")];
        let renamed = writer.form(&format!("{page}/options/{}", id_of(&kept)), &renamed).await;
        assert_eq!(renamed.status, 303, "{renamed:?}");
        for (n, words) in ["Labor, two hours", "Gas valve, brass"].into_iter().enumerate() {
            let line = now().await.body["options"][0]["lines"][n].clone();
            let fields = [("description", words), ("quantity", "1"), ("unit_price", ""), ("tax", "kept")];
            let saved = writer.form(&format!("{page}/lines/{}", id_of(&line)), &fields).await;
            assert_eq!(saved.status, 303, "{saved:?}");
        }
        let found = now().await;
        let option = &found.body["options"][0];
        assert_eq!(
            (&found.body["title"], &option["name"], &option["lines"][1]["description"]),
            (&json!("Valve and pipe"), &json!("Repair it"), &json!("Gas valve, brass"))
        );
        assert_eq!(
            (&found.body["deposit_amount"], &option["discount_amount"], &found.body["total"]),
            (&usd("50.00"), &usd("15.00"), &usd("355.00")),
            "{found:?}"
        );
        // Whoever sees them takes them away.
        let version = found.body["version"].to_string();
        let words = [
            ("version", version.as_str()),
            ("title", "Valve"),
            ("note", ""),
            ("terms", ""),
            ("deposit", ""),
            ("deposit_amount", ""),
        ];
        assert_eq!(owner.form(&format!("{page}/words"), &words).await.status, 303);
        assert_eq!(now().await.body["deposit_amount"], usd("0.00"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taxes_are_those_of_the_place_and_of_the_day_it_is_written() {
    let mut all = modules();
    all.push(taxes::module());
    let house = harness::start(all).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let tax = owner.post("/api/v1/tax-rates", json!({ "name": "Sales tax", "rate_ppm": 0 })).await.id();
        for (city, rate) in [("Austin", 80_000), ("Dallas", 50_000)] {
            let place = json!({ "name": city, "country": "US", "regions": ["TX"], "cities": [city] });
            let place = owner.post("/api/v1/jurisdictions", place).await.id();
            let rate = json!({ "tax_rate_id": tax, "rate_ppm": rate, "from_on": "2020-01-01" });
            assert_eq!(owner.post(&format!("/api/v1/jurisdictions/{place}/rates"), rate).await.status, 201);
        }
        let at = |city: &str| json!({ "street": "1 Elm St", "city": city, "region": "tx", "postal_code": "78701", "country": "US" });
        let school = owner.post("/api/v1/customers", json!({ "name": "Hill School", "email": "hill@example.com", "location": at("Austin") })).await.id();
        let places = format!("/api/v1/customers/{school}/locations");
        let dallas = owner.post(&places, at("Dallas")).await;
        assert_eq!(dallas.status, 201, "{dallas:?}");
        let item = json!({ "name": "Capacitor", "kind": "material", "price": usd("100.00"), "tax_rate_id": tax });
        let item = owner.post("/api/v1/items", item).await.id();
        let options = json!([{ "lines": [
            { "item_id": item },
            { "description": "Permit", "unit_price": usd("10.00"), "taxes": [{ "name": "Levy", "rate_ppm": 100_000 }] } ] }]);
        let made = owner.post("/api/v1/estimates", json!({ "customer_id": school, "title": "AC", "options": options })).await;
        // 8 % of 100.00, and the levy of 1.00 that somebody wrote.
        assert_eq!((made.status, &made.body["total"]), (201, &usd("119.00")), "{made:?}");
        let path = format!("/api/v1/estimates/{}", made.id());
        let moved = owner.patch(&path, &made.etag(), json!({ "location_id": dallas.id() })).await;
        assert_eq!((moved.status, &moved.body["total"]), (200, &usd("116.00")), "{moved:?}");
        assert_eq!(moved.body["options"][0]["lines"][0]["taxes"][0]["name"], "Dallas");
        let same = owner.patch(&path, &moved.etag(), json!({ "location_id": dallas.id(), "title": "AC unit" })).await;
        assert_eq!(same.body["options"][0]["lines"], moved.body["options"][0]["lines"], "nothing is asked again: {same:?}");
        assert_eq!(owner.post(&format!("{path}/send"), json!({ "letter": false })).await.status, 200);

        // Since then the school pays none; what was sent stays, and what is written from it does not.
        let exempt = json!({ "certificate": "X-77", "from_on": "2020-01-01" });
        assert_eq!(owner.post(&format!("/api/v1/customers/{school}/tax-exemptions"), exempt).await.status, 201);
        assert_eq!(owner.get(&path).await.body["total"], usd("116.00"));
        let copy = owner.post(&format!("{path}/duplicate"), json!({})).await;
        assert_eq!((&copy.body["total"], &copy.body["tax_note"]), (&usd("111.00"), &json!("Tax exempt, certificate X-77")), "{copy:?}");
        let revised = owner.post(&format!("{path}/revise"), json!({})).await;
        assert_eq!(
            (&revised.body["total"], &revised.body["tax_note"], &revised.body["options"][0]["tax"]),
            (&usd("111.00"), &json!("Tax exempt, certificate X-77"), &usd("1.00")),
            "{revised:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_price_stands_below_the_total() {
    let mut all = modules();
    all.push(taxes::module());
    let house = harness::start(all).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let made = draft(&owner, &carmen).await;
        let before_total = |text: &str| {
            let (tax, total) = (text.find("Sales tax 8.25 %").unwrap(), text.rfind(">Total<").unwrap());
            (tax < text.find(">Total<").unwrap(), tax < total)
        };
        let links = async |id: &str| {
            let sent = owner.post(&format!("/api/v1/estimates/{id}/send"), json!({ "letter": false })).await;
            assert_eq!(sent.status, 200, "{sent:?}");
            let all = owner.get(&format!("/api/v1/estimates/{id}/revisions")).await;
            let url = all.body["data"][0]["url"].as_str().unwrap().to_owned();
            url[url.find("/estimate/").unwrap()..].to_owned()
        };
        let pages = async |id: &str| {
            let office = owner.page(&format!("/estimates/{id}")).await.text;
            let link = links(id).await;
            let customers = acme.visitor().page(&link).await.text;
            // The paper alone: what stands beside it names a total too.
            let office = office[office.find("class=\"totals\"").unwrap()..].to_owned();
            let customers = customers[customers.find("est-sums").unwrap()..].to_owned();
            [office, customers]
        };
        for text in pages(&made.id()).await {
            assert!(before_total(&text).0, "on top of the prices: {text}");
        }
        let terms = json!({ "prices_include_tax": true });
        let said_so = owner.send(Method::PATCH, "/api/v1/tax-terms", &[("if-match", "\"0\"")], terms).await;
        assert_eq!(said_so.status, 200, "{said_so:?}");
        let made = draft(&owner, &carmen).await;
        for text in pages(&made.id()).await {
            assert!(!before_total(&text).0 && text.contains("Sales tax 8.25 %, in the total"), "in the prices: {text}");
        }
    })
    .await;
}

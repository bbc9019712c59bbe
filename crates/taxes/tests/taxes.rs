//! Who levies what where and when, who is exempt, and what lines make of it: through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, Person, in_both_placements, start};
use serde_json::{Value, json};

async fn made(owner: &Person<'_>, path: &str, body: Value) -> String {
    let answer = owner.post(path, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.id()
}

async fn levies(owner: &Person<'_>, jurisdiction: &str, tax: &str, rate_ppm: i64, more: Value) -> Answer {
    let mut body = json!({ "tax_rate_id": tax, "rate_ppm": rate_ppm });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    owner.post(&format!("/api/v1/jurisdictions/{jurisdiction}/rates"), body).await
}

/// "State 6.25 + City 2" of each tax at a place.
async fn at(owner: &Person<'_>, query: &str) -> Vec<String> {
    let found = owner.get(&format!("/api/v1/taxes?{query}")).await;
    assert_eq!(found.status, 200, "{found:?}");
    let said = |tax: &Value| {
        let one = |tax: &Value| {
            let compound = if tax["compound"] == true { " on tax" } else { "" };
            format!("{} {}{compound}", tax["name"].as_str().unwrap(), tax["rate_ppm"])
        };
        tax["taxes"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(" + ")
    };
    found.body["data"].as_array().unwrap().iter().map(said).collect()
}

#[tokio::test]
async fn what_matches_an_address_adds_up_the_widest_first() {
    let house = start(vec![catalog::module(), customers::module(), taxes::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let goods =
            made(&owner, "/api/v1/tax-rates", json!({ "name": "Goods", "rate_ppm": 80_000, "standard": true })).await;
        let work = made(&owner, "/api/v1/tax-rates", json!({ "name": "Work", "rate_ppm": 50_000 })).await;
        // Nobody levies anything yet: each at its own rate.
        assert_eq!(at(&owner, "region=TX").await, ["Goods 80000", "Work 50000"]);

        let place = |name: &str, more: Value| {
            let mut body = json!({ "name": name, "country": "US" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let city = made(
            &owner,
            "/api/v1/jurisdictions",
            place("City of Austin", json!({ "regions": ["TX"], "cities": [" Austin "] })),
        )
        .await;
        let state =
            made(&owner, "/api/v1/jurisdictions", place("State of Texas", json!({ "regions": ["TX", "Texas"] }))).await;
        let transit = made(
            &owner,
            "/api/v1/jurisdictions",
            place("Transit", json!({ "regions": ["TX"], "postal_codes": ["787*", "78652"] })),
        )
        .await;
        // Without rates a jurisdiction changes nothing.
        assert_eq!(at(&owner, "region=TX&city=Austin&postal_code=78701").await, ["Goods 80000", "Work 50000"]);
        for (jurisdiction, rate) in [(&state, 62_500), (&city, 10_000), (&transit, 10_000)] {
            assert_eq!(
                levies(&owner, jurisdiction, &goods, rate, json!({ "from_on": "2020-01-01" })).await.status,
                201
            );
        }
        let whole = "State of Texas 62500 + City of Austin 10000 + Transit 10000";
        for (query, expected) in [
            ("region=TX&city=Austin&postal_code=78701", whole),
            ("region=texas&city=AUSTIN%20&postal_code=787%2001", "State of Texas 62500"),
            ("region=tx&city=austin&postal_code=787-01", whole),
            ("region=TX&city=Manchaca&postal_code=78652", "State of Texas 62500 + Transit 10000"),
            ("region=TX&city=Manchaca&postal_code=78652-1234", "State of Texas 62500 + Transit 10000"),
            ("region=TX&city=Houston&postal_code=77001", "State of Texas 62500"),
        ] {
            // Work is not taxed where somebody levies something and has no rate for it.
            assert_eq!(at(&owner, query).await, [expected, ""], "{query}");
        }
        // Elsewhere, in another country and before the first day nobody levies anything.
        for query in ["region=OK&city=Austin", "country=CA&region=TX", "region=TX&on=2019-12-31"] {
            assert_eq!(at(&owner, query).await, ["Goods 80000", "Work 50000"], "{query}");
        }
        // A compound tax is also on the wider ones, and has the name that papers say.
        let more = json!({ "name": "Austin", "compound": true, "from_on": "2030-01-01" });
        assert_eq!(levies(&owner, &city, &work, 20_000, more).await.status, 201);
        assert_eq!(at(&owner, "region=TX&city=Austin&on=2030-01-01").await[1], "Austin 20000 on tax");
        // Out of use it levies nothing.
        let path = format!("/api/v1/jurisdictions/{state}");
        assert_eq!(owner.patch(&path, "\"1\"", json!({ "active": false })).await.status, 200);
        assert_eq!(at(&owner, "region=TX&city=Houston").await, ["Goods 80000", "Work 50000"]);
    })
    .await;
}

#[tokio::test]
async fn a_rate_counts_from_its_day_until_the_next() {
    let house = start(vec![catalog::module(), customers::module(), taxes::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let tax = made(&owner, "/api/v1/tax-rates", json!({ "name": "VAT", "rate_ppm": 0 })).await;
        let land = made(&owner, "/api/v1/jurisdictions", json!({ "name": "Everywhere" })).await;
        let rate = async |ppm: i64, from: &str| {
            let answer = levies(&owner, &land, &tax, ppm, json!({ "from_on": from })).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            answer.id()
        };
        rate(190_000, "2020-01-01").await;
        // Between two that are there; each ends where the next begins.
        rate(200_000, "2022-01-01").await;
        rate(160_000, "2020-07-01").await;
        rate(190_000, "2021-01-01").await;
        let planned = rate(210_000, "2090-01-01").await;
        for (on, expected) in [
            ("2020-06-30", "Everywhere 190000"),
            ("2020-07-01", "Everywhere 160000"),
            ("2020-12-31", "Everywhere 160000"),
            ("2021-01-01", "Everywhere 190000"),
            ("2022-01-01", "Everywhere 200000"),
            ("2089-12-31", "Everywhere 200000"),
            ("2090-01-01", "Everywhere 210000"),
        ] {
            assert_eq!(at(&owner, &format!("on={on}")).await, [expected], "{on}");
        }
        // The same day again takes its place, and keeps where it ended.
        rate(165_000, "2020-07-01").await;
        assert_eq!(at(&owner, "on=2020-12-31").await, ["Everywhere 165000"]);
        assert_eq!(at(&owner, "on=2021-01-01").await, ["Everywhere 190000"]);
        // One that has not begun goes; one that has ends, and the tax is levied no more.
        let end = async |id: &str, body: Value| {
            owner.post(&format!("/api/v1/jurisdictions/{land}/rates/{id}/end"), body).await
        };
        assert_eq!(end(&planned, json!({})).await.status, 204);
        assert_eq!(at(&owner, "on=2091-01-01").await, ["Everywhere 200000"]);
        let rates = owner.get(&format!("/api/v1/jurisdictions/{land}/rates")).await;
        let now = rates.body["data"][0].clone();
        assert_eq!((rates.body["data"].as_array().unwrap().len(), &now["rate_ppm"]), (4, &json!(200_000)), "{rates:?}");
        let id = now["id"].as_str().unwrap();
        assert_eq!(end(id, json!({ "on": "2025-01-01" })).await.status, 204);
        assert_eq!(end(id, json!({ "on": "2026-01-01" })).await.error("/on"), "It ends before that day already.");
        assert_eq!(at(&owner, "on=2025-01-01").await, [""]);
        // Ended on purpose it stays so, also when another that began on that very day is taken back.
        let other = rate(90_000, "2025-01-01").await;
        assert_eq!(end(&other, json!({ "on": "2025-01-01" })).await.status, 204);
        assert_eq!(at(&owner, "on=2025-01-01").await, [""]);
        // What cannot be is said.
        for (body, pointer, says) in [
            (
                json!({ "tax_rate_id": tax, "rate_ppm": 1_000_001 }),
                "/rate_ppm",
                "The rate is 0 to 1,000,000 millionths; 8.25 % is 82500.",
            ),
            (
                json!({ "tax_rate_id": uuid::Uuid::now_v7(), "rate_ppm": 1 }),
                "/tax_rate_id",
                "There is no such tax in the price book.",
            ),
            (
                json!({ "tax_rate_id": tax, "rate_ppm": 1, "from_on": "1889-01-01" }),
                "/from_on",
                "Give a day between 1990 and 2200.",
            ),
        ] {
            let refused = owner.post(&format!("/api/v1/jurisdictions/{land}/rates"), body).await;
            assert_eq!(refused.error(pointer), says, "{refused:?}");
        }
        let lost = owner.post("/api/v1/jurisdictions", json!({ "name": "Lost", "regions": ["TX"] })).await;
        assert_eq!(lost.error("/country"), "Say in which country these are.");
        let twin = owner.post("/api/v1/jurisdictions", json!({ "name": "everywhere" })).await;
        assert_eq!(twin.error("/name"), "There is a jurisdiction of that name already.");
        let code = owner
            .post("/api/v1/jurisdictions", json!({ "name": "X", "country": "US", "postal_codes": ["78*7"] }))
            .await;
        assert_eq!(code.error("/postal_codes"), "“78*7” is no postal code.");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_exempt_pays_no_tax_while_the_certificate_counts() {
    let house = start(vec![catalog::module(), customers::module(), taxes::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let tax = made(&owner, "/api/v1/tax-rates", json!({ "name": "Sales tax", "rate_ppm": 80_000 })).await;
        let state =
            made(&owner, "/api/v1/jurisdictions", json!({ "name": "State", "country": "US", "regions": ["TX"] })).await;
        let city =
            made(&owner, "/api/v1/jurisdictions", json!({ "name": "City", "country": "US", "cities": ["Austin"] }))
                .await;
        for (jurisdiction, rate) in [(&state, 60_000), (&city, 20_000)] {
            levies(&owner, jurisdiction, &tax, rate, json!({ "from_on": "2020-01-01" })).await;
        }
        let school = made(&owner, "/api/v1/customers", json!({ "name": "Hill School" })).await;
        let here = format!("customer_id={school}&region=TX&city=Austin");
        let path = format!("/api/v1/customers/{school}/tax-exemptions");
        let of_state = json!({ "certificate": "TX-1", "jurisdiction_id": state, "from_on": "2020-01-01" });
        made(&owner, &path, of_state).await;
        assert_eq!(at(&owner, &here).await, ["City 20000"]);
        let all =
            owner.post(&path, json!({ "certificate": "X-77", "reason": "School", "from_on": "2024-01-01" })).await;
        assert_eq!(all.status, 201, "{all:?}");
        assert_eq!(at(&owner, &here).await, [""]);
        assert_eq!(at(&owner, &format!("{here}&on=2023-12-31")).await, ["City 20000"]);
        let told = owner.get(&format!("/api/v1/taxes?{here}")).await;
        assert_eq!(told.body["note"], "Tax exempt, certificate TX-1, X-77");
        // Elsewhere the state's certificate says nothing.
        let told = owner.get(&format!("/api/v1/taxes?customer_id={school}&region=OK&on=2023-01-01")).await;
        assert_eq!(
            (&told.body["note"], told.body["data"][0]["taxes"][0]["rate_ppm"].as_i64()),
            (&Value::Null, Some(80_000))
        );

        let one = format!("/api/v1/tax-exemptions/{}", all.id());
        assert_eq!(
            owner.patch(&one, "\"1\"", json!({ "until_on": "2023-01-01" })).await.error("/until_on"),
            "It ends on its first day or later."
        );
        assert_eq!(owner.patch(&one, "\"1\"", json!({ "until_on": "2024-06-01" })).await.status, 200);
        assert_eq!(owner.patch(&one, "\"1\"", json!({ "until_on": null })).await.status, 412);
        assert_eq!(at(&owner, &format!("{here}&on=2024-05-31")).await, [""]);
        assert_eq!(at(&owner, &here).await, ["City 20000"]);
        let missing = owner.post(&path, json!({ "certificate": " " })).await;
        assert_eq!(missing.error("/certificate"), "Give the number of the certificate.");

        // On the screen: the card, the form, and ending one today.
        let page = format!("/customers/{school}/tax-exemptions");
        let wrong =
            owner.form(&page, &[("certificate", "P-1"), ("from_on", "2026-02-01"), ("last_on", "2026-01-01")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("The last day is not before the first."), "{}", wrong.text);
        assert_eq!(owner.form(&page, &[("certificate", "P-1")]).await.status, 303);
        let shown = owner.page(&page).await;
        assert!(shown.text.contains("P-1") && shown.text.contains("End today: P-1"), "{}", shown.text);
        let given = owner.get(&path).await.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["certificate"] == "P-1")
            .unwrap()
            .clone();
        let end = format!("{page}/{}", given["id"].as_str().unwrap());
        assert_eq!(owner.form(&end, &[("version", "1")]).await.status, 303);
        assert_eq!(at(&owner, &here).await, ["City 20000"]);
    })
    .await;
}

#[tokio::test]
async fn terms_are_kept_and_the_pages_say_what_counts() {
    let house = start(vec![catalog::module(), customers::module(), taxes::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let terms = owner.get("/api/v1/tax-terms").await;
        assert_eq!(
            terms.body,
            json!({ "prices_include_tax": false, "rounding": "half_up", "level": "document", "version": 0 })
        );
        let put = async |version: &str, body: Value| {
            owner.send(Method::PATCH, "/api/v1/tax-terms", &[("if-match", version)], body).await
        };
        assert_eq!(put("\"0\"", json!({ "rounding": "half_even" })).await.body["rounding"], "half_even");
        assert_eq!(put("\"0\"", json!({ "level": "line" })).await.status, 412);
        assert_eq!(put("\"1\"", json!({ "level": "cent" })).await.status, 422);
        let form = [("version", "1"), ("prices_include_tax", "true"), ("rounding", "half_even"), ("level", "line")];
        assert_eq!(owner.form("/settings/taxes", &form).await.status, 303);
        let terms = owner.get("/api/v1/tax-terms").await;
        assert_eq!(
            terms.body,
            json!({ "prices_include_tax": true, "rounding": "half_even", "level": "line", "version": 2 })
        );

        let tax = made(&owner, "/api/v1/tax-rates", json!({ "name": "Sales tax", "rate_ppm": 80_000 })).await;
        let form = [("name", "State of Texas"), ("country", "us"), ("regions", "TX, Texas")];
        let added = owner.form("/settings/taxes/new", &form).await;
        assert_eq!(added.status, 303, "{added:?}");
        let page = added.header("location").to_owned();
        let wrong = owner.form(&format!("{page}/rates"), &[("tax_rate_id", &tax), ("percent", "lots")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("Give the rate in percent, such as 8.25."), "{}", wrong.text);
        let rate = [("tax_rate_id", tax.as_str()), ("percent", "6.25"), ("from_on", "2020-01-01")];
        assert_eq!(owner.form(&format!("{page}/rates"), &rate).await.status, 303);
        let tried = owner.page("/settings/taxes?region=tx&city=&postal_code=&on=2026-01-01").await;
        for shown in ["Levied by State of Texas.", "State of Texas 6.25 %", "Sales tax 6.25 %", "Texas, TX · US"] {
            assert!(tried.text.contains(shown), "{shown} is missing in {}", tried.text);
        }
        let one = owner.page(&page).await;
        assert!(one.text.contains("since 1 Jan 2020") && one.text.contains("End today"), "{}", one.text);
        // Whoever may not change taxes sees them and finds no form.
        let viewer = acme.person("viewer").await;
        let seen = viewer.page("/settings/taxes").await;
        assert!(seen.text.contains("State of Texas") && !seen.text.contains("/settings/taxes/new"), "{}", seen.text);
        assert_eq!(viewer.page(&page).await.status, 403);
        let form = [("version", "1"), ("name", "State of Texas"), ("active", "false")];
        assert_eq!(owner.form(&page, &form).await.status, 303);
        assert!(owner.page("/settings/taxes").await.text.contains("Out of use"));
    })
    .await;
}

#[tokio::test]
async fn where_nothing_is_said_the_first_address_of_the_customer_counts() {
    let house = start(vec![catalog::module(), customers::module(), taxes::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        // The price book has longer names than papers have room for.
        let long = "A tax on goods and services ".repeat(3);
        let tax = json!({ "name": long.trim().chars().take(80).collect::<String>(), "rate_ppm": 80_000 });
        let tax = made(&owner, "/api/v1/tax-rates", tax).await;
        let own = at(&owner, "region=OK").await;
        assert_eq!(own[0], format!("{} 80000", long.chars().take(60).collect::<String>()));
        let town = json!({ "name": "Austin", "country": "US", "regions": ["TX"], "cities": ["Austin"] });
        let town = made(&owner, "/api/v1/jurisdictions", town).await;
        assert_eq!(levies(&owner, &town, &tax, 10_000, json!({})).await.status, 201);
        let ana = json!({ "name": "Ana", "location": { "street": "1 Elm St", "city": "Austin", "region": "TX", "country": "US" } });
        let ana = made(&owner, "/api/v1/customers", ana).await;
        let bo = made(&owner, "/api/v1/customers", json!({ "name": "Bo" })).await;
        assert_eq!(at(&owner, &format!("customer_id={ana}")).await, ["Austin 10000"]);
        assert_eq!(at(&owner, &format!("customer_id={ana}&region=OK")).await, own, "what is written out counts first");
        assert_eq!(at(&owner, &format!("customer_id={bo}")).await, own);

        // Certificates are for whoever reads customers.
        let role = owner.post("/api/v1/roles", json!({ "label": "Prices", "copy_of": "viewer" })).await;
        let change = json!({ "permissions": ["catalog.read"] });
        let role = owner.patch(&format!("/api/v1/roles/{}", role.id()), &role.etag(), change).await;
        let clerk = acme.person("viewer").await;
        let path = format!("/api/v1/members/{}", clerk.id.unwrap());
        let named = json!({ "role": role.body["name"] });
        assert_eq!(owner.patch(&path, &owner.get(&path).await.etag(), named).await.status, 200);
        assert_eq!(clerk.get("/api/v1/taxes?region=TX").await.status, 200);
        assert_eq!(clerk.get(&format!("/api/v1/taxes?customer_id={ana}")).await.status, 403);

        // A rate that begins today is taken back, and the button says so.
        let page = owner.page(&format!("/settings/taxes/{town}")).await;
        assert!(page.text.contains("Take back") && !page.text.contains("End today"), "{}", page.text);
    })
    .await;
}

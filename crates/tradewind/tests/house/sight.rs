//! Who may not see prices is shown none on any route, and who may not see costs no cost: made from the routes and from every
//! amount that the tables hold, so that a new page, field or table is held to it or fails here.
use super::neighbour::{
    operation::Operation,
    operations,
    side::{Cast, Side, cast, furnish, nowhere},
};
use axum::http::Method;
use catalog::CatalogRead;
use harness::{Answer, Company, Person};
use kernel::{Access, Module, PERMISSIONS, Result, http::Json};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};
use tradewind::modules;

/// A handler that writes its amounts by hand, and so past the type that knows who asks.
async fn by_hand(access: Access<CatalogRead>) -> Result<Json<Value>> {
    let services = access.read(catalog::item::services()).await?;
    let cents = services.iter().map(|item| item.price_minor);
    let written: Vec<String> = cents.map(|minor| format!("{}.{:02}", minor / 100, minor % 100)).collect();
    Ok(Json(json!({ "data": written })))
}

/// Everything but these: with a key, for no role may price what it does not see.
async fn blind<'a>(company: &'a Company<'_>, without: &[&str]) -> Person<'a> {
    let scopes: BTreeSet<&str> = PERMISSIONS.iter().map(|p| p.name).filter(|name| !without.contains(name)).collect();
    let made = company.program().post("/api/v1/api-keys", json!({ "name": "Blind", "scopes": scopes })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let mut person = company.visitor();
    person.credential = Some(("authorization", format!("Bearer {}", made.body["key"].as_str().unwrap())));
    person
}

fn grouped(minor: i64) -> String {
    let (whole, cents) = (minor / 100, minor % 100);
    match whole {
        1000.. => format!("{},{:03}.{cents:02}", whole / 1000, whole % 1000),
        _ => format!("{whole}.{cents:02}"),
    }
}

/// Each amount that a column of the company holds, in all ways in which it can be written.
async fn amounts_of(company: &Company<'_>, column: &str) -> BTreeSet<String> {
    let (above, schema) = (company.test.above().await, company.schema().await);
    let columns = above
        .query("select c.table_name::text, c.column_name::text from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
                where c.table_schema = $1 and c.column_name like $2 and c.data_type = 'bigint' and t.table_type = 'BASE TABLE'", &[&schema, &column])
        .await
        .unwrap();
    let mut words = BTreeSet::new();
    for row in &columns {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        if column == "cost_minor" && !words.is_empty() {
            continue;
        }
        let sql = format!(
            "select distinct abs({column}) from {schema}.{table} where tenant_id = $1 and abs({column}) > 999 and abs({column}) % 100 > 0"
        );
        for row in above.query(&sql, &[&company.id]).await.unwrap() {
            let minor: i64 = row.get(0);
            words.extend([format!("{}.{:02}", minor / 100, minor % 100), grouped(minor)]);
            // Four digits alone stand in many an id.
            if minor > 9999 {
                words.insert(minor.to_string());
            }
        }
    }
    words
}

/// The amount stands there by itself, not within a longer number, name or id.
fn shows<'a>(text: &str, words: &'a BTreeSet<String>) -> Option<&'a String> {
    let part = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphanumeric());
    words.iter().find(|word| {
        text.match_indices(word.as_str())
            .any(|(at, _)| !part(text[..at].chars().next_back()) && !part(text[at + word.len()..].chars().next()))
    })
}

async fn looked(person: &Person<'_>, path: &str) -> [Answer; 2] {
    [person.get(path).await, person.page(path).await]
}

struct Looked {
    /// Route and what it showed.
    showed: BTreeSet<(&'static str, String)>,
    opened: usize,
}

/// Every GET there is, by the company's own ids, with what narrows or widens a list.
async fn look(person: &Person<'_>, side: &Side, gets: &[Arc<Operation>], words: &BTreeSet<String>) -> Looked {
    let (mut showed, mut opened) = (BTreeSet::new(), 0);
    for operation in gets.iter().filter(|operation| operation.route != "/live") {
        let ids = side.right(operation).unwrap_or_else(|| nowhere(operation));
        let full = operation.filled(&ids).0;
        let bare = full.split('?').next().unwrap_or_default().to_owned();
        let asked: &[&str] = match operation.in_path() {
            true => &["q=capacitor", "as_of=2027-06-22T14:00:00Z", "at=2027-06-22T14:00"],
            false => &["q=capacitor", "limit=200"],
        };
        let mut more: Vec<String> = asked.iter().map(|asked| format!("{bare}?{asked}")).collect();
        // Where any record may be asked for, each is.
        if operation.route.contains("/history/") {
            more.extend(side.one.values().map(|id| operation.route.replace("{id}", id)));
        }
        let mut open = false;
        for path in BTreeSet::from([full.clone(), bare.clone()]).into_iter().chain(more) {
            for answer in looked(person, &path).await {
                open |= answer.status == 200;
                assert!(answer.status < 500, "{path}: {answer:?}");
                if let Some(word) = shows(&answer.text, words) {
                    showed.insert((operation.route, word.clone()));
                }
            }
        }
        opened += usize::from(open);
    }
    Looked { showed, opened }
}

/// Every list there is as a file to take along, in the two forms that are text; in which of them what is sought stands, and how many lists
/// this person may take along.
async fn take_along(
    house: &harness::TestHouse,
    person: &Person<'_>,
    words: &BTreeSet<String>,
) -> (BTreeSet<String>, usize) {
    let (mut showed, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for list in exports::list::LISTS.iter().map(|list| list.name) {
        for format in ["csv", "json"] {
            let asked = person.post("/api/v1/exports", json!({ "list": list, "format": format })).await;
            assert!(matches!(asked.status, 202 | 403), "{list}: {asked:?}");
            if asked.status == 403 {
                continue;
            }
            house.run_jobs().await;
            let done = person.get(&format!("/api/v1/exports/{}", asked.id())).await;
            let link = done.body["download"].as_str().unwrap_or_else(|| panic!("{list}: {done:?}")).to_owned();
            let file = person.get(&link).await;
            assert_eq!(file.status, 200, "{list}: {file:?}");
            taken.insert(list);
            if let Some(word) = shows(&file.text, words) {
                showed.insert(format!("{list} as {format}: {word}"));
            }
        }
    }
    (showed, taken.len())
}

fn session<'a>(company: &'a Company<'_>, cast: &Cast) -> Person<'a> {
    let mut person = company.visitor();
    let cookie = cast.phone.headers.iter().find(|(name, _)| *name == "cookie").unwrap().1.clone();
    person.credential = Some(("cookie", cookie));
    person
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_see_prices_or_costs_is_shown_none() {
    let mut all = modules::list();
    all.push(Module::new("planted").get("/api/v1/planted/amounts", by_hand, "Writes amounts by hand"));
    let routes: Vec<_> = all.iter().flat_map(|module| module.routes.clone()).collect();
    let house = harness::start(all).await;
    let gets: Vec<Arc<Operation>> = operations(&routes).into_iter().filter(|o| o.method == Method::GET).collect();
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let side = furnish(&acme).await;
        let owner = acme.program();
        for item in owner.get("/api/v1/items").await.body["data"].as_array().unwrap() {
            let path = format!("/api/v1/items/{}", item["id"].as_str().unwrap());
            let cost = json!({ "cost": { "amount": "414.59", "currency": "USD" } });
            let changed = owner.patch(&path, &owner.get(&path).await.etag(), cost).await;
            assert_eq!(changed.body["cost"]["amount"], "414.59", "{changed:?}");
        }
        house.run_jobs().await;
        let prices: BTreeSet<String> = amounts_of(&acme, "%\\_minor").await.into_iter().filter(|word| word != "414.59" && word != "41459").collect();
        let costs: BTreeSet<String> = ["414.59", "41459", "323.94", "32394"].map(str::to_owned).into();
        assert!(prices.contains("1,731.37") && prices.contains("397.53") && prices.len() > 12, "{prices:?}");
        let phone = session(&acme, &cast(&acme, &side).await);

        // The control: who may see them sees them, on these among others.
        let seen = look(&owner, &side, &gets, &prices).await;
        for route in ["/api/v1/items", "/api/v1/items/{id}", "/price-book", "/price-book/{id}", "/palette", "/api/v1/invoices", "/api/v1/invoices/{id}", "/invoices", "/invoices/{id}", "/api/v1/work-orders/{id}", "/jobs/{id}", "/customers/{id}", "/customers/{id}/timeline", "/api/v1/customers/{id}/timeline", "/api/v1/payments", "/api/v1/audit", "/api/v1/history/{id}", "/history/{id}", "/settings/audit", "/api/v1/insights/summary", "/api/v1/ledger/vouchers"] {
            assert!(seen.showed.iter().any(|(shown, _)| *shown == route), "{route} shows the owner no amount: {:?}", seen.showed);
        }
        let seen_costs = look(&owner, &side, &gets, &costs).await;
        for route in ["/api/v1/items", "/api/v1/items/{id}", "/price-book/{id}", "/api/v1/history/{id}"] {
            assert!(seen_costs.showed.iter().any(|(shown, _)| *shown == route), "{route} shows the owner no cost: {:?}", seen_costs.showed);
        }

        let no_prices = blind(&acme, &["prices.see", "costs.see"]).await;
        let no_costs = blind(&acme, &["costs.see"]).await;
        for (who, person, words, all) in [("a key without prices", &no_prices, &prices, seen.opened), ("a technician", &phone, &prices, 20), ("a key without prices", &no_prices, &costs, seen.opened), ("a key without costs", &no_costs, &costs, seen.opened)] {
            let looked = look(person, &side, &gets, words).await;
            let (planted, others): (Vec<_>, Vec<_>) = looked.showed.into_iter().partition(|(route, _)| route.contains("/planted/"));
            assert!(others.is_empty(), "{} is shown to {who}: {others:#?}", acme.placement);
            // The sabotage: what is written by hand is found.
            assert!(!planted.is_empty() || words == &costs, "{who} is not shown what was planted");
            assert!(looked.opened * 10 >= all * 9, "{who} opened {} of {all}", looked.opened);
        }

        // The same of what one takes along as a file.
        let lists = exports::list::LISTS.len();
        let (seen, taken) = take_along(&house, &owner, &prices).await;
        assert_eq!(taken, lists);
        for list in ["items", "invoices", "work-orders", "journal"] {
            assert!(seen.iter().filter(|one| one.starts_with(&format!("{list} as"))).count() == 2, "{list}: {seen:?}");
        }
        let (seen, _) = take_along(&house, &owner, &costs).await;
        assert!(seen.iter().filter(|one| one.starts_with("items as")).count() == 2, "{seen:?}");
        for (who, person, words) in [("without prices", &no_prices, &prices), ("without prices", &no_prices, &costs), ("without costs", &no_costs, &costs)] {
            let (showed, taken) = take_along(&house, person, words).await;
            assert!(showed.is_empty(), "{} takes along, {who}: {showed:#?}", acme.placement);
            assert_eq!(taken, lists, "{who}");
        }

        // The control of the phone: whoever may see them finds them on the same pages.
        let member = format!("/api/v1/members/{}", side.one["member"]);
        let role = async |role: &str| {
            let admin = acme.person("owner").await;
            let changed = admin.patch(&member, &admin.get(&member).await.etag(), json!({ "role": role })).await;
            assert_eq!(changed.status, 200, "{changed:?}");
        };
        role("admin").await;
        let job = format!("/tech/jobs/{}", side.one["appointment"]);
        for path in [job.clone(), format!("{job}?q=capacitor"), "/price-book".into()] {
            let page = phone.page(&path).await;
            assert!(shows(&page.text, &prices).is_some(), "{path}: {page:?}");
        }
        role("technician").await;

        // The customer's paper has its prices, and is for whoever may see them.
        let paper = format!("/api/v1/invoices/{}/pdf", side.one["invoice"]);
        let refused = no_prices.get(&paper).await;
        assert!(refused.status == 403 && refused.body["detail"].as_str().unwrap().contains("see prices and totals"), "{refused:?}");
        assert_eq!(no_costs.get(&paper).await.status, 200);

        // Nobody sets what they may not see, by wire or form; a part of the price book brings its price along.
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        let item = json!({ "name": "Cheap", "kind": "material", "price": usd("0.01") });
        let refused = no_prices.post("/api/v1/items", item).await;
        assert!(refused.status == 422 && refused.text.contains("sets none"), "{refused:?}");
        let item = format!("/api/v1/items/{}", side.one["item"]);
        let refused = no_costs.patch(&item, &no_costs.get(&item).await.etag(), json!({ "cost": usd("1.00") })).await;
        assert!(refused.status == 422 && refused.text.contains("sets no cost"), "{refused:?}");
        let service = json!({ "customer_id": side.one["customer"], "item_id": side.one["item"], "technician_id": side.one["technician"], "starts_at": house.clock.now() + jiff::SignedDuration::from_hours(7), "anyway": true });
        let service_item = owner.get("/api/v1/items?q=tune").await.body["data"][0].clone();
        let mut service = service;
        service["item_id"] = service_item["id"].clone();
        let booked = owner.post("/api/v1/appointments", service).await;
        assert_eq!(booked.status, 201, "{booked:?}");
        let visit = booked.id();
        let order = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await.id();
        let add = format!("/tech/jobs/{visit}/lines");
        let found = owner.get("/api/v1/items?q=capacitor").await;
        let part = found.body["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{found:?}")).to_owned();
        assert_eq!(phone.form(&add, &[("item_id", &part)]).await.status, 303);
        let priced = phone.form(&add, &[("description", "Elbow"), ("quantity", "1"), ("unit_price", "5")]).await;
        assert_eq!(priced.status, 422, "{priced:?}");
        let bare = phone.form(&add, &[("description", "Elbow"), ("quantity", "1")]).await;
        assert_eq!(bare.status, 303, "{bare:?}");
        let lines = owner.get(&format!("/api/v1/work-orders/{order}")).await.body["line_items"].clone();
        let price_of = |name: &str| lines.as_array().unwrap().iter().find(|line| line["description"] == name).map(|line| line["unit_price"]["amount"].clone());
        assert_eq!((price_of("Capacitor"), price_of("Elbow")), (Some(json!("738.53")), Some(json!("0.00"))), "{lines}");
    })
    .await;
}

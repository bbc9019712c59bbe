//! Who can be sent where, when: skills and how well, licences, areas, the way there, the size of a day; asked, kept to when a visit is
//! placed, and said why. And what is missing, found and mended.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use harness::{Answer, Company, Person, TestHouse};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn start() -> TestHouse {
    harness::start(vec![catalog::module(), customers::module(), insights::module(), scheduling::module()]).await
}

/// Tuesday 23 June 2026 at that hour and minute in Chicago, or so many days later.
fn at(day: i64, hour: i64, minute: i64) -> String {
    let midnight: Timestamp = "2026-06-23T05:00:00Z".parse().unwrap();
    (midnight + SignedDuration::from_mins(1440 * day + 60 * hour + minute)).to_string()
}

struct Shop {
    customer: String,
    near: String,
    far: String,
    item: String,
    marco: String,
    ana: String,
    skill: String,
}

async fn put(who: &Person<'_>, path: &str, etag: &str, body: Value) -> Answer {
    let headers: &[(&str, &str)] = if etag.is_empty() { &[] } else { &[("if-match", etag)] };
    who.send(Method::PUT, path, headers, body).await
}

async fn technician(owner: &Person<'_>, name: &str) -> String {
    let email = format!("{}@example.com", name.to_lowercase());
    let made = owner.post("/api/v1/technicians", json!({ "name": name, "email": email, "skills": "EPA 608" })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", made.id());
    assert_eq!(put(owner, &path, &made.etag(), json!({ "shifts": week })).await.status, 200);
    made.id()
}

async fn shop(owner: &Person<'_>) -> Shop {
    let customer = owner.post("/api/v1/customers", json!({ "name": "Rivera" })).await.id();
    let locations = format!("/api/v1/customers/{customer}/locations");
    let place = async |street: &str, code: &str, latitude: f64| {
        let body = json!({ "street": street, "postal_code": code, "latitude": latitude, "longitude": -87.63 });
        owner.post(&locations, body).await.id()
    };
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": { "amount": "99.00", "currency": "USD" }, "duration_minutes": 60 });
    let item = owner.post("/api/v1/items", item).await;
    assert_eq!(item.status, 201, "{item:?}");
    let (marco, ana) = (technician(owner, "Marco").await, technician(owner, "Ana").await);
    let skills = owner.get("/api/v1/skills").await;
    Shop {
        customer,
        near: place("1 Elm St", "60601", 41.88).await,
        far: place("2 Oak St", "60640", 41.97).await,
        item: item.id(),
        marco,
        ana,
        skill: skills.body["data"][0]["id"].as_str().unwrap().to_owned(),
    }
}

async fn book(who: &Person<'_>, shop: &Shop, technician: &str, place: &str, starts_at: &str, more: Value) -> Answer {
    let mut body = json!({ "customer_id": shop.customer, "location_id": place, "item_id": shop.item, "technician_id": technician, "starts_at": starts_at });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.post("/api/v1/appointments", body).await
}

/// Names of those who are offered at that time.
async fn offered(who: &Person<'_>, shop: &Shop, place: &str, day: i64, at: &str) -> Vec<String> {
    let date = format!("2026-06-{}", 23 + day);
    let path = format!("/api/v1/availability?item_id={}&location_id={place}&from={date}&days=1", shop.item);
    let answer = who.get(&path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let slots = answer.body["slots"].as_array().unwrap().clone();
    let slot = slots.iter().find(|slot| slot["starts_at"] == at);
    let ids = slot.map(|slot| slot["technician_ids"].as_array().unwrap().clone()).unwrap_or_default();
    let name = |id: &Value| if *id == json!(shop.marco) { "Marco" } else { "Ana" }.to_owned();
    let mut names: Vec<String> = ids.iter().map(name).collect();
    names.sort_unstable();
    names
}

async fn asked(answer: Answer) -> String {
    assert_eq!((answer.status, answer.body["ask"].as_bool()), (409, Some(true)), "{answer:?}");
    answer.body["code"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_offered_is_who_may_be_sent() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let ten = at(1, 10, 0);
        assert_eq!(offered(&owner, &shop, &shop.near, 1, &ten).await, ["Ana", "Marco"]);

        // An expert is needed: Ana is one, Marco works alone.
        let needs = format!("/api/v1/items/{}/scheduling", shop.item);
        let expert = json!({ "skills": [{ "skill_id": shop.skill, "level": 3 }] });
        assert_eq!(put(&owner, &needs, "", expert.clone()).await.status, 200);
        assert!(offered(&owner, &shop, &shop.near, 1, &ten).await.is_empty());
        let ana = format!("/api/v1/technicians/{}", shop.ana);
        let etag = owner.get(&ana).await.etag();
        let level = put(&owner, &format!("{ana}/skills"), &etag, expert).await;
        assert_eq!((level.status, &level.body[0]["level"]), (200, &json!(3)), "{level:?}");
        assert_eq!(offered(&owner, &shop, &shop.near, 1, &ten).await, ["Ana"]);
        assert_eq!(asked(book(&owner, &shop, &shop.marco, &shop.near, &ten, json!({})).await).await, "skill_missing");
        // Her name typed anew among the skills keeps what she is.
        let etag = owner.get(&ana).await.etag();
        assert_eq!(owner.patch(&ana, &etag, json!({ "skills": "EPA 608, Gas" })).await.status, 200);
        assert_eq!(owner.get(&format!("{ana}/skills")).await.body[0]["level"], 3);

        // A licence that ends is a licence until then.
        let licensed = json!({ "licences": [{ "name": "Master plumber", "jurisdiction": "Illinois" }] });
        assert_eq!(put(&owner, &needs, "", licensed).await.status, 200);
        assert!(offered(&owner, &shop, &shop.near, 1, &ten).await.is_empty());
        let licences = format!("/api/v1/technicians/{}/credentials", shop.marco);
        let licence = json!({ "name": "Master Plumber", "jurisdiction": "illinois", "number": "058-1", "expires_on": "2026-06-24" });
        let licence = owner.post(&licences, licence).await;
        assert_eq!(licence.status, 201, "{licence:?}");
        assert_eq!(offered(&owner, &shop, &shop.near, 1, &ten).await, ["Marco"]);
        assert!(offered(&owner, &shop, &shop.near, 2, &at(2, 10, 0)).await.is_empty());
        assert_eq!(asked(book(&owner, &shop, &shop.marco, &shop.near, &at(2, 10, 0), json!({})).await).await, "licence_missing");
        let path = format!("{licences}/{}", licence.id());
        let longer = owner.patch(&path, &licence.etag(), json!({ "name": "Master plumber", "jurisdiction": "Illinois" })).await;
        assert_eq!((longer.status, &longer.body["expires_on"]), (200, &Value::Null), "{longer:?}");
        assert_eq!(offered(&owner, &shop, &shop.near, 2, &at(2, 10, 0)).await, ["Marco"]);
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(put(&owner, &needs, "", json!({ "buffer_after": 30 })).await.status, 200);

        // Areas: whoever has none goes everywhere, but nobody outside of them all.
        let north = json!({ "name": "North", "shape": { "kind": "postal_codes", "postal_codes": ["606 4*"] } });
        let north = owner.post("/api/v1/service-areas", north).await;
        assert_eq!((north.status, &north.body["postal_codes"]), (201, &json!(["6064*"])), "{north:?}");
        assert!(offered(&owner, &shop, &shop.near, 1, &ten).await.is_empty(), "60601 is not in the north");
        let loop_ = json!({ "name": "Loop", "shape": { "kind": "circle", "latitude": 41.88, "longitude": -87.63, "radius_m": 3000 } });
        let loop_ = owner.post("/api/v1/service-areas", loop_).await;
        assert_eq!(loop_.status, 201, "{loop_:?}");
        let path = format!("/api/v1/technicians/{}/planning", shop.marco);
        let plan = owner.get(&path).await;
        let plan = put(&owner, &path, &plan.etag(), json!({ "area_ids": [north.id()], "day_jobs": 2, "start_place": "Yard" })).await;
        assert_eq!((plan.status, &plan.body["area_ids"]), (200, &json!([north.id()])), "{plan:?}");
        assert_eq!(offered(&owner, &shop, &shop.near, 1, &ten).await, ["Ana"]);
        assert_eq!(offered(&owner, &shop, &shop.far, 1, &ten).await, ["Ana", "Marco"]);
        assert_eq!(asked(book(&owner, &shop, &shop.marco, &shop.near, &ten, json!({})).await).await, "outside_area");

        // The buffer of the service is kept free, the way has to fit, and the day holds two.
        let first = book(&owner, &shop, &shop.marco, &shop.far, &at(1, 9, 0), json!({})).await;
        assert_eq!(first.status, 201, "{first:?}");
        let tight = book(&owner, &shop, &shop.marco, &shop.far, &at(1, 10, 15), json!({ "anyway": true })).await;
        assert_eq!(tight.status, 409, "half an hour after it is kept free: {tight:?}");
        assert_eq!(offered(&owner, &shop, &shop.far, 1, &at(1, 10, 30)).await, ["Ana", "Marco"]);
        let second = book(&owner, &shop, &shop.marco, &shop.far, &at(1, 11, 0), json!({})).await;
        assert_eq!(second.status, 201, "{second:?}");
        assert_eq!(asked(book(&owner, &shop, &shop.marco, &shop.far, &at(1, 14, 0), json!({})).await).await, "day_full");
        let ana = book(&owner, &shop, &shop.ana, &shop.near, &at(1, 9, 0), json!({})).await;
        assert_eq!(ana.status, 201, "{ana:?}");
        // Ten kilometres: 20 minutes after the buffer of half an hour.
        assert_eq!(asked(book(&owner, &shop, &shop.ana, &shop.far, &at(1, 10, 30), json!({})).await).await, "too_far");
        let later = book(&owner, &shop, &shop.ana, &shop.far, &at(1, 10, 50), json!({})).await;
        assert_eq!(later.status, 201, "{later:?}");

        // Why it was her is kept with the visit, and shown beside the board.
        // It says what was so then, whatever is asked of the service since.
        let beside = async |date: &str| owner.page(&format!("/board?date={date}&job={}", later.id())).await.text;
        let pane = beside("2026-06-24").await;
        assert!(pane.contains("Ana has 20 min to drive"), "{pane}");
        assert!(pane.contains("And why not") && pane.contains("Marco takes 2 visits a day, and has them."), "{pane}");
        let skilled = json!({ "skills": [{ "skill_id": shop.skill, "level": 1 }], "buffer_after": 30 });
        assert_eq!(put(&owner, &needs, "", skilled).await.status, 200);
        assert!(beside("2026-06-24").await.contains("This needs no skill in particular."));
        let path = format!("/api/v1/availability/why?item_id={}&location_id={}&starts_at={}", shop.item, shop.far, at(1, 10, 30));
        let why = owner.get(&path).await;
        assert_eq!(why.status, 200, "{why:?}");
        let marco = why.body.as_array().unwrap().iter().find(|one| one["name"] == "Marco").unwrap();
        assert_eq!(marco["offered"], false);
        let broken: Vec<&str> = marco["findings"].as_array().unwrap().iter().filter(|one| one["holds"] == false).map(|one| one["rule"].as_str().unwrap()).collect();
        assert_eq!(broken, ["free", "day_limit"], "{why:?}");
        // What customers may not book is not offered, with its reason; the office is asked nothing of the kind.
        let rule_of = async |starts_at: String, more: &str, rule: &str| {
            let path = format!("/api/v1/availability/why?item_id={}&location_id={}&starts_at={starts_at}{more}", shop.item, shop.far);
            let all = owner.get(&path).await;
            let ana = all.body.as_array().unwrap().iter().find(|one| one["name"] == "Ana").unwrap().clone();
            let found = ana["findings"].as_array().unwrap().iter().find(|one| one["rule"] == rule).cloned();
            (ana["offered"].as_bool().unwrap(), found.map(|one| (one["holds"] == true, one["says"].as_str().unwrap().to_owned())))
        };
        let soon = (house.clock.now() + SignedDuration::from_mins(30)).to_string();
        let (offered, notice) = rule_of(soon.clone(), "", "notice").await;
        assert_eq!((offered, notice), (false, Some((false, "That is too soon: customers book at least 2 h ahead.".into()))));
        assert_eq!(rule_of(soon, "&urgent=true", "notice").await.1, None);
        let (offered, over) = rule_of(at(-3, 10, 0), "", "notice").await;
        assert_eq!((offered, over), (false, Some((false, "That time is over.".into()))));
        let (offered, far) = rule_of(at(60, 10, 0), "", "horizon").await;
        assert_eq!((offered, far), (false, Some((false, "That is further ahead than the 30 days that are offered.".into()))));
        let page = owner.page(&format!("/availability/why?item_id={}&location_id={}&date=2026-06-24&time=10:30", shop.item, shop.far)).await;
        assert!(page.text.contains("takes 2 visits a day"), "{}", page.text);

        // The way is a row of her time, and follows the visit.
        house.run_jobs().await;
        let schema = acme.schema().await;
        let ways = format!("select (extract(epoch from ends_at - starts_at) / 60)::int8, appointment_id::text from {schema}.occupancy where tenant_id = $1 and kind = 'travel' and resource_id = $2::text::uuid");
        let above = house.above().await;
        let row = above.query_one(&ways, &[&acme.id, &shop.ana]).await.unwrap();
        assert_eq!((row.get::<_, i64>(0), row.get::<_, String>(1)), (20, later.id()));
        let moved = format!("/api/v1/appointments/{}/move", later.id());
        let moved = owner.send(Method::POST, &moved, &[("if-match", &later.etag())], json!({ "starts_at": at(2, 9, 0), "technician_id": shop.ana })).await;
        assert_eq!(moved.status, 200, "{moved:?}");
        house.run_jobs().await;
        assert!(above.query(&ways, &[&acme.id, &shop.ana]).await.unwrap().is_empty(), "nothing comes before it there");
        let then = beside("2026-06-25").await;
        assert!(then.contains("Ana has EPA 608.") && then.contains("It would be the first of the day."), "{then}");
        assert!(!then.contains("to drive"), "what was said of the other day is forgotten: {then}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_differ_and_on_call() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let marco = format!("/api/v1/technicians/{}", shop.marco);
        let ten = at(1, 10, 0);
        let day = owner
            .post(&format!("{marco}/exceptions"), json!({ "on_day": "2026-06-24", "reason": "School play" }))
            .await;
        assert_eq!(day.status, 201, "{day:?}");
        assert_eq!(offered(&owner, &shop, &shop.near, 1, &ten).await, ["Ana"]);
        assert_eq!(asked(book(&owner, &shop, &shop.marco, &shop.near, &ten, json!({})).await).await, "off_shift");
        let half =
            owner.post(&format!("{marco}/exceptions"), json!({ "on_day": "2026-06-25", "starts": "08:00" })).await;
        assert_eq!((half.status, half.error("/ends").is_empty()), (422, false), "{half:?}");
        let twice = owner.post(&format!("{marco}/exceptions"), json!({ "on_day": "2026-06-24" })).await;
        assert_eq!((twice.status, twice.error("/on_day").is_empty()), (422, false), "{twice:?}");
        assert_eq!(owner.delete(&format!("{marco}/exceptions/{}", day.id())).await.status, 204);
        assert_eq!(offered(&owner, &shop, &shop.near, 1, &ten).await, ["Ana", "Marco"]);

        // On call: not offered, but sent without a question when the office sends him.
        let eight = at(1, 20, 0);
        assert_eq!(asked(book(&owner, &shop, &shop.marco, &shop.near, &eight, json!({})).await).await, "off_shift");
        let call = json!({ "starts_at": at(1, 18, 0), "ends_at": at(2, 6, 0), "note": "Nights" });
        let call = owner.post(&format!("{marco}/on-call"), call).await;
        assert_eq!(call.status, 201, "{call:?}");
        assert!(offered(&owner, &shop, &shop.near, 1, &eight).await.is_empty());
        let urgent = format!("/api/v1/availability?item_id={}&from=2026-06-24&days=1&urgent=true", shop.item);
        let slots = owner.get(&urgent).await;
        assert!(
            slots.body["slots"].as_array().unwrap().iter().any(|slot| slot["starts_at"] == json!(eight)),
            "{slots:?}"
        );
        assert_eq!(book(&owner, &shop, &shop.marco, &shop.near, &eight, json!({})).await.status, 201);
        let schema = acme.schema().await;
        let rows = format!("select count(*) from {schema}.occupancy where tenant_id = $1 and kind = 'on_call'");
        let above = house.above().await;
        assert_eq!(above.query_one(&rows, &[&acme.id]).await.unwrap().get::<_, i64>(0), 1);
        assert_eq!(owner.delete(&format!("{marco}/on-call/{}", call.id())).await.status, 204);
        assert_eq!(above.query_one(&rows, &[&acme.id]).await.unwrap().get::<_, i64>(0), 0);
        for page in [
            &format!("/technicians/{}", shop.marco),
            "/service-areas",
            "/service-areas/new",
            "/service-areas/travel-times",
            "/settings/scheduling",
            &format!("/price-book/{}/scheduling", shop.item),
        ] {
            assert_eq!(owner.page(page).await.status, 200, "{page}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_found_and_mended_with_one_click() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let faults = async || {
            let found = owner.get("/api/v1/setup/scheduling").await;
            assert_eq!(found.status, 200, "{found:?}");
            found.body["data"].as_array().unwrap().clone()
        };
        assert!(faults().await.is_empty(), "nothing is missing yet");
        assert!(owner.page("/setup/scheduling").await.text.contains("Nothing is missing"));

        let lazy = json!({ "name": "Bo", "email": "bo@example.com", "without_shifts": true });
        let bo = owner.post("/api/v1/technicians", lazy).await.id();
        let item = async |name: &str, minutes: i64| {
            let new = json!({ "name": name, "kind": "service", "price": { "amount": "10.00", "currency": "USD" }, "duration_minutes": minutes });
            owner.post("/api/v1/items", new).await.id()
        };
        let long = item("Whole house", 900).await;
        let needs = json!({ "skills": [{ "skill_id": shop.skill, "level": 3 }], "licences": [{ "name": "Gas", "class": "A" }] });
        assert_eq!(put(&owner, &format!("/api/v1/items/{}/scheduling", shop.item), "", needs).await.status, 200);
        let mut areas = vec![];
        for name in ["North", "South"] {
            let area = json!({ "name": name, "shape": { "kind": "postal_codes", "postal_codes": ["606"] } });
            areas.push(owner.post("/api/v1/service-areas", area).await.id());
        }
        for technician in [&shop.marco, &shop.ana, &bo] {
            let path = format!("/api/v1/technicians/{technician}/planning");
            let etag = owner.get(&path).await.etag();
            assert_eq!(put(&owner, &path, &etag, json!({ "area_ids": [areas[0]] })).await.status, 200);
        }
        // One has the skill, another the licence; and one service asks for more notice than customers may book ahead.
        let gas = json!({ "name": "Backflow", "expires_on": "2027-01-01" });
        assert_eq!(owner.post(&format!("/api/v1/technicians/{}/credentials", shop.marco), gas).await.status, 201);
        let ana = format!("/api/v1/technicians/{}", shop.ana);
        let etag = owner.get(&ana).await.etag();
        assert_eq!(owner.patch(&ana, &etag, json!({ "skills": "EPA 608, Valves" })).await.status, 200);
        let skills = owner.get("/api/v1/skills").await;
        let valves = skills.body["data"].as_array().unwrap().iter().find(|one| one["name"] == "Valves").unwrap()["id"].clone();
        let both = item("Backflow test", 60).await;
        let etag = owner.get(&format!("/api/v1/items/{both}")).await.etag();
        assert_eq!(owner.patch(&format!("/api/v1/items/{both}"), &etag, json!({ "online": true })).await.status, 200);
        let needs = json!({ "skills": [{ "skill_id": valves, "level": 1 }], "licences": [{ "name": "Backflow" }] });
        assert_eq!(put(&owner, &format!("/api/v1/items/{both}/scheduling"), "", needs).await.status, 200);
        let slow = item("Permit first", 60).await;
        assert_eq!(put(&owner, &format!("/api/v1/items/{slow}/scheduling"), "", json!({ "notice_minutes": 2880 })).await.status, 200);
        let rules = json!({ "notice_minutes": 2880, "horizon_days": 2 });
        assert_eq!(owner.patch("/api/v1/scheduling-rules", "\"0\"", rules).await.status, 200);

        let found = faults().await;
        let kinds: Vec<&str> = found.iter().map(|one| one["kind"].as_str().unwrap()).collect();
        let all = ["no_shifts", "nobody_can", "nobody_licensed", "nobody_goes", "too_long", "nobody_all", "item_too_soon", "too_soon"];
        assert_eq!(kinds, all, "{found:?}");
        let about = |kind: &str, key: &str| found.iter().find(|one| one["kind"] == kind).unwrap()[key].as_str().unwrap().to_owned();
        assert_eq!([about("no_shifts", "technician_id"), about("too_long", "item_id"), about("nobody_goes", "area_id")], [bo, long, areas[1].clone()]);
        let today = owner.page("/").await;
        assert_eq!([about("nobody_all", "item_id"), about("item_too_soon", "item_id")], [both, slow]);
        assert!(today.text.contains("8 things keep work from being offered"), "{}", today.text);

        for fault in &found {
            let text = |key: &str| fault[key].as_str().unwrap_or_default().to_owned();
            let fields = ["kind", "technician_id", "item_id", "area_id", "part"].map(|key| (key, text(key)));
            let fields: Vec<(&str, &str)> = fields.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (*key, value.as_str())).collect();
            let mended = owner.form("/setup/scheduling/fix", &fields).await;
            assert_eq!(mended.status, 303, "{fault:?}: {mended:?}");
        }
        assert!(faults().await.is_empty(), "{:?}", faults().await);
        assert!(!owner.page("/").await.text.contains("keep work from being offered"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_booking_page_says_at_once_whether_anybody_comes() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        shop(&owner).await;
        let area = json!({ "name": "Loop", "shape": { "kind": "postal_codes", "postal_codes": ["60601"] } });
        assert_eq!(owner.post("/api/v1/service-areas", area).await.status, 201);
        let visitor = acme.visitor();
        let place = async |code: &str| {
            visitor.form("/book", &[("street", "1 Elm St"), ("city", "Chicago"), ("postal_code", code)]).await
        };
        let refused = place("99999").await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(refused.text.contains("We do not come to 99999 yet"), "{}", refused.text);
        assert_eq!(place("60601-1234").await.status, 303);
    })
    .await;
}

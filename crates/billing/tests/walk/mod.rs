//! All verbs about money in any order, while days pass and periods are closed: refused or done, the books hold after every step.
//! `WALK_SEED` (the first), `WALK_SEEDS` and `WALK_STEPS` repeat a run and make it longer.
mod held;

use super::*;
use held::Books;
use std::collections::BTreeMap;

const VERBS: [&str; 16] = [
    "issue",
    "issue",
    "pay in part",
    "pay all",
    "pay too much",
    "use credit",
    "pay credit out",
    "give part back",
    "give all back",
    "write off",
    "take the write-off back",
    "take a payment back",
    "void",
    "deposit",
    "finish a job",
    "days pass",
];

/// The customers, what is asked before a visit, and the days that are closed.
struct Shop {
    people: Vec<String>,
    item: String,
    marco: String,
    /// Visits whose deposit was asked for, and whose job is still to be done.
    visits: Vec<String>,
    visited: i64,
}

async fn shop(house: &TestHouse, owner: &Person<'_>) -> Shop {
    let item = json!({ "name": "Repair", "kind": "service", "price": usd("149.00"), "duration_minutes": 60 });
    let item = owner.post("/api/v1/items", item).await.id();
    let asked = json!({ "deposit": usd("40.00") });
    let set = owner.send(Method::PUT, &format!("/api/v1/items/{item}/scheduling"), &[], asked).await;
    assert_eq!(set.status, 200, "{set:?}");
    let mut people = vec![];
    for name in ["Ana", "Bo"] {
        let place = json!({ "street": "12 Elm St", "city": "Springfield", "postal_code": "62704" });
        people.push(owner.post("/api/v1/customers", json!({ "name": name, "location": place })).await.id());
    }
    let starts = today(house).checked_add(kernel::jiff::Span::new().days(2)).unwrap();
    plan(owner, "Carla", starts, "quarter", "100.01").await;
    plan(owner, "Dora", starts, "month", "33.33").await;
    let marco = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await.id();
    Shop { people, item, marco, visits: vec![], visited: 0 }
}

async fn invoices(owner: &Person<'_>) -> Vec<Value> {
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let found = owner.get(&format!("/api/v1/invoices?limit=200{cursor}")).await.body;
        all.extend(found["data"].as_array().unwrap().iter().filter(|one| one["status"] != "draft").cloned());
        match found["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn amount(random: &mut SmallRng) -> Value {
    usd(&format!("{}.{:02}", random.random_range(1..120), random.random_range(0..100)))
}

fn money(minor: i64) -> Value {
    usd(&format!("{}.{:02}", minor / 100, minor % 100))
}

/// With a discount, two taxes of which one is on the other, and a third of something.
fn lines(random: &mut SmallRng) -> Value {
    let some = [333, 1000, 2500][random.random_range(0..3)];
    json!([
        { "description": "Filter", "unit_price": amount(random), "quantity_milli": 3000, "discount": usd("0.77"),
          "taxes": [{ "name": "State", "rate_ppm": 62500 }, { "name": "City", "rate_ppm": 25000, "compound": true }] },
        { "description": "Visit", "unit_price": amount(random), "quantity_milli": some },
    ])
}

/// A draft that gets its number.
async fn issue(owner: &Person<'_>, draft: &str) -> u16 {
    owner.post(&format!("/api/v1/invoices/{draft}/issue"), json!({})).await.status
}

/// A visit of which a deposit is asked for.
async fn deposit(house: &TestHouse, owner: &Person<'_>, shop: &mut Shop, who: &str) -> u16 {
    shop.visited += 1;
    let at = house.clock.now() + SignedDuration::from_hours(24 * 400 + 2 * shop.visited);
    let visit = json!({ "customer_id": who, "item_id": shop.item, "technician_id": shop.marco, "starts_at": at, "anyway": true });
    let visit = owner.post("/api/v1/appointments", visit).await;
    assert_eq!(visit.status, 201, "{visit:?}");
    shop.visits.push(visit.id());
    owner.post(&format!("/api/v1/appointments/{}/deposit", visit.id()), json!({})).await.status
}

/// The job of a visit is done and billed, less its deposit.
async fn finish(house: &TestHouse, owner: &Person<'_>, shop: &mut Shop) -> u16 {
    if shop.visits.is_empty() {
        return 409;
    }
    let visit = shop.visits.remove(0);
    let order = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await;
    assert_eq!(order.status, 201, "{order:?}");
    let line = json!({ "description": "Valve", "unit_price": usd("149.99"), "quantity_milli": 1333 });
    let path = format!("/api/v1/work-orders/{}", order.id());
    assert_eq!(owner.post(&format!("{path}/lines"), line).await.status, 201);
    for verb in ["start", "finish"] {
        let done = owner.post(&format!("{path}/{verb}"), json!({})).await;
        assert_eq!(done.status, 200, "{done:?}");
    }
    house.run_jobs().await;
    let drafts = owner.get("/api/v1/invoices?status=draft&limit=200").await.body["data"].as_array().unwrap().clone();
    let draft = drafts
        .iter()
        .find(|one| one["work_order_id"] == order.body["id"])
        .unwrap_or_else(|| panic!("no draft: {drafts:?}"));
    issue(owner, draft["id"].as_str().unwrap()).await
}

/// Some days, what comes round in them, and perhaps the books are closed up to yesterday or to an earlier day.
async fn days_pass(house: &TestHouse, acme: &Company<'_>, owner: &Person<'_>, random: &mut SmallRng) -> u16 {
    house.clock.advance(SignedDuration::from_hours(24 * random.random_range(1..35)));
    both(house, acme).await;
    if random.random_range(0..2) == 1 {
        return 200;
    }
    let seen = owner.get("/api/v1/ledger/close").await.body["version"].as_i64().unwrap();
    let to = today(house).checked_sub(kernel::jiff::Span::new().days(random.random_range(0..20))).unwrap();
    close(owner, seen, &to.to_string()).await.status
}

/// One verb. What it said: done, or refused.
async fn step(house: &TestHouse, acme: &Company<'_>, shop: &mut Shop, random: &mut SmallRng, verb: &str) -> u16 {
    let owner = acme.program();
    let who = shop.people[random.random_range(0..2)].clone();
    let all = invoices(&owner).await;
    let one = if all.is_empty() { Value::Null } else { all[random.random_range(0..all.len())].clone() };
    let (path, open) = (
        format!("/api/v1/invoices/{}", one["id"].as_str().unwrap_or_default()),
        one["balance"].as_object().map_or(0, |_| cents(&one["balance"])),
    );
    let pay = |amount: Value, random: &mut SmallRng| {
        // Now and then it came some days ago, and these may be closed.
        let on =
            today(house).checked_sub(kernel::jiff::Span::new().days([0, 0, 9][random.random_range(0..3)])).unwrap();
        let method = ["cash", "transfer"][random.random_range(0..2)];
        json!({ "amount": amount, "method": method, "received_on": on, "keep_rest": true })
    };
    let (path, body) = match verb {
        "issue" => {
            let draft = owner.post("/api/v1/invoices", json!({ "customer_id": who, "lines": lines(random) })).await;
            assert_eq!(draft.status, 201, "{draft:?}");
            return issue(&owner, &draft.id()).await;
        }
        "deposit" => return deposit(house, &owner, shop, &who).await,
        "finish a job" => return finish(house, &owner, shop).await,
        "days pass" => return days_pass(house, acme, &owner, random).await,
        "pay credit out" => {
            (format!("/api/v1/customers/{who}/refunds"), json!({ "amount": amount(random), "method": "transfer" }))
        }
        _ if all.is_empty() => return 409,
        "pay in part" => (format!("{path}/payments"), pay(money(open / 3), random)),
        "pay all" => (format!("{path}/payments"), pay(money(open), random)),
        "pay too much" => (format!("{path}/payments"), pay(money(open + random.random_range(1..9_999)), random)),
        "use credit" => (format!("{path}/credit"), json!({})),
        "give part back" => {
            let lines = owner.get(&path).await.body["lines"].as_array().unwrap().clone();
            let line = &lines[random.random_range(0..lines.len())]["id"];
            let part = json!([{ "line_id": line, "quantity_milli": random.random_range(1..700) }]);
            (format!("{path}/credit-notes"), json!({ "reason": "Part", "lines": part }))
        }
        "give all back" => (format!("{path}/credit-notes"), json!({ "reason": "All" })),
        "write off" => (format!("{path}/write-off"), json!({ "reason": "Gone" })),
        "take the write-off back" => {
            let off = all.iter().find(|one| one["status"] == "written_off").unwrap_or(&one);
            (format!("/api/v1/invoices/{}/write-off/reverse", off["id"].as_str().unwrap()), json!({}))
        }
        "take a payment back" => {
            let paid = owner.get("/api/v1/payments?limit=200").await.body["data"].as_array().unwrap().clone();
            let Some(one) = (!paid.is_empty()).then(|| &paid[random.random_range(0..paid.len())]) else { return 409 };
            (format!("/api/v1/payments/{}/reverse", one["id"].as_str().unwrap()), json!({ "reason": "Bounced" }))
        }
        "void" => (format!("{path}/void"), json!({ "reason": "Slip" })),
        other => panic!("{other}"),
    };
    let answer = owner.post(&path, body).await;
    assert!(matches!(answer.status, 200 | 201 | 409 | 422), "{path}: {answer:?}");
    answer.status
}

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_sequence_of_all_verbs_the_books_hold() {
    let (first, seeds, steps) = (asked("WALK_SEED", 20_261_123), asked("WALK_SEEDS", 4), asked("WALK_STEPS", 90));
    let mut said: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for seed in first..first + seeds {
        let house = house().await;
        let acme = house.company(harness::PLACEMENTS[usize::try_from(seed % 2).unwrap()]).await;
        let owner = acme.program();
        let mut books = Books::of(&house, &acme).await;
        let mut random = SmallRng::seed_from_u64(seed);
        let mut shop = shop(&house, &owner).await;
        for nth in 0..steps {
            let verb = VERBS[random.random_range(0..VERBS.len())];
            let status = step(&house, &acme, &mut shop, &mut random, verb).await;
            let count = said.entry(verb).or_default();
            if status < 300 {
                count.0 += 1
            } else {
                count.1 += 1
            }
            books
                .hold(&owner, &format!("after step {nth}, {verb}: {status}, of seed {seed} in {}", acme.placement))
                .await;
        }
        report(&owner).await;
        books.find_what_is_planted().await;
    }
    println!("{said:?} from seed {first}");
    if seeds >= 4 && steps >= 90 {
        let idle: Vec<_> = VERBS.iter().filter(|verb| said.get(*verb).is_none_or(|(done, _)| *done == 0)).collect();
        assert!(idle.is_empty(), "nothing was done of {idle:?}: {said:?}");
    }
}

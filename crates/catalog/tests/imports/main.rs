//! A price book that comes as a file, through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
mod back;
mod twice;
mod whose;

use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse, in_both_placements, start};
use serde_json::{Value, json};

async fn house() -> TestHouse {
    start(vec![exports::module(), catalog::module()]).await
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn made(owner: &Person<'_>, path: &str, body: Value) -> String {
    let answer = owner.post(path, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.id()
}

async fn send(person: &Person<'_>, path: &str, bytes: &[u8]) -> Answer {
    const BOUNDARY: &str = "tradewindboundary";
    let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"book.csv\"\r\nContent-Type: text/csv\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    person.call(Method::POST, path, &[("content-type", &content)], Body::from(body)).await
}

const IMPORTS: &str = "/api/v1/price-book-imports";

/// Uploaded and looked through: where the import is.
async fn checked(person: &Person<'_>, test: &TestHouse, bytes: &[u8]) -> String {
    let made = send(person, IMPORTS, bytes).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("{IMPORTS}/{}", made.id());
    verb(person, test, &path, "check", "checked").await;
    path
}

async fn verb(person: &Person<'_>, test: &TestHouse, path: &str, verb: &str, then: &str) -> Value {
    let asked = person.post(&format!("{path}/{verb}"), json!({})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    test.run_jobs().await;
    let now = person.get(path).await.body;
    assert_eq!(now["status"], then, "{now}");
    now
}

async fn imported(person: &Person<'_>, test: &TestHouse, bytes: &[u8]) -> String {
    let path = checked(person, test, bytes).await;
    verb(person, test, &path, "run", "done").await;
    path
}

fn counts(import: &Value) -> [i64; 4] {
    ["made", "changed", "same", "wrong"].map(|name| import[name].as_i64().unwrap())
}

async fn lines(person: &Person<'_>, path: &str, outcome: &str) -> Vec<Value> {
    let answer = person.get(&format!("{path}/lines?outcome={outcome}&limit=200")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].as_array().unwrap().clone()
}

async fn exported(person: &Person<'_>, test: &TestHouse) -> String {
    let asked = person.post("/api/v1/exports", json!({ "list": "items", "format": "csv" })).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    test.run_jobs().await;
    let done = person.get(&format!("/api/v1/exports/{}", asked.id())).await;
    person.get(done.body["download"].as_str().unwrap()).await.text
}

/// Chance, from where it begins.
struct Luck(u64);
impl Luck {
    fn of(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % many as u64) as usize
    }
    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.of(of.len())]
    }
}

/// Names and words that files have trouble with.
const WORDS: &[&str] = &[
    "Tune-up",
    "=1+1",
    "Ñandú 45/5 µF",
    "\"quoted\"",
    "a, b; c|d",
    "+1 plus",
    "@home",
    "'tick",
    "100 %",
    "x 2 × y",
    "None",
    "n/a",
];
const SAYS: &[&str] = &["", "Two\nlines, \"both\"", "-3 degrees", "N/A", "=cmd()", "ends with a dot."];

/// A book of everything an item can be.
async fn book(owner: &Person<'_>, luck: &mut Luck) {
    let mut heads: Vec<Option<String>> = vec![None];
    for name in ["Heating", "Parts, small", "A/C"] {
        let above = heads[luck.of(heads.len())].clone();
        heads.push(Some(made(owner, "/api/v1/categories", json!({ "name": name, "parent_id": above })).await));
    }
    let mut taxes: Vec<Option<String>> = vec![None];
    for (name, ppm) in [("Sales tax", 82_500), ("Sales tax", 60_000), ("Green, levy", 12_345)] {
        taxes.push(Some(made(owner, "/api/v1/tax-rates", json!({ "name": name, "rate_ppm": ppm })).await));
    }
    let mut items: Vec<String> = vec![];
    for n in 0..24 {
        let kind = ["service", "material", "labor", "equipment", "bundle"][luck.of(5)];
        let (mut pricing, mut sold_as) = ("fixed", "one");
        if luck.of(3) == 0 {
            pricing = match kind {
                "service" => "time",
                "bundle" => "parts",
                _ => "markup",
            };
        }
        if pricing == "parts" && luck.of(2) == 0 {
            sold_as = "parts";
        }
        let mut item = json!({
            "name": format!("{} {n}", luck.one(WORDS)), "kind": kind, "price": usd(&format!("{}.{:02}", luck.of(5000), luck.of(100))), "pricing": pricing,
            "sold_as": sold_as, "category_id": heads[luck.of(heads.len())], "tax_rate_id": taxes[luck.of(taxes.len())], "description": luck.one(SAYS),
            "unit": luck.one(&["", "ft", "hour"]), "duration_minutes": if kind == "service" { 15 * (1 + luck.of(8)) } else { luck.of(2) * 30 }, "online": kind == "service" && luck.of(2) == 0,
        });
        let more = item.as_object_mut().unwrap();
        if luck.of(2) == 0 {
            more.insert("code".into(), json!(format!("{}-{n}", luck.one(&["CAP", "=X", "a\"b", "2 × z"]))));
        }
        if pricing == "markup" || luck.of(2) == 0 {
            more.insert("cost".into(), usd(&format!("{}.50", luck.of(900))));
        }
        let id = made(owner, "/api/v1/items", item).await;
        if matches!(kind, "service" | "bundle") && items.len() > 3 {
            let parts: Vec<Value> = (0..2).map(|at| json!({ "item_id": items[luck.of(items.len() / 2) + at * items.len() / 2], "quantity_milli": 1 + luck.of(9000) })).collect();
            let put =
                owner.send(Method::PUT, &format!("/api/v1/items/{id}/parts"), &[], json!({ "parts": parts })).await;
            assert!([200, 422].contains(&put.status), "{put:?}");
        }
        items.push(id);
    }
}

#[tokio::test]
async fn a_book_taken_along_comes_back_byte_for_byte() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        for seed in 0..6 {
            let (theirs, ours) = (test.company(&acme.placement).await, test.company(&acme.placement).await);
            let (them, us) = (theirs.person("owner").await, ours.person("owner").await);
            book(&them, &mut Luck(seed)).await;
            let file = exported(&them, &test).await;
            assert_eq!(file.lines().next().unwrap(), "\u{feff}Name,Code,Kind,Category,Description,Unit,Minutes,Price,Cost,Currency,Tax,Tax percent,Booked online,Priced by,Labor rate,Sold as,Parts,Status");
            // Where it comes from it changes nothing; where nothing is, everything is new, and the second time nothing.
            let back = checked(&them, &test, file.as_bytes()).await;
            assert_eq!(counts(&them.get(&back).await.body), [0, 0, 24, 0], "{seed}: {:?} {file}", lines(&them, &back, "changed").await);
            let path = imported(&us, &test, file.as_bytes()).await;
            assert_eq!(counts(&us.get(&path).await.body), [24, 0, 0, 0], "{seed}: {:?} {file}", lines(&us, &path, "wrong").await);
            assert_eq!(exported(&us, &test).await, file, "{seed}");
            let again = checked(&us, &test, file.as_bytes()).await;
            assert_eq!(counts(&us.get(&again).await.body), [0, 0, 24, 0], "{seed}: {:?}", lines(&us, &again, "changed").await);
            verb(&us, &test, &path, "undo", "undone").await;
            assert_eq!(exported(&us, &test).await.lines().count(), 1, "{seed}");
            assert_eq!(us.get("/api/v1/categories").await.body["data"], json!([]), "{seed}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_columns_of_others_are_matched_and_bad_lines_are_refused_with_their_column() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        made(&owner, "/api/v1/tax-rates", json!({ "name": "Sales tax", "rate_ppm": 82_500, "standard": true })).await;
        let known = made(&owner, "/api/v1/items", json!({ "name": "Capacitor", "kind": "material", "code": "CAP-45", "price": usd("84.00") })).await;
        let file = "Item;SKU;Type;Unit price;Shelf;Taxable;Group;Components;Hours\n\
            Capacitor 45/5;CAP-45;Product;89.50;A1;yes;Cooling > Parts;;\n\
            Tune-up;TU;Services;$1,129.00;;no;Cooling;;1:30\n\
            Kit;;Kit;10;;;Cooling;2 x CAP-45\\n;\n\
            Boat;;Boat;1;;;;;\n\
            Dear;;Material;1.234;;;;;\n\
            Twin;TU;Material;1;;;;;\n\
            ;X;Material;1;;;;;\n\
            Free;;Material;;;;;;\n\
            Lost kit;;Kit;5;;;;1 x NOPE;\n\
            Slow;;Service;5;;;;;\n".replace("\\n", "");
        let sent = send(&owner, IMPORTS, file.as_bytes()).await;
        let path = format!("{IMPORTS}/{}", sent.id());
        let nameless = owner.post(&format!("{path}/check"), json!({ "c1": "code" })).await;
        assert_eq!(nameless.body["errors"][0]["message"], "Say which column holds the item's name.", "{nameless:?}");
        let odd = owner.post(&format!("{path}/check"), json!({ "c0": "shoe_size" })).await;
        assert_eq!(odd.error("/c0"), "Choose one of the fields offered, or leave the column out.");
        let columns = json!({ "c0": "name", "c1": "code", "c2": "kind", "c3": "price", "c5": "taxed", "c6": "category", "c7": "parts", "c8": "minutes" });
        assert_eq!(owner.post(&format!("{path}/check"), columns).await.status, 202);
        test.run_jobs().await;
        assert_eq!(counts(&owner.get(&path).await.body), [2, 1, 0, 7]);
        let says: Vec<(i64, String, String)> = lines(&owner, &path, "wrong").await.iter().map(|line| {
            (line["line"].as_i64().unwrap(), line["column"].as_str().unwrap_or("").to_owned(), line["reason"].as_str().unwrap().to_owned())
        }).collect();
        let expected = [
            (5, "Type", "“Boat” is none of these: Service, Material, Labor, Equipment, Bundle."),
            (6, "Unit price", "“1.234” is no amount, such as 129.00."),
            (7, "SKU", "Line 3 has this code already."),
            (8, "Item", "Give a name."),
            (9, "Unit price", "Give its price."),
            (10, "Components", "There is no item “NOPE”, neither in the price book nor in this file."),
            (11, "Hours", "A service needs a duration, or nobody can book it. Give the minutes it usually takes, such as 60."),
        ];
        assert_eq!(says, expected.map(|(line, column, says)| (line, column.to_owned(), says.to_owned())));
        let changed = lines(&owner, &path, "changed").await;
        assert_eq!(changed[0]["reason"], "Name, it was “Capacitor”, category, price 84.00 → 89.50, tax", "{changed:?}");
        // Nothing is there yet.
        assert_eq!(owner.get("/api/v1/items").await.body["data"].as_array().unwrap().len(), 1);
        let done = verb(&owner, &test, &path, "run", "done").await;
        assert_eq!(counts(&done), [2, 1, 0, 7]);
        let item = owner.get(&format!("/api/v1/items/{known}")).await.body;
        assert_eq!((&item["name"], &item["price"], &item["tax_rate_ppm"]), (&json!("Capacitor 45/5"), &usd("89.50"), &json!(82_500)));
        let prices = owner.get(&format!("/api/v1/items/{known}/prices")).await.body["data"].clone();
        assert_eq!(prices[0]["why"], "import", "{prices}");
        let found = owner.get("/api/v1/items?q=kit").await.body["data"][0].clone();
        let parts = owner.get(&format!("/api/v1/items/{}/parts", found["id"].as_str().unwrap())).await.body["data"].clone();
        assert_eq!((&parts[0]["item_id"], &parts[0]["quantity_milli"]), (&json!(known), &json!(2000)), "{parts}");
        let page = format!("/price-book/imports/{}", sent.id());
        let refused = owner.get(&format!("{page}/errors.csv")).await;
        assert!(refused.text.contains("Boat,,Boat,1,,,,,,\"Type: “Boat” is none of these"), "{}", refused.text);
        assert!(owner.page(&page).await.text.contains("Undo this import"));
        // Asked for again is once.
        assert_eq!(owner.post(&format!("{path}/run"), json!({})).await.status, 202);
        test.run_jobs().await;
        assert_eq!(owner.get("/api/v1/items").await.body["data"].as_array().unwrap().len(), 3);
        let told: Vec<String> = acme.told().await.into_iter().filter(|kind| kind.starts_with("price_book.")).collect();
        assert_eq!(told, ["price_book.import_uploaded", "price_book.import_begun", "price_book.imported"]);
    })
    .await;
}

#[tokio::test]
async fn an_undoing_leaves_what_was_worked_with_and_what_was_changed_since() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let known = made(&owner, "/api/v1/items", json!({ "name": "Filter", "kind": "material", "code": "F1", "price": usd("10.00") })).await;
        let before = owner.get(&format!("/api/v1/items/{known}")).await.body;
        let file = "Name,Code,Kind,Price,Cost,Parts,Category\nFilter,F1,Material,12.00,4.00,,New\nMarked,M1,Material,5.00,1.00,,New\nTouched,T1,Material,6.00,,,New > Below\nGone,G1,Material,7.00,,,New > Below\nKit,K1,Bundle,9.00,,1 × G2,New\nInner,G2,Material,1.00,,,New\nHeld,H1,Material,1.00,,,New\n";
        let path = imported(&owner, &test, file.as_bytes()).await;
        assert_eq!(counts(&owner.get(&path).await.body), [6, 1, 0, 0]);
        let of = async |q: &str| owner.get(&format!("/api/v1/items?q={q}")).await.body["data"][0].clone();
        let (marked, touched, held) = (of("M1").await, of("T1").await, of("H1").await);
        made(&owner, "/api/v1/markups", json!({ "item_id": marked["id"], "bands": [{ "from": usd("0"), "markup_ppm": 500_000 }] })).await;
        let at = format!("/api/v1/items/{}", touched["id"].as_str().unwrap());
        assert_eq!(owner.patch(&at, &format!("\"{}\"", touched["version"]), json!({ "price": usd("8.00") })).await.status, 200);
        // Part of what is no business of the file.
        let own = made(&owner, "/api/v1/items", json!({ "name": "Own kit", "kind": "bundle", "price": usd("1.00") })).await;
        let put = owner.send(Method::PUT, &format!("/api/v1/items/{own}/parts"), &[], json!({ "parts": [{ "item_id": held["id"], "quantity_milli": 1000 }] })).await;
        assert_eq!(put.status, 200, "{put:?}");
        let done = verb(&owner, &test, &path, "undo", "undone").await;
        assert_eq!((&done["taken_back"], &done["kept"]), (&json!(6), &json!(1)), "{done}");
        let now = owner.get(&format!("/api/v1/items/{known}")).await.body;
        for field in ["name", "price", "cost", "category_id", "status"] {
            assert_eq!(now[field], before[field], "{field}");
        }
        for (code, status) in [("M1", "archived"), ("H1", "archived"), ("T1", "active")] {
            let found = owner.get(&format!("/api/v1/items?q={code}&status={status}")).await.body["data"].clone();
            assert_eq!(found.as_array().unwrap().len(), 1, "{code}: {found}");
        }
        for code in ["G1", "G2", "K1"] {
            for status in ["active", "archived"] {
                assert_eq!(owner.get(&format!("/api/v1/items?q={code}&status={status}")).await.body["data"], json!([]), "{code}");
            }
        }
        let page = owner.page(&path.replace(IMPORTS, "/price-book/imports")).await;
        assert!(page.text.contains("Left as they are") && page.text.contains("Touched"), "{}", page.text);
        // Twice is once, and the file can come again.
        verb(&owner, &test, &path, "undo", "undone").await;
        let again = checked(&owner, &test, file.as_bytes()).await;
        assert_eq!(counts(&owner.get(&again).await.body), [3, 4, 0, 0], "{:?}", lines(&owner, &again, "changed").await);
    })
    .await;
}

/// Somebody whose role is all of these.
async fn with<'a>(acme: &'a Company<'_>, owner: &Person<'_>, permissions: &[&str]) -> Person<'a> {
    let person = acme.person("viewer").await;
    let named = json!({ "label": format!("Role of {}", person.id.unwrap()), "copy_of": "viewer" });
    let role = owner.post("/api/v1/roles", named).await;
    let path = format!("/api/v1/roles/{}", role.id());
    let set = owner.patch(&path, &role.etag(), json!({ "permissions": permissions })).await;
    assert_eq!(set.status, 200, "{set:?}");
    let member = format!("/api/v1/members/{}", person.id.unwrap());
    let name = owner.get(&path).await.body["name"].clone();
    assert_eq!(owner.patch(&member, &owner.get(&member).await.etag(), json!({ "role": name })).await.status, 200);
    person
}

#[tokio::test]
async fn costs_come_in_with_those_who_may_see_them() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let known = made(
            &owner,
            "/api/v1/items",
            json!({ "name": "Filter", "kind": "material", "price": usd("10.00"), "cost": usd("4.14") }),
        )
        .await;
        let blind = with(&acme, &owner, &["catalog.read", "catalog.write", "prices.see", "exports.create"]).await;
        let file = "Name,Kind,Price,Cost\nFilter,Material,11.00,1.00\nFan,Material,3.00,2.00\n";
        let sent = send(&blind, IMPORTS, file.as_bytes()).await;
        let path = format!("{IMPORTS}/{}", sent.id());
        let all = json!({ "c0": "name", "c1": "kind", "c2": "price", "c3": "cost" });
        let refused = blind.post(&format!("{path}/check"), all).await;
        assert_eq!(
            refused.error("/c3"),
            "Costs are brought in by those who may see them. Leave this column out.",
            "{refused:?}"
        );
        assert!(!blind.page(&path.replace(IMPORTS, "/price-book/imports")).await.text.contains("value=\"cost\""));
        let path = imported(&blind, &test, file.as_bytes()).await;
        let costs = async |id: &str| owner.get(&format!("/api/v1/items/{id}")).await.body["cost"].clone();
        assert_eq!(costs(&known).await, usd("4.14"));
        let fan = owner.get("/api/v1/items?q=fan").await.body["data"][0].clone();
        assert_eq!((&fan["price"], &fan["cost"]), (&usd("3.00"), &Value::Null));
        assert_eq!(owner.get(&path).await.status, 200, "whoever sees all of it may look");
        // Their own export comes back, and takes no cost away.
        let own = exported(&blind, &test).await;
        let back = checked(&blind, &test, own.as_bytes()).await;
        assert_eq!(counts(&blind.get(&back).await.body), [0, 0, 2, 0]);
        // What somebody brought who sees costs is not shown to those who do not.
        let theirs = checked(&owner, &test, file.as_bytes()).await;
        for path in [
            theirs.clone(),
            format!("{theirs}/lines"),
            theirs.replace(IMPORTS, "/price-book/imports"),
            format!("{}/errors.csv", theirs.replace(IMPORTS, "/price-book/imports")),
        ] {
            assert_eq!(blind.get(&path).await.status, 404, "{path}");
        }
        let reason = lines(&owner, &theirs, "changed").await[0]["reason"].clone();
        assert_eq!(reason, "Cost", "without figures");
        // No role is without prices that may change them; the key of a program can be.
        let key = owner
            .post("/api/v1/api-keys", json!({ "name": "Shelf", "scopes": ["catalog.read", "catalog.write"] }))
            .await;
        let mut priceless = acme.visitor();
        priceless.credential = Some(("authorization", format!("Bearer {}", key.body["key"].as_str().unwrap())));
        assert_eq!(send(&priceless, IMPORTS, file.as_bytes()).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_large_book_takes_few_statements_and_has_an_end() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let line = |n: usize| {
            format!("Item {n},C{n},Material,Shelf {} > Box {},{}.99,1.50,Sales tax,8.25\n", n % 9, n % 7, n % 500)
        };
        let lines: String = (0..20_000).map(line).collect();
        let begun = std::time::Instant::now();
        let path =
            checked(&owner, &test, format!("Name,Code,Kind,Category,Price,Cost,Tax,Tax percent\n{lines}").as_bytes())
                .await;
        let looked = begun.elapsed();
        let done = verb(&owner, &test, &path, "run", "done").await;
        assert_eq!(counts(&done), [20_000, 0, 0, 0]);
        let ran = begun.elapsed();
        verb(&owner, &test, &path, "undo", "undone").await;
        eprintln!(
            "20,000 items, {}: checked after {looked:?}, in after {ran:?}, out after {:?}",
            acme.placement,
            begun.elapsed()
        );
        let many: String = (0..25_001).map(line).collect();
        let refused =
            send(&owner, IMPORTS, format!("Name,Code,Kind,Category,Price,Cost,Tax,Tax percent\n{many}").as_bytes())
                .await;
        assert_eq!(
            refused.error("/file"),
            "A price book has at most 25,000 lines. Split it and bring the parts one after the other.",
            "{:.300}",
            refused.text
        );
    })
    .await;
}

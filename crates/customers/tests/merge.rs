//! Customers who are one, through the front door: suggested, kept apart, merged with a choice for each field, and taken back.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Person, in_both_placements, start};
use serde_json::{Value, json};

async fn house() -> harness::TestHouse {
    start(vec![customers::module()]).await
}

async fn customer(person: &Person<'_>, body: Value) -> String {
    let made = person.post("/api/v1/customers", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

async fn merge(person: &Person<'_>, stays: &str, gone: &str, fields: Value) -> Answer {
    person.post(&format!("/api/v1/customers/{stays}/merge"), json!({ "customer_id": gone, "fields": fields })).await
}

async fn merged(person: &Person<'_>, stays: &str, gone: &str) -> String {
    let done = merge(person, stays, gone, json!({})).await;
    assert_eq!(done.status, 200, "{done:?}");
    let list = person.get(&format!("/api/v1/customers/{stays}/merges")).await;
    list.body["data"][0]["id"].as_str().unwrap().to_owned()
}

async fn undo(person: &Person<'_>, merge: &str) -> Answer {
    person.post(&format!("/api/v1/customer-merges/{merge}/undo"), json!({})).await
}

/// Names of the pairs, with why.
async fn pairs(person: &Person<'_>) -> Vec<String> {
    let list = person.get("/api/v1/customer-duplicates").await;
    let data = list.body["data"].as_array().unwrap_or_else(|| panic!("{list:?}")).clone();
    let words = |pair: &Value| {
        let mut names = [pair["one_name"].as_str().unwrap(), pair["other_name"].as_str().unwrap()];
        names.sort_unstable();
        let reasons: Vec<&str> = pair["reasons"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        format!("{} = {}: {}", names[0], names[1], reasons.join(" "))
    };
    let mut all: Vec<String> = data.iter().map(words).collect();
    all.sort();
    all
}

/// Until so many wait for a lock, at most two seconds.
async fn waiting(house: &harness::TestHouse, many: i64) {
    let above = house.above().await;
    let sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..100 {
        if above.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) >= many {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Each is looked at by a job of its own, and both are at work at the same moment.
#[tokio::test]
async fn two_who_come_at_the_same_moment_are_seen_beside_each_other() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        house.run_jobs().await;
        let (mut holder, schema) = (house.above().await, acme.schema().await);
        let held = holder.transaction().await.unwrap();
        held.batch_execute(&format!("lock table {schema}.customer_likeness in share mode")).await.unwrap();
        customer(&owner, json!({ "name": "Ana Rivera", "phone": "(217) 555-0142" })).await;
        let first = house.run_jobs();
        let second = async {
            waiting(&house, 1).await;
            customer(&owner, json!({ "name": "Rivera, Ana", "phone": "217 555 0142" })).await;
            house.run_jobs().await
        };
        let release = async {
            waiting(&house, 2).await;
            held.rollback().await.unwrap();
        };
        tokio::join!(first, second, release);
        assert_eq!(pairs(&owner).await, ["Ana Rivera = Rivera, Ana: phone name"]);
    })
    .await;
}

#[tokio::test]
async fn who_looks_alike_is_suggested_until_they_are_said_to_be_two() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let at = |street: &str, code: &str| json!({ "street": street, "city": "Springfield", "postal_code": code });
        let ana = customer(&owner, json!({ "name": "Ana Rivera", "email": "ana@example.com", "phone": "(217) 555-0142", "location": at("12 Elm Street", "62701") })).await;
        customer(&owner, json!({ "name": "Rivera, Ana", "phone": "+1 217-555-0142" })).await;
        customer(&owner, json!({ "name": "Anna Rivera", "location": at("12 elm st", "62701") })).await;
        let bo = customer(&owner, json!({ "name": "Bo Baker", "location": at("1 Oak Rd", "62702") })).await;
        customer(&owner, json!({ "name": "Bo Baker", "location": at("9 Pine Ct", "62702") })).await;
        customer(&owner, json!({ "name": "Bo Baker", "location": at("9 Pine Ct", "90210") })).await;
        customer(&owner, json!({ "name": "Cy Cole", "location": at("1 Oak Rd", "62702") })).await;
        house.run_jobs().await;
        assert_eq!(
            pairs(&owner).await,
            [
                "Ana Rivera = Anna Rivera: similar_name address",
                "Ana Rivera = Rivera, Ana: phone name",
                "Bo Baker = Bo Baker: name postal_code",
            ]
        );
        let page = owner.page("/customers/duplicates").await;
        assert!(page.text.contains("Similar name, same address") && page.text.contains("They are two"), "{}", page.text);
        let shown = owner.page(&format!("/customers/{ana}")).await.text;
        assert!(shown.contains("Perhaps the same") && shown.contains("Same phone, same name"), "{shown}");

        // What no longer holds is suggested no longer; what was said stays said.
        let path = format!("/api/v1/customers/{bo}");
        owner.patch(&path, &owner.get(&path).await.etag(), json!({ "name": "Robert Baker" })).await;
        let first = owner.get("/api/v1/customer-duplicates?limit=1").await;
        assert_eq!(first.body["data"][0]["score"], 80, "the likeliest first: {first:?}");
        let id = first.body["data"][0]["id"].as_str().unwrap();
        assert_eq!(owner.post(&format!("/api/v1/customer-duplicates/{id}/dismiss"), json!({})).await.status, 204);
        house.run_jobs().await;
        let left = ["Ana Rivera = Anna Rivera: similar_name address"];
        assert_eq!(pairs(&owner).await, left);
        assert_eq!(owner.post("/api/v1/customer-duplicates/look", json!({})).await.status, 204);
        house.run_jobs().await;
        assert_eq!(pairs(&owner).await, left);
        assert!(acme.told().await.iter().any(|kind| kind == "duplicate.dismissed"));

        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.get("/api/v1/customer-duplicates").await.status, 403);
        assert_eq!(merge(&viewer, &ana, &bo, json!({})).await.status, 403);
        let seen = viewer.page(&format!("/customers/{ana}")).await.text;
        assert!(!seen.contains("Perhaps the same"), "{seen}");
    })
    .await;
}

#[tokio::test]
async fn what_too_many_share_says_nothing_and_a_sweep_finds_what_was_there() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    for n in 0..23 {
        customer(&owner, json!({ "name": format!("Tenant {n:02} {}", "abcdefghijklmnopqrstuvwxyz".repeat(n % 3)), "phone": "217 555 0100" })).await;
    }
    for name in ["Dee", "Eve"] {
        customer(&owner, json!({ "name": name, "email": "same@example.com" })).await;
    }
    house.run_jobs().await;
    let client = house.above().await;
    client.execute("delete from app.duplicate where tenant_id = $1", &[&acme.id]).await.unwrap();
    client.execute("delete from app.customer_likeness where tenant_id = $1", &[&acme.id]).await.unwrap();
    assert_eq!(pairs(&owner).await, Vec::<String>::new());
    owner.form("/customers/duplicates/look", &[("_key", "look")]).await;
    house.run_jobs().await;
    assert_eq!(pairs(&owner).await, ["Dee = Eve: email"]);
}

#[tokio::test]
async fn a_merge_takes_what_is_chosen_and_the_stricter_consent() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ana = customer(&owner, json!({ "name": "Ana", "email": "ana@example.com", "notes": "Dog." })).await;
        let bo = customer(
            &owner,
            json!({ "name": "Anna Bo", "phone": "(217) 555-0101", "notes": "Gate 12.", "external_id": "J-7" }),
        )
        .await;
        let say = async |id: &str, allowed: bool| {
            let word = json!({ "channel": "email", "purpose": "marketing", "allowed": allowed });
            let said = json!({ "changes": [word], "source": "On the phone" });
            assert_eq!(owner.post(&format!("/api/v1/customers/{id}/consents"), said).await.status, 200);
        };
        // One refused, then the other refused and took it back: the refusal counts.
        say(&ana, false).await;
        say(&bo, false).await;
        say(&bo, true).await;
        let before = owner.get(&format!("/api/v1/customers/{ana}")).await.body;
        let done = merge(&owner, &ana, &bo, json!({ "name": "other", "notes": "both" })).await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!((&done.body["name"], &done.body["phone"]), (&json!("Anna Bo"), &json!("(217) 555-0101")));
        assert_eq!((&done.body["notes"], &done.body["external_id"]), (&json!("Dog.\n\nGate 12."), &json!("J-7")));
        let standing = async |id: &str| {
            let all = owner.get(&format!("/api/v1/customers/{id}/consents")).await.body;
            let one = all["data"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["channel"] == "email" && one["purpose"] == "marketing");
            one.unwrap()["allowed"].clone()
        };
        assert_eq!(standing(&ana).await, json!(false), "the stricter wins");
        let found = owner.get("/api/v1/customers?q=gate").await;
        assert_eq!(found.body["data"], json!([]), "{found:?}");
        let number = owner.get("/api/v1/customers?status=merged").await.body["data"][0]["number"].clone();
        let found = owner.get(&format!("/api/v1/customers?q={number}")).await;
        assert_eq!(found.body["data"][0]["id"], json!(ana), "who is looked for by the old number is found: {found:?}");
        house.run_jobs().await;
        let page = owner.page(&format!("/customers/{ana}")).await.text;
        assert!(page.contains("Merged into this customer") && page.contains("merged into this one"), "{page}");

        // A field that was changed since stays; the others go back.
        let path = format!("/api/v1/customers/{ana}");
        owner.patch(&path, &owner.get(&path).await.etag(), json!({ "phone": "(217) 555-0999" })).await;
        let list = owner.get(&format!("{path}/merges")).await;
        let id = list.body["data"][0]["id"].as_str().unwrap().to_owned();
        let back = undo(&owner, &id).await;
        assert_eq!((back.status, &back.body["left"]), (200, &json!(["phone"])), "{back:?}");
        let after = owner.get(&path).await.body;
        for field in ["name", "email", "notes", "external_id"] {
            assert_eq!(before[field], after[field], "{field}");
        }
        assert_eq!(after["phone"], "(217) 555-0999");
        assert_eq!((standing(&ana).await, standing(&bo).await), (json!(false), json!(true)));
        let other = owner.get(&format!("/api/v1/customers/{bo}")).await;
        assert_eq!((&other.body["status"], &other.body["external_id"]), (&json!("active"), &json!("J-7")), "{other:?}");
        let again = undo(&owner, &id).await;
        assert_eq!(
            (again.status, &again.body["merge"]["undone_at"]),
            (200, &back.body["merge"]["undone_at"]),
            "twice is once"
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_in_words() {
    let house = house().await;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let (owner, dispatcher) = (acme.person("owner").await, acme.person("dispatcher").await);
        let mut ids = vec![];
        for name in ["Ana", "Bo", "Cy"] {
            ids.push(customer(&owner, json!({ "name": name })).await);
        }
        let [ana, bo, cy] = &ids[..] else { panic!() };
        assert!(merge(&owner, ana, ana, json!({})).await.text.contains("not merged with itself"));
        let nobody = "01890000-0000-7000-8000-000000000000";
        assert_eq!(merge(&owner, ana, nobody, json!({})).await.status, 404);
        assert_eq!(merge(&owner, nobody, ana, json!({})).await.status, 404);
        assert_eq!(merge(&owner, ana, bo, json!({ "name": "best" })).await.status, 422);
        owner.post(&format!("/api/v1/customers/{ana}/archive"), json!({})).await;
        assert!(merge(&owner, ana, bo, json!({})).await.text.contains("Bring them back first"));
        owner.post(&format!("/api/v1/customers/{ana}/restore"), json!({})).await;

        // A part of a part goes back in the order in which it came.
        let first = merged(&dispatcher, bo, ana).await;
        let second = merged(&dispatcher, cy, bo).await;
        assert_eq!(
            merge(&owner, cy, ana, json!({})).await.body["merged_into"],
            json!(bo),
            "it is with another already"
        );
        let wrong = undo(&owner, &first).await;
        assert_eq!((wrong.status, wrong.text.contains("Take that back first")), (409, true), "{wrong:?}");
        for verb in ["archive", "restore", "tags", "notes", "contacts", "consents"] {
            let body = match verb {
                "tags" => json!({ "tags": ["VIP"] }),
                "notes" => json!({ "body": "Late" }),
                "contacts" => json!({ "name": "Late" }),
                "consents" => {
                    json!({ "changes": [{ "channel": "sms", "purpose": "service", "allowed": false }], "source": "Phone" })
                }
                _ => json!({}),
            };
            let refused = owner.post(&format!("/api/v1/customers/{bo}/{verb}"), body).await;
            assert!(matches!(refused.status, 409 | 422) && refused.text.contains("merged"), "{verb}: {refused:?}");
        }
        assert_eq!(undo(&owner, &second).await.status, 200);
        assert_eq!(undo(&owner, &first).await.status, 200);
        for id in &ids {
            assert_eq!(owner.get(&format!("/api/v1/customers/{id}")).await.body["status"], "active");
        }
        let other = house.company(placement).await;
        let neighbour = other.person("owner").await;
        assert_eq!(merge(&neighbour, ana, bo, json!({})).await.status, 404);
        assert_eq!(undo(&neighbour, &first).await.status, 404);
    }
}

#[tokio::test]
async fn the_page_compares_merges_and_takes_back() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ana = customer(&owner, json!({ "name": "Ana Rivera", "email": "ana@example.com" })).await;
        let bo =
            customer(&owner, json!({ "name": "Ana M. Rivera", "email": "am@example.com", "phone": "(217) 555-0101" }))
                .await;
        let here = format!("/customers/{ana}/merge");
        let page = owner.page(&format!("{here}?q=rivera")).await.text;
        assert!(page.contains("Ana M. Rivera #1002") && page.contains(&format!("customer_id={bo}")), "{page}");
        assert!(owner.page(&format!("{here}?q=nobody")).await.text.contains("Nobody else is found"));
        let page = owner.page(&format!("{here}?customer_id={bo}")).await.text;
        for words in ["Who stays", "name=\"email\"", "am@example.com", "They are two"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("name=\"phone\""), "one has none: there is nothing to choose");
        let wrong = owner.form(&here, &[("customer_id", &bo), ("_key", "a")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Say who of the two stays."), "{wrong:?}");
        let fields =
            [("customer_id", bo.as_str()), ("stays", "other"), ("name", "this"), ("email", "other"), ("_key", "b")];
        let done = owner.form(&here, &fields).await;
        assert_eq!((done.status, done.header("location")), (303, format!("/customers/{bo}").as_str()), "{done:?}");
        let stayed = owner.get(&format!("/api/v1/customers/{bo}")).await.body;
        assert_eq!((&stayed["name"], &stayed["email"]), (&json!("Ana Rivera"), &json!("am@example.com")));
        assert_eq!(owner.page(&format!("/customers/{ana}/edit")).await.status, 301, "every page of it leads on");
        let page = owner.page(&format!("/customers/{bo}")).await.text;
        let action = page.split("action=\"/customers/merges/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let back = owner.form(&format!("/customers/merges/{action}"), &[("_key", "c")]).await;
        assert_eq!(back.status, 303, "{back:?}");
        assert_eq!(owner.page(&format!("/customers/{ana}")).await.status, 200);
        let apart = owner.form(&format!("/customers/{ana}/apart"), &[("customer_id", &bo), ("_key", "d")]).await;
        assert_eq!((apart.status, apart.header("location")), (303, "/customers/duplicates"));
    })
    .await;
}

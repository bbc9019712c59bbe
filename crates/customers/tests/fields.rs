//! Fields of a company's own, through the front door: set up, filled in by form and API, found by, changed and deleted.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Person, in_both_placements, start};
use serde_json::{Value, json};

async fn house() -> harness::TestHouse {
    start(vec![customers::module()]).await
}

async fn field(person: &Person<'_>, label: &str, kind: &str, more: Value) -> Answer {
    let mut body = json!({ "label": label, "kind": kind });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    person.post("/api/v1/custom-fields", body).await
}

async fn add(person: &Person<'_>, name: &str, custom: Value) -> Answer {
    person.post("/api/v1/customers", json!({ "name": name, "custom": custom })).await
}

async fn found(person: &Person<'_>, q: &str) -> usize {
    person.get(&format!("/api/v1/customers?q={q}")).await.body["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn fields_are_set_up_filled_in_searched_and_deleted() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let gate = field(&owner, "Gate code", "text", json!({})).await;
        assert_eq!((gate.status, &gate.body["key"]), (201, &json!("gate_code")), "{gate:?}");
        for (label, kind, more) in [
            ("Filter size", "choice", json!({ "choices": ["16x20", "20x25"] })),
            ("Square feet", "number", json!({})),
            ("Contract until", "date", json!({})),
            ("Has a dog", "flag", json!({})),
        ] {
            let made = field(&owner, label, kind, more).await;
            assert_eq!(made.status, 201, "{made:?}");
        }
        let all = json!({ "gate_code": " #4411 ", "filter_size": "16x20", "square_feet": "1850.5", "contract_until": "2027-03-31", "has_a_dog": true });
        let made = add(&owner, "Ana", all).await;
        let kept = json!({ "gate_code": "#4411", "filter_size": "16x20", "square_feet": 1850.5, "contract_until": "2027-03-31", "has_a_dog": true });
        assert_eq!((made.status, &made.body["custom"]), (201, &kept), "{made:?}");
        let path = format!("/api/v1/customers/{}", made.id());
        assert_eq!(owner.get(&path).await.body["custom"], kept);
        assert_eq!((found(&owner, "4411").await, found(&owner, "16x20").await, found(&owner, "ana").await), (1, 1, 1));
        let page = owner.page(&format!("/customers/{}", made.id())).await.text;
        for words in ["Gate code", "#4411", "Contract until", "2027-03-31", "Has a dog"] {
            assert!(page.contains(words), "{words}: {page}");
        }

        let wrong = json!({ "filter_size": "9x9", "square_feet": "big", "contract_until": "soon", "has_a_dog": "perhaps", "gate_code": 5, "nothing": "x" });
        let refused = add(&owner, "Bo", wrong).await;
        assert_eq!(refused.status, 422);
        for (key, sentence) in [
            ("filter_size", "Filter size is one of 16x20, 20x25."),
            ("square_feet", "Square feet is a number, such as 12.5."),
            ("contract_until", "Contract until is a day, such as 2026-06-23."),
            ("has_a_dog", "Has a dog is yes or no."),
            ("gate_code", "Gate code is a text."),
            ("nothing", "There is no field of this name."),
        ] {
            assert_eq!(refused.error(&format!("/custom/{key}")), sentence, "{refused:?}");
        }
        // What is not named stays, what is null goes, and what can be chosen no more stays until another is chosen.
        let fields = owner.get("/api/v1/custom-fields").await.body["data"].clone();
        let (gate, filter) = (fields[0].clone(), fields[1].clone());
        let at = |of: &Value| format!("/api/v1/custom-fields/{}", of["id"].as_str().unwrap());
        let changed = owner.patch(&at(&filter), "\"1\"", json!({ "choices": ["20x25", "24x24"], "label": "Filter" })).await;
        assert_eq!((changed.status, &changed.body["key"]), (200, &json!("filter_size")), "{changed:?}");
        let change = json!({ "custom": { "square_feet": null, "filter_size": "16x20", "gate_code": "77" } });
        let now = owner.patch(&path, "\"1\"", change).await;
        let kept = json!({ "gate_code": "77", "filter_size": "16x20", "contract_until": "2027-03-31", "has_a_dog": true });
        assert_eq!((now.status, &now.body["custom"]), (200, &kept), "{now:?}");
        assert_eq!((found(&owner, "4411").await, found(&owner, "77").await), (0, 1));
        let old = owner.get(&format!("{path}?as_of={}", made.body["updated_at"].as_str().unwrap())).await;
        assert_eq!(old.status, 200, "{old:?}");

        // Deleted, it is asked for no more, and a job clears what stood in it.
        assert_eq!(owner.delete(&at(&gate)).await.status, 204);
        assert_eq!(add(&owner, "Cy", json!({ "gate_code": "1" })).await.status, 422);
        house.run_jobs().await;
        assert_eq!(owner.get(&path).await.body["custom"]["gate_code"], Value::Null);
        assert_eq!(found(&owner, "77").await, 0);
        let told = acme.told().await;
        for kind in ["custom_field.created", "custom_field.changed", "custom_field.deleted"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_must_be_filled_in_is_asked_for_and_what_is_no_field_refused() {
    let house = house().await;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let (owner, dispatcher) = (acme.person("owner").await, acme.person("dispatcher").await);
        for (label, kind, more, pointer) in [
            ("", "text", json!({}), "/label"),
            ("12", "text", json!({}), "/label"),
            ("A", "text", json!({ "key": "Gate Code" }), "/key"),
            ("A", "choice", json!({}), "/choices"),
            ("A", "choice", json!({ "choices": ["x", " "] }), "/choices/1"),
            ("A", "flag", json!({ "required": true }), "/required"),
        ] {
            let refused = field(&owner, label, kind, more).await;
            assert!(refused.status == 422 && !refused.error(pointer).is_empty(), "{label} {kind}: {refused:?}");
        }
        let earlier = add(&owner, "Earlier", json!({})).await;
        let made = field(&owner, "Gate code", "text", json!({ "required": true })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let twin = field(&owner, "gate CODE", "number", json!({})).await;
        assert_eq!(twin.error("/key"), "There is a field of this name already.", "{twin:?}");
        assert_eq!(field(&dispatcher, "B", "text", json!({})).await.status, 403, "it is the company's to set up");
        assert_eq!(dispatcher.get("/api/v1/custom-fields").await.status, 200);
        let refused = add(&dispatcher, "Ana", json!({})).await;
        assert_eq!(refused.error("/custom/gate_code"), "Give Gate code.", "{refused:?}");
        let ana = add(&dispatcher, "Ana", json!({ "gate_code": "1" })).await;
        let path = format!("/api/v1/customers/{}", ana.id());
        let refused = dispatcher.patch(&path, "\"1\"", json!({ "custom": { "gate_code": "" } })).await;
        assert_eq!(refused.error("/custom/gate_code"), "Give Gate code.", "{refused:?}");
        let earlier = format!("/api/v1/customers/{}", earlier.id());
        assert_eq!(dispatcher.patch(&earlier, "\"1\"", json!({ "name": "Later" })).await.status, 200);
        let at = format!("/api/v1/custom-fields/{}", made.id());
        for (change, pointer) in [
            (json!({ "choices": ["A"] }), "/choices"),
            (json!({ "position": 0 }), "/position"),
            (json!({ "label": " " }), "/label"),
        ] {
            let refused = owner.patch(&at, "\"1\"", change).await;
            assert!(refused.status == 422 && !refused.error(pointer).is_empty(), "{refused:?}");
        }
        let other = house.company(placement).await;
        let neighbour = other.person("owner").await;
        assert_eq!(neighbour.delete(&at).await.status, 404);
        assert_eq!(add(&neighbour, "Bo", json!({})).await.status, 201, "their own fields are asked for alone");
    }
}

#[tokio::test]
async fn forms_ask_for_them_and_settings_manage_them() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let here = "/settings/fields";
        assert!(owner.page(here).await.text.contains("No field yet"));
        let wrong = owner.form(here, &[("label", "Size"), ("kind", "choice"), ("_key", "a")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Say what can be chosen."), "{wrong:?}");
        let choices =
            [("label", "Size"), ("kind", "choice"), ("choices", "S\r\nL\r\n"), ("required", "true"), ("_key", "b")];
        assert_eq!(owner.form(here, &choices).await.status, 303);
        assert_eq!(owner.form(here, &[("label", "Dog"), ("kind", "flag"), ("_key", "c")]).await.status, 303);
        let form = owner.page("/customers/new").await.text;
        assert!(form.contains("name=\"custom.size\"") && form.contains("name=\"custom.dog\""), "{form}");
        let wrong = owner.form("/customers/new", &[("name", "Ana"), ("_key", "d")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Give Size."), "{wrong:?}");
        let stray = owner.form("/customers/new", &[("name", "Ana"), ("surname", "Abbott"), ("_key", "e")]).await;
        assert!(stray.status == 422 && stray.text.contains("There is no such field here."), "{stray:?}");
        let fields =
            [("name", "Ana"), ("kind", "company"), ("custom.size", "L"), ("custom.dog", "true"), ("_key", "f")];
        let made = owner.form("/customers/new", &fields).await;
        assert_eq!(made.status, 303, "{made:?}");
        let id = made.header("location").rsplit('/').next().unwrap().to_owned();
        let now = owner.get(&format!("/api/v1/customers/{id}")).await.body;
        assert_eq!((&now["custom"], &now["kind"]), (&json!({ "size": "L", "dog": true }), &json!("company")));
        let edit = owner.page(&format!("/customers/{id}/edit")).await.text;
        assert!(edit.contains("<option value=\"L\" selected"), "{edit}");
        let fields = [("name", "Ana"), ("kind", "company"), ("custom.size", "S"), ("version", "1"), ("_key", "g")];
        assert_eq!(owner.form(&format!("/customers/{id}/edit"), &fields).await.status, 303);
        let now = owner.get(&format!("/api/v1/customers/{id}")).await.body;
        assert_eq!(now["custom"], json!({ "size": "S", "dog": false }), "a tick that is not there says no");
        let page = owner.page(here).await.text;
        let field = page.split("/settings/fields/").nth(1).unwrap().split(['/', '"']).next().unwrap().to_owned();
        let change =
            [("label", "Filter size"), ("choices", "S\nM"), ("position", "9"), ("version", "1"), ("_key", "h")];
        let saved = owner.form(&format!("{here}/{field}"), &change).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        let all = owner.get("/api/v1/custom-fields").await.body["data"].clone();
        assert_eq!(
            (&all[0]["key"], &all[1]["label"], &all[1]["required"]),
            (&json!("dog"), &json!("Filter size"), &json!(false))
        );
        assert_eq!(owner.form(&format!("{here}/{field}/delete"), &[("_key", "i")]).await.status, 303);
        let viewer = acme.person("viewer").await.page(here).await.text;
        assert!(viewer.contains("Dog") && !viewer.contains("Add field"), "{viewer}");
    })
    .await;
}

#[tokio::test]
async fn a_merge_fills_what_one_has_not_and_gives_it_back() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    for label in ["Gate code", "Filter"] {
        assert_eq!(field(&owner, label, "text", json!({})).await.status, 201);
    }
    let stays = add(&owner, "Ana", json!({ "gate_code": "1" })).await.id();
    let gone = add(&owner, "Anna", json!({ "gate_code": "2", "filter": "16x20" })).await.id();
    let merged = owner.post(&format!("/api/v1/customers/{stays}/merge"), json!({ "customer_id": gone })).await;
    assert_eq!(
        (merged.status, &merged.body["custom"]),
        (200, &json!({ "gate_code": "1", "filter": "16x20" })),
        "{merged:?}"
    );
    let list = owner.get(&format!("/api/v1/customers/{stays}/merges")).await;
    let id = list.body["data"][0]["id"].as_str().unwrap();
    assert_eq!(owner.post(&format!("/api/v1/customer-merges/{id}/undo"), json!({})).await.status, 200);
    assert_eq!(owner.get(&format!("/api/v1/customers/{stays}")).await.body["custom"], json!({ "gate_code": "1" }));
    let back = owner.get(&format!("/api/v1/customers/{gone}")).await;
    assert_eq!(back.body["custom"], json!({ "gate_code": "2", "filter": "16x20" }));
}

//! Customers through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Answer, Person, in_both_placements, start};
use kernel::job::Job;
use serde_json::json;

async fn house() -> harness::TestHouse {
    start(vec![customers::module()]).await
}

fn rivera() -> serde_json::Value {
    json!({
        "name": "Rivera Residence", "email": "Ana@Rivera.example", "phone": "(217) 555-0142", "notes": "Prefers mornings",
        "location": { "street": "12 Elm St", "city": "Springfield", "region": "IL", "postal_code": "62701", "access_notes": "Gate 4471#" },
        "contact": { "name": "Luis Rivera", "phone": "+1 217 555 0143" }
    })
}

fn names(answer: &Answer) -> Vec<String> {
    let data = answer.body["data"].as_array().unwrap_or_else(|| panic!("no list: {answer:?}"));
    data.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_customer_is_added_read_changed_and_archived() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/customers", rivera()).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(made.header("location"), format!("/api/v1/customers/{}", made.id()));
        assert_eq!((made.etag().as_str(), made.body["number"].as_i64()), ("\"1\"", Some(1001)));
        assert_eq!(
            (made.body["place"].as_str(), made.body["email"].as_str()),
            (Some("12 Elm St, Springfield"), Some("ana@rivera.example"))
        );

        let path = format!("/api/v1/customers/{}", made.id());
        let read = owner.get(&path).await;
        assert_eq!(read.body, made.body);

        let changed = owner.patch(&path, &read.etag(), json!({ "name": "Rivera Family", "notes": null })).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!((changed.body["name"].as_str(), changed.body["notes"].is_null()), (Some("Rivera Family"), true));
        assert_eq!(changed.body["phone"], "(217) 555-0142", "what was not sent stays");
        assert_eq!(owner.patch(&path, &read.etag(), json!({ "name": "Late" })).await.status, 412);
        assert_eq!(owner.send(Method::PATCH, &path, &[], json!({ "name": "x" })).await.status, 428);

        let archived = owner.post(&format!("{path}/archive"), json!({})).await;
        assert_eq!(archived.body["status"], "archived", "{archived:?}");
        assert_eq!(owner.post(&format!("{path}/archive"), json!({})).await.status, 200, "twice is once");
        assert!(names(&owner.get("/api/v1/customers").await).is_empty());
        assert_eq!(names(&owner.get("/api/v1/customers?status=archived").await), ["Rivera Family"]);
        assert_eq!(owner.post(&format!("{path}/restore"), json!({})).await.body["status"], "active");

        let told: Vec<_> = acme.told().await.into_iter().filter(|kind| kind.starts_with("customer.")).collect();
        assert_eq!(told, ["customer.created", "customer.updated", "customer.archived", "customer.restored"]);
    })
    .await;
}

#[tokio::test]
async fn refusals_say_what_to_mend() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let post = async |body| owner.post("/api/v1/customers", body).await;
        for (body, pointer, sentence) in [
            (json!({ "name": "  " }), "/name", "Give a name."),
            (
                json!({ "name": "A", "email": "nobody" }),
                "/email",
                "That is not an e-mail address, such as ana@example.com.",
            ),
            (
                json!({ "name": "A", "phone": "call me" }),
                "/phone",
                "That is not a phone number, such as (217) 555-0142.",
            ),
            (json!({ "name": "A", "location": { "street": "" } }), "/location/street", "Give street and house number."),
            (
                json!({ "name": "A", "location": { "street": "x", "country": "U1" } }),
                "/location/country",
                "The country is two letters, such as US or CA.",
            ),
            (json!({ "name": "A", "contact": { "name": "" } }), "/contact/name", "Give the contact's name."),
            (json!({ "name": "x".repeat(201) }), "/name", "At most 200 characters; this has 201."),
        ] {
            let answer = post(body.clone()).await;
            assert_eq!((answer.status, answer.error(pointer)), (422, sentence), "{body} {answer:?}");
        }
        assert_eq!(post(json!({ "name": "A", "colour": "red" })).await.status, 422);
        assert_eq!(post(json!({ "name": "A", "external_id": "7" })).await.status, 201);
        let twin = post(json!({ "name": "B", "external_id": "7" })).await;
        assert_eq!(twin.error("/external_id"), "Another customer already has this id of the other system.", "{twin:?}");
        assert_eq!(owner.get("/api/v1/customers?limit=201").await.status, 422);
        assert_eq!(owner.get("/api/v1/customers?cursor=nonsense").await.status, 422);
        assert_eq!(owner.get("/api/v1/customers/not-an-id").await.status, 404);
    }
}

#[tokio::test]
async fn the_same_key_makes_one_customer() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let key = [("idempotency-key", "k-1")];
        let first = owner.send(Method::POST, "/api/v1/customers", &key, rivera()).await;
        let again = owner.send(Method::POST, "/api/v1/customers", &key, rivera()).await;
        assert_eq!((first.status, again.status), (201, 201), "{again:?}");
        assert_eq!((first.text, again.header("idempotency-replayed")), (again.text.clone(), "true"));
        let other = owner.send(Method::POST, "/api/v1/customers", &key, json!({ "name": "Other" })).await;
        assert_eq!(other.status, 422);
        assert_eq!(names(&owner.get("/api/v1/customers").await).len(), 1);
    }
}

#[tokio::test]
async fn numbers_count_up_however_many_come_at_once() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let all =
            (0..40).map(|n| owner.post("/api/v1/customers", json!({ "name": format!("Customer {n:02}") })).boxed());
        let mut numbers = vec![];
        for made in futures(all).await {
            assert_eq!(made.status, 201, "{made:?}");
            numbers.push(made.body["number"].as_i64().unwrap());
        }
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 40);

        // Page by page, nobody is missed or seen twice.
        let (mut seen, mut cursor) = (vec![], String::new());
        loop {
            let page = owner.get(&format!("/api/v1/customers?limit=7&cursor={cursor}")).await;
            seen.extend(names(&page));
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, (0..40).map(|n| format!("Customer {n:02}")).collect::<Vec<_>>());
    }
}

use std::{future::Future, pin::Pin};
trait Boxed<'a>: Future<Output = Answer> + Sized + 'a {
    fn boxed(self) -> Pin<Box<dyn Future<Output = Answer> + 'a>> {
        Box::pin(self)
    }
}
impl<'a, F: Future<Output = Answer> + 'a> Boxed<'a> for F {}
async fn futures<'a>(all: impl Iterator<Item = Pin<Box<dyn Future<Output = Answer> + 'a>>>) -> Vec<Answer> {
    futures_util::future::join_all(all).await
}

#[tokio::test]
async fn a_customer_is_found_by_what_people_remember() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let rivera = owner.post("/api/v1/customers", rivera()).await;
        owner
            .post(
                "/api/v1/customers",
                json!({ "name": "Müller & Söhne GmbH", "kind": "company", "email": "info@mueller.example" }),
            )
            .await;
        owner
            .post(
                "/api/v1/customers",
                json!({ "name": "Rivera, Marco", "location": { "street": "9 Oak Ave", "city": "Chatham" } }),
            )
            .await;
        let find = async |q: &str| names(&owner.get(&format!("/api/v1/customers?q={q}")).await);
        for (q, found) in [
            ("riv", vec!["Rivera, Marco", "Rivera Residence"]),
            ("RIVERA+elm", vec!["Rivera Residence"]),
            ("elm+12", vec!["Rivera Residence"]),
            ("5550142", vec!["Rivera Residence"]),
            ("(217)+555-01", vec!["Rivera Residence"]),
            ("0143", vec!["Rivera Residence"]),
            ("luis", vec!["Rivera Residence"]),
            ("ana%40rivera.example", vec!["Rivera Residence"]),
            ("%231001", vec!["Rivera Residence"]),
            ("muller+sohne", vec!["Müller & Söhne GmbH"]),
            ("riv+zzz", vec![]),
            ("%25%5F%27%3B", vec![]),
        ] {
            assert_eq!(find(q).await, found, "{q}");
        }
        assert_eq!(names(&owner.get("/api/v1/customers?city=chatham").await), ["Rivera, Marco"]);
        assert!(names(&owner.get("/api/v1/customers?q=riv&city=Nowhere").await).is_empty());

        // What is renamed is no longer found by the old name.
        let path = format!("/api/v1/customers/{}", rivera.id());
        assert_eq!(owner.patch(&path, &rivera.etag(), json!({ "name": "Chen Family" })).await.status, 200);
        assert_eq!(find("chen+elm").await, ["Chen Family"]);
        assert_eq!(find("residence").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn contacts_and_locations_belong_to_their_customer() {
    let house = house().await;
    let acme = house.company("dedicated").await;
    let owner = acme.person("owner").await;
    let made = owner.post("/api/v1/customers", json!({ "name": "Oak Hill Dental" })).await;
    let path = format!("/api/v1/customers/{}", made.id());
    let location =
        owner.post(&format!("{path}/locations"), json!({ "street": "340 Oak Hill Rd", "city": "Springfield" })).await;
    assert_eq!((location.status, location.body["country"].as_str()), (201, Some("US")), "{location:?}");
    assert_eq!(owner.get(&path).await.body["place"], "340 Oak Hill Rd, Springfield");
    let at = format!("/api/v1/locations/{}", location.id());
    let moved = owner.patch(&at, &location.etag(), json!({ "street": "1 Main St", "city": null })).await;
    assert_eq!((moved.status, moved.body["city"].is_null()), (200, true), "{moved:?}");
    assert_eq!(owner.get(&path).await.body["place"], "1 Main St");
    assert_eq!(owner.patch(&at, &location.etag(), json!({ "street": "x" })).await.status, 412);

    let contact = owner.post(&format!("{path}/contacts"), json!({ "name": "Dr. Ng", "role": "Owner" })).await;
    assert_eq!(contact.status, 201, "{contact:?}");
    let at = format!("/api/v1/contacts/{}", contact.id());
    assert_eq!(owner.patch(&at, &contact.etag(), json!({ "role": "" })).await.body["role"], serde_json::Value::Null);
    assert_eq!(names(&owner.get(&format!("{path}/contacts")).await), ["Dr. Ng"]);
    assert_eq!(owner.delete(&at).await.status, 204);
    assert_eq!(owner.delete(&at).await.status, 404);
    assert!(names(&owner.get("/api/v1/customers?q=ng").await).is_empty());
}

#[tokio::test]
async fn equipment_stands_at_one_of_the_customers_places_and_finds_its_owner() {
    in_both_placements(&house().await, async |acme| {
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/customers", json!({ "name": "Oak Hill Dental" })).await;
        let path = format!("/api/v1/customers/{}", made.id());
        let all = format!("{path}/equipment");
        let furnace = json!({ "name": "Furnace", "make": "Carrier", "model": "59TP6A", "serial": "4417-X 20", "installed_on": "2021-10-04", "warranty_until": "2031-10-04" });
        let refused = |answer: &Answer, field: &str, sentence: &str| {
            let error = &answer.body["errors"][0];
            assert_eq!((answer.status, &error["pointer"]), (422, &json!(field)), "{answer:?}");
            assert!(error["message"].as_str().unwrap().contains(sentence), "{answer:?}");
        };
        refused(&owner.post(&all, furnace.clone()).await, "/location_id", "Add a location first");
        let place = |street: &str| json!({ "street": street, "city": "Springfield" });
        let first = owner.post(&format!("{path}/locations"), place("340 Oak Hill Rd")).await.id();
        for (wrong, field, sentence) in [
            (json!({ "name": " " }), "/name", "Give what it is"),
            (json!({ "name": "x".repeat(81) }), "/name", "80"),
            (json!({ "name": "A", "installed_on": "yesterday" }), "/installed_on", ""),
            (json!({ "name": "A", "installed_on": "2021-01-02", "warranty_until": "2021-01-01" }), "/warranty_until", "ends after"),
            (json!({ "name": "A", "installed_on": "2021-01-02", "removed_on": "2021-01-01" }), "/removed_on", "taken out after"),
            (json!({ "name": "A", "location_id": made.id() }), "/location_id", "no location with that id"),
        ] {
            let answer = owner.post(&all, wrong.clone()).await;
            refused(&answer, field, sentence);
        }
        let one = owner.post(&all, furnace).await;
        assert_eq!((one.status, &one.body["location_id"]), (201, &json!(first)), "the only place: {one:?}");
        let at = one.header("location").to_owned();
        assert_eq!(owner.get(&at).await.body["serial"], "4417-X 20");
        for q in ["4417-x", "4417x20", "carrier oak", "59tp6a"] {
            let q = q.replace(' ', "%20");
            assert_eq!(names(&owner.get(&format!("/api/v1/customers?q={q}")).await), ["Oak Hill Dental"], "{q}");
        }
        // The words stay when something else of the customer is changed.
        let renamed = owner.patch(&path, &made.etag(), json!({ "phone": "(217) 555-0133" })).await;
        assert_eq!(renamed.status, 200, "{renamed:?}");
        assert_eq!(names(&owner.get("/api/v1/customers?q=4417x20").await), ["Oak Hill Dental"]);

        let second = owner.post(&format!("{path}/locations"), place("1 Main St")).await.id();
        refused(&owner.post(&all, json!({ "name": "Boiler" })).await, "/location_id", "which of the customer's locations");
        let moved = owner.patch(&at, &one.etag(), json!({ "location_id": second, "serial": "", "warranty_until": null })).await;
        assert_eq!((moved.status, &moved.body["location_id"], &moved.body["serial"]), (200, &json!(second), &json!(null)));
        assert_eq!(owner.patch(&at, &one.etag(), json!({ "name": "x" })).await.status, 412);
        refused(&owner.patch(&at, &moved.etag(), json!({ "removed_on": "2020-01-01" })).await, "/removed_on", "taken out after");
        assert!(names(&owner.get("/api/v1/customers?q=4417x20").await).is_empty());
        let gone = owner.patch(&at, &moved.etag(), json!({ "removed_on": "2026-01-05" })).await;
        assert_eq!((gone.status, &gone.body["removed_on"]), (200, &json!("2026-01-05")));
        for kind in ["equipment.added", "equipment.changed", "equipment.removed"] {
            assert!(acme.told().await.contains(&kind.to_owned()), "{kind}");
        }
        acme.test.run_jobs().await;
        let page = owner.page(&format!("/customers/{}", made.id())).await.text;
        for seen in ["Taken out (1)", "Carrier 59TP6A", "installed Oct 2021", "Equipment added", "Equipment taken out"] {
            assert!(page.contains(seen), "{seen}");
        }
        assert_eq!(acme.person("viewer").await.patch(&at, &gone.etag(), json!({ "name": "x" })).await.status, 403);
        let history = owner.get(&format!("/api/v1/history/{}", one.id())).await;
        assert_eq!(history.body["data"].as_array().unwrap().len(), 3, "{history:?}");
    })
    .await;
}

#[tokio::test]
async fn equipment_is_written_down_on_a_page() {
    in_both_placements(&house().await, async |acme| {
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/customers", rivera()).await;
        let new = format!("/customers/{}/equipment/new", made.id());
        assert!(!owner.page(&new).await.text.contains("Where it stands"), "there is one place");
        let wrong = owner
            .form(
                &new,
                &[
                    ("name", "Heat pump"),
                    ("make", "Trane"),
                    ("installed_on", "2024-05-01"),
                    ("warranty_until", "2023-05-01"),
                ],
            )
            .await;
        assert_eq!(wrong.status, 422);
        for seen in ["f-warranty_until-error", "value=\"Trane\"", "value=\"2024-05-01\""] {
            assert!(wrong.text.contains(seen), "{seen}: {wrong:?}");
        }
        let added = owner
            .form(
                &new,
                &[
                    ("name", "Heat pump"),
                    ("make", "Trane"),
                    ("installed_on", "2024-05-01"),
                    ("warranty_until", "2034-05-01"),
                ],
            )
            .await;
        assert_eq!(added.status, 303, "{added:?}");
        let page = owner.page(&format!("/customers/{}", made.id())).await.text;
        assert!(page.contains("Heat pump") && page.contains("under warranty until May 2034"), "{page}");
        let edit = page.split("href=\"").find(|part| part.starts_with("/customers/equipment/")).unwrap();
        let shown = edit.split('"').next().unwrap();
        let one = owner.page(shown).await.text;
        assert!(one.contains("Trane") && one.contains("1 May 2034"), "{one}");
        let edit = &format!("{shown}/edit");
        assert!(owner.page(edit).await.text.contains("value=\"2034-05-01\""));
        let saved = owner
            .form(edit, &[("version", "1"), ("name", "Heat pump"), ("make", ""), ("installed_on", "2024-05-01")])
            .await;
        assert_eq!(saved.status, 303, "{saved:?}");
        let page = owner.page(&format!("/customers/{}", made.id())).await.text;
        assert!(!page.contains("Trane") && !page.contains("under warranty"), "what came empty is gone");
        let stale = owner.form(edit, &[("version", "1"), ("name", "Heat pump")]).await;
        assert!(stale.status == 422 && stale.text.contains("meanwhile"), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn a_neighbour_sees_nothing_and_roles_differ() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let (acme, other) = (house.company(placement).await, house.company("pooled").await);
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/customers", rivera()).await;
        let location = owner.get(&format!("/api/v1/customers/{}/locations", made.id())).await.body["data"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        // Another test's worker may tell our timeline of it at any moment: let that be over.
        house.run_jobs().await;
        let before = acme.fingerprint().await;
        let neighbour = other.person("owner").await;
        let path = format!("/api/v1/customers/{}", made.id());
        let missing = format!("/api/v1/customers/{}", uuid::Uuid::now_v7());
        let normal = |answer: Answer| {
            let mut body = answer.body;
            body["instance"] = "".into();
            (answer.status, body)
        };
        for tail in ["", "/contacts", "/locations", "/equipment", "/timeline"] {
            let (foreign, none) =
                (neighbour.get(&format!("{path}{tail}")).await, neighbour.get(&format!("{missing}{tail}")).await);
            assert_eq!(foreign.status, 404, "{tail}");
            assert_eq!(normal(foreign), normal(none), "{tail}");
        }
        assert_eq!(neighbour.patch(&path, "\"1\"", json!({ "name": "Mine" })).await.status, 404);
        assert_eq!(
            neighbour.patch(&format!("/api/v1/locations/{location}"), "\"1\"", json!({ "street": "x" })).await.status,
            404
        );
        for (tail, body) in [
            ("/archive", json!({})),
            ("/notes", json!({ "body": "x" })),
            ("/contacts", json!({ "name": "x" })),
            ("/locations", json!({ "street": "x" })),
            ("/equipment", json!({ "name": "x" })),
        ] {
            assert_eq!(neighbour.post(&format!("{path}{tail}"), body).await.status, 404, "{tail}");
        }
        assert!(names(&neighbour.get("/api/v1/customers?q=rivera").await).is_empty());
        assert_eq!(acme.fingerprint().await, before, "nothing of ours was touched");

        for (role, reads, writes, imports) in [
            ("admin", 200, 201, 422),
            ("service_manager", 200, 201, 422),
            ("dispatcher", 200, 201, 403),
            ("viewer", 200, 403, 403),
            ("technician", 403, 403, 403),
        ] {
            let person = acme.person(role).await;
            assert_eq!(person.get(&path).await.status, reads, "{role} reads");
            assert_eq!(person.post("/api/v1/customers", json!({ "name": role })).await.status, writes, "{role} writes");
            assert_eq!(
                upload(&person, "/api/v1/customer-imports", "a.csv", b"").await.status,
                imports,
                "{role} imports"
            );
        }
        assert_eq!(acme.visitor().get(&path).await.status, 401);
    }
}

#[tokio::test]
async fn the_timeline_tells_once_and_keeps_notes() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/customers", rivera()).await;
        let path = format!("/api/v1/customers/{}", made.id());
        let note = owner.post(&format!("{path}/notes"), json!({ "body": "Called.\nWants Marco." })).await;
        assert_eq!((note.status, note.body["author"].as_str()), (201, Some("Olive Owner")), "{note:?}");
        assert_eq!(
            owner.post(&format!("{path}/notes"), json!({ "body": " " })).await.error("/body"),
            "Give the words of the note."
        );
        house_jobs(&acme).await;
        house_jobs(&acme).await;
        let told = owner.get(&format!("{path}/timeline")).await;
        let texts: Vec<_> =
            told.body["data"].as_array().unwrap().iter().map(|entry| entry["text"].as_str().unwrap()).collect();
        assert_eq!(texts.len(), 2, "{told:?}");
        assert!(texts.contains(&"Customer added") && texts.contains(&"Note"));
        let page = owner.page(&format!("/customers/{}", made.id())).await;
        assert!(page.text.contains("Wants Marco.") && page.text.contains("Customer added"), "{}", page.text);
        let fragment = owner.page(&format!("/customers/{}/timeline", made.id())).await;
        assert!(fragment.text.contains("Wants Marco."), "{}", fragment.text);
        assert!(page.text.contains("data-live-src") && !fragment.text.contains("data-live"), "{}", fragment.text);
        assert!(!fragment.text.contains("id=\"timeline\""), "it goes inside the element that asked for it");
    })
    .await;
}

async fn house_jobs(acme: &harness::Company<'_>) {
    acme.test.run_jobs().await;
}

#[tokio::test]
async fn pages_show_what_they_should_and_escape_it() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let empty = owner.page("/customers").await;
        assert!(empty.status == 200 && empty.text.contains("Your customers will stand here"), "{}", empty.text);

        let wrong = owner
            .form(
                "/customers/new",
                &[("name", ""), ("email", "x"), ("location.city", "Springfield"), ("notes", "kept")],
            )
            .await;
        assert_eq!(wrong.status, 422);
        for sentence in ["Give a name.", "That is not an e-mail address", "Give street and house number.", "kept"] {
            assert!(wrong.text.contains(sentence), "{sentence}: {}", wrong.text);
        }
        let fields = [
            ("_key", "f-1"),
            ("name", "<script>alert(1)</script>"),
            ("kind", "company"),
            ("location.street", "1 Main St"),
            ("contact.name", "Bo"),
        ];
        let made = owner.form("/customers/new", &fields).await;
        assert_eq!(made.status, 303, "{made:?}");
        let at = made.header("location").to_owned();
        assert_eq!(
            owner.form("/customers/new", &fields).await.header("location"),
            at,
            "the same sending makes one customer"
        );
        for path in [
            at.clone(),
            format!("{at}/peek"),
            format!("{at}/edit"),
            "/customers".into(),
            "/customers?q=script".into(),
            format!("{at}/timeline"),
            format!("{at}/contacts/new"),
            format!("{at}/locations/new"),
        ] {
            let page = owner.page(&path).await;
            assert_eq!(page.status, 200, "{path} {page:?}");
            assert!(!page.text.contains("<script>alert"), "{path}");
        }
        assert!(owner.page(&at).await.text.contains("&lt;script&gt;alert(1)"));

        let edited =
            owner.form(&format!("{at}/edit"), &[("version", "1"), ("name", "Plain"), ("kind", "company")]).await;
        assert_eq!(edited.status, 303, "{edited:?}");
        let stale = owner.form(&format!("{at}/edit"), &[("version", "1"), ("name", "Mine")]).await;
        assert!(
            stale.status == 422 && stale.text.contains("Somebody changed it meanwhile") && stale.text.contains("Mine"),
            "{stale:?}"
        );
        let archived = owner.form(&format!("{at}/archive"), &[]).await;
        assert_eq!((archived.status, archived.header("location")), (303, "/customers"));
        assert_eq!(owner.form(&format!("{at}/restore"), &[]).await.status, 303);
        let viewer = acme.person("viewer").await;
        assert!(!viewer.page(&at).await.text.contains("Save note"));
    }
}

const BOUNDARY: &str = "tradewindboundary";

async fn upload(person: &Person<'_>, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    person.call(Method::POST, path, &[("content-type", &content)], Body::from(body)).await
}

async fn import(person: &Person<'_>, acme: &harness::Company<'_>, bytes: &[u8]) -> serde_json::Value {
    let made = upload(person, "/api/v1/customer-imports", "customers.csv", bytes).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/api/v1/customer-imports/{}", made.id());
    assert_eq!(person.post(&format!("{path}/run"), json!({})).await.status, 409, "not before it was checked");
    assert_eq!(person.post(&format!("{path}/check"), json!({})).await.status, 202);
    acme.test.run_jobs().await;
    let checked = person.get(&path).await.body;
    assert_eq!(checked["status"], "checked", "{checked}");
    assert_eq!(person.post(&format!("{path}/run"), json!({})).await.status, 202);
    acme.test.run_jobs().await;
    let done = person.get(&path).await.body;
    assert_eq!(done["status"], "done", "{done}");
    for count in ["made", "changed", "same", "wrong"] {
        assert_eq!(checked[count], done[count], "what was promised happened: {count}");
    }
    done
}

#[tokio::test]
async fn a_file_is_imported_and_the_same_file_again_changes_nothing() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        owner.post("/api/v1/customers", json!({ "name": "Chen Family", "email": "chen@example.com" })).await;
        let mut file = String::from("Customer ID;Name;E-mail;Phone;Street;City;Notes\n");
        for n in 0..1200 {
            file += &format!("C{n};Customer {n:04};c{n}@example.com;(217) 555-{n:04};{n} Elm St;Springfield;\n");
        }
        file += ";Chen Family;CHEN@example.com;(217) 555-9999;18 Orchard Rd;Springfield;new phone\n"; // known by e-mail
        file += ";;nobody@example.com;;;;\n"; // no name
        file += "C9;Again;;;;;\n"; // the same id twice
        file += ";Bad Mail;not-an-address;;;;\n";
        file += ";Name Only;;;5 Bare St;;\n";
        let done = import(&owner, &acme, file.as_bytes()).await;
        assert_eq!(
            (done["lines"].as_i64(), done["made"].as_i64(), done["changed"].as_i64()),
            (Some(1205), Some(1201), Some(1)),
            "{done}"
        );
        assert_eq!((done["same"].as_i64(), done["wrong"].as_i64()), (Some(1), Some(2)), "{done}");
        assert_eq!(names(&owner.get("/api/v1/customers?q=c777").await), ["Customer 0777"]);
        let chen = owner.get("/api/v1/customers?q=9999").await;
        assert_eq!(
            (names(&chen), chen.body["data"][0]["place"].as_str()),
            (vec!["Chen Family".to_owned()], Some("18 Orchard Rd, Springfield"))
        );

        let before = acme.fingerprint().await;
        let again = import(&owner, &acme, file.as_bytes()).await;
        assert_eq!(
            (again["made"].as_i64(), again["changed"].as_i64(), again["wrong"].as_i64()),
            (Some(0), Some(0), Some(2)),
            "{again}"
        );
        let rows = |all: &str| {
            all.lines()
                .filter(|line| {
                    ["customer=", "location=", "contact=", "customer_word=", "timeline_entry="]
                        .iter()
                        .any(|t| line.starts_with(t))
                })
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(rows(&before), rows(&acme.fingerprint().await), "the same file again changes nothing");

        let page = owner.page(&format!("/customers/import/{}", again["id"].as_str().unwrap())).await;
        assert!(page.text.contains("Give a name.") && page.text.contains("errors.csv"), "{}", page.text);
        let errors = owner.page(&format!("/customers/import/{}/errors.csv", again["id"].as_str().unwrap())).await;
        assert!(errors.text.contains("nobody@example.com,,,,,Give a name."), "{}", errors.text);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_is_cut_off_goes_on_where_it_was() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        owner.post("/api/v1/customers", json!({ "name": "Known", "email": "c4500@example.com" })).await;
        let mut file = String::from("Customer ID,Name,E-mail,Street,City\n");
        for n in 0..5000 {
            file += &format!("C{n},Customer {n:04},c{n}@example.com,{n} Elm St,Springfield\n");
        }
        file += ",Customer 0007 again,C7@example.com,,\n"; // known by the e-mail of a line of an earlier batch
        file += "C5001,,,,\n";
        let made = upload(&owner, "/api/v1/customer-imports", "customers.csv", file.as_bytes()).await;
        let path = format!("/api/v1/customer-imports/{}", made.id());
        assert_eq!(owner.post(&format!("{path}/check"), json!({})).await.status, 202);
        house.run_jobs().await;
        let checked = owner.get(&path).await.body;
        assert_eq!(owner.post(&format!("{path}/run"), json!({})).await.status, 202);
        // Dropped at moments that no one chose, as a process that is killed is; then taken up by another.
        let (mut cuts, mut wait) = (0, 20);
        loop {
            let scope = house.house.errand(acme.id, "customers.import").await.unwrap();
            let work = customers::import::ImportLines { import: made.id().parse().unwrap() }.run(scope);
            match tokio::time::timeout(std::time::Duration::from_millis(wait), work).await {
                Ok(done) => break done.unwrap(),
                Err(_) => (cuts, wait) = (cuts + 1, wait * 5 / 4),
            }
        }
        assert!(cuts > 3, "it was cut off {cuts} times");
        let done = owner.get(&path).await.body;
        for (count, expected) in [("made", 4999), ("changed", 1), ("same", 1), ("wrong", 1)] {
            assert_eq!(done[count].as_i64().unwrap_or(0), expected, "{count}: {done}");
            assert_eq!(checked[count], done[count], "what was promised happened: {count}");
        }
        let above = house.above().await;
        let schema = acme.schema().await;
        for (table, expected) in [("customer", 5000), ("location", 5000)] {
            let sql = format!("select count(*), count(distinct id) from {schema}.{table} where tenant_id = $1");
            let row = above.query_one(&sql, &[&acme.id]).await.unwrap();
            assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (expected, expected), "{table}");
        }
        let sql = format!("select count(*), count(distinct external_id), sum(cardinality(string_to_array(words, ' '))), (select count(*) from {schema}.customer_word w where w.tenant_id = $1) from {schema}.customer where tenant_id = $1");
        let row = above.query_one(&sql, &[&acme.id]).await.unwrap();
        assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (5000, 5000), "nobody twice");
        assert_eq!(row.get::<_, i64>(2), row.get::<_, i64>(3), "each word in the index stands with its customer");
        house.run_jobs().await;
        assert_eq!(owner.get(&path).await.body["made"], 4999, "the job that waited finds nothing to do");
    })
    .await;
}

#[tokio::test]
async fn names_that_begin_so_come_first_and_others_follow() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        for (name, street, city) in [
            ("Zoe Smith", "1 Oak St", "Salem"),
            ("Adam Baker", "2 Smith St", "Salem"),
            ("Smith & Sons", "3 Elm St", "Springfield"),
            ("Smithers Ltd", "4 Elm St", "Salem"),
        ] {
            let made = json!({ "name": name, "location": { "street": street, "city": city } });
            assert_eq!(owner.post("/api/v1/customers", made).await.status, 201);
        }
        let find = async |q: &str| names(&owner.get(&format!("/api/v1/customers?{q}")).await);
        assert_eq!(find("q=smith").await, ["Smith & Sons", "Smithers Ltd", "Zoe Smith", "Adam Baker"]);
        assert_eq!(find("q=smith&limit=2").await, ["Smith & Sons", "Smithers Ltd"]);
        assert_eq!(find("q=smith&city=Salem").await, ["Smithers Ltd", "Zoe Smith", "Adam Baker"]);
        assert_eq!(find("q=smith+elm").await, ["Smith & Sons", "Smithers Ltd"]);
        assert_eq!(find("q=elm+smithe").await, ["Smithers Ltd"]);
        assert_eq!(find("q=st+sal+smith").await, ["Smithers Ltd", "Zoe Smith", "Adam Baker"]);
        assert_eq!(find("q=mith").await, Vec::<String>::new(), "the beginning of a word, not its middle");
        assert_eq!(find("q=%25+9%25").await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_mistyped_is_found_where_that_is_wanted() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let (acme, bolt) = (house.company(placement).await, house.company(placement).await);
        let (owner, neighbour) = (acme.person("owner").await, bolt.person("owner").await);
        for (name, street) in
            [("John Smith", "1 Oak St"), ("Maria Rivera", "2 Springfield Ave"), ("José Müller", "3 Elm St")]
        {
            let made = json!({ "name": name, "location": { "street": street, "city": "Salem" } });
            assert_eq!(owner.post("/api/v1/customers", made).await.status, 201);
        }
        assert_eq!(neighbour.post("/api/v1/customers", json!({ "name": "Smiht Brothers" })).await.status, 201);
        let find = async |q: &str| names(&owner.get(&format!("/api/v1/customers?fuzzy=true&q={q}")).await);
        for (typed, found) in [
            ("smith", "John Smith"),
            ("smiht", "John Smith"),
            ("msith", "John Smith"),
            ("simth", "John Smith"),
            ("mith", "John Smith"),
            ("smyth", "John Smith"),
            ("jonh+smiht", "John Smith"),
            ("john+smiht", "John Smith"),
            ("rivrea", "Maria Rivera"),
            ("sprngfeild", "Maria Rivera"),
            ("muler", "José Müller"),
            ("mueller", "José Müller"),
        ] {
            assert_eq!(find(typed).await, [found], "{typed}");
        }
        for typed in ["smoth+zebra", "stone", "12345", "maria+smiht", "zzzz"] {
            assert_eq!(find(typed).await, Vec::<String>::new(), "{typed}");
        }
        assert_eq!(
            names(&owner.get("/api/v1/customers?q=smiht").await),
            Vec::<String>::new(),
            "a program gets what it asks for"
        );
        assert_eq!(names(&neighbour.get("/api/v1/customers?fuzzy=true&q=smith").await), ["Smiht Brothers"]);

        let page = owner.page("/customers?q=smiht").await;
        assert!(page.text.contains("John Smith") && page.text.contains("Showing “smith” instead"), "{}", page.text);
        assert!(owner.page("/palette?q=rivrea").await.text.contains("Maria Rivera"));
        assert!(!owner.page("/customers?q=smith").await.text.contains("Showing “"));
    }
}

#[tokio::test]
async fn an_import_in_the_browser_asks_for_the_columns() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let refused = upload(&owner, "/customers/import", "x.csv", b"PK\x03\x04\x00\x00\x01\x00\x08\x00\xff\xfe").await;
        assert!(refused.status == 422 && refused.text.contains("not a workbook that can be read"), "{refused:?}");
        let file = "Wer\tWo\tNummer\nMüller\tElm St 1\t=1+1\nSchmidt\tElm St 2\t0217 55501\n";
        let made = upload(&owner, "/customers/import", "kunden.tsv", file.as_bytes()).await;
        assert_eq!(made.status, 303, "{made:?}");
        let at = made.header("location").to_owned();
        let page = owner.page(&at).await;
        assert!(page.text.contains("Wer") && page.text.contains("Müller · Schmidt"), "{}", page.text);
        let missing = owner.form(&format!("{at}/check"), &[("c1", "street")]).await;
        assert!(missing.status == 422 && missing.text.contains("Say which column holds the customer"), "{missing:?}");
        let twice = owner.form(&format!("{at}/check"), &[("c0", "name"), ("c1", "name")]).await;
        assert!(twice.status == 422 && twice.text.contains("two columns"), "{twice:?}");
        assert_eq!(
            owner.form(&format!("{at}/check"), &[("c0", "name"), ("c1", "street"), ("c2", "phone")]).await.status,
            303
        );
        house.run_jobs().await;
        let checked = owner.page(&at).await;
        assert!(
            checked.text.contains("Import 1 customer") && checked.text.contains("That is not a phone number"),
            "{}",
            checked.text
        );
        assert!(names(&owner.get("/api/v1/customers").await).is_empty(), "a check changes nothing");
        assert_eq!(owner.form(&format!("{at}/run"), &[]).await.status, 303);
        house.run_jobs().await;
        assert_eq!(names(&owner.get("/api/v1/customers").await), ["Schmidt"]);
        let errors = owner.page(&format!("{at}/errors.csv")).await;
        assert!(errors.text.contains("Müller,Elm St 1,'=1+1,"), "{}", errors.text);
        assert_eq!(owner.page(&format!("/customers/import/{}", uuid::Uuid::now_v7())).await.status, 404);
    }
}

#[tokio::test]
async fn a_file_is_taken_whole_or_refused_with_a_sentence() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let file = b"Name,Phone\nIda,2175550199\n";
        let part = |name: &str, bytes: &[u8]| {
            let head =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
            [head.as_bytes(), bytes, b"\r\n"].concat()
        };
        let send = async |parts: Vec<Vec<u8>>, headers: &[(&str, &str)]| {
            let content = format!("multipart/form-data; boundary={BOUNDARY}");
            let headers = [&[("content-type", content.as_str())], headers].concat();
            let body = [parts.concat(), format!("--{BOUNDARY}--\r\n").into_bytes()].concat();
            owner.call(Method::POST, "/api/v1/customer-imports", &headers, Body::from(body)).await
        };
        let two = send(vec![part("a.csv", file), part("b.csv", file)], &[]).await;
        assert!(two.status == 400 && two.text.contains("one file at a time"), "{two:?}");
        let content = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [("content-type", content.as_str())];
        let endless = Body::from(part("a.csv", file));
        let broken = owner.call(Method::POST, "/api/v1/customer-imports", &headers, endless).await;
        assert_eq!(broken.status, 400, "no end: {broken:?}");
        let imports = owner.get("/customers/import").await;
        assert!(!imports.text.contains("a.csv"), "nothing of a refused file is kept");
        // The same file under the same key is the same import; another file under it is refused.
        let first = send(vec![part("a.csv", file)], &[("idempotency-key", "k1")]).await;
        let again = send(vec![part("a.csv", file)], &[("idempotency-key", "k1")]).await;
        assert_eq!((first.status, first.id()), (201, again.id()));
        let other = send(vec![part("a.csv", b"Name\nBo\n")], &[("idempotency-key", "k1")]).await;
        assert_eq!(other.status, 422, "{other:?}");
    }
}

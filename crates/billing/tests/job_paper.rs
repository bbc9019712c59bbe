//! The job's paper says what the job says, read back by a program that is not ours; without prices for whoever is shown none.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, Person, in_both_placements, text_of_pdf};
use serde_json::{Value, json};

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

fn made(answer: Answer) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.id()
}

async fn paper(person: &Person<'_>, path: &str) -> Option<String> {
    let answer = person.get(path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/pdf"), "{path}");
    text_of_pdf(&answer.bytes.0)
}

#[tokio::test]
async fn a_jobs_paper_says_what_the_job_says() {
    let modules = vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
    ];
    let house = harness::start(modules).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let at = json!({ "street": "12 Elm St", "city": "Springfield", "region": "IL", "postal_code": "62704", "country": "US" });
        let carmen = made(owner.post("/api/v1/customers", json!({ "name": "Carmen Lopez", "location": at })).await);
        let leaving = json!({ "name": "Before we leave", "every_job": true, "questions": [
            { "kind": "yes_no", "words": "Swept up" },
            { "kind": "reading", "words": "Gas pressure", "unit": "psi", "least_milli": 10_000, "most_milli": 14_000 },
        ] });
        made(owner.post("/api/v1/checklists", leaving).await);
        let new = json!({ "customer_id": carmen, "title": "No heat upstairs", "scope": "Please ring twice." });
        let job = made(owner.post("/api/v1/work-orders", new).await);
        let path = format!("/api/v1/work-orders/{job}");
        for (what, price, milli) in [("Igniter", "89.00", 1000), ("Labor", "120.00", 1500)] {
            let line = json!({ "description": what, "unit_price": usd(price), "quantity_milli": milli });
            made(owner.post(&format!("{path}/lines"), line).await);
        }
        assert_eq!(owner.post(&format!("{path}/start"), json!({})).await.status, 200);
        let whole = owner.get(&path).await.body;
        for (words, answer, note) in [("Swept up", "yes", None), ("Gas pressure", "9.5", Some("Told the gas works"))] {
            let asked = whole["questions"].as_array().unwrap().iter();
            let id = asked.clone().find(|one| one["question"]["words"] == words).unwrap()["id"].as_str().unwrap();
            let said = json!({ "answer": answer, "note": note });
            let kept = owner.send(Method::PUT, &format!("{path}/questions/{id}"), &[], said).await;
            assert_eq!(kept.status, 200, "{kept:?}");
        }
        let whole = owner.get(&path).await.body;
        let signed = json!({ "kind": "completion", "name": "Carmen Lopez", "strokes": "100,200 140,180 180,260 240,120;300,200 420,210", "shown": whole["shown_hash"] });
        made(owner.post(&format!("{path}/signatures"), signed).await);

        let Some(text) = paper(&owner, &format!("{path}/pdf")).await else { return };
        let number = whole["number"].as_i64().unwrap();
        for says in [
            &*format!("Work order J-{number}"),
            "No heat upstairs",
            "Carmen Lopez 12 Elm St Springfield, IL 62704",
            "Please ring twice.",
            "Igniter 1 89.00 89.00",
            "Labor 1.5 120.00 180.00",
            "Total $269.00",
            "Before we leave",
            "Swept up Yes",
            "Gas pressure 9.5 psi",
            "To be 10 to 14 psi",
            "Told the gas works",
            "Accepted after the work",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        assert!(!text.contains("Name, date and signature"), "it is signed: {text}");
        // Handed out before the work, without prices and with a line to sign on.
        let bare = paper(&owner, &format!("{path}/pdf?prices=false")).await.unwrap();
        assert!(bare.contains("Labor 1.5") && !bare.contains("120.00") && !bare.contains("269"), "{bare}");
        // Whoever is shown no prices gets none by asking for them.
        let role = owner.post("/api/v1/roles", json!({ "label": "Looks on", "copy_of": "viewer" })).await;
        let reads = json!({ "permissions": ["work.read"] });
        let role = owner.patch(&format!("/api/v1/roles/{}", role.id()), &role.etag(), reads).await;
        let blind = acme.person("viewer").await;
        let member = format!("/api/v1/members/{}", blind.id.unwrap());
        let seen = owner.get(&member).await;
        let given = owner.patch(&member, &seen.etag(), json!({ "role": role.body["name"] })).await;
        assert_eq!(given.status, 200, "{given:?}");
        assert!(!paper(&blind, &format!("{path}/pdf?prices=true")).await.unwrap().contains("89.00"));
        // Another line, and the signature says that it is of other ones.
        made(owner.post(&format!("{path}/lines"), json!({ "description": "Filter", "unit_price": usd("20.00") })).await);
        let text = paper(&owner, &format!("{path}/pdf")).await.unwrap();
        assert!(text.contains("the lines were other ones then") && text.contains("Name, date and signature"), "{text}");
        assert_eq!(owner.get(&format!("/api/v1/work-orders/{carmen}/pdf")).await.status, 404);
        assert_eq!(owner.get(&format!("{path}/pdf?prices=maybe")).await.status, 422);
    })
    .await;
}

//! A finished job that is taken up again: its draft goes and a new one is written; what is issued stands in the way.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::in_both_placements;
use serde_json::{Value, json};

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn house() -> harness::TestHouse {
    let modules = vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
    ];
    harness::start(modules).await
}

#[tokio::test]
async fn a_job_is_taken_up_again_until_it_is_invoiced() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let carmen = owner.post("/api/v1/customers", json!({ "name": "Carmen" })).await.id();
        let job = owner.post("/api/v1/work-orders", json!({ "customer_id": carmen, "title": "Leak" })).await.id();
        let path = format!("/api/v1/work-orders/{job}");
        let verb = async |verb: &str, body: Value| owner.post(&format!("{path}/{verb}"), body).await;
        let again = || json!({ "reason": "Forgot the valve" });
        assert_eq!(verb("lines", json!({ "description": "Pipe", "unit_price": usd("40.00") })).await.status, 201);
        assert_eq!(verb("start", json!({})).await.status, 200);
        assert_eq!(verb("finish", json!({})).await.status, 200);
        house.run_jobs().await;
        let drafts = async || owner.get(&format!("/api/v1/invoices?customer_id={carmen}")).await.body["data"].clone();
        assert_eq!((drafts().await.as_array().unwrap().len(), &drafts().await[0]["subtotal"]), (1, &usd("40.00")));

        let reopened = verb("reopen", again()).await;
        assert_eq!((reopened.status, &reopened.body["status"]), (200, &json!("in_progress")), "{reopened:?}");
        assert_eq!(drafts().await, json!([]), "the draft is thrown away");
        assert_eq!(verb("lines", json!({ "description": "Valve", "unit_price": usd("25.00") })).await.status, 201);
        assert_eq!(verb("finish", json!({})).await.status, 200);
        house.run_jobs().await;
        let draft = drafts().await[0].clone();
        assert_eq!(draft["subtotal"], usd("65.00"), "the new one has both lines: {draft}");

        let invoice = format!("/api/v1/invoices/{}", draft["id"].as_str().unwrap());
        let issued = owner.post(&format!("{invoice}/issue"), json!({})).await;
        assert_eq!(issued.status, 200, "{issued:?}");
        let refused = verb("reopen", again()).await;
        let says = format!(
            "This job is invoiced as {}. Void that first, or make a follow-up of the job.",
            issued.body["number"].as_str().unwrap()
        );
        assert_eq!((refused.status, refused.body["detail"].as_str()), (409, Some(&*says)), "{refused:?}");
        assert_eq!(owner.get(&path).await.body["status"], "completed", "nothing of it was done");

        // Voided, it is taken up again, and finishing writes a new one.
        let voided = owner.post(&format!("{invoice}/void"), json!({ "reason": "Forgot the valve's cap" })).await;
        assert_eq!(voided.status, 200, "{voided:?}");
        house.run_jobs().await;
        let open = async || {
            let all = drafts().await;
            all.as_array().unwrap().iter().filter(|one| one["status"] != "void").cloned().collect::<Vec<_>>()
        };
        assert_eq!(open().await, Vec::<Value>::new(), "voiding alone writes none");
        house.clock.advance(jiff::SignedDuration::from_mins(5));
        assert_eq!(verb("reopen", again()).await.status, 200);
        assert_eq!(verb("finish", json!({})).await.status, 200);
        house.run_jobs().await;
        let anew = open().await;
        assert_eq!((anew.len(), &anew[0]["subtotal"]), (1, &usd("65.00")), "{anew:?}");

        // Taken up before anybody heard of its end, it is not charged for.
        let job = owner.post("/api/v1/work-orders", json!({ "customer_id": carmen, "title": "Drip" })).await.id();
        let path = format!("/api/v1/work-orders/{job}");
        let verb = async |verb: &str, body: Value| owner.post(&format!("{path}/{verb}"), body).await.status;
        assert_eq!(verb("lines", json!({ "description": "Seal", "unit_price": usd("9.00") })).await, 201);
        for (deed, body) in [("start", json!({})), ("finish", json!({})), ("reopen", again())] {
            assert_eq!(verb(deed, body).await, 200, "{deed}");
        }
        house.run_jobs().await;
        assert_eq!(open().await.len(), 1, "a job in progress has no draft");
        assert_eq!(verb("finish", json!({})).await, 200);
        house.run_jobs().await;
        assert_eq!(open().await.len(), 2, "and has one when it is done");
    })
    .await;
}

/// Found on one day and repaired on another: finished once, charged once, with what was sold at both.
#[tokio::test]
async fn two_visits_are_one_invoice() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let carmen = owner.post("/api/v1/customers", json!({ "name": "Carmen" })).await.id();
        let member = acme.person("technician").await;
        let marco = owner.post("/api/v1/technicians", json!({ "member_id": member.id, "name": "Marco" })).await.id();
        let visit = json!({ "customer_id": carmen, "technician_id": marco, "title": "Leak", "starts_at": "2026-06-22T15:00:00Z", "duration_minutes": 60, "anyway": true });
        let visit = owner.post("/api/v1/appointments", visit).await.id();
        let job = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await.id();
        let path = format!("/api/v1/work-orders/{job}");
        let verb = async |verb: &str, body: Value| {
            let answer = owner.post(&format!("{path}/{verb}"), body).await;
            assert!(matches!(answer.status, 200 | 201), "{verb}: {answer:?}");
            house.run_jobs().await;
            answer
        };
        let invoices = async || {
            let all = owner.get(&format!("/api/v1/invoices?customer_id={carmen}")).await.body["data"].clone();
            all.as_array().unwrap().iter().map(|one| one["subtotal"].clone()).collect::<Vec<Value>>()
        };
        verb("start", json!({})).await;
        verb("lines", json!({ "description": "Finding it", "unit_price": usd("80.00") })).await;
        verb(&format!("visits/{visit}/end"), json!({ "reason": "parts", "note": "Valve" })).await;
        assert_eq!(invoices().await, Vec::<Value>::new(), "a visit that ends charges nothing");
        let again = json!({ "technician_id": marco, "starts_at": "2026-06-24T15:00:00Z", "duration_minutes": 60, "anyway": true });
        verb("visits", again).await;
        verb("start", json!({})).await;
        verb("lines", json!({ "description": "Valve", "unit_price": usd("25.00") })).await;
        for _ in 0..2 {
            verb("finish", json!({})).await;
        }
        assert_eq!(invoices().await, [usd("105.00")]);
        // Taken up again it needs another visit, and its draft is one again.
        verb("reopen", json!({ "reason": "Drips still" })).await;
        assert_eq!(invoices().await, Vec::<Value>::new());
        let again = json!({ "technician_id": marco, "starts_at": "2026-06-25T15:00:00Z", "duration_minutes": 30, "anyway": true });
        assert_eq!(verb("visits", again).await.body["nth"], 3);
        verb("start", json!({})).await;
        verb("finish", json!({})).await;
        assert_eq!(invoices().await, [usd("105.00")]);
    })
    .await;
}

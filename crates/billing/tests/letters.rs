//! Invoices by e-mail, and who is reminded when: through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Company, Person, TestHouse, in_both_placements};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;

async fn house() -> TestHouse {
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

async fn issued(owner: &Person<'_>, customer: Value, terms_days: i64) -> String {
    let customer = owner.post("/api/v1/customers", customer).await.id();
    let lines = json!([{ "description": "Call", "unit_price": { "amount": "100.00", "currency": "USD" } }]);
    let draft = json!({ "customer_id": customer, "terms_days": terms_days, "lines": lines });
    let id = owner.post("/api/v1/invoices", draft).await.id();
    let early = owner.post(&format!("/api/v1/invoices/{id}/send"), json!({})).await;
    assert_eq!(early.body["detail"], "Issue this invoice first; then it can be sent.", "{early:?}");
    assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/issue"), json!({})).await.status, 200);
    id
}

fn to(house: &TestHouse, address: &str) -> Vec<Arc<mail::Kept>> {
    house.letters().into_iter().filter(|letter| letter.to.contains(address)).collect()
}

/// One turn of the reminders and all that follows, as the hour has it.
async fn turn(house: &TestHouse, acme: &Company<'_>) {
    let scope = house.house.errand(acme.id, "test").await.unwrap();
    billing::letter::remind(scope).await.unwrap();
    house.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_goes_out_with_its_pdf() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let address = format!("ana@{}.example", acme.slug);
        let id = issued(&owner, json!({ "name": "Ana Rivera", "email": address }), 14).await;
        let path = format!("/api/v1/invoices/{id}/send");
        let wrong = owner.post(&path, json!({ "email": "nowhere" })).await;
        assert!(wrong.status == 422 && !wrong.error("/email").is_empty(), "{wrong:?}");
        let words = json!({ "words": "The old pump is in the shed." });
        assert_eq!(owner.post(&path, words).await.status, 200);
        house.run_jobs().await;
        let letters = to(&house, &address);
        assert_eq!(letters.len(), 1, "{letters:?}");
        let text = format!("{:?}", letters[0]);
        for part in ["Invoice INV-0001 from", "The old pump is in the shed.", "$100.00"] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        // What is attached is the paper that the page shows.
        let (client, schema) = (house.above().await, acme.schema().await);
        let sql = format!("select name, bytes from {schema}.email_attachment where tenant_id = $1");
        let rows = client.query(&sql, &[&acme.id]).await.unwrap();
        let (name, bytes): (String, Vec<u8>) = (rows[0].get(0), rows[0].get(1));
        assert!(rows.len() == 1 && name == "INV-0001.pdf" && bytes.starts_with(b"%PDF-"), "{name}");
        assert_eq!(
            bytes.len().to_string(),
            owner.get(&format!("/api/v1/invoices/{id}/pdf")).await.header("content-length")
        );
        let page = owner.page(&format!("/invoices/{id}")).await;
        assert!(page.text.contains("Letters") && page.text.contains(&address), "{}", page.text);
        // Another address, on the page; a customer without one has to be given one.
        let form = [("email", "office@elsewhere.example"), ("words", "")];
        assert_eq!(owner.form(&format!("/invoices/{id}/send"), &form).await.status, 303);
        let silent = issued(&owner, json!({ "name": "Bo" }), 14).await;
        let none = owner.post(&format!("/api/v1/invoices/{silent}/send"), json!({})).await;
        assert_eq!(none.error("/email"), "This customer has no e-mail address. Give the one it shall go to.");
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.post(&path, json!({})).await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_late_is_reminded_each_time_once() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let day = |days: i64| SignedDuration::from_hours(24 * days);
        let terms = json!({ "days": [14, 3, 30], "words": "Please pay at the counter." });
        let put = async |owner: &Person<'_>, seen: &str, body: Value| {
            owner.send(Method::PUT, "/api/v1/reminder-terms", &[("if-match", seen)], body).await
        };
        assert_eq!(
            put(&owner, "\"0\"", json!({ "days": [3, 4] })).await.error("/days"),
            "Leave at least three days between two reminders."
        );
        assert_eq!(
            put(&owner, "\"0\"", json!({ "days": [0] })).await.error("/days"),
            "Each is 1 to 365 days after the due date."
        );
        assert_eq!(put(&owner, "\"0\"", terms).await.body["days"], json!([3, 14, 30]));
        let late = issued(&owner, json!({ "name": "Late", "email": "late@example.com" }), 0).await;
        let paid = issued(&owner, json!({ "name": "Paid", "email": "paid@example.com" }), 0).await;
        issued(&owner, json!({ "name": "Mute" }), 0).await;
        let cash = json!({ "amount": { "amount": "100.00", "currency": "USD" }, "method": "cash" });
        assert_eq!(owner.post(&format!("/api/v1/invoices/{paid}/payments"), cash).await.status, 201);
        let clock = house.house.clock();
        // Days after the due date, and how many letters there are then.
        let mut at = 0;
        for (days, letters) in [(1, 0), (2, 0), (3, 1), (4, 1), (13, 1), (14, 2), (29, 2), (31, 3), (90, 3)] {
            clock.advance(day(days - at));
            at = days;
            turn(&house, &acme).await;
            turn(&house, &acme).await;
            assert_eq!(to(&house, "late@example.com").len(), letters, "after {days} days");
        }
        assert!(to(&house, "paid@example.com").is_empty());
        let all = to(&house, "late@example.com");
        // The newest stands first.
        let (last, first) = (format!("{:?}", all[0]), format!("{:?}", all[2]));
        assert!(
            first.contains("A reminder: invoice INV-0001") && first.contains("Please pay at the counter."),
            "{first}"
        );
        assert!(last.contains("Still open: invoice INV-0001"), "{last}");
        // Its days over, nobody is written to; at night neither.
        let owner = acme.person("owner").await;
        let page = owner.page(&format!("/invoices/{late}")).await;
        assert_eq!(page.text.matches("Reminded").count(), 3, "{}", page.text);
        let night = issued(&owner, json!({ "name": "Night", "email": "night@example.com" }), 0).await;
        clock.advance(day(4) + SignedDuration::from_hours(12));
        turn(&house, &acme).await;
        assert!(to(&house, "night@example.com").is_empty(), "{night}");
        clock.advance(SignedDuration::from_hours(12));
        turn(&house, &acme).await;
        assert_eq!(to(&house, "night@example.com").len(), 1);
        // Switched off on the page.
        let owner = acme.person("owner").await;
        let shown = owner.page("/settings/reminders").await;
        assert!(shown.text.contains("3, 14, 30"), "{}", shown.text);
        let bad = owner.form("/settings/reminders", &[("version", "1"), ("days", "soon")]).await;
        assert!(bad.status == 422 && bad.text.contains("Write days with commas between"), "{}", bad.text);
        assert_eq!(
            owner.form("/settings/reminders", &[("version", "1"), ("days", ""), ("words", "")]).await.status,
            303
        );
        clock.advance(day(20));
        turn(&house, &acme).await;
        assert_eq!(to(&house, "night@example.com").len(), 1);
    }
}

//! What is below nothing is refused on every editor with its field named; what is sent twice is done once.
use super::adds_up;
use crate::{start, usd};
use axum::http::Method;
use harness::{Answer, Company, Person};
use serde_json::{Value, json};

const QUANTITY: &str = "A quantity is more than nothing and at most a million.";

fn line(quantity_milli: i64, price: &str) -> Value {
    json!({ "description": "Filter", "unit_price": usd(price), "quantity_milli": quantity_milli })
}

async fn made(owner: &Person<'_>, path: &str, body: Value) -> Answer {
    let answer = owner.post(path, body).await;
    assert!(answer.status < 300, "{path}: {answer:?}");
    answer
}

async fn issued(owner: &Person<'_>, customer: &str) -> Answer {
    let body = json!({ "customer_id": customer, "lines": [line(3000, "33.33")] });
    let draft = made(owner, "/api/v1/invoices", body).await.id();
    made(owner, &format!("/api/v1/invoices/{draft}/issue"), json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_below_nothing_is_refused_on_every_editor() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let ana = made(&owner, "/api/v1/customers", json!({ "name": "Ana" })).await.id();
        let job = made(&owner, "/api/v1/work-orders", json!({ "customer_id": ana, "title": "Filter" })).await.id();
        let estimate = |lines: Value| json!({ "customer_id": ana, "title": "Filter", "options": [{ "lines": lines }] });
        let invoice = |lines: Value| json!({ "customer_id": ana, "lines": lines });
        let job_lines = format!("/api/v1/work-orders/{job}/lines");
        for milli in [-1000, -1, 0] {
            let wrong = owner.post("/api/v1/estimates", estimate(json!([line(milli, "1.00")]))).await;
            assert_eq!(wrong.error("/options/0/lines/0/quantity_milli"), QUANTITY, "{wrong:?}");
            let wrong = owner.post("/api/v1/invoices", invoice(json!([line(milli, "1.00")]))).await;
            assert_eq!(wrong.error("/lines/0/quantity_milli"), QUANTITY, "{wrong:?}");
            let wrong = owner.post(&job_lines, line(milli, "1.00")).await;
            assert_eq!(wrong.error("/quantity_milli"), QUANTITY, "{wrong:?}");
        }
        // As it is typed: the sentence stands on the page.
        let draft = made(&owner, "/api/v1/estimates", estimate(json!([line(1000, "1.00")]))).await;
        let option = draft.body["options"][0]["id"].as_str().unwrap().to_owned();
        let bill = made(&owner, "/api/v1/invoices", invoice(json!([line(1000, "1.00")]))).await.id();
        let typed = [("description", "Filter"), ("quantity", "-1"), ("unit_price", "5")];
        let in_option = [&[("option_id", option.as_str())][..], &typed[..]].concat();
        for (path, fields, says) in [
            (format!("/estimates/{}/lines", draft.id()), &in_option[..], "Write a number such as 1.5; -1 is none."),
            (format!("/invoices/{bill}/lines"), &typed[..], "Write a number such as 1.5; -1 is none."),
            (format!("/jobs/{job}/lines"), &typed[..], "A quantity is a number, such as 2 or 1.5."),
        ] {
            let page = owner.form(&path, fields).await;
            assert!(page.status == 422 && page.text.contains(says), "{path}: {page:?}");
        }

        // A price below nothing gives something back; a total below nothing is no invoice, and neither is a discount.
        for (path, body) in [
            ("/api/v1/estimates", estimate(json!([line(1000, "10.00"), line(1000, "-9.99")]))),
            ("/api/v1/invoices", invoice(json!([line(1000, "10.00"), line(1000, "-9.99")]))),
            (job_lines.as_str(), line(1000, "-9.99")),
        ] {
            made(&owner, path, body).await;
        }
        let owing = made(&owner, "/api/v1/invoices", invoice(json!([line(1000, "-0.01")]))).await.id();
        let refused = owner.post(&format!("/api/v1/invoices/{owing}/issue"), json!({})).await;
        assert!(refused.status == 409 && refused.text.contains("below zero"), "{refused:?}");
        let mut discounted = line(1000, "10.00");
        discounted["discount"] = usd("-0.01");
        let wrong = owner.post("/api/v1/invoices", invoice(json!([discounted]))).await;
        assert!(wrong.error("/lines/0/discount").contains("not below zero"), "{wrong:?}");
        for (field, value) in [("discount_ppm", json!(-1)), ("discount_amount", usd("-0.01"))] {
            let mut body = estimate(json!([line(1000, "10.00")]));
            body["options"][0][field] = value;
            let wrong = owner.post("/api/v1/estimates", body).await;
            assert!(!wrong.error(&format!("/options/0/{field}")).is_empty(), "{wrong:?}");
        }
        for (field, value) in [("deposit_ppm", json!(-1)), ("deposit_amount", usd("-0.01"))] {
            let mut body = estimate(json!([line(1000, "10.00")]));
            body[field] = value;
            let wrong = owner.post("/api/v1/estimates", body).await;
            assert!(!wrong.error(&format!("/{field}")).is_empty(), "{wrong:?}");
        }

        let whole = issued(&owner, &ana).await;
        let at = format!("/api/v1/invoices/{}", whole.id());
        for milli in [-1, 0, 3001] {
            let part = json!([{ "line_id": whole.body["lines"][0]["id"], "quantity_milli": milli }]);
            let wrong = owner.post(&format!("{at}/credit-notes"), json!({ "reason": "Returned", "lines": part })).await;
            assert_eq!(wrong.error("/lines/0/quantity_milli"), "Of “Filter” at most 3 can be given back.", "{wrong:?}");
        }
        for amount in ["0.00", "-5.00"] {
            let wrong = owner.post(&format!("{at}/payments"), json!({ "amount": usd(amount), "method": "cash" })).await;
            assert_eq!(wrong.error("/amount"), "A payment is more than nothing.", "{wrong:?}");
            let wrong = owner
                .post(&format!("/api/v1/customers/{ana}/refunds"), json!({ "amount": usd(amount), "method": "cash" }))
                .await;
            assert_eq!(wrong.error("/amount"), "Give back more than nothing.", "{wrong:?}");
        }
        assert!(
            owner.get("/api/v1/ledger/trial-balance").await.body["debit"]["amount"] == "99.99",
            "nothing of it came into the books"
        );
    })
    .await;
}

/// The same twice: with one key it is one answer, and without one the second is refused or is another deed, as the words say.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_twice_is_done_once() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        adds_up(&owner, 6).await;
        let ana = made(&owner, "/api/v1/customers", json!({ "name": "Ana" })).await.id();
        let twice = async |path: &str, body: Value, key: Option<&str>| {
            let headers: Vec<(&str, &str)> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
            let first = owner.send(Method::POST, path, &headers, body.clone()).await;
            assert!(first.status < 300, "{path}: {first:?}");
            (first, owner.send(Method::POST, path, &headers, body).await)
        };
        let balance = async || {
            owner.get(&format!("/api/v1/customers/{ana}/credits")).await.body["balance"]["amount"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        // Issued: one number, whether there is a key or not.
        let mut numbers = vec![];
        for key in [Some("issue"), None] {
            let draft = made(&owner, "/api/v1/invoices", json!({ "customer_id": ana, "lines": [line(3000, "33.33")] }))
                .await
                .id();
            let (first, second) = twice(&format!("/api/v1/invoices/{draft}/issue"), json!({}), key).await;
            match key {
                Some(_) => assert_eq!(
                    (second.status, &second.body["number"]),
                    (first.status, &first.body["number"]),
                    "{second:?}"
                ),
                None => assert_eq!(second.status, 409, "{second:?}"),
            }
            numbers.push((draft, first.body["number"].clone()));
        }
        assert_eq!((&numbers[0].1, &numbers[1].1), (&json!("INV-0001"), &json!("INV-0002")));
        // Given back whole: with a key the same note, without one there is nothing left.
        for ((invoice, _), key) in numbers.iter().zip([Some("note"), None]) {
            let paid = json!({ "amount": usd("99.99"), "method": "cash" });
            made(&owner, &format!("/api/v1/invoices/{invoice}/payments"), paid).await;
            let (first, second) =
                twice(&format!("/api/v1/invoices/{invoice}/credit-notes"), json!({ "reason": "All" }), key).await;
            match key {
                Some(_) => assert_eq!((second.status, second.id()), (201, first.id())),
                None => assert!(second.status == 409 && second.text.contains("given back whole already"), "{second:?}"),
            }
            let notes = owner.get(&format!("/api/v1/invoices/{invoice}/credit-notes")).await;
            assert_eq!(notes.body["data"].as_array().unwrap().len(), 1, "{notes:?}");
        }
        assert_eq!(balance().await, "199.98");
        // Paid out: with a key once. Without one it is meant twice, as long as there is enough.
        let refund = json!({ "amount": usd("80.00"), "method": "transfer" });
        let path = format!("/api/v1/customers/{ana}/refunds");
        let (first, second) = twice(&path, refund.clone(), Some("refund")).await;
        assert_eq!((second.status, second.id()), (201, first.id()));
        assert_eq!(balance().await, "119.98");
        made(&owner, &path, refund.clone()).await;
        let third = owner.post(&path, refund).await;
        assert_eq!(
            third.error("/amount"),
            "This customer has 39.98 USD of credit. Give back at most that.",
            "{third:?}"
        );
        assert_eq!(balance().await, "39.98");
        // 199.98 came into the till, 160.00 went out of the bank; what is left is the customer's.
        let trial = owner.get("/api/v1/ledger/trial-balance").await.body;
        let of = |code: &str| {
            trial["accounts"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap()["balance"]["amount"]
                .clone()
        };
        assert_eq!(
            [of("1000"), of("1010"), of("1100"), of("2100"), of("4000")],
            ["199.98", "-160.00", "0.00", "-39.98", "0.00"].map(|amount| json!(amount))
        );
    })
    .await;
}

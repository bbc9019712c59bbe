//! Statements and receipts: what they say is what the books say, on the page, by the API and on paper.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Company, Person, TestHouse, in_both_placements, text_of_pdf};
use serde_json::{Value, json};

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

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn issued(owner: &Person<'_>, customer: &str, amount: &str) -> String {
    let lines = json!([{ "description": "Call", "unit_price": usd(amount) }]);
    let draft = owner.post("/api/v1/invoices", json!({ "customer_id": customer, "lines": lines })).await.id();
    assert_eq!(owner.post(&format!("/api/v1/invoices/{draft}/issue"), json!({})).await.status, 200);
    draft
}

async fn pdf(owner: &Person<'_>, path: &str) -> Option<String> {
    let paper = owner.get(path).await;
    assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"), "{path}");
    text_of_pdf(&paper.bytes.0)
}

fn amounts(answer: &Answer) -> Vec<(String, String)> {
    let text = |money: &Value| money["amount"].as_str().unwrap().to_owned();
    let lines = answer.body["data"].as_array().unwrap();
    lines.iter().map(|line| (text(&line["amount"]), text(&line["balance"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_says_what_the_books_say() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = json!({ "name": "Ana Rivera", "email": format!("ana@{}.example", acme.slug), "location": { "street": "1 Elm St", "city": "Springfield", "region": "IL", "postal_code": "62701" } });
        let ana = owner.post("/api/v1/customers", ana).await.id();
        let bo = owner.post("/api/v1/customers", json!({ "name": "Bo" })).await.id();
        let path = format!("/api/v1/customers/{ana}/statement");
        assert_eq!(owner.get(&path).await.body["closing"], usd("0.00"));
        let page = owner.page(&format!("/customers/{ana}/statement")).await;
        assert!(page.text.contains("Nothing moved in these days"), "{}", page.text);

        let (one, two) = (issued(&owner, &ana, "300.00").await, issued(&owner, &ana, "80.00").await);
        let lost = issued(&owner, &ana, "20.00").await;
        issued(&owner, &bo, "999.00").await;
        let pay = json!({ "amount": usd("100.00"), "method": "transfer", "reference": "R-77" });
        let paid = owner.post(&format!("/api/v1/invoices/{one}/payments"), pay).await;
        assert_eq!(paid.status, 201, "{paid:?}");
        let more = json!({ "amount": usd("90.00"), "method": "cash", "keep_rest": true });
        assert_eq!(owner.post(&format!("/api/v1/invoices/{two}/payments"), more).await.status, 201);
        let note = json!({ "reason": "Less work", "lines": [{ "line_id": owner.get(&format!("/api/v1/invoices/{one}")).await.body["lines"][0]["id"], "quantity_milli": 100 }] });
        assert_eq!(owner.post(&format!("/api/v1/invoices/{one}/credit-notes"), note).await.status, 201);
        assert_eq!(owner.post(&format!("/api/v1/invoices/{lost}/write-off"), json!({ "reason": "Gone" })).await.status, 200);

        let said = owner.get(&path).await;
        let expected = [("300.00", "300.00"), ("80.00", "380.00"), ("20.00", "400.00"), ("-100.00", "300.00"), ("-80.00", "220.00"), ("-30.00", "190.00")];
        let expected: Vec<(String, String)> = expected.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        assert_eq!(amounts(&said), expected, "{said:?}");
        assert_eq!((&said.body["opening"], &said.body["closing"], &said.body["credit"]), (&usd("0.00"), &usd("190.00"), &usd("10.00")));
        let open: Vec<&Value> = said.body["open"].as_array().unwrap().iter().map(|one| &one["open"]["amount"]).collect();
        assert_eq!(open, ["170.00", "20.00"], "what is written off is still owed, as far as the customer reads: {said:?}");
        // The books know of the write-off, and agree on the rest.
        let owed = owner.get("/api/v1/ledger/receivables").await;
        let of_ana = owed.body["data"].as_array().unwrap().iter().find(|one| one["customer_name"] == "Ana Rivera").unwrap();
        assert_eq!(of_ana["total"], usd("170.00"));

        // On paper and on the page stand the same figures.
        if let Some(text) = pdf(&owner, &format!("{path}/pdf")).await {
            for part in ["Statement", "Ana Rivera", "1 Elm St", "Springfield, IL 62701", "Balance before", "INV-0001", "300.00", "380.00", "220.00", "$190.00", "Open invoices", "170.00", "$10.00 is kept as your credit."] {
                assert!(text.contains(part), "{part} is missing in {text}");
            }
            assert!(!text.contains("999") && !text.to_lowercase().contains("written off"), "{text}");
        }
        let page = owner.page(&format!("/customers/{ana}/statement")).await;
        for part in ["$190.00", "220.00", "Send statement", "$10.00"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }

        // Earlier days have none of it; later ones begin with it.
        let before = owner.get(&format!("{path}?from=2026-01-01&to=2026-02-01")).await;
        assert_eq!((before.body["data"].as_array().unwrap().len(), &before.body["closing"]), (0, &usd("0.00")));
        let after = owner.get(&format!("{path}?from=2026-07-01&to=2026-07-31")).await;
        assert_eq!((&after.body["opening"], &after.body["closing"]), (&usd("190.00"), &usd("190.00")), "{after:?}");
        assert!(!owner.get(&format!("{path}?from=2026-07-01&to=2026-06-01")).await.error("/to").is_empty());
        assert!(!owner.get(&format!("{path}?from=0100-07-01")).await.error("/from").is_empty());

        // The receipt of a payment.
        if let Some(text) = pdf(&owner, &format!("/api/v1/payments/{}/receipt", paid.id())).await {
            for part in ["Receipt", "Invoice INV-0001", "100.00", "$100.00", "Bank transfer", "R-77", "Open on INV-0001 today", "170.00"] {
                assert!(text.contains(part), "{part} is missing in {text}");
            }
        }

        // Sent by e-mail, with the paper; whoever may only read sends nothing.
        let sent = owner.post(&format!("{path}/send"), json!({ "words": "As we said on the phone." })).await;
        assert_eq!(sent.status, 204, "{sent:?}");
        house.run_jobs().await;
        let letters: Vec<_> = house.letters().into_iter().filter(|letter| letter.to.contains(&format!("ana@{}.example", acme.slug))).collect();
        let text = format!("{:?}", letters[0]);
        for part in ["Your statement from", "$190.00", "As we said on the phone."] {
            assert!(letters.len() == 1 && text.contains(part), "{part}: {text}");
        }
        assert!(acme.told().await.contains(&"statement.sent".to_owned()));
        let nowhere = owner.post(&format!("/api/v1/customers/{bo}/statement/send"), json!({})).await;
        assert!(nowhere.error("/email").contains("no e-mail address"), "{nowhere:?}");
        let form = [("from", "2026-06-01"), ("to", "2026-06-30"), ("email", "nowhere")];
        let wrong = owner.form(&format!("/customers/{ana}/statement/send"), &form).await;
        assert!(wrong.status == 422 && wrong.text.contains("nowhere"), "{}", wrong.text);
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.get(&path).await.status, 200);
        assert_eq!(viewer.post(&format!("{path}/send"), json!({})).await.status, 403);
    })
    .await;
}

//! What settles an invoice besides payments: credit notes, kept credit, what is written off. Through the front door, in both placements.
//! All verbs in any order: `walk`.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Company, Person, TestHouse, in_both_placements};
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

fn cents(money: &Value) -> i64 {
    kernel::Money::parse(money["amount"].as_str().unwrap(), kernel::Currency::USD).unwrap().minor
}

async fn customer(person: &Person<'_>, name: &str) -> String {
    let made = person.post("/api/v1/customers", json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

/// 3 × 33.33 with two taxes and a discount, and 50.00 without: 99.99 - 1.00 + 8.75 % + 50.00.
fn lines() -> Value {
    json!([
        { "description": "Filter", "unit_price": usd("33.33"), "quantity_milli": 3000, "discount": usd("1.00"),
          "taxes": [{ "name": "State", "rate_ppm": 62500 }, { "name": "City", "rate_ppm": 25000 }] },
        { "description": "Visit", "unit_price": usd("50.00") },
    ])
}

async fn issued(owner: &Person<'_>, customer: &str, lines: Value) -> Answer {
    let draft = owner.post("/api/v1/invoices", json!({ "customer_id": customer, "lines": lines })).await;
    assert_eq!(draft.status, 201, "{draft:?}");
    let issued = owner.post(&format!("/api/v1/invoices/{}/issue", draft.id()), json!({})).await;
    assert_eq!(issued.status, 200, "{issued:?}");
    issued
}

async fn invoice(owner: &Person<'_>, id: &str) -> Value {
    owner.get(&format!("/api/v1/invoices/{id}")).await.body
}

/// Debit less credit of an account.
async fn account(owner: &Person<'_>, code: &str) -> i64 {
    let trial = owner.get("/api/v1/ledger/trial-balance?to=2100-01-01").await;
    assert_eq!(trial.body["debit"], trial.body["credit"], "{trial:?}");
    let accounts = trial.body["accounts"].as_array().unwrap().clone();
    accounts.iter().find(|one| one["code"] == code).map_or(0, |one| cents(&one["balance"]))
}

async fn credit(owner: &Person<'_>, customer: &str) -> i64 {
    cents(&owner.get(&format!("/api/v1/customers/{customer}/credits")).await.body["balance"])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_given_back_in_parts_that_sum_to_the_whole() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = customer(&owner, "Ana Rivera").await;
        let whole = issued(&owner, &ana, lines()).await;
        assert_eq!((&whole.body["tax"], &whole.body["total"]), (&usd("8.66"), &usd("157.65")), "{whole:?}");
        let (id, at) = (whole.id(), format!("/api/v1/invoices/{}/credit-notes", whole.id()));
        let filter = whole.body["lines"][0]["id"].clone();
        let give = async |milli: i64| {
            let one = json!({ "reason": "Returned", "lines": [{ "line_id": filter, "quantity_milli": milli }] });
            owner.post(&at, one).await
        };
        let mut notes = vec![];
        for _ in 0..3 {
            let note = give(1000).await;
            assert_eq!(note.status, 201, "{note:?}");
            notes.push(note);
        }
        assert_eq!(notes[0].body["number"], "CN-0001");
        let sum = |field: &str| notes.iter().map(|note| cents(&note.body[field])).sum::<i64>();
        assert_eq!((sum("net"), sum("tax"), sum("total")), (9899, 866, 10_765), "three thirds are the whole");
        let of_state = |note: &Answer| cents(&note.body["taxes"].as_array().unwrap().iter().find(|tax| tax["name"] == "State").unwrap()["tax"]);
        assert_eq!(notes.iter().map(of_state).sum::<i64>(), 619);
        let now = invoice(&owner, &id).await;
        assert_eq!((&now["status"], &now["credited"], &now["balance"]), (&json!("part_paid"), &usd("107.65"), &usd("50.00")));
        let more = give(1).await;
        assert_eq!(more.error("/lines/0/quantity_milli"), "“Filter” is given back already.");
        let visit = json!({ "reason": "No visit", "lines": [{ "line_id": whole.body["lines"][1]["id"], "quantity_milli": 1001 }] });
        assert_eq!(owner.post(&at, visit).await.error("/lines/0/quantity_milli"), "Of “Visit” at most 1 can be given back.");
        let rest = owner.post(&at, json!({ "reason": "All of it" })).await;
        assert_eq!((rest.status, &rest.body["total"], &rest.body["to_credit"]), (201, &usd("50.00"), &usd("0.00")), "{rest:?}");
        let now = invoice(&owner, &id).await;
        assert_eq!((&now["status"], &now["balance"]), (&json!("paid"), &usd("0.00")));
        let none = owner.post(&at, json!({ "reason": "Again" })).await;
        assert_eq!((none.status, none.body["detail"].as_str()), (409, Some("INV-0001 is given back whole already.")), "{none:?}");
        for code in ["1100", "2100", "2200", "4000"] {
            assert_eq!(account(&owner, code).await, 0, "{code}");
        }
        // The paper says what the API says.
        let pdf = owner.get(&format!("/api/v1/credit-notes/{}/pdf", notes[2].id())).await;
        assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
        if let Some(text) = harness::text_of_pdf(&pdf.bytes.0) {
            let note = &notes[2].body;
            let figure = |money: &Value| money["amount"].as_str().unwrap().to_owned();
            let taxes = note["taxes"].as_array().unwrap().iter().map(|tax| figure(&tax["tax"]));
            let figures = [figure(&note["net"]), figure(&note["total"])].into_iter().chain(taxes);
            for part in figures.chain(["Credit note CN-0003".into(), "INV-0001".into(), "Filter".into(), "Returned".into()]) {
                assert!(text.contains(&part), "{part} is missing in {text}");
            }
        }
        let draft = owner.post("/api/v1/invoices", json!({ "customer_id": ana, "lines": lines() })).await.id();
        let early = owner.post(&format!("/api/v1/invoices/{draft}/credit-notes"), json!({ "reason": "Early" })).await;
        assert_eq!(early.status, 409, "{early:?}");
        let voided = owner.send(axum::http::Method::POST, &format!("/api/v1/invoices/{id}/void"), &[], json!({ "reason": "x" })).await;
        assert!(voided.text.contains("credited or written off already"), "{voided:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_too_much_is_kept_used_and_paid_out() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = customer(&owner, "Ana Rivera").await;
        let one = issued(&owner, &ana, json!([{ "description": "Call", "unit_price": usd("100.00") }])).await.id();
        let pay = async |id: &str, amount: &str, keep: bool| {
            let body = json!({ "amount": usd(amount), "method": "transfer", "keep_rest": keep });
            owner.post(&format!("/api/v1/invoices/{id}/payments"), body).await
        };
        assert_eq!(
            pay(&one, "130.00", false).await.error("/amount"),
            "Only 100.00 USD is open on INV-0001. Record at most that."
        );
        let paid = pay(&one, "130.00", true).await;
        assert_eq!((paid.status, &paid.body["kept"]), (201, &usd("30.00")), "{paid:?}");
        assert_eq!((&invoice(&owner, &one).await["status"], credit(&owner, &ana).await), (&json!("paid"), 3000));

        let two = issued(&owner, &ana, json!([{ "description": "Call", "unit_price": usd("20.00") }])).await.id();
        let page = owner.page(&format!("/invoices/{two}")).await;
        assert!(page.text.contains("$30.00") && page.text.contains("Use it here"), "{}", page.text);
        let much = owner.post(&format!("/api/v1/invoices/{two}/credit"), json!({ "amount": usd("20.01") })).await;
        assert_eq!(much.error("/amount"), "At most 20.00 USD can be used here.");
        let used = owner.post(&format!("/api/v1/invoices/{two}/credit"), json!({ "amount": usd("5.00") })).await;
        assert_eq!((used.status, &used.body["balance"]), (200, &usd("15.00")), "{used:?}");
        assert_eq!(owner.form(&format!("/invoices/{two}/credit"), &[("version", "1")]).await.status, 303);
        assert_eq!((&invoice(&owner, &two).await["status"], credit(&owner, &ana).await), (&json!("paid"), 1000));
        // The payment that left it cannot go while it is used.
        let back = owner.post(&format!("/api/v1/payments/{}/reverse", paid.id()), json!({ "reason": "Bounced" })).await;
        assert_eq!(
            back.body["detail"],
            "20.00 USD of what this payment left as credit is used already. It cannot be taken back.",
            "{back:?}"
        );
        let refund = async |amount: &str| {
            let body = json!({ "amount": usd(amount), "method": "cash" });
            owner.post(&format!("/api/v1/customers/{ana}/refunds"), body).await
        };
        assert_eq!(
            refund("10.01").await.error("/amount"),
            "This customer has 10.00 USD of credit. Give back at most that."
        );
        let form = [("amount", "10.00"), ("method", "cash"), ("reference", "till")];
        assert_eq!(owner.form(&format!("/customers/{ana}/credit/refund"), &form).await.status, 303);
        assert_eq!(credit(&owner, &ana).await, 0);
        let page = owner.page(&format!("/customers/{ana}/credit")).await;
        assert!(page.text.contains("Paid out") && page.text.contains("cash, till"), "{}", page.text);
        // 130 came into the bank, 10 went out of the till, 120 was earned; nothing is owed by anybody.
        let books = [("1000", -1000), ("1010", 13_000), ("1100", 0), ("2100", 0), ("4000", -12_000)];
        for (code, minor) in books {
            assert_eq!(account(&owner, code).await, minor, "{code}");
        }
        // Two who use the last of it at once: one of them does.
        let three = issued(&owner, &ana, json!([{ "description": "Call", "unit_price": usd("20.00") }])).await.id();
        pay(&three, "30.00", true).await;
        let four = issued(&owner, &ana, json!([{ "description": "Call", "unit_price": usd("20.00") }])).await.id();
        let path = format!("/api/v1/invoices/{four}/credit");
        let (a, b) = tokio::join!(owner.post(&path, json!({ "amount": usd("10.00") })), refund("10.00"));
        let won = [a.status == 200, b.status == 201].into_iter().filter(|won| *won).count();
        assert_eq!((won, credit(&owner, &ana).await), (1, 0), "{a:?} {b:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_pays_is_written_off_and_can_come_back() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = customer(&owner, "Ana Rivera").await;
        let id = issued(&owner, &ana, lines()).await.id();
        let path = format!("/api/v1/invoices/{id}");
        owner.post(&format!("{path}/payments"), json!({ "amount": usd("57.65"), "method": "cash" })).await;
        let nothing = owner.post(&format!("{path}/write-off"), json!({ "reason": " " })).await;
        assert_eq!(nothing.error("/reason"), "Give a reason.");
        let off = owner.post(&format!("{path}/write-off"), json!({ "reason": "Bankrupt" })).await;
        assert_eq!(
            (&off.body["status"], &off.body["written_off"], &off.body["balance"]),
            (&json!("written_off"), &usd("100.00"), &usd("0.00")),
            "{off:?}"
        );
        assert_eq!((account(&owner, "6100").await, account(&owner, "1100").await), (10_000, 0));
        let pay = json!({ "amount": usd("1.00"), "method": "cash" });
        assert!(
            owner.post(&format!("{path}/payments"), pay).await.text.contains("is written off. Take that back first")
        );
        let list = owner.page("/invoices?status=written_off").await;
        assert!(list.text.contains("INV-0001") && list.text.contains("Written off"), "{}", list.text);
        let page = owner.page(&format!("/invoices/{id}")).await;
        assert!(page.text.contains("Bankrupt"), "{}", page.text);
        let version = invoice(&owner, &id).await["version"].to_string();
        assert_eq!(
            owner.form(&format!("/invoices/{id}/write-off/reverse"), &[("version", &version)]).await.status,
            303
        );
        assert_eq!((&invoice(&owner, &id).await["status"], account(&owner, "6100").await), (&json!("part_paid"), 0));
        // Again, and again back: each has its own voucher.
        assert_eq!(owner.post(&format!("{path}/write-off"), json!({ "reason": "Gone" })).await.status, 200);
        assert_eq!(owner.post(&format!("{path}/write-off/reverse"), json!({})).await.status, 200);
        assert_eq!(owner.post(&format!("{path}/write-off/reverse"), json!({})).await.status, 409);
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.post(&format!("{path}/write-off"), json!({ "reason": "x" })).await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_back_is_not_voided_on_top() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = customer(&owner, "Ana Rivera").await;
        let one = issued(&owner, &ana, json!([{ "description": "Call", "unit_price": usd("100.00") }])).await.id();
        let path = format!("/api/v1/invoices/{one}");
        let paid = json!({ "amount": usd("100.00"), "method": "cash" });
        let paid = owner.post(&format!("{path}/payments"), paid).await.id();
        // Paid, given back as credit, and then the payment is taken back: nothing of it shows on the invoice.
        assert_eq!(owner.post(&format!("{path}/credit-notes"), json!({ "reason": "All" })).await.status, 201);
        let back = owner.post(&format!("/api/v1/payments/{paid}/reverse"), json!({ "reason": "Bounced" })).await;
        assert_eq!(back.status, 200, "{back:?}");
        assert_eq!(invoice(&owner, &one).await["credited"], usd("0.00"));
        let void = owner.post(&format!("{path}/void"), json!({ "reason": "Twice" })).await;
        assert_eq!(void.status, 409, "{void:?}");
        assert!(void.text.contains("credited or written off already"), "{void:?}");
        assert_eq!(account(&owner, "4000").await, 0, "given back once");
        assert_eq!((account(&owner, "1100").await, credit(&owner, &ana).await), (10_000, 10_000));

        // By whichever path, more is not used than was kept.
        let (client, schema) = (house.above().await, acme.schema().await);
        let sql = format!(
            "insert into {schema}.customer_credit (tenant_id, id, customer_id, kind, amount_minor, currency, on_day, created_at) values ($1, gen_random_uuid(), $2::text::uuid, 'used', -10001, 'USD', current_date, now())"
        );
        let refused = client.execute(&sql, &[&acme.id, &ana]).await.unwrap_err();
        assert_eq!(refused.as_db_error().and_then(|error| error.constraint()), Some("customer_credit_covered"), "{refused}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_gives_back_what_is_typed_at_each_line() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let ana = customer(&owner, "Ana Rivera").await;
    let whole = issued(&owner, &ana, lines()).await;
    let line = |at: usize| format!("quantity-{}", whole.body["lines"][at]["id"].as_str().unwrap());
    let (filter, visit) = (line(0), line(1));
    let path = format!("/invoices/{}/credit-note", whole.id());
    let page = owner.page(&path).await;
    assert!(page.text.contains(&filter) && page.text.contains(&visit), "{}", page.text);
    // What is wrong is said at its line, and what was typed or cleared at the others stays.
    let wrong = owner.form(&path, &[(&filter, "some"), (&visit, ""), ("reason", "Returned")]).await;
    assert!(wrong.status == 422 && wrong.text.contains("A quantity is a number, such as 2 or 1.5."), "{}", wrong.text);
    assert!(wrong.text.contains("value=\"some\""), "{}", wrong.text);
    let strange = owner.form(&path, &[("more", "1"), ("reason", "Returned")]).await;
    assert_eq!(strange.status, 422, "{}", strange.text);
    // A cleared line is left alone.
    let given = owner.form(&path, &[(&filter, "1.5"), (&visit, ""), ("reason", "Returned")]).await;
    assert_eq!(given.status, 303, "{}", given.text);
    let notes = owner.get(&format!("/api/v1/invoices/{}/credit-notes", whole.id())).await;
    let given = &notes.body["data"][0]["lines"];
    assert_eq!((given.as_array().unwrap().len(), &given[0]["quantity_milli"]), (1, &json!(1500)), "{notes:?}");
}

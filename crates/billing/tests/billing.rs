//! Billing through the front door: the way of an invoice, its refusals, and what the database keeps whoever asks.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use futures_util::future::join_all;
use harness::{Answer, Company, Person, TestHouse, in_both_placements};
use kernel::Module;
use serde_json::{Value, json};
use std::time::Duration;

fn modules() -> Vec<Module> {
    vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
    ]
}

async fn house() -> TestHouse {
    harness::start(modules()).await
}

async fn customer(person: &Person<'_>, name: &str) -> String {
    let made = person.post("/api/v1/customers", json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// Two taxed lines, one without tax: 610.00 less 61.00, tax 8.75 % on 376.00.
fn lines() -> Value {
    json!([
        { "description": "Diagnostic visit", "unit_price": usd("89.00") },
        { "description": "Run capacitor", "detail": "Supplied and fitted", "unit_price": usd("107.00"), "quantity_milli": 2000, "taxes": [{ "name": "Sales tax", "rate_ppm": 87500 }] },
        { "description": "Contactor", "unit_price": usd("162.00"), "taxes": [{ "name": "Sales tax", "rate_ppm": 87500 }] },
        { "description": "Coil clean", "unit_price": usd("145.00"), "discount": usd("61.00") }
    ])
}

async fn draft(person: &Person<'_>, customer: &str) -> Answer {
    let made = person.post("/api/v1/invoices", json!({ "customer_id": customer, "lines": lines() })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

async fn issued(person: &Person<'_>, customer: &str) -> Answer {
    let id = draft(person, customer).await.id();
    let done = person.post(&format!("/api/v1/invoices/{id}/issue"), json!({})).await;
    assert_eq!(done.status, 200, "{done:?}");
    done
}

async fn pay(person: &Person<'_>, invoice: &str, amount: &str) -> Answer {
    let body = json!({ "amount": usd(amount), "method": "cheque", "reference": "No. 7" });
    person.post(&format!("/api/v1/invoices/{invoice}/payments"), body).await
}

async fn books_balance(person: &Person<'_>) -> Value {
    let books = person.get("/api/v1/ledger/trial-balance").await;
    assert_eq!(books.status, 200, "{books:?}");
    assert_eq!(books.body["debit"], books.body["credit"], "{books:?}");
    books.body
}

fn account(books: &Value, code: &str) -> String {
    let accounts = books["accounts"].as_array().into_iter().flatten();
    let found = accounts.into_iter().find(|a| a["code"] == code).unwrap_or_else(|| panic!("no {code} in {books}"));
    found["balance"]["amount"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_goes_from_draft_to_paid() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let made = draft(&owner, &carmen).await;
        let id = made.id();
        let path = format!("/api/v1/invoices/{id}");
        assert_eq!(made.body["status"], "draft");
        assert_eq!(made.body["number"], Value::Null);
        assert_eq!(made.body["subtotal"], usd("610.00"));
        assert_eq!(made.body["discount"], usd("61.00"));
        assert_eq!(made.body["tax"], usd("32.90"));
        assert_eq!(made.body["total"], usd("581.90"));
        assert_eq!(made.body["taxes"][0]["base"], usd("376.00"));
        assert_eq!(made.header("location"), path);

        let edited = owner.patch(&path, &made.etag(), json!({ "note": "Thank you", "terms_days": 30 })).await;
        assert_eq!((edited.status, edited.body["terms_days"].as_i64()), (200, Some(30)), "{edited:?}");
        assert_eq!(edited.body["total"], usd("581.90"));
        assert_eq!(owner.patch(&path, &made.etag(), json!({ "note": "Late" })).await.status, 412);
        assert_eq!(owner.send(Method::PATCH, &path, &[], json!({ "note": "Late" })).await.status, 428);

        let done = owner.post(&format!("{path}/issue"), json!({})).await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(done.body["number"], "INV-0001");
        assert_eq!(done.body["issued_on"], "2026-06-22");
        assert_eq!(done.body["due_on"], "2026-07-22");
        assert_eq!(done.body["bill_to"], "Carmen Lopez");
        assert_eq!(done.body["balance"], usd("581.90"));
        let again = owner.post(&format!("{path}/issue"), json!({})).await;
        assert_eq!((again.status, again.body["detail"].as_str()), (409, Some("INV-0001 is issued already.")));
        let late = owner.patch(&path, &done.etag(), json!({ "lines": [] })).await;
        assert_eq!(late.status, 409, "{late:?}");

        let books = books_balance(&owner).await;
        assert_eq!(account(&books, "1100"), "581.90");
        assert_eq!(account(&books, "4000"), "-549.00");
        assert_eq!(account(&books, "2200"), "-32.90");

        let much = pay(&owner, &id, "581.91").await;
        assert_eq!(much.status, 422);
        assert_eq!(much.error("/amount"), "Only 581.90 USD is open on INV-0001. Record at most that.");
        assert_eq!(pay(&owner, &id, "0.00").await.status, 422);
        let part = pay(&owner, &id, "81.90").await;
        assert_eq!(part.status, 201, "{part:?}");
        let now = owner.get(&path).await;
        assert_eq!((now.body["status"].as_str(), &now.body["balance"]), (Some("part_paid"), &usd("500.00")));
        let void = owner.post(&format!("{path}/void"), json!({ "reason": "Wrong customer" })).await;
        assert_eq!(void.status, 409);
        assert!(void.body["detail"].as_str().unwrap().contains("Take the payments back first"), "{void:?}");
        assert_eq!(pay(&owner, &id, "500.00").await.status, 201);
        assert_eq!(owner.get(&path).await.body["status"], "paid");
        let books = books_balance(&owner).await;
        assert_eq!((account(&books, "1100"), account(&books, "1000")), ("0.00".into(), "581.90".into()));

        let told = acme.told().await;
        let expected = [
            "customer.created",
            "invoice.drafted",
            "invoice.edited",
            "invoice.issued",
            "payment.recorded",
            "payment.recorded",
        ];
        assert_eq!(told, expected);
        let vouchers = owner.get(&format!("/api/v1/ledger/vouchers?invoice_id={id}")).await;
        let numbers: Vec<i64> =
            vouchers.body["data"].as_array().unwrap().iter().map(|v| v["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, [3, 2, 1], "{vouchers:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_taken_back_and_the_invoice_voided() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let id = issued(&owner, &carmen).await.id();
        let payment = pay(&owner, &id, "581.90").await.id();
        let back = format!("/api/v1/payments/{payment}/reverse");
        assert_eq!(owner.post(&back, json!({ "reason": " " })).await.status, 422);
        let taken = owner.post(&back, json!({ "reason": "Bounced" })).await;
        assert_eq!((taken.status, taken.body["reversed_on"].as_str()), (200, Some("2026-06-22")), "{taken:?}");
        let twice = owner.post(&back, json!({ "reason": "Bounced" })).await;
        assert_eq!((twice.status, twice.body["detail"].as_str()), (409, Some("This payment was taken back already.")));
        assert_eq!(owner.get(&format!("/api/v1/invoices/{id}")).await.body["status"], "issued");

        let void = owner.post(&format!("/api/v1/invoices/{id}/void"), json!({ "reason": "Wrong customer" })).await;
        assert_eq!((void.status, void.body["status"].as_str()), (200, Some("void")), "{void:?}");
        assert_eq!(void.body["balance"], usd("0.00"));
        assert_eq!(pay(&owner, &id, "1.00").await.status, 409);
        let books = books_balance(&owner).await;
        for code in ["1000", "1100", "2200", "4000"] {
            assert_eq!(account(&books, code), "0.00", "{code}");
        }
        // The number stays taken.
        assert_eq!(issued(&owner, &carmen).await.body["number"], "INV-0002");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_have_no_gaps_whatever_breaks_off() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let mut drafts = vec![];
        for _ in 0..50 {
            drafts.push(draft(&owner, &carmen).await.id());
        }
        // Each third request is dropped half way, at another point each time: what it began rolls back.
        let first = drafts.iter().enumerate().map(|(n, id)| {
            let owner = owner.clone();
            async move {
                let patience = if n % 3 == 0 { Duration::from_micros(200 * n as u64) } else { Duration::from_secs(60) };
                tokio::time::timeout(patience, owner.post(&format!("/api/v1/invoices/{id}/issue"), json!({})))
                    .await
                    .is_ok()
            }
        });
        let finished = join_all(first).await;
        assert!(finished.iter().any(|done| !done), "none was dropped, so nothing was tried");
        for id in &drafts {
            let again = owner.post(&format!("/api/v1/invoices/{id}/issue"), json!({})).await;
            assert!(matches!(again.status, 200 | 409), "{again:?}");
        }
        let mut numbers = vec![];
        for id in &drafts {
            numbers
                .push(owner.get(&format!("/api/v1/invoices/{id}")).await.body["number"].as_str().unwrap().to_owned());
        }
        numbers.sort();
        let expected: Vec<String> = (1..=50).map(|n| format!("INV-{n:04}")).collect();
        assert_eq!(numbers, expected);
        books_balance(&owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_sent_ten_times_is_one_and_two_cannot_share_a_balance() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let id = issued(&owner, &carmen).await.id();
        let path = format!("/api/v1/invoices/{id}/payments");
        let body = json!({ "amount": usd("50.00"), "method": "cash" });
        let sent = (0..10).map(|_| owner.send(Method::POST, &path, &[("idempotency-key", "pay-1")], body.clone()));
        let answers = join_all(sent).await;
        let ids: std::collections::HashSet<String> = answers
            .iter()
            .map(|answer| {
                assert_eq!(answer.status, 201, "{answer:?}");
                answer.id()
            })
            .collect();
        assert_eq!(ids.len(), 1);
        let other = owner
            .send(
                Method::POST,
                &path,
                &[("idempotency-key", "pay-1")],
                json!({ "amount": usd("51.00"), "method": "cash" }),
            )
            .await;
        assert_eq!(other.status, 422, "{other:?}");

        let raced = join_all((0..5).map(|_| pay(&owner, &id, "400.00"))).await;
        let won = raced.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(won, 1, "{raced:?}");
        assert_eq!(owner.get(&format!("/api/v1/invoices/{id}")).await.body["balance"], usd("131.90"));
        books_balance(&owner).await;
    }
}

/// The role by which the program reaches this company's rows.
async fn own_login(acme: &Company<'_>) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&acme.dsn().await, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_issued_stays_even_for_the_programs_own_role() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let (kept, loose) = (issued(&owner, &carmen).await.id(), draft(&owner, &carmen).await.id());
        let mut app = own_login(&acme).await;
        let attempts = [
            "update invoice set total_minor = total_minor + 100, subtotal_minor = subtotal_minor + 100 where id = '{}'",
            "update invoice set due_on = due_on + 30 where id = '{}'",
            "update invoice set note = 'other words' where id = '{}'",
            "delete from invoice_line where invoice_id = '{}'",
            "update invoice_line set unit_price_minor = 1 where invoice_id = '{}'",
        ];
        for attempt in attempts {
            for (id, allowed) in [(&kept, false), (&loose, true)] {
                let tx = app.transaction().await.unwrap();
                tx.execute("select wall.set_tenant($1)", &[&acme.id]).await.unwrap();
                let done = tx.execute(&attempt.replace("{}", id), &[]).await;
                assert_eq!(done.as_ref().is_ok_and(|touched| *touched > 0), allowed, "{attempt}: {done:?}");
                tx.rollback().await.unwrap();
            }
        }
        // Vouchers, taxes and numbers are written once: the role has no right to change them.
        for attempt in [
            "update voucher set memo = 'x'",
            "delete from voucher_entry",
            "update invoice_tax set tax_minor = 0",
            "update number_series set name = 'x'",
            "delete from payment",
        ] {
            let tx = app.transaction().await.unwrap();
            tx.execute("select wall.set_tenant($1)", &[&acme.id]).await.unwrap();
            let refused = tx.execute(attempt, &[]).await.unwrap_err();
            assert_eq!(refused.code().unwrap().code(), "42501", "{attempt}");
        }
        let tx = app.transaction().await.unwrap();
        tx.execute("select wall.set_tenant($1)", &[&acme.id]).await.unwrap();
        assert!(tx.execute("update number_series set next = next + 5", &[]).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_does_not_balance_is_not_kept() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let invoice: uuid::Uuid = issued(&owner, &carmen).await.id().parse().unwrap();
        let mut app = own_login(&acme).await;
        for (n, (debit, credit, kept)) in
            [(500_i64, 500_i64, true), (500, 499, false), (0, 0, false)].into_iter().enumerate()
        {
            let tx = app.transaction().await.unwrap();
            tx.execute("select wall.set_tenant($1)", &[&acme.id]).await.unwrap();
            let id = uuid::Uuid::now_v7();
            tx.execute(
            "insert into voucher (id, number, kind, posted_on, subject, invoice_id, currency, memo) values ($1, $2, 'payment', '2026-06-22', $1, $3, 'USD', 'by hand')",
            &[&id, &(100 + n as i64), &invoice],
        ).await.unwrap();
            for (code, debit, credit) in [("1000", debit, 0), ("1100", 0, credit)] {
                if debit + credit > 0 {
                    tx.execute(
                    "insert into voucher_entry (id, voucher_id, position, account_id, debit_minor, credit_minor) select $1, $2, 1, id, $3, $4 from ledger_account where code = $5",
                    &[&uuid::Uuid::now_v7(), &id, &debit, &credit, &code],
                ).await.unwrap();
                }
            }
            let outcome = tx.commit().await;
            assert_eq!(outcome.is_ok(), kept, "{debit} against {credit}: {outcome:?}");
        }
        books_balance(&owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_what() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let other = house.company("pooled").await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let id = issued(&owner, &carmen).await.id();
        let path = format!("/api/v1/invoices/{id}");
        let reads = [("viewer", 200), ("dispatcher", 200), ("technician", 403)];
        for (role, status) in reads {
            let person = acme.person(role).await;
            assert_eq!(person.get(&path).await.status, status, "{role}");
            assert_eq!(person.get("/api/v1/ledger/trial-balance").await.status, 403, "{role}");
            let writes = if role == "dispatcher" { 201 } else { 403 };
            let made = person.post("/api/v1/invoices", json!({ "customer_id": carmen, "lines": lines() })).await;
            assert_eq!(made.status, writes, "{role}: {made:?}");
            assert_eq!(pay(&person, &id, "1.00").await.status, writes, "{role}");
        }
        assert_eq!(acme.visitor().get(&path).await.status, 401);
        let neighbour = other.person("owner").await;
        let before = acme.fingerprint().await;
        for answer in [
            neighbour.get(&path).await,
            neighbour.get(&format!("{path}/pdf")).await,
            neighbour.post(&format!("{path}/issue"), json!({})).await,
            neighbour.post(&format!("{path}/void"), json!({ "reason": "x" })).await,
            pay(&neighbour, &id, "1.00").await,
        ] {
            assert_eq!(answer.status, 404, "{answer:?}");
        }
        let theirs = neighbour.post("/api/v1/invoices", json!({ "customer_id": carmen, "lines": lines() })).await;
        assert_eq!(
            (theirs.status, theirs.error("/customer_id")),
            (422, "There is no such customer. Choose one of yours."),
            "{theirs:?}"
        );
        assert_eq!(acme.fingerprint().await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_make_sense_is_refused_with_a_sentence() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let with = |line: Value| json!({ "customer_id": carmen, "lines": [line] });
        let line = json!({ "description": "Visit", "unit_price": usd("89.00") });
        let changed = |field: &str, value: Value| {
            let mut line = line.clone();
            line[field] = value;
            with(line)
        };
        for (body, pointer, sentence) in [
            (changed("description", json!("  ")), "/lines/0/description", "Give a description."),
            (
                changed("quantity_milli", json!(0)),
                "/lines/0/quantity_milli",
                "A quantity is more than nothing and at most a million.",
            ),
            (
                changed("taxes", json!([{ "name": "City", "rate_ppm": 1_000_001 }])),
                "/lines/0/taxes/0/rate_ppm",
                "A tax rate is 0 to 100 percent.",
            ),
            (
                changed("taxes", json!(vec![json!({ "name": "City", "rate_ppm": 1, "compound": true }); 4])),
                "/lines/0/taxes",
                "At most three taxes of a line are on other taxes.",
            ),
            (
                changed("tax_rate_id", json!(uuid::Uuid::now_v7())),
                "/lines/0/tax_rate_id",
                "There is no such tax in the price book.",
            ),
            (
                changed("discount", usd("89.01")),
                "/lines/0/discount",
                "A discount is not below zero and not more than the line itself.",
            ),
            (
                changed("unit_price", json!({ "amount": "1.00", "currency": "EUR" })),
                "/lines/0/unit_price",
                "Invoices of this company are in USD.",
            ),
            (
                json!({ "customer_id": carmen, "lines": vec![line.clone(); 201] }),
                "/lines",
                "At most 200 lines; this has 201.",
            ),
            (
                json!({ "customer_id": carmen, "lines": vec![json!({ "description": "Much", "unit_price": usd("9999999999.00"), "quantity_milli": 1_000_000_000 }); 2] }),
                "/lines",
                "The total is beyond what an invoice can hold. Look for a slip in quantity or price.",
            ),
        ] {
            let answer = owner.post("/api/v1/invoices", body).await;
            assert_eq!((answer.status, answer.error(pointer)), (422, sentence), "{answer:?}");
        }
        assert_eq!(
            owner.post("/api/v1/invoices", json!({ "customer_id": carmen, "lines": [], "total": 5 })).await.status,
            422
        );
        let empty = owner.post("/api/v1/invoices", json!({ "customer_id": carmen })).await.id();
        let refused = owner.post(&format!("/api/v1/invoices/{empty}/issue"), json!({})).await;
        assert_eq!(refused.body["detail"], "There is nothing on this invoice yet. Add a line, then issue it.");
        let less = owner
            .post("/api/v1/invoices", with(json!({ "description": "Refund", "unit_price": usd("-5.00") })))
            .await
            .id();
        assert_eq!(owner.post(&format!("/api/v1/invoices/{less}/issue"), json!({})).await.status, 409);
        // A discarded draft takes no number with it.
        let gone =
            owner.call(Method::DELETE, &format!("/api/v1/invoices/{less}"), &[("if-match", "\"1\"")], "".into()).await;
        assert_eq!(gone.status, 204, "{gone:?}");
        assert_eq!(issued(&owner, &carmen).await.body["number"], "INV-0001");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_works_without_script() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen <b>Lopez</b>").await;
        let made = owner.form(&format!("/invoices/new/{carmen}"), &[]).await;
        assert_eq!(made.status, 303, "{made:?}");
        let id = made.header("location").trim_start_matches("/invoices/").split('?').next().unwrap().to_owned();
        let path = format!("/invoices/{id}");
        let bad = owner.form(&format!("{path}/lines"), &[("description", "Visit"), ("unit_price", "lots")]).await;
        assert_eq!(bad.status, 422);
        assert!(bad.text.contains("Write an amount such as 125.50; lots is none."), "{}", bad.text);
        let line = [
            ("description", "Visit"),
            ("unit_price", "1,089.50"),
            ("quantity", "1.5"),
            ("tax_rate", "8.25"),
            ("tax_name", "Sales tax"),
        ];
        assert_eq!(owner.form(&format!("{path}/lines"), &line).await.status, 303);
        let page = owner.page(&path).await;
        assert_eq!(page.status, 200, "{page:?}");
        for shown in [
            "Carmen &lt;b&gt;Lopez&lt;/b&gt;",
            "1,634.25",
            "Sales tax 8.25 %",
            "134.83",
            "$1,769.08",
            "Number is given at issue",
        ] {
            assert!(page.text.contains(shown), "{shown} is missing");
        }
        let version = owner.get(&format!("/api/v1{path}")).await.body["version"].to_string();
        assert_eq!(owner.form(&format!("{path}/issue"), &[("version", "1")]).await.status, 422);
        assert_eq!(owner.form(&format!("{path}/issue"), &[("version", &version)]).await.status, 303);
        let too_much = owner.form(&format!("{path}/payments"), &[("amount", "2000"), ("method", "cash")]).await;
        assert_eq!(too_much.status, 422);
        assert!(too_much.text.contains("Only 1769.08 USD is open on INV-0001."), "{}", too_much.text);
        assert_eq!(
            owner
                .form(&format!("{path}/payments"), &[("amount", "769.08"), ("method", "cash"), ("_key", "k1")])
                .await
                .status,
            303
        );
        assert_eq!(
            owner
                .form(&format!("{path}/payments"), &[("amount", "769.08"), ("method", "cash"), ("_key", "k1")])
                .await
                .status,
            303
        );
        assert_eq!(owner.get(&format!("/api/v1{path}")).await.body["balance"], usd("1000.00"));
        for (chip, found) in [("open", true), ("draft", false), ("overdue", false)] {
            let list = owner.page(&format!("/invoices?status={chip}")).await;
            assert_eq!((list.status, list.text.contains("INV-0001")), (200, found), "{chip}");
        }
        let pdf = owner.get(&format!("{path}/pdf")).await;
        assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
        assert!(pdf.text.starts_with("%PDF-"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_that_writes_commas_means_cents_by_them_and_keeps_its_currency() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let now = owner.get("/api/v1/company").await;
        let here = json!({ "currency": "EUR", "language": "de-DE", "country": "DE" });
        assert_eq!(owner.patch("/api/v1/company", &now.etag(), here).await.status, 200);
        let carmen = customer(&owner, "Carmen").await;
        let made = owner.form(&format!("/invoices/new/{carmen}"), &[]).await;
        let id = made.header("location").trim_start_matches("/invoices/").split('?').next().unwrap().to_owned();
        let (page, api) = (format!("/invoices/{id}"), format!("/api/v1/invoices/{id}"));
        let line = [("description", "Besuch"), ("unit_price", "1.250,50"), ("quantity", "1,5")];
        assert_eq!(owner.form(&format!("{page}/lines"), &line).await.status, 303);
        assert_eq!(owner.get(&api).await.body["total"], json!({ "amount": "1875.75", "currency": "EUR" }));
        let doubtful = [("description", "Besuch"), ("unit_price", "1.250")];
        assert_eq!(
            owner.form(&format!("{page}/lines"), &doubtful).await.status,
            422,
            "a thousand or one and a quarter"
        );
        let version = owner.get(&api).await.body["version"].to_string();
        assert_eq!(owner.form(&format!("{page}/issue"), &[("version", &version)]).await.status, 303);
        let paid = owner.form(&format!("{page}/payments"), &[("amount", "12,50 €"), ("method", "cash")]).await;
        assert_eq!(paid.status, 303, "{paid:?}");
        assert_eq!(owner.get(&api).await.body["balance"]["amount"], "1863.25");

        // Its papers speak its language; the figures are the page's.
        if let Some(text) = harness::text_of_pdf(&owner.get(&format!("{api}/pdf")).await.bytes.0) {
            for said in [
                "Rechnung INV-0001",
                "Rechnung an",
                "Ausgestellt",
                "Fällig am",
                "Beschreibung",
                "Menge",
                "1,5",
                "1.250,50",
                "Zwischensumme",
                "1.875,75",
                "Bezahlt",
                "bar",
                "1.863,25",
                "Seite 1 von 1",
            ] {
                assert!(text.contains(said), "{said} is not in: {text}");
            }
            assert!(!text.contains("Subtotal") && !text.contains("Due"), "{text}");
        }
        let statement = format!("/api/v1/customers/{carmen}/statement/pdf");
        if let Some(text) = harness::text_of_pdf(&owner.get(&statement).await.bytes.0) {
            for said in ["Kontoauszug", "Rechnung INV-0001", "Zahlung INV-0001", "Offene Rechnungen", "Zu zahlen"] {
                assert!(text.contains(said), "{said} is not in: {text}");
            }
        }

        // What is in the books in euros is not in the books in dollars.
        let books = books_balance(&owner).await;
        let now = owner.get("/api/v1/company").await;
        let other = owner.patch("/api/v1/company", &now.etag(), json!({ "currency": "USD", "name": "Other" })).await;
        assert_eq!(other.status, 422, "{other:?}");
        assert!(other.error("/currency").contains("written in EUR already"), "{other:?}");
        assert_eq!(owner.get("/api/v1/company").await.body, now.body, "nothing of it is kept");
        assert_eq!(books_balance(&owner).await, books);
        let same = owner.patch("/api/v1/company", &now.etag(), json!({ "currency": "EUR", "name": "Other" })).await;
        assert_eq!(same.status, 200, "{same:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_on_where_they_ended() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let (carmen, abbott) = (customer(&owner, "Carmen Lopez").await, customer(&owner, "Abbott").await);
        let mut made = vec![];
        for n in 0..7 {
            made.push(issued(&owner, if n % 2 == 0 { &carmen } else { &abbott }).await.id());
        }
        draft(&owner, &carmen).await;
        for (query, count) in [("", 8), ("&status=open", 7), ("&status=draft", 1), ("&status=paid", 0)] {
            let (mut seen, mut cursor) = (vec![], String::new());
            loop {
                let page = owner.get(&format!("/api/v1/invoices?limit=2{query}{cursor}")).await;
                assert_eq!(page.status, 200, "{page:?}");
                seen.extend(page.body["data"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()));
                match page.body["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let distinct: std::collections::HashSet<&String> = seen.iter().collect();
            assert_eq!((seen.len(), distinct.len()), (count, count), "{query}");
        }
        let of_abbott = owner.get(&format!("/api/v1/invoices?customer_id={abbott}&status=open")).await;
        assert_eq!(of_abbott.body["data"].as_array().unwrap().len(), 3);
        let found = owner.get("/api/v1/invoices?q=inv-0003").await;
        assert_eq!(found.body["data"][0]["id"].as_str(), Some(made[2].as_str()), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn today_shows_what_is_late_and_what_came_in() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let id = issued(&owner, &carmen).await.id();
        assert_eq!(pay(&owner, &id, "81.90").await.status, 201);
        let summary = owner.get("/api/v1/insights/summary").await;
        assert_eq!(summary.body["figures"]["open_receivables"], usd("500.00"), "{summary:?}");
        assert_eq!(summary.body["figures"]["overdue_receivables"], usd("0.00"));
        assert_eq!(summary.body["figures"]["jobs_today"], 0);
        assert_eq!(summary.body["figures"]["collected_this_week"], usd("81.90"));
        let page = owner.page("/").await;
        assert_eq!(page.status, 200, "{page:?}");
        for shown in ["Collected this week", "Open invoices", "$500.00", "Getting started", "Nothing waits for you"] {
            assert!(page.text.contains(shown), "{shown} is missing");
        }
        assert!(!page.text.contains("could not be drawn"));

        // Twenty days on it is late: the token has run out by then, so the owner signs in again.
        house.clock.advance(kernel::jiff::SignedDuration::from_hours(24 * 20));
        let owner = acme.person("owner").await;
        let summary = owner.get("/api/v1/insights/summary").await;
        assert_eq!(summary.body["figures"]["overdue_receivables"], usd("500.00"), "{summary:?}");
        assert_eq!(summary.body["figures"]["collected_this_week"], usd("0.00"));
        let page = owner.page("/").await;
        assert!(page.text.contains("Carmen Lopez owes $500.00, 6 days late"), "{}", page.text);
        assert_eq!(owner.get("/api/v1/invoices?status=overdue").await.body["data"][0]["overdue"], true);
        let technician = acme.person("technician").await;
        assert_eq!(technician.get("/api/v1/insights/summary").await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_timeline_tells_of_invoices_and_payments() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let id = issued(&owner, &carmen).await.id();
        pay(&owner, &id, "81.90").await;
        house.run_jobs().await;
        let timeline = owner.get(&format!("/api/v1/customers/{carmen}/timeline")).await;
        let texts = timeline.body["data"].to_string();
        assert!(
            texts.contains("Invoice INV-0001 issued, $581.90") && texts.contains("$81.90 paid on invoice INV-0001"),
            "{texts}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_job_is_drafted_once_with_the_prices_it_was_sold_at() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = customer(&owner, "Carmen Lopez").await;
        let job = owner.post("/api/v1/work-orders", json!({ "customer_id": carmen, "title": "AC not cooling" })).await;
        assert_eq!(job.status, 201, "{job:?}");
        let path = format!("/api/v1/work-orders/{}", job.id());
        assert_eq!(owner.post(&format!("{path}/start"), json!({})).await.status, 200);
        for (description, price, quantity) in [("Diagnostic visit", "89.00", 1000), ("Refrigerant, pound", "31.25", 2500)] {
            let line = json!({ "kind": "material", "description": description, "unit_price": usd(price), "quantity_milli": quantity });
            let added = owner.post(&format!("{path}/lines"), line).await;
            assert!(matches!(added.status, 200 | 201), "{added:?}");
        }
        assert_eq!(owner.post(&format!("{path}/finish"), json!({})).await.status, 200);
        house.run_jobs().await;
        let found = owner.get("/api/v1/invoices?status=draft").await;
        let drafts = found.body["data"].as_array().unwrap();
        assert_eq!(drafts.len(), 1, "{found:?}");
        assert_eq!((&drafts[0]["total"], drafts[0]["work_order_id"].as_str()), (&usd("167.13"), Some(job.id().as_str())));
        // Told again, as after a crash between work and its note, it drafts no second one.
        let client = house.above().await;
        client.execute("update ops.outbox set relayed_at = null, seq = null where tenant_id = $1 and kind = 'work_order.completed'", &[&acme.id]).await.unwrap();
        house.run_jobs().await;
        assert_eq!(owner.get("/api/v1/invoices").await.body["data"].as_array().unwrap().len(), 1);
        let twice = owner.post("/api/v1/invoices", json!({ "customer_id": carmen, "work_order_id": job.id(), "lines": lines() })).await;
        assert_eq!((twice.status, twice.error("/work_order_id")), (422, "This job has an invoice already."), "{twice:?}");
        let abbott = customer(&owner, "Abbott").await;
        let wrong = owner.post("/api/v1/invoices", json!({ "customer_id": abbott, "work_order_id": job.id() })).await;
        assert_eq!(wrong.error("/work_order_id"), "That job was done for another customer.");
        let page = owner.page("/").await;
        assert!(page.text.contains("1 finished job has no invoice yet"), "{}", page.text);
    })
    .await;
}

/// State and town, and what the price book sells with a tax.
async fn taxed(owner: &Person<'_>) -> (String, String, String) {
    let tax = owner.post("/api/v1/tax-rates", json!({ "name": "Sales tax", "rate_ppm": 50_000 })).await.id();
    for (name, cities, rate) in [("Texas", json!([]), 62_500), ("Austin", json!(["Austin"]), 20_000)] {
        let place = json!({ "name": name, "country": "US", "regions": ["TX"], "cities": cities });
        let place = owner.post("/api/v1/jurisdictions", place).await.id();
        let rate = json!({ "tax_rate_id": tax, "rate_ppm": rate, "from_on": "2020-01-01" });
        assert_eq!(owner.post(&format!("/api/v1/jurisdictions/{place}/rates"), rate).await.status, 201);
    }
    let item = json!({ "name": "Capacitor", "kind": "material", "price": usd("38.50"), "tax_rate_id": tax });
    let item = owner.post("/api/v1/items", item).await.id();
    let home =
        json!({ "street": "1 Elm St", "city": "Austin", "region": "tx", "postal_code": "78701", "country": "US" });
    let customer = owner.post("/api/v1/customers", json!({ "name": "Hill School", "location": home })).await;
    assert_eq!(customer.status, 201, "{customer:?}");
    (tax, item, customer.id())
}

/// A finished job with that item, as its draft.
async fn worked(acme: &Company<'_>, owner: &Person<'_>, customer: &str, item: &str) -> Answer {
    let place = owner.get(&format!("/api/v1/customers/{customer}/locations")).await.body["data"][0]["id"].clone();
    let job = json!({ "customer_id": customer, "location_id": place, "title": "AC not cooling" });
    let job = owner.post("/api/v1/work-orders", job).await;
    assert_eq!(job.status, 201, "{job:?}");
    let path = format!("/api/v1/work-orders/{}", job.id());
    owner.post(&format!("{path}/start"), json!({})).await;
    let line = owner.post(&format!("{path}/lines"), json!({ "item_id": item, "quantity_milli": 3000 })).await;
    assert_eq!(line.status, 201, "{line:?}");
    assert_eq!(owner.post(&format!("{path}/finish"), json!({})).await.status, 200);
    acme.test.run_jobs().await;
    let drafts = owner.get("/api/v1/invoices?status=draft").await;
    let draft =
        drafts.body["data"].as_array().unwrap().iter().find(|one| one["work_order_id"] == job.id()).unwrap().clone();
    owner.get(&format!("/api/v1/invoices/{}", draft["id"].as_str().unwrap())).await
}

fn said(invoice: &Answer) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |tax: &Value| (text(&tax["name"]), text(&tax["base"]["amount"]), text(&tax["tax"]["amount"]));
    invoice.body["taxes"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn taxes_of_the_place_stand_on_the_paper_each_with_its_own_line() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let (tax, item, school) = taxed(&owner).await;
        let draft = worked(&acme, &owner, &school, &item).await;
        let line = |name: &str, base: &str, tax: &str| (name.to_owned(), base.to_owned(), tax.to_owned());
        let expected = [line("Texas", "115.50", "7.22"), line("Austin", "115.50", "2.31")];
        assert_eq!((said(&draft), &draft.body["total"]), (expected.to_vec(), &usd("125.03")), "{draft:?}");
        assert_eq!(draft.body["lines"][0]["tax_rate_id"], json!(tax));

        // By hand: a tax of the price book on the page, and as the API takes it.
        let path = format!("/invoices/{}", draft.id());
        let page = owner.page(&format!("{path}?add=true")).await;
        assert!(page.text.contains("Sales tax") && page.text.contains("No tax"), "{}", page.text);
        let more = [("description", "Filter"), ("unit_price", "20"), ("quantity", "1"), ("tax", tax.as_str())];
        assert_eq!(owner.form(&format!("{path}/lines"), &more).await.status, 303);
        let wrong = [("description", "Filter"), ("unit_price", "20"), ("quantity", "1"), ("tax", "nothing")];
        let wrong = owner.form(&format!("{path}/lines"), &wrong).await;
        assert!(wrong.status == 422 && wrong.text.contains("There is no such tax in the price book."), "{wrong:?}");
        let grown = owner.get(&format!("/api/v1{path}")).await;
        assert_eq!(said(&grown), [line("Texas", "135.50", "8.47"), line("Austin", "135.50", "2.71")], "{grown:?}");
        let kept = grown.body["lines"][1]["id"].as_str().unwrap();
        let same = [("description", "Filter 16×25"), ("unit_price", "20"), ("quantity", "1"), ("tax", "kept")];
        assert_eq!(owner.form(&format!("{path}/lines/{kept}"), &same).await.status, 303);
        let issued = owner.post(&format!("/api/v1{path}/issue"), json!({})).await;
        assert_eq!((said(&issued), &issued.body["total"]), (said(&grown), &usd("146.68")), "{issued:?}");
        let page = owner.page(&path).await;
        for shown in ["Texas 6.25 %", "8.47", "Austin 2 %", "2.71"] {
            assert!(page.text.contains(shown), "{shown} is missing");
        }
        // Receivable = revenue + both taxes.
        let trial = owner.get("/api/v1/ledger/trial-balance").await;
        assert!(trial.text.contains("135.50") && trial.text.contains("11.18"), "{trial:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_with_their_taxes_in_them_and_customers_who_pay_none() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let (_, item, school) = taxed(&owner).await;
        let terms = json!({ "prices_include_tax": true });
        let said_so = owner.send(Method::PATCH, "/api/v1/tax-terms", &[("if-match", "\"0\"")], terms).await;
        assert_eq!(said_so.status, 200, "{said_so:?}");
        let draft = worked(&acme, &owner, &school, &item).await;
        // 115.50 has 8.25 % in it: 106.70 and 8.80, shared as 6.25 to 2.
        let line = |name: &str, base: &str, tax: &str| (name.to_owned(), base.to_owned(), tax.to_owned());
        let expected = [line("Texas", "106.70", "6.67"), line("Austin", "106.70", "2.13")];
        assert_eq!((said(&draft), &draft.body["total"]), (expected.to_vec(), &usd("115.50")), "{draft:?}");
        let path = format!("/invoices/{}", draft.id());
        // What a company says later is for later papers.
        let terms = json!({ "prices_include_tax": false });
        assert_eq!(owner.send(Method::PATCH, "/api/v1/tax-terms", &[("if-match", "\"1\"")], terms).await.status, 200);
        let issued = owner.post(&format!("/api/v1{path}/issue"), json!({})).await;
        assert_eq!(
            (&issued.body["total"], &issued.body["tax_rules"]["prices_include_tax"]),
            (&usd("115.50"), &json!(true))
        );
        assert!(owner.page(&path).await.text.contains("Texas 6.25 %, in the total"));
        let trial = owner.get("/api/v1/ledger/trial-balance").await;
        assert!(trial.text.contains("106.70") && trial.text.contains("8.80"), "{trial:?}");

        let exempt = json!({ "certificate": "X-77", "from_on": "2020-01-01" });
        assert_eq!(owner.post(&format!("/api/v1/customers/{school}/tax-exemptions"), exempt).await.status, 201);
        let free = worked(&acme, &owner, &school, &item).await;
        assert_eq!((&free.body["tax"], &free.body["total"]), (&usd("0.00"), &usd("115.50")), "{free:?}");
        assert_eq!(free.body["tax_note"], "Tax exempt, certificate X-77");
        assert!(owner.page(&format!("/invoices/{}", free.id())).await.text.contains("Tax exempt, certificate X-77"));
    })
    .await;
}

/// A PNG of two by two pixels.
const LOGO: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0, 253, 212, 154,
    115, 0, 0, 0, 15, 73, 68, 65, 84, 120, 156, 99, 96, 136, 47, 6, 33, 8, 5, 0, 21, 58, 3, 73, 159, 226, 158, 181, 0,
    0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

async fn set_logo(person: &Person<'_>, bytes: &[u8]) {
    let mut body = b"--tw\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"logo\"\r\n\r\n".to_vec();
    body.extend(bytes);
    body.extend(b"\r\n--tw--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=tw"), ("accept", "text/html")];
    let set = person.call(Method::POST, "/settings/company/logo", &headers, body.into()).await;
    assert_eq!(set.status, 303, "{set:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_and_screen_bear_the_companys_head() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let rivera = customer(&owner, "Rivera").await;
        let path = format!("/invoices/{}", issued(&owner, &rivera).await.id());
        let images = |pdf: &Answer| pdf.text.matches("/Subtype /Image").count() + pdf.text.matches("/Subtype/Image").count();
        let bare = owner.get(&format!("{path}/pdf")).await;
        assert_eq!((bare.status, images(&bare)), (200, 0));

        house.clock.advance(jiff::SignedDuration::from_secs(1));
        let head = json!({ "street": "1400 Industrial  Ave", "city": "Springfield", "region": "IL", "postal_code": "62703", "phone": "(217) 555-0100",
            "email": "Office@acme.example", "website": "acme.example", "tax_number": "00-0410118" });
        let company = owner.get("/api/v1/company").await;
        let changed = owner.patch("/api/v1/company", &company.etag(), head).await;
        assert_eq!((changed.status, changed.body["website"].as_str()), (200, Some("https://acme.example")), "{changed:?}");
        let page = owner.page(&path).await;
        for line in ["1400 Industrial Ave, Springfield, IL 62703", "(217) 555-0100 · office@acme.example", "Tax ID 00-0410118"] {
            assert!(page.text.contains(line), "{line} is not on the page");
        }
        let addressed = owner.get(&format!("{path}/pdf")).await;
        assert_ne!(addressed.text, bare.text, "the kept paper is not the paper of the new head");

        house.clock.advance(jiff::SignedDuration::from_secs(1));
        set_logo(&owner, LOGO).await;
        let pdf = owner.get(&format!("{path}/pdf")).await;
        assert_eq!((pdf.status, images(&pdf)), (200, 1));
        let logo = format!("/brand/logo?v={}", owner.get("/api/v1/company").await.body["logo"].as_str().unwrap().replace('-', ""));
        let paper = owner.page(&path).await.text;
        assert!(paper.split("paper-brand").nth(1).is_some_and(|rest| rest.contains(&logo)), "{paper}");

        // What browsers may show and the PDF cannot keeps nobody from being paid.
        house.clock.advance(jiff::SignedDuration::from_secs(1));
        set_logo(&owner, b"\x89PNG\r\n\x1a\n and nothing more").await;
        let pdf = owner.get(&format!("{path}/pdf")).await;
        assert_eq!((pdf.status, images(&pdf)), (200, 0), "{}", pdf.text.chars().take(300).collect::<String>());

        // Empty takes a part away, absent leaves it.
        let company = owner.get("/api/v1/company").await;
        let changed = owner.patch("/api/v1/company", &company.etag(), json!({ "tax_number": "", "website": "" })).await;
        assert_eq!((&changed.body["tax_number"], &changed.body["website"], changed.body["city"].as_str()), (&Value::Null, &Value::Null, Some("Springfield")));
        assert!(!owner.page(&path).await.text.contains("Tax ID"));
        // The form shows what is kept, and what was emptied in it is gone.
        let form = owner.page("/settings/company").await;
        assert!(form.text.contains("1400 Industrial Ave"), "{}", form.text);
        let version = changed.etag().trim_matches('"').to_owned();
        house.clock.advance(jiff::SignedDuration::from_secs(1));
        let sent = owner.form("/settings/company", &[("version", &version), ("name", "Acme Air"), ("street", ""), ("city", "Chatham")]).await;
        assert_eq!((sent.status, sent.header("location")), (303, "/settings/company"), "{sent:?}");
        let company = owner.get("/api/v1/company").await;
        assert_eq!((&company.body["street"], company.body["city"].as_str()), (&Value::Null, Some("Chatham")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fee_of_a_visit_called_off_late_is_drafted_once() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let terms = owner.get("/api/v1/booking-terms").await;
        let set = owner.patch("/api/v1/booking-terms", &terms.etag(), json!({ "cancel_fee": usd("50.00"), "fee_hours": 336 })).await;
        assert_eq!(set.status, 200, "{set:?}");
        let who = customer(&owner, "Late Larry").await;
        let book = async |at: &str| {
            let body = json!({ "customer_id": who, "title": "AC tune-up", "duration_minutes": 60, "starts_at": at });
            let made = owner.post("/api/v1/appointments", body).await;
            assert_eq!(made.status, 201, "{made:?}");
            made
        };
        let (late, ours) = (book("2026-06-25T15:00:00Z").await, book("2026-06-26T15:00:00Z").await);
        for (visit, body) in [(&late, json!({ "by": "customer" })), (&ours, json!({ "by": "company" }))] {
            let path = format!("/api/v1/appointments/{}/cancel", visit.id());
            assert_eq!(owner.send(Method::POST, &path, &[("if-match", &visit.etag())], body).await.status, 200);
        }
        house.run_jobs().await;
        let listed = owner.get(&format!("/api/v1/invoices?customer_id={who}")).await;
        let drafts = listed.body["data"].as_array().unwrap();
        assert_eq!(drafts.len(), 1, "{listed:?}");
        assert_eq!((&drafts[0]["status"], &drafts[0]["total"]), (&json!("draft"), &usd("50.00")));
        let id = drafts[0]["id"].as_str().unwrap();
        let draft = owner.get(&format!("/api/v1/invoices/{id}")).await;
        assert_eq!(draft.body["lines"][0]["description"], "Cancellation fee");
        assert_eq!(draft.body["lines"][0]["detail"], "AC tune-up, Thu 25 Jun");
        // Told twice, it is drafted once.
        let again = "insert into ops.outbox (tenant_id, id, kind, subject, body)
            select tenant_id, gen_random_uuid(), kind, subject, body from ops.outbox where kind = 'appointment.cancelled' and subject = $1::text::uuid";
        assert_eq!(house.above().await.execute(again, &[&late.id()]).await.unwrap(), 1);
        house.run_jobs().await;
        assert_eq!(owner.get(&format!("/api/v1/invoices?customer_id={who}")).await.body["data"].as_array().unwrap().len(), 1);
    })
    .await;
}

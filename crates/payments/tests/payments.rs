//! Card payments through the front door, in both placements: what the provider says is in the books once, in whatever order it says it.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
mod deposit;
mod on_file;
mod payout;
mod stripe;
mod walk;

use aws_lc_rs::hmac;
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse, in_both_placements};
use jiff::SignedDuration;
use payments::provider::Desk;
use serde_json::{Value, json};
use stripe::{KEY, OTHER_KEY, RESTRICTED, Stripe, World};

async fn house() -> (TestHouse, Stripe) {
    let modules = vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        maintenance::module(),
        billing::module(),
        payments::module(),
    ];
    let (house, stripe) = (harness::start(modules).await, Stripe::start().await);
    house.house.keep(Desk::at(&stripe.url()).unwrap());
    (house, stripe)
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn connect(owner: &Person<'_>) -> Answer {
    let answer = owner.send(Method::PUT, "/api/v1/payment-provider", &[], json!({ "key": KEY })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// An issued invoice, and the path of its link.
async fn issued(owner: &Person<'_>, amount: &str) -> (String, String) {
    let customer = json!({ "name": "Ana Rivera", "email": "ana@example.com" });
    let customer = owner.post("/api/v1/customers", customer).await.id();
    let lines = json!([{ "description": "Call", "unit_price": usd(amount) }]);
    let id = owner.post("/api/v1/invoices", json!({ "customer_id": customer, "lines": lines })).await.id();
    assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/issue"), json!({})).await.status, 200);
    let link = owner.get(&format!("/api/v1/invoices/{id}/link")).await;
    let url = link.body["url"].as_str().unwrap_or_else(|| panic!("{link:?}")).to_owned();
    (id, url[url.find("/invoice/").unwrap()..].to_owned())
}

/// The address of the provider's page.
async fn pay(acme: &Company<'_>, path: &str) -> String {
    let answer = acme.visitor().form(&format!("{path}/pay"), &[]).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").to_owned()
}

fn secret(stripe: &Stripe, acme: &Company<'_>) -> String {
    let world = stripe.world();
    let mine = world.endpoints.iter().rev().find(|one| one["url"].as_str().unwrap().contains(&acme.slug)).unwrap();
    mine["secret"].as_str().unwrap().to_owned()
}

fn signed(body: &str, secret: &str, at: i64) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), format!("{at}.{body}").as_bytes());
    let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={tag}")
}

fn event(id: &str, kind: &str, object: &Value) -> String {
    json!({ "id": id, "object": "event", "type": kind, "api_version": "2024-12-18.acacia", "data": { "object": object } })
        .to_string()
}

async fn deliver(acme: &Company<'_>, body: &str, signature: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("stripe-signature", signature)];
    acme.visitor().call(Method::POST, "/webhooks/stripe", &headers, Body::from(body.to_owned())).await
}

/// Told, and done what it leads to.
async fn tell(house: &TestHouse, stripe: &Stripe, acme: &Company<'_>, id: &str, kind: &str, object: &Value) {
    let body = event(id, kind, object);
    let signature = signed(&body, &secret(stripe, acme), house.clock.now().as_second());
    let answer = deliver(acme, &body, &signature).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    house.run_jobs().await;
}

/// What each account stands at, in minor units; debits are above nothing. They balance.
async fn books(house: &TestHouse, acme: &Company<'_>) -> Vec<(String, i64)> {
    let schema = acme.schema().await;
    let sql = format!(
        "select a.code, sum(e.debit_minor - e.credit_minor)::bigint from {schema}.voucher_entry e
         join {schema}.ledger_account a on a.tenant_id = $1 and a.id = e.account_id where e.tenant_id = $1 group by a.code order by a.code"
    );
    let rows = house.above().await.query(&sql, &[&acme.id]).await.unwrap();
    let all: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(all.iter().map(|(_, minor)| minor).sum::<i64>(), 0, "{all:?}");
    all.into_iter().filter(|(_, minor)| *minor != 0).collect()
}

fn at(all: &[(&str, i64)]) -> Vec<(String, i64)> {
    all.iter().map(|(code, minor)| ((*code).to_owned(), *minor)).collect()
}

async fn status(owner: &Person<'_>, id: &str) -> (String, String) {
    let found = owner.get(&format!("/api/v1/invoices/{id}")).await.body;
    (found["status"].as_str().unwrap().to_owned(), found["balance"]["amount"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_tried_sealed_and_never_shown_again() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let path = "/api/v1/payment-provider";
        assert_eq!(owner.get(path).await.status, 404);
        let put = async |key: &str| owner.send(Method::PUT, path, &[], json!({ "key": key })).await;
        let wrong = put("pk_test_51AcmeAcmeAcmeAcme").await;
        assert_eq!(
            wrong.error("/key"),
            "This is the publishable key. The secret key begins with sk_live_ or sk_test_."
        );
        let unknown = put("sk_test_51NobodyNobodyNobody").await;
        assert_eq!(unknown.error("/key"), "The provider does not know this key. Copy it once more.", "{unknown:?}");
        assert_eq!(owner.get(path).await.status, 404, "nothing is kept of a key that is no good");
        let shown = connect(&owner).await;
        for (field, says) in
            [("name", "Acme HVAC"), ("key_ends_in", "4242"), ("hears", "registered"), ("account", "acct_acme")]
        {
            assert_eq!(shown.body[field], says, "{shown:?}");
        }
        assert_eq!(shown.body["live"], false);
        let first = secret(&stripe, &acme);
        assert!(stripe.world().endpoints.last().unwrap()["url"].as_str().unwrap().ends_with("/webhooks/stripe"));
        let page = owner.page("/settings/card-payments").await;
        assert!(
            page.text.contains("Acme HVAC") && page.text.contains("ends in") && !page.text.contains(KEY),
            "{}",
            page.text
        );
        // Neither key nor signing secret stands anywhere but sealed.
        let everything = rows(&house, &acme).await;
        assert!(!everything.contains(KEY) && !everything.contains(&first), "a secret lies open");
        assert!(everything.contains("payment_provider.connected"));
        // The same account once more: what is on its way is signed with the old secret, and still good for a day.
        connect(&owner).await;
        let second = secret(&stripe, &acme);
        assert_ne!(first, second);
        let told = event("evt_old", "charge.succeeded", &json!({ "id": "ch_1" }));
        let now = house.clock.now().as_second();
        for (n, secret) in [&first, &second].into_iter().enumerate() {
            let told = told.replace("evt_old", &format!("evt_{n}"));
            assert_eq!(deliver(&acme, &told, &signed(&told, secret, now)).await.status, 204);
        }
        assert_eq!(
            stripe.world().endpoints.iter().filter(|one| one["url"].as_str().unwrap().contains(&acme.slug)).count(),
            1
        );
        // Another account: the secrets of the one before are nothing any more.
        assert_eq!(put(OTHER_KEY).await.body["account"], "acct_other");
        let told = told.replace("evt_old", "evt_9");
        assert_eq!(deliver(&acme, &told, &signed(&told, &second, now)).await.status, 400);
        // A restricted key may do less, and says so; the secret comes by hand then.
        let restricted = put(RESTRICTED).await;
        assert!(restricted.body["hears"] == "asks" && restricted.body["trouble"].is_string(), "{restricted:?}");
        let by_hand =
            owner.send(Method::PUT, &format!("{path}/signing-secret"), &[], json!({ "secret": "nonsense" })).await;
        assert_eq!(by_hand.error("/secret"), "A signing secret of Stripe begins with whsec_.");
        let by_hand = owner.form("/settings/card-payments/secret", &[("secret", "whsec_by_hand_0123456789")]).await;
        assert_eq!(by_hand.status, 303, "{by_hand:?}");
        assert_eq!(owner.get(path).await.body["hears"], "by_hand");
        let told = told.replace("evt_9", "evt_10");
        assert_eq!(deliver(&acme, &told, &signed(&told, "whsec_by_hand_0123456789", now)).await.status, 204);
        for role in ["service_manager", "dispatcher", "viewer"] {
            let other = acme.person(role).await;
            assert_eq!(other.get(path).await.status, 403, "{role}");
            assert_eq!(other.send(Method::PUT, path, &[], json!({ "key": KEY })).await.status, 403, "{role}");
            assert_eq!(other.page("/settings/card-payments").await.status, 403, "{role}");
        }
        assert_eq!(owner.delete(path).await.status, 204);
        assert_eq!(owner.delete(path).await.status, 404);
        let told = told.replace("evt_10", "evt_11");
        assert_eq!(deliver(&acme, &told, &signed(&told, "whsec_by_hand_0123456789", now)).await.status, 400);
        house.run_jobs().await;
    })
    .await;
}

/// All that is kept of the company, as text.
async fn rows(house: &TestHouse, acme: &Company<'_>) -> String {
    let (client, schema) = (house.above().await, acme.schema().await);
    let tables = client.query("select table_name::text from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE'", &[&schema]).await.unwrap();
    let mut all = String::new();
    for table in tables {
        let table: &str = table.get(0);
        let sql = format!(
            "select coalesce(string_agg(to_jsonb(t)::text, '|'), '') from {schema}.{table} t where tenant_id = $1"
        );
        all += client.query_one(&sql, &[&acme.id]).await.unwrap().get::<_, &str>(0);
    }
    for table in ["outbox", "job"] {
        let sql = format!("select coalesce(string_agg(body::text, '|'), '') from ops.{table} where tenant_id = $1");
        all += client.query_one(&sql, &[&acme.id]).await.unwrap().get::<_, &str>(0);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_paid_on_the_providers_page_and_only_when_that_says_so() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let (owner, visitor) = (acme.person("owner").await, acme.visitor());
        let (id, path) = issued(&owner, "100.00").await;
        // Without keys the page is there, and says what is open.
        let page = visitor.page(&path).await;
        assert!(page.status == 200 && page.text.contains("$100.00") && !page.text.contains("Pay $"), "{}", page.text);
        assert!(page.header("content-security-policy").contains("form-action 'self';"), "{page:?}");
        assert_eq!(visitor.form(&format!("{path}/pay"), &[]).await.status, 409);
        let pdf = visitor.get(&format!("{path}/pdf")).await;
        assert!(pdf.status == 200 && pdf.text.starts_with("%PDF-"));
        connect(&owner).await;
        let page = visitor.page(&path).await;
        assert!(page.text.contains("Pay $100.00") && page.text.contains("no money moves"), "{}", page.text);
        assert!(page.header("content-security-policy").contains("form-action 'self' https:;"), "{page:?}");
        let first = pay(&acme, &path).await;
        assert!(first.starts_with("https://checkout.stripe.com/"), "{first}");
        assert_eq!(stripe.world().sessions.last().unwrap()["amount_total"], 10_000);
        // Somebody brings a part of it in cash. The page that is open asks for too much: another takes its place.
        let cash = json!({ "amount": usd("30.00"), "method": "cash" });
        assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/payments"), cash).await.status, 201);
        pay(&acme, &path).await;
        {
            let world = stripe.world();
            let mine: Vec<&Value> = world.sessions.iter().rev().take(2).collect();
            assert!(mine[0]["amount_total"] == 7_000 && mine[0]["status"] == "open", "{mine:?}");
            assert_eq!(mine[1]["status"], "expired", "{mine:?}");
        }
        let paid = stripe.pay(Some(233));
        let back = visitor.page(&format!("{path}/paid")).await;
        assert!(back.status == 200 && back.text.contains("being confirmed"), "{}", back.text);
        assert_eq!(status(&owner, &id).await, ("part_paid".into(), "70.00".into()), "coming back proves nothing");
        tell(&house, &stripe, &acme, "evt_1", "payment_intent.succeeded", &paid).await;
        assert_eq!(status(&owner, &id).await, ("paid".into(), "0.00".into()));
        assert_eq!(visitor.page(&format!("{path}/paid")).await.status, 303);
        let page = visitor.page(&path).await;
        assert!(page.text.contains("Paid in full") && !page.text.contains("Pay $"), "{}", page.text);
        assert_eq!(
            books(&house, &acme).await,
            at(&[("1000", 3_000), ("1030", 6_767), ("4000", -10_000), ("6050", 233)])
        );
        let cards = owner.get(&format!("/api/v1/card-payments?invoice_id={id}")).await;
        let card = &cards.body["data"][0];
        assert!(card["brand"] == "visa" && card["last_four"] == "4242" && card["fee"]["amount"] == "2.33", "{cards:?}");
        let shown = owner.page(&format!("/invoices/{id}")).await;
        assert!(shown.text.contains("Visa ···· 4242") && shown.text.contains("Give back"), "{}", shown.text);
        // By hand no payment is made that only the provider knows of; and this one is not crossed out.
        let payment = card["payment_id"].as_str().unwrap();
        let back = owner.post(&format!("/api/v1/payments/{payment}/reverse"), json!({ "reason": "Slip" })).await;
        assert_eq!(back.body["detail"], "This was paid by card online. Give it back to the card instead.");
        let by_hand = json!({ "amount": usd("1.00"), "method": "card" });
        let by_hand = owner.post(&format!("/api/v1/invoices/{id}/payments"), by_hand).await;
        assert!(by_hand.status == 422 && !by_hand.error("/method").is_empty(), "{by_hand:?}");
        // A link that was tampered with, or another company's, opens nothing.
        let other = house.company("pooled").await;
        assert_eq!(other.visitor().page(&path).await.status, 404);
        let end = if path.ends_with('0') { "1" } else { "0" };
        assert_eq!(visitor.page(&format!("{}{end}", &path[..path.len() - 1])).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn told_ten_times_and_in_any_order_it_is_one_payment() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        let (id, path) = issued(&owner, "80.00").await;
        pay(&acme, &path).await;
        let paid = stripe.pay(None);
        let intent = paid["id"].as_str().unwrap().to_owned();
        let (session, refund) = {
            let mut world = stripe.world();
            World::find(&mut world.intents, &intent).unwrap()["latest_charge"]["balance_transaction"] =
                json!({ "id": "txn_2", "amount": 8_000, "fee": 262, "currency": "usd" });
            (world.sessions.last().unwrap().clone(), world.refund(&intent, 1_000, "succeeded", None))
        };
        // What went back is told before what came.
        let charge = json!({ "id": "ch_1", "payment_intent": intent });
        let all = [
            ("refund.created", &refund),
            ("charge.refunded", &charge),
            ("charge.updated", &charge),
            ("checkout.session.completed", &session),
            ("payment_intent.succeeded", &paid),
        ];
        let (secret, now) = (secret(&stripe, &acme), house.clock.now().as_second());
        let mut deliveries: Vec<String> = vec![];
        for round in 0..10_usize {
            for n in 0..all.len() {
                let (kind, object) = all[(n * 3 + round) % all.len()];
                // Each event ten times; half of the rounds under ids of their own.
                let named = if round % 2 == 0 { kind.to_owned() } else { format!("{kind}-{round}") };
                deliveries.push(event(&format!("evt_{named}"), kind, object));
            }
        }
        for (n, body) in deliveries.iter().enumerate() {
            assert_eq!(deliver(&acme, body, &signed(body, &secret, now)).await.status, 204);
            if n % 7 == 0 {
                house.run_jobs().await;
            }
        }
        // At the same moment too.
        let many = deliveries.iter().map(|body| deliver(&acme, body, "t=0,v1=0"));
        assert!(futures_util::future::join_all(many).await.iter().all(|answer| answer.status == 400));
        let many: Vec<(String, String)> =
            deliveries.iter().map(|body| (body.replace("evt_", "evt_x"), String::new())).collect();
        let many: Vec<(String, String)> = many
            .into_iter()
            .map(|(body, _)| {
                let tag = signed(&body, &secret, now);
                (body, tag)
            })
            .collect();
        let answers = futures_util::future::join_all(many.iter().map(|(body, tag)| deliver(&acme, body, tag))).await;
        assert!(answers.iter().all(|answer| answer.status == 204));
        house.run_jobs().await;
        let payments = owner.get(&format!("/api/v1/payments?invoice_id={id}")).await;
        assert_eq!(payments.body["data"].as_array().unwrap().len(), 1, "{payments:?}");
        let card = owner.get("/api/v1/card-payments").await.body["data"][0].clone();
        assert!(card["refunds"].as_array().unwrap().len() == 1 && card["refunded"]["amount"] == "10.00", "{card}");
        assert_eq!(status(&owner, &id).await, ("part_paid".into(), "10.00".into()));
        assert_eq!(
            books(&house, &acme).await,
            at(&[("1030", 6_738), ("1100", 1_000), ("4000", -8_000), ("6050", 262)])
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_old_or_anothers_has_no_effect() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let other = house.company("pooled").await;
        let owner = acme.person("owner").await;
        connect(&owner).await;
        connect(&other.person("owner").await).await;
        let (_, path) = issued(&owner, "50.00").await;
        pay(&acme, &path).await;
        let paid = stripe.pay(Some(0));
        house.run_jobs().await;
        let body = event("evt_1", "payment_intent.succeeded", &paid);
        let (mine, theirs, now) = (secret(&stripe, &acme), secret(&stripe, &other), house.clock.now().as_second());
        let before = acme.fingerprint().await;
        let forged = [
            signed(&body, &theirs, now),
            signed(&body, "whsec_guess", now),
            signed(&body, &mine, now - 301),
            signed(&body, &mine, now + 301),
            signed(&body.replace("evt_1", "evt_2"), &mine, now),
            signed(&body, &mine, now).replace("v1", "v0"),
            String::new(),
            "t=,v1=".into(),
        ];
        for signature in &forged {
            let answer = deliver(&acme, &body, signature).await;
            assert_eq!(answer.status, 400, "{signature}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        let bare = acme.visitor().post("/webhooks/stripe", json!({})).await;
        assert_eq!(bare.body["detail"], "There is no signature on it.", "{bare:?}");
        for junk in ["", "[]", "{}", "{\"id\":1}", "\u{1}", "{\"id\":\"\",\"type\":\"x\",\"data\":{\"object\":{}}}"] {
            assert_eq!(deliver(&acme, junk, &signed(junk, &mine, now)).await.status, 400, "{junk}");
        }
        let large = format!("{{\"id\":\"{}\"}}", "x".repeat(2 << 20));
        assert_eq!(deliver(&acme, &large, &signed(&large, &mine, now)).await.status, 413);
        house.run_jobs().await;
        assert_eq!(acme.fingerprint().await, before);
        // One's own account, with a payment that another company's checkout led to: it is none of these books'.
        assert_eq!(deliver(&other, &body, &signed(&body, &theirs, now)).await.status, 204);
        house.run_jobs().await;
        assert!(books(&house, &other).await.is_empty());
        // And the rightful one has its effect.
        assert_eq!(deliver(&acme, &body, &signed(&body, &mine, now)).await.status, 204);
        house.run_jobs().await;
        assert_eq!(books(&house, &acme).await, at(&[("1030", 5_000), ("4000", -5_000)]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_is_never_lost() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        // Paid at the counter while the card was looked for; void meanwhile; and partly paid.
        for (n, (deed, body, credit)) in [
            ("payments", json!({ "amount": usd("60.00"), "method": "cash" }), "60.00"),
            ("void", json!({ "reason": "Wrong customer" }), "60.00"),
            ("payments", json!({ "amount": usd("25.00"), "method": "cheque" }), "25.00"),
            ("write-off", json!({ "reason": "Moved away" }), "60.00"),
        ]
        .into_iter()
        .enumerate()
        {
            let (id, path) = issued(&owner, "60.00").await;
            pay(&acme, &path).await;
            let done = owner.post(&format!("/api/v1/invoices/{id}/{deed}"), body).await;
            assert!(done.status < 300, "{done:?}");
            let paid = stripe.pay(Some(100));
            tell(&house, &stripe, &acme, &format!("evt_{n}"), "payment_intent.succeeded", &paid).await;
            let customer =
                owner.get(&format!("/api/v1/invoices/{id}")).await.body["customer_id"].as_str().unwrap().to_owned();
            let credits = owner.get(&format!("/api/v1/customers/{customer}/credits")).await;
            let text = credits.text.clone();
            assert!(text.contains("overpaid") && text.contains(&format!("\"{credit}\"")), "{deed}: {text}");
            books(&house, &acme).await;
        }
        let today = owner.page("/").await;
        assert!(today.text.contains("too much by card"), "{}", today.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_back_is_in_the_books_and_out_again_when_it_does_not_arrive() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        stripe.world().refunds_are = "";
        let (id, path) = issued(&owner, "100.00").await;
        pay(&acme, &path).await;
        let paid = stripe.pay(Some(0));
        tell(&house, &stripe, &acme, "evt_1", "payment_intent.succeeded", &paid).await;
        let card = owner.get("/api/v1/card-payments").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let refunds = format!("/api/v1/card-payments/{card}/refunds");
        let dispatcher = acme.person("dispatcher").await;
        assert_eq!(dispatcher.post(&refunds, json!({})).await.status, 403);
        let much = owner.post(&refunds, json!({ "amount": usd("100.01") })).await;
        assert_eq!(much.error("/amount"), "At most 100.00 USD of this payment can go back.", "{much:?}");
        assert!(!owner.post(&refunds, json!({ "amount": usd("0.00") })).await.error("/amount").is_empty());
        let part = json!({ "amount": usd("30.00"), "reason": "Came late" });
        let once = [("idempotency-key", "one-refund")];
        for _ in 0..2 {
            assert_eq!(owner.send(Method::POST, &refunds, &once, part.clone()).await.status, 201);
        }
        assert_eq!(status(&owner, &id).await, ("part_paid".into(), "30.00".into()));
        house.run_jobs().await;
        let shown = owner.get(&format!("/api/v1/card-payments/{card}")).await.body;
        assert!(
            shown["refunds"][0]["status"] == "succeeded" && shown["refunds"].as_array().unwrap().len() == 1,
            "{shown}"
        );
        assert_eq!(stripe.world().refunds.iter().filter(|one| one["payment_intent"] == paid["id"]).count(), 1);
        assert_eq!(books(&house, &acme).await, at(&[("1030", 7_000), ("1100", 3_000), ("4000", -10_000)]));
        // Another one is on its way for days, and does not arrive.
        stripe.world().refunds_are = "pending";
        let form = owner.page(&format!("/card-payments/{card}/refund")).await;
        assert!(form.text.contains("$70.00"), "{}", form.text);
        let wrong = owner.form(&format!("/card-payments/{card}/refund"), &[("amount", "a lot")]).await;
        assert_eq!(wrong.status, 422);
        let sent = owner.form(&format!("/card-payments/{card}/refund"), &[("amount", "70.00"), ("reason", "")]).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        house.run_jobs().await;
        assert_eq!(status(&owner, &id).await, ("issued".into(), "100.00".into()));
        assert_eq!(owner.post(&refunds, json!({})).await.body["detail"], "All of this payment was given back already.");
        let failed = {
            let mut world = stripe.world();
            let one = world.refunds.iter_mut().rev().find(|one| one["payment_intent"] == paid["id"]).unwrap();
            one["status"] = "failed".into();
            one["failure_reason"] = "lost_or_stolen_card".into();
            one.clone()
        };
        for n in 0..3 {
            tell(&house, &stripe, &acme, &format!("evt_f{n}"), "refund.failed", &failed).await;
        }
        assert_eq!(status(&owner, &id).await, ("part_paid".into(), "30.00".into()));
        assert_eq!(books(&house, &acme).await, at(&[("1030", 7_000), ("1100", 3_000), ("4000", -10_000)]));
        let page = owner.page(&format!("/invoices/{id}")).await;
        assert!(page.text.contains("Did not arrive") && page.text.contains("lost or stolen card"), "{}", page.text);
        assert!(owner.page("/").await.text.contains("did not get back to the card"));
        // The provider will not: it is out of the books again at once.
        stripe.world().refund(paid["id"].as_str().unwrap(), 6_500, "succeeded", None);
        stripe.world().refunds_are = "";
        assert_eq!(owner.post(&refunds, json!({ "amount": usd("70.00") })).await.status, 201);
        house.run_jobs().await;
        assert_eq!(status(&owner, &id).await, ("part_paid".into(), "30.00".into()));
        // What was begun in the provider's own pages comes into the books as it is heard of.
        let theirs = stripe.world().refunds.last().unwrap().clone();
        tell(&house, &stripe, &acme, "evt_t", "refund.created", &theirs).await;
        assert_eq!(status(&owner, &id).await, ("part_paid".into(), "95.00".into()));
        assert_eq!(books(&house, &acme).await, at(&[("1030", 500), ("1100", 9_500), ("4000", -10_000)]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disputes_and_payouts_are_in_the_books_as_the_provider_moves_the_money() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        let mut charged = vec![];
        for n in 0..2 {
            let (id, path) = issued(&owner, "100.00").await;
            pay(&acme, &path).await;
            let paid = stripe.pay(Some(320));
            tell(&house, &stripe, &acme, &format!("evt_p{n}"), "payment_intent.succeeded", &paid).await;
            charged.push((id, paid["id"].clone()));
        }
        let name = |n: usize| format!("dp_{n}{}", acme.slug.replace('-', ""));
        let dispute = |n: usize, status: &str, moved: Value| {
            json!({ "id": name(n), "object": "dispute", "amount": 10_000, "currency": "usd", "status": status, "reason": "product_not_received",
                "payment_intent": charged[n].1, "evidence_details": { "due_by": 1_783_000_000 }, "balance_transactions": moved })
        };
        let taken = json!({ "amount": -10_000, "fee": 1_500, "currency": "usd" });
        let say = async |n: usize, id: &str, kind: &str, object: Value| {
            {
                let mut world = stripe.world();
                world.disputes.retain(|one| one["id"] != object["id"]);
                world.disputes.push(object.clone());
            }
            tell(&house, &stripe, &acme, &format!("evt_{n}{id}"), kind, &object).await;
        };
        for n in 0..2 {
            for again in ["a", "b"] {
                say(n, again, "charge.dispute.created", dispute(n, "needs_response", json!([taken]))).await;
            }
        }
        let open = at(&[("1030", 20_000 - 640 - 23_000), ("1040", 20_000), ("4000", -20_000), ("6050", 640 + 3_000)]);
        assert_eq!(books(&house, &acme).await, open);
        let page = owner.page(&format!("/invoices/{}", charged[0].0)).await;
        assert!(page.text.contains("is disputed") && page.text.contains("product not received"), "{}", page.text);
        assert!(owner.page("/").await.text.contains("is disputed"));
        // Won, but the money is not there yet; then it is, with the fee.
        say(0, "c", "charge.dispute.closed", dispute(0, "won", json!([taken]))).await;
        assert_eq!(books(&house, &acme).await, open);
        let back = json!({ "amount": 10_000, "fee": -1_500, "currency": "usd" });
        for again in ["d", "e"] {
            say(0, again, "charge.dispute.funds_reinstated", dispute(0, "won", json!([taken, back]))).await;
        }
        say(1, "f", "charge.dispute.closed", dispute(1, "lost", json!([taken]))).await;
        let decided = [("1030", 20_000 - 640 - 11_500), ("4000", -20_000), ("6050", 640 + 1_500), ("6100", 10_000)];
        assert_eq!(books(&house, &acme).await, at(&decided));
        let cards = owner.get("/api/v1/card-payments").await;
        assert!(cards.text.contains("\"won\"") && cards.text.contains("\"lost\""), "{cards:?}");
        let payout = json!({ "id": format!("po_{}", acme.slug.replace('-', "")), "object": "payout", "amount": 7_000, "currency": "usd", "status": "paid", "arrival_date": 1_782_200_000 });
        stripe.world().payouts.push(payout.clone());
        for n in 0..3 {
            tell(&house, &stripe, &acme, &format!("evt_o{n}"), "payout.paid", &payout).await;
        }
        let out = [("1010", 7_000), ("1030", 860), ("4000", -20_000), ("6050", 2_140), ("6100", 10_000)];
        assert_eq!(books(&house, &acme).await, at(&out));
        assert_eq!(owner.get("/api/v1/card-payouts").await.body["data"].as_array().unwrap().len(), 1);
        World::find(&mut stripe.world().payouts, payout["id"].as_str().unwrap()).unwrap()["status"] = "failed".into();
        for n in 0..2 {
            tell(&house, &stripe, &acme, &format!("evt_b{n}"), "payout.failed", &payout).await;
        }
        assert_eq!(books(&house, &acme).await, at(&[("1030", 7_860), ("4000", -20_000), ("6050", 2_140), ("6100", 10_000)]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_told_is_asked_for() {
    for placement in harness::PLACEMENTS {
        let (house, stripe) = house().await;
        let acme = house.company(placement).await;
        // A key outlives the hours that pass here.
        let owner = acme.program();
        connect(&owner).await;
        let turn = async || {
            let scope = house.house.errand(acme.id, "test").await.unwrap();
            payments::look::reconcile(scope).await.unwrap();
            house.run_jobs().await;
        };
        let (id, path) = issued(&owner, "40.00").await;
        pay(&acme, &path).await;
        let paid = stripe.pay(None);
        turn().await;
        assert_eq!(status(&owner, &id).await.0, "issued", "not before its time");
        house.clock.advance(SignedDuration::from_mins(15));
        turn().await;
        assert_eq!(status(&owner, &id).await.0, "paid");
        assert_eq!(books(&house, &acme).await, at(&[("1030", 4_000), ("4000", -4_000)]));
        // The fee is known later.
        let intent = paid["id"].as_str().unwrap();
        World::find(&mut stripe.world().intents, intent).unwrap()["latest_charge"]["balance_transaction"] =
            json!({ "id": "txn_1", "amount": 4_000, "fee": 146, "currency": "usd" });
        house.clock.advance(SignedDuration::from_mins(15));
        turn().await;
        assert_eq!(books(&house, &acme).await, at(&[("1030", 3_854), ("4000", -4_000), ("6050", 146)]));
        // Nobody paid: the page is over, and another can be opened.
        let (_, path) = issued(&owner, "45.00").await;
        pay(&acme, &path).await;
        let session = stripe.world().sessions.last().unwrap()["id"].as_str().unwrap().to_owned();
        World::find(&mut stripe.world().sessions, &session).unwrap()["status"] = "expired".into();
        house.clock.advance(SignedDuration::from_mins(15));
        turn().await;
        let asked = stripe.world().asked.len();
        turn().await;
        assert_eq!(stripe.world().asked.len(), asked, "what is settled is not asked for again");
        pay(&acme, &path).await;
        // Too little for a card; and a provider that is down is nothing the payer can mend.
        let (_, small) = issued(&owner, "0.20").await;
        let answer = acme.visitor().form(&format!("{small}/pay"), &[]).await;
        assert!(answer.status == 409 && answer.text.contains("too small for a card"), "{}", answer.text);
        stripe.world().down = Some(503);
        let (_, down) = issued(&owner, "20.00").await;
        let answer = acme.visitor().form(&format!("{down}/pay"), &[]).await;
        assert!(answer.status == 409 && answer.text.contains("does not open at the moment"), "{}", answer.text);
        stripe.world().down = None;
        pay(&acme, &down).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_credit_note_it_is_the_credit_that_goes_back() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        let (id, path) = issued(&owner, "90.00").await;
        pay(&acme, &path).await;
        let paid = stripe.pay(Some(0));
        tell(&house, &stripe, &acme, "evt_1", "payment_intent.succeeded", &paid).await;
        let note = owner.post(&format!("/api/v1/invoices/{id}/credit-notes"), json!({ "reason": "Returned" })).await;
        assert_eq!(note.status, 201, "{note:?}");
        let card = owner.get("/api/v1/card-payments").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(owner.post(&format!("/api/v1/card-payments/{card}/refunds"), json!({})).await.status, 201);
        house.run_jobs().await;
        assert_eq!(status(&owner, &id).await, ("paid".into(), "0.00".into()));
        assert!(books(&house, &acme).await.is_empty(), "all of it is undone");
    })
    .await;
}

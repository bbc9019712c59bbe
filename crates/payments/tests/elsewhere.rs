//! Against programs that are none of ours: signatures of Stripe's own library, and payments, refunds and kept cards at an emulator of its API.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::elsewhere::Python;
use payments::provider::{Charged, Desk, Fate, KeptCard, NewCharge, PaymentProvider, Stripe, Trouble};
use serde_json::{Value, json};
use std::net::TcpListener;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

const SIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/elsewhere/sign.py");
const POST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/elsewhere/post.py");

#[tokio::test(flavor = "multi_thread")]
async fn what_stripes_own_library_has_signed_is_taken() {
    let Some(python) = Python::elsewhere("signatures are not held against Stripe's own library") else { return };
    let modules = vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
        payments::module(),
    ];
    let house = harness::start(modules).await;
    let acme = house.company("pooled").await;
    // The account itself is tried elsewhere: here the secret alone matters.
    let (client, schema, id) = (house.above().await, acme.schema().await, Uuid::now_v7());
    let scope = house.house.errand(acme.id, "test").await.unwrap();
    let secret = "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH";
    let sealed = tenancy::Seal::of(scope.house()).unwrap().close((acme.id, id), secret.as_bytes()).unwrap();
    let sql = format!(
        "insert into {schema}.provider_secret (tenant_id, id, sealed, by_hand, created_at) values ($1, $2, $3, true, now())"
    );
    client.execute(&sql, &[&acme.id, &id, &sealed]).await.unwrap();
    let now = house.clock.now().as_second();
    let bodies: Vec<String> = (0..20)
        .map(|n| json!({ "id": format!("evt_{n}"), "type": "customer.created", "note": "ünïcode → ✓".repeat(n), "data": { "object": { "id": "cus_1" } } }).to_string())
        .collect();
    let asked = |body: &String| json!({ "body": body, "secret": secret, "at": now }).to_string() + "\n";
    let headers = python.answer(SIGN, bodies.iter().map(asked).collect());
    let headers: Vec<&str> = headers.lines().collect();
    assert_eq!(headers.len(), bodies.len());
    for (n, (body, header)) in bodies.iter().zip(&headers).enumerate() {
        let send = async |body: &str| {
            let lines = [("content-type", "application/json"), ("stripe-signature", *header)];
            acme.visitor().call(Method::POST, "/webhooks/stripe", &lines, Body::from(body.to_owned())).await.status
        };
        assert_eq!(send(&body.replace("cus_1", "cus_2")).await, 400, "{n}");
        assert_eq!(send(body).await, 204, "{n}");
    }
}

/// An emulator of Stripe's API. All of them on a machine keep what they have in one file, so there is one at a time.
struct Emulator<'a> {
    python: &'a Python,
    base: String,
    _serving: harness::elsewhere::Serving,
    _alone: MutexGuard<'static, ()>,
}
static ALONE: Mutex<()> = Mutex::const_new(());
const KEY: &str = "sk_test_elsewhere_1234";

impl<'a> Emulator<'a> {
    async fn start(python: &'a Python) -> Self {
        let _alone = ALONE.lock().await;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let _serving = python.serve(&["-m", "localstripe", "--port", &port]);
        Self { python, base: format!("http://127.0.0.1:{port}"), _serving, _alone }
    }
    /// What others than we do there.
    fn post(&self, path: &str, form: Value) -> Value {
        let asked = json!({ "base": self.base, "key": KEY, "path": path, "form": form });
        serde_json::from_str(&self.python.answer(POST, asked.to_string() + "\n")).unwrap()
    }
    fn ours(&self) -> Stripe {
        Desk::at(&self.base).unwrap().stripe(KEY.into())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_and_refunds_are_read_as_an_emulator_has_them() {
    let Some(python) = Python::elsewhere("payments and refunds are not held against an emulator") else { return };
    let (emulator, ours) = (Emulator::start(&python).await, Uuid::now_v7());
    let form = json!({ "amount": 5_000, "currency": "usd", "payment_method": "pm_card_visa", "metadata[tradewind_checkout]": ours });
    let id = emulator.post("/v1/payment_intents", form)["id"].as_str().unwrap().to_owned();
    emulator.post(&format!("/v1/payment_intents/{id}/confirm"), json!({}));
    let stripe = emulator.ours();
    let paid = stripe.payment(&id).await.unwrap();
    assert!(paid.succeeded && paid.minor == 5_000 && paid.currency == "USD" && paid.checkout == Some(ours), "{paid:?}");
    assert_eq!(paid.fee, Some((0, "USD".into())), "its emulator takes none");
    assert!(paid.charge.is_some_and(|charge| charge.starts_with("ch_")));
    assert!(stripe.refunds(&id).await.unwrap().is_empty());
    let refund = Uuid::now_v7();
    let back = stripe.refund(&id, 1_250, refund).await.unwrap();
    assert!(back.fate == Fate::Succeeded && back.minor == 1_250 && back.ours == Some(refund), "{back:?}");
    assert_eq!(stripe.refunds(&id).await.unwrap(), [back]);
    assert_eq!(stripe.payment("pi_nothing").await.unwrap_err(), Trouble::Missing);
    assert_eq!(stripe.payment("../../v1/account").await.unwrap_err(), Trouble::Missing, "no other address is asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_cards_are_charged_as_an_emulator_would_have_it() {
    let Some(python) = Python::elsewhere("kept cards are not held against an emulator") else { return };
    let emulator = Emulator::start(&python).await;
    let holder = emulator.post("/v1/customers", json!({ "name": "Rosa Rivera" }))["id"].as_str().unwrap().to_owned();
    let keep = |number: &str| {
        let form = json!({ "type": "card", "card[number]": number, "card[exp_month]": 11, "card[exp_year]": 2031, "card[cvc]": "314" });
        let method = emulator.post("/v1/payment_methods", form)["id"].as_str().unwrap().to_owned();
        emulator.post(&format!("/v1/payment_methods/{method}/attach"), json!({ "customer": holder }));
        method
    };
    let [good, declined, asks] = ["4242424242424242", "4000000000000341", "4000002500003155"].map(keep);
    let stripe = emulator.ours();
    let expected = KeptCard {
        method: good.clone(),
        holder: Some(holder.clone()),
        brand: Some("visa".into()),
        last_four: Some("4242".into()),
        expires: Some((2031, 11)),
    };
    assert_eq!(stripe.card(&good).await.unwrap(), expected);
    // It knows no descriptions.
    let charge = |method: &str| NewCharge {
        id: Uuid::now_v7(),
        minor: 12_999,
        currency: "USD".into(),
        what: String::new(),
        holder: holder.clone(),
        method: method.to_owned(),
    };
    let Charged::Taken(id) = stripe.charge(&charge(&good)).await.unwrap() else { panic!("it is a good card") };
    let paid = stripe.payment(&id).await.unwrap();
    assert!(paid.succeeded && paid.minor == 12_999 && paid.currency == "USD" && paid.checkout.is_none(), "{paid:?}");
    let refused = stripe.charge(&charge(&declined)).await.unwrap_err();
    assert!(matches!(&refused, Trouble::Declined { code, .. } if code == "card_declined"), "{refused:?}");
    assert_eq!(stripe.charge(&charge(&asks)).await.unwrap(), Charged::NeedsHolder);
    assert_eq!(stripe.charge(&charge("pm_nothing")).await.unwrap_err(), Trouble::Missing);
    stripe.forget(&good).await.unwrap();
    assert_eq!(stripe.card(&good).await.unwrap(), KeptCard { holder: None, ..expected });
    stripe.forget("pm_nothing").await.unwrap();
}

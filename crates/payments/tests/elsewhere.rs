//! Against programs that are none of ours: signatures of Stripe's own library, and payments and refunds at an emulator of its API.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::elsewhere::Python;
use payments::provider::{Desk, Fate, PaymentProvider, Trouble};
use serde_json::json;
use std::net::TcpListener;
use uuid::Uuid;

const SIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/elsewhere/sign.py");
const PAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/elsewhere/pay.py");

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

#[tokio::test(flavor = "multi_thread")]
async fn payments_and_refunds_are_read_as_an_emulator_has_them() {
    let Some(python) = Python::elsewhere("payments and refunds are not held against an emulator") else { return };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let _serving = python.serve(&["-m", "localstripe", "--port", &port]);
    let (base, key, ours) = (format!("http://127.0.0.1:{port}"), "sk_test_elsewhere_1234", Uuid::now_v7());
    let asked = json!({ "base": base, "key": key, "minor": 5_000, "ours": ours });
    let id = python.answer(PAY, asked.to_string() + "\n").trim().to_owned();
    let stripe = Desk::at(&base).unwrap().stripe(key.into());
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

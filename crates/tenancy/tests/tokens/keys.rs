//! The keys that sign: rotated without ending anything, withdrawn at once, sealed where they lie.
use super::{access_token, bearer, tokens};
use harness::{TestHouse, start_apart};
use jiff::{SignedDuration, Timestamp};
use kernel::{Desk, tx::Statements};
use serde_json::Value;
use std::sync::Arc;
use tenancy::token::{self, Keys};

fn keys_of(house: &TestHouse) -> Arc<Keys> {
    Keys::of(&house.house).unwrap()
}

/// The keys as another process has them.
fn elsewhere(house: &TestHouse) -> Keys {
    Keys::new(Desk::control(&house.ground.dsns.control, 1, Statements::Named).unwrap(), &house.ground.secrets)
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// Longer than a process believes that a key it does not know is nobody's.
async fn moment() {
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
}

async fn shown(house: &TestHouse) -> Vec<String> {
    let jwks = house.outside().get("/.well-known/jwks.json").await;
    let all = jwks.body["keys"].as_array().unwrap().clone();
    for key in &all {
        assert!(["d", "p", "q", "dp", "dq", "qi"].iter().all(|private| key.get(private).is_none()), "{key}");
        assert_eq!(
            (&key["kty"], &key["alg"], &key["use"]),
            (&Value::from("RSA"), &Value::from("RS256"), &Value::from("sig"))
        );
    }
    all.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_rotation_signs_nobody_out() {
    let house = start_apart(vec![]).await;
    let acme = house.company("pooled").await;
    let (keys, other) = (keys_of(&house), elsewhere(&house));
    let now = || house.clock.now();
    let first = tokens(&acme).await;
    let old = access_token(&first);
    assert!(other.read(&old, now()).await.unwrap().is_some(), "another process knows the key of this one");
    assert!(!token::when_due(&house.house).await.unwrap(), "it is new");

    house.clock.advance(SignedDuration::from_hours(90 * 24));
    let pair = tokens(&acme).await;
    let (old, refreshing) = (access_token(&pair), pair.body["refresh_token"].clone());
    assert!(token::when_due(&house.house).await.unwrap(), "after ninety days");
    assert!(!token::when_due(&house.house).await.unwrap(), "once");
    let names = shown(&house).await;
    assert_eq!((names.len(), names[0] == kid(&old)), (2, true), "the new one is shown before it signs");
    assert_eq!(kid(&access_token(&tokens(&acme).await)), names[0]);

    house.clock.advance(SignedDuration::from_mins(9));
    let last = access_token(&tokens(&acme).await);
    assert_eq!(kid(&last), names[0]);
    house.clock.advance(SignedDuration::from_mins(2));
    let new = access_token(&tokens(&acme).await);
    assert_eq!(kid(&new), names[1], "now it signs");
    moment().await;
    for token in [&old, &last, &new] {
        assert_eq!(bearer(acme.visitor(), token).get("/api/v1/members").await.status, 200);
        assert!(other.read(token, now()).await.unwrap().is_some());
    }
    let refreshed =
        acme.visitor().post("/api/v1/auth/refresh", serde_json::json!({ "refresh_token": refreshing })).await;
    assert_eq!((refreshed.status, kid(&access_token(&refreshed))), (200, names[1].clone()));

    house.clock.advance(SignedDuration::from_mins(14));
    assert_eq!(shown(&house).await, names, "the last token of the old key is good for another while");
    house.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(shown(&house).await, names[1..], "it is over, and the key with it");

    // By command: this process has not heard of the key and looks.
    let made = token::rotate(&other, now(), true).await.unwrap().unwrap();
    house.clock.advance(SignedDuration::from_secs(5));
    moment().await;
    let claims = other.read(&access_token(&tokens(&acme).await), now()).await.unwrap();
    assert!(claims.is_some());
    let by_new = other.sign(&claims.unwrap(), now()).await.unwrap();
    assert_eq!(kid(&by_new), made.kid);
    assert!(keys.read(&by_new, now()).await.unwrap().is_some());
}

#[tokio::test]
async fn two_who_rotate_at_once_make_one_key() {
    let house = start_apart(vec![]).await;
    let now = house.clock.now();
    let (a, b) = (keys_of(&house), elsewhere(&house));
    let (x, y) = tokio::join!(token::rotate(&a, now, true), token::rotate(&b, now, true));
    let made = [x.unwrap(), y.unwrap()].into_iter().flatten().count();
    let all = token::list(&a).await.unwrap();
    assert_eq!(all.len(), made, "each that was made is there: {all:?}");
    assert_eq!(all.iter().filter(|key| key.verifies_until.is_none()).count(), 1, "one without an end");
}

#[tokio::test]
async fn a_withdrawn_key_is_refused_within_five_seconds_and_another_signs() {
    let house = start_apart(vec![]).await;
    let acme = house.company("dedicated").await;
    let other = elsewhere(&house);
    let pair = tokens(&acme).await;
    let old = access_token(&pair);
    let person = bearer(acme.visitor(), &old);
    assert_eq!(person.get("/api/v1/members").await.status, 200);
    token::withdraw(&other, &kid(&old), house.clock.now()).await.unwrap();
    super::refused_after(&person).await;
    assert_eq!(shown(&house).await.len(), 1);
    let refreshed = acme
        .visitor()
        .post("/api/v1/auth/refresh", serde_json::json!({ "refresh_token": pair.body["refresh_token"] }))
        .await;
    assert_eq!(refreshed.status, 200, "the refresh token is no work of the key: {refreshed:?}");
    assert_ne!(kid(&access_token(&refreshed)), kid(&old));
    let unknown = token::withdraw(&other, "nobody", house.clock.now()).await.unwrap_err();
    assert!(unknown.to_string().contains("keys list"), "{unknown}");
}

#[tokio::test]
async fn the_database_alone_signs_nothing() {
    let house = start_apart(vec![]).await;
    let acme = house.company("pooled").await;
    let token = access_token(&tokens(&acme).await);
    let stored = token::list(&keys_of(&house)).await.unwrap();
    assert!(stored.iter().all(|key| !key.sealed.contains("PRIVATE")));
    // Another installation's secret opens none of them, and the house says so instead of making its own beside.
    let wrong = walls::Secrets::from_hex(&"7".repeat(64)).unwrap();
    let desk = Desk::control(&house.ground.dsns.control, 1, Statements::Named).unwrap();
    let thief = Keys::new(desk, &wrong);
    assert!(thief.read(&token, Timestamp::MAX).await.unwrap().is_none());
}

//! Refresh tokens: one at a time, in families that end as one.
use super::{access_token, bearer, refused_after, there, tokens};
use axum::{body::Body, http::Method};
use harness::{Answer, Company, in_both_placements, start};
use jiff::SignedDuration;
use serde_json::json;

async fn refresh(company: &Company<'_>, token: &Answer, agent: &str) -> Answer {
    let body = json!({ "refresh_token": token.body["refresh_token"] }).to_string();
    let headers = [("content-type", "application/json"), ("user-agent", agent)];
    company.visitor().call(Method::POST, "/api/v1/auth/refresh", &headers, Body::from(body)).await
}

async fn count(company: &Company<'_>, what: &str) -> i64 {
    let sql = format!("select count(*) from {}.{what}", company.schema().await);
    company.test.above().await.query_one(&sql, &[&company.id]).await.unwrap().get(0)
}

#[tokio::test]
async fn two_at_once_leave_one_family_and_one_token_that_is_good() {
    let house = start(vec![]).await;
    in_both_placements(&house, async |acme| {
        let first = tokens(&acme).await;
        let (a, b) = tokio::join!(refresh(&acme, &first, "phone/1"), refresh(&acme, &first, "phone/1"));
        assert_eq!((a.status, b.status), (200, 200), "{a:?} {b:?}");
        assert_eq!(a.body["refresh_token"], b.body["refresh_token"], "the same, so nothing is left over");
        assert_ne!(access_token(&a), access_token(&b));
        assert_eq!(count(&acme, "token_family where tenant_id = $1 and revoked_at is null").await, 1);
        assert_eq!(count(&acme, "refresh_token where tenant_id = $1 and used_at is null").await, 1);
        let next = refresh(&acme, &b, "phone/1").await;
        assert_eq!(next.status, 200, "{next:?}");
        for pair in [&first, &a, &b, &next] {
            assert_eq!(bearer(acme.visitor(), &access_token(pair)).get("/api/v1/members").await.status, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_use_ends_the_family_with_its_access_tokens() {
    let house = start(vec![]).await;
    // Later than the moment, by another program within it, and after what came of it was used.
    for (what, after, agent, used) in
        [("later", 11, "phone/1", false), ("another", 1, "curl/8", false), ("overtaken", 1, "phone/1", true)]
    {
        let acme = house.company("pooled").await;
        let first = tokens(&acme).await;
        let other_family = tokens(&acme).await;
        let second = refresh(&acme, &first, "phone/1").await;
        if used {
            assert_eq!(refresh(&acme, &second, "phone/1").await.status, 200);
        }
        house.clock.advance(SignedDuration::from_secs(after));
        assert_eq!(refresh(&acme, &first, agent).await.status, 401, "{what}");
        assert_eq!(refresh(&acme, &second, "phone/1").await.status, 401, "{what}: the one that came of it");
        for ended in [&first, &second] {
            let person = bearer(acme.visitor(), &access_token(ended));
            assert_eq!(person.get("/api/v1/members").await.status, 401, "{what}: an access token");
        }
        assert_eq!(refresh(&acme, &other_family, "phone/1").await.status, 200, "{what}: another sign-in goes on");
        assert!(acme.told().await.contains(&"tokens.reused".to_owned()), "{what}: it is written down");
    }
}

#[tokio::test]
async fn a_family_lasts_seven_days_from_its_last_refresh() {
    let house = start(vec![]).await;
    let acme = house.company("pooled").await;
    let mut last = tokens(&acme).await;
    for _ in 0..3 {
        house.clock.advance(SignedDuration::from_hours(6 * 24));
        last = refresh(&acme, &last, "").await;
        assert_eq!(last.status, 200);
    }
    assert_eq!(count(&acme, "refresh_token where tenant_id = $1").await, 2, "what is over is cleared away");
    house.clock.advance(SignedDuration::from_hours(7 * 24 + 1));
    assert_eq!(refresh(&acme, &last, "").await.status, 401);
    tokens(&acme).await;
    assert_eq!(count(&acme, "token_family where tenant_id = $1").await, 1);
}

/// Two houses over one database are two processes: what one revokes the other may believe for five seconds.
#[tokio::test]
async fn what_is_revoked_is_refused_by_every_process_within_five_seconds() {
    let (here, other) = (start(vec![]).await, start(vec![]).await);
    in_both_placements(&here, async |acme| {
        let owner = acme.person("owner").await;
        // Signing out, by the program itself.
        let pair = tokens(&acme).await;
        let far = there(&other, &acme, &access_token(&pair));
        assert_eq!(far.get("/api/v1/members").await.status, 200);
        let revoke = json!({ "refresh_token": pair.body["refresh_token"] });
        assert_eq!(acme.visitor().post("/api/v1/auth/revoke", revoke).await.status, 204);
        assert_eq!(
            bearer(acme.visitor(), &access_token(&pair)).get("/api/v1/members").await.status,
            401,
            "here at once"
        );
        refused_after(&far).await;

        // A key.
        let made = owner.post("/api/v1/api-keys", json!({ "name": "K", "scopes": ["members.read"] })).await;
        let far = there(&other, &acme, made.body["key"].as_str().unwrap());
        assert_eq!(far.get("/api/v1/members").await.status, 200);
        assert_eq!(owner.post(&format!("/api/v1/api-keys/{}/revoke", made.id()), json!({})).await.status, 200);
        refused_after(&far).await;

        // A person: first the role, then the access.
        let person = acme.person("dispatcher").await;
        let (_, token) = person.credential.clone().unwrap();
        let far = there(&other, &acme, token.strip_prefix("Bearer ").unwrap());
        assert_eq!(far.get("/api/v1/members").await.status, 200);
        let path = format!("/api/v1/members/{}", person.id.unwrap());
        let member = owner.get(&path).await;
        assert_eq!(owner.patch(&path, &member.etag(), json!({ "role": "technician" })).await.status, 200);
        let begun = std::time::Instant::now();
        while far.get("/api/v1/members").await.status != 403 {
            assert!(begun.elapsed().as_secs_f64() <= 5.0, "the old role is believed for too long");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(owner.post(&format!("{path}/deactivate"), json!({})).await.status, 200);
        refused_after(&far).await;
        // Given back, the old tokens stay ended.
        assert_eq!(owner.post(&format!("{path}/reactivate"), json!({})).await.status, 200);
        assert_eq!(person.get("/api/v1/account").await.status, 401);
    })
    .await;
}

//! Keys and service accounts: made, replaced, ended; what they may and under which name they are written down.
use super::bearer;
use axum::http::Method;
use harness::{Answer, Company, Person, in_both_placements, start};
use jiff::SignedDuration;
use serde_json::json;

fn holder<'a>(company: &'a Company<'_>, made: &Answer) -> Person<'a> {
    bearer(company.visitor(), made.body["key"].as_str().unwrap_or_else(|| panic!("no key: {made:?}")))
}

#[tokio::test]
async fn a_key_is_replaced_without_a_gap() {
    let house = start(vec![]).await;
    in_both_placements(&house, async |acme| {
        // By the first key, which outlasts the hours that go by here.
        let owner = acme.program();
        let until = house.clock.now() + SignedDuration::from_hours(30 * 24);
        let new = json!({ "name": "Site", "scopes": ["members.read"], "expires_at": until });
        let old = owner.post("/api/v1/api-keys", new).await;
        let path = format!("/api/v1/api-keys/{}", old.id());
        house.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(
            owner.post(&format!("{path}/rotate"), json!({ "overlap_hours": 169 })).await.error("/overlap_hours"),
            "The old key can go on for 0 to 168 hours."
        );
        let new = owner.post(&format!("{path}/rotate"), json!({ "overlap_hours": 2 })).await;
        assert_eq!(new.status, 201, "{new:?}");
        assert_eq!(new.body["scopes"], old.body["scopes"]);
        assert_eq!(
            new.body["expires_at"],
            json!(until + SignedDuration::from_hours(24)),
            "as long as the old one was for"
        );
        let before = owner.get(&path).await;
        assert_eq!(before.body["replaced_by"], new.body["id"]);
        for key in [&old, &new] {
            assert_eq!(holder(&acme, key).get("/api/v1/members").await.status, 200, "both, for two hours");
        }
        let again = owner.post(&format!("{path}/rotate"), json!({})).await;
        assert_eq!(again.status, 409, "{again:?}");
        house.clock.advance(SignedDuration::from_hours(2));
        assert_eq!(holder(&acme, &old).get("/api/v1/members").await.status, 401);
        assert_eq!(holder(&acme, &new).get("/api/v1/members").await.status, 200);
        assert!(acme.told().await.ends_with(&["api_key.created".to_owned(), "api_key.rotated".to_owned()]));

        // Whoever replaces a key gets to know the new one, so they must be allowed all it is.
        let program = holder(
            &acme,
            &owner.post("/api/v1/api-keys", json!({ "name": "Little", "scopes": ["api_keys.manage"] })).await,
        );
        let beyond = program.post(&format!("/api/v1/api-keys/{}/rotate", new.id()), json!({})).await;
        assert_eq!(beyond.error("/scopes"), "You may not do `members.read` yourself, so a key of yours cannot.");
        // And with a key that opens nothing any more there is nothing to replace.
        owner.post(&format!("/api/v1/api-keys/{}/revoke", new.id()), json!({})).await;
        assert_eq!(owner.post(&format!("/api/v1/api-keys/{}/rotate", new.id()), json!({})).await.status, 409);
        let nowhere = format!("/api/v1/api-keys/{}/rotate", kernel::Uuid::now_v7());
        assert_eq!(owner.post(&nowhere, json!({})).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_key_ends_at_its_time_and_its_use_is_noted_in_bulk() {
    let house = start(vec![]).await;
    in_both_placements(&house, async |acme| {
        // By the first key, which outlasts the hours that go by here.
        let owner = acme.program();
        let until = house.clock.now() + SignedDuration::from_hours(1);
        let past = json!({ "name": "P", "scopes": ["members.read"], "expires_at": "2020-01-01T00:00:00Z" });
        assert_eq!(owner.post("/api/v1/api-keys", past).await.error("/expires_at"), "That time is over already.");
        let mut keys = vec![];
        for name in ["A", "B"] {
            let new = json!({ "name": name, "scopes": ["members.read"], "expires_at": until });
            keys.push(owner.post("/api/v1/api-keys", new).await);
        }
        let last = async |key: &Answer| {
            owner.get(&format!("/api/v1/api-keys/{}", key.id())).await.body["last_used_at"].clone()
        };
        assert!(last(&keys[0]).await.is_null());
        for key in &keys {
            assert_eq!(holder(&acme, key).get("/api/v1/members").await.status, 200);
        }
        assert!(last(&keys[0]).await.is_null(), "a request writes nothing down by itself");
        tenancy::api_key::write_down(&house.house).await.unwrap();
        for key in &keys {
            assert_eq!(last(key).await, json!(house.clock.now()));
        }
        house.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(holder(&acme, &keys[0]).get("/api/v1/members").await.status, 401, "to the second");
        let page = owner.page("/settings/api-keys").await;
        assert!(page.text.contains("over") && page.text.contains("tk_…"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn a_service_account_works_under_its_own_name_and_role() {
    let house = start(vec![]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let all = "/api/v1/service-accounts";
        assert_eq!(
            owner.post(all, json!({ "name": "Boss", "role": "owner" })).await.error("/role"),
            "A program cannot own the company. Choose another role."
        );
        assert_eq!(
            owner.post(all, json!({ "name": " ", "role": "viewer" })).await.error("/name"),
            "Give a name that says which program it is."
        );
        let made = owner
            .send(Method::POST, all, &[("idempotency-key", "one")], json!({ "name": "Zapier", "role": "admin" }))
            .await;
        let again = owner
            .send(Method::POST, all, &[("idempotency-key", "one")], json!({ "name": "Zapier", "role": "admin" }))
            .await;
        assert_eq!((made.status, made.id()), (201, again.id()));
        assert_eq!(
            owner.post(all, json!({ "name": "ZAPIER", "role": "viewer" })).await.error("/name"),
            "Another service account has this name."
        );
        let path = format!("{all}/{}", made.id());
        let may: Vec<&str> = kernel::PERMISSIONS.iter().map(|p| p.name).collect();
        let key = json!({ "name": "laptop", "scopes": may, "service_account_id": made.id() });
        let key = owner.post("/api/v1/api-keys", key).await;
        assert_eq!(key.status, 201, "{key:?}");
        let program = holder(&acme, &key);
        let added = program
            .post("/api/v1/members", json!({ "name": "New", "email": "new@example.com", "role": "viewer" }))
            .await;
        assert_eq!(added.status, 201, "{added:?}");
        let audit = owner.get("/api/v1/audit?limit=1").await;
        let entry = &audit.body["data"][0];
        assert_eq!(
            (&entry["actor_kind"], &entry["actor_name"], &entry["actor_id"]),
            (&json!("service"), &json!("Zapier (laptop)"), &made.body["id"])
        );

        // Its role bounds its keys, those it has too.
        let changed = owner.patch(&path, &made.etag(), json!({ "role": "dispatcher" })).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(owner.patch(&path, &made.etag(), json!({ "name": "Z" })).await.status, 412);
        assert_eq!(program.get("/api/v1/members").await.status, 200);
        assert_eq!(program.post("/api/v1/members", json!({})).await.status, 403);
        let beyond = json!({ "name": "K", "scopes": ["members.write"], "service_account_id": made.id() });
        assert_eq!(
            owner.post("/api/v1/api-keys", beyond).await.error("/scopes"),
            "Zapier is a dispatcher, who may not do `members.write`."
        );

        assert_eq!(owner.post(&format!("{path}/deactivate"), json!({})).await.body["active"], false);
        assert_eq!(program.get("/api/v1/members").await.status, 401);
        let ended = json!({ "name": "K", "scopes": ["members.read"], "service_account_id": made.id() });
        assert!(
            owner
                .post("/api/v1/api-keys", ended)
                .await
                .error("/service_account_id")
                .starts_with("The access of this account")
        );
        assert_eq!(owner.post(&format!("{path}/reactivate"), json!({})).await.body["active"], true);
        assert_eq!(program.get("/api/v1/members").await.status, 200);

        // An admin gives no more than they hold, others nothing; a neighbour sees nothing.
        let dispatcher = acme.person("dispatcher").await;
        assert_eq!(dispatcher.get(all).await.status, 403);
        let neighbour = house.company("pooled").await;
        let stranger = neighbour.person("owner").await;
        assert_eq!(stranger.get(&path).await.status, 404);
        let theirs = json!({ "name": "K", "scopes": ["members.read"], "service_account_id": made.id() });
        assert_eq!(
            stranger.post("/api/v1/api-keys", theirs).await.error("/service_account_id"),
            "There is no such service account."
        );
    })
    .await;
}

#[tokio::test]
async fn the_pages_do_the_same() {
    let house = start(vec![]).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let empty = owner.page("/settings/service-accounts").await;
    assert!(empty.text.contains("No program has an account yet"), "{}", empty.text);
    let wrong = owner.form("/settings/service-accounts", &[("name", ""), ("role", "viewer")]).await;
    assert_eq!(wrong.status, 422);
    let made = owner.form("/settings/service-accounts", &[("name", "Site"), ("role", "viewer")]).await;
    let path = made.header("location").to_owned();
    assert_eq!(made.status, 303);
    assert!(owner.page(&path).await.text.contains("It has no key yet"));
    let id = path.rsplit('/').next().unwrap().to_owned();
    let form = owner.page(&format!("/settings/api-keys?account={id}")).await;
    assert!(form.text.contains(&format!("value=\"{id}\" selected")), "{}", form.text);

    let unticked = owner.form("/settings/api-keys", &[("name", "K"), ("rights", "some")]).await;
    assert!(unticked.status == 422 && unticked.text.contains("Tick below what the key may do."));
    // What was ticked stays so beside what is wrong.
    let nameless = [("name", ""), ("rights", "some"), ("scopes", "members.read"), ("scopes", "settings.read")];
    let nameless = owner.form("/settings/api-keys", &nameless).await;
    assert_eq!((nameless.status, nameless.text.matches(" checked").count()), (422, 3), "two, and the choice");
    let key = [("name", "K"), ("rights", "some"), ("scopes", "members.read"), ("account", id.as_str()), ("days", "30")];
    let shown = owner.form("/settings/api-keys", &key).await;
    let secret = |page: &str| {
        let from = page.find("tk_").filter(|at| !page[*at..].starts_with("tk_…")).unwrap();
        page[from..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
    };
    let first = secret(&shown.text);
    assert_eq!(bearer(acme.visitor(), &first).get("/api/v1/members").await.status, 200);
    assert!(owner.page(&path).await.text.contains("tk_…"), "the account shows its key");
    let keys = owner.get("/api/v1/api-keys?limit=1").await;
    let newest = keys.body["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(keys.body["data"][0]["service_account_id"], json!(id));
    let replaced = owner.form(&format!("/settings/api-keys/{newest}/rotate"), &[]).await;
    let second = secret(&replaced.text);
    assert_ne!(first, second);
    for key in [&first, &second] {
        assert_eq!(bearer(acme.visitor(), key).get("/api/v1/members").await.status, 200);
    }
    let ended = owner.form(&format!("{path}/deactivate"), &[]).await;
    assert_eq!(ended.status, 303);
    assert_eq!(bearer(acme.visitor(), &second).get("/api/v1/members").await.status, 401);
    assert!(owner.page(&path).await.text.contains("Give access back"));
}

//! No route opens to a credential that is not good: none, over, revoked, another company's, or without the one right it needs.
use harness::{Answer, Company, PASSWORD, Person};
use jiff::SignedDuration;
use kernel::{
    PERMISSIONS,
    module::{Gate, Route},
};
use serde_json::json;
use std::collections::BTreeMap;
use tradewind::modules;

use super::routes::fill;

fn holding<'a>(company: &'a Company<'_>, secret: &str) -> Person<'a> {
    let mut person = company.visitor();
    person.credential = Some(("authorization", format!("Bearer {secret}")));
    person
}

async fn tokens(company: &Company<'_>) -> Answer {
    let ask = json!({ "email": company.owner_email, "password": PASSWORD });
    let answer = company.visitor().post("/api/v1/auth/token", ask).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn text(answer: &Answer, name: &str) -> String {
    answer.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned()
}

async fn key(company: &Company<'_>, new: serde_json::Value) -> (String, String) {
    let made = company.program().post("/api/v1/api-keys", new).await;
    assert_eq!(made.status, 201, "{made:?}");
    (made.id(), text(&made, "key"))
}

async fn ask(person: &Person<'_>, route: &Route) -> Answer {
    person.send(route.method.clone(), &fill(route.path), &[], json!({})).await
}

/// All permissions, each once, without `but`.
fn scopes(but: Option<&str>) -> Vec<&'static str> {
    let mut names: Vec<&str> = PERMISSIONS.iter().map(|p| p.name).filter(|name| Some(*name) != but).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Generated from the route table: a new route is in it by being there.
#[tokio::test]
async fn no_route_opens_to_a_credential_that_is_not_good() {
    let house = harness::start(modules::list()).await;
    let routes = modules::all().routes;
    for placement in harness::PLACEMENTS {
        let (acme, neighbour) = (house.company(placement).await, house.company(placement).await);
        let mut bad: Vec<(&str, u16, Person)> = vec![];

        let soon = house.clock.now() + SignedDuration::from_mins(10);
        let (_, over) = key(&acme, json!({ "name": "Over", "scopes": scopes(None), "expires_at": soon })).await;
        let over_token = text(&tokens(&acme).await, "access_token");
        for (what, secret) in [("token", &over_token), ("key", &over)] {
            assert_eq!(holding(&acme, secret).get("/api/v1/customers").await.status, 200, "the {what} is good for now");
        }
        house.clock.advance(SignedDuration::from_mins(16));
        bad.push(("a token that is over", 401, holding(&acme, &over_token)));
        bad.push(("a key that is over", 401, holding(&acme, &over)));
        // From here on the clock stands: what is refused for another reason would be in time.
        let pair = tokens(&acme).await;
        bad.push(("a revoked token", 401, holding(&acme, &text(&pair, "access_token"))));
        let revoke = json!({ "refresh_token": text(&pair, "refresh_token") });
        assert_eq!(acme.visitor().post("/api/v1/auth/revoke", revoke).await.status, 204);
        let (id, secret) = key(&acme, json!({ "name": "Revoked", "scopes": scopes(None) })).await;
        let revoke = format!("/api/v1/api-keys/{id}/revoke");
        assert_eq!(acme.program().post(&revoke, json!({})).await.status, 200);
        bad.push(("a revoked key", 401, holding(&acme, &secret)));
        let account = json!({ "name": "Program", "role": "admin" });
        let account = acme.program().post("/api/v1/service-accounts", account).await.id();
        let of_account = json!({ "name": "K", "scopes": scopes(None), "service_account_id": account });
        let (_, secret) = key(&acme, of_account).await;
        let end = format!("/api/v1/service-accounts/{account}/deactivate");
        assert_eq!(acme.program().post(&end, json!({})).await.status, 200);
        bad.push(("a key of an account that was ended", 401, holding(&acme, &secret)));
        bad.push(("a refresh token", 401, holding(&acme, &text(&tokens(&acme).await, "refresh_token"))));
        bad.push(("another company's key", 403, holding(&acme, &neighbour.api_key)));
        let theirs = text(&tokens(&neighbour).await, "access_token");
        assert_eq!(holding(&neighbour, &theirs).get("/api/v1/customers").await.status, 200);
        bad.push(("another company's token", 403, holding(&acme, &theirs)));

        // For each permission a key that has it alone, and one that has all others.
        let mut keys = BTreeMap::new();
        for name in scopes(None) {
            let (_, only) = key(&acme, json!({ "name": "Only", "scopes": [name] })).await;
            let (_, others) = key(&acme, json!({ "name": "Others", "scopes": scopes(Some(name)) })).await;
            keys.insert(name, (holding(&acme, &only), holding(&acme, &others)));
        }

        let (mut refused, mut let_in) = (0, 0);
        for route in &routes {
            let at = format!("{} {}", route.method, route.path);
            // Public or not: what is shown and is not good is said so.
            for (what, status, person) in &bad {
                let answer = ask(person, route).await;
                assert_eq!(answer.status, *status, "{what} at {at}: {}", answer.text);
                refused += 1;
            }
            let Gate::Permission(name) = route.gate else { continue };
            assert_eq!(ask(&acme.visitor(), route).await.status, 401, "nobody at {at}");
            let (only, others) = &keys[name];
            let answer = ask(others, route).await;
            let elsewhere = route.path == "/" && answer.status == 303;
            assert!(answer.status == 403 || elsewhere, "all but {name} at {at}: {} {}", answer.status, answer.text);
            assert!(elsewhere || answer.body["code"] == "forbidden", "{at}: {}", answer.text);
            refused += 2;
            // Streams stay open.
            if route.path != "/live" {
                let answer = ask(only, route).await;
                assert!(!matches!(answer.status, 401 | 403) && answer.status < 500, "{name} at {at}: {}", answer.text);
                let_in += 1;
            }
        }
        println!("{placement}: {refused} refused, {let_in} let in, {} routes", routes.len());
        assert!(refused > 1500 && let_in > 100, "{refused} refused, {let_in} let in");
    }
}

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

use super::routes::{fill, planted};

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

/// The right in plain words, as a sentence goes on with it.
fn words_of(name: &str) -> String {
    let sentence = PERMISSIONS.iter().find(|p| p.name == name).map(|p| p.sentence).unwrap_or_default();
    sentence[..1].to_lowercase() + &sentence[1..]
}

/// As a browser asks for it.
async fn browse(person: &Person<'_>, route: &Route) -> Answer {
    person.send(route.method.clone(), &fill(route.path), &[("accept", "text/html")], json!({})).await
}

/// Half a sign-in opens its second half; a session that was ended opens nothing; a role with nothing is told, on every route,
/// in plain words what it lacks.
#[tokio::test]
async fn half_a_sign_in_an_ended_session_and_a_role_with_nothing_open_no_route() {
    let mut all = modules::list();
    all.push(planted());
    let routes: Vec<Route> = all.iter().flat_map(|module| module.routes.clone()).collect();
    let house = harness::start(all).await;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/roles", json!({ "label": "Nothing", "copy_of": "viewer" })).await;
        let path = format!("/api/v1/roles/{}", made.id());
        let bare = owner.patch(&path, &made.etag(), json!({ "permissions": [] })).await;
        assert_eq!(bare.body["permissions"], json!(["account.own"]), "one's own account stays: {bare:?}");
        let nobody = acme.person("viewer").await;
        let member = format!("/api/v1/members/{}", nobody.id.unwrap());
        let given = owner.patch(&member, &owner.get(&member).await.etag(), json!({ "role": made.body["name"] })).await;
        assert_eq!(given.status, 200, "{given:?}");
        let outside =
            [("half signed in", acme.half_signed_in("admin").await), ("signed out", acme.signed_out("admin").await)];

        let (mut broken, mut asked, mut named) = (vec![], 0, 0);
        for route in &routes {
            let Gate::Permission(name) = route.gate else { continue };
            let at = format!("{} {}", route.method, route.path);
            for (who, person) in &outside {
                let (wire, page) = (ask(person, route).await, browse(person, route).await);
                asked += 2;
                if wire.status != 401 {
                    broken.push(format!("{who} at {at}: {} {}", wire.status, wire.text));
                }
                // The API has no pages, and says so to a browser too.
                let turned = page.status == 303 && page.header("location").starts_with("/sign-in");
                let said = page.status == 401 && route.path.starts_with("/api/");
                if !(turned || said) {
                    broken.push(format!("{who} at {at} in a browser: {} {}", page.status, page.header("location")));
                }
            }
            // Streams stay open, and who signs out has no session for the rest.
            if name == "account.own" && matches!(route.path, "/live" | "/sign-out") {
                continue;
            }
            let answer = ask(&nobody, route).await;
            asked += 1;
            if name == "account.own" {
                if matches!(answer.status, 401 | 403) {
                    broken.push(format!("a role with nothing at {at}, which is one's own: {}", answer.status));
                }
                continue;
            }
            let elsewhere = route.path == "/" && answer.status == 303;
            let detail = answer.body["detail"].as_str().unwrap_or_default();
            if !elsewhere && (answer.status != 403 || !detail.contains(&words_of(name))) {
                broken.push(format!("a role with nothing at {at}: {} {}", answer.status, answer.text));
            }
            if !route.path.starts_with("/api/") && !elsewhere {
                let page = browse(&nobody, route).await;
                let said = format!("You need the right to {}", words_of(name));
                if page.status != 403 || !page.text.replace("&#39;", "'").contains(&said) {
                    broken.push(format!("a role with nothing at {at} in a browser: {} without “{said}”", page.status));
                }
                named += 1;
            }
        }
        let (known, broken): (Vec<_>, Vec<_>) = broken.into_iter().partition(|what| what.contains("/planted/"));
        assert!(broken.is_empty(), "{placement}: {} {broken:#?}", broken.len());
        // The control: a door whose lock is missing, and one with another lock, are found as each of them.
        for who in ["half signed in", "signed out", "a role with nothing"] {
            assert!(known.iter().any(|what| what.starts_with(who) && what.contains("no-lock")), "{who}: {known:#?}");
        }
        assert!(known.iter().any(|what| what.contains("wrong-lock") && what.starts_with("a role")), "{known:#?}");
        println!("{placement}: {asked} asked, {named} pages named the right");
        assert!(asked > 1000 && named > 100, "{asked} {named}");
    }
}

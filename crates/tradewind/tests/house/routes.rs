//! Every route keeps its promise: a stranger is sent away, and each role is let in exactly where its permissions say.
use axum::http::Method;
use harness::Company;
use kernel::{
    Access, Module, PERMISSIONS, Result, Role, Visitor,
    http::Json,
    module::{Gate, Route},
};
use serde_json::{Value, json};
use tradewind::modules;

async fn open(_: Visitor) -> Result<Json<Value>> {
    Ok(Json(json!({})))
}
async fn owners_only(_: Access<tenancy::MembersWrite>) -> Result<Json<Value>> {
    Ok(Json(json!({})))
}

/// Two doors that keep another promise than the one on the sign.
pub fn planted() -> Module {
    let mut planted = Module::new("planted")
        .get("/api/v1/planted/no-lock", open, "Says it needs a permission, and asks for none")
        .get("/api/v1/planted/wrong-lock", owners_only, "Says it needs one permission, and asks for another");
    planted.routes.iter_mut().for_each(|route| route.gate = Gate::Permission("customers.read"));
    planted
}

#[derive(Default)]
struct Kept {
    refused: usize,
    let_in: usize,
    broken: Vec<String>,
}

/// Asks every route that needs a permission, as nobody and as each role.
async fn promises(acme: &Company<'_>, routes: &[Route]) -> Kept {
    let stranger = acme.visitor();
    let mut people = vec![];
    for role in Role::ALL.iter().filter(|role| **role != Role::Customer) {
        people.push((*role, acme.person(role.as_str()).await));
    }
    let mut kept = Kept::default();
    for route in routes {
        let Gate::Permission(name) = route.gate else { continue };
        // Streams stay open; signing out would end the person's own session.
        if matches!(route.path, "/live" | "/sign-out") {
            continue;
        }
        let path = fill(route.path);
        let answer = stranger.send(route.method.clone(), &path, &[], json!({})).await;
        if answer.status != 401 {
            kept.broken.push(format!("a stranger at {} {}: {}", route.method, route.path, answer.status));
        }
        let info = PERMISSIONS.iter().find(|p| p.name == name);
        for (role, person) in &people {
            let answer = person.send(route.method.clone(), &path, &[], json!({})).await;
            let held = info.is_none_or(|p| p.roles.contains(role));
            // The first page sends those who may not see it to their own first page.
            let shown = answer.status != 403 && !(route.path == "/" && answer.status == 303);
            if shown != held || answer.status >= 500 {
                let (method, path, status) = (&route.method, route.path, answer.status);
                kept.broken.push(format!("{role} at {method} {path} ({name}): {status} {}", answer.text));
            }
            if held { kept.let_in += 1 } else { kept.refused += 1 }
        }
    }
    kept
}

#[tokio::test]
async fn every_route_keeps_its_promise() {
    let mut all = modules::list();
    all.push(planted());
    let routes: Vec<Route> = all.iter().flat_map(|module| module.routes.clone()).collect();
    assert!(routes.iter().filter(|route| route.method == Method::GET).count() > 50);
    let house = harness::start(all).await;
    for placement in harness::PLACEMENTS {
        let kept = promises(&house.company(placement).await, &routes).await;
        let (known, broken): (Vec<_>, Vec<_>) = kept.broken.into_iter().partition(|what| what.contains("/planted/"));
        assert!(broken.is_empty(), "{placement}: {broken:#?}");
        // Both kinds of broken promise are seen: who should be kept out comes in, who should come in is kept out.
        let seen = |who: &str, door: &str| known.iter().any(|what| what.starts_with(who) && what.contains(door));
        assert!(seen("a stranger", "no-lock") && !seen("a stranger", "wrong-lock"), "{known:#?}");
        assert!(seen("dispatcher", "wrong-lock") && !seen("owner", "wrong-lock"), "{known:#?}");
        // Both kinds of answer were given, many times.
        let (refused, let_in) = (kept.refused, kept.let_in);
        assert!(refused > 50 && let_in > 200, "{refused} refused, {let_in} let in");
    }
}

pub fn fill(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .map(|part| if part.starts_with('{') { kernel::Uuid::now_v7().to_string() } else { part.to_owned() })
        .collect();
    parts.join("/")
}

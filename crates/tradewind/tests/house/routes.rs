//! Every route keeps its promise: a stranger is sent away, and each role is let in exactly where its permissions say.
use kernel::{PERMISSIONS, Role, module::Gate};
use serde_json::json;
use tradewind::modules;

/// Routes open to those without a log-in. It may only shrink without a good reason; `golden/routes.txt` shows all.
#[tokio::test]
async fn every_route_keeps_its_promise() {
    let house = harness::start(modules::list()).await;
    let routes = modules::all().routes;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let stranger = acme.visitor();
        let mut people = vec![];
        for role in Role::ALL.iter().filter(|role| **role != Role::Customer) {
            people.push((*role, acme.person(role.as_str()).await));
        }
        let (mut refused, mut let_in) = (0, 0);
        for route in &routes {
            let Gate::Permission(name) = route.gate else { continue };
            // Streams stay open; signing out would end the person's own session.
            if matches!(route.path, "/live" | "/sign-out") {
                continue;
            }
            let path = fill(route.path);
            let answer = stranger.send(route.method.clone(), &path, &[], json!({})).await;
            assert_eq!(answer.status, 401, "a stranger at {} {}: {}", route.method, route.path, answer.text);
            let info = PERMISSIONS.iter().find(|p| p.name == name);
            for (role, person) in &people {
                let answer = person.send(route.method.clone(), &path, &[], json!({})).await;
                let held = info.is_none_or(|p| p.roles.contains(role));
                // The first page sends those who may not see it to their own first page.
                let shown = answer.status != 403 && !(route.path == "/" && answer.status == 303);
                assert_eq!(
                    shown, held,
                    "{role} at {} {} ({name}): {} {}",
                    route.method, route.path, answer.status, answer.text
                );
                assert!(answer.status < 500, "{role} at {} {}: {}", route.method, route.path, answer.text);
                if held { let_in += 1 } else { refused += 1 }
            }
        }
        // The positive and the sabotage control: both kinds of answer were seen, many times.
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

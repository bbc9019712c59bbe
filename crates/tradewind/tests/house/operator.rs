//! Whoever looks into a company reads: every route there is refuses them a change, three walls deep, and tells nothing of
//! the house's own pages to those of a company.
use axum::http::Method;
use kernel::{Access, Module, PERMISSIONS, Result, TenantTx, http::NoContent, module::Gate, permission::Granted};
use serde_json::json;
use tenancy::{
    SettingsRead,
    support::{VisitAsked, VisitId},
};
use tradewind::modules;

use super::routes::fill;

/// What an operator never holds, not even when an owner lets them change things: all that is named otherwise than
/// `.read` and `.write`, and these.
const NEVER_WRITTEN: &[&str] = &["members.write"];
/// Named otherwise: somebody's own, keys, what is sent, what is brought, taken or renamed in bulk, and the say over visits itself.
const NEITHER: &[&str] = &[
    "account.own",
    "api_keys.manage",
    "appointments.overlap",
    "calendars.share",
    "customers.import",
    "customers.merge",
    "customers.tags",
    "email.send",
    "email.settings",
    "exports.create",
    "jobs.own",
    "ledger.close",
    "payments.charge",
    "payments.manage",
    "payments.refund",
    "portal.send",
    "support.manage",
    "work.finish_anyway",
    "work.own",
    "work.reopen",
];

#[test]
fn what_an_operator_may_is_read_off_the_names_of_the_permissions() {
    let (reads, writes) = (Granted::of_operator(false), Granted::of_operator(true));
    let (mut never, mut neither) = (vec![], vec![]);
    for name in PERMISSIONS.iter().map(|permission| permission.name) {
        let shows = name.ends_with(".read") || name.ends_with(".see");
        assert_eq!(reads.has(name), shows, "{name}");
        match (shows, name.ends_with(".write")) {
            (true, _) => assert!(writes.has(name), "{name}"),
            (_, true) if !writes.has(name) => never.push(name),
            (_, true) => {}
            _ => {
                assert!(!writes.has(name), "{name}");
                neither.push(name);
            }
        }
    }
    never.sort_unstable();
    neither.sort_unstable();
    assert_eq!(never, NEVER_WRITTEN, "is this to stay out of every visit's reach?");
    assert_eq!(neither, NEITHER, "a permission whose name does not say whether it reads: no visit gets it");
}

/// Each route of the table, with a visit that only looks.
#[tokio::test]
async fn a_visit_that_only_looks_changes_nothing_by_any_route() {
    let house = harness::start(modules::list()).await;
    let routes = modules::all().routes;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let caller = tradewind::demo::Caller::new(house.router.clone(), &acme.host, &acme.api_key);
        tradewind::demo::story(&caller, house.house.clock().now()).await.expect("the story of a job");
        house.run_jobs().await;
        let sam = house.operator("Sam Support").await;
        let (_, looking) = sam.visit(&acme).await;
        let (mut refused, mut read) = (0, 0);
        let untouched = acme.fingerprint().await;
        for route in
            routes.iter().filter(|route| route.path != "/support/leave" && !route.path.starts_with("/operator"))
        {
            let path = fill(route.path);
            let answer = looking.send(route.method.clone(), &path, &[("accept", "application/json")], json!({})).await;
            assert!(answer.status < 500, "{} {}: {answer:?}", route.method, route.path);
            if route.method != Method::GET {
                assert_eq!(answer.status, 403, "{} {}: {answer:?}", route.method, route.path);
                assert_eq!(answer.body["code"], "only_looking", "{} {}: {answer:?}", route.method, route.path);
                refused += 1;
                continue;
            }
            if let Gate::Permission(name) = route.gate {
                // The first page sends those who may not see it on.
                assert_eq!(answer.status != 403, name.ends_with(".read"), "{} ({name}): {answer:?}", route.path);
                read += usize::from(answer.status != 403);
            }
        }
        assert!(refused > 120 && read > 60, "{refused} refused, {read} read");
        // But for what they looked at, which is theirs to leave behind.
        let without = |rows: &str| -> Vec<String> {
            rows.lines().filter(|line| !line.starts_with("support_look=")).map(str::to_owned).collect()
        };
        let after = acme.fingerprint().await;
        assert_eq!(without(&after), without(&untouched), "something was changed by looking");
        assert_ne!(after, untouched, "nothing was written down of what they looked at");
    }
}

/// A page that should only show, and writes.
async fn planted(access: Access<SettingsRead>) -> Result<NoContent> {
    let tenant = access.tenant().id;
    access
        .write_with(async |tx: &mut TenantTx| {
            tx.tell(&VisitAsked { visit: VisitId(tenant), minutes: 15 });
            Ok(())
        })
        .await?;
    Ok(NoContent)
}

/// The wall behind the handlers: PostgreSQL takes no change in the name of who only looks, whatever a handler asks for.
#[tokio::test]
async fn a_page_that_writes_writes_nothing_for_who_only_looks() {
    let module = Module::new("planted").get("/api/v1/planted", planted, "Writes, and should not");
    let house = harness::start(vec![module]).await;
    harness::in_both_placements(&house, async |acme| {
        let sam = house.operator("Sam Support").await;
        let (_, looking) = sam.visit(&acme).await;
        let untouched = acme.fingerprint().await;
        let answer = looking.get("/api/v1/planted").await;
        assert_eq!((answer.status, &answer.body["code"]), (403, &json!("only_looking")), "{answer:?}");
        assert_eq!(acme.fingerprint().await, untouched);
        assert_eq!(acme.person("owner").await.get("/api/v1/planted").await.status, 204, "others it lets write");
        assert_ne!(acme.fingerprint().await, untouched);
    })
    .await;
}

/// Nobody of a company, whatever their role, comes to the pages of those who run the house, and nobody outside does.
#[tokio::test]
async fn the_pages_of_those_who_run_the_house_open_to_nobody_else() {
    let house = harness::start(modules::list()).await;
    let acme = house.company("pooled").await;
    let (owner, sam) = (acme.person("owner").await, house.operator("Sam Support").await);
    let mut asked = 0;
    for route in modules::all().routes.iter().filter(|route| route.gate == Gate::Operator) {
        asked += 1;
        let path = fill(route.path);
        for (who, expected) in
            [(house.outside(), 401), (owner.clone(), 404), (acme.visitor(), 404), (acme.program(), 404)]
        {
            let answer = who.send(route.method.clone(), &path, &[], json!({})).await;
            assert_eq!(answer.status, expected, "{} {}: {answer:?}", route.method, route.path);
        }
        let desk = house.at(&acme.host, Some(&sam.cookie));
        let answer = desk.send(route.method.clone(), &path, &[], json!({})).await;
        assert_eq!(answer.status, 404, "{} {} at a company: {answer:?}", route.method, route.path);
    }
    assert!(asked >= 8, "only {asked} routes");
}

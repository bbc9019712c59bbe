//! Looking changes nothing: browsers look at pages before anybody asks for them, and again, and so do mail programs.
use super::neighbour::{
    ask::{Caller, Probe},
    declared::Declared,
    operation::Operation,
    operations,
    side::{cast, furnish, nowhere},
};
use axum::http::Method;
use customers::{CustomerId, CustomersRead};
use harness::Company;
use kernel::{
    Access, Module, Result, TenantTx,
    http::{Json, Path},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tradewind::modules;

/// A GET that does what it should not.
async fn tidies_up(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Json<Value>> {
    access.write_with(async |tx: &mut TenantTx| customers::customer::archive::archive(tx, id).await).await?;
    Ok(Json(json!({})))
}

/// Every row of the company, what waits to be done for it, and how the registry knows it.
async fn state(acme: &Company<'_>) -> String {
    let above = acme.test.above().await;
    let mut all = acme.fingerprint().await;
    for sql in [
        "select coalesce(md5(string_agg(o::text, '|' order by id)), '') from ops.outbox o where tenant_id = $1",
        "select coalesce(md5(string_agg(j::text, '|' order by id)), '') from ops.job j where tenant_id = $1",
        "select md5(t::text) from ctl.tenant t where id = $1",
        "select coalesce(md5(string_agg(h::text, '|' order by host)), '') from ctl.host h where tenant_id = $1",
    ] {
        all += &above.query_one(sql, &[&acme.id]).await.unwrap().get::<_, String>(0);
        all.push('\n');
    }
    all
}

/// Answers of one route to somebody, with ids of the company's own; so many of them were no refusals.
async fn look(probe: &Probe, operation: &Operation, callers: &[&Caller], ids: &[String]) -> usize {
    let mut shown = 0;
    for caller in callers {
        for page in [false, true] {
            let caller = if page { caller.with("accept", "text/html") } else { (*caller).clone() };
            shown += usize::from(probe.ask(operation, &caller, ids).await.is_success());
        }
    }
    shown
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_get_changes_anything() {
    let planted = Module::new("planted").get("/planted/customers/{id}", tidies_up, "Puts away what is looked at");
    let mut all = modules::list();
    all.push(planted);
    let routes: Vec<_> = all.iter().flat_map(|module| module.routes.clone()).collect();
    let house = harness::start(all).await;
    let declared = Arc::new(Declared::of(&routes));
    let gets: Vec<Arc<Operation>> = operations(&routes).into_iter().filter(|o| o.method == Method::GET).collect();
    assert!(gets.len() > 120, "only {} routes are looked at", gets.len());
    harness::in_both_placements(&house, async |acme| {
        let side = furnish(&acme).await;
        let cast = cast(&acme, &side).await;
        let probe = Probe::of(&house.router, &declared);
        let outside = Caller::new("outside", "tradewind.test", &[]);
        let callers = [&cast.token, &cast.session, &cast.phone, &cast.public, &outside];
        let (planted, house_s): (Vec<_>, Vec<_>) = gets.iter().partition(|o| o.route.starts_with("/planted"));
        let ids = |operation: &Operation| side.right(operation).unwrap_or_else(|| nowhere(operation));
        let before = state(&acme).await;
        let mut opened = 0;
        for operation in &house_s {
            opened += usize::from(look(&probe, operation, &callers, &ids(operation)).await > 0);
        }
        if before != state(&acme).await {
            let mut before = state(&acme).await;
            let mut culprits = vec![];
            for operation in &house_s {
                look(&probe, operation, &callers, &ids(operation)).await;
                let after = state(&acme).await;
                if after != before {
                    culprits.push(operation.route);
                }
                before = after;
            }
            panic!("looking at these changes something (or did so the first time, when none is named): {culprits:?}");
        }
        assert!(opened * 10 > house_s.len() * 9, "only {opened} of {} were opened by anybody", house_s.len());
        // The control: what the planted route does is seen.
        look(&probe, planted[0], &callers[..1], &ids(planted[0])).await;
        assert_ne!(before, state(&acme).await, "the GET that puts a customer away was not seen");
    })
    .await;
}

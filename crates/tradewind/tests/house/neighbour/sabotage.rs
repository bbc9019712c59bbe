//! The probes can see: each defence is taken away, and what then stands or falls is found.
use super::{
    ask::{Caller, Fill, Group, Probe},
    kinds, operations, probe,
    side::{cast, furnish, nowhere},
};
use kernel::{
    Access, Error, Module, Result, Visitor,
    http::{Json, Path},
    module::Gate,
};
use serde_json::{Value, json};
use std::sync::Arc;
use tradewind::modules;
use uuid::Uuid;

/// The app's own login, for statements that no crate of the house would be allowed to have.
struct Login(String);

async fn name_of(access: &Access<customers::CustomersRead>, sql: &str, id: Uuid) -> Result<Json<Value>> {
    let broken = |e: tokio_postgres::Error| Error::Bug(e.to_string());
    let login = access.house().kept::<Login>().ok_or(Error::NotFound)?;
    let (mut client, connection) = tokio_postgres::connect(&login.0, tokio_postgres::NoTls).await.map_err(broken)?;
    tokio::spawn(connection);
    let tx = client.transaction().await.map_err(broken)?;
    tx.execute("select wall.set_tenant($1)", &[&access.tenant().id]).await.map_err(broken)?;
    let row = tx.query_opt(sql, &[&access.tenant().id, &id]).await.map_err(broken)?;
    row.map(|row| Json(json!({ "name": row.get::<_, String>(0) }))).ok_or(Error::NotFound)
}

async fn ties(access: Access<customers::CustomersRead>, Path(id): Path<Uuid>) -> Result<Json<Value>> {
    name_of(&access, "select name from app.customer where tenant_id = $1 and id = $2", id).await
}

/// `$1` is there, and does nothing.
async fn forgets(access: Access<customers::CustomersRead>, Path(id): Path<Uuid>) -> Result<Json<Value>> {
    name_of(&access, "select name from app.customer where $1::uuid is not null and id = $2", id).await
}

async fn open(_: Visitor, Path(id): Path<Uuid>) -> Result<Json<Value>> {
    Ok(Json(json!({ "id": id })))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_defence_holds_alone_and_a_hole_in_both_is_found() {
    let mut planted = Module::new("planted")
        .get("/api/v1/planted/ties/customers/{id}", ties, "Names its tenant")
        .get("/api/v1/planted/forgets/customers/{id}", forgets, "Forgets its tenant")
        .get("/api/v1/planted/open/customers/{id}", open, "Says it needs a permission, and asks for none");
    planted.routes[2].gate = Gate::Permission("customers.read");
    let mut all = modules::list();
    all.push(planted);
    let routes: Vec<_> = all.iter().flat_map(|module| module.routes.clone()).collect();
    let house = harness::start_apart(all).await;
    house.house.keep(Login(house.ground.dsns.app.clone()));
    let (acme, neighbour) = (house.company("pooled").await, house.company("pooled").await);
    let (ours, theirs) = (furnish(&acme).await, furnish(&neighbour).await);
    let cast = cast(&acme, &ours).await;
    let operations = operations(&routes);
    let declared = Arc::new(super::declared::Declared::of(&routes));

    // By the neighbour's right ids, everywhere; the leaks' routes.
    let leaks = async || {
        let probe: Arc<Probe> = probe(&house, &declared, &ours, &theirs);
        let groups = operations.iter().filter(|o| !o.places.is_empty() && !o.route.ends_with("open/customers/{id}"));
        let groups: Vec<Group> = groups
            .filter_map(|operation| {
                Some(Group {
                    operation: operation.clone(),
                    caller: Arc::<Caller>::new(cast.token.clone()),
                    nothing: nowhere(operation),
                    foreign: true,
                    fills: vec![Fill { kind: "theirs", ids: theirs.right(operation)? }],
                })
            })
            .collect();
        assert!(groups.len() > 150, "only {} operations are asked", groups.len());
        probe.run(8, groups).await;
        probe.leaks.lock().unwrap().clone()
    };
    let above = house.above().await;
    let walls = async |word: &str| {
        let tables = above
            .query("select relname::text from pg_class where relnamespace = 'app'::regnamespace and relkind in ('r', 'p') and relforcerowsecurity order by 1", &[])
            .await
            .unwrap();
        for table in tables {
            let sql = format!("alter table app.{} {word} row level security", table.get::<_, &str>(0));
            above.batch_execute(&sql).await.unwrap();
        }
    };

    let found = leaks().await;
    assert!(found.is_empty(), "row-level security alone holds the statement that forgets its tenant: {found:#?}");

    walls("disable").await;
    let found = leaks().await;
    let holes = found.iter().filter(|leak| leak.contains("/planted/forgets/")).count();
    assert!(holes > 0, "without policies, the statement that forgets its tenant was not found");
    assert_eq!(found.len(), holes, "without policies, every statement of the house holds by its `$1`: {found:#?}");

    walls("enable").await;
    assert!(leaks().await.is_empty(), "the walls stand again");

    // A permission that the route table promises and the handler does not ask for.
    let probe = probe(&house, &declared, &ours, &theirs);
    kinds::shut(&probe, &operations, &cast, &ours).await;
    let found = probe.leaks.lock().unwrap().clone();
    assert!(found.iter().any(|leak| leak.contains("/planted/open/")), "the door without a lock was not found");
    assert!(found.iter().all(|leak| leak.contains("/planted/open/")), "{found:#?}");
}

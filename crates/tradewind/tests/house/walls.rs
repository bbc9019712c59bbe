//! The walls of the whole schema, pooled and dedicated, stand; and the lint that says so can see. Every rule of it has a
//! planted hole of its own in `crates/walls/tests/walls/mutations.rs`.
use tradewind::modules;

#[tokio::test]
async fn every_table_is_walled() {
    let house = harness::start(modules::list()).await;
    for placement in harness::PLACEMENTS {
        house.company(placement).await;
    }
    let findings = walls::lint::check(&house.ground.dsns.admin).await.unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}

/// Each hole is planted in the house's own tables, found by its rule and its place, and closed again.
#[tokio::test]
async fn a_hole_in_the_walls_of_the_house_is_found() {
    let house = harness::start_apart(modules::list()).await;
    let acme = house.company("dedicated").await;
    let (above, schema) = (house.above().await, acme.schema().await);
    for (rule, object, planted) in [
        ("R01", "app.invoice", "alter table app.invoice disable row level security".to_owned()),
        ("R02", "payment", format!("alter table {schema}.payment no force row level security")),
        ("R05", "app.customer", "create policy planted on app.customer to tw_app using (true)".to_owned()),
        ("R25", "app.work_order", "grant update (tenant_id) on app.work_order to tw_app".to_owned()),
        ("R34", "appointment", format!("alter table {schema}.appointment drop constraint one_tenant")),
    ] {
        above.batch_execute("begin").await.unwrap();
        above.batch_execute(&planted).await.unwrap();
        let found = walls::lint::check_on(&above).await.unwrap();
        above.batch_execute("rollback").await.unwrap();
        assert!(
            found.iter().any(|f| f.rule.starts_with(rule) && f.object.contains(object)),
            "{planted}: {rule} is not among {found:#?}"
        );
    }
    let findings = walls::lint::check_on(&above).await.unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}

/// A backup that could not enter a schema would be found out on the day it is needed.
#[tokio::test]
async fn a_backup_reaches_every_table_of_both_placements() {
    let house = harness::start(modules::list()).await;
    let above = house.above().await;
    let acme = house.company("dedicated").await;
    let schema = acme.schema().await;
    above.batch_execute("set role tw_backup").await.unwrap();
    let tables = above
        .query("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('app', 'ctl', 'ops', $1)", &[&schema])
        .await
        .unwrap();
    assert!(tables.len() > 80, "only {} tables", tables.len());
    for table in tables {
        let sql = format!("select count(*) from {}", table.get::<_, &str>(0));
        above.query_one(&sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {:?}", e.as_db_error()));
    }
}

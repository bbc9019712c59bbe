//! Tenants are made whole or not at all.

use crate::ground::{Ground, company, count, grounds, id};
use walls::tenant::{self, Placement, SeedStatement};

fn seeds(of: &str) -> Vec<SeedStatement> {
    vec![SeedStatement::new(
        "insert into audit (tenant_id, id, actor_kind, action) values ($1, $2, 'system', $3)",
        vec![Box::new(uuid::Uuid::nil()), Box::new(id()), Box::new(of.to_owned())],
    )]
}

/// The first parameter is the tenant's id.
fn seed(new: &tenant::NewTenant) -> Vec<SeedStatement> {
    let mut seeds = seeds(&new.slug);
    for one in &mut seeds {
        one.params[0] = Box::new(new.id);
    }
    seeds.push(SeedStatement::new(
        "insert into ops.outbox (tenant_id, id, kind) values ($1, $2, 'tenant.created')",
        vec![Box::new(new.id), Box::new(id())],
    ));
    seeds
}

#[tokio::test]
async fn a_tenant_is_made_in_either_placement_and_sees_its_own() {
    for ground in grounds().await {
        let mut made = Vec::new();
        for (slug, placement) in [
            ("acme", Placement::Pooled),
            ("bolt", Placement::Pooled),
            ("cool", Placement::Dedicated),
            ("duct", Placement::Dedicated),
        ] {
            let new = tenant::NewTenant { placement, ..company(slug) };
            let seed = seed(&new);
            let tenant = tenant::create(&ground.dsns, &ground.secrets, new, &seed).await.unwrap();
            assert_eq!(
                (tenant.placement, tenant.schema_name.is_some()),
                (placement, placement == Placement::Dedicated)
            );
            made.push(tenant);
        }
        for tenant in &made {
            let mut client = match &tenant.schema_name {
                None => ground.app().await,
                Some(schema) => ground.dedicated(schema).await,
            };
            assert_eq!(count(&client, "select count(*) from audit").await, 0, "nobody bound, nothing seen");
            let tx = client.transaction().await.unwrap();
            tx.execute("select wall.set_tenant($1)", &[&tenant.id]).await.unwrap();
            let row = tx.query_one("select count(*), min(action) from audit", &[]).await.unwrap();
            assert_eq!((row.get::<_, i64>(0), row.get::<_, Option<&str>>(1)), (1, Some(tenant.slug.as_str())));
            tx.commit().await.unwrap();
        }
        let job = crate::ground::client(&ground.dsns.job).await;
        assert_eq!(count(&job, "select count(*) from ops.outbox").await, 4);
        let slugs: Vec<_> = tenant::list(&ground.dsns.admin).await.unwrap().into_iter().map(|t| t.slug).collect();
        assert_eq!(slugs, ["acme", "bolt", "cool", "duct"]);
        let shown = tenant::show(&ground.dsns.admin, "cool").await.unwrap().unwrap();
        assert_eq!(shown.id, made[2].id);
        assert!(tenant::show(&ground.dsns.admin, "none").await.unwrap().is_none());
        let again = tenant::create(&ground.dsns, &ground.secrets, company("acme"), &[]).await.unwrap_err();
        assert!(matches!(again, walls::Error::SlugTaken { .. }), "{again}");
    }
}

async fn traces(ground: &Ground) -> Vec<i64> {
    let admin = ground.admin().await;
    let mut all = Vec::new();
    for sql in [
        "select count(*) from ctl.tenant",
        "select count(*) from ctl.migration",
        "select count(*) from pg_namespace",
        "select count(*) from pg_class",
        "select count(*) from pg_roles where rolname like 'tenant\\_%' and shobj_description(oid, 'pg_authid') = 'tradewind: ' || current_database()",
        "select count(*) from ops.outbox",
        "select count(*) from app.audit",
    ] {
        all.push(count(&admin, sql).await);
    }
    all
}

#[tokio::test]
async fn a_failure_leaves_nothing_behind() {
    for ground in grounds().await {
        let before = traces(&ground).await;
        for placement in [Placement::Pooled, Placement::Dedicated] {
            for injected in [
                "select 1/0",
                "insert into no_such_table values (1)",
                "select pg_catalog.pg_sleep(0)",
                "update audit set action = 'x'",
            ] {
                let new = tenant::NewTenant { placement, ..company("unlucky") };
                let mut seed = seed(&new);
                seed.push(SeedStatement::new(injected, Vec::new()));
                let error = tenant::create(&ground.dsns, &ground.secrets, new, &seed).await.unwrap_err();
                assert!(error.to_string().contains("statement 3"), "{error}");
                assert_eq!(traces(&ground).await, before, "{placement} {injected}");
            }
        }
        // The neighbour's id in a first row is refused like anywhere else.
        let new = tenant::NewTenant { placement: Placement::Dedicated, ..company("crooked") };
        tenant::create(&ground.dsns, &ground.secrets, new, &seeds("crooked")).await.unwrap_err();
        assert_eq!(traces(&ground).await, before);
        let new = tenant::NewTenant { placement: Placement::Dedicated, ..company("unlucky") };
        let seed = seed(&new);
        tenant::create(&ground.dsns, &ground.secrets, new, &seed).await.unwrap();
        assert_ne!(traces(&ground).await, before, "and without a failure all of it is there");
    }
}

#[tokio::test]
async fn what_no_tenant_owns_is_listed_and_dropped() {
    for ground in grounds().await {
        let new = tenant::NewTenant { placement: Placement::Dedicated, ..company("kept") };
        let kept = tenant::create(&ground.dsns, &ground.secrets, new, &[]).await.unwrap();
        let new = tenant::NewTenant { placement: Placement::Dedicated, ..company("lost") };
        let lost = tenant::create(&ground.dsns, &ground.secrets, new, &[]).await.unwrap().schema_name.unwrap();
        let admin = ground.admin().await;
        admin.execute("delete from ctl.tenant where slug = 'lost'", &[]).await.unwrap();
        admin.batch_execute("create schema tenant_by_hand").await.unwrap();
        let names = |found: Vec<tenant::Orphan>| {
            found.into_iter().map(|o| (o.name, o.has_schema, o.has_role)).collect::<Vec<_>>()
        };
        let expected = vec![("tenant_by_hand".to_owned(), true, false), (lost, true, true)];
        assert_eq!(names(tenant::orphans(&ground.dsns.admin).await.unwrap()), expected);
        assert_eq!(names(tenant::drop_orphans(&ground.dsns.admin).await.unwrap()), expected);
        assert!(tenant::orphans(&ground.dsns.admin).await.unwrap().is_empty());
        ground.dedicated(&kept.schema_name.unwrap()).await;
    }
}

#[tokio::test]
async fn every_login_works_over_tcp_with_its_password_and_with_no_other() {
    for ground in grounds().await {
        let new = tenant::NewTenant { placement: Placement::Dedicated, ..company("door") };
        let schema = tenant::create(&ground.dsns, &ground.secrets, new, &[]).await.unwrap().schema_name.unwrap();
        let (host, port) = ground.server.tcp_address().unwrap();
        for role in ["tw_app", "tw_job", "tw_control", "tw_migrate", &schema] {
            let dsn = |password: &str| format!("postgresql://{role}:{password}@{host}:{port}/{}", ground.database);
            let client = crate::ground::client(&dsn(&ground.secrets.password(role))).await;
            assert_eq!(client.query_one("select current_user::text", &[]).await.unwrap().get::<_, &str>(0), role);
            assert!(tokio_postgres::connect(&dsn("wrong"), tokio_postgres::NoTls).await.is_err());
        }
    }
}

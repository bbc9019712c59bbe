//! A managed PostgreSQL lends no superuser: what can be built is built, what cannot be closed is said.

use crate::ground::{client, company, secrets, servers_again};
use walls::tenant::{self, Placement, SeedStatement};
use walls::{lint, migrate, prepare};

#[tokio::test]
async fn an_administrator_without_superuser_gets_walls_and_a_list() {
    // Roles belong to the cluster and whoever made them: this needs a cluster where no superuser prepared anything.
    for server in servers_again().await {
        let root = client(&server.dsn()).await;
        root.batch_execute("create role boss login createrole createdb password 'boss'").await.unwrap();
        root.batch_execute("create database trade owner boss").await.unwrap();
        let admin = server.dsn_for("boss", "trade");
        for _ in 0..2 {
            let (dsns, warnings) = prepare(&admin, &secrets()).await.unwrap();
            assert!(warnings.iter().any(|w| w.contains("set_config")), "{warnings:?}");
            assert!(warnings.iter().any(|w| w.contains("tw_backup")), "{warnings:?}");
            migrate::up(&dsns, &secrets()).await.unwrap();
        }
        let (dsns, warnings) = prepare(&admin, &secrets()).await.unwrap();
        let mut opened = Vec::new();
        for (slug, placement) in [("shared", Placement::Pooled), ("own", Placement::Dedicated)] {
            let new = tenant::NewTenant { placement, ..company(slug) };
            let seed = [SeedStatement::new(
                "insert into audit (tenant_id, id, actor_kind, action) values ($1, $1, 'system', 'born')",
                vec![Box::new(new.id)],
            )];
            opened.push(tenant::create(&dsns, &secrets(), new, &seed).await.unwrap());
        }
        let schema = opened[1].schema_name.as_ref().unwrap();
        for (tenant, dsn) in
            [(&opened[0], dsns.app.clone()), (&opened[1], tenant::dsn(&dsns, &secrets(), schema).unwrap())]
        {
            let mut session = client(&dsn).await;
            let tx = session.transaction().await.unwrap();
            tx.execute("select wall.set_tenant($1)", &[&tenant.id]).await.unwrap();
            assert_eq!(tx.query_one("select count(*) from audit", &[]).await.unwrap().get::<_, i64>(0), 1);
        }
        let left: Vec<_> = lint::check(&admin)
            .await
            .unwrap()
            .into_iter()
            .filter(|f| !f.needs_superuser() && !f.rule.starts_with("R31"))
            .collect();
        assert!(left.is_empty(), "PostgreSQL {}: {left:#?}", server.major_version());

        // What the warnings name is what a superuser has to run, and then nothing is left.
        let root = client(&server.dsn_for("postgres", "trade")).await;
        for warning in &warnings {
            root.batch_execute(warning.split_once("let one run: ").unwrap().1).await.unwrap();
        }
        assert_eq!(prepare(&admin, &secrets()).await.unwrap().1, Vec::<String>::new());
        let left: Vec<_> =
            lint::check(&admin).await.unwrap().into_iter().filter(|f| !f.rule.starts_with("R31")).collect();
        assert!(left.is_empty(), "{left:#?}");
        server.stop().await.unwrap();
    }
}

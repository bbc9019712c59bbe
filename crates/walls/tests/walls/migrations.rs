//! Migrations: there and back, walled, resumable, one at a time.

use crate::ground::{Ground, client, company, count, empty, grounds, secrets};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use walls::migrate::Runner;
use walls::migration::Histories;
use walls::tenant::{self, Placement};
use walls::{Dsns, Error, lint};

/// Our own history and these files after it.
fn with(extra: &[(&str, &str)]) -> Runner {
    let mut histories = Histories::ours().unwrap();
    histories.tenant.extend(Histories::read(&[], extra).unwrap().tenant);
    let mut runner = Runner::of(histories);
    runner.pause = Duration::from_millis(100);
    runner.rounds = 2;
    runner
}

const TOOL: (&str, &str) = (
    "9001_tool.up.sql",
    "--! grant tool_use: select, insert, update(note)\n--! secret tool_use\n\
    create table tool (tenant_id uuid not null default wall.current_tenant(), id uuid not null, name text not null, created_at timestamptz not null default now(), created_by uuid, primary key (tenant_id, id));\n\
    create table tool_use (tenant_id uuid not null default wall.current_tenant(), id uuid not null, note text, primary key (tenant_id, id));",
);
const TOOL_BACK: (&str, &str) = ("9001_tool.down.sql", "drop table tool_use, tool;");
const BRAND: (&str, &str) = (
    "9002_brand.up.sql",
    "--! backfill tool\nalter table tool add column brand text;\nupdate tool set brand = upper(name);",
);
const BRAND_BACK: (&str, &str) = ("9002_brand.down.sql", "alter table tool drop column brand;");

async fn dedicated(ground: &Ground, slug: &str) -> tenant::Tenant {
    tenant::create(
        &ground.dsns,
        &ground.secrets,
        tenant::NewTenant { placement: Placement::Dedicated, ..company(slug) },
        &[],
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn tables_come_walled_and_stay_so() {
    for ground in grounds().await {
        let tenant = dedicated(&ground, "walled").await;
        let schema = tenant.schema_name.clone().unwrap();
        let pooled = tenant::create(&ground.dsns, &ground.secrets, company("pool"), &[]).await.unwrap();
        let report = with(&[TOOL, TOOL_BACK]).up(&ground.dsns, &ground.secrets).await.unwrap();
        assert_eq!((report.applied, report.skipped.len()), (2, 0), "once in app, once in the dedicated schema");
        let rows = |schema: &str, role: &str| {
            format!(
                "select string_agg(x, ' ' order by x) from (\
            select table_name || ':' || lower(privilege_type) as x from information_schema.role_table_grants where table_schema = '{schema}' and table_name like 'tool%' and grantee = '{role}' \
            union select table_name || '.' || column_name from information_schema.column_privileges where table_schema = '{schema}' and table_name like 'tool%' and grantee = '{role}' and privilege_type = 'UPDATE') y"
            )
        };
        let admin = ground.admin().await;
        let granted = async |schema: &str, role: &str| {
            admin.query_one(&rows(schema, role), &[]).await.unwrap().get::<_, Option<String>>(0).unwrap_or_default()
        };
        let expected = "tool.name tool:delete tool:insert tool:select tool_use.note tool_use:insert tool_use:select";
        assert_eq!(granted("app", "tw_app").await, expected);
        assert_eq!(granted(&schema, &schema).await, expected);
        assert_eq!(granted("app", "tw_ro").await, "tool:select");
        assert_eq!(
            granted(&schema, "tw_app").await + &granted("app", &schema).await + &granted("app", "tw_job").await,
            ""
        );

        for (tenant, mut session) in [(&pooled, ground.app().await), (&tenant, ground.dedicated(&schema).await)] {
            let tx = session.transaction().await.unwrap();
            tx.execute("select wall.set_tenant($1)", &[&tenant.id]).await.unwrap();
            tx.execute("insert into tool (id, name) values ($1, 'saw')", &[&tenant.id]).await.unwrap();
            tx.commit().await.unwrap();
        }
        let report = with(&[TOOL, TOOL_BACK, BRAND, BRAND_BACK]).up(&ground.dsns, &ground.secrets).await.unwrap();
        assert_eq!(report.applied, 2);
        assert_eq!(
            granted("app", "tw_app").await,
            expected.replace("tool.name", "tool.brand tool.name"),
            "the new column too, and the older directive still holds"
        );
        for schema in ["app", &schema] {
            assert_eq!(
                count(&admin, &format!("select count(*) from {schema}.tool where brand = 'SAW'")).await,
                1,
                "the backfill saw the rows of {schema}"
            );
        }
        let new: Vec<_> =
            lint::check_on(&admin).await.unwrap().into_iter().filter(|f| !f.rule.starts_with("R31")).collect();
        assert!(new.is_empty(), "{new:?}");

        let report = with(&[TOOL, TOOL_BACK, BRAND, BRAND_BACK]).down(&ground.dsns, 1).await.unwrap();
        assert_eq!(report.applied, 2);
        assert_eq!(granted("app", "tw_app").await, expected);
        let report = with(&[TOOL, TOOL_BACK]).down(&ground.dsns, 1).await.unwrap();
        assert_eq!(report.applied, 2);
        assert_eq!(count(&admin, "select count(*) from pg_class where relname like 'tool%'").await, 0);
        assert!(with(&[]).status(&ground.dsns.admin).await.unwrap().iter().all(|s| s.pending == 0 && s.unknown == 0));
    }
}

#[tokio::test]
async fn what_would_leave_a_hole_is_refused_whole() {
    for ground in grounds().await {
        let admin = ground.admin().await;
        for (text, says) in [
            ("create table note (id uuid primary key);", "tenant_id uuid not null"),
            ("create table note (tenant_id text not null, id uuid);", "tenant_id uuid not null"),
            ("--! grant nte: select\ncreate table note (tenant_id uuid not null, id uuid);", "nte"),
            ("--! grant note: update(nme)\ncreate table note (tenant_id uuid not null, id uuid);", "nme"),
            ("create table note (tenant_id uuid not null, id uuid);\nselect 1/0;", "division"),
        ] {
            let error = with(&[("9001_note.up.sql", text)]).up(&ground.dsns, &ground.secrets).await.unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(count(&admin, "select count(*) from pg_class where relname = 'note'").await, 0);
            assert_eq!(count(&admin, "select count(*) from ctl.migration where version = 9001").await, 0);
            let status = with(&[("9001_note.up.sql", text)]).status(&ground.dsns.admin).await.unwrap();
            assert!(
                status
                    .iter()
                    .any(|s| s.schema == "app" && s.pending == 1 && s.error.as_ref().is_some_and(|e| e.contains(says))),
                "{status:?}"
            );
        }
        // Cured, it goes on, and the old failure is forgotten.
        with(&[TOOL, TOOL_BACK]).up(&ground.dsns, &ground.secrets).await.unwrap();
        assert!(with(&[TOOL, TOOL_BACK]).status(&ground.dsns.admin).await.unwrap().iter().all(|s| s.error.is_none()));
    }
}

#[tokio::test]
async fn a_changed_file_is_refused() {
    for ground in grounds().await {
        with(&[TOOL]).up(&ground.dsns, &ground.secrets).await.unwrap();
        let changed = format!("{} ", TOOL.1);
        let error = with(&[(TOOL.0, &changed)]).up(&ground.dsns, &ground.secrets).await.unwrap_err();
        assert!(matches!(&error, Error::Changed { file, schema } if file == TOOL.0 && schema == "app"), "{error}");
        let error = with(&[TOOL]).down(&ground.dsns, 1).await.unwrap_err();
        assert!(matches!(error, Error::NoWayBack { .. }), "{error}");
        // An older program meets a newer database: it says so and leaves it alone.
        let status = with(&[]).status(&ground.dsns.admin).await.unwrap();
        assert!(status.iter().any(|s| s.schema == "app" && s.unknown == 1), "{status:?}");
        assert_eq!(with(&[]).up(&ground.dsns, &ground.secrets).await.unwrap().applied, 0);
    }
}

#[tokio::test]
async fn everything_goes_back_and_comes_again() {
    for ground in grounds().await {
        dedicated(&ground, "back").await;
        let shape = async || {
            let sql = "select md5(string_agg(x, '|' order by x)) from (\
                select c.oid::regclass || ' ' || a.attname || ' ' || a.atttypid::regtype || ' ' || coalesce(c.relacl::text, '') || coalesce(a.attacl::text, '') as x \
                from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_namespace n on n.oid = c.relnamespace \
                where n.nspname in ('app', 'ops', 'ctl') or n.nspname like 'tenant\\_%') y";
            ground.admin().await.query_one(sql, &[]).await.unwrap().get::<_, Option<String>>(0)
        };
        let before = shape().await;
        let all = Histories::ours().unwrap().tenant.len();
        let report = with(&[]).down(&ground.dsns, 1000).await.unwrap();
        assert_eq!(report.applied, 2 * all);
        assert_eq!(count(&ground.admin().await, "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'app' or n.nspname like 'tenant\\_%'").await, 0);
        assert_eq!(with(&[]).up(&ground.dsns, &ground.secrets).await.unwrap().applied, 2 * all);
        assert_eq!(shape().await, before);
        with(&[]).down(&ground.dsns, 1000).await.unwrap();
        with(&[]).down_control(&ground.dsns, 1000).await.unwrap();
        assert_eq!(count(&ground.admin().await, "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('ctl', 'ops', 'app')").await, 0);
        with(&[]).up(&ground.dsns, &ground.secrets).await.unwrap();
    }
}

#[tokio::test]
async fn a_schema_in_use_is_skipped_recorded_and_finished_later() {
    for ground in grounds().await {
        let held = dedicated(&ground, "held").await.schema_name.unwrap();
        let free = dedicated(&ground, "free").await.schema_name.unwrap();
        let mut holder = ground.admin().await;
        let tx = holder.transaction().await.unwrap();
        tx.batch_execute(&format!("lock table {held}.audit in access share mode")).await.unwrap();
        let alter = [("9001_wide.up.sql", "alter table audit add column wide int;")];
        let report = with(&alter).up(&ground.dsns, &ground.secrets).await.unwrap();
        assert_eq!(report.skipped.iter().map(|s| s.schema.as_str()).collect::<Vec<_>>(), [held.as_str()]);
        let find = async |name: &str| {
            with(&alter).status(&ground.dsns.admin).await.unwrap().into_iter().find(|s| s.schema == name).unwrap()
        };
        let (late, done) = (find(&held).await, find(&free).await);
        assert!(late.pending == 1 && late.error.as_ref().unwrap().contains("lock timeout"), "{late}");
        assert!(done.pending == 0 && done.error.is_none());
        tx.rollback().await.unwrap();
        assert_eq!(with(&alter).up(&ground.dsns, &ground.secrets).await.unwrap().applied, 1);
        let late = find(&held).await;
        assert!(late.pending == 0 && late.error.is_none(), "{late}");
    }
}

#[tokio::test]
async fn one_runner_works_and_the_others_wait() {
    for (_, admin, _) in empty().await {
        let starts = (0..6).map(|_| {
            let admin = admin.clone();
            tokio::spawn(async move {
                let (dsns, _) = walls::prepare(&admin, &secrets()).await.unwrap();
                walls::migrate::up(&dsns, &secrets()).await.unwrap().applied
            })
        });
        let mut applied = Vec::new();
        for start in starts.collect::<Vec<_>>() {
            applied.push(start.await.unwrap());
        }
        let ours = Histories::ours().unwrap();
        applied.sort_unstable();
        assert_eq!(applied, [0, 0, 0, 0, 0, ours.control.len() + ours.tenant.len()]);

        let holder = client(&admin).await;
        let dsns = walls::prepare(&admin, &secrets()).await.unwrap().0;
        holder.batch_execute("select pg_advisory_lock(128056452803692)").await.unwrap();
        let mut runner = with(&[]);
        runner.patience = Duration::from_millis(300);
        let error = runner.up(&dsns, &secrets()).await.unwrap_err();
        assert!(matches!(error, Error::RunnerBusy { .. }), "{error}");
    }
}

/// Siblings in one cluster share the roles; all may start at once.
#[tokio::test]
async fn many_databases_are_prepared_at_once() {
    let mut all = Vec::new();
    for _ in 0..4 {
        for (_, admin, _) in empty().await {
            all.push(tokio::spawn(async move { walls::prepare(&admin, &secrets()).await.unwrap() }));
        }
    }
    for one in all {
        assert!(one.await.unwrap().1.is_empty());
    }
}

const SCHEMAS: usize = 12;
const STEPS: usize = 8;

fn steps() -> Vec<(String, String)> {
    let one = |i: usize| {
        (
            format!("91{i:02}_step.up.sql"),
            format!(
                "create table step_{i} (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id));\nselect count(*) from generate_series(1, 100000);\ncreate index on step_{i} (id);"
            ),
        )
    };
    (0..STEPS).map(one).collect()
}

fn stepping() -> Runner {
    let steps = steps();
    with(&steps.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
}

/// Run by the test below, in a process of its own, to be killed.
#[tokio::test]
#[ignore = "the killed half of a_runner_may_be_killed_anywhere"]
async fn the_runner_that_is_killed() {
    let Ok(admin) = std::env::var("WALLS_KILLED_RUNNER") else { return };
    let dsns = Dsns {
        app: String::new(),
        job: String::new(),
        control: String::new(),
        door: admin.clone(),
        admin,
        ear: String::new(),
    };
    stepping().up(&dsns, &secrets()).await.unwrap();
}

#[tokio::test]
async fn a_runner_may_be_killed_anywhere() {
    for ground in grounds().await {
        for i in 0..SCHEMAS {
            dedicated(&ground, &format!("kill{i}")).await;
        }
        let admin = ground.admin().await;
        // A step is in the ledger if and only if its table is there and walled.
        let halves = "select count(*) from (select schema_name, version - 9100 as step from ctl.migration where version >= 9100) l \
            full join (select n.nspname::text as schema_name, substr(c.relname, 6)::int as step, c.relforcerowsecurity as walled from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and c.relname like 'step\\_%') t \
            using (schema_name, step) where l.step is null or t.step is null or not t.walled";
        let done = "select count(*) from ctl.migration where version >= 9100";
        let (all, mut kills, mut wait) = (((SCHEMAS + 1) * STEPS) as i64, 0, 150);
        while count(&admin, done).await < all {
            let before = count(&admin, done).await;
            let mut runner = Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", "migrations::the_runner_that_is_killed"])
                .env("WALLS_KILLED_RUNNER", &ground.dsns.admin)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            tokio::time::sleep(Duration::from_millis(wait)).await;
            runner.kill().unwrap();
            runner.wait().unwrap();
            kills += 1;
            assert_eq!(count(&admin, halves).await, 0, "a half schema after kill {kills}");
            // Where the machine is slow a runner must live longer to get anything done.
            wait = if count(&admin, done).await == before { wait + 40 } else { wait };
            assert!(kills < 300, "no progress");
        }
        assert!(kills > 2, "killed {kills} times only");
        let report = stepping().up(&ground.dsns, &ground.secrets).await.unwrap();
        assert_eq!((report.applied, report.skipped.len()), (0, 0));
        assert_eq!(count(&admin, halves).await, 0);
        eprintln!("PostgreSQL {}: {all} migrations in spite of {kills} kills", ground.server.major_version());
    }
}

/// `cargo test --release -p walls --test walls -- --ignored --nocapture measure`; SCHEMAS says how many dedicated ones.
#[tokio::test]
#[ignore = "a measurement, not a promise"]
async fn measure() {
    let schemas = std::env::var("SCHEMAS").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    for ground in grounds().await {
        let major = ground.server.major_version();
        for (placement, times) in [(Placement::Pooled, 100), (Placement::Dedicated, schemas)] {
            let mut took = Vec::new();
            for i in 0..times {
                let new = tenant::NewTenant { placement, ..company(&format!("{placement}{i}")) };
                let begun = Instant::now();
                tenant::create(&ground.dsns, &ground.secrets, new, &[]).await.unwrap();
                took.push(begun.elapsed());
            }
            took.sort_unstable();
            println!(
                "PostgreSQL {major}: a {placement} tenant in {:?} (median), {:?} (slowest of {times})",
                took[times / 2],
                took[times - 1]
            );
        }
        let begun = Instant::now();
        let report = with(&[("9001_wide.up.sql", "alter table audit add column wide int;")])
            .up(&ground.dsns, &ground.secrets)
            .await
            .unwrap();
        println!("PostgreSQL {major}: one new column in {} schemas in {:?}", report.applied, begun.elapsed());
        let begun = Instant::now();
        with(&[("9001_wide.up.sql", "alter table audit add column wide int;")])
            .up(&ground.dsns, &ground.secrets)
            .await
            .unwrap();
        println!("PostgreSQL {major}: nothing to do in {:?}", begun.elapsed());
        for statistics in ["none", "fresh"] {
            let begun = Instant::now();
            lint::check(&ground.dsns.admin).await.unwrap();
            println!(
                "PostgreSQL {major}: lint of {schemas} dedicated schemas in {:?} (statistics: {statistics})",
                begun.elapsed()
            );
            ground.admin().await.batch_execute("analyze").await.unwrap();
        }
    }
}

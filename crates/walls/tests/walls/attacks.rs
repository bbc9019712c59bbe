//! SQL that an attacker got into a statement tries to reach another tenant: refused; and what is rightful works.

use crate::ground::{Ground, company, grounds, id};
use tokio_postgres::{Client, error::SqlState};
use walls::tenant::{self, Placement, Tenant};

/// `{b}` is the other tenant's id. Each stands where a column of a select may stand.
const EXPRESSIONS: &[&str] = &[
    "set_config('app.tenant_id', '{b}', true)",
    "pg_catalog.set_config('app.tenant_id', '{b}', false)",
    "(select set_config(n, v, true) from (values ('app.tenant_id', '{b}')) x (n, v))",
    "case when set_config('app.tenant_id', '{b}', true) = '' then 1 else 2 end",
    "set_config('role', 'tw_owner', true)",
    "set_config('row_security', 'off', true)",
    "set_config('session_authorization', 'postgres', true)",
    "wall.set_tenant('{b}')",
    "(select wall.set_tenant(i) from (values ('{b}'::uuid)) x (i))",
    "wall.set_tenant(null)",
    "query_to_xml('select set_config(''app.tenant_id'', ''{b}'', true)', true, true, '')",
    "query_to_xml('select * from audit', true, true, '')",
    "query_to_xml_and_xmlschema('select 1', true, true, '')",
    "table_to_xml('ctl.tenant', true, true, '')",
    "schema_to_xml('app', true, true, '')",
    "database_to_xml(true, true, '')",
    "cursor_to_xml('c', 1, true, true, '')",
    "(select count(*) from ts_stat('select to_tsvector(action) from audit'))",
    "ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')",
    "lo_from_bytea(0, 'x')",
    "lo_import('/etc/passwd')",
    "pg_read_file('/etc/passwd')",
    "pg_ls_dir('.')",
    "pg_sleep(10)",
    "pg_notify('hint', '{b}')",
    "pg_terminate_backend(1)",
    "(select count(*) from pg_stat_activity)",
    "(select count(*) from ctl.tenant)",
    "(select count(*) from ctl.migration)",
    "(select count(*) from ops.job)",
    "(select count(*) from ops.outbox)",
    "(select count(*) from pg_authid)",
    "(select count(*) from {other}.audit)",
    "ctl.furnish('app', null, '{}', '{}')",
    "ctl.raze_schema('{other}')",
    "pg_advisory_lock(1)",
];

/// Whole statements, for an attacker who got further than an expression.
const STATEMENTS: &[&str] = &[
    "update pg_catalog.pg_settings set setting = '{b}' where name = 'app.tenant_id'",
    "set role tw_owner",
    "set role tw_job",
    "set role {other}",
    "set session authorization postgres",
    "create temporary table x (a int)",
    "create function pg_temp.f() returns int language sql as 'select 1'",
    "create function public.wall_current_tenant() returns uuid language sql as 'select null::uuid'",
    "create table public.x (a int)",
    "alter table audit disable row level security",
    "alter policy tenant_isolation on audit using (true)",
    "create policy more on audit using (true)",
    "truncate audit",
    "drop table audit",
    "delete from audit",
    "update audit set action = 'x'",
    "update file set tenant_id = '{b}'",
    "update file set created_by = null",
    "insert into audit (tenant_id, id, actor_kind, action) values ('{b}', '{b}', 'user', 'x')",
    "insert into ops.outbox (tenant_id, id, kind) values ('{b}', '{b}', 'x')",
    "insert into ops.job (tenant_id, id, kind) values ('{b}', '{b}', 'x')",
    "copy audit to program 'cat'",
    "copy audit from '/etc/passwd'",
    "load 'auto_explain'",
    "alter role tw_app superuser",
    "create or replace function wall.current_tenant() returns uuid language sql as 'select null::uuid'",
    "lock table audit_seal in access exclusive mode",
    "select action from audit for update",
];

struct Town {
    pooled: Tenant,
    neighbour: Tenant,
    dedicated: Tenant,
    other: Tenant,
}

async fn town(ground: &Ground) -> Town {
    let make = async |slug, placement| {
        let new = tenant::NewTenant { placement, ..company(slug) };
        let row = tenant::SeedStatement::new(
            "insert into audit (tenant_id, id, actor_kind, action) values ($1, $2, 'system', 'born')",
            vec![Box::new(new.id), Box::new(id())],
        );
        tenant::create(&ground.dsns, &ground.secrets, new, &[row]).await.unwrap()
    };
    Town {
        pooled: make("pooled", Placement::Pooled).await,
        neighbour: make("neighbour", Placement::Pooled).await,
        dedicated: make("dedicated", Placement::Dedicated).await,
        other: make("other", Placement::Dedicated).await,
    }
}

/// Runs `sql` bound to `mine`. Refused with its code; or what the session sees afterwards.
async fn attack(client: &mut Client, mine: &Tenant, sql: &str) -> Result<(Option<uuid::Uuid>, i64), SqlState> {
    let tx = client.transaction().await.unwrap();
    tx.execute("select wall.set_tenant($1)", &[&mine.id]).await.unwrap();
    // The extended protocol, as the program speaks it: one statement, no semicolon.
    if let Err(error) = tx.execute(sql, &[]).await {
        return Err(error.code().unwrap_or_else(|| panic!("{sql}: {error:?}")).clone());
    }
    let row = tx.query_one("select wall.current_tenant(), (select count(*) from audit)", &[]).await.unwrap();
    Ok((row.get(0), row.get(1)))
}

/// A typing mistake here must not pass for a refusal.
fn is_refusal(code: &SqlState) -> bool {
    [SqlState::INSUFFICIENT_PRIVILEGE, SqlState::CHECK_VIOLATION].contains(code)
}

#[tokio::test]
async fn no_form_of_injected_sql_reaches_another_tenant() {
    for ground in grounds().await {
        let town = town(&ground).await;
        let other = town.other.schema_name.clone().unwrap();
        for (mine, target) in [
            (&town.pooled, &town.neighbour),
            (&town.pooled, &town.dedicated),
            (&town.dedicated, &town.other),
            (&town.dedicated, &town.pooled),
        ] {
            let mut client = match &mine.schema_name {
                None => ground.app().await,
                Some(schema) => ground.dedicated(schema).await,
            };
            let fill = |sql: &str| sql.replace("{b}", &target.id.to_string()).replace("{other}", &other);
            let expressions = EXPRESSIONS.iter().map(|e| format!("select {}", fill(e)));
            let wheres =
                EXPRESSIONS.iter().take(3).map(|e| format!("select action from audit where {} is not null", fill(e)));
            for sql in expressions.chain(wheres).chain(STATEMENTS.iter().map(|s| fill(s))) {
                match attack(&mut client, mine, &sql).await {
                    Err(code) => {
                        assert!(is_refusal(&code), "as {}: {sql}: refused for another reason: {code:?}", mine.slug)
                    }
                    Ok(seen) => panic!("as {}: {sql} was let through; it then saw {seen:?}", mine.slug),
                }
            }
            // The rightful: its own row, its own event and job.
            assert_eq!(attack(&mut client, mine, "select 1").await.unwrap(), (Some(mine.id), 1));
            for table in [
                "insert into ops.outbox (id, kind) values ('{i}', 'x')",
                "insert into ops.job (id, kind) values ('{i}', 'x')",
                "insert into ops.job (id, kind, key) values ('{i}', 'x', 'k') on conflict do nothing",
            ] {
                attack(&mut client, mine, &table.replace("{i}", &id().to_string())).await.unwrap();
            }
            attack(&mut client, mine, &format!("select wall.set_tenant('{}')", mine.id)).await.unwrap();
        }
    }
}

/// `set local` is a statement that PostgreSQL refuses to nobody; the program never sends it. A dedicated role that did
/// would still find its own tables alone, and could say nothing under another's name.
#[tokio::test]
async fn a_dedicated_role_that_sets_the_setting_by_hand_gains_nothing() {
    for ground in grounds().await {
        let town = town(&ground).await;
        let mut client = ground.dedicated(town.dedicated.schema_name.as_ref().unwrap()).await;
        for sql in [
            "insert into audit (id, actor_kind, action) values ('{i}', 'user', 'x')",
            "insert into ops.outbox (id, kind) values ('{i}', 'x')",
            "insert into ops.job (id, kind) values ('{i}', 'x')",
        ] {
            let tx = client.transaction().await.unwrap();
            tx.batch_execute(&format!("set local app.tenant_id = '{}'", town.pooled.id)).await.unwrap();
            assert_eq!(tx.query_one("select count(*) from audit", &[]).await.unwrap().get::<_, i64>(0), 0);
            let error = tx.execute(&sql.replace("{i}", &id().to_string()), &[]).await.unwrap_err();
            assert!(is_refusal(error.code().unwrap()), "{sql}: {error:?}");
        }
    }
}

/// With the wall taken down the same attack goes through: the test above can fail.
#[tokio::test]
async fn without_the_wall_the_attack_succeeds() {
    for ground in grounds().await {
        let town = town(&ground).await;
        let admin = ground.admin().await;
        let sql = format!("select set_config('app.tenant_id', '{}', true)", town.neighbour.id);
        let mut client = ground.app().await;
        assert_eq!(attack(&mut client, &town.pooled, &sql).await, Err(SqlState::INSUFFICIENT_PRIVILEGE));
        admin
            .batch_execute("grant execute on function pg_catalog.set_config(text, text, boolean) to tw_app")
            .await
            .unwrap();
        assert_eq!(attack(&mut client, &town.pooled, &sql).await, Ok((Some(town.neighbour.id), 1)));
        admin
            .batch_execute("revoke execute on function pg_catalog.set_config(text, text, boolean) from tw_app")
            .await
            .unwrap();
        admin.batch_execute("alter table app.audit disable row level security").await.unwrap();
        assert_eq!(attack(&mut client, &town.pooled, "select 1").await, Ok((Some(town.pooled.id), 2)));
    }
}

//! Mistakes planted in whole walls, one at a time: each must be found, by the rule that is meant to find it.

use crate::ground::{company, grounds};
use std::collections::BTreeSet;
use walls::lint;
use walls::tenant::{self, Placement};

/// `{d}` is a dedicated tenant's schema and role, `{e}` another's, `{i}` the id of `{e}`'s tenant.
const MISTAKES: &[(&str, &str)] = &[
    ("R01", "alter table app.file disable row level security"),
    ("R01", "alter table {d}.file disable row level security"),
    ("R01", "alter table ops.job disable row level security"),
    ("R01", "create table app.forgotten (tenant_id uuid not null, id uuid, primary key (tenant_id, id))"),
    ("R02", "alter table app.file no force row level security"),
    ("R02", "alter table {d}.audit no force row level security"),
    ("R03", "create table app.loose (id uuid primary key)"),
    ("R03", "create table app.loose (tenant_id text not null, id uuid)"),
    ("R03", "create table ops.loose (id uuid primary key); grant insert on ops.loose to tw_app"),
    ("R03", "create table app.loose (tenant_id uuid, id uuid)"),
    ("R04", "drop policy tenant_isolation on app.file"),
    ("R04", "drop policy tenant_isolation on {d}.file"),
    ("R05", "create policy extra on app.file to tw_app using (true)"),
    ("R05", "create policy extra on app.file for select to tw_app using (tenant_id is not null)"),
    ("R05", "alter policy tenant_isolation on app.file using (tenant_id = wall.current_tenant() or size = 0)"),
    ("R05", "alter policy tenant_isolation on {d}.file with check (true)"),
    ("R05", "alter policy claim on ops.job to tw_job, tw_app"),
    ("R05", "create policy peek on ops.outbox for select to tw_app using (true)"),
    ("R05", "create policy claim on app.file to tw_job using (true) with check (true)"),
    ("R06", "alter policy tenant_isolation on app.file to public"),
    ("R06", "create policy everybody on ops.job for insert with check (tenant_id = wall.current_tenant())"),
    ("R07", "create unique index on app.file (sha256)"),
    ("R07", "create unique index on {d}.file (sha256, tenant_id)"),
    ("R08", "alter table app.file add constraint apart exclude using gist (size with =)"),
    ("R08", "alter table app.file add constraint apart exclude using gist (tenant_id with <>, size with =)"),
    (
        "R09",
        "create unique index other on app.file (tenant_id, sha256); create table app.note (tenant_id uuid not null, id uuid not null, sha256 uuid, primary key (tenant_id, id)); \
        alter table app.file add constraint only_id unique (id); alter table app.note add foreign key (sha256) references app.file (id)",
    ),
    (
        "R09",
        "create table app.note (tenant_id uuid not null, id uuid not null, file_id uuid, primary key (tenant_id, id), foreign key (file_id, id) references app.file (tenant_id, id))",
    ),
    (
        "R10",
        "create table app.note (tenant_id uuid not null, id uuid not null, file_id uuid, primary key (tenant_id, id), foreign key (tenant_id, file_id) references app.file on delete set null)",
    ),
    (
        "R10",
        "create table app.note (tenant_id uuid not null, id uuid not null, file_id uuid, primary key (tenant_id, id), foreign key (tenant_id, file_id) references app.file on update cascade)",
    ),
    ("R11", "create view app.files as select tenant_id, id from app.file"),
    ("R11", "create view {d}.files with (security_invoker = false) as select tenant_id, id from {d}.file"),
    ("R12", "create materialized view app.sizes as select tenant_id, sum(size) from app.file group by 1"),
    (
        "R13",
        "create function app.peek() returns bigint language sql security definer as 'select count(*) from app.file'",
    ),
    (
        "R13",
        "create function {d}.peek() returns bigint language sql security definer set search_path = pg_catalog as 'select 1::bigint'",
    ),
    ("R13", "alter function wall.current_tenant() security definer"),
    (
        "R14",
        "create function app.free() returns int language sql as 'select 1'; grant execute on function app.free() to public",
    ),
    ("R14", "grant execute on function wall.set_tenant(uuid) to public"),
    ("R14", "grant execute on function ctl.raze_schema(text) to public"),
    ("R15", "grant select on app.file to public"),
    ("R15", "grant select on ctl.tenant to public"),
    ("R15", "grant select (name) on {d}.file to public"),
    ("R16", "alter table app.file owner to tw_app"),
    ("R16", "alter function wall.set_tenant(uuid) owner to tw_app"),
    ("R16", "alter schema {d} owner to {d}"),
    ("R17", "alter role tw_app bypassrls"),
    ("R17", "alter role {d} superuser"),
    ("R17", "alter role tw_job createrole"),
    ("R17", "alter role tw_owner bypassrls"),
    ("R18", "grant tw_owner to tw_app"),
    ("R18", "grant pg_read_all_data to tw_app"),
    ("R18", "grant {e} to {d}"),
    ("R18", "grant tw_app to tw_tenant"),
    ("R18", "grant tw_backup to tw_job"),
    ("R18", "create role between nologin; grant tw_owner to between; grant between to tw_app"),
    ("R19", "grant truncate on app.file to tw_app"),
    ("R19", "grant references on {d}.file to {d}"),
    ("R19", "grant trigger on ops.job to tw_tenant"),
    ("R19", "grant select on app.file to tw_app with grant option"),
    ("R20", "grant execute on function pg_catalog.set_config(text, text, boolean) to public"),
    ("R20", "grant execute on function pg_catalog.set_config(text, text, boolean) to {d}"),
    ("R21", "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$"),
    ("R21", "do $$ begin execute format('grant create on database %I to tw_app', current_database()); end $$"),
    ("R22", "grant create on schema public to public"),
    ("R22", "grant create on schema app to tw_app"),
    ("R22", "grant create on schema {d} to {d}"),
    ("R23", "grant select on ctl.tenant to tw_app"),
    ("R23", "grant select (slug) on ctl.tenant to tw_job"),
    ("R23", "grant insert on ctl.host to tw_tenant"),
    ("R24", "grant update (action) on app.audit to tw_app"),
    ("R24", "grant delete on {d}.record_change to {d}"),
    ("R24", "grant delete on app.audit_seal to tw_app"),
    ("R24", "drop trigger let_go on {d}.audit"),
    ("R24", "alter table app.audit disable trigger let_go"),
    (
        "R24",
        "drop trigger let_go on app.audit; create trigger let_go before delete on app.audit for each row when (old.action = 'x') execute function app.let_go()",
    ),
    ("R25", "grant update on app.file to tw_app"),
    ("R25", "grant update (tenant_id) on app.file to tw_app"),
    ("R25", "grant update (created_by) on {d}.file to {d}"),
    ("R26", "create sequence app.number"),
    ("R26", "create table {d}.counted (tenant_id uuid not null, id bigserial)"),
    ("R27", "create extension dblink"),
    ("R27", "create extension postgres_fdw"),
    ("R28", "grant usage on schema app to {d}"),
    ("R28", "grant usage on schema {e} to {d}"),
    ("R28", "grant usage on schema ctl to tw_tenant"),
    ("R28", "grant select on ops.job to tw_tenant"),
    ("R28", "grant update (state) on ops.job to {d}"),
    ("R28", "grant usage on schema {d} to tw_app"),
    (
        "R29",
        "create table app.big (tenant_id uuid not null, id uuid not null) partition by hash (tenant_id); create table app.big_0 partition of app.big for values with (modulus 1, remainder 0)",
    ),
    ("R30", "create rule silent as on delete to app.file do instead nothing"),
    (
        "R30",
        "create function app.t() returns trigger language plpgsql as 'begin return new; end'; create trigger t before insert on app.file for each row execute function app.t(); alter table app.file disable trigger t",
    ),
    ("R32", "grant select on pg_catalog.pg_stat_activity to public"),
    ("R32", "grant execute on function pg_catalog.pg_stat_get_activity(int) to tw_app"),
    (
        "R33",
        "create table app.note (tenant_id uuid not null, id uuid not null, file_id uuid, primary key (tenant_id, id), foreign key (tenant_id, file_id) references app.file)",
    ),
    ("R34", "alter table {d}.file drop constraint one_tenant"),
    (
        "R34",
        "alter table {d}.file drop constraint one_tenant; alter table {d}.file add constraint one_tenant check (tenant_id = '{i}')",
    ),
    (
        "R34",
        "alter table {d}.file drop constraint one_tenant; alter table {d}.file add constraint one_tenant check (tenant_id is not null)",
    ),
    ("R35", "alter policy tenant_isolation on app.file to tw_app, {d}"),
    ("R35", "alter policy tenant_isolation on {d}.file to {d}, tw_app"),
    ("R35", "alter policy tenant_isolation on {d}.file to {e}"),
    ("R36", "grant select on {d}.file to tw_app"),
    ("R36", "grant select on app.file to tw_job"),
    ("R36", "grant update (name) on app.file to {d}"),
    ("R28", "grant usage on schema wall to public"),
    ("R28", "grant usage on schema ops to tw_ro"),
    ("R36", "create role stranger; grant select on app.file to stranger"),
    ("R37", "alter table app.file owner to postgres"),
    ("R37", "create function wall.other() returns int language sql as 'select 1'"),
    ("R38", "drop policy own_name on ops.job"),
    ("R38", "alter policy own_name on ops.outbox with check (true)"),
    ("R39", "alter role tw_app set search_path = public, app"),
    ("R39", "alter role {d} reset search_path"),
    ("R40", "alter role tw_app set app.tenant_id = '{i}'"),
];

#[tokio::test]
async fn every_planted_mistake_is_found() {
    let found_by: BTreeSet<&str> = MISTAKES.iter().map(|(rule, _)| *rule).collect();
    let rules: BTreeSet<String> = (1..=40).filter(|n| *n != 31).map(|n| format!("R{n:02}")).collect();
    assert_eq!(
        found_by,
        rules.iter().map(String::as_str).collect(),
        "every rule but that of the server's version has a mistake of its own"
    );
    for ground in grounds().await {
        let make = |slug| {
            tenant::create(
                &ground.dsns,
                &ground.secrets,
                tenant::NewTenant { placement: Placement::Dedicated, ..company(slug) },
                &[],
            )
        };
        let (one, other) = (make("one").await.unwrap(), make("other").await.unwrap());
        let (d, e) = (one.schema_name.unwrap(), other.schema_name.unwrap());
        let mut admin = ground.admin().await;
        let before = lint::check_on(&admin).await.unwrap();
        let mut missed = Vec::new();
        for (rule, sql) in MISTAKES {
            let sql = sql.replace("{d}", &d).replace("{e}", &e).replace("{i}", &other.id.to_string());
            let tx = admin.transaction().await.unwrap();
            tx.batch_execute(&sql).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
            let found = lint::check_on(&tx).await.unwrap();
            let new: Vec<_> = found.iter().filter(|finding| !before.contains(finding)).collect();
            if !new.iter().any(|finding| finding.rule.starts_with(rule)) {
                missed.push(format!("{rule} missed: {sql}\n    found: {new:?}"));
            }
            assert!(new.iter().all(|finding| finding.fix.len() > 10 && !finding.rule.contains("without words")));
            tx.rollback().await.unwrap();
        }
        assert!(
            missed.is_empty(),
            "PostgreSQL {}, {} of {}:\n{}",
            ground.server.major_version(),
            missed.len(),
            MISTAKES.len(),
            missed.join("\n")
        );
        assert_eq!(lint::check_on(&admin).await.unwrap(), before, "and all is as it was");
        eprintln!(
            "PostgreSQL {}: {} of {} mistakes found",
            ground.server.major_version(),
            MISTAKES.len(),
            MISTAKES.len()
        );
    }
}

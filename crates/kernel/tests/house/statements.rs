//! Every statement of the kernel is understood by the migrated schema, as the role that runs it, and fits its Rust types.
use super::ground::{Ground, client, ground};
use kernel::{
    QUERIES,
    tx::{Field, Param, Plane, Query, field, param},
};
use std::collections::HashSet;
use tokio_postgres::Client;

async fn faults(client: &Client, nullable: &HashSet<(u32, i16)>, query: &Query) -> Vec<String> {
    let mut faults = vec![];
    let statement = match client.prepare(query.sql).await {
        Ok(statement) => statement,
        Err(error) => return vec![format!("{}: {}: {error:?}", query.at, query.name)],
    };
    let own = usize::from(query.plane == Plane::Tenant);
    let types = statement.params();
    if types.len() != query.takes.len() + own {
        faults.push(format!("{} parameters, the function passes {}", types.len(), query.takes.len()));
    }
    for (param, server) in query.takes.iter().zip(types.iter().skip(own)) {
        if param.ty != *server || !(param.accepts)(server) {
            faults.push(format!("{} is {server}, the function passes {}", param.name, param.rust));
        }
    }
    faults.extend(
        query
            .check(statement.columns().iter().map(|column| (column.name(), column.type_())))
            .err()
            .map(|misfit| format!("{misfit:?}")),
    );
    for (field, column) in query.gives.iter().zip(statement.columns()) {
        let null = column.table_oid().zip(column.column_id()).is_some_and(|at| nullable.contains(&at));
        if null && !(field.takes_null)() {
            faults.push(format!("column {} may be null, the field is {}", column.name(), field.rust));
        }
    }
    faults.into_iter().map(|fault| format!("{}: {}: {fault}", query.at, query.name)).collect()
}

async fn nullable(ground: &Ground) -> HashSet<(u32, i16)> {
    let ask = "select attrelid, attnum from pg_attribute where attnum > 0 and not attnotnull";
    ground.above().await.query(ask, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn every_statement_of_the_kernel_is_understood() {
    let ground = ground().await;
    let nullable = nullable(&ground).await;
    let (app, job, control) = (client(&ground.app).await, client(&ground.job).await, client(&ground.control).await);
    let (mut all, mut seen) = (vec![], 0);
    for query in QUERIES.iter().filter(|q| q.at.contains("kernel/src")) {
        let login = match query.plane {
            Plane::Tenant => &app,
            Plane::Ops => &job,
            Plane::Control => &control,
        };
        all.extend(faults(login, &nullable, query).await);
        seen += 1;
    }
    assert!(seen > 30, "only {seen} statements are on the list");
    assert!(all.is_empty(), "{}", all.join("\n"));

    // The control: each of these is found.
    const KIND: &[Param] = &[param::<i64>("kind", "i64")];
    const SEQ: &[Field] = &[field::<i64>("seq", "i64")];
    const NAMED: &[Field] = &[field::<i64>("number", "i64")];
    let planted =
        |sql, takes, gives| Query { name: "planted", sql, at: "here", takes, gives, silent: false, plane: Plane::Ops };
    for (query, fault) in [
        (planted("selec 1", &[], &[]), "syntax error"),
        (planted("select count(*) from ops.job where kind = $1", KIND, &[]), "kind is text"),
        (planted("select count(*) from ops.job where kind = $1", &[], &[]), "1 parameters"),
        (planted("select seq from ops.outbox", &[], SEQ), "may be null"),
        (planted("select seq from ops.relay", &[], NAMED), "the field is `number: i64`"),
        (planted("select name from app.customer", &[], &[]), "permission denied"),
    ] {
        let found = faults(&job, &nullable, &query).await;
        // Rights are looked at when a statement runs, not when it is prepared.
        let found = match fault {
            "permission denied" => vec![format!("{:?}", job.query(query.sql, &[]).await.unwrap_err())],
            _ => found,
        };
        assert!(found.iter().any(|f| f.contains(fault)), "{fault}: {found:?}");
    }
}

#[tokio::test]
async fn the_queues_migration_goes_back_and_forth() {
    let ground = ground().await;
    let above = ground.above().await;
    let shape = "select string_agg(line, E'\\n' order by line) from (
        select format('%s %s', c.relname, pg_get_indexdef(i.indexrelid)) as line from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'ops'::regnamespace
        union all select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'ops'::regnamespace
        union all select format('%s %s', c.relname, c.relacl) from pg_class c where c.relnamespace = 'ops'::regnamespace) q";
    let before = ground.one::<String>(shape).await;
    let waiting = "insert into ops.job (tenant_id, id, kind, key, state)
        select '00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'x', 'k', s from unnest(array['ready', 'later']) s";
    above.batch_execute(waiting).await.unwrap();
    above.batch_execute("set role tw_owner").await.unwrap();
    above.batch_execute("alter table ops.job no force row level security").await.unwrap();
    above.batch_execute(include_str!("../../../../migrations/control/0002_queue.down.sql")).await.unwrap();
    assert_eq!(ground.one::<i64>("select count(*) from ops.job").await, 1, "of two under one key one has room");
    above.batch_execute(include_str!("../../../../migrations/control/0002_queue.up.sql")).await.unwrap();
    assert_eq!(ground.one::<String>(shape).await, before);
}

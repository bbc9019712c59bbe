//! How each statement finds its rows, golden/plans.txt: by the pooled login and by a dedicated company's own, which must agree.
use super::{
    golden::{difference, golden, writing},
    statements::login,
};
use kernel::tx::{Plane, QUERIES, Query};
use std::fmt::Write;
use tokio_postgres::{Client, SimpleQueryMessage};
use tradewind::modules;

/// Whether plans are compared (or written) on this version: another planner chooses otherwise.
fn kept_on(version: i32, writing: bool) -> Result<bool, String> {
    match (version, writing) {
        (15, _) => Ok(true),
        (_, false) => Ok(false),
        (other, true) => Err(format!(
            "golden/plans.txt is written on PostgreSQL 15, and this is {other}: install postgresql-15, or name one in TRADEWIND_TEST_DATABASE; the other goldens are written"
        )),
    }
}

#[test]
fn plans_of_another_version_are_not_written() {
    assert_eq!(kept_on(15, true), Ok(true));
    assert_eq!(kept_on(15, false), Ok(true));
    assert_eq!(kept_on(18, false), Ok(false));
    assert!(kept_on(18, true).unwrap_err().contains("this is 18"));
}

/// The plan's scans. To explain is to begin: whoever lacks a right to what the statement touches is refused here.
async fn scans(client: &Client, query: &Query) -> Vec<String> {
    let nulls = vec!["null"; query.takes.len() + 1].join(", ");
    let types: Vec<String> = std::iter::once("uuid".to_owned())
        .chain(query.takes.iter().map(|p| p.ty.name().to_owned()))
        .map(|ty| ty.strip_prefix('_').map(|element| format!("{element}[]")).unwrap_or(ty))
        .collect();
    let prepare = format!("prepare p ({}) as {}", types.join(", "), query.sql);
    client.batch_execute(&prepare).await.unwrap_or_else(|e| panic!("{}: {e:?}", query.at));
    let explain = format!("explain (costs off) execute p({nulls})");
    let plan = client.simple_query(&explain).await.unwrap_or_else(|e| panic!("{} {}: {e:?}", query.at, query.name));
    client.batch_execute("deallocate p").await.unwrap();
    let mut found: Vec<String> = plan
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .filter(|line| line.contains("Scan"))
        .map(|line| line.trim_start_matches([' ', '-', '>']).to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// With sequential scans made dear: whatever still reads a whole table has no index that can serve it under row-level
/// security. What is inserted finds no rows; that it may be inserted is looked at.
async fn plans(client: &Client) -> String {
    client.batch_execute("set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set jit = off").await.unwrap();
    let mut text =
        String::from("# How each statement finds its rows (PostgreSQL 15 and newer agree on what is kept here).\n");
    let mut whole = vec![];
    let mut queries: Vec<_> =
        QUERIES.iter().filter(|q| q.plane == Plane::Tenant && !q.sql.contains("set_tenant")).collect();
    queries.sort_by_key(|q| (q.at.rsplit_once(':').map(|(file, _)| file), q.name));
    for query in queries {
        let found = scans(client, query).await;
        if query.sql.trim_start().starts_with("insert") {
            continue;
        }
        if found.iter().any(|line| line.contains("Seq Scan")) {
            whole.push(format!("{} {}: {}", query.at, query.name, found.join(" · ")));
        }
        let file = query.at.rsplit_once(':').map_or(query.at, |(file, _)| file);
        writeln!(text, "{file} {}\n    {}", query.name, found.join("\n    ")).unwrap();
    }
    assert!(whole.is_empty(), "these read a whole table:\n{}", whole.join("\n"));
    text
}

/// What the free times of a week cost: the rows that their statements touch in a company of 50 technicians with 5,000 visits in a
/// hundred days, 350 of them in that week. Neither the days before nor those after are read.
async fn cost_of_a_week(house: &harness::TestHouse) -> String {
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    for n in 0..50 {
        let new = serde_json::json!({ "name": format!("Technician {n:02}"), "email": format!("t{n}@example.com") });
        assert_eq!(owner.post("/api/v1/technicians", new).await.status, 201);
    }
    let customer = owner.post("/api/v1/customers", serde_json::json!({ "name": "Rivera" })).await.id();
    let above = house.above().await;
    let visits = format!(
        "insert into app.appointment (tenant_id, id, customer_id, technician_id, title, starts_at, ends_at, status, source)
         select t.tenant_id, gen_random_uuid(), '{customer}', t.id, 'x', d, d + interval '1 hour', 'confirmed', 'office'
         from app.technician t, generate_series('2026-05-01 15:00Z'::timestamptz, '2026-08-08 15:00Z', '1 day') d where t.tenant_id = '{}'",
        acme.id
    );
    assert_eq!(above.execute(&visits, &[]).await.unwrap(), 5000);
    for settle in ["vacuum analyze app.occupancy", "vacuum analyze app.appointment", "analyze"] {
        above.batch_execute(settle).await.unwrap();
    }
    let client = login(&house.ground.dsns.app).await;
    client.batch_execute(&format!("begin; select wall.set_tenant('{}'); set local jit = off; set local enable_seqscan = off; set local enable_bitmapscan = off; set local plan_cache_mode = force_generic_plan", acme.id)).await.unwrap();
    let mut text = String::from(
        "\n# The rows that the free times of a week touch: 50 technicians, 5,000 visits, 350 of them in that week.\n",
    );
    let week = "'2026-06-29 05:00Z', '2026-07-06 05:00Z', '2026-06-28 05:00Z', '2026-06-22 12:00Z'";
    for (file, name, takes) in [
        ("availability/roster.rs", "candidates", "null".to_owned()),
        ("availability/roster.rs", "taken", format!("null, {week}")),
        ("shift/mod.rs", "between", "'2026-06-28', '2026-07-06'".to_owned()),
        ("exception/mod.rs", "between", "'2026-06-28', '2026-07-06'".to_owned()),
    ] {
        let query =
            QUERIES.iter().find(|q| q.name == name && q.at.contains(&format!("scheduling/src/{file}"))).unwrap();
        client.batch_execute(&format!("prepare week as {}", query.sql)).await.unwrap();
        let explain =
            format!("explain (analyze, costs off, timing off, summary off) execute week('{}', {takes})", acme.id);
        let plan = client.simple_query(&explain).await.unwrap_or_else(|e| panic!("{name}: {e:?}"));
        client.batch_execute("deallocate week").await.unwrap();
        writeln!(text, "{file} {name}").unwrap();
        for message in &plan {
            let SimpleQueryMessage::Row(row) = message else { continue };
            let line = row.get(0).unwrap_or_default();
            if line.contains("Scan") {
                writeln!(text, "    {}", line.trim_start_matches([' ', '-', '>'])).unwrap();
            }
        }
    }
    text
}

#[tokio::test]
async fn golden_plans() {
    // Its own database: rows that other tests write beside it would change what the planner knows.
    let house = harness::start_apart(modules::list()).await;
    let above = house.above().await;
    let version = "select current_setting('server_version_num')::int / 10000";
    let version: i32 = above.query_one(version, &[]).await.unwrap().get(0);
    let pooled = plans(&login(&house.ground.dsns.app).await).await;
    if kept_on(version, writing()).unwrap_or_else(|sentence| panic!("{sentence}")) {
        golden("plans.txt", &format!("{pooled}{}", cost_of_a_week(&house).await));
    }
    let acme = house.company("dedicated").await;
    let dedicated = plans(&login(&acme.dsn().await).await).await;
    assert_eq!(difference("plans.txt (pooled against dedicated)", &pooled, &dedicated), None);
}

//! What a reviewer reads: routes, roles, events, schema, plans, the document of the API. `make golden` rewrites them.
use kernel::{EVENTS, PERMISSIONS, QUERIES, Role, tx::Plane};
use std::{fmt::Write, path::PathBuf};
use tradewind::{doctor, modules};

/// All there are. A file beside them is read by nobody, and a reviewer would believe it.
const GOLDEN: [&str; 6] = ["events.txt", "openapi.json", "plans.txt", "roles.txt", "routes.txt", "schema.txt"];
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden");

#[test]
fn golden_folder_holds_what_is_compared_and_nothing_else() {
    let files = std::fs::read_dir(FOLDER).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, GOLDEN, "golden/ holds a file that no test writes, or lacks one");
}

/// Compares with golden/<name>, or writes it when TRADEWIND_GOLDEN=write.
fn golden(name: &str, found: &str) {
    assert!(GOLDEN.contains(&name), "name golden/{name} in GOLDEN, so that it is missed when it goes");
    let path = PathBuf::from(FOLDER).join(name);
    if std::env::var("TRADEWIND_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, found).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let difference: Vec<String> = kept
        .lines()
        .filter(|l| !found.lines().any(|f| f == *l))
        .map(|l| format!("- {l}"))
        .chain(found.lines().filter(|l| !kept.lines().any(|k| k == *l)).map(|l| format!("+ {l}")))
        .take(40)
        .collect();
    assert!(
        kept == found,
        "golden/{name} differs; `make golden` rewrites it, then read the difference:\n{}",
        difference.join("\n")
    );
}

#[test]
fn golden_routes() {
    let mut lines: Vec<String> = modules::all().routes.iter().map(doctor::route_line).collect();
    lines.sort_by_key(|line| line[7..].to_owned());
    golden("routes.txt", &(lines.join("\n") + "\n"));
}

#[test]
fn golden_roles() {
    let mut all: Vec<_> = PERMISSIONS.iter().collect();
    all.sort_by_key(|p| p.name);
    let mut text = String::from("# What each role may do. Owner and admin may do everything.\n");
    for permission in all {
        let roles: Vec<&str> =
            Role::ALL.iter().filter(|role| permission.roles.contains(role)).map(|role| role.as_str()).collect();
        writeln!(text, "{:24} {:64} {}", permission.name, permission.sentence, roles.join(" ")).unwrap();
    }
    golden("roles.txt", &text);
}

#[test]
fn golden_events() {
    let mut all: Vec<_> = EVENTS.iter().collect();
    all.sort_by_key(|e| e.kind);
    let mut text = String::from("# Every event, the permission one needs to hear of it, its fields.\n");
    for event in &all {
        writeln!(text, "{:28} {:24} {}", event.kind, event.seen_by, event.fields.join(" ")).unwrap();
    }
    assert!(all.windows(2).all(|pair| pair[0].kind != pair[1].kind), "two events of one kind");
    golden("events.txt", &text);
}

#[test]
fn golden_openapi() {
    let document = kernel::openapi::document(&modules::all().routes, env!("CARGO_PKG_VERSION"));
    golden("openapi.json", &(serde_json::to_string_pretty(&document).unwrap() + "\n"));
}

#[tokio::test]
async fn golden_schema() {
    let house = harness::start(modules::list()).await;
    let client = house.above().await;
    let mut text = String::new();
    let tables = client
        .query("select n.nspname::text, c.relname::text, c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('app', 'ctl', 'ops') and c.relkind in ('r', 'p') order by 1, 2", &[])
        .await
        .unwrap();
    for table in tables {
        let (schema, name, oid): (String, String, u32) = (table.get(0), table.get(1), table.get(2));
        writeln!(text, "{schema}.{name}").unwrap();
        let columns = client
            .query("select attname::text, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(d.adbin, d.adrelid) from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where attrelid = $1 and attnum > 0 and not attisdropped order by attnum", &[&oid])
            .await
            .unwrap();
        for column in columns {
            let default: Option<String> = column.get(3);
            let rest = default.map(|d| format!(" default {d}")).unwrap_or_default();
            writeln!(
                text,
                "    {} {}{}{rest}",
                column.get::<_, String>(0),
                column.get::<_, String>(1),
                if column.get(2) { " not null" } else { "" }
            )
            .unwrap();
        }
        for line in client.query("select conname::text || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = $1 and contype <> 'n' order by 1", &[&oid]).await.unwrap() {
            writeln!(text, "    + {}", line.get::<_, String>(0)).unwrap();
        }
        for line in client
            .query(
                "select indexdef from pg_indexes where schemaname = $1 and tablename = $2 order by 1",
                &[&schema, &name],
            )
            .await
            .unwrap()
        {
            writeln!(text, "    # {}", line.get::<_, String>(0)).unwrap();
        }
    }
    golden("schema.txt", &text);
}

/// Plans as the app role sees them, with sequential scans made dear: whatever still reads a whole table has no index
/// that can serve it under row-level security.
#[tokio::test]
async fn golden_plans() {
    // Its own database: rows that other tests write beside it would change what the planner knows.
    let house = harness::start_apart(modules::list()).await;
    let version: i32 = house
        .above()
        .await
        .query_one("select current_setting('server_version_num')::int / 10000", &[])
        .await
        .unwrap()
        .get(0);
    let (client, connection) = tokio_postgres::connect(&house.ground.dsns.app, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set jit = off").await.unwrap();
    let mut text =
        String::from("# How each statement finds its rows (PostgreSQL 15 and newer agree on what is kept here).\n");
    let mut scans = vec![];
    let mut queries: Vec<_> = QUERIES
        .iter()
        .filter(|q| {
            q.plane == Plane::Tenant && !q.sql.contains("set_tenant") && !q.sql.trim_start().starts_with("insert")
        })
        .collect();
    queries.sort_by_key(|q| (q.at.rsplit_once(':').map(|(file, _)| file), q.name));
    for query in queries {
        let nulls = vec!["null"; query.takes.len() + 1].join(", ");
        let types: Vec<String> =
            std::iter::once("uuid".to_owned()).chain(query.takes.iter().map(|p| p.ty.name().to_owned())).collect();
        client
            .batch_execute(&format!(
                "prepare p ({}) as {}",
                types
                    .iter()
                    .map(|t| t.strip_prefix('_').map(|t| format!("{t}[]")).unwrap_or(t.clone()))
                    .collect::<Vec<_>>()
                    .join(", "),
                query.sql
            ))
            .await
            .unwrap_or_else(|e| panic!("{}: {e:?}", query.at));
        let plan = client.simple_query(&format!("explain (costs off) execute p({nulls})")).await.unwrap();
        let mut found: Vec<String> = plan
            .iter()
            .filter_map(|m| match m {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .filter(|line| line.contains("Scan"))
            .map(|line| line.trim_start_matches([' ', '-', '>']).to_owned())
            .collect();
        found.sort();
        found.dedup();
        if found.iter().any(|line| line.contains("Seq Scan")) {
            scans.push(format!("{} {}: {}", query.at, query.name, found.join(" · ")));
        }
        let file = query.at.rsplit_once(':').map_or(query.at, |(file, _)| file);
        writeln!(text, "{file} {}\n    {}", query.name, found.join("\n    ")).unwrap();
        client.batch_execute("deallocate p").await.unwrap();
    }
    assert!(scans.is_empty(), "these read a whole table:\n{}", scans.join("\n"));
    if version == 15 || std::env::var("TRADEWIND_GOLDEN").is_ok() {
        golden("plans.txt", &text);
    }
}

//! Every statement is understood: prepared on the migrated schema, pooled and dedicated, its parameters and columns held
//! against the Rust types, every tenant table in it tied to `$1`.
use kernel::tx::{Plane, QUERIES, Query};
use std::collections::HashSet;
use tokio_postgres::Client;

pub async fn login(dsn: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(dsn, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// What is wrong with a statement, or nothing.
async fn faults(
    client: &Client,
    query: &Query,
    nullable: &HashSet<(u32, i16)>,
    tables: &HashSet<String>,
) -> Vec<String> {
    let mut faults = vec![];
    let statement = match client.prepare_typed(query.sql, &query.types()).await {
        Ok(statement) => statement,
        Err(error) => return vec![format!("{}: {error} {:?}", query.at, error.as_db_error().map(|e| e.message()))],
    };
    let own = usize::from(query.plane == Plane::Tenant);
    let given = statement.params();
    if given.len() != query.takes.len() + own {
        faults.push(format!("takes {} values, the function gives {}", given.len(), query.takes.len() + own));
    }
    for (param, ty) in query.takes.iter().zip(given.iter().skip(own)) {
        if !(param.accepts)(ty) || param.ty != *ty {
            faults.push(format!("{} is {} here and {ty} there", param.name, param.rust));
        }
    }
    if let Err(misfit) = query.check(statement.columns().iter().map(|column| (column.name(), column.type_()))) {
        faults.push(format!("{misfit:?}"));
    }
    for (field, column) in query.gives.iter().zip(statement.columns()) {
        let may_be_null = column.table_oid().zip(column.column_id()).is_some_and(|at| nullable.contains(&at));
        if may_be_null && !(field.takes_null)() {
            faults.push(format!("{} may be null, the field `{}` cannot", column.name(), field.rust));
        }
    }
    if query.silent && !query.sql.trim_start().to_lowercase().starts_with("insert") && query.plane == Plane::Tenant {
        faults.push("nobody looks at what it did: give it a type, u64 at least".into());
    }
    if query.plane == Plane::Tenant {
        faults.extend(untied(query.sql, tables));
    }
    faults.into_iter().map(|fault| format!("{} {}: {fault}", query.at, query.name)).collect()
}

/// Tenant tables that the text names more often than it ties them to `$1`.
fn untied(sql: &str, tables: &HashSet<String>) -> Vec<String> {
    let text = sql.to_lowercase().replace(['\n', '(', ')', ',', ';'], " ").replace(" only ", " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let named = words
        .windows(2)
        .filter(|pair| {
            matches!(pair[0], "from" | "join" | "update" | "into" | "using")
                && tables.contains(pair[1].trim_start_matches("ops."))
        })
        .count();
    let flat = words.join(" ");
    let tied = flat.matches("tenant_id = $1").count()
        + flat.matches("values $1").count()
        + flat.matches("select $1").count()
        + words
            .windows(3)
            .filter(|w| w[0].ends_with(".tenant_id") && w[1] == "=" && w[2].ends_with(".tenant_id"))
            .count();
    match named > tied {
        true => vec![format!("names {named} tenant tables and ties {tied} of them to $1")],
        false => vec![],
    }
}

#[tokio::test]
async fn every_statement_is_understood() {
    let house = harness::start(tradewind::modules::list()).await;
    let acme = house.company("dedicated").await;
    let above = house.above().await;
    let nullable: HashSet<(u32, i16)> = above
        .query("select attrelid, attnum from pg_attribute where attnum > 0 and not attnotnull", &[])
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let tables: HashSet<String> = above.query("select relname::text from pg_class where relnamespace in ('app'::regnamespace, 'ops'::regnamespace) and relkind in ('r', 'p')", &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    // A tenant's statement is asked by the pooled login and by a dedicated company's own.
    let tenants = [login(&house.ground.dsns.app).await, login(&acme.dsn().await).await];
    let control = [login(&house.ground.dsns.control).await];
    let ops = [login(&house.ground.dsns.job).await];
    let of = |plane: Plane| match plane {
        Plane::Tenant => &tenants[..],
        Plane::Control => &control,
        Plane::Ops => &ops,
    };
    let mut all = vec![];
    for query in QUERIES.iter().filter(|q| q.sql.len() > 8) {
        for client in of(query.plane) {
            all.extend(faults(client, query, &nullable, &tables).await);
        }
    }
    assert!(QUERIES.len() > 50, "only {} statements are registered", QUERIES.len());
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));

    // The gate can see: each of these mistakes must be found.
    let mistakes = [
        ("a typing error", "select nmae from customer where tenant_id = $1"),
        ("a table without its tenant", "select name from customer"),
        (
            "a join that forgets its second tenant",
            "select c.name from customer c join contact k on k.customer_id = c.id where c.tenant_id = $1",
        ),
        (
            "a subquery that forgets it",
            "select name from customer where tenant_id = $1 and id in (select customer_id from contact)",
        ),
        ("an update without it", "update customer set name = 'x'"),
    ];
    for (what, sql) in mistakes {
        let query =
            Query { name: "planted", sql, at: "here", takes: &[], gives: &[], silent: false, plane: Plane::Tenant };
        for client in &tenants {
            assert!(!faults(client, &query, &nullable, &tables).await.is_empty(), "{what} was not found");
        }
    }
    let sql = "select name from app.customer where tenant_id = $1";
    let query = Query { name: "planted", sql, at: "here", takes: &[], gives: &[], silent: false, plane: Plane::Tenant };
    let said = faults(&tenants[1], &query, &nullable, &tables).await.join(" ");
    assert!(said.contains("permission denied for schema app"), "a name that only the pooled login knows: {said}");
}

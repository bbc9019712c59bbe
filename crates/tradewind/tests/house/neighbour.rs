//! A neighbour sees nothing: every operation of the document × every id of another company, in path, query and body,
//! by token and by key, in every pairing of placements. What a foreign id answers must be what a made-up id answers,
//! byte for byte, and nothing of the neighbour's may change.
use crate::routes::fill;
use axum::http::Method;
use harness::{Answer, Company, Person, TestHouse};
use kernel::{
    Access, Module, Result,
    http::{Json, Path},
    module::Route,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tradewind::{demo, modules};
use uuid::Uuid;

/// One id of each table the company has rows in; the newest.
async fn ids_of(company: &Company<'_>) -> BTreeMap<String, Uuid> {
    let client = company.test.above().await;
    let schema = company.schema().await;
    let tables = client
        .query("select table_name::text from information_schema.columns where table_schema = $1 and column_name = 'id' and data_type = 'uuid' order by 1", &[&schema])
        .await
        .unwrap();
    let mut ids = BTreeMap::new();
    for table in tables {
        let table: String = table.get(0);
        let row = client
            .query_opt(
                &format!("select id from {schema}.{table} where tenant_id = $1 order by id desc limit 1"),
                &[&company.id],
            )
            .await
            .unwrap();
        if let Some(row) = row {
            ids.insert(table, row.get(0));
        }
    }
    ids
}

/// The answer without what differs between any two requests, and without the id that was asked for.
fn face(answer: &Answer, asked: Uuid) -> (u16, String) {
    let mut body = answer.body.clone();
    if let Some(map) = body.as_object_mut() {
        map.remove("instance");
    }
    let text = if body.is_null() { answer.text.clone() } else { body.to_string() };
    (answer.status, text.replace(&asked.to_string(), "<id>"))
}

/// A body that the schema allows, with `ids` for every uuid. Good enough to reach the rules behind the door.
fn sample(schema: &Value, document: &Value, id: Uuid, depth: usize) -> Value {
    if depth > 6 {
        return Value::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(
            &document.pointer(reference.trim_start_matches('#')).cloned().unwrap_or(Value::Null),
            document,
            id,
            depth + 1,
        );
    }
    if let Some(any) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        return any.first().map_or(Value::Null, |s| sample(s, document, id, depth + 1));
    }
    if let Some(word) = schema["enum"].as_array().and_then(|all| all.first()).or(schema.get("const")) {
        return word.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or("null"),
        Value::String(kind) => kind,
        _ => "object",
    };
    match (kind, schema["format"].as_str()) {
        ("string", Some("uuid")) => json!(id),
        ("string", Some("date-time")) => json!("2026-06-23T15:00:00Z"),
        ("string", Some("date")) => json!("2026-06-23"),
        ("string", _) => json!("a@example.com"),
        ("integer" | "number", _) => json!(60),
        ("boolean", _) => json!(true),
        ("array", _) => json!([sample(&schema["items"], document, id, depth + 1)]),
        ("object", _) => {
            let map = schema["properties"].as_object().cloned().unwrap_or_default();
            Value::Object(
                map.into_iter().map(|(name, property)| (name, sample(&property, document, id, depth + 1))).collect(),
            )
        }
        _ => Value::Null,
    }
}

struct Probe<'a> {
    document: &'a Value,
    count: usize,
    leaks: Vec<String>,
}

impl Probe<'_> {
    /// One route: each foreign id beside a made-up one.
    async fn route(&mut self, route: &Route, callers: &[Person<'_>], foreign: &BTreeMap<String, Uuid>) {
        let operation = &self.document["paths"][route.path][route.method.as_str().to_lowercase()];
        let body_schema = operation["requestBody"]["content"]["application/json"]["schema"].clone();
        let uuid_params: Vec<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|p| p["in"] == "query" && p["schema"].to_string().contains("uuid"))
            .filter_map(|p| p["name"].as_str())
            .collect();
        let in_path = route.path.contains('{');
        let body_has_id =
            sample(&body_schema, self.document, Uuid::nil(), 0).to_string().contains(&Uuid::nil().to_string());
        if !in_path && uuid_params.is_empty() && !body_has_id {
            return;
        }
        for caller in callers {
            let nothing = Uuid::now_v7();
            let empty = self.ask(route, caller, &uuid_params, &body_schema, nothing).await;
            for (table, id) in foreign {
                let answer = self.ask(route, caller, &uuid_params, &body_schema, *id).await;
                self.count += 2;
                if answer != empty {
                    self.leaks.push(format!(
                        "{} {} with an id of `{table}`: {answer:?} instead of {empty:?}",
                        route.method, route.path
                    ));
                }
            }
        }
    }

    async fn ask(&self, route: &Route, caller: &Person<'_>, params: &[&str], body: &Value, id: Uuid) -> (u16, String) {
        let mut path: String = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { id.to_string() } else { part.to_owned() })
            .collect::<Vec<_>>()
            .join("/");
        for (i, param) in params.iter().enumerate() {
            path += &format!("{}{param}={id}", if i == 0 { "?" } else { "&" });
        }
        let body = if body.is_null() { json!({}) } else { sample(body, self.document, id, 0) };
        let answer = match route.method == Method::GET {
            true => caller.get(&path).await,
            false => caller.send(route.method.clone(), &path, &[("if-match", "\"1\"")], body).await,
        };
        face(&answer, id)
    }
}

fn probed() -> Vec<Route> {
    modules::all()
        .routes
        .into_iter()
        .filter(|route| !matches!(route.path, "/live" | "/sign-out") && !route.path.contains("{*"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbour_sees_nothing() {
    let house = harness::start(modules::list()).await;
    let routes = probed();
    let document = kernel::openapi::document(&routes, "test");
    let mut count = 0;
    for (ours, theirs) in
        [("pooled", "pooled"), ("dedicated", "dedicated"), ("pooled", "dedicated"), ("dedicated", "pooled")]
    {
        let (acme, neighbour) = (house.company(ours).await, house.company(theirs).await);
        for company in [&acme, &neighbour] {
            demo::story(
                &demo::Caller::new(house.router.clone(), &company.host, &company.api_key),
                house.house.clock().now(),
            )
            .await
            .expect("the story of a job");
        }
        house.run_jobs().await;
        let foreign = ids_of(&neighbour).await;
        assert!(foreign.len() >= 20, "the neighbour has rows in only {} tables: {foreign:?}", foreign.len());
        let before = neighbour.fingerprint().await;
        let callers = [acme.person("owner").await, acme.program(), acme.visitor()];
        let mut probe = Probe { document: &document, count: 0, leaks: vec![] };
        for route in &routes {
            probe.route(route, &callers, &foreign).await;
        }
        assert!(probe.leaks.is_empty(), "{} leaks:\n{}", probe.leaks.len(), probe.leaks.join("\n"));
        count += probe.count;
        assert_eq!(before, neighbour.fingerprint().await, "a probe changed the neighbour's rows");

        // Lists, search and dashboards: nothing of the neighbour's, neither id nor name, in any answer without an id.
        let owner = &callers[0];
        let names: Vec<String> = foreign.values().map(Uuid::to_string).collect();
        for route in routes.iter().filter(|r| r.method == Method::GET && !r.path.contains('{')) {
            for path in [route.path.to_owned(), format!("{}?q=rivera", route.path)] {
                let answer = owner.get(&path).await;
                count += 1;
                assert!(!names.iter().any(|name| answer.text.contains(name)), "{path} shows an id of the neighbour's");
            }
        }

        // The positive control: the rightful company gets its own.
        let mut own = 0;
        let ids = ids_of(&acme).await;
        for route in routes.iter().filter(|r| r.method == Method::GET && r.path.matches('{').count() == 1) {
            for id in ids.values() {
                let path: String = fill(route.path)
                    .split('/')
                    .map(|part| if part.parse::<Uuid>().is_ok() { id.to_string() } else { part.to_owned() })
                    .collect::<Vec<_>>()
                    .join("/");
                own += usize::from(owner.get(&path).await.status == 200);
            }
        }
        assert!(own >= 15, "only {own} of its own records answered");

        // Address and credential of different companies: refused.
        let mut stray = owner.clone();
        stray.host = neighbour.host.clone();
        assert_eq!(stray.get("/api/v1/customers").await.status, 403);
        let mut stray = acme.program();
        stray.host = neighbour.host.clone();
        assert_eq!(stray.get("/api/v1/customers").await.status, 403);
    }
    println!("{count} probes, no leak");
    assert!(count > 20_000, "only {count} probes");
}

/// The sabotage control: a route that forgets its tenant is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_that_forgets_its_tenant_is_found() {
    let mut all = modules::list();
    all.push(Module::new("leak").get("/api/v1/leak/{id}", leak, "A planted hole"));
    let routes: Vec<Route> = all.iter().flat_map(|m| m.routes.clone()).filter(|r| r.path.contains("/leak/")).collect();
    let house: TestHouse = harness::start(all).await;
    let (acme, neighbour) = (house.company("pooled").await, house.company("pooled").await);
    demo::story(
        &demo::Caller::new(house.router.clone(), &neighbour.host, &neighbour.api_key),
        house.house.clock().now(),
    )
    .await
    .expect("the story of a job");
    let document = kernel::openapi::document(&routes, "test");
    let mut probe = Probe { document: &document, count: 0, leaks: vec![] };
    probe.route(&routes[0], &[acme.person("owner").await], &ids_of(&neighbour).await).await;
    assert!(!probe.leaks.is_empty(), "the planted hole was not found");
}

async fn leak(_: Access<customers::CustomersRead>, Path(id): Path<Uuid>) -> Result<Json<Value>> {
    let (client, connection) = tokio_postgres::connect(&harness::ground().dsns.admin, tokio_postgres::NoTls)
        .await
        .map_err(|e| kernel::Error::Bug(e.to_string()))?;
    tokio::spawn(connection);
    let row = client
        .query_opt("select name from app.customer where id = $1", &[&id])
        .await
        .map_err(|e| kernel::Error::Bug(e.to_string()))?;
    row.map(|row| Json(json!({ "name": row.get::<_, String>(0) }))).ok_or(kernel::Error::NotFound)
}

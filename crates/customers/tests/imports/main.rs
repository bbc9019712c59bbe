//! Imports through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse, start};
use serde_json::{Value, json};
use std::collections::BTreeSet;

mod formats;
mod merged;
mod own;
mod size;
mod undo;
mod workbook;

async fn house() -> TestHouse {
    start(vec![customers::module()]).await
}

const BOUNDARY: &str = "tradewindboundary";

async fn send(person: &Person<'_>, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    person.call(Method::POST, path, &[("content-type", &content)], Body::from(body)).await
}

/// Uploaded and looked through: where the import is.
async fn checked(person: &Person<'_>, acme: &Company<'_>, bytes: &[u8]) -> String {
    let made = send(person, "/api/v1/customer-imports", "customers.csv", bytes).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/api/v1/customer-imports/{}", made.id());
    assert_eq!(verb(person, &path, "check").await.status, 202);
    acme.test.run_jobs().await;
    assert_eq!(person.get(&path).await.body["status"], "checked");
    path
}

async fn verb(person: &Person<'_>, path: &str, verb: &str) -> Answer {
    person.post(&format!("{path}/{verb}"), json!({})).await
}

async fn imported(person: &Person<'_>, acme: &Company<'_>, bytes: &[u8]) -> String {
    let path = checked(person, acme, bytes).await;
    assert_eq!(verb(person, &path, "run").await.status, 202);
    acme.test.run_jobs().await;
    assert_eq!(person.get(&path).await.body["status"], "done");
    path
}

async fn undone(person: &Person<'_>, acme: &Company<'_>, path: &str) -> Value {
    let asked = verb(person, path, "undo").await;
    assert_eq!((asked.status, &asked.body["status"]), (202, &json!("undoing")), "{asked:?}");
    acme.test.run_jobs().await;
    let done = person.get(path).await.body;
    assert_eq!(done["status"], "undone", "{done}");
    done
}

fn counts(import: &Value, names: &[&str]) -> Vec<i64> {
    names.iter().map(|name| import[name].as_i64().unwrap()).collect()
}

/// What the rows say, each hashed; not how often and when they were written.
async fn hashes(acme: &Company<'_>) -> BTreeSet<String> {
    let (above, schema) = (acme.test.above().await, acme.schema().await);
    let mut all = BTreeSet::new();
    for table in [
        "customer",
        "location",
        "contact",
        "customer_tag",
        "customer_word",
        "customer_reach",
        "equipment",
        "external_id",
    ] {
        let sql = format!(
            "select md5((to_jsonb(r) - array['version', 'updated_at'])::text) from {schema}.{table} r where tenant_id = $1"
        );
        let rows = above.query(&sql, &[&acme.id]).await.unwrap();
        all.extend(rows.iter().map(|row| format!("{table} {}", row.get::<_, String>(0))));
    }
    all
}

//! How long a search and an import take in a large company. Minutes each, so they run when asked for:
//! `cargo test --release -p customers --test large -- --ignored --nocapture`.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Company, Person, start};
use serde_json::json;
use std::{fmt::Write, time::Instant};

const BOUNDARY: &str = "tradewindboundary";

/// A file as it comes from another system; one line in a thousand is refused.
fn file(lines: usize) -> String {
    const FIRST: [&str; 8] = ["John", "Mary", "Maria", "James", "Stella", "Sam", "Anna", "Peter"];
    const CITY: [&str; 4] = ["Springfield", "Salem", "Franklin", "Riverside"];
    let mut file = String::from("Customer ID,Name,Email,Phone,Street,City,State,ZIP\n");
    for n in 0..lines {
        let (first, city, mail) =
            (FIRST[n % 8], CITY[n / 3 % 4], if n % 1000 == 999 { "broken" } else { "example.com" });
        let last = char::from(b'A' + (n / 8 % 26) as u8);
        writeln!(
            file,
            "C{n},{first} {last}ason{},c{n}@{mail},(217) {:03}-{:04},{} Elm St,{city},IL,{:05}",
            n / 208,
            n / 10_000 % 1000,
            n % 10_000,
            1 + n % 900,
            62_000 + n % 500
        )
        .unwrap();
    }
    file
}

async fn upload(person: &Person<'_>, bytes: &[u8]) -> String {
    let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"customers.csv\"\r\nContent-Type: text/csv\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    let made =
        person.call(Method::POST, "/api/v1/customer-imports", &[("content-type", &content)], Body::from(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("/api/v1/customer-imports/{}", made.id())
}

async fn work(person: &Person<'_>, company: &Company<'_>, path: &str, verb: &str) -> serde_json::Value {
    assert_eq!(person.post(&format!("{path}/{verb}"), json!({})).await.status, 202);
    company.test.run_jobs().await;
    person.get(path).await.body
}

/// LINES says how many; 10,000 when not given.
#[tokio::test]
#[ignore = "minutes"]
async fn an_import_is_quick() {
    let lines: usize = std::env::var("LINES").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let house = start(vec![customers::module()]).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let file = file(lines);
    let begun = Instant::now();
    let path = upload(&owner, file.as_bytes()).await;
    let uploaded = begun.elapsed();
    let checked = work(&owner, &acme, &path, "check").await;
    let looked = begun.elapsed();
    let done = work(&owner, &acme, &path, "run").await;
    let all = begun.elapsed();
    println!(
        "{lines} lines: upload {:.1} s, check {:.1} s, run {:.1} s, in all {:.1} s",
        uploaded.as_secs_f64(),
        (looked - uploaded).as_secs_f64(),
        (all - looked).as_secs_f64(),
        all.as_secs_f64()
    );
    let refused = lines / 1000;
    assert_eq!((checked["status"].as_str(), done["status"].as_str()), (Some("checked"), Some("done")), "{done}");
    assert_eq!((done["made"].as_u64(), done["wrong"].as_u64()), (Some((lines - refused) as u64), Some(refused as u64)));
}

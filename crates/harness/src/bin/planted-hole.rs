//! A hole on purpose, for those who look for holes: `planted-hole ADDRESS` serves `/people?name=…`, whose name goes into SQL as it is,
//! over a throw-away PostgreSQL. A search that does not find it has found nothing by finding nothing. Part of no product.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A tool of the tests may stop.
use axum::{Router, extract::RawQuery, http::StatusCode, routing::get};
use embedded::Embedded;
use std::{path::PathBuf, sync::Arc};

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).expect("planted-hole ADDRESS");
    let node_modules = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/node_modules"));
    let folder = std::env::temp_dir().join(format!("tradewind-hole-{}", std::process::id()));
    let config = embedded::Config { node_modules: Some(node_modules), ..embedded::Config::at(&folder) };
    let database = Embedded::temp(&config).await.expect("a PostgreSQL");
    let (client, connection) = tokio_postgres::connect(&database.dsn(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("create table person (name text); insert into person values ('Ada'), ('Bo')").await.unwrap();
    let client = Arc::new(client);
    let people = move |RawQuery(asked): RawQuery| {
        let client = client.clone();
        async move {
            let asked = asked.unwrap_or_default();
            let name = asked.split('&').find_map(|pair| pair.strip_prefix("name=")).map(decoded).unwrap_or_default();
            // Here is the hole.
            let sql = ["select name from person where name = '", &name, "'"].concat();
            match client.simple_query(&sql).await {
                Ok(rows) => (StatusCode::OK, format!("{} found", rows.len() - 1)),
                Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("ERROR: {error:?}")),
            }
        }
    };
    let listener = tokio::net::TcpListener::bind(&address).await.expect("the address is free");
    let leave = async {
        // Ends with whoever started it: its standard input closes.
        let _ = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await;
    };
    axum::serve(listener, Router::new().route("/people", get(people))).with_graceful_shutdown(leave).await.unwrap();
    database.stop().await.unwrap();
    let _ = std::fs::remove_dir_all(folder);
}

fn decoded(text: &str) -> String {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).unwrap_or(0) as u8;
        bytes.push(match byte {
            b'%' => (digit() << 4) + digit(),
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

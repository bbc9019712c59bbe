//! From a configuration to a running house: find PostgreSQL, raise the walls, migrate, check, open the pools.
use embedded::Embedded;
use kernel::{
    Clock, Database, Desk, House,
    house::{Address, Plan},
    http::limit::{Limits, Rates},
    module::Modules,
    tenant::Tenants,
    tx::Statements,
};
use std::{path::PathBuf, sync::Arc};

use crate::config::Config;

/// Whatever kept us from starting, in a sentence that says what to do.
pub type Result<T> = std::result::Result<T, String>;

/// A database that is ready to be connected to, and what keeps it alive.
pub struct Ground {
    pub dsns: walls::Dsns,
    pub secrets: walls::Secrets,
    pub embedded: Option<Embedded>,
    pub warnings: Vec<String>,
}

/// Finds or starts PostgreSQL and raises roles, schemas and functions. Migrates nothing.
pub async fn ground(config: &Config) -> Result<Ground> {
    let (embedded, admin) = reach(config).await?;
    let secrets = walls::Secrets::load_or_create(&config.data_dir).map_err(|e| e.to_string())?;
    let (dsns, warnings) = walls::prepare(&admin, &secrets).await.map_err(|e| e.to_string())?;
    let dsns = match &config.pooler {
        Some(pooler) => dsns.through(pooler, &secrets).map_err(|e| format!("TRADEWIND_POOLER: {e}"))?,
        None => dsns,
    };
    Ok(Ground { dsns, secrets, embedded, warnings })
}

/// The administrator's address of a PostgreSQL that answers; nothing in it is changed but that an embedded one has a
/// database of our name.
pub async fn reach(config: &Config) -> Result<(Option<Embedded>, String)> {
    std::fs::create_dir_all(&config.data_dir)
        .map_err(|e| format!("cannot make the data directory {}: {e}", config.data_dir.display()))?;
    Ok(match &config.database_url {
        Some(url) => (None, url.clone()),
        None => {
            let plan = embedded::Config { node_modules: node_modules(), ..embedded::Config::at(&config.data_dir) };
            let database = Embedded::start(&plan).await.map_err(|e| e.to_string())?;
            create_database(&database.dsn()).await?;
            let dsn = database.dsn_for("postgres", "tradewind");
            (Some(database), dsn)
        }
    })
}

/// Beside the binary (`target/release` in a clone), or below where we were started.
fn node_modules() -> Option<PathBuf> {
    let beside =
        std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.parent()?.join("web/node_modules")));
    let named = std::env::var_os("TRADEWIND_NODE_MODULES").map(PathBuf::from);
    [named, Some(PathBuf::from("web/node_modules")), beside].into_iter().flatten().find(|path| path.is_dir())
}

async fn create_database(dsn: &str) -> Result<()> {
    let (client, connection) = tokio_postgres::connect(dsn, tokio_postgres::NoTls).await.map_err(|e| e.to_string())?;
    let task = tokio::spawn(connection);
    let there = client
        .query_opt("select 1 from pg_database where datname = 'tradewind'", &[])
        .await
        .map_err(|e| e.to_string())?;
    if there.is_none() {
        client.batch_execute("create database tradewind").await.map_err(|e| e.to_string())?;
    }
    drop(client);
    let _ = task.await;
    Ok(())
}

/// Brings every schema to this program's version, and refuses walls with a hole in them.
pub async fn migrate_and_check(ground: &Ground) -> Result<()> {
    let report = walls::migrate::up(&ground.dsns, &ground.secrets).await.map_err(|e| e.to_string())?;
    for late in &report.skipped {
        tracing::warn!(
            schema = late.schema,
            reason = late.reason,
            "a schema could not be migrated yet and will be tried again"
        );
    }
    let findings = walls::lint::check(&ground.dsns.admin).await.map_err(|e| e.to_string())?;
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(|f| format!("  {} {}: {}", f.rule, f.object, f.fix)).collect();
    Err(format!(
        "the database walls have holes, so nothing is served:\n{}\nrun `tradewind doctor` after mending them",
        lines.join("\n")
    ))
}

/// The house over a database that is ready.
pub fn house(config: &Config, ground: &Ground, clock: Clock) -> Result<House> {
    house_serving(config, ground, clock, &[], true)
}

/// The same, of which this process serves the named contexts alone (none named: all), and answers for them if it is `web`;
/// a worker answers for itself only: health and figures.
pub fn house_serving(config: &Config, ground: &Ground, clock: Clock, contexts: &[String], web: bool) -> Result<House> {
    let statements = if config.unnamed_statements { Statements::Unnamed } else { Statements::Named };
    let say = |e: kernel::Error| e.to_string();
    let control = Desk::control(&ground.dsns.control, 4, statements).map_err(say)?;
    let registry = tenancy::Registry::new(control.clone(), ground.dsns.clone(), ground.secrets.clone());
    let authenticator = Arc::new(tenancy::Authenticator::new(control.clone(), &ground.secrets, clock.clone()));
    let rates = Rates {
        principal: config.rate_principal,
        visitor: config.rate_visitor,
        tenant: config.rate_tenant,
        careful: config.rate_careful,
    };
    let plan = Plan {
        database: Database::new(&ground.dsns.app, config.pool_size.into(), statements).map_err(say)?,
        ops: Desk::ops(&ground.dsns.job, 6, statements)
            .and_then(|ops| ops.hearing_at(&ground.dsns.ear))
            .map_err(say)?,
        control,
        clock,
        tenants: Tenants::new(Arc::new(registry)),
        authenticator: authenticator.clone(),
        limits: Limits::new(rates),
        address: address(config),
        data_dir: config.data_dir.clone(),
    };
    let post = config.post()?;
    let mut modules = crate::modules::list();
    // It shows mails of all companies to anybody: only where none leaves, and the operator says it is for development.
    if config.development && !post.sends() {
        modules.push(mail::mailbox::module());
    }
    let here = |name: &str| {
        contexts.is_empty() || name == crate::house::NAME || contexts.iter().any(|context| context == name)
    };
    let mut modules = Modules::serving(modules, here);
    if !web {
        (modules.router, modules.large) = (crate::house::module().router(), Default::default());
    }
    let house = House::new(plan, modules);
    authenticator.furnish(&house);
    house.keep(post);
    house.keep(config.outbound()?);
    house.keep(payments::provider::Desk::at(&config.stripe_api)?);
    house.keep(kernel::http::LargestFile(config.largest_file_mb));
    house.keep(config.archive()?);
    if let Some(router) = config.router()? {
        house.keep(router);
    }
    if let Some(tiles) = config.tiles()? {
        house.keep(tiles);
    }
    Ok(house)
}

fn address(config: &Config) -> Address {
    let (scheme, rest) = match &config.public_url {
        Some(url) => url
            .split_once("://")
            .map(|(s, r)| (s.to_owned(), r.trim_end_matches('/').to_owned()))
            .unwrap_or(("https".into(), url.clone())),
        None => ("http".into(), format!("{}:{}", config.base_domain, config.listen.port())),
    };
    let port = rest
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok())
        .filter(|port| !matches!((scheme.as_str(), port), ("http", 80) | ("https", 443)));
    Address { base_domain: config.base_domain.to_ascii_lowercase(), scheme, port }
}

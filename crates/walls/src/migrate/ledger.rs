//! What the database remembers of migrations: which have run where, what failed, which schemas there are.

use super::bring::Stuck;
use crate::{Dsns, Result, Secrets, dsn::connect, error::doing, furnish::Place, prepare::set_password, tenant};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::{Client, error::SqlState};

/// Schema → version → checksum.
pub(super) type Ledger = HashMap<String, BTreeMap<i32, String>>;

pub(super) async fn ledger(client: &Client) -> Result<Ledger> {
    let mut ledger = Ledger::new();
    if !there(client, "ctl.migration").await? {
        return Ok(ledger);
    }
    let rows = client
        .query("select schema_name, version, checksum from ctl.migration", &[])
        .await
        .map_err(doing("reading the ledger"))?;
    for row in rows {
        ledger.entry(row.get(0)).or_default().insert(row.get(1), row.get(2));
    }
    Ok(ledger)
}

pub(super) async fn failures(client: &Client) -> Result<HashMap<String, String>> {
    if !there(client, "ctl.migration_failure").await? {
        return Ok(HashMap::new());
    }
    let rows = client
        .query("select schema_name, error from ctl.migration_failure", &[])
        .await
        .map_err(doing("reading the failures"))?;
    Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Keeps what a schema is stuck at, or forgets it.
pub(super) async fn record(client: &Client, place: &Place, stuck: Option<&Stuck>) -> Result<()> {
    let done = match stuck {
        None => client.execute("delete from ctl.migration_failure where schema_name = $1", &[&place.name()]).await,
        Some(stuck) => {
            let keep = "insert into ctl.migration_failure (schema_name, version, error) values ($1, $2, $3) \
                on conflict (schema_name) do update set version = excluded.version, error = excluded.error, tries = migration_failure.tries + 1, at = now()";
            client.execute(keep, &[&place.name(), &stuck.version, &stuck.error.to_string()]).await
        }
    };
    done.map(drop).map_err(doing("keeping what a schema is stuck at"))
}

/// The dedicated tenants' schemas, oldest first.
pub(super) async fn places(client: &Client) -> Result<Vec<Place>> {
    if !there(client, "ctl.tenant").await? {
        return Ok(Vec::new());
    }
    let rows = client
        .query("select schema_name, id from ctl.tenant where schema_name is not null order by id", &[])
        .await
        .map_err(doing("reading the registry"))?;
    Ok(rows.into_iter().map(|row| Place::Dedicated { schema: row.get(0), tenant: row.get(1) }).collect())
}

/// After the secret was replaced no dedicated role's password fits: then, and only then, all are set again.
pub(super) async fn renew_passwords(client: &Client, dsns: &Dsns, secrets: &Secrets, places: &[Place]) -> Result<()> {
    let Some(first) = places.first() else { return Ok(()) };
    match connect(&tenant::dsn(dsns, secrets, first.name())?).await {
        Err(error) if error.sql_state() == Some(&SqlState::INVALID_PASSWORD) => {}
        _ => return Ok(()),
    }
    for place in places {
        set_password(client, secrets, place.name()).await?;
    }
    Ok(())
}

async fn there(client: &Client, table: &str) -> Result<bool> {
    let row = client
        .query_one("select to_regclass($1) is not null", &[&table])
        .await
        .map_err(doing("looking for the ledger"))?;
    Ok(row.get(0))
}

//! One migration on one schema, there or back, and the walls around its tables: always inside one transaction.

use crate::{
    Error, Result,
    error::doing,
    migration::{Migration, in_force},
};
use std::time::Instant;
use tokio_postgres::Transaction;
use uuid::Uuid;

/// Where a history is applied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    /// The registry and the queue: files name their schemas themselves and wall their tables themselves.
    Control,
    /// Every pooled tenant's schema.
    Pooled,
    /// One tenant's own.
    Dedicated { schema: String, tenant: Uuid },
}

impl Place {
    /// The name in the ledger.
    pub fn name(&self) -> &str {
        match self {
            Place::Control => "control",
            Place::Pooled => "app",
            Place::Dedicated { schema, .. } => schema,
        }
    }

    pub fn tenant(&self) -> Option<Uuid> {
        match self {
            Place::Dedicated { tenant, .. } => Some(*tenant),
            _ => None,
        }
    }
}

/// From here to the end of the transaction everything is done by, and belongs to, `tw_owner`, in this schema.
pub(crate) async fn enter(tx: &Transaction<'_>, place: &Place) -> Result<()> {
    let path = match place {
        Place::Control => "pg_catalog, public".to_owned(),
        _ => format!("{}, public", place.name()),
    };
    tx.execute("select set_config('search_path', $1, true)", &[&path])
        .await
        .map_err(doing(format!("entering {}", place.name())))?;
    tx.batch_execute("set local role tw_owner; set local lock_timeout = '2s'").await.map_err(doing("becoming tw_owner"))
}

/// Runs the file and writes its line in the ledger.
pub(crate) async fn apply(tx: &Transaction<'_>, place: &Place, migration: &Migration) -> Result<()> {
    let what = || format!("applying {} to {}", migration.file(), place.name());
    let begun = Instant::now();
    loosen(tx, place, &migration.backfills()).await?;
    tx.batch_execute(&migration.up).await.map_err(doing(what()))?;
    let took = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    tx.execute(
        "insert into ctl.migration (schema_name, version, name, checksum, took_ms) values ($1, $2, $3, $4, $5)",
        &[&place.name(), &migration.version, &migration.name, &migration.checksum, &took],
    )
    .await
    .map_err(doing(what()))?;
    Ok(())
}

/// Runs the way back and takes the line out of the ledger.
pub(crate) async fn revert(tx: &Transaction<'_>, place: &Place, migration: &Migration) -> Result<()> {
    let what = || format!("going back over {} in {}", migration.file(), place.name());
    let missing = || Error::NoWayBack { file: migration.file(), schema: place.name().to_owned() };
    let down = migration.down.as_ref().ok_or_else(missing)?;
    tx.batch_execute(down).await.map_err(doing(what()))?;
    // The first migration of all made the ledger.
    let ledger = tx.query_one("select to_regclass('ctl.migration') is not null", &[]).await.map_err(doing(what()))?;
    if ledger.get(0) {
        let line = "delete from ctl.migration where schema_name = $1 and version = $2";
        tx.execute(line, &[&place.name(), &migration.version]).await.map_err(doing(what()))?;
    }
    Ok(())
}

/// Walls every table of the schema, with the directives of the migrations applied to it.
pub(crate) async fn furnish<'a>(
    tx: &Transaction<'_>,
    place: &Place,
    applied: impl Iterator<Item = &'a Migration>,
) -> Result<()> {
    if *place == Place::Control {
        return Ok(());
    }
    let (narrowed, secret) = in_force(applied);
    tx.execute("select ctl.furnish($1, $2, $3, $4)", &[&place.name(), &place.tenant(), &narrowed, &secret])
        .await
        .map_err(doing(format!("walling the tables of {}", place.name())))?;
    Ok(())
}

async fn loosen(tx: &Transaction<'_>, place: &Place, tables: &[&str]) -> Result<()> {
    if !tables.is_empty() {
        let done = tx.execute("select ctl.loosen($1, $2)", &[&place.name(), &tables]).await;
        done.map_err(doing(format!("letting the owner see the rows of {}", tables.join(", "))))?;
    }
    Ok(())
}

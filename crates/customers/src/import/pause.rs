//! Letting an import rest, go on, or end where it is. What a batch was at is undone by its own transaction.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Json, Path, Redirect, Repeatable},
    sql,
};

use super::{Import, ImportCancelled, ImportId, ImportLines, ImportPaused, ImportResumed, Status, hold};
use crate::permissions::CustomersImport;

sql! {
    fn set(id: ImportId, status: Status, at: Timestamp) -> u64 = "
        update import set status = $3, updated_at = $4, version = version + 1 where tenant_id = $1 and id = $2";
    // Nothing was done yet: the columns are asked for again.
    fn forget_check(id: ImportId, at: Timestamp) -> u64 = "
        update import set status = 'uploaded', cursor = 0, made = 0, changed = 0, same = 0, wrong = 0, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2";
}

async fn held(tx: &mut TenantTx, id: ImportId) -> Result<Import> {
    tx.run(hold(id)).await?.ok_or(Error::NotFound)
}

async fn set_to(tx: &mut TenantTx, import: Import, status: Status) -> Result<Import> {
    tx.run(set(import.id, status, tx.now())).await?;
    Ok(Import { status, version: import.version + 1, ..import })
}

/// Asked for twice is once, here and below.
pub async fn pause(tx: &mut TenantTx, id: ImportId) -> Result<Import> {
    let import = held(tx, id).await?;
    match import.status {
        Status::Paused => Ok(import),
        Status::Running => {
            tx.tell(&ImportPaused { import: id });
            set_to(tx, import, Status::Paused).await
        }
        _ => Err(Error::refused("Only an import that is running can be paused.")),
    }
}

pub async fn resume(tx: &mut TenantTx, id: ImportId) -> Result<Import> {
    let import = held(tx, id).await?;
    match import.status {
        Status::Running => Ok(import),
        Status::Paused => {
            tx.tell(&ImportResumed { import: id });
            tx.enqueue(&ImportLines { import: id });
            set_to(tx, import, Status::Running).await
        }
        _ => Err(Error::refused("Only an import that is paused can go on.")),
    }
}

/// What was imported stays, and can be undone; what was only looked at is forgotten.
pub async fn cancel(tx: &mut TenantTx, id: ImportId) -> Result<Import> {
    let import = held(tx, id).await?;
    match import.status {
        Status::Cancelled | Status::Uploaded => Ok(import),
        Status::Running | Status::Paused => {
            tx.tell(&ImportCancelled { import: id });
            set_to(tx, import, Status::Cancelled).await
        }
        Status::Checking => {
            tx.tell(&ImportCancelled { import: id });
            tx.run(forget_check(id, tx.now())).await?;
            held(tx, id).await
        }
        _ => Err(Error::refused("This import is not at work, so there is nothing to stop.")),
    }
}

fn page_of(id: ImportId) -> Redirect {
    Redirect::to(format!("/customers/import/{id}"))
}

pub async fn api(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Json<Import>>> {
    access.once(async |tx: &mut TenantTx| pause(tx, id).await.map(Json)).await
}
pub async fn api_resume(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Json<Import>>> {
    access.once(async |tx: &mut TenantTx| resume(tx, id).await.map(Json)).await
}
pub async fn api_cancel(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Json<Import>>> {
    access.once(async |tx: &mut TenantTx| cancel(tx, id).await.map(Json)).await
}

pub async fn post(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Redirect>> {
    access.once(async |tx: &mut TenantTx| pause(tx, id).await.map(|_| page_of(id).toast("Paused"))).await
}
pub async fn post_resume(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Redirect>> {
    access.once(async |tx: &mut TenantTx| resume(tx, id).await.map(|_| page_of(id))).await
}
pub async fn post_cancel(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Redirect>> {
    access.once(async |tx: &mut TenantTx| cancel(tx, id).await.map(|_| page_of(id).toast("Stopped"))).await
}

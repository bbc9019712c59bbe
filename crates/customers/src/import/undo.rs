//! Undoing an import: who it added goes again, who it changed is put back, and who was changed since is left and listed.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Accepted, Path, Redirect, Repeatable},
    sql,
};

use super::{Import, ImportId, ImportUndoBegun, Status, UndoImport, hold};
use crate::permissions::CustomersImport;

sql! {
    fn begin(id: ImportId, at: Timestamp) -> u64 = "
        update import set status = 'undoing', updated_at = $3, version = version + 1,
          deeds = (select count(*) from import_deed d where d.tenant_id = $1 and d.import_id = $2)
        where tenant_id = $1 and id = $2";
}

/// Asked for twice is once.
pub async fn undo(tx: &mut TenantTx, id: ImportId) -> Result<Import> {
    let import = tx.run(hold(id)).await?.ok_or(Error::NotFound)?;
    match import.status {
        Status::Undoing | Status::Undone => return Ok(import),
        Status::Done | Status::Cancelled => {}
        Status::Running | Status::Paused => {
            return Err(Error::refused("This import is not over. Stop it first, then undo what it did."));
        }
        _ => return Err(Error::refused("This import changed nothing yet, so there is nothing to undo.")),
    }
    tx.run(begin(id, tx.now())).await?;
    let import = tx.run(hold(id)).await?.ok_or(Error::NotFound)?;
    match (import.deeds, import.did_something()) {
        (0, false) => Err(Error::refused("This import changed nothing, so there is nothing to undo.")),
        (0, true) => {
            let why =
                "This import ran before it was written down how to undo one. Archive its customers from the list.";
            Err(Error::refused(why))
        }
        _ => {
            tx.tell(&ImportUndoBegun { import: id });
            tx.enqueue(&UndoImport { import: id });
            Ok(import)
        }
    }
}

pub async fn api(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Accepted<Import>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let import = undo(tx, id).await?;
            Ok(Accepted { location: format!("/api/v1/customer-imports/{id}"), body: import })
        })
        .await
}

pub async fn post(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| undo(tx, id).await.map(|_| Redirect::to(format!("/customers/import/{id}"))))
        .await
}

//! Stopping an export: its place is free at once, and its worker leaves off with the next page.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Json, Path, Redirect, Repeatable},
    sql,
};

use crate::{
    Export, ExportId, ExportsCreate,
    export::{ExportCancelled, Shown, find, own},
};

sql! {
    fn stop(id: ExportId, at: Timestamp) -> u64 = "
        update export set status = 'cancelled', slot = null, finished_at = $3, updated_at = $3
        where tenant_id = $1 and id = $2 and status in ('waiting', 'running')";
}

/// Asked for twice is once; what is ready stays so.
async fn cancel(tx: &mut TenantTx, export: &Export) -> Result<Export> {
    if tx.run(stop(export.id, tx.now())).await? == 1 {
        tx.tell(&ExportCancelled { export: export.id, list: export.list.clone() });
    }
    tx.run(find(export.id)).await?.ok_or(Error::NotFound)
}

pub async fn api(access: Access<ExportsCreate>, Path(id): Path<ExportId>) -> Result<Repeatable<Json<Shown>>> {
    let export = own(&access, id).await?;
    access.once(async |tx: &mut TenantTx| cancel(tx, &export).await?.shown(&access).map(Json)).await
}

pub async fn post(access: Access<ExportsCreate>, Path(id): Path<ExportId>) -> Result<Repeatable<Redirect>> {
    let export = own(&access, id).await?;
    access
        .once(async |tx: &mut TenantTx| {
            let export = cancel(tx, &export).await?;
            let says = if export.status == crate::Status::Cancelled { "Stopped" } else { "It was ready already" };
            Ok(Redirect::to(format!("/exports/{id}")).toast(says))
        })
        .await
}

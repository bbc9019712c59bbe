//! Taking a line off a job that is not over. Taken off twice, it is gone.
use kernel::{
    Access, Result, TenantTx,
    http::{NoContent, Path, Repeatable},
    sql,
};

use super::{LineItemId, find};
use crate::{
    order::{WorkOrderId, hold_open, tell_changed},
    permissions::WorkWrite,
    question,
};

sql! {
    fn delete(order: WorkOrderId, id: LineItemId) -> u64 = "
        delete from line_item where tenant_id = $1 and order_id = $2 and id = $3";
}

pub async fn remove(tx: &mut TenantTx, order: WorkOrderId, id: LineItemId) -> Result<()> {
    let order = hold_open(tx, order).await?;
    let (line, _) = tx.run((find(order.id, id), delete(order.id, id))).await?;
    let Some(line) = line else { return Ok(()) };
    if let Some(item) = line.item_id {
        question::forget(tx, order.id, item).await?;
    }
    tell_changed(tx, &order);
    Ok(())
}

pub async fn api(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, LineItemId)>,
) -> Result<Repeatable<NoContent>> {
    access
        .once(async |tx: &mut TenantTx| {
            remove(tx, order, id).await?;
            Ok(NoContent)
        })
        .await
}

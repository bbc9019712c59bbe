//! Taking up a finished job again, while nobody has been charged for it: with a reason, by whoever may.
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Json, One, Path, Repeatable},
    serde_json::json,
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shown, Status, WorkOrder, WorkOrderId, WorkOrderReopened, find, hold};
use crate::permissions::Reopen;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// Why.
    pub reason: String,
}
impl Input for Again {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 500, "a reason");
    }
}

/// What a context above makes of a finished job: it takes back what can be taken back, or refuses with what stands in the way.
pub type Undoing = for<'a> fn(&'a mut TenantTx, WorkOrderId) -> BoxFuture<'a, Result<()>>;

#[linkme::distributed_slice]
pub static BEFORE_REOPENING: [Undoing];

sql! {
    fn update(id: WorkOrderId, at: Timestamp) -> u64 = "
        update work_order set status = 'in_progress', completed_at = null, finished_anyway = null, version = version + 1, updated_at = $3
        where tenant_id = $1 and id = $2 and status = 'completed'";
}

/// Its visit stays over: whoever goes there again books another.
pub async fn reopen(tx: &mut TenantTx, id: WorkOrderId, again: &Again) -> Result<WorkOrder> {
    let order = hold(tx, id).await?;
    match order.status {
        Status::InProgress => return Ok(order),
        Status::Completed => {}
        _ => return Err(Error::refused(format!("{} is not finished.", order.called()))),
    }
    for undo in BEFORE_REOPENING {
        undo(tx, id).await?;
    }
    let now = tx.now();
    let (_, found) = tx.run((update(id, now), find(id))).await?;
    let told = WorkOrderReopened {
        order: id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
    };
    tx.tell_with(&told, Some(json!({ "reason": again.reason })));
    found.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<Reopen>,
    Path(id): Path<WorkOrderId>,
    Json(again): Json<Again>,
) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(reopen(tx, id, &again).await?)))).await
}

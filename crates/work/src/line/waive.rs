//! A line that costs the customer nothing, on a job that makes good an earlier one: the reason stays with the line.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Json, One, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Line, LineItemId, ShownLine, find, told};
use crate::{
    order::{WorkOrderId, follows::As, hold_open, tell_changed},
    permissions::WorkWrite,
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waive {
    /// Why it is free.
    pub reason: String,
}
impl Input for Waive {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
    }
}

sql! {
    fn update(order: WorkOrderId, id: LineItemId, reason: String, at: Timestamp) -> u64 = "
        update line_item set unit_price_minor = 0, waived = $4, version = version + 1, updated_at = $5
        where tenant_id = $1 and order_id = $2 and id = $3 and waived is distinct from $4";
}

pub async fn waive(tx: &mut TenantTx, order: WorkOrderId, id: LineItemId, waive: &Waive) -> Result<Line> {
    let order = hold_open(tx, order).await?;
    if !order.follows_as.is_some_and(As::makes_good) {
        return Err(Error::refused(
            "Only on a warranty job or a recall is a line free. On another, change its price or give a discount on the invoice.",
        ));
    }
    let now = tx.now();
    let row = update(order.id, id, waive.reason.clone(), now);
    let (changed, found) = tx.run((row, find(order.id, id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if changed > 0 {
        tell_changed(tx, &order);
    }
    Ok(found)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, LineItemId)>,
    Json(input): Json<Waive>,
) -> Result<Repeatable<One<ShownLine>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let line = waive(tx, order, id, &input).await?;
            told(tx, line).await.map(One)
        })
        .await
}

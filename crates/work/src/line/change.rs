//! Changing a line: more or less of it, another price, other words.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Money, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Line, LineItemId, ShownLine,
    add::{MOST_PRICE, PRICE, QUANTITY, own_currency},
    find, remove, told,
};
use crate::{
    order::{WorkOrderId, hold_open, tell_changed},
    permissions::WorkWrite,
};

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub description: Option<String>,
    /// Thousandths: 1500 is 1.5.
    pub quantity_milli: Option<i64>,
    pub unit_price: Option<Money>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(description) = &mut self.description {
            checks.text("description", description, 300, "a description");
        }
        checks.range("quantity_milli", self.quantity_milli.unwrap_or(1000), 1, 1_000_000_000, QUANTITY);
        checks.range("unit_price", self.unit_price.map_or(0, |price| price.minor), -MOST_PRICE, MOST_PRICE, PRICE);
    }
}

sql! {
    fn update(order: WorkOrderId, id: LineItemId, description: String, quantity: i64, price: i64, at: Timestamp) -> u64 = "
        update line_item set description = $4, quantity_milli = $5, unit_price_minor = $6, waived = case when $6 = 0 then waived end, version = version + 1, updated_at = $7
        where tenant_id = $1 and order_id = $2 and id = $3";
}

/// `version` is the one the caller saw, where it has to have seen one.
pub async fn change(
    tx: &mut TenantTx,
    order: WorkOrderId,
    id: LineItemId,
    version: Option<i64>,
    change: Change,
) -> Result<Line> {
    let order = hold_open(tx, order).await?;
    let was = tx.run(find(order.id, id)).await?.ok_or(Error::NotFound)?;
    if version.is_some_and(|version| version != was.version) {
        return Err(Error::Stale(Some(was.version)));
    }
    let price = change
        .unit_price
        .map(|price| own_currency(price, &order, "unit_price"))
        .transpose()?
        .unwrap_or(was.unit_price_minor);
    let description = change.description.unwrap_or(was.description);
    let quantity = change.quantity_milli.unwrap_or(was.quantity_milli);
    let now = tx.now();
    let (_, found) = tx.run((update(order.id, id, description, quantity, price, now), find(order.id, id))).await?;
    tell_changed(tx, &order);
    found.ok_or(Error::NotFound)
}

/// One more or one less of it, as the phone's buttons ask; with nothing left the line goes.
pub async fn step(tx: &mut TenantTx, order: WorkOrderId, id: LineItemId, by: i64) -> Result<()> {
    let order = hold_open(tx, order).await?;
    // Pressed once too often, the line is gone already.
    let Some(was) = tx.run(find(order.id, id)).await? else { return Ok(()) };
    let quantity = was.quantity_milli + by.clamp(-1, 1) * 1000;
    if quantity <= 0 {
        return remove::remove(tx, order.id, id).await;
    }
    if quantity > 1_000_000_000 {
        return Err(Error::refused(QUANTITY));
    }
    let now = tx.now();
    tx.run(update(order.id, id, was.description, quantity, was.unit_price_minor, now)).await?;
    tell_changed(tx, &order);
    Ok(())
}

pub async fn api(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, LineItemId)>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<ShownLine>> {
    let version = version.required()?;
    let changed = access.retrying(async |tx: &mut TenantTx| {
        let line = change(tx, order, id, Some(version), input.clone()).await?;
        told(tx, line).await
    });
    changed.await.map(One)
}

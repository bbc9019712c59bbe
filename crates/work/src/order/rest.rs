//! A job that waits, and goes on: for parts, for the customer, for somebody's word.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Json, One, Path, Repeatable},
    serde_json::json,
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shown, Status, WorkOrder, WorkOrderHeld, WorkOrderId, WorkOrderResumed, find, hold};
use crate::{permissions::WorkWrite, time};

kernel::text_enum! {
    /// What a job waits for.
    pub enum Why {
        Parts = "parts": "Waiting for parts",
        Customer = "customer": "Waiting for the customer",
        Approval = "approval": "Waiting for approval",
        Weather = "weather": "Waiting for the weather",
        Other = "other": "Waiting",
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    pub reason: Why,
    /// Which part, until when; needed when the reason is `other`.
    pub note: Option<String>,
}
impl Input for Rest {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("note", &mut self.note, 300);
        let said = self.reason != Why::Other || self.note.is_some();
        checks.that(said, "note", "required", "Say what it waits for.");
    }
}

sql! {
    fn rest_row(id: WorkOrderId, why: Why, note: Option<String>, at: Timestamp) -> u64 = "
        update work_order set status = 'on_hold', held_for = $3, held_note = $4, version = version + 1, updated_at = $5
        where tenant_id = $1 and id = $2 and status in ('in_progress', 'on_hold')";
    fn resume_row(id: WorkOrderId, at: Timestamp) -> u64 = "
        update work_order set status = 'in_progress', held_for = null, held_note = null, version = version + 1, updated_at = $3
        where tenant_id = $1 and id = $2 and status = 'on_hold'";
}

/// Only what has begun can wait; its clocks stop. Said again, the reason is the new one.
pub async fn rest(tx: &mut TenantTx, id: WorkOrderId, input: &Rest) -> Result<WorkOrder> {
    let order = hold(tx, id).await?;
    match order.status {
        Status::OnHold if (order.held_for, &order.held_note) == (Some(input.reason), &input.note) => return Ok(order),
        Status::InProgress | Status::OnHold => {}
        Status::Open => return Err(Error::refused("This job has not begun; there is nothing to put on hold.")),
        Status::Completed | Status::Cancelled => {
            return Err(Error::refused(format!("{} is over; it waits for nothing.", order.called())));
        }
    }
    time::clock::stop_all(tx, id).await?;
    let now = tx.now();
    let (_, found) = tx.run((rest_row(id, input.reason, input.note.clone(), now), find(id))).await?;
    let told = WorkOrderHeld {
        order: id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
        reason: input.reason,
    };
    tx.tell_with(&told, Some(json!({ "note": input.note })));
    found.ok_or(Error::NotFound)
}

/// Gone on with twice, it goes on.
pub async fn resume(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let order = hold(tx, id).await?;
    match order.status {
        Status::InProgress => return Ok(order),
        Status::OnHold => {}
        _ => return Err(Error::refused(format!("{} is not on hold.", order.called()))),
    }
    let now = tx.now();
    let (_, found) = tx.run((resume_row(id, now), find(id))).await?;
    tx.tell(&WorkOrderResumed {
        order: id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
    });
    found.ok_or(Error::NotFound)
}

pub async fn api_rest(
    access: Access<WorkWrite>,
    Path(id): Path<WorkOrderId>,
    Json(input): Json<Rest>,
) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(rest(tx, id, &input).await?)))).await
}

pub async fn api_resume(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(resume(tx, id).await?)))).await
}

//! Cancelling a job; its visits that are still ahead are cancelled with it, one that takes place is over.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Json, One, Path, Repeatable},
    sql,
};
use scheduling::appointment;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shown, Status, WorkOrder, WorkOrderCancelled, WorkOrderId, find, hold_whole};
use crate::{permissions::WorkWrite, time};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// Why, for those who look at it later.
    pub reason: Option<String>,
}

impl Input for Cancel {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 500);
    }
}

sql! {
    fn update(id: WorkOrderId, reason: Option<String>, at: Timestamp) -> u64 = "
        update work_order set status = 'cancelled', held_for = null, held_note = null, cancelled_at = $4, cancel_reason = $3, version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2 and status in ('open', 'in_progress', 'on_hold')";
}

pub async fn cancel(tx: &mut TenantTx, id: WorkOrderId, input: &Cancel) -> Result<WorkOrder> {
    let (order, visits) = hold_whole(tx, id).await?;
    match order.status {
        Status::Cancelled => return Ok(order),
        Status::Completed => {
            return Err(Error::refused(format!("{} is finished and cannot be cancelled any more.", order.called())));
        }
        Status::Open | Status::InProgress | Status::OnHold => {}
    }
    for visit in visits {
        if visit.status.may_become(appointment::Status::Cancelled) {
            let why = appointment::Cancel { reason: input.reason.clone(), ..appointment::Cancel::default() };
            appointment::cancel(tx, visit.appointment_id, None, &why).await?;
        } else if visit.status == appointment::Status::OnSite {
            appointment::set_status(tx, visit.appointment_id, appointment::Status::Completed).await?;
        }
    }
    time::clock::stop_all(tx, id).await?;
    let now = tx.now();
    let (_, found) = tx.run((update(id, input.reason.clone(), now), find(id))).await?;
    tx.tell(&WorkOrderCancelled {
        order: id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
    });
    found.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(id): Path<WorkOrderId>,
    Json(input): Json<Cancel>,
) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(cancel(tx, id, &input).await?)))).await
}

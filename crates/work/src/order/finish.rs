//! Finishing a job: what was done stands in its lines, the visit is over, and whoever writes invoices hears of it.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Repeatable},
    sql,
};
use scheduling::{AppointmentId, appointment};

use super::{Shown, Status, WorkOrder, WorkOrderCompleted, WorkOrderId, find, hold, hold_at};
use crate::{
    permissions::WorkWrite,
    question::{self, Asked},
    time,
    visit::{self, rule},
};

sql! {
    fn update(id: WorkOrderId, at: Timestamp, anyway: Option<String>) -> u64 = "
        update work_order set status = 'completed', completed_at = $3, finished_anyway = $4, version = version + 1, updated_at = $3
        where tenant_id = $1 and id = $2 and status = 'in_progress'";
}

/// What stands in the way, as a sentence.
pub fn missing(order: &WorkOrder) -> Option<&'static str> {
    match order.status {
        Status::Open => Some("Start the job first, then it can be finished."),
        Status::OnHold => Some("This job is on hold. Go on with it first, then it can be finished."),
        Status::Cancelled => Some("This job was cancelled; there is nothing to finish."),
        Status::InProgress if order.lines == 0 => {
            Some("Add what was done or used: a job without any line cannot be finished.")
        }
        _ => None,
    }
}

/// What its checklists still ask for, as a sentence.
pub(crate) async fn open_questions(tx: &mut TenantTx, id: WorkOrderId) -> Result<Option<String>> {
    let asked: Vec<Asked> = tx.run(question::of(id)).await?.into_iter().map(Asked::from).collect();
    Ok(question::missing(&asked))
}

pub async fn finish(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let order = hold(tx, id).await?;
    end(tx, order).await
}

/// The same from the visit at which somebody works.
pub async fn finish_at(tx: &mut TenantTx, visit: AppointmentId) -> Result<WorkOrder> {
    let order = hold_at(tx, visit).await?;
    end(tx, order).await
}

async fn end(tx: &mut TenantTx, order: WorkOrder) -> Result<WorkOrder> {
    let id = order.id;
    if order.status == Status::Completed {
        return Ok(order);
    }
    if let Some(missing) = open_questions(tx, id).await?.filter(|_| order.status == Status::InProgress) {
        return Err(Error::Conflict { code: "questions_open", message: missing });
    }
    close(tx, order, None).await
}

/// The job is over, whatever its questions say; `anyway` is why, where some are open.
pub(super) async fn close(tx: &mut TenantTx, order: WorkOrder, anyway: Option<String>) -> Result<WorkOrder> {
    let id = order.id;
    if let Some(missing) = missing(&order) {
        return Err(Error::refused(missing));
    }
    let steps = tx.run(visit::steps(id)).await?;
    if let Some(other) = rule::in_the_way(&steps, order.appointment_id) {
        let message = format!(
            "Visit {} of {} is still open. Finish the visit alone, or cancel that one first.",
            other.nth,
            order.called()
        );
        return Err(Error::Conflict { code: "visit_open", message });
    }
    if let (Some(visit), Some(was)) = (order.appointment_id, order.visit_status)
        && was.may_become(appointment::Status::Completed)
    {
        appointment::set_status(tx, visit, appointment::Status::Completed).await?;
    }
    time::clock::stop_all(tx, id).await?;
    let now = tx.now();
    let (_, found) = tx.run((update(id, now, anyway), find(id))).await?;
    tx.tell(&WorkOrderCompleted {
        order: id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
    });
    found.ok_or(Error::NotFound)
}

pub async fn api(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(finish(tx, id).await?)))).await
}

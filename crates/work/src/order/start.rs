//! Starting a job: the technician is there, and the work begins. Started twice, it began the first time.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Repeatable},
    sql,
};
use scheduling::{AppointmentId, TechnicianId, appointment};

use super::{
    Shown, Status, WorkOrder, WorkOrderId, WorkOrderResumed, WorkOrderStarted, create::extra_of_visit, find, hold,
    hold_at, of_appointment, tell_changed,
};
use crate::{permissions::WorkWrite, question, visit as visits};

sql! {
    fn update(id: WorkOrderId, technician: Option<TechnicianId>, at: Timestamp) -> u64 = "
        update work_order set status = 'in_progress', technician_id = $3, started_at = $4, version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2 and status = 'open'";
    // Whoever carries it out from now on.
    fn go_on(id: WorkOrderId, technician: Option<TechnicianId>, at: Timestamp) -> u64 = "
        update work_order set status = 'in_progress', technician_id = coalesce($3, technician_id), held_for = null, held_note = null,
               version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2 and status in ('in_progress', 'on_hold')";
}

/// The visit that counts becomes "on site" with it.
pub async fn start(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let order = hold(tx, id).await?;
    begin(tx, order).await
}

/// Somebody is there: the visit is begun, and the job with it or anew.
async fn begin(tx: &mut TenantTx, order: WorkOrder) -> Result<WorkOrder> {
    let id = order.id;
    let steps = tx.run(visits::steps(id)).await?;
    let here = steps.iter().find(|step| Some(step.appointment_id) == order.appointment_id);
    // Nobody has worked at the visit that counts now, and somebody may.
    let awaited = here.is_some_and(|step| step.status.is_open() && !step.begun);
    // What was agreed for the first visit came with the job.
    let further = here.is_some_and(|step| step.nth > 1);
    match order.status {
        Status::InProgress | Status::OnHold if awaited => return come_again(tx, &order, further).await,
        Status::InProgress => return Ok(order),
        Status::OnHold => return Err(Error::refused(format!("{} is on hold; go on with it instead.", order.called()))),
        Status::Completed => return Err(Error::refused(format!("{} is finished already.", order.called()))),
        Status::Cancelled => {
            return Err(Error::refused(format!("{} was cancelled; make a new job for this.", order.called())));
        }
        Status::Open => {}
    }
    let mut technician = order.technician_id;
    // The office may have closed the visit on the board before anybody wrote down the work.
    if let Some(visit) = order.appointment_id
        && order.visit_status != Some(appointment::Status::Completed)
    {
        technician = arrive(tx, &order, visit, further).await?;
    }
    let now = tx.now();
    let begun: Vec<_> = order.appointment_id.map(|visit| visits::begin(visit, now)).into_iter().collect();
    let (_, _, found) = tx.run((begun, update(id, technician, now), find(id))).await?;
    question::bring(tx, id, true).await?;
    tx.tell(&WorkOrderStarted {
        order: id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
    });
    found.ok_or(Error::NotFound)
}

/// Who is there now. What was agreed for a further visit is charged only then, so that one that is called off charges nothing.
async fn arrive(
    tx: &mut TenantTx,
    order: &WorkOrder,
    visit: AppointmentId,
    further: bool,
) -> Result<Option<TechnicianId>> {
    let there = appointment::set_status(tx, visit, appointment::Status::OnSite).await?;
    if further {
        extra_of_visit(tx, order, &there).await?;
    }
    Ok(there.technician_id)
}

/// A further visit begins: the job is begun already, and goes on if it waited.
async fn come_again(tx: &mut TenantTx, order: &WorkOrder, further: bool) -> Result<WorkOrder> {
    let visit = order.appointment_id.ok_or(Error::NotFound)?;
    let technician = arrive(tx, order, visit, further).await?;
    let now = tx.now();
    let (_, _, found) = tx.run((visits::begin(visit, now), go_on(order.id, technician, now), find(order.id))).await?;
    match order.status {
        Status::OnHold => tx.tell(&WorkOrderResumed {
            order: order.id,
            customer: order.customer_id,
            appointment: order.appointment_id,
            number: order.number,
        }),
        _ => tell_changed(tx, order),
    }
    found.ok_or(Error::NotFound)
}

/// The same from the visit, whose job is made if it has none yet.
pub async fn start_visit(tx: &mut TenantTx, visit: AppointmentId, currency: &str) -> Result<WorkOrder> {
    of_appointment(tx, visit, currency, None, None).await?;
    let mut order = hold_at(tx, visit).await?;
    // Closed on the board before anybody wrote down the work: it is this visit that began the job, whatever is ahead.
    if order.status == Status::Open && order.appointment_id != Some(visit) {
        visits::turn_to(tx, order.id, visit).await?;
        order = tx.run(find(order.id)).await?.ok_or(Error::NotFound)?;
    }
    begin(tx, order).await
}

pub async fn api(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(start(tx, id).await?)))).await
}

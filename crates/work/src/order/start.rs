//! Starting a job: the technician is there, and the work begins. Started twice, it began the first time.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Repeatable},
    sql,
};
use scheduling::{AppointmentId, TechnicianId, appointment};

use super::{Shown, Status, WorkOrder, WorkOrderId, WorkOrderStarted, find, hold, of_appointment};
use crate::{permissions::WorkWrite, question};

sql! {
    fn update(id: WorkOrderId, technician: Option<TechnicianId>, at: Timestamp) -> u64 = "
        update work_order set status = 'in_progress', technician_id = $3, started_at = $4, version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2 and status = 'open'";
}

/// The visit becomes "on site" with it.
pub async fn start(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let order = hold(tx, id).await?;
    match order.status {
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
        technician = appointment::set_status(tx, visit, appointment::Status::OnSite).await?.technician_id;
    }
    let now = tx.now();
    let (_, found) = tx.run((update(id, technician, now), find(id))).await?;
    question::bring(tx, id, true).await?;
    tx.tell(&WorkOrderStarted {
        order: id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
    });
    found.ok_or(Error::NotFound)
}

/// The same from the visit, whose job is made if it has none yet.
pub async fn start_visit(tx: &mut TenantTx, visit: AppointmentId, currency: &str) -> Result<WorkOrder> {
    let order = of_appointment(tx, visit, currency, None, None).await?;
    start(tx, order.id).await
}

pub async fn api(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(start(tx, id).await?)))).await
}

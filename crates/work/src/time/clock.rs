//! The clock of a technician: what begins ends what went on. Pressed twice, it goes on.
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, Uuid, row, sql};
use scheduling::{AppointmentId, TechnicianId};

use super::{Kind, TimeBegun, TimeEnded, TimeEntryId, rate};
use crate::order::{self, Status, WorkOrder, WorkOrderId};

row! {
    #[derive(Debug, Clone)]
    pub struct Running {
        pub id: TimeEntryId,
        pub technician_id: TechnicianId,
        pub appointment_id: Option<AppointmentId>,
        pub order_id: Option<WorkOrderId>,
        pub kind: Kind,
        pub starts_at: Timestamp,
    }
}

sql! {
    pub(crate) fn running(technician: TechnicianId) -> Option<Running> = "
        select id, technician_id, appointment_id, order_id, kind, starts_at from time_entry
        where tenant_id = $1 and technician_id = $2 and ends_at is null";
    /// Of the technician who is this member.
    pub(crate) fn running_of(member: Uuid) -> Option<Running> = "
        select e.id, e.technician_id, e.appointment_id, e.order_id, e.kind, e.starts_at
        from technician t join time_entry e on e.tenant_id = $1 and e.technician_id = t.id and e.ends_at is null
        where t.tenant_id = $1 and t.member_id = $2 and t.active";
    // A technician's clock is held while it is turned.
    fn hold(technician: TechnicianId) -> Option<TechnicianId> = "
        select id from technician where tenant_id = $1 and id = $2 for no key update";
    fn running_on(order: WorkOrderId) -> Vec<Running> = "
        select id, technician_id, appointment_id, order_id, kind, starts_at from time_entry
        where tenant_id = $1 and order_id = $2 and ends_at is null order by id limit 100";
    fn running_at(visit: AppointmentId) -> Vec<Running> = "
        select id, technician_id, appointment_id, order_id, kind, starts_at from time_entry
        where tenant_id = $1 and appointment_id = $2 and ends_at is null order by id limit 100";
    fn end(id: TimeEntryId, at: Timestamp) -> u64 = "
        update time_entry set ends_at = greatest($3, starts_at), version = version + 1, updated_at = $3
        where tenant_id = $1 and id = $2 and ends_at is null";
    pub(super) fn insert(id: TimeEntryId, technician: TechnicianId, appointment: Option<AppointmentId>, order: Option<WorkOrderId>, kind: Kind, starts: Timestamp, ends: Option<Timestamp>, cost: Option<i64>, currency: String, reason: Option<String>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into time_entry (tenant_id, id, technician_id, appointment_id, order_id, kind, starts_at, ends_at, cost_minor, currency, reason, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)";
    // The way to a visit belongs to its job once there is one.
    fn adopt(appointment: AppointmentId, order: WorkOrderId, at: Timestamp) -> u64 = "
        update time_entry set order_id = $3, version = version + 1, updated_at = $4
        where tenant_id = $1 and appointment_id = $2 and order_id is null";
}

/// What somebody does from now on, where.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    pub technician: TechnicianId,
    pub appointment: Option<AppointmentId>,
    pub order: Option<WorkOrderId>,
}

async fn close(tx: &mut TenantTx, was: &Running) -> Result<()> {
    let now = tx.now();
    if tx.run(end(was.id, now)).await? > 0 {
        tx.tell(&TimeEnded { entry: was.id, technician: was.technician_id, order: was.order_id });
    }
    Ok(())
}

/// Refuses, in words, what a clock does not run for: work is done on a job that has begun and does not wait.
fn must_go(order: Option<&WorkOrder>, kind: Kind) -> Result<()> {
    let says = match (order.map(|order| order.status), kind) {
        (Some(Status::Completed | Status::Cancelled), _) => "This job is over; its clock stands still.",
        (Some(Status::OnHold), Kind::Work | Kind::Break) => "This job is on hold. Go on with it first.",
        (Some(Status::Open) | None, Kind::Work) => "Start the job first; its clock runs from then on.",
        _ => return Ok(()),
    };
    Err(Error::refused(says))
}

pub async fn turn(tx: &mut TenantTx, to: Turn, kind: Kind) -> Result<()> {
    // The job before the clock, as everybody holds them: it is not finished while its clock is turned.
    let job = match to.order {
        Some(order) => Some(order::hold(tx, order).await?),
        None => None,
    };
    must_go(job.as_ref(), kind)?;
    let (_, was) = tx.run((hold(to.technician), running(to.technician))).await?;
    if let Some(was) = &was {
        // Time belongs to the visit it is spent at, also where the job is the same.
        let same_place = match (was.appointment_id, to.appointment) {
            (Some(was), Some(to)) => was == to,
            _ => was.order_id == to.order,
        };
        if was.kind == kind && same_place {
            return Ok(());
        }
        close(tx, was).await?;
    }
    let id = TimeEntryId::new();
    let cost = tx.run(rate::of(to.technician)).await?.and_then(|rate| rate.cost_minor);
    let (now, by, currency) = (tx.now(), tx.user(), tx.currency().code().to_owned());
    tx.run(insert(id, to.technician, to.appointment, to.order, kind, now, None, cost, currency, None, now, by)).await?;
    if let (Some(appointment), Some(order)) = (to.appointment, to.order) {
        tx.run(adopt(appointment, order, now)).await?;
    }
    tx.tell(&TimeBegun { entry: id, technician: to.technician, order: to.order });
    Ok(())
}

/// Whatever they do, they stop.
pub async fn stop(tx: &mut TenantTx, technician: TechnicianId) -> Result<()> {
    let (_, was) = tx.run((hold(technician), running(technician))).await?;
    match was {
        Some(was) => close(tx, &was).await,
        None => Ok(()),
    }
}

/// Everybody's clock at a visit that ends.
pub(crate) async fn stop_at(tx: &mut TenantTx, visit: AppointmentId) -> Result<()> {
    for was in tx.run(running_at(visit)).await? {
        close(tx, &was).await?;
    }
    Ok(())
}

/// Everybody's clock on a job that is over or waits.
pub(crate) async fn stop_all(tx: &mut TenantTx, order: WorkOrderId) -> Result<()> {
    for was in tx.run(running_on(order)).await? {
        close(tx, &was).await?;
    }
    Ok(())
}

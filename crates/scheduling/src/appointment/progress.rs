//! The steps of a visit: confirmed, on the way, there, done, nobody home. Each may be sent twice.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{IfMatch, One, Path},
    sql,
};

use super::{
    Appointment, AppointmentCompleted, AppointmentConfirmed, AppointmentEnRoute, AppointmentId, AppointmentMissed,
    AppointmentStarted, Cancel, Status, cancel, find, hold_still,
};
use crate::permissions::AppointmentsWrite;

sql! {
    fn update(id: AppointmentId, status: Status, at: Timestamp) -> u64 = "
        update appointment set status = $3,
               en_route_at = case when $3 = 'en_route' then $4 else en_route_at end,
               arrived_at = case when $3 = 'on_site' then $4 else arrived_at end,
               completed_at = case when $3 = 'completed' then $4 else completed_at end,
               version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2";
}

/// Makes the step, for whoever may make it: the office, the technician's phone, a work order that is finished.
/// A step that was made already changes nothing and is no fault.
pub async fn set_status(tx: &mut TenantTx, id: AppointmentId, next: Status) -> Result<Appointment> {
    step(tx, id, None, next).await
}

async fn step(tx: &mut TenantTx, id: AppointmentId, version: Option<i64>, next: Status) -> Result<Appointment> {
    let was = hold_still(tx, id, None).await?;
    if was.status == next {
        return Ok(was);
    }
    if version.is_some_and(|version| version != was.version) {
        return Err(Error::Stale(Some(was.version)));
    }
    if !was.status.may_become(next) {
        return Err(Error::refused(format!(
            "This job is {} and cannot become {}.",
            was.status.label().to_lowercase(),
            next.label().to_lowercase()
        )));
    }
    let (appointment, customer, technician, starts_at) = (id, was.customer_id, was.technician_id, was.starts_at);
    if technician.is_none() && matches!(next, Status::EnRoute | Status::OnSite | Status::Completed) {
        return Err(Error::refused("Nobody is assigned yet. Give the job to a technician first."));
    }
    match next {
        Status::Confirmed => tx.tell(&AppointmentConfirmed { appointment, customer, starts_at }),
        Status::EnRoute => tx.tell(&AppointmentEnRoute { appointment, customer, technician }),
        Status::OnSite => tx.tell(&AppointmentStarted { appointment, customer, technician }),
        Status::Completed => tx.tell(&AppointmentCompleted { appointment, customer, technician }),
        Status::NoShow => tx.tell(&AppointmentMissed { appointment, customer, starts_at }),
        Status::Cancelled => return cancel(tx, id, None, &Cancel::default()).await,
        Status::Requested => {
            return Err(Error::refused("A job that was agreed is not asked for again; cancel it and book anew."));
        }
    }
    let now = tx.now();
    let (_, found) = tx.run((update(id, next, now), find(id))).await?;
    found.ok_or(Error::NotFound)
}

async fn by_api(
    access: &Access<AppointmentsWrite>,
    id: AppointmentId,
    version: IfMatch,
    next: Status,
) -> Result<One<Appointment>> {
    let version = version.required()?;
    access.retrying(async |tx| step(tx, id, Some(version), next).await).await.map(One)
}

pub async fn confirm_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
) -> Result<One<Appointment>> {
    by_api(&access, id, version, Status::Confirmed).await
}
pub async fn en_route_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
) -> Result<One<Appointment>> {
    by_api(&access, id, version, Status::EnRoute).await
}
pub async fn start_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
) -> Result<One<Appointment>> {
    by_api(&access, id, version, Status::OnSite).await
}
pub async fn complete_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
) -> Result<One<Appointment>> {
    by_api(&access, id, version, Status::Completed).await
}
pub async fn no_show_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
) -> Result<One<Appointment>> {
    by_api(&access, id, version, Status::NoShow).await
}

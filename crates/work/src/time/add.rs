//! Writing a stretch of time by hand: what the phone did not know.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    row, sql,
};
use scheduling::{AppointmentId, TechnicianId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Kind, Shown, TimeAdded, TimeEntryId, clock, find, rate};
use crate::{order::WorkOrderId, permissions::TimeWrite};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub technician_id: TechnicianId,
    /// What it was for; a break may be for none.
    pub work_order_id: Option<WorkOrderId>,
    pub kind: Kind,
    pub starts_at: Timestamp,
    /// At most a day later.
    pub ends_at: Timestamp,
    /// Why it is written by hand.
    pub reason: String,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
        check_span(checks, self.starts_at, self.ends_at);
        let placed = self.work_order_id.is_some() || self.kind == Kind::Break;
        checks.that(placed, "work_order_id", "required", "Say for which job.");
    }
}

pub(super) fn check_span(checks: &mut Checks, starts: Timestamp, ends: Timestamp) {
    checks.that(ends > starts, "ends_at", "order", "It ends before it begins.");
    let day = ends.duration_since(starts) <= SignedDuration::from_hours(24);
    checks.that(day, "ends_at", "too_long", "At most a day at a time.");
}

/// What is yet to come was not worked.
pub(super) fn past(tx: &TenantTx, ends: Timestamp) -> Result<()> {
    match ends <= tx.now() {
        true => Ok(()),
        false => Err(Error::field("/ends_at", "ahead", "That is still ahead. Time is written when it is over.")),
    }
}

row! { pub struct Person { pub id: TechnicianId, pub name: String } }

sql! {
    /// Whose time can be written.
    pub(crate) fn people() -> Vec<Person> = "
        select id, name from technician where tenant_id = $1 and active order by name, id limit 200";
    // Of several visits of the job, the one that was nearest.
    fn visit_near(order: WorkOrderId, at: Timestamp) -> Option<AppointmentId> = "
        select a.id from work_order_visit v join appointment a on a.tenant_id = $1 and a.id = v.appointment_id
        where v.tenant_id = $1 and v.order_id = $2
        order by abs(extract(epoch from a.starts_at - $3::timestamptz)), v.nth limit 1";
    fn is_there(id: TechnicianId) -> Option<TechnicianId> = "select id from technician where tenant_id = $1 and id = $2";
}

pub async fn add(tx: &mut TenantTx, new: &New) -> Result<Shown> {
    if let Some(order) = new.work_order_id {
        let found = tx.run(crate::order::find(order)).await?;
        found.ok_or_else(|| Error::field("/work_order_id", "missing", "There is no such job."))?;
    }
    let (there, rate) = tx.run((is_there(new.technician_id), rate::of(new.technician_id))).await?;
    there.ok_or_else(|| Error::field("/technician_id", "missing", "There is no such technician."))?;
    past(tx, new.ends_at)?;
    let (id, cost) = (TimeEntryId::new(), rate.and_then(|rate| rate.cost_minor));
    let (now, by, currency) = (tx.now(), tx.user(), tx.currency().code().to_owned());
    let appointment = match new.work_order_id {
        Some(job) => tx.run(visit_near(job, new.starts_at)).await?,
        None => None,
    };
    let (technician, job, reason) = (new.technician_id, new.work_order_id, Some(new.reason.clone()));
    let ends = Some(new.ends_at);
    let row =
        clock::insert(id, technician, appointment, job, new.kind, new.starts_at, ends, cost, currency, reason, now, by);
    tx.tell(&TimeAdded { entry: id, technician, order: job });
    let (_, found) = tx.run((row, find(id))).await?;
    found.map(Shown::from).ok_or(Error::NotFound)
}

pub async fn api(access: Access<TimeWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Shown>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let made = add(tx, &new).await?;
            Ok(Created { location: format!("/api/v1/time-entries/{}", made.id), body: made })
        })
        .await
}

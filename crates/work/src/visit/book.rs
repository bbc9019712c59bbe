//! Another visit of a job: booked as every visit is, and tied to the job in the same transaction.
use catalog::ItemId;
use customers::CustomerId;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Permission, Result, Scope, TenantTx, Uuid,
    http::{Created, Json, Path, Repeatable},
    tenant::Locale,
};
use scheduling::{
    AppointmentsWrite, TechnicianId,
    appointment::{self, Day, Source},
    overlap::Overlapping,
    resource::ResourceId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{JobVisit, MOST, VisitOfJobBooked, of, settle, tie};
use crate::{
    order::{self, Status, WorkOrder, WorkOrderId},
    permissions::WorkWrite,
};

/// As an appointment is booked; for whom and where, the job knows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Another {
    /// A service whose duration and needs count for this visit. It makes no line: what is charged stands on the job.
    pub item_id: Option<ItemId>,
    /// Without one, the visit waits in the tray of the board.
    pub technician_id: Option<TechnicianId>,
    /// What is to be done this time; the job's title when not given.
    pub title: Option<String>,
    pub problem: Option<String>,
    pub starts_at: Timestamp,
    pub duration_minutes: Option<i64>,
    /// The window promised for the arrival, both ends or none.
    pub window_starts: Option<Timestamp>,
    pub window_ends: Option<Timestamp>,
    /// The customer has not agreed yet.
    pub tentative: Option<bool>,
    /// Who and what goes along.
    #[serde(default)]
    pub resource_ids: Vec<ResourceId>,
    /// The days after the first, when this visit takes several; at most 30.
    #[serde(default)]
    pub days: Vec<Day>,
    /// Why it is planned although somebody is taken then; whoever may says so.
    pub overlap_reason: Option<String>,
    /// Book although a skill is missing, outside the shift, outside the promised window, or otherwise than the customer prefers.
    pub anyway: Option<bool>,
}

impl Another {
    fn of(self, customer: CustomerId, place: Option<customers::LocationId>, title: &str) -> appointment::New {
        appointment::New {
            customer_id: customer,
            location_id: place,
            item_id: self.item_id,
            technician_id: self.technician_id,
            title: self.title.or_else(|| Some(short(title))),
            problem: self.problem,
            starts_at: self.starts_at,
            duration_minutes: self.duration_minutes,
            window_starts: self.window_starts,
            window_ends: self.window_ends,
            tentative: self.tentative,
            resource_ids: self.resource_ids,
            days: self.days,
            overlap_reason: self.overlap_reason,
            anyway: self.anyway,
        }
    }
}

impl From<appointment::New> for Another {
    fn from(new: appointment::New) -> Self {
        Self {
            item_id: new.item_id,
            technician_id: new.technician_id,
            title: new.title,
            problem: new.problem,
            starts_at: new.starts_at,
            duration_minutes: new.duration_minutes,
            window_starts: new.window_starts,
            window_ends: new.window_ends,
            tentative: new.tentative,
            resource_ids: new.resource_ids,
            days: new.days,
            overlap_reason: new.overlap_reason,
            anyway: new.anyway,
        }
    }
}

/// A job's title may be longer than a visit's.
pub(super) fn short(title: &str) -> String {
    title.chars().take(120).collect()
}

impl Input for Another {
    /// What is checked of every booking; the customer and the title are the job's, and known later.
    fn check(&mut self, checks: &mut Checks) {
        let titled = self.title.is_some();
        let mut new = self.clone().of(CustomerId(Uuid::nil()), None, "Visit");
        new.check(checks);
        *self = Self::from(new);
        self.title.take_if(|_| !titled);
    }
}

/// Whoever books a visit of a job changes the job and the calendar.
pub(super) fn must_book(scope: &Scope) -> Result<()> {
    match scope.can::<AppointmentsWrite>() {
        true => Ok(()),
        false => Err(Error::Forbidden(AppointmentsWrite::NAME)),
    }
}

/// The job, held so that it is not finished meanwhile and two visits do not become the same one of it.
async fn taking(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let order = order::hold_row(tx, id).await?;
    let says = match order.status {
        Status::Completed => "is finished and takes no further visit. Reopen it, or make a follow-up.",
        Status::Cancelled => "was cancelled and takes no further visit. Make a new job.",
        Status::Open | Status::InProgress | Status::OnHold => return Ok(order),
    };
    Err(Error::refused(format!("{} {says}", order.called())))
}

pub async fn book(
    tx: &mut TenantTx,
    id: WorkOrderId,
    another: Another,
    source: Source,
    overlap: &Overlapping,
    locale: &Locale,
) -> Result<JobVisit> {
    let order = taking(tx, id).await?;
    let so_far = tx.run(super::steps(id)).await?.len();
    let first = so_far == 0;
    if so_far >= MOST {
        return Err(Error::refused(format!("A job has at most {MOST} visits. Make a follow-up for what remains.")));
    }
    let new = another.of(order.customer_id, order.location_id, &order.title);
    let booked = appointment::book(tx, &new, source, overlap, locale).await?;
    // A job that was made by itself has what was agreed for its first visit from now on, as one that was made of a visit.
    if first {
        order::create::extra_of_visit(tx, &order, &booked).await?;
    }
    let (now, by) = (tx.now(), tx.user());
    let (_, visits) = tx.run((tie(booked.id, id, now, by), of(id))).await?;
    settle(tx, id).await?;
    let visit = visits.into_iter().find(|visit| visit.appointment_id == booked.id).ok_or(Error::NotFound)?;
    tx.tell(&VisitOfJobBooked {
        order: id,
        customer: order.customer_id,
        appointment: booked.id,
        number: order.number,
        nth: visit.nth,
        starts_at: booked.starts_at,
    });
    Ok(visit)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(id): Path<WorkOrderId>,
    Json(another): Json<Another>,
) -> Result<Repeatable<Created<JobVisit>>> {
    access.read(order::find(id)).await?.ok_or(Error::NotFound)?;
    must_book(&access)?;
    let source = if access.user().is_some() { Source::Office } else { Source::Api };
    let overlap = Overlapping::of(&access, another.overlap_reason.as_deref())?;
    access
        .once(async |tx: &mut TenantTx| {
            let body = book(tx, id, another.clone(), source, &overlap, &access.tenant().locale).await?;
            Ok(Created { location: format!("/api/v1/appointments/{}", body.appointment_id), body })
        })
        .await
}

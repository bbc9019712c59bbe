//! Books an appointment from the office or the API.
use catalog::ItemId;
use customers::{CustomerId, LocationId};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    tenant::Locale,
};

use super::{
    Appointment, AppointmentBooked, AppointmentId, Day, Place, Settled, Source, Status, along, find, settle, wishes,
};
use crate::{
    neighbours,
    overlap::{self, Overlapping},
    permissions::AppointmentsWrite,
    resource::ResourceId,
    surcharge,
    technician::TechnicianId,
    terms,
};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub customer_id: CustomerId,
    pub location_id: Option<LocationId>,
    /// The service. Its duration and name are taken when none are given here.
    pub item_id: Option<ItemId>,
    /// Without one, the job waits in the tray of the board.
    pub technician_id: Option<TechnicianId>,
    /// What is to be done, in a few words.
    pub title: Option<String>,
    /// In the customer's words.
    pub problem: Option<String>,
    pub starts_at: Timestamp,
    pub duration_minutes: Option<i64>,
    /// The window promised for the arrival, both ends or none.
    pub window_starts: Option<Timestamp>,
    pub window_ends: Option<Timestamp>,
    /// The customer has not agreed yet.
    pub tentative: Option<bool>,
    /// Who and what goes along: other technicians, vehicles, tools.
    #[serde(default)]
    pub resource_ids: Vec<ResourceId>,
    /// The days after the first, when it takes several; at most 30.
    #[serde(default)]
    pub days: Vec<Day>,
    /// Why it is planned although somebody is taken then; whoever may says so.
    pub overlap_reason: Option<String>,
    /// Book although a skill is missing, outside the shift, outside the promised window, or otherwise than the customer prefers.
    pub anyway: Option<bool>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("title", &mut self.title, 120);
        checks.optional("problem", &mut self.problem, 2000);
        let named = self.item_id.is_some() || self.title.is_some();
        checks.that(named, "item_id", "required", "Choose a service, or say in a few words what is to be done.");
        let lasts = self.item_id.is_some() || self.duration_minutes.is_some();
        checks.that(lasts, "duration_minutes", "required", "Say how many minutes it takes, or choose a service.");
        if let Some(minutes) = self.duration_minutes {
            checks.range("duration_minutes", minutes, 5, 1440, "A job takes 5 minutes to 24 hours.");
        }
        let window = match (self.window_starts, self.window_ends) {
            (None, None) => true,
            (Some(from), Some(until)) => from < until,
            _ => false,
        };
        along::check(checks, &mut self.resource_ids);
        along::check_days(checks, self.starts_at, &mut self.days);
        overlap::check(checks, &mut self.overlap_reason);
        checks.that(window, "window_ends", "window", "A promised window has both ends, and ends after it starts.");
    }
}

/// All that a row of the calendar needs.
pub(crate) struct Entry {
    pub id: AppointmentId,
    pub customer: CustomerId,
    pub location: Option<LocationId>,
    pub item: Option<ItemId>,
    pub technician: Option<TechnicianId>,
    pub title: String,
    pub problem: Option<String>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub window: Option<(Timestamp, Timestamp)>,
    pub status: Status,
    pub source: Source,
    pub along: Vec<ResourceId>,
    pub days: Vec<Day>,
    pub settled: Settled,
}

sql! {
    fn insert(id: AppointmentId, customer: CustomerId, location: Option<LocationId>, item: Option<ItemId>, technician: Option<TechnicianId>,
              title: String, problem: Option<String>, starts_at: Timestamp, ends_at: Timestamp,
              window_starts: Option<Timestamp>, window_ends: Option<Timestamp>, status: Status, source: Source, overlap: Option<crate::OverlapId>, before: i32, after: i32, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into appointment (tenant_id, id, customer_id, location_id, item_id, technician_id, title, problem, starts_at, ends_at,
                                 window_starts, window_ends, status, source, overlap_id, buffer_before, buffer_after, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19)";
}

/// Who comes when is settled already; this writes it down and tells.
pub(crate) async fn enter(tx: &mut TenantTx, e: Entry) -> Result<Appointment> {
    tx.tell(&AppointmentBooked {
        appointment: e.id,
        customer: e.customer,
        technician: e.technician,
        starts_at: e.starts_at,
        source: e.source,
    });
    // A plan has its price, whatever time it falls on.
    let extra = match e.source {
        Source::Plan => None,
        _ => surcharge::of_time(tx, e.item, e.window.map_or(e.starts_at, |(from, _)| from)).await?,
    };
    let extra_minor = extra.as_ref().map_or(0, |extra| extra.amount.minor);
    let (now, by, currency) = (tx.now(), tx.user(), tx.currency().code().to_owned());
    let (from, until) = e.window.unzip();
    let (_, _, _, _, _, _, found) = tx
        .run((
            e.settled.make_room(),
            insert(
                e.id,
                e.customer,
                e.location,
                e.item,
                e.technician,
                e.title,
                e.problem,
                e.starts_at,
                e.ends_at,
                from,
                until,
                e.status,
                e.source,
                e.settled.overlap,
                e.settled.before,
                e.settled.after,
                now,
                by,
            ),
            along::send(e.id, &e.along),
            along::last(e.id, &e.days),
            e.settled.keep(e.id),
            terms::agree(e.id, currency, now, extra.map(|extra| extra.name), extra_minor),
            find(e.id),
        ))
        .await?;
    found.ok_or_else(|| Error::field("/customer_id", "missing", "There is no such customer."))
}

pub async fn book(
    tx: &mut TenantTx,
    new: &New,
    source: Source,
    overlap: &Overlapping,
    locale: &Locale,
) -> Result<Appointment> {
    let item = neighbours::service(tx, new.item_id).await?;
    let minutes = new.duration_minutes.or(item.as_ref().map(|i| i64::from(i.minutes))).unwrap_or(0);
    if minutes < 5 {
        return Err(Error::field(
            "/duration_minutes",
            "required",
            "This service has no duration in the price book. Say how many minutes it takes.",
        ));
    }
    let title = new.title.clone().or(item.map(|i| i.name)).unwrap_or_else(|| "Visit".into());
    let ends_at = new
        .starts_at
        .checked_add(SignedDuration::from_mins(minutes))
        .map_err(|_| Error::field("/starts_at", "range", "That is too far away."))?;
    let location = neighbours::place(tx, new.customer_id, new.location_id).await?;
    let window = new.window_starts.zip(new.window_ends);
    let place = Place {
        technician: new.technician_id,
        along: &new.resource_ids,
        starts_at: new.starts_at,
        ends_at,
        days: &new.days,
        item: new.item_id,
        location,
        spot: None,
        window,
        itself: None,
        anyway: new.anyway == Some(true),
        overlap,
    };
    let settled = settle(tx, &place, locale, false).await?;
    if new.anyway != Some(true) {
        wishes::heed(tx, new.customer_id, new.technician_id, Some(new.starts_at), locale).await?;
    }
    let status = if new.tentative == Some(true) { Status::Requested } else { Status::Confirmed };
    let entry = Entry {
        id: AppointmentId::new(),
        customer: new.customer_id,
        location,
        item: new.item_id,
        technician: new.technician_id,
        title,
        problem: new.problem.clone(),
        starts_at: new.starts_at,
        ends_at,
        window,
        status,
        source,
        along: new.resource_ids.clone(),
        days: new.days.clone(),
        settled,
    };
    enter(tx, entry).await
}

pub async fn book_api(
    access: Access<AppointmentsWrite>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Appointment>>> {
    let source = if access.user().is_some() { Source::Office } else { Source::Api };
    let overlap = Overlapping::of(&access, new.overlap_reason.as_deref())?;
    access
        .once(async |tx| {
            let booked = book(tx, &new, source, &overlap, &access.tenant().locale).await?;
            Ok(Created { location: format!("/api/v1/appointments/{}", booked.id), body: booked })
        })
        .await
}

//! Who and what goes along with an appointment's technician, and the days it takes after its first.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, Statement, TenantTx, Uuid,
    http::{IfMatch, Json, One, Path},
    row, sql,
    tenant::Locale,
};

use super::{Appointment, AppointmentChanged, AppointmentId, Place, find, hold_still, settle};
use crate::{
    overlap::{self, OverlapId, Overlapping},
    permissions::AppointmentsWrite,
    resource::{Resource, ResourceId},
    say,
};

/// So many at most go along.
const MOST: usize = 20;
const MOST_DAYS: usize = 30;

row! {
    /// A day of an appointment after its first.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Day { pub starts_at: Timestamp, pub ends_at: Timestamp }
}

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Along {
    /// All who go along from now on: other technicians, vehicles, tools. None leaves only the technician.
    #[serde(default)]
    pub resource_ids: Vec<ResourceId>,
    /// All days after the first from now on.
    #[serde(default)]
    pub days: Vec<Day>,
    /// Why, although somebody is taken then; whoever may says so.
    pub overlap_reason: Option<String>,
    /// Although somebody has no shift then.
    pub anyway: Option<bool>,
}
impl Input for Along {
    fn check(&mut self, checks: &mut Checks) {
        check(checks, &mut self.resource_ids);
        check_days(checks, Timestamp::MIN, &mut self.days);
        overlap::check(checks, &mut self.overlap_reason);
    }
}

pub(crate) fn check(checks: &mut Checks, ids: &mut Vec<ResourceId>) {
    ids.sort_unstable_by_key(|id| id.0);
    ids.dedup();
    checks.that(ids.len() <= MOST, "resource_ids", "too_many", "At most 20 go along.");
}

/// In order, each of at most a day, one after the other.
pub(super) fn check_days(checks: &mut Checks, first: Timestamp, days: &mut [Day]) {
    days.sort_by_key(|day| day.starts_at);
    checks.that(days.len() <= MOST_DAYS, "days", "too_many", "At most 30 days after the first.");
    let long = |day: &Day| {
        let lasts = day.ends_at.duration_since(day.starts_at);
        (SignedDuration::from_mins(5)..=SignedDuration::from_hours(24)).contains(&lasts)
    };
    checks.that(days.iter().all(long), "days", "length", "Each day takes 5 minutes to 24 hours.");
    let follow = days.windows(2).all(|two| matches!(two, [a, b] if a.ends_at <= b.starts_at));
    let after = days.first().is_none_or(|day| day.starts_at > first);
    checks.that(follow && after, "days", "order", "The days follow the first one, and none overlaps another.");
}

sql! {
    pub fn of(appointment: AppointmentId) -> Vec<Resource> = "
        select r.id, r.kind, r.name, r.note, r.active, r.version, r.created_at, r.updated_at
        from appointment_resource a join resource r on r.tenant_id = $1 and r.id = a.resource_id
        where a.tenant_id = $1 and a.appointment_id = $2 order by r.kind, r.name, r.id";
    pub fn days_of(appointment: AppointmentId) -> Vec<Day> = "
        select starts_at, ends_at from appointment_day where tenant_id = $1 and appointment_id = $2 order by starts_at";
    fn insert(appointment: AppointmentId, resources: Vec<Uuid>) = "
        insert into appointment_resource (tenant_id, appointment_id, resource_id)
        select $1::uuid, $2::uuid, r.id from unnest($3::uuid[]) r(id) order by r.id";
    fn insert_days(appointment: AppointmentId, starts: Vec<Timestamp>, ends: Vec<Timestamp>) = "
        insert into appointment_day (tenant_id, appointment_id, starts_at, ends_at)
        select $1::uuid, $2::uuid, d.starts_at, d.ends_at from unnest($3::timestamptz[], $4::timestamptz[]) d(starts_at, ends_at)";
    fn leave(appointment: AppointmentId) -> u64 = "delete from appointment_resource where tenant_id = $1 and appointment_id = $2";
    fn drop_days(appointment: AppointmentId) -> u64 = "delete from appointment_day where tenant_id = $1 and appointment_id = $2";
    fn update(id: AppointmentId, overlap: Option<OverlapId>, before: i32, after: i32, at: Timestamp) -> u64 = "
        update appointment set overlap_id = $3, buffer_before = $4, buffer_after = $5, version = version + 1, updated_at = $6
        where tenant_id = $1 and id = $2";
}

pub(super) fn send(appointment: AppointmentId, along: &[ResourceId]) -> Vec<Statement<()>> {
    let ids: Vec<Uuid> = along.iter().map(|id| id.0).collect();
    (!ids.is_empty()).then(|| insert(appointment, ids)).into_iter().collect()
}

pub(super) fn last(appointment: AppointmentId, days: &[Day]) -> Vec<Statement<()>> {
    let (starts, ends) = days.iter().map(|day| (day.starts_at, day.ends_at)).unzip();
    (!days.is_empty()).then(|| insert_days(appointment, starts, ends)).into_iter().collect()
}

/// These days and no others.
pub(super) fn instead(appointment: AppointmentId, days: &[Day]) -> (Vec<Statement<u64>>, Vec<Statement<()>>) {
    (vec![drop_days(appointment)], last(appointment, days))
}

/// The days keep their distance to the first, on the company's clock.
pub(super) fn follow(days: &[Day], was: Timestamp, now: Timestamp, locale: &Locale) -> Vec<Day> {
    let moved = say::local(now, locale).datetime().duration_since(say::local(was, locale).datetime());
    let shift = |at: Timestamp| {
        let local = say::local(at, locale).datetime().checked_add(moved);
        local.ok().and_then(|local| local.to_zoned(locale.zone.clone()).ok()).map_or(at, |zoned| zoned.timestamp())
    };
    days.iter().map(|day| Day { starts_at: shift(day.starts_at), ends_at: shift(day.ends_at) }).collect()
}

pub async fn bring_along(
    tx: &mut TenantTx,
    id: AppointmentId,
    version: Option<i64>,
    input: &Along,
    overlap: &Overlapping,
    locale: &Locale,
) -> Result<Appointment> {
    let was = hold_still(tx, id, version).await?;
    if !was.status.is_open() {
        return Err(Error::refused(format!("This job is {} and stays as it was.", was.status.label().to_lowercase())));
    }
    let lead = was.technician_id.map(|id| id.0);
    if input.resource_ids.iter().any(|id| Some(id.0) == lead) {
        return Err(Error::field("/resource_ids", "twice", "The technician of the job goes anyway: name only others."));
    }
    if input.days.first().is_some_and(|day| day.starts_at < was.ends_at) {
        return Err(Error::field("/days", "order", "Further days begin after the first one has ended."));
    }
    let place = Place {
        technician: was.technician_id,
        along: &input.resource_ids,
        starts_at: was.starts_at,
        ends_at: was.ends_at,
        days: &input.days,
        item: was.item_id,
        location: was.location_id,
        spot: None,
        window: None,
        itself: Some(id),
        anyway: input.anyway == Some(true),
        overlap,
    };
    let settled = settle(tx, &place, locale, false).await?;
    tx.tell(&AppointmentChanged { appointment: id, customer: was.customer_id, technician: was.technician_id });
    let now = tx.now();
    let row = update(id, settled.overlap, settled.before, settled.after, now);
    let whole = (leave(id), row, send(id, &input.resource_ids), instead(id, &input.days));
    let (_, _, _, found) = tx.run((settled.make_room(), whole, settled.keep(id), find(id))).await?;
    found.ok_or(Error::NotFound)
}

/// An appointment with all who go there and all its days.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Whole {
    pub resources: Vec<Resource>,
    pub days: Vec<Day>,
}

pub async fn whole_api(
    access: Access<crate::permissions::BoardRead>,
    Path(id): Path<AppointmentId>,
) -> Result<Json<Whole>> {
    let (found, resources, days) = access.read((find(id), of(id), days_of(id))).await?;
    found.map(|_| Json(Whole { resources, days })).ok_or(Error::NotFound)
}

pub async fn along_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
    Json(input): Json<Along>,
) -> Result<One<Appointment>> {
    let version = version.required()?;
    let overlap = Overlapping::of(&access, input.overlap_reason.as_deref())?;
    access
        .retrying(async |tx| bring_along(tx, id, Some(version), &input, &overlap, &access.tenant().locale).await)
        .await
        .map(One)
}

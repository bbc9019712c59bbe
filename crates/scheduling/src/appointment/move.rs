//! Moves an appointment to another time, another technician, or both: what a drop on the board does.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    tenant::Locale,
};

use super::{
    Appointment, AppointmentAssigned, AppointmentId, AppointmentMoved, Place, along, find, hold_still, settle, wishes,
};
use crate::{
    overlap::{self, Overlapping},
    permissions::AppointmentsWrite,
    resource::ResourceId,
    surcharge,
    technician::TechnicianId,
};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub starts_at: Timestamp,
    /// As long as before when it is not given.
    pub duration_minutes: Option<i64>,
    /// Who takes it from now on; absent or null: nobody, it goes to the tray.
    pub technician_id: Option<TechnicianId>,
    /// The window promised anew; absent: the old promise stays, and a time outside of it is asked about once.
    pub window_starts: Option<Timestamp>,
    pub window_ends: Option<Timestamp>,
    /// Why, although somebody is taken then; whoever may says so.
    pub overlap_reason: Option<String>,
    /// Although a skill is missing, outside the shift, outside the promised window, or otherwise than the customer prefers.
    pub anyway: Option<bool>,
}
impl Input for Move {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(minutes) = self.duration_minutes {
            checks.range("duration_minutes", minutes, 5, 1440, "A job takes 5 minutes to 24 hours.");
        }
        overlap::check(checks, &mut self.overlap_reason);
        let window = match (self.window_starts, self.window_ends) {
            (None, None) => true,
            (Some(from), Some(until)) => from < until,
            _ => false,
        };
        checks.that(window, "window_ends", "window", "A promised window has both ends, and ends after it starts.");
    }
}

sql! {
    fn update(id: AppointmentId, technician: Option<TechnicianId>, starts_at: Timestamp, ends_at: Timestamp, window_starts: Option<Timestamp>, window_ends: Option<Timestamp>, overlap: Option<crate::OverlapId>, before: i32, after: i32, at: Timestamp) -> u64 = "
        update appointment set technician_id = $3, starts_at = $4, ends_at = $5, window_starts = $6, window_ends = $7,
               overlap_id = $8, buffer_before = $9, buffer_after = $10, version = version + 1, updated_at = $11
        where tenant_id = $1 and id = $2";
}

pub async fn move_to(
    tx: &mut TenantTx,
    id: AppointmentId,
    version: Option<i64>,
    input: &Move,
    overlap: &Overlapping,
    locale: &Locale,
) -> Result<Appointment> {
    let was = hold_still(tx, id, version).await?;
    if !was.status.is_movable() {
        return Err(Error::refused(format!("This job is {} and cannot be moved.", was.status.label().to_lowercase())));
    }
    let minutes = input.duration_minutes.unwrap_or(was.minutes());
    let far = || Error::field("/starts_at", "range", "That is too far away.");
    let ends_at = input.starts_at.checked_add(SignedDuration::from_mins(minutes)).map_err(|_| far())?;
    let promised = was.window_starts.zip(was.window_ends);
    let window = input.window_starts.zip(input.window_ends).or(promised);
    let same_time = input.starts_at == was.starts_at && ends_at == was.ends_at;
    if same_time && input.technician_id == was.technician_id && window == promised {
        return Ok(was);
    }
    let (along, days) = tx.run((along::of(id), along::days_of(id))).await?;
    let along: Vec<ResourceId> =
        along.into_iter().map(|one| one.id).filter(|id| Some(id.0) != input.technician_id.map(|one| one.0)).collect();
    let days = along::follow(&days, was.starts_at, input.starts_at, locale);
    let place = Place {
        technician: input.technician_id,
        along: &along,
        starts_at: input.starts_at,
        ends_at,
        days: &days,
        item: was.item_id,
        location: was.location_id,
        spot: None,
        window: if same_time { None } else { window },
        itself: Some(id),
        anyway: input.anyway == Some(true),
        overlap,
    };
    let settled = settle(tx, &place, locale, false).await?;
    if input.anyway != Some(true) {
        let moved = (!same_time).then_some(input.starts_at);
        wishes::heed(tx, was.customer_id, input.technician_id, moved, locale).await?;
    }
    let (customer, technician, starts_at) = (was.customer_id, input.technician_id, input.starts_at);
    if same_time {
        tx.tell(&AppointmentAssigned { appointment: id, customer, technician, starts_at });
    } else {
        tx.tell(&AppointmentMoved { appointment: id, customer, technician, starts_at, was: was.starts_at });
    }
    let now = tx.now();
    let (from, until) = window.unzip();
    let days = match same_time || days.is_empty() {
        true => (vec![], vec![]),
        false => along::instead(id, &days),
    };
    let (overlap, before, after) = (settled.overlap, settled.before, settled.after);
    let update = update(id, technician, starts_at, ends_at, from, until, overlap, before, after, now);
    let (_, _, _, _, found) = tx.run((settled.make_room(), days, update, settled.keep(id), find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if !same_time {
        surcharge::no_dearer(tx, &found).await?;
    }
    Ok(found)
}

pub async fn move_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
    Json(input): Json<Move>,
) -> Result<One<Appointment>> {
    let version = version.required()?;
    let overlap = Overlapping::of(&access, input.overlap_reason.as_deref())?;
    access
        .retrying(async |tx| move_to(tx, id, Some(version), &input, &overlap, &access.tenant().locale).await)
        .await
        .map(One)
}

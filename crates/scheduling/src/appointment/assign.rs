//! Gives an appointment to a technician, or takes it back into the tray.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    tenant::Locale,
};

use super::{Appointment, AppointmentAssigned, AppointmentId, Place, along, find, hold_still, settle, wishes};
use crate::{
    overlap::{self, Overlapping},
    permissions::AppointmentsWrite,
    resource::ResourceId,
    technician::TechnicianId,
};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// None: back into the tray.
    pub technician_id: Option<TechnicianId>,
    /// Why, although they are taken then; whoever may says so.
    pub overlap_reason: Option<String>,
    /// Although a skill is missing, outside the shift, or the customer does not want them.
    pub anyway: Option<bool>,
}
impl Input for Assign {
    fn check(&mut self, checks: &mut Checks) {
        overlap::check(checks, &mut self.overlap_reason);
    }
}

sql! {
    fn update(id: AppointmentId, technician: Option<TechnicianId>, overlap: Option<crate::OverlapId>, before: i32, after: i32, at: Timestamp) -> u64 = "
        update appointment set technician_id = $3, overlap_id = $4, buffer_before = $5, buffer_after = $6, version = version + 1, updated_at = $7
        where tenant_id = $1 and id = $2";
}

/// `version` is the one the caller saw.
pub async fn assign(
    tx: &mut TenantTx,
    id: AppointmentId,
    version: Option<i64>,
    input: &Assign,
    overlap: &Overlapping,
    locale: &Locale,
) -> Result<Appointment> {
    let was = hold_still(tx, id, version).await?;
    if !was.status.is_movable() {
        return Err(Error::refused(format!(
            "This job is {} and stays with who has it.",
            was.status.label().to_lowercase()
        )));
    }
    if was.technician_id == input.technician_id {
        return Ok(was);
    }
    let (along, days) = tx.run((along::of(id), along::days_of(id))).await?;
    let along: Vec<ResourceId> =
        along.into_iter().map(|one| one.id).filter(|id| Some(id.0) != input.technician_id.map(|one| one.0)).collect();
    let place = Place {
        technician: input.technician_id,
        along: &along,
        starts_at: was.starts_at,
        ends_at: was.ends_at,
        days: &days,
        item: was.item_id,
        location: was.location_id,
        spot: None,
        window: None,
        itself: Some(id),
        anyway: input.anyway == Some(true),
        overlap,
    };
    let settled = settle(tx, &place, locale, false).await?;
    if input.anyway != Some(true) {
        wishes::heed(tx, was.customer_id, input.technician_id, None, locale).await?;
    }
    tx.tell(&AppointmentAssigned {
        appointment: id,
        customer: was.customer_id,
        technician: input.technician_id,
        starts_at: was.starts_at,
    });
    let now = tx.now();
    let row = update(id, input.technician_id, settled.overlap, settled.before, settled.after, now);
    let (_, _, _, found) = tx.run((settled.make_room(), row, settled.keep(id), find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn assign_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
    Json(input): Json<Assign>,
) -> Result<One<Appointment>> {
    let version = version.required()?;
    let overlap = Overlapping::of(&access, input.overlap_reason.as_deref())?;
    access
        .retrying(async |tx| assign(tx, id, Some(version), &input, &overlap, &access.tenant().locale).await)
        .await
        .map(One)
}

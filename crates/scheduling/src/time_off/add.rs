//! Gives a technician time off.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    sql,
};

use super::{TimeOff, TimeOffChanged, TimeOffId};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// Such as "Vacation" or "Lunch": everybody who sees the board reads it.
    pub reason: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 120);
        checks.that(self.starts_at < self.ends_at, "ends_at", "order", "Time off ends after it starts.");
        let long = self.ends_at.duration_since(self.starts_at).as_hours() <= 24 * 366;
        checks.that(long, "ends_at", "range", "At most a year at a time.");
    }
}

sql! {
    fn insert(id: TimeOffId, technician: TechnicianId, starts_at: Timestamp, ends_at: Timestamp, reason: String, by: Option<uuid::Uuid>) = "
        insert into time_off (tenant_id, id, technician_id, starts_at, ends_at, reason, created_by) values ($1, $2, $3, $4, $5, $6, $7)";
}

pub async fn add(tx: &mut TenantTx, technician: TechnicianId, new: &New) -> Result<TimeOff> {
    let id = TimeOffId::new();
    let reason = new.reason.clone().unwrap_or_else(|| "Off".into());
    tx.tell(&TimeOffChanged { technician, time_off: id });
    let by = tx.user();
    tx.run(insert(id, technician, new.starts_at, new.ends_at, reason.clone(), by)).await?;
    Ok(TimeOff { id, technician_id: technician, starts_at: new.starts_at, ends_at: new.ends_at, reason, version: 1 })
}

pub async fn add_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<TimeOff>>> {
    access
        .once(async |tx| {
            let off = add(tx, id, &new).await?;
            Ok(Created { location: format!("/api/v1/technicians/{id}/time-off/{}", off.id), body: off })
        })
        .await
}

//! Puts a technician on call.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Input, Result, TenantTx, Uuid,
    http::{Created, Json, Path, Repeatable},
    sql,
};

use super::{OnCall, OnCallChanged, OnCallId};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub starts_at: Timestamp,
    /// At most 31 days later.
    pub ends_at: Timestamp,
    pub note: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        let hours = self.ends_at.duration_since(self.starts_at).as_hours();
        let good = self.starts_at < self.ends_at && hours <= 24 * 31;
        checks.that(good, "ends_at", "order", "On call ends after it starts, at most 31 days later.");
        checks.optional("note", &mut self.note, 120);
    }
}

sql! {
    fn insert(id: OnCallId, technician: TechnicianId, starts_at: Timestamp, ends_at: Timestamp, note: Option<String>, by: Option<Uuid>) = "
        insert into on_call (tenant_id, id, technician_id, starts_at, ends_at, note, created_by) values ($1, $2, $3, $4, $5, $6, $7)";
}

pub async fn add(tx: &mut TenantTx, technician: TechnicianId, new: &New) -> Result<OnCall> {
    let (id, by) = (OnCallId::new(), tx.user());
    tx.tell(&OnCallChanged { technician, on_call: id });
    tx.run(insert(id, technician, new.starts_at, new.ends_at, new.note.clone(), by)).await?;
    Ok(OnCall {
        id,
        technician_id: technician,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        note: new.note.clone(),
        version: 1,
    })
}

pub async fn add_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<OnCall>>> {
    access
        .once(async |tx| {
            let made = add(tx, id, &new).await?;
            Ok(Created { location: format!("/api/v1/technicians/{id}/on-call/{}", made.id), body: made })
        })
        .await
}

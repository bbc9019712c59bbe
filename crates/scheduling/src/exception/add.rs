//! Writes down a day that differs from the week. Two of a day make a day in two parts.
use jiff::civil::{Date, Time};
use kernel::{
    Access, Checks, Input, Result, TenantTx, Uuid,
    http::{Created, Json, Path, Repeatable},
    sql,
};

use super::{Exception, ExceptionId, ExceptionsChanged};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub on_day: Date,
    /// Both times, or none for a day without work.
    pub starts: Option<Time>,
    pub ends: Option<Time>,
    pub reason: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        let both = self.starts.is_some() == self.ends.is_some();
        checks.that(both, "ends", "half", "Give both times, or none for a day without work.");
        let long = self.starts.is_none() || self.starts != self.ends;
        checks.that(long, "ends", "empty", "A shift that ends when it starts has no length.");
        checks.optional("reason", &mut self.reason, 120);
    }
}

sql! {
    fn insert(id: ExceptionId, technician: TechnicianId, on_day: Date, starts: Option<Time>, ends: Option<Time>, reason: Option<String>, by: Option<Uuid>) = "
        insert into shift_exception (tenant_id, id, technician_id, on_day, starts, ends, reason, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

pub async fn add(tx: &mut TenantTx, technician: TechnicianId, new: &New) -> Result<Exception> {
    let (id, by) = (ExceptionId::new(), tx.user());
    tx.tell(&ExceptionsChanged { technician, exception: id });
    tx.run(insert(id, technician, new.on_day, new.starts, new.ends, new.reason.clone(), by)).await?;
    Ok(Exception {
        id,
        technician_id: technician,
        on_day: new.on_day,
        starts: new.starts,
        ends: new.ends,
        reason: new.reason.clone(),
        version: 1,
    })
}

pub async fn add_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Exception>>> {
    access
        .once(async |tx| {
            let made = add(tx, id, &new).await?;
            Ok(Created { location: format!("/api/v1/technicians/{id}/exceptions/{}", made.id), body: made })
        })
        .await
}

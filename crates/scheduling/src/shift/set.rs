//! Sets a technician's week: what was there before is replaced.
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kernel::{
    Access, Checks, Error, Input, Result, Statement, TenantTx,
    http::{IfMatch, Json, Path},
    sql,
};

use super::{Shift, ShiftId, ShiftsSet, Turn, Week, of_technician};
use crate::{
    permissions::{BoardRead, TechniciansWrite},
    technician::{self, TechnicianId},
};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shifts {
    /// The whole week; none at all means that nothing is offered.
    pub shifts: Vec<Turn>,
}
impl Input for Shifts {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.shifts.len() <= 60, "shifts", "too_many", "Name at most 60 shifts.");
        for (n, turn) in self.shifts.iter().enumerate() {
            checks.within(&format!("shifts/{n}"), |checks| {
                checks.range("weekday", turn.weekday.into(), 1, 7, "A weekday is 1 for Monday to 7 for Sunday.");
                checks.that(
                    turn.starts != turn.ends,
                    "ends",
                    "empty",
                    "A shift that ends when it starts has no length.",
                );
                let order = turn.valid_from.zip(turn.valid_until).is_none_or(|(from, until)| from <= until);
                checks.that(order, "valid_until", "order", "The last day cannot be before the first.");
            });
        }
    }
}

sql! {
    fn clear(technician: TechnicianId) -> u64 = "delete from shift where tenant_id = $1 and technician_id = $2";
    fn insert(id: ShiftId, technician: TechnicianId, weekday: i32, starts: Time, ends: Time, valid_from: Option<Date>, valid_until: Option<Date>) = "
        insert into shift (tenant_id, id, technician_id, weekday, starts, ends, valid_from, valid_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    fn touch(technician: TechnicianId, version: i64, at: Timestamp) -> u64 = "
        update technician set version = version + 1, updated_at = $4 where tenant_id = $1 and id = $2 and version = $3";
}

/// The inserts of a week, to be queued.
pub fn week(technician: TechnicianId, week: &Week) -> Vec<Statement<()>> {
    week.0
        .iter()
        .map(|t| insert(ShiftId::new(), technician, t.weekday, t.starts, t.ends, t.valid_from, t.valid_until))
        .collect()
}

/// `version` is the technician's, as the one who sets saw it.
pub async fn set(tx: &mut TenantTx, technician: TechnicianId, version: i64, shifts: &Week) -> Result<Vec<Shift>> {
    let now = tx.now();
    if tx.run(touch(technician, version, now)).await? == 0 {
        let found = tx.run(technician::find(technician)).await?.ok_or(Error::NotFound)?;
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&ShiftsSet { technician });
    let (_, _, kept) = tx.run((clear(technician), week(technician, shifts), of_technician(technician))).await?;
    Ok(kept)
}

pub async fn set_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    version: IfMatch,
    Json(input): Json<Shifts>,
) -> Result<Json<Vec<Shift>>> {
    let version = version.required()?;
    let shifts = Week(input.shifts);
    access.retrying(async |tx| set(tx, id, version, &shifts).await).await.map(Json)
}

pub async fn shifts_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<Vec<Shift>>> {
    let (found, shifts) = access.read((technician::find(id), of_technician(id))).await?;
    found.map(|_| Json(shifts)).ok_or(Error::NotFound)
}

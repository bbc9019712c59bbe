//! Gives a technician time off.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    row, sql,
    tenant::Locale,
};

use super::{TimeOff, TimeOffChanged, TimeOffId};
use crate::{
    busy,
    overlap::{self, OverlapId, Overlapping},
    permissions::TechniciansWrite,
    say,
    technician::TechnicianId,
};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// Such as "Vacation" or "Lunch": everybody who sees the board reads it.
    pub reason: Option<String>,
    /// Why, although there are jobs then; whoever may says so.
    pub overlap_reason: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 120);
        overlap::check(checks, &mut self.overlap_reason);
        checks.that(self.starts_at < self.ends_at, "ends_at", "order", "Time off ends after it starts.");
        let long = self.ends_at.duration_since(self.starts_at).as_hours() <= 24 * 366;
        checks.that(long, "ends_at", "range", "At most a year at a time.");
    }
}

sql! {
    fn insert(id: TimeOffId, technician: TechnicianId, starts_at: Timestamp, ends_at: Timestamp, reason: String, overlap: Option<OverlapId>, by: Option<uuid::Uuid>) = "
        insert into time_off (tenant_id, id, technician_id, starts_at, ends_at, reason, overlap_id, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    fn in_the_way(technician: TechnicianId, from: Timestamp, until: Timestamp) -> Vec<InTheWay> = "
        select o.kind, c.name as customer, o.starts_at, o.ends_at
        from (select kind, appointment_id, starts_at, ends_at from occupancy
              where tenant_id = $1 and resource_id = $2 and ends_at > $3 and starts_at < $4 and kind not in ('on_call', 'busy') order by ends_at limit 20) o
        left join appointment a on a.tenant_id = $1 and a.id = o.appointment_id
        left join customer c on c.tenant_id = $1 and c.id = a.customer_id
        order by o.starts_at";
    fn queue_up(technician: TechnicianId) -> Option<TechnicianId> = "
        select id from resource where tenant_id = $1 and id = $2 for no key update";
}

row! { struct InTheWay { kind: String, customer: Option<String>, starts_at: Timestamp, ends_at: Timestamp } }

pub async fn add(
    tx: &mut TenantTx,
    technician: TechnicianId,
    new: &New,
    overlap: &Overlapping,
    locale: &Locale,
) -> Result<TimeOff> {
    let (_, there) = tx.run((queue_up(technician), in_the_way(technician, new.starts_at, new.ends_at))).await?;
    let overlap = match (there.first(), overlap) {
        (None, _) => None,
        (Some(_), Overlapping::Because { reason, author }) => {
            let id = OverlapId::new();
            overlap::record(tx, id, reason, author);
            Some(id)
        }
        (Some(first), other) => {
            let when = say::when(first.starts_at, first.ends_at, locale);
            let what = match (first.kind.as_str(), &first.customer) {
                ("time_off", _) => format!("They are off then already: {when}."),
                (_, Some(customer)) => format!("They are at {customer} then: {when}."),
                _ => format!("They are taken then: {when}."),
            };
            let more = match there.len() {
                1 => String::new(),
                more => format!(
                    " There {} besides.",
                    if more == 2 { "is one more".into() } else { format!("are {} more", more - 1) }
                ),
            };
            let message = format!("{what}{more} Give that work to somebody else first.");
            return Err(match other {
                Overlapping::Ask => {
                    Error::Ask { code: "slot_taken", message: format!("{message} Or say why both are planned.") }
                }
                _ => Error::Conflict { code: "slot_taken", message },
            });
        }
    };
    let id = TimeOffId::new();
    let reason = new.reason.clone().unwrap_or_else(|| "Off".into());
    tx.tell(&TimeOffChanged { technician, time_off: id });
    let by = tx.user();
    let room = busy::make_room(technician, new.starts_at, new.ends_at);
    tx.run((room, insert(id, technician, new.starts_at, new.ends_at, reason.clone(), overlap, by))).await?;
    busy::lay(tx, technician).await?;
    Ok(TimeOff { id, technician_id: technician, starts_at: new.starts_at, ends_at: new.ends_at, reason, version: 1 })
}

pub async fn add_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<TimeOff>>> {
    let overlap = Overlapping::of(&access, new.overlap_reason.as_deref())?;
    access
        .once(async |tx| {
            let off = add(tx, id, &new, &overlap, &access.tenant().locale).await?;
            Ok(Created { location: format!("/api/v1/technicians/{id}/time-off/{}", off.id), body: off })
        })
        .await
}

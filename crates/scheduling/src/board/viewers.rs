//! Who else looks at the day: their browsers say so every few seconds, and with it at which job.
use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Json, Page},
    row, sql,
};
use tenancy::MemberId;
use ui::board::Viewer;

use crate::{appointment::AppointmentId, permissions::BoardRead};

/// Who has not been heard of for so long has gone.
const GONE: SignedDuration = SignedDuration::from_secs(45);

row! {
    pub(super) struct Looking { name: String, appointment_id: Option<AppointmentId> }
}

sql! {
    fn look(member: MemberId, shown_on: Date, job: Option<AppointmentId>, at: Timestamp) -> u64 = "
        insert into board_viewer (tenant_id, member_id, shown_on, appointment_id, seen_at)
        select $1::uuid, $2::uuid, $3::date, $4::uuid, $5::timestamptz
        where $4 is null or exists (select from appointment a where a.tenant_id = $1 and a.id = $4)
        on conflict (tenant_id, member_id) do update set shown_on = excluded.shown_on, appointment_id = excluded.appointment_id, seen_at = excluded.seen_at";
    fn is_there(job: Option<AppointmentId>) -> bool = "
        select $2::uuid is null or exists (select from appointment a where a.tenant_id = $1 and a.id = $2) as there";
    fn others(member: Option<MemberId>, shown_on: Date, since: Timestamp) -> Vec<Looking> = "
        select m.name, v.appointment_id from board_viewer v join member m on m.tenant_id = $1 and m.id = v.member_id
        where v.tenant_id = $1 and v.shown_on = $3 and v.seen_at > $4 and v.member_id is distinct from $2
        order by v.member_id limit 50";
}

fn member(scope: &Scope) -> Option<MemberId> {
    scope.user().map(MemberId)
}

/// Everybody else who looks at that day now.
pub(super) fn of_day(scope: &Scope, date: Date) -> kernel::Statement<Vec<Looking>> {
    others(member(scope), date, scope.now().saturating_sub(GONE).unwrap_or(scope.now()))
}

pub(super) fn shown(others: &[Looking]) -> Vec<Viewer> {
    let one = |other: &Looking| Viewer { name: other.name.clone(), job: other.appointment_id.map(|id| id.to_string()) };
    others.iter().map(one).collect()
}

/// The first who has that job open, by the first name.
pub(super) fn at_job(others: &[Looking], job: AppointmentId) -> Option<String> {
    let other = others.iter().find(|other| other.appointment_id == Some(job))?;
    other.name.split_whitespace().next().map(str::to_owned)
}

/// What a board that is open says of itself.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The day it shows.
    pub date: Date,
    /// The job beside it.
    pub job: Option<AppointmentId>,
}
impl Input for Look {
    fn check(&mut self, _: &mut Checks) {}
}

/// Who else is here. Nothing of it is told or written down: it is over when the board is shut.
pub async fn here(access: Access<BoardRead>, Json(look_at): Json<Look>) -> Result<Page> {
    let (known, others) = match member(&access) {
        Some(member) => {
            let statements = (look(member, look_at.date, look_at.job, access.now()), of_day(&access, look_at.date));
            let (written, others) = access.write_with(async |tx| tx.run(statements).await).await?;
            (written == 1, others)
        }
        // A program looks, and is nobody to be seen.
        None => access.read((is_there(look_at.job), of_day(&access, look_at.date))).await?,
    };
    if !known {
        return Err(Error::NotFound);
    }
    Ok(ui::board::viewers(&shown(&others)).into())
}

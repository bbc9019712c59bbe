//! Changes the rules of scheduling.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{IfMatch, Json, One},
    sql,
};

use super::{First, Rules, RulesChanged, find};
use crate::permissions::TechniciansWrite;

/// Left out means unchanged.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// 0 to 20160: two weeks.
    pub notice_minutes: Option<i32>,
    /// 1 to 365.
    pub horizon_days: Option<i32>,
    /// 1, 2, 3 or 4.
    pub window_hours: Option<i32>,
    /// 0 to 480.
    pub buffer_before: Option<i32>,
    /// 0 to 480.
    pub buffer_after: Option<i32>,
    /// 5 to 130.
    pub travel_kmh: Option<i32>,
    /// 0 to 240.
    pub travel_minutes: Option<i32>,
    /// 0 to 8760; a year: customers do not move visits by themselves.
    pub move_hours: Option<i32>,
    /// 0 to 8760; a year: customers do not cancel visits by themselves.
    pub cancel_hours: Option<i32>,
    pub first_goes: Option<First>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        for (field, value, from, to, says) in [
            ("notice_minutes", self.notice_minutes, 0, 20_160, "Notice is from 0 minutes to two weeks (20160)."),
            ("horizon_days", self.horizon_days, 1, 365, "Times are offered 1 to 365 days ahead."),
            ("window_hours", self.window_hours, 1, 4, "An arrival window is 1, 2, 3 or 4 hours long."),
            ("buffer_before", self.buffer_before, 0, 480, "A buffer is from 0 to 480 minutes."),
            ("buffer_after", self.buffer_after, 0, 480, "A buffer is from 0 to 480 minutes."),
            ("travel_kmh", self.travel_kmh, 5, 130, "A speed is from 5 to 130 kilometres an hour."),
            ("travel_minutes", self.travel_minutes, 0, 240, "From 0 to 240 minutes."),
            ("move_hours", self.move_hours, 0, 8760, "From 0 to 8760 hours before; 8760 for not at all."),
            ("cancel_hours", self.cancel_hours, 0, 8760, "From 0 to 8760 hours before; 8760 for not at all."),
        ] {
            if let Some(value) = value {
                checks.range(field, value.into(), from, to, says);
            }
        }
    }
}

sql! {
    /// Nothing where they have changed since `seen`.
    fn put(seen: i64, notice: i32, horizon: i32, window_hours: i32, before: i32, after: i32, kmh: i32, minutes: i32, move_hours: i32, cancel_hours: i32, first: First, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into scheduling_rule (tenant_id, notice_minutes, horizon_days, window_hours, buffer_before, buffer_after, travel_kmh, travel_minutes, move_hours, cancel_hours, first_goes, created_at, updated_at, created_by)
        values ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14)
        on conflict (tenant_id) do update set notice_minutes = $3, horizon_days = $4, window_hours = $5, buffer_before = $6, buffer_after = $7,
               travel_kmh = $8, travel_minutes = $9, move_hours = $10, cancel_hours = $11, first_goes = $12, updated_at = $13,
               version = scheduling_rule.version + 1
        where scheduling_rule.version = $2";
}

/// `seen` is the version the caller saw.
pub async fn change(tx: &mut TenantTx, seen: i64, change: &Change) -> Result<Rules> {
    let was = tx.run(find()).await?.unwrap_or_default();
    if was.version != seen {
        return Err(Error::Stale(Some(was.version)));
    }
    let next = Rules {
        notice_minutes: change.notice_minutes.unwrap_or(was.notice_minutes),
        horizon_days: change.horizon_days.unwrap_or(was.horizon_days),
        window_hours: change.window_hours.unwrap_or(was.window_hours),
        buffer_before: change.buffer_before.unwrap_or(was.buffer_before),
        buffer_after: change.buffer_after.unwrap_or(was.buffer_after),
        travel_kmh: change.travel_kmh.unwrap_or(was.travel_kmh),
        travel_minutes: change.travel_minutes.unwrap_or(was.travel_minutes),
        move_hours: change.move_hours.unwrap_or(was.move_hours),
        cancel_hours: change.cancel_hours.unwrap_or(was.cancel_hours),
        first_goes: change.first_goes.unwrap_or(was.first_goes),
        version: seen + 1,
    };
    let row = put(
        seen,
        next.notice_minutes,
        next.horizon_days,
        next.window_hours,
        next.buffer_before,
        next.buffer_after,
        next.travel_kmh,
        next.travel_minutes,
        next.move_hours,
        next.cancel_hours,
        next.first_goes,
        tx.now(),
        tx.user(),
    );
    if tx.run(row).await? != 1 {
        return Err(Error::Stale(Some(was.version)));
    }
    tx.tell(&RulesChanged { company: tx.tenant() });
    Ok(next)
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Rules>> {
    let seen = version.required()?;
    access.retrying(async |tx| change(tx, seen, &input).await).await.map(One)
}

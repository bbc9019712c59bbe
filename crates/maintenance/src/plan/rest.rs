//! Pauses a plan, takes it up again, ends it.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{IfMatch, Json, Path},
    sql,
};

use super::{
    Outcome, PlanEnded, PlanId, PlanPaused, PlanResumed, Status, Terms,
    change::write,
    find, hold_still,
    outcome::{added, tried},
    settle::{Left, Settling},
    turn::{self, Turn, turned},
};
use crate::{permissions::MaintenanceWrite, visit};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Also cancel the visits that are booked already; otherwise they stay.
    pub cancel_visits: Option<bool>,
    /// Only say what would change.
    pub preview: Option<bool>,
}
impl Input for Pause {
    fn check(&mut self, _: &mut Checks) {}
}

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// Only say what would change.
    pub preview: Option<bool>,
}
impl Input for Resume {
    fn check(&mut self, _: &mut Checks) {}
}

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The last day on which a visit may fall due; today when not given. What is booked after it is cancelled.
    pub ends_on: Option<Date>,
    /// Only say what would change.
    pub preview: Option<bool>,
}
impl Input for End {
    fn check(&mut self, _: &mut Checks) {}
}

sql! {
    fn set_status(id: PlanId, status: Status, at: Timestamp) -> u64 = "
        update maintenance_plan set status = $3, retry_at = null, trouble = null, version = version + 1, updated_at = $4 where tenant_id = $1 and id = $2";
}

pub async fn pause(scope: &Scope, tx: &mut TenantTx, id: PlanId, version: i64, input: &Pause) -> Result<Outcome> {
    let was = hold_still(tx, id, Some(version)).await?;
    if was.status != Status::Active {
        return Err(Error::refused(format!("This plan is {} already.", was.status.label().to_lowercase())));
    }
    tx.tell(&PlanPaused { plan: id, customer: was.customer_id });
    let now = tx.now();
    let (_, plan) = tx.run((set_status(id, Status::Paused, now), find(id))).await?;
    let plan = plan.ok_or(Error::NotFound)?;
    turn::kept(tx, &plan, Some(was.status)).await?;
    let (reason, locale) = ("The maintenance plan is paused.", &scope.tenant().locale);
    let settling = Settling { was: &was, plan: &plan, from: was.today(now), left: Left::Nothing, reason, locale };
    let changes = match input.cancel_visits {
        Some(true) => settling.settle(tx).await?,
        _ => vec![],
    };
    Ok(Outcome { plan: Some(plan), saved: true, changes, says: vec![] })
}

pub async fn resume(scope: &Scope, tx: &mut TenantTx, id: PlanId, version: i64) -> Result<Outcome> {
    let was = hold_still(tx, id, Some(version)).await?;
    if was.status != Status::Paused {
        return Err(Error::refused(format!("This plan is not paused; it is {}.", was.status.label().to_lowercase())));
    }
    tx.tell(&PlanResumed { plan: id, customer: was.customer_id });
    let now = tx.now();
    let (_, plan) = tx.run((set_status(id, Status::Active, now), find(id))).await?;
    let plan = plan.ok_or(Error::NotFound)?;
    turn::kept(tx, &plan, Some(was.status)).await?;
    let made = visit::make(tx, &plan, &scope.tenant().locale).await?;
    let plan = tx.run(find(id)).await?;
    Ok(Outcome { plan, saved: true, changes: made.iter().map(added).collect(), says: vec![] })
}

pub async fn end(scope: &Scope, tx: &mut TenantTx, id: PlanId, version: i64, input: &End) -> Result<Outcome> {
    let was = hold_still(tx, id, Some(version)).await?;
    if was.status == Status::Ended {
        return Err(Error::refused("This plan has ended already."));
    }
    let today = was.today(tx.now());
    let ends_on = input.ends_on.unwrap_or(today);
    if ends_on < today {
        return Err(Error::field("/ends_on", "range", "A plan ends today or later; what was is over."));
    }
    if was.ends_on.is_some_and(|known| known < ends_on) {
        return Err(Error::field("/ends_on", "range", "It ends before that day already."));
    }
    tx.tell(&PlanEnded { plan: id, customer: was.customer_id, ends_on });
    let status = if ends_on == today { Status::Ended } else { was.status };
    // One that begins later and is ended before has no day at all.
    let last = ends_on.max(was.starts_on.yesterday().unwrap_or(was.starts_on));
    let plan = write(tx, &was, &Terms { ends_on: Some(last), ..Terms::of(&was) }, status).await?;
    turn::kept(tx, &plan, Some(was.status)).await?;
    let says = turned(scope, tx, &plan, Turn::Ended).await?;
    let (reason, locale) = ("The maintenance plan has ended.", &scope.tenant().locale);
    let settling = Settling { was: &was, plan: &plan, from: today, left: Left::WhatIsDue, reason, locale };
    let changes = settling.settle(tx).await?;
    let plan = tx.run(find(id)).await?;
    Ok(Outcome { plan, saved: true, changes, says })
}

pub async fn pause_api(
    access: Access<MaintenanceWrite>,
    Path(id): Path<PlanId>,
    version: IfMatch,
    Json(input): Json<Pause>,
) -> Result<Json<Outcome>> {
    let version = version.required()?;
    let preview = input.preview == Some(true);
    tried(&access, preview, async |tx| pause(&access, tx, id, version, &input).await).await.map(Json)
}

pub async fn resume_api(
    access: Access<MaintenanceWrite>,
    Path(id): Path<PlanId>,
    version: IfMatch,
    Json(input): Json<Resume>,
) -> Result<Json<Outcome>> {
    let version = version.required()?;
    let preview = input.preview == Some(true);
    tried(&access, preview, async |tx| resume(&access, tx, id, version).await).await.map(Json)
}

pub async fn end_api(
    access: Access<MaintenanceWrite>,
    Path(id): Path<PlanId>,
    version: IfMatch,
    Json(input): Json<End>,
) -> Result<Json<Outcome>> {
    let version = version.required()?;
    let preview = input.preview == Some(true);
    tried(&access, preview, async |tx| end(&access, tx, id, version, &input).await).await.map(Json)
}

//! Changes a plan as a whole, or from one of its visits on: then the rest becomes a plan of its own that begins there.
use catalog::ItemId;
use customers::LocationId;
use jiff::{
    Span, Timestamp,
    civil::{Date, Time},
};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{IfMatch, Json, Path},
    sql,
};
use scheduling::TechnicianId;

use super::{
    Holidays, Outcome, Plan, PlanChanged, PlanId, Status, Terms,
    create::{Origin, enter},
    find, hold_still,
    outcome::{added, tried},
    settle::{Left, Settling, hand_over},
    terms::known,
    turn::{self, Turn, turned},
};
use crate::{permissions::MaintenanceWrite, recurrence, visit};

/// All terms, as they shall be from now on.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Only say what would change.
    pub preview: Option<bool>,
    /// This visit and all that follow: a day on which one falls due. Without it, all that is ahead.
    pub from: Option<Date>,
    pub location_id: LocationId,
    pub item_id: ItemId,
    pub technician_id: Option<TechnicianId>,
    pub note: Option<String>,
    /// RFC 5545 without COUNT, UNTIL and times of day.
    pub rule: String,
    pub time: Time,
    pub ends_on: Option<Date>,
    #[serde(default)]
    pub months: Vec<i32>,
    pub leeway_days: Option<i32>,
    pub holidays: Option<Holidays>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        let mut terms = self.terms();
        terms.check(checks);
        (self.note, self.months) = (terms.note, terms.months);
    }
}
impl Change {
    pub(super) fn terms(&self) -> Terms {
        Terms {
            location_id: self.location_id,
            item_id: self.item_id,
            technician_id: self.technician_id,
            note: self.note.clone(),
            rule: self.rule.clone(),
            time: self.time,
            ends_on: self.ends_on,
            months: self.months.clone(),
            leeway_days: self.leeway_days,
            holidays: self.holidays,
        }
    }
}

sql! {
    fn update(id: PlanId, location: LocationId, item: ItemId, technician: Option<TechnicianId>, note: Option<String>, rule: String, begins: Time,
              ends_on: Option<Date>, months: Vec<i32>, leeway_days: i32, holidays: Holidays, status: Status, at: Timestamp) -> u64 = "
        update maintenance_plan set location_id = $3, item_id = $4, technician_id = $5, note = $6, rule = $7, begins = $8, ends_on = $9,
               months = $10, leeway_days = $11, holidays = $12, status = $13, retry_at = null, version = version + 1, updated_at = $14
        where tenant_id = $1 and id = $2";
}

/// A plan whose last day is over is over.
fn standing(status: Status, ends_on: Option<Date>, today: Date) -> Status {
    if ends_on.is_some_and(|ends| ends < today) { Status::Ended } else { status }
}

pub(super) async fn write(tx: &mut TenantTx, plan: &Plan, terms: &Terms, status: Status) -> Result<Plan> {
    let now = tx.now();
    let row = update(
        plan.id,
        terms.location_id,
        terms.item_id,
        terms.technician_id,
        terms.note.clone(),
        terms.rule.clone(),
        terms.time,
        terms.ends_on,
        terms.months.clone(),
        terms.leeway_days.unwrap_or(0),
        terms.holidays.unwrap_or(Holidays::Work),
        status,
        now,
    );
    let (_, found) = tx.run((row, find(plan.id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn change(scope: &Scope, tx: &mut TenantTx, id: PlanId, version: i64, input: &Change) -> Result<Outcome> {
    let locale = &scope.tenant().locale;
    let was = hold_still(tx, id, Some(version)).await?;
    if was.status == Status::Ended {
        return Err(Error::refused("This plan has ended and stays as it was. Begin a new one."));
    }
    let terms = input.terms();
    known(tx, was.customer_id, &terms).await?;
    let today = was.today(tx.now());
    let season = was.season(&locale.country);
    let from = match input.from {
        None => None,
        Some(day) => {
            let near = day >= today && was.is_near(day, tx.now());
            if !near || recurrence::due(&season, day, day).next().is_none() {
                let says = "No visit of this plan falls due on that day, or the day is past or too far ahead.";
                return Err(Error::field("/from", "not_due", says));
            }
            // Of the first visit on is the whole.
            recurrence::due(&season, was.starts_on, day).next().filter(|first| first.due_on < day).map(|_| day)
        }
    };
    let reason = "The maintenance plan was changed.";
    let mut says = vec![];
    let plan = match from {
        None => {
            let terms = terms.settled(was.starts_on, &locale.country)?;
            tx.tell(&PlanChanged { plan: id, customer: was.customer_id });
            write(tx, &was, &terms, standing(was.status, terms.ends_on, today)).await?
        }
        Some(day) => {
            let terms = terms.settled(day, &locale.country)?;
            let before = Terms { ends_on: Some(day.saturating_sub(Span::new().days(1))), ..Terms::of(&was) };
            tx.tell(&PlanChanged { plan: id, customer: was.customer_id });
            write(tx, &was, &before, standing(was.status, before.ends_on, today)).await?;
            let origin = Origin {
                customer: was.customer_id,
                zone: was.zone.clone(),
                starts_on: day,
                status: was.status,
                follows: Some(id),
            };
            let rest = enter(tx, &origin, &terms).await?;
            let now = tx.now();
            tx.run(hand_over(id, rest.id, day, now)).await?;
            turn::kept(tx, &rest, None).await?;
            says = turned(scope, tx, &was, Turn::GoesOn { to: rest.id, from: day }).await?;
            rest
        }
    };
    let settling =
        Settling { was: &was, plan: &plan, from: from.unwrap_or(today), left: Left::WhatIsDue, reason, locale };
    let mut changes = settling.settle(tx).await?;
    if from.is_some() {
        // What still falls due before that day stays the old plan's.
        let before = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
        let made = visit::make(tx, &before, locale).await?;
        changes.splice(0..0, made.iter().map(added));
    }
    let plan = tx.run(find(plan.id)).await?.ok_or(Error::NotFound)?;
    Ok(Outcome { plan: Some(plan), saved: true, changes, says })
}

pub async fn change_api(
    access: Access<MaintenanceWrite>,
    Path(id): Path<PlanId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<Json<Outcome>> {
    let version = version.required()?;
    let preview = input.preview == Some(true);
    tried(&access, preview, async |tx| change(&access, tx, id, version, &input).await).await.map(Json)
}

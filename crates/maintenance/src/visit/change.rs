//! Changes one visit and no other: another day or time, somebody else, or left out.
use jiff::{
    Span,
    civil::{Date, Time},
};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{IfMatch, Json, Path},
};
use scheduling::{
    TechnicianId,
    appointment::{Cancel, Move, cancel, move_to},
    overlap::Overlapping,
};

use super::{State, Visit, VisitId, Wanted, book, drop, from, insert, update, wanted};
use crate::{
    permissions::MaintenanceWrite,
    plan::{Deed, Line, Outcome, Plan, PlanId, VisitChanged, hold_still, line, tried},
    recurrence::{self, Due},
};

/// How this one visit shall be; what is not said is as the plan says.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Leave it out. A visit that is booked is cancelled.
    pub skip: Option<bool>,
    pub on: Option<Date>,
    pub time: Option<Time>,
    pub technician_id: Option<TechnicianId>,
    /// Although the technician lacks a skill or has no shift then, or the customer prefers it otherwise.
    pub anyway: Option<bool>,
    /// Only say what would change.
    pub preview: Option<bool>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        let full = self.time.is_none_or(|time| time.second() == 0 && time.subsec_nanosecond() == 0);
        checks.that(full, "time", "range", "A visit begins at a full minute.");
    }
}

struct Known {
    plan: Plan,
    due: Due,
    row: Option<Visit>,
}

async fn known(scope: &Scope, tx: &mut TenantTx, id: PlanId, version: i64, due_on: Date) -> Result<Known> {
    let plan = hold_still(tx, id, Some(version)).await?;
    if !plan.is_near(due_on, tx.now()) {
        return Err(Error::NotFound);
    }
    let season = plan.season(&scope.tenant().locale.country);
    let row = tx.run(from(id, due_on)).await?.into_iter().next().filter(|row| row.due_on == due_on);
    let due = recurrence::due(&season, due_on, due_on).next();
    let booked = row.as_ref().map(|_| Due { due_on, on: Some(due_on), why: None });
    let due = due.map(|due| Due { on: season.place_of(due_on), ..due }).or(booked).ok_or_else(|| plan.has_none())?;
    match row
        .as_ref()
        .and_then(|row| row.appointment_status)
        .filter(|_| row.as_ref().is_some_and(|r| r.state == State::Booked))
    {
        Some(status) if !status.is_movable() => {
            let says = format!("This visit is {} and stays as it was.", status.label().to_lowercase());
            return Err(Error::refused(says));
        }
        None if due_on < plan.today(tx.now()) => return Err(Error::refused("This day is past.")),
        _ => {}
    }
    Ok(Known { plan, due, row })
}

pub async fn change(
    scope: &Scope,
    tx: &mut TenantTx,
    id: PlanId,
    version: i64,
    due_on: Date,
    input: &Change,
) -> Result<Outcome> {
    let known = known(scope, tx, id, version, due_on).await?;
    let customer = known.plan.customer_id;
    let skipped = input.skip == Some(true);
    tx.tell(&VisitChanged { plan: id, customer, due_on, skipped });
    let change = match skipped {
        true => known.skip(tx).await?,
        false => known.set(scope, tx, input).await?,
    };
    Ok(Outcome { plan: Some(known.plan), saved: true, changes: vec![change], says: vec![] })
}

impl Known {
    fn was(&self) -> Option<&Visit> {
        self.row.as_ref().filter(|row| row.state == State::Booked)
    }

    async fn skip(&self, tx: &mut TenantTx) -> Result<Line> {
        if let Some(appointment) = self.was().and_then(|row| row.appointment_id) {
            let reason = Some("This visit of the maintenance plan is left out.".to_owned());
            cancel(tx, appointment, None, &Cancel { reason, ..Cancel::default() }).await?;
        }
        self.write(tx, State::Skipped, &Change::default(), None).await?;
        Ok(line(Deed::Skips, self.due.due_on, self.was().and_then(|row| row.starts_at), None))
    }

    async fn set(&self, scope: &Scope, tx: &mut TenantTx, input: &Change) -> Result<Line> {
        let (plan, locale, now) = (&self.plan, &scope.tenant().locale, tx.now());
        let as_planned = wanted(plan, &self.due, None);
        let Some(on) = input.on.or(as_planned.as_ref().map(|wanted| wanted.on)) else {
            let feast = self.due.why.as_deref().unwrap_or("a holiday");
            return Err(Error::field("/on", "required", format!("That day is {feast}. Choose another one.")));
        };
        let to = Wanted {
            on,
            time: input.time.unwrap_or(plan.time),
            technician: input.technician_id.or(plan.technician_id),
            fixed: input.on.is_some(),
        };
        if input.on.is_some_and(|on| far(on, self.due.due_on)) {
            return Err(Error::field("/on", "range", "A visit is moved by at most half a year."));
        }
        if to.starts_at(plan) <= now {
            return Err(Error::field("/on", "past", "That time is past. Choose one that is ahead."));
        }
        if let Some((was, id)) = self.was().and_then(|was| Some((was, was.appointment_id?))) {
            let to = Move {
                starts_at: to.starts_at(plan),
                duration_minutes: None,
                technician_id: input.technician_id.or(was.with_id),
                window_starts: None,
                window_ends: None,
                overlap_reason: None,
                anyway: input.anyway,
            };
            let moved = move_to(tx, id, None, &to, &Overlapping::Never, locale).await?;
            self.write(tx, State::Booked, input, Some(&moved)).await?;
            return Ok(line(Deed::Moves, self.due.due_on, was.starts_at, Some(&moved)));
        }
        if plan.is_running() && self.due.due_on.min(on) <= plan.horizon(now) {
            let booked = book(tx, plan, &to, locale).await?;
            self.write(tx, State::Booked, input, Some(&booked)).await?;
            return Ok(line(Deed::Adds, self.due.due_on, None, Some(&booked)));
        }
        let was = as_planned.map(|wanted| wanted.starts_at(plan));
        self.write(tx, State::Changed, input, None).await?;
        Ok(Line { starts_at: Some(to.starts_at(plan)), ..line(Deed::Moves, self.due.due_on, was, None) })
    }

    /// One row for the day; none where it is as the plan says.
    async fn write(
        &self,
        tx: &mut TenantTx,
        state: State,
        said: &Change,
        visit: Option<&scheduling::Appointment>,
    ) -> Result<()> {
        let (plan, due_on, now, by) = (self.plan.id, self.due.due_on, tx.now(), tx.user());
        let (on, to, who, why) = (said.on, said.time, said.technician_id, self.due.why.clone());
        let (planned, booked) = visit.map(|visit| (visit.starts_at, visit.id)).unzip();
        let as_planned = state == State::Changed && on.is_none() && to.is_none() && who.is_none();
        match &self.row {
            Some(row) if as_planned => drop_row(tx, row).await,
            None if as_planned => Ok(()),
            Some(row) => tx
                .run(update(row.id, plan, due_on, state, on, to, who, planned, booked, why, now))
                .await
                .map(std::mem::drop),
            None => {
                tx.queue(insert(VisitId::new(), plan, due_on, state, on, to, who, planned, booked, why, now, by));
                Ok(())
            }
        }
    }
}

async fn drop_row(tx: &mut TenantTx, row: &Visit) -> Result<()> {
    tx.run(drop(row.id)).await.map(std::mem::drop)
}

fn far(one: Date, other: Date) -> bool {
    let half = Span::new().days(183);
    one > other.saturating_add(half) || one < other.saturating_sub(half)
}

pub async fn change_api(
    access: Access<MaintenanceWrite>,
    Path((id, due_on)): Path<(PlanId, Date)>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<Json<Outcome>> {
    let version = version.required()?;
    let preview = input.preview == Some(true);
    tried(&access, preview, async |tx| change(&access, tx, id, version, due_on, &input).await).await.map(Json)
}

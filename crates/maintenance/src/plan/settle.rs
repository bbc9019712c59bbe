//! Brings what is booked in line with a plan that has changed, and says what that does, visit by visit.
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kernel::{Error, Result, TenantTx, tenant::Locale};
use scheduling::{
    Appointment, TechnicianId,
    appointment::{Cancel, Move, cancel, move_to},
    overlap::Overlapping,
};
use std::collections::HashSet;

use super::{
    Plan, PlanId,
    outcome::{Deed, Line, added, line},
};
use crate::{
    recurrence::{self, Due},
    visit::{self, State, Visit, Wanted, is_taken, wanted},
};

/// What shall be left of what is booked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Left {
    WhatIsDue,
    Nothing,
}

pub(super) struct Settling<'a> {
    /// As it was; who was sent, where and for what is told by it.
    pub was: &'a Plan,
    pub plan: &'a Plan,
    pub from: Date,
    pub left: Left,
    /// Why visits are cancelled, for those who look at them later.
    pub reason: &'a str,
    pub locale: &'a Locale,
}

impl Settling<'_> {
    pub async fn settle(&self, tx: &mut TenantTx) -> Result<Vec<Line>> {
        let (plan, now) = (self.plan, tx.now());
        let from = self.from.max(plan.today(now));
        let visits = tx.run(visit::from(plan.id, from)).await?;
        let until = visits.last().map_or(plan.horizon(now), |last| last.due_on.max(plan.horizon(now)));
        let season = plan.season(&self.locale.country);
        let mut due: Vec<Due> = match self.left {
            Left::WhatIsDue => recurrence::due(&season, from, until).collect(),
            Left::Nothing => vec![],
        };
        let days: HashSet<Date> = due.iter().map(|due| due.due_on).collect();
        let (open, settled): (Vec<&Visit>, Vec<&Visit>) =
            visits.iter().partition(|visit| visit.is_movable() && visit.starts_at.is_some_and(|at| at > now));
        let mut lines = vec![];
        for visit in settled.iter().filter(|visit| !days.contains(&visit.due_on) && self.left == Left::WhatIsDue) {
            if visit.state != State::Booked {
                tx.run(visit::drop(visit.id)).await?;
            }
            if visit.state == State::Changed {
                lines.push(line(Deed::Lapses, visit.due_on, None, None));
            }
        }
        due.retain(|due| settled.iter().all(|visit| visit.due_on != due.due_on));

        // Each visit keeps its day if it still falls due; the others take those that are free in their order.
        let (kept, mut moved): (Vec<&Visit>, Vec<&Visit>) =
            open.into_iter().partition(|v| due.iter().any(|d| d.due_on == v.due_on));
        let (same, free): (Vec<Due>, Vec<Due>) =
            due.into_iter().partition(|d| kept.iter().any(|v| v.due_on == d.due_on));
        let horizon = plan.horizon(now);
        let mut free: Vec<Due> = free
            .into_iter()
            .filter(|due| due.due_on <= horizon)
            .filter(|due| wanted(plan, due, None).is_some_and(|wanted| wanted.starts_at(plan) > now))
            .collect();
        let gone = moved.split_off(moved.len().min(free.len()));
        free.truncate(moved.len());
        for visit in gone {
            lines.push(self.cancel(tx, visit).await?);
            tx.run(visit::drop(visit.id)).await?;
        }
        for (visit, due) in kept.into_iter().zip(same).chain(moved.into_iter().zip(free)) {
            lines.push(self.one(tx, visit, &due).await?);
        }
        let made = visit::make(tx, plan, self.locale).await?;
        lines.extend(made.iter().map(added));
        lines.sort_by_key(|line| (line.starts_at.or(line.was), line.due_on));
        Ok(lines)
    }

    async fn cancel(&self, tx: &mut TenantTx, visit: &Visit) -> Result<Line> {
        if let Some(id) = visit.appointment_id {
            cancel(tx, id, None, &Cancel { reason: Some(self.reason.to_owned()), ..Cancel::default() }).await?;
        }
        Ok(line(Deed::Cancels, visit.due_on, visit.starts_at, None))
    }

    async fn one(&self, tx: &mut TenantTx, visit: &Visit, due: &Due) -> Result<Line> {
        let (was, plan) = (self.was, self.plan);
        let stays = visit.due_on == due.due_on;
        let by_hand = stays && visit.is_by_hand();
        let Some(mut wanted) = wanted(plan, due, Some(visit).filter(|_| by_hand)) else {
            let cancelled = self.cancel(tx, visit).await?;
            tx.run(visit::drop(visit.id)).await?;
            return Ok(Line { says: due.why.clone(), ..cancelled });
        };
        if by_hand {
            let (on, time) = self.now_at(visit, &wanted);
            wanted = Wanted { on, time, technician: visit.with_id, fixed: true };
        }
        let sent = was.technician_id != plan.technician_id && !by_hand;
        let other = (was.location_id, was.item_id, &was.note) != (plan.location_id, plan.item_id, &plan.note);
        if other {
            self.cancel(tx, visit).await?;
            let booked = visit::book(tx, plan, &wanted, self.locale).await?;
            self.keep(tx, visit, due, by_hand, &booked).await?;
            return Ok(line(Deed::Anew, due.due_on, visit.starts_at, Some(&booked)));
        }
        let same_time = by_hand
            || (stays && was.season(&self.locale.country).place_of(due.due_on) == due.on && was.time == plan.time);
        if same_time && !sent {
            let says = by_hand.then(|| "Changed by itself, and stays as it is.".to_owned());
            let mut kept = line(Deed::Keeps, due.due_on, visit.starts_at, None);
            (kept.starts_at, kept.technician_name, kept.says) = (visit.starts_at, visit.with_name.clone(), says);
            return Ok(kept);
        }
        let technician = if sent { plan.technician_id } else { visit.with_id.or(plan.technician_id) };
        let (moved, says) = self.move_to(tx, visit, &wanted, technician).await?;
        self.keep(tx, visit, due, by_hand, &moved).await?;
        Ok(Line { says, ..line(Deed::Moves, due.due_on, visit.starts_at, Some(&moved)) })
    }

    /// Where somebody has put it.
    fn now_at(&self, visit: &Visit, wanted: &Wanted) -> (Date, Time) {
        let local = visit.starts_at.map(|at| at.to_zoned(self.plan.zone()));
        local.map_or((wanted.on, wanted.time), |local| (local.date(), local.time()))
    }

    async fn keep(&self, tx: &mut TenantTx, visit: &Visit, due: &Due, by_hand: bool, now: &Appointment) -> Result<()> {
        let said = Some(visit).filter(|_| by_hand);
        let (on, to, who) =
            (said.and_then(|v| v.moved_on), said.and_then(|v| v.moved_to), said.and_then(|v| v.technician_id));
        let at = tx.now();
        let row = visit::update(
            visit.id,
            self.plan.id,
            due.due_on,
            State::Booked,
            on,
            to,
            who,
            Some(now.starts_at),
            Some(now.id),
            due.why.clone(),
            at,
        );
        tx.run(row).await.map(drop)
    }

    /// With that technician, or into the tray.
    async fn move_to(
        &self,
        tx: &mut TenantTx,
        visit: &Visit,
        wanted: &Wanted,
        technician: Option<TechnicianId>,
    ) -> Result<(Appointment, Option<String>)> {
        let id = visit.appointment_id.ok_or(Error::NotFound)?;
        let to = |technician_id, anyway| Move {
            starts_at: wanted.starts_at(self.plan),
            duration_minutes: None,
            technician_id,
            window_starts: None,
            window_ends: None,
            overlap_reason: None,
            anyway: Some(anyway),
        };
        match move_to(tx, id, None, &to(technician, false), &Overlapping::Never, self.locale).await {
            Ok(moved) => Ok((moved, None)),
            Err(error) if is_taken(&error) => {
                let says = format!("Waits in the tray. {}", error.problem().detail);
                let moved = move_to(tx, id, None, &to(None, true), &Overlapping::Never, self.locale).await?;
                Ok((moved, Some(says)))
            }
            Err(error) => Err(error),
        }
    }
}

kernel::sql! {
    /// What falls due from that day on is the other plan's.
    pub(super) fn hand_over(from: PlanId, to: PlanId, day: Date, at: Timestamp) -> u64 = "
        update maintenance_visit set plan_id = $3, version = version + 1, updated_at = $5
        where tenant_id = $1 and plan_id = $2 and due_on >= $4";
}

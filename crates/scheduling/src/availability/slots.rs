//! Times at which a visit could begin: no database in here, and no rule that is not the judge's.
use jiff::{RoundMode, SignedDuration, Span, Timestamp, Unit, ZonedRound, civil::Date};
use kernel::tenant::Locale;

use super::{
    GRID_MINUTES,
    lane::{Days, Lane, Visit},
    roster::{Holds, Roster},
    verdict::Judge,
};
use crate::{rule::First, say, technician::TechnicianId};

/// One time at which a visit could begin, and who could make it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Slot {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// In the order of the company's rules: by default those with least to do that day come first.
    pub technician_ids: Vec<TechnicianId>,
}

/// What is free, and on which days somebody who could come works.
pub struct Found {
    pub slots: Vec<Slot>,
    pub open_days: Vec<Date>,
}

impl Roster {
    /// Times at which `minutes` of work could begin on the days `from` to `until` (both included), not before `earliest`.
    pub fn slots(
        &self,
        from: Date,
        until: Date,
        minutes: i64,
        earliest: Timestamp,
        urgent: bool,
        locale: &Locale,
    ) -> Found {
        let judge = Judge::new(self, Days::new(from, until, locale), locale, urgent);
        let lanes = judge.lanes();
        let able: Vec<(usize, &Lane<'_>)> = lanes.iter().enumerate().filter(|(_, lane)| judge.may_come(lane)).collect();
        let begin = say::midnight(from, locale).max(earliest);
        let end = say::midnight(until.saturating_add(Span::new().days(1)), locale);
        let length = SignedDuration::from_mins(minutes);
        let mut found: Vec<(Timestamp, (i64, i64), usize)> = vec![];
        for (rank, lane) in &able {
            let on_call = if urgent { lane.on_call.as_slice() } else { &[] };
            for (starts, ends) in lane.hours.iter().chain(on_call) {
                let Some(mut at) = grid_from((*starts).max(begin), locale) else { continue };
                while at < end {
                    let Some(done) = at.checked_add(length).ok().filter(|done| done <= ends) else { break };
                    let visit = judge.visit(at, done);
                    if judge.all_hold(lane, &visit) {
                        let busy = lane.load_on(judge.days.index(at)).1;
                        found.push((at, (self.behind(lane, &visit), busy), *rank));
                    }
                    let Ok(next) = at.checked_add(SignedDuration::from_mins(GRID_MINUTES)) else { break };
                    at = next;
                }
            }
        }
        let hours = self.hours();
        let open = |day: &Date| able.iter().any(|(_, lane)| !hours.on(lane.who.id, *day, locale).is_empty());
        let open_days = from.series(Span::new().days(1)).take_while(|day| *day <= until).filter(open).collect();
        Found { slots: self.joined(found, length), open_days }
    }

    /// The less, the sooner they are offered.
    fn behind(&self, lane: &Lane<'_>, visit: &Visit) -> i64 {
        match self.rules.first_goes {
            First::LeastBusy => 0,
            First::Nearest => lane.ways(visit).into_iter().flatten().map(|(takes, _)| takes).sum(),
            First::MostAble => {
                let needed = |held: &&Holds| self.needs.iter().any(|need| need.skill_id == held.skill_id);
                let own = self.held.iter().filter(|held| held.technician_id == lane.who.id);
                -own.filter(needed).map(|held| i64::from(held.level)).sum::<i64>()
            }
        }
    }

    /// Those who can come at one time are one slot.
    fn joined(&self, mut found: Vec<(Timestamp, (i64, i64), usize)>, length: SignedDuration) -> Vec<Slot> {
        found.sort_unstable();
        found.dedup();
        let mut slots: Vec<Slot> = vec![];
        for (at, _, rank) in found {
            let technician = self.candidates[rank].id;
            match slots.last_mut() {
                Some(slot) if slot.starts_at == at => slot.technician_ids.push(technician),
                _ => slots.push(Slot {
                    starts_at: at,
                    ends_at: at.saturating_add(length).unwrap_or(at),
                    technician_ids: vec![technician],
                }),
            }
        }
        slots
    }
}

/// The first full or half hour that is not before.
fn grid_from(at: Timestamp, locale: &Locale) -> Option<Timestamp> {
    let round = ZonedRound::new().smallest(Unit::Minute).increment(GRID_MINUTES).mode(RoundMode::Ceil);
    say::local(at, locale).round(round).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;

//! The arithmetic of free time: no database in here. Spans are half open; days and shifts are the company's own clock's.
use jiff::{RoundMode, SignedDuration, Span, Timestamp, Unit, ZonedRound, civil::Date};
use kernel::{row, tenant::Locale};

use super::GRID_MINUTES;
use crate::{say, shift::Shift, technician::TechnicianId, time_off::TimeOff};

row! {
    /// A time that is not free, whatever for.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Taken { pub technician_id: TechnicianId, pub starts_at: Timestamp, pub ends_at: Timestamp }
}

/// One time at which a visit could begin, and who could make it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Slot {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// Those with least to do that day come first.
    pub technician_ids: Vec<TechnicianId>,
}

/// Everything that decides about free time, read in one round trip.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    /// Those who have the skills, by name.
    pub technicians: Vec<TechnicianId>,
    pub shifts: Vec<Shift>,
    pub off: Vec<TimeOff>,
    pub taken: Vec<Taken>,
}

type Stretch = (Timestamp, Timestamp);

impl Roster {
    /// Begin and end of every shift of the technician on that day; one that ends in the next day begins on this one.
    fn on(shifts: &[Shift], technician: TechnicianId, date: Date, locale: &Locale) -> Vec<Stretch> {
        let weekday = i32::from(date.weekday().to_monday_one_offset());
        shifts
            .iter()
            .filter(|s| s.technician_id == technician && s.weekday == weekday)
            .filter(|s| s.valid_from.is_none_or(|from| from <= date) && s.valid_until.is_none_or(|until| date <= until))
            .map(|s| {
                let ends_on = if s.ends <= s.starts { date.saturating_add(Span::new().days(1)) } else { date };
                (say::at(date, s.starts, locale), say::at(ends_on, s.ends, locale))
            })
            .filter(|(starts, ends)| starts < ends)
            .collect()
    }

    /// Shifts that begin from the day before `from` to `until`, melted into one another.
    pub fn shifts_of(
        shifts: &[Shift],
        technician: TechnicianId,
        from: Date,
        until: Date,
        locale: &Locale,
    ) -> Vec<Stretch> {
        let first = from.saturating_sub(Span::new().days(1));
        let days = first.series(Span::new().days(1)).take_while(|day| *day <= until);
        melt(days.flat_map(|day| Self::on(shifts, technician, day, locale)).collect())
    }

    /// Whether that whole time lies within a shift.
    pub fn covers(
        shifts: &[Shift],
        technician: TechnicianId,
        starts: Timestamp,
        ends: Timestamp,
        locale: &Locale,
    ) -> bool {
        let day = say::local(starts, locale).date();
        Self::shifts_of(shifts, technician, day, day, locale)
            .iter()
            .any(|(from, until)| *from <= starts && ends <= *until)
    }

    /// The days on which anybody who could come has a shift at all.
    pub fn open_days(&self, from: Date, until: Date, locale: &Locale) -> Vec<Date> {
        let open = |day: &Date| self.technicians.iter().any(|t| !Self::on(&self.shifts, *t, *day, locale).is_empty());
        from.series(Span::new().days(1)).take_while(|day| *day <= until).filter(open).collect()
    }

    /// Times at which `minutes` of work could begin on the days `from` to `until` (both included), not before `earliest`.
    pub fn slots(&self, from: Date, until: Date, minutes: i64, earliest: Timestamp, locale: &Locale) -> Vec<Slot> {
        let length = SignedDuration::from_mins(minutes);
        let begin = say::midnight(from, locale).max(earliest);
        let end = say::midnight(until.saturating_add(Span::new().days(1)), locale);
        let mut found: Vec<(Timestamp, i64, usize)> = vec![];
        for (rank, technician) in self.technicians.iter().enumerate() {
            let shifts = Self::shifts_of(&self.shifts, *technician, from, until, locale);
            let off = self.off.iter().filter(|o| o.technician_id == *technician).map(|o| (o.starts_at, o.ends_at));
            let taken: Vec<Stretch> = self
                .taken
                .iter()
                .filter(|t| t.technician_id == *technician)
                .map(|t| (t.starts_at, t.ends_at))
                .collect();
            let busy = melt(off.chain(taken.iter().copied()).collect());
            for (starts, ends) in without(shifts, &busy) {
                let Some(mut at) = grid_from(starts.max(begin), locale) else { continue };
                while at < end && at.checked_add(length).is_ok_and(|done| done <= ends) {
                    found.push((at, load(&taken, at, locale), rank));
                    let Ok(next) = at.checked_add(SignedDuration::from_mins(GRID_MINUTES)) else { break };
                    at = next;
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        let mut slots: Vec<Slot> = vec![];
        for (at, _, rank) in found {
            let technician = self.technicians[rank];
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

/// Minutes taken on the day of that moment.
fn load(taken: &[Stretch], at: Timestamp, locale: &Locale) -> i64 {
    let day = say::local(at, locale).date();
    let of_day = taken.iter().filter(|(starts, _)| say::local(*starts, locale).date() == day);
    of_day.map(|(starts, ends)| ends.duration_since(*starts).as_mins()).sum()
}

/// The first full or half hour that is not before.
fn grid_from(at: Timestamp, locale: &Locale) -> Option<Timestamp> {
    let round = ZonedRound::new().smallest(Unit::Minute).increment(GRID_MINUTES).mode(RoundMode::Ceil);
    say::local(at, locale).round(round).ok().map(|zoned| zoned.timestamp())
}

/// In order, and those that touch or overlap as one.
fn melt(mut spans: Vec<Stretch>) -> Vec<Stretch> {
    spans.sort_unstable();
    let mut out: Vec<Stretch> = vec![];
    for (starts, ends) in spans {
        match out.last_mut() {
            Some(last) if starts <= last.1 => last.1 = last.1.max(ends),
            _ => out.push((starts, ends)),
        }
    }
    out
}

/// What is left of `spans`, which are apart and in order, without `holes`, which are too.
fn without(spans: Vec<Stretch>, holes: &[Stretch]) -> Vec<Stretch> {
    let mut out = vec![];
    for (mut starts, ends) in spans {
        for (from, until) in holes {
            if *until <= starts || *from >= ends {
                continue;
            }
            if *from > starts {
                out.push((starts, *from));
            }
            starts = starts.max(*until);
        }
        if starts < ends {
            out.push((starts, ends));
        }
    }
    out
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;

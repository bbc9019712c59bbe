//! Which days fall due: those of the rule, within the season, and what becomes of holidays. No database in here.
use jiff::{Span, civil::Date};

use super::{days, holiday};
use crate::plan::Holidays;

/// All that decides about the days of a plan.
#[derive(Debug, Clone)]
pub struct Season<'a> {
    pub rule: &'a str,
    /// The day on which it all began; it never changes.
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    /// None: all months.
    pub months: &'a [i32],
    pub leeway_days: i32,
    pub holidays: Holidays,
    pub country: &'a str,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// By the rule; what is kept of a visit is kept by this day.
    pub due_on: Date,
    /// Where it is made; none, where a holiday leaves no day for it.
    pub on: Option<Date>,
    /// Why not on the day of the rule.
    pub why: Option<String>,
}

impl Season<'_> {
    pub fn has(&self, day: Date) -> bool {
        self.months.is_empty() || self.months.contains(&i32::from(day.month()))
    }
    /// The days around that one within the leeway on which a visit may be made, the nearest first and later before earlier.
    pub fn around(&self, day: Date) -> impl Iterator<Item = Date> {
        let near = (1..=i64::from(self.leeway_days)).flat_map(move |n| [n, -n]);
        let days = near.filter_map(move |n| day.checked_add(Span::new().days(n)).ok());
        days.filter(|day| self.may(*day))
    }
    fn may(&self, day: Date) -> bool {
        self.has(day) && (self.holidays == Holidays::Work || holiday(self.country, day).is_none())
    }
    /// Where a visit that falls due on that day is made, if any day is left for it.
    pub fn place_of(&self, due_on: Date) -> Option<Date> {
        self.place(due_on, Date::MIN).on
    }
    fn place(&self, due_on: Date, earliest: Date) -> Due {
        let feast = match self.holidays {
            Holidays::Work => None,
            Holidays::Skip | Holidays::Move => holiday(self.country, due_on),
        };
        let Some(feast) = feast else { return Due { due_on, on: Some(due_on), why: None } };
        let moved = match self.holidays {
            Holidays::Move => self.around(due_on).find(|day| *day >= earliest),
            _ => None,
        };
        Due { due_on, on: moved, why: Some(feast.to_owned()) }
    }
}

/// What falls due from `from` to `until`; nothing is moved to before `from`.
pub fn due<'a>(season: &'a Season<'_>, from: Date, until: Date) -> impl Iterator<Item = Due> + 'a {
    let until = season.ends_on.map_or(until, |ends| ends.min(until));
    let days = days(season.rule, season.starts_on, from.max(season.starts_on), until);
    days.filter(|day| season.has(*day)).map(move |day| season.place(day, from))
}

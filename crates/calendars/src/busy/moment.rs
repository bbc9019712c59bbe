//! Dates and times as calendars write them, and the clocks by which they are told.
use calcard::{
    common::{PartialDateTime, timezone::Tz},
    icalendar::{ICalendar, ICalendarEntry, ICalendarValue, timezone::TzResolver},
};
use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use std::{cell::RefCell, collections::HashMap};

/// One as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub clock: DateTime,
    /// A day alone.
    pub is_day: bool,
    /// What it says of its own distance to UTC: most often that it is UTC.
    pub offset: Option<Offset>,
}

impl Moment {
    pub fn of(written: &PartialDateTime) -> Option<Self> {
        let (year, month, day) = (written.year?, written.month?, written.day?);
        let part = |part: Option<u8>| i8::try_from(part.unwrap_or(0)).ok();
        // A leap second is the one before it.
        let second = part(written.second)?.min(59);
        let clock = DateTime::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
            part(written.hour)?,
            part(written.minute)?,
            second,
            0,
        );
        let offset = written.tz_hour.map(|hours| {
            let seconds = i32::from(hours) * 3600 + i32::from(written.tz_minute.unwrap_or(0)) * 60;
            Offset::from_seconds(if written.tz_minus { -seconds } else { seconds })
        });
        Some(Self { clock: clock.ok()?, is_day: written.hour.is_none(), offset: offset.transpose().ok()? })
    }

    /// The first that stands in the entry.
    pub fn first(entry: &ICalendarEntry) -> Option<Self> {
        entry.values.iter().find_map(|value| match value {
            ICalendarValue::PartialDateTime(written) => Self::of(written),
            _ => None,
        })
    }
}

pub fn later(at: Timestamp, seconds: i64) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// The clocks that a calendar names. Of one that it describes itself the name counts, for a description is of the past.
pub struct Zones<'a> {
    resolver: TzResolver<&'a str>,
    known: RefCell<HashMap<String, TimeZone>>,
    /// For what names none, or one that nobody knows.
    pub home: TimeZone,
}

impl<'a> Zones<'a> {
    pub fn of(calendar: &'a ICalendar, home: &TimeZone) -> Self {
        Self { resolver: calendar.build_tz_resolver(), known: RefCell::default(), home: home.clone() }
    }

    pub fn named(&self, name: Option<&str>) -> TimeZone {
        let Some(name) = name else { return self.home.clone() };
        if let Some(zone) = self.known.borrow().get(name) {
            return zone.clone();
        }
        let zone = match self.resolver.resolve(name) {
            Some(Tz::Tz(zone)) => TimeZone::get(zone.name()).ok(),
            Some(Tz::Fixed(offset)) => Offset::from_seconds(offset.local_minus_utc()).ok().map(TimeZone::fixed),
            _ => None,
        };
        // "/freeassociation.sourceforge.net/Europe/Berlin": whoever made the name stands before it.
        let within = || name.match_indices('/').find_map(|(slash, _)| TimeZone::get(&name[slash + 1..]).ok());
        let zone = zone.or_else(within).unwrap_or_else(|| self.home.clone());
        self.known.borrow_mut().insert(name.to_owned(), zone.clone());
        zone
    }

    /// The moment, told by that clock unless it says itself; a day begins at its first moment by the clock at home.
    pub fn at(&self, moment: &Moment, zone: Option<&TimeZone>) -> Option<Timestamp> {
        match (moment.offset, moment.is_day) {
            (Some(offset), _) => offset.to_timestamp(moment.clock).ok(),
            (None, true) => by(moment.clock, &self.home),
            (None, false) => by(moment.clock, zone.unwrap_or(&self.home)),
        }
    }
}

/// One that the clock skips is told as the clock then shows it, later by the gap; one that comes twice is the first.
pub fn by(clock: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    clock.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

//! From a calendar to the times at which its owner is busy. Nothing else of it leaves this file: no title, no place, no name.
use calcard::{
    Entry, Parser,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName, ICalendarPeriod,
        ICalendarProperty, ICalendarStatus, ICalendarTransparency, ICalendarValue,
    },
};
use jiff::{Timestamp, tz::TimeZone};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::{
    event::Event,
    moment::{Moment, Zones},
};

/// From when to when.
pub type Stretch = (Timestamp, Timestamp);

/// A calendar takes no longer than this to be read, whatever stands in it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was found.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// Sorted, melted together where they touch.
    pub times: Vec<Stretch>,
    /// Entries that could not be understood.
    pub unread: usize,
}

#[derive(Debug, PartialEq)]
pub enum Unreadable {
    /// It is something else than a calendar.
    NoCalendar,
    /// It takes too long.
    TooMuch,
}

/// The times from `from` to `until`; what has no zone of its own is told by the clock of `zone`.
pub fn read(text: &str, zone: &TimeZone, from: Timestamp, until: Timestamp) -> Result<Found, Unreadable> {
    let begun = Instant::now();
    let mut parser = Parser::new(text.trim_start_matches('\u{feff}'));
    let mut found = Found::default();
    let mut is_calendar = false;
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                is_calendar = true;
                of_one(&calendar, zone, (from, until), &mut found, begun)?;
            }
            Entry::Eof | Entry::TooManyComponents => break,
            _ => {}
        }
        if begun.elapsed() > PATIENCE {
            return Err(Unreadable::TooMuch);
        }
    }
    found.times = melt(found.times);
    if is_calendar { Ok(found) } else { Err(Unreadable::NoCalendar) }
}

fn of_one(
    calendar: &ICalendar,
    zone: &TimeZone,
    window: Stretch,
    found: &mut Found,
    begun: Instant,
) -> Result<(), Unreadable> {
    let zones = Zones::of(calendar, zone);
    let mut masters: Vec<Event> = vec![];
    let mut others: HashMap<String, Vec<Event>> = HashMap::new();
    for component in &calendar.components {
        match component.component_type {
            ICalendarComponentType::VFreebusy => free_busy(component, &zones, window, found),
            ICalendarComponentType::VEvent => match Event::of(component, &zones) {
                Some(event) if event.instead_of.is_some() => {
                    others.entry(event.uid.clone()).or_default().push(event);
                }
                Some(event) => masters.push(event),
                None => found.unread += 1,
            },
            _ => {}
        }
    }
    for event in &masters {
        let instead = others.get(&event.uid).map(Vec::as_slice).unwrap_or_default();
        if event.times(instead, zone, window, &mut found.times).is_none() {
            found.unread += 1;
        }
        if begun.elapsed() > PATIENCE {
            return Err(Unreadable::TooMuch);
        }
    }
    // What takes the place of one of a series stands for itself.
    for event in others.values().flatten() {
        event.once(window, &mut found.times);
    }
    Ok(())
}

/// What a calendar that shows nothing but whether somebody is free says.
fn free_busy(component: &ICalendarComponent, zones: &Zones<'_>, window: Stretch, found: &mut Found) {
    for entry in component.entries.iter().filter(|entry| entry.name == ICalendarProperty::Freebusy) {
        let free = entry.params.iter().any(|param| {
            param.name == ICalendarParameterName::Fbtype
                && param.value.as_text().is_some_and(|kind| kind.eq_ignore_ascii_case("FREE"))
        });
        for value in entry.values.iter().filter(|_| !free) {
            let ICalendarValue::Period(period) = value else { continue };
            let stretch = match period {
                ICalendarPeriod::Range { start, end } => {
                    let of = |one| Moment::of(one).and_then(|moment| zones.at(&moment, None));
                    of(start).zip(of(end))
                }
                ICalendarPeriod::Duration { start, duration } => {
                    let starts = Moment::of(start).and_then(|moment| zones.at(&moment, None));
                    starts.and_then(|starts| Some((starts, super::moment::later(starts, duration.as_seconds())?)))
                }
            };
            match stretch {
                Some(stretch) => take(stretch, window, &mut found.times),
                None => found.unread += 1,
            }
        }
    }
}

/// As much of it as lies in the window.
pub(super) fn take((starts, ends): Stretch, (from, until): Stretch, times: &mut Vec<Stretch>) {
    let (starts, ends) = (starts.max(from), ends.min(until));
    if starts < ends {
        times.push((starts, ends));
    }
}

fn melt(mut times: Vec<Stretch>) -> Vec<Stretch> {
    times.sort_unstable();
    let mut melted: Vec<Stretch> = vec![];
    for (starts, ends) in times {
        match melted.last_mut() {
            Some(last) if starts <= last.1 => last.1 = last.1.max(ends),
            _ => melted.push((starts, ends)),
        }
    }
    melted
}

/// Whether an entry takes its owner's time at all.
pub(super) fn is_busy(component: &ICalendarComponent) -> bool {
    let free = component.transparency() == Some(&ICalendarTransparency::Transparent);
    let off = component.status() == Some(&ICalendarStatus::Cancelled);
    // Outlook says it in a word of its own.
    let outlook = component.entries.iter().any(|entry| {
        let named = matches!(&entry.name, ICalendarProperty::Other(name) if name.eq_ignore_ascii_case("X-MICROSOFT-CDO-BUSYSTATUS"));
        named && entry.values.iter().any(|value| value.as_text().is_some_and(|says| says.eq_ignore_ascii_case("FREE")))
    });
    !(free || off || outlook)
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;

//! One entry of a calendar: once, or again and again, with what was left out of a series and what takes the place of one of it.
use calcard::icalendar::{
    ICalendarComponent, ICalendarDuration, ICalendarEntry, ICalendarFrequency, ICalendarParameterName, ICalendarPeriod,
    ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
};
use chrono::{Datelike, NaiveDate, TimeZone as _, Timelike};
use jiff::{
    Span, Timestamp,
    civil::{DateTime, date},
    tz::TimeZone,
};
use rrule::{RRule, Unvalidated};

use super::{
    moment::{Moment, Zones, by, later},
    read::{Stretch, is_busy, take},
};

/// How long it takes: whole days by the calendar, which a change of the clocks makes longer or shorter, and seconds by a stop-watch.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lasts {
    days: i64,
    seconds: i64,
}

pub struct Event {
    pub uid: String,
    busy: bool,
    starts: DateTime,
    at: Timestamp,
    is_day: bool,
    zone: TimeZone,
    lasts: Lasts,
    rule: Option<ICalendarRecurrenceRule>,
    /// Further times, with an end of their own or as long as the others.
    also: Vec<(Timestamp, Option<Timestamp>)>,
    not: Vec<Not>,
    /// Which of the series it takes the place of.
    pub instead_of: Option<Timestamp>,
    /// And of all that follow.
    and_on: bool,
}

/// One series comes round at most so often in a day, and so often altogether up to the horizon.
const MOST_A_DAY: usize = 48;
const MOST: usize = 100_000;

enum Not {
    At(Timestamp),
    Day(jiff::civil::Date),
}

fn param<'a>(entry: &'a ICalendarEntry, name: &ICalendarParameterName) -> Option<&'a str> {
    entry.params.iter().find(|param| param.name == *name)?.value.as_text()
}

impl Lasts {
    fn of(duration: &ICalendarDuration) -> Option<Self> {
        let days = i64::from(duration.weeks) * 7 + i64::from(duration.days);
        let seconds = i64::from(duration.hours) * 3600 + i64::from(duration.minutes) * 60 + i64::from(duration.seconds);
        (!duration.neg).then_some(Self { days, seconds })
    }
    fn from(&self, clock: DateTime, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let Self { days, seconds } = *self;
        let day = match days {
            0 => at,
            days => by(clock.checked_add(Span::new().try_days(days).ok()?).ok()?, zone)?,
        };
        later(day, seconds)
    }
}

impl Event {
    /// None where it cannot be understood.
    pub fn of(component: &ICalendarComponent, zones: &Zones<'_>) -> Option<Self> {
        let entry = |name: &ICalendarProperty| component.entries.iter().find(|entry| entry.name == *name);
        let moment = |entry: &ICalendarEntry| {
            let moment = Moment::first(entry)?;
            let zone = zones.named(param(entry, &ICalendarParameterName::Tzid));
            Some((zones.at(&moment, Some(&zone))?, moment, zone))
        };
        let (at, starts, zone) = moment(entry(&ICalendarProperty::Dtstart)?)?;
        let zone = match (starts.is_day, starts.offset) {
            (true, _) => zones.home.clone(),
            (false, Some(offset)) => TimeZone::fixed(offset),
            (false, None) => zone,
        };
        let duration = entry(&ICalendarProperty::Duration).and_then(|entry| match entry.values.first() {
            Some(ICalendarValue::Duration(duration)) => Some(duration),
            _ => None,
        });
        let lasts = match (entry(&ICalendarProperty::Dtend), duration) {
            (Some(end), _) => {
                let (until, ends, _) = moment(end)?;
                match starts.is_day {
                    true => Lasts {
                        days: i64::from(starts.clock.date().until(ends.clock.date()).ok()?.get_days()),
                        seconds: 0,
                    },
                    false => Lasts { days: 0, seconds: until.duration_since(at).as_secs() },
                }
            }
            (None, Some(duration)) => Lasts::of(duration)?,
            (None, None) => Lasts { days: i64::from(starts.is_day), seconds: 0 },
        };
        let rule = entry(&ICalendarProperty::Rrule).map(|entry| match entry.values.first() {
            Some(ICalendarValue::RecurrenceRule(rule)) => Some((**rule).clone()),
            _ => None,
        });
        let instead = entry(&ICalendarProperty::RecurrenceId);
        let also = many(component, &ICalendarProperty::Rdate).map(|(entry, value)| further(entry, value, zones));
        let not = many(component, &ICalendarProperty::Exdate).map(|(entry, value)| {
            let ICalendarValue::PartialDateTime(written) = value else { return None };
            let moment = Moment::of(written)?;
            let named = param(entry, &ICalendarParameterName::Tzid).map(|name| zones.named(Some(name)));
            let at = zones.at(&moment, Some(named.as_ref().unwrap_or(&zone)))?;
            Some(if moment.is_day { Not::Day(moment.clock.date()) } else { Not::At(at) })
        });
        Some(Self {
            uid: component.uid().unwrap_or_default().to_owned(),
            busy: is_busy(component),
            starts: starts.clock,
            at,
            is_day: starts.is_day,
            lasts,
            rule: match rule {
                Some(None) => return None,
                Some(rule) => rule,
                None => None,
            },
            also: also.collect::<Option<_>>()?,
            not: not.collect::<Option<_>>()?,
            instead_of: match instead {
                Some(entry) => Some(moment(entry)?.0),
                None => None,
            },
            and_on: instead.is_some_and(|entry| param(entry, &ICalendarParameterName::Range).is_some()),
            zone,
        })
    }

    fn stretch(&self, clock: DateTime, at: Timestamp) -> Option<Stretch> {
        Some((at, self.lasts.from(clock, at, &self.zone)?))
    }

    /// For itself alone.
    pub fn once(&self, window: Stretch, times: &mut Vec<Stretch>) {
        if let Some(stretch) = self.stretch(self.starts, self.at).filter(|_| self.busy) {
            take(stretch, window, times);
        }
    }

    /// All of it but for what others take the place of. None where its rule is not understood.
    pub fn times(&self, instead: &[Self], home: &TimeZone, window: Stretch, times: &mut Vec<Stretch>) -> Option<()> {
        let clocks = match &self.rule {
            Some(rule) => self.clocks(rule, window.1)?,
            None => vec![self.starts],
        };
        let of_rule = clocks.into_iter().filter_map(|clock| {
            let at = if clock == self.starts { self.at } else { by(clock, &self.zone)? };
            self.stretch(clock, at)
        });
        let also = self.also.iter().filter_map(|(at, ends)| match ends {
            Some(ends) => Some((*at, *ends)),
            None => self.stretch(at.to_zoned(self.zone.clone()).datetime(), *at),
        });
        for (starts, ends) in of_rule.chain(also) {
            if self.is_left_out(starts, home) || instead.iter().any(|one| one.instead_of == Some(starts)) {
                continue;
            }
            // Whoever changed one and all that follow moved these by as much, for as long.
            let changed = instead.iter().filter(|one| one.and_on && one.instead_of.is_some_and(|was| was < starts));
            match changed.max_by_key(|one| one.instead_of) {
                None if self.busy => take((starts, ends), window, times),
                Some(one) if one.busy => {
                    let moved = one.at.duration_since(one.instead_of.unwrap_or(one.at));
                    let starts = starts.checked_add(moved).ok()?;
                    let clock = starts.to_zoned(one.zone.clone()).datetime();
                    take(one.stretch(clock, starts)?, window, times);
                }
                _ => {}
            }
        }
        Some(())
    }

    fn is_left_out(&self, starts: Timestamp, home: &TimeZone) -> bool {
        let zone = if self.is_day { home } else { &self.zone };
        self.not.iter().any(|not| match not {
            Not::At(at) => *at == starts,
            Not::Day(day) => starts.to_zoned(zone.clone()).date() == *day,
        })
    }

    /// The rule over the clock of its own zone, so that a change of the clocks moves nothing. Bounded whatever it says.
    fn clocks(&self, rule: &ICalendarRecurrenceRule, until: Timestamp) -> Option<Vec<DateTime>> {
        use ICalendarFrequency::{Daily, Monthly, Weekly, Yearly};
        if !matches!(rule.freq, Daily | Weekly | Monthly | Yearly) {
            return None;
        }
        // Each may name all hours, minutes and seconds of a day: nobody's calendar does.
        let a_day = [rule.byhour.len(), rule.byminute.len(), rule.bysecond.len()];
        if a_day.iter().map(|named| (*named).max(1)).product::<usize>() > MOST_A_DAY {
            return None;
        }
        let last = match rule.until.as_ref().map(Moment::of) {
            None => None,
            Some(None) => return None,
            Some(Some(last)) => Some(match (last.offset, last.is_day) {
                (Some(offset), _) => offset.to_timestamp(last.clock).ok()?.to_zoned(self.zone.clone()).datetime(),
                (None, true) => last.clock.date().at(23, 59, 59, 0),
                (None, false) => last.clock,
            }),
        };
        let horizon = until.to_zoned(self.zone.clone()).datetime();
        let last = last.map_or(horizon, |last| last.min(horizon));
        let endless = ICalendarRecurrenceRule { until: None, ..rule.clone() };
        let read: RRule<Unvalidated> = endless.to_string().parse().ok()?;
        let set = read.build(rrule::Tz::UTC.from_utc_datetime(&naive(self.starts)?)).ok()?.limit();
        let mut all: Vec<DateTime> = set
            .into_iter()
            .map_while(|at| clock(at.naive_utc()))
            .take_while(|clock| *clock <= last)
            .take(MOST)
            .collect();
        if all.len() == MOST {
            return None;
        }
        // The first counts even where the rule does not name it.
        if all.first() != Some(&self.starts) && self.starts <= last {
            all.insert(0, self.starts);
        }
        Some(all)
    }
}

fn many<'a>(
    component: &'a ICalendarComponent,
    name: &'a ICalendarProperty,
) -> impl Iterator<Item = (&'a ICalendarEntry, &'a ICalendarValue)> {
    let named = component.entries.iter().filter(move |entry| entry.name == *name);
    named.flat_map(|entry| entry.values.iter().map(move |value| (entry, value)))
}

fn further(
    entry: &ICalendarEntry,
    value: &ICalendarValue,
    zones: &Zones<'_>,
) -> Option<(Timestamp, Option<Timestamp>)> {
    let zone = zones.named(param(entry, &ICalendarParameterName::Tzid));
    let at = |written| zones.at(&Moment::of(written)?, Some(&zone));
    match value {
        ICalendarValue::PartialDateTime(written) => Some((at(written)?, None)),
        ICalendarValue::Period(ICalendarPeriod::Range { start, end }) => Some((at(start)?, Some(at(end)?))),
        ICalendarValue::Period(ICalendarPeriod::Duration { start, duration }) => {
            let starts = at(start)?;
            Some((starts, Some(later(starts, duration.as_seconds())?)))
        }
        _ => None,
    }
}

fn naive(clock: DateTime) -> Option<chrono::NaiveDateTime> {
    let day = NaiveDate::from_ymd_opt(clock.year().into(), clock.month() as u32, clock.day() as u32)?;
    day.and_hms_opt(clock.hour() as u32, clock.minute() as u32, clock.second() as u32)
}

fn clock(naive: chrono::NaiveDateTime) -> Option<DateTime> {
    let (year, month, day) = (i16::try_from(naive.year()).ok()?, naive.month() as i8, naive.day() as i8);
    if !(-9000..=9000).contains(&year) {
        return None;
    }
    Some(date(year, month, day).at(naive.hour() as i8, naive.minute() as i8, naive.second() as i8, 0))
}

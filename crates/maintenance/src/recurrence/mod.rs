//! When visits come round: a rule of RFC 5545 over days of the calendar. The time of day stands beside the rule and is told by a
//! clock of the wall, so that a change of the clocks moves no visit to another hour or day.
mod due;
mod pattern;

pub use due::{Due, Season, due};
pub use pattern::{Pattern, Place, Unit, weekdays, words};
pub use scheduling::holiday::{holiday, known as holidays_known};

use chrono::{NaiveDate, TimeZone as _};
use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

/// Nothing comes round for longer than the program looks ahead.
pub const FURTHEST_YEARS: i64 = 25;
const LONGEST: usize = 200;
const REFUSED: [(&str, &str); 6] = [
    ("COUNT", "Say the last day beside the rule (`ends_on`), not as COUNT."),
    ("UNTIL", "Say the last day beside the rule (`ends_on`), not as UNTIL."),
    ("BYHOUR", "Say the time of day beside the rule (`time`), not as BYHOUR."),
    ("BYMINUTE", "Say the time of day beside the rule (`time`), not as BYMINUTE."),
    ("BYSECOND", "Say the time of day beside the rule (`time`), not as BYSECOND."),
    ("BYEASTER", "BYEASTER is no part of RFC 5545."),
];
const PARTS: [&str; 9] =
    ["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST"];

/// The rule as it is kept, or what is wrong with it in a sentence. `starts_on` is the day on which it begins to count.
pub fn read(text: &str, starts_on: Date) -> Result<String, String> {
    let text = text.trim().to_ascii_uppercase();
    let rule = text.strip_prefix("RRULE:").unwrap_or(&text);
    if rule.len() > LONGEST || !rule.bytes().all(|b| b.is_ascii_alphanumeric() || b"=;,+-".contains(&b)) {
        return Err(format!("A rule is at most {LONGEST} letters, such as FREQ=MONTHLY;INTERVAL=6;BYDAY=1TU."));
    }
    let parts: Vec<(&str, &str)> = rule.split(';').map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
    for (name, value) in &parts {
        if let Some((_, says)) = REFUSED.iter().find(|(refused, _)| refused == name) {
            return Err((*says).to_owned());
        }
        if !PARTS.contains(name) || value.is_empty() {
            return Err(format!("`{name}` is no part of a rule. A rule is such as FREQ=MONTHLY;INTERVAL=6;BYDAY=1TU."));
        }
        if parts.iter().filter(|(other, _)| other == name).count() > 1 {
            return Err(format!("{name} stands twice in the rule."));
        }
    }
    let value = |name| parts.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    if !matches!(value("FREQ"), Some("DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY")) {
        return Err("A plan comes round by days, weeks, months or years: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.".into());
    }
    let interval = value("INTERVAL").map_or(Ok(1), str::parse::<u16>);
    if !interval.is_ok_and(|every| (1..=366).contains(&every)) {
        return Err("INTERVAL is a number from 1 to 366.".into());
    }
    set(rule, starts_on)
        .map_err(|_| "This rule is not understood. A rule is such as FREQ=MONTHLY;INTERVAL=6;BYDAY=1TU.")?;
    Ok(rule.to_owned())
}

/// At noon of no zone: only the days count.
fn set(rule: &str, starts_on: Date) -> Result<RRuleSet, String> {
    let read: RRule<Unvalidated> = rule.parse().map_err(|e: rrule::RRuleError| e.to_string())?;
    let first = NaiveDate::from_ymd_opt(starts_on.year().into(), starts_on.month() as u32, starts_on.day() as u32);
    let noon = first.and_then(|day| day.and_hms_opt(12, 0, 0)).ok_or("no such day")?;
    read.build(Tz::UTC.from_utc_datetime(&noon)).map_err(|e| e.to_string())
}

/// The days of the rule, from `from` to `until`, one after the other. Bounded in time whatever the rule says (`limit`).
pub fn days(rule: &str, starts_on: Date, from: Date, until: Date) -> impl Iterator<Item = Date> {
    let all =
        set(rule, starts_on).ok().into_iter().flat_map(|set| set.limit().into_iter().map(|at| date(at.date_naive())));
    all.take_while(move |day| *day <= until).filter(move |day| *day >= from)
}

fn date(day: NaiveDate) -> Date {
    use chrono::Datelike;
    let (year, month, of_month) = (day.year() as i16, day.month() as i8, day.day() as i8);
    Date::new(year, month, of_month).unwrap_or(Date::MAX)
}

/// That time on that day by the clock of the zone. A time that a change of the clocks skips is told as the clock then shows it, later by
/// the gap; one that comes twice is the first.
pub fn at(day: Date, time: Time, zone: &TimeZone) -> Timestamp {
    day.to_datetime(time).to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "recurrence_tests.rs"]
mod tests;

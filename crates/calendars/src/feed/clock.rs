//! The clock of a zone as a calendar writes it: VTIMEZONE with every change within a stretch of time, no rule to be misread.
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};

use super::write::Lines;

fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, all) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    match all % 60 {
        0 => format!("{sign}{:02}{:02}", all / 3600, all / 60 % 60),
        rest => format!("{sign}{:02}{:02}{rest:02}", all / 3600, all / 60 % 60),
    }
}

/// One stretch of the clock: when it begins, told by the clock before it.
fn observance(lines: &mut Lines, zone: &TimeZone, begins: Option<Timestamp>, at: Timestamp, before: Offset) {
    let info = zone.to_offset_info(at);
    let part = if info.dst().is_dst() { "DAYLIGHT" } else { "STANDARD" };
    let start = match begins {
        Some(begins) => before.to_datetime(begins).strftime("%Y%m%dT%H%M%S").to_string(),
        None => "19700101T000000".to_owned(),
    };
    lines.plain("BEGIN", part);
    lines.plain("DTSTART", &start);
    lines.plain("TZOFFSETFROM", &offset(before));
    lines.plain("TZOFFSETTO", &offset(info.offset()));
    lines.text("TZNAME", info.abbreviation());
    lines.plain("END", part);
}

/// All changes that count for times from `from` to `until`.
pub fn write(lines: &mut Lines, zone: &TimeZone, name: &str, from: Timestamp, until: Timestamp) {
    lines.plain("BEGIN", "VTIMEZONE");
    lines.text("TZID", name);
    let before = |at: Timestamp| zone.to_offset(at.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(at));
    match zone.preceding(from).next() {
        Some(change) => {
            observance(lines, zone, Some(change.timestamp()), change.timestamp(), before(change.timestamp()))
        }
        None => observance(lines, zone, None, from, zone.to_offset(from)),
    }
    for change in zone.following(from).take_while(|change| change.timestamp() <= until).take(20) {
        observance(lines, zone, Some(change.timestamp()), change.timestamp(), before(change.timestamp()));
    }
    lines.plain("END", "VTIMEZONE");
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;

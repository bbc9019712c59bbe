//! Lines of a calendar, folded as RFC 5545 asks, and an event in them.
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use scheduling::ics::{escape, folded};

#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// A value that is ours: a word, a time, a number.
    pub fn plain(&mut self, name: &str, value: &str) {
        self.0 += &folded(&format!("{name}:{value}"));
    }
    /// A text of people's.
    pub fn text(&mut self, name: &str, value: &str) {
        self.plain(name, &escape(value));
    }
    /// A time by the clock of that zone.
    pub fn local(&mut self, name: &str, at: DateTime, zone: &str) {
        self.plain(&format!("{name};TZID={zone}"), &at.strftime("%Y%m%dT%H%M%S").to_string());
    }
    pub fn done(self) -> String {
        self.0
    }
}

/// What stands in the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The same for as long as the thing lives, whatever changes of it.
    pub uid: String,
    pub sequence: i64,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub changed_at: Timestamp,
    pub created_at: Timestamp,
    pub status: &'static str,
    pub summary: String,
    pub place: Option<String>,
    pub says: Option<String>,
    pub url: Option<String>,
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// By the clock of the zone. What falls into an hour that comes twice, which readers understand differently, by the world's clock.
fn moment(lines: &mut Lines, property: &str, at: Timestamp, zone: &TimeZone, name: &str) {
    let local = at.to_zoned(zone.clone()).datetime();
    match zone.to_ambiguous_timestamp(local).is_ambiguous() {
        false => lines.local(property, local, name),
        true => lines.plain(property, &utc(at)),
    }
}

impl Event {
    /// `more` is what else stands in it.
    pub fn write(&self, lines: &mut Lines, zone: &TimeZone, name: &str, more: impl FnOnce(&mut Lines)) {
        lines.plain("BEGIN", "VEVENT");
        lines.plain("UID", &self.uid);
        lines.plain("DTSTAMP", &utc(self.changed_at));
        lines.plain("CREATED", &utc(self.created_at));
        lines.plain("LAST-MODIFIED", &utc(self.changed_at));
        lines.plain("SEQUENCE", &self.sequence.to_string());
        moment(lines, "DTSTART", self.starts_at, zone, name);
        moment(lines, "DTEND", self.ends_at, zone, name);
        lines.plain("STATUS", self.status);
        lines.text("SUMMARY", &self.summary);
        if let Some(place) = &self.place {
            lines.text("LOCATION", place);
        }
        if let Some(says) = &self.says {
            lines.text("DESCRIPTION", says);
        }
        if let Some(url) = &self.url {
            lines.plain("URL", url);
        }
        more(lines);
        lines.plain("END", "VEVENT");
    }
}

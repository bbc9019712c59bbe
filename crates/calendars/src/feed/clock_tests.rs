use super::super::write::Event;
use super::*;
use harness::elsewhere::Python;
use jiff::SignedDuration;

const ZONES: [&str; 30] = [
    "America/Chicago",
    "America/New_York",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Asuncion",
    "America/Havana",
    "America/Mexico_City",
    "America/Nuuk",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Asia/Beirut",
    "Asia/Jerusalem",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Honolulu",
];

/// A calendar of a year, with something in every 31st hour and in every quarter of the hours around a change of the clocks.
fn calendar(name: &str, first: Timestamp) -> (String, Vec<i64>) {
    let zone = TimeZone::get(name).unwrap();
    let last = first + SignedDuration::from_hours(24 * 366);
    let mut times: Vec<Timestamp> = (0..24 * 365 / 31).map(|n| first + SignedDuration::from_hours(31 * n)).collect();
    for change in zone.following(first).take_while(|change| change.timestamp() < last) {
        times.extend((-12..=12).map(|n| change.timestamp() + SignedDuration::from_mins(15 * n)));
    }
    let mut lines = Lines::default();
    lines.plain("BEGIN", "VCALENDAR");
    lines.plain("VERSION", "2.0");
    lines.plain("PRODID", "-//Tradewind//Test//EN");
    write(&mut lines, &zone, name, first, last);
    for (n, at) in times.iter().enumerate() {
        let event = Event {
            uid: n.to_string(),
            sequence: 0,
            starts_at: *at,
            ends_at: *at + SignedDuration::from_mins(30),
            changed_at: first,
            created_at: first,
            status: "CONFIRMED",
            summary: "A visit".into(),
            place: None,
            says: None,
            url: None,
        };
        event.write(&mut lines, &zone, name, |_| {});
    }
    lines.plain("END", "VCALENDAR");
    (lines.done(), times.iter().map(|at| at.as_second()).collect())
}

#[test]
fn an_independent_reader_finds_the_same_moments_in_every_zone() {
    let probe = "import icalendar";
    let Some(python) = Python::with(probe, "python3-icalendar", "the clocks were not compared") else { return };
    let first: Timestamp = "2023-01-01T00:00:00Z".parse().unwrap();
    let mut compared = 0;
    for name in ZONES {
        let (feed, times) = calendar(name, first);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reads.py");
        let answer = python.answer(script, feed);
        let seen: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let starts: Vec<i64> =
            seen["events"].as_array().unwrap().iter().map(|one| one["starts"].as_i64().unwrap()).collect();
        assert_eq!(starts.len(), times.len(), "{name}");
        let apart: Vec<_> = times.iter().zip(&starts).filter(|(ours, theirs)| ours != theirs).take(5).collect();
        assert!(apart.is_empty(), "{name}: {apart:?}");
        compared += times.len();
    }
    println!("{compared} moments compared in {} zones", ZONES.len());
    assert!(compared > 8_500, "{compared}");
}

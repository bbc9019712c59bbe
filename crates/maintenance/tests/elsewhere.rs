//! A clock change changes nothing: visits over thirty zones and ten years, compared with those that Python's dateutil and zoneinfo find.
#![allow(clippy::unwrap_used)]
use kernel::jiff::{
    civil::{Date, Time, date},
    tz::TimeZone,
};
use maintenance::recurrence;
use serde_json::json;
use std::{
    io::Write,
    process::{Command, Stdio},
};

const ZONES: [&str; 30] = [
    "America/Chicago",
    "America/New_York",
    "America/Los_Angeles",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Asuncion",
    "America/Havana",
    "America/Caracas",
    "America/Mexico_City",
    "America/Nuuk",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Amman",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
];
const RULES: [&str; 12] = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=45",
    "FREQ=WEEKLY;BYDAY=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
    "FREQ=WEEKLY;INTERVAL=3;WKST=SU;BYDAY=SU,WE",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=MONTHLY;INTERVAL=6;BYDAY=3TU",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYYEARDAY=100,-1",
];
// Midnight, the hours that clocks skip and double, and one in the middle of the day.
const TIMES: [(i8, i8); 5] = [(0, 15), (1, 30), (2, 30), (3, 0), (9, 0)];

/// A Python that has dateutil.
fn python() -> Option<&'static str> {
    let has = |python: &&str| {
        let asked = Command::new(python).args(["-c", "import dateutil.rrule, zoneinfo"]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(has)
}

#[test]
fn visits_fall_where_an_independent_implementation_puts_them() {
    let Some(python) = python() else {
        println!(
            "LEFT OUT: no Python with dateutil is here (apt install python3-dateutil); the comparison was not made"
        );
        assert!(std::env::var_os("TRADEWIND_NOTHING_LEFT_OUT").is_none(), "python3-dateutil is missing");
        return;
    };
    let (first, until) = (date(2015, 1, 4), date(2024, 12, 31));
    let mut asked: Vec<(&str, &str, Time)> = vec![];
    for zone in ZONES {
        for (n, rule) in RULES.into_iter().enumerate() {
            // Every hour of every day for the rule of all days, each other rule with one hour of its own.
            let times = if n == 0 { &TIMES[..] } else { &TIMES[n % TIMES.len()..][..1] };
            asked.extend(times.iter().map(|(hour, minute)| (zone, rule, Time::constant(*hour, *minute, 0, 0))));
        }
    }
    let questions: String = asked
        .iter()
        .map(|(zone, rule, time)| {
            json!({ "zone": zone, "rule": rule, "time": time.strftime("%H:%M:%S").to_string(), "starts_on": first.to_string(), "until": until.to_string() }).to_string() + "\n"
        })
        .collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/elsewhere.py");
    let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
    let answer = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(answer.status.success(), "{answer:?}");
    let answers: Vec<Vec<i64>> =
        String::from_utf8(answer.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), asked.len());
    let (mut compared, mut differ) = (0, vec![]);
    for ((zone, rule, time), theirs) in asked.iter().zip(&answers) {
        let clock = TimeZone::get(zone).unwrap();
        let days: Vec<Date> = recurrence::days(rule, first, first, until).collect();
        let ours: Vec<i64> = days.iter().map(|day| recurrence::at(*day, *time, &clock).as_second()).collect();
        compared += ours.len();
        assert!(ours.len() >= 2, "{rule}");
        if ours != *theirs {
            let at = ours.iter().zip(theirs).position(|(a, b)| a != b);
            differ.push(format!(
                "{zone} {rule} {time}: {} and {} visits, first apart at {at:?} {:?}",
                ours.len(),
                theirs.len(),
                at.map(|at| (days[at], ours[at] - theirs[at]))
            ));
        }
    }
    println!("{compared} visits compared in {} zones", ZONES.len());
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(compared > 500_000, "{compared}");
}

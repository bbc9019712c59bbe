//! A clock change changes nothing: visits over thirty zones and ten years, compared with those that Python's dateutil and zoneinfo find.
#![allow(clippy::unwrap_used)]
use harness::elsewhere::{Python, ZONES};
use kernel::jiff::{
    civil::{Date, Time, date},
    tz::TimeZone,
};
use maintenance::recurrence;
use serde_json::json;

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

#[test]
fn visits_fall_where_an_independent_implementation_puts_them() {
    let probe = "import dateutil.rrule, zoneinfo";
    let Some(python) = Python::with(probe, "python3-dateutil", "the comparison was not made") else { return };
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
    let answers = python.answer(script, questions);
    let answers: Vec<Vec<i64>> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
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

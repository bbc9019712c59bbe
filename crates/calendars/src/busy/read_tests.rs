use super::*;
use jiff::civil::date;

const ZONE: &str = "America/Chicago";

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// What is busy in the days from 2026-06-22 on by Chicago's clock, as "22 09:00-10:00"; the day of the month counts.
fn busy(entries: &str) -> Vec<String> {
    busy_from(entries, "2026-06-22T00:00:00-05:00", 90).0
}

fn busy_from(entries: &str, from: &str, days: i64) -> (Vec<String>, usize) {
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{}\r\nEND:VCALENDAR\r\n",
        entries.trim().replace('\n', "\r\n")
    );
    let from: Timestamp = from.parse().unwrap();
    let until = from + jiff::SignedDuration::from_hours(24 * days);
    let found = read(&text, &zone(ZONE), from, until).unwrap();
    let says = |(starts, ends): &Stretch| {
        let (starts, ends) = (starts.to_zoned(zone(ZONE)), ends.to_zoned(zone(ZONE)));
        match starts.date() == ends.date() {
            true => format!("{}-{}", starts.strftime("%m-%d %H:%M"), ends.strftime("%H:%M")),
            false => format!("{}-{}", starts.strftime("%m-%d %H:%M"), ends.strftime("%m-%d %H:%M")),
        }
    };
    (found.times.iter().map(says).collect(), found.unread)
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:a\nDTSTAMP:20260601T000000Z\nSUMMARY:Dentist\n{}\nEND:VEVENT", lines.trim())
}

#[test]
fn once_by_every_kind_of_clock() {
    let at = |start: &str, end: &str| busy(&event(&format!("DTSTART{start}\nDTEND{end}")));
    let nine = ["06-22 09:00-10:30"];
    assert_eq!(at(":20260622T140000Z", ":20260622T153000Z"), nine, "UTC");
    assert_eq!(at(":20260622T090000", ":20260622T103000"), nine, "no zone: the company's");
    assert_eq!(at(";TZID=America/Chicago:20260622T090000", ";TZID=America/Chicago:20260622T103000"), nine);
    assert_eq!(at(";TZID=Europe/Berlin:20260622T160000", ";TZID=Europe/Berlin:20260622T173000"), nine);
    assert_eq!(
        at(";TZID=Central Standard Time:20260622T090000", ";TZID=Central Standard Time:20260622T103000"),
        nine,
        "as Outlook calls it"
    );
    assert_eq!(
        at(
            ";TZID=\"(UTC-06:00) Central Time (US & Canada)\":20260622T090000",
            ";TZID=\"(UTC-06:00) Central Time (US & Canada)\":20260622T103000"
        ),
        nine
    );
    assert_eq!(
        at(
            ";TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260622T160000",
            ";TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260622T173000"
        ),
        nine
    );
    assert_eq!(
        at(";TZID=Somewhere:20260622T090000", ";TZID=Somewhere:20260622T103000"),
        nine,
        "one that nobody knows: the company's"
    );
    assert_eq!(busy(&event("DTSTART:20260622T090000\nDURATION:PT1H30M")), nine);
    assert_eq!(busy(&event("DTSTART:20260622T090000")), Vec::<String>::new(), "no time at all");
    assert_eq!(at(":20260622T090000", ":20260622T080000"), Vec::<String>::new(), "ends before it starts");
}

#[test]
fn whole_days_are_the_companys() {
    assert_eq!(busy(&event("DTSTART;VALUE=DATE:20260623")), ["06-23 00:00-06-24 00:00"]);
    assert_eq!(busy(&event("DTSTART;VALUE=DATE:20260623\nDTEND;VALUE=DATE:20260626")), ["06-23 00:00-06-26 00:00"]);
    assert_eq!(busy(&event("DTSTART;VALUE=DATE:20260623\nDURATION:P2D")), ["06-23 00:00-06-25 00:00"]);
    // The day on which the clocks go back has 25 hours.
    let (autumn, _) =
        busy_from(&event("DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=DAILY;COUNT=2"), "2026-10-30T00:00:00-05:00", 9);
    assert_eq!(autumn, ["11-01 00:00-11-03 00:00"]);
}

#[test]
fn what_takes_no_time_is_left_out() {
    let with = |line: &str| busy(&event(&format!("DTSTART:20260622T090000\nDTEND:20260622T100000\n{line}"))).len();
    assert_eq!(with("TRANSP:OPAQUE"), 1);
    assert_eq!(with("STATUS:TENTATIVE"), 1);
    assert_eq!(with("X-MICROSOFT-CDO-BUSYSTATUS:OOF"), 1);
    assert_eq!(with("TRANSP:TRANSPARENT"), 0);
    assert_eq!(with("STATUS:CANCELLED"), 0);
    assert_eq!(with("X-MICROSOFT-CDO-BUSYSTATUS:FREE"), 0);
    assert_eq!(
        busy("BEGIN:VTODO\nUID:b\nDTSTART:20260622T090000\nDUE:20260622T100000\nEND:VTODO"),
        Vec::<String>::new()
    );
}

#[test]
fn a_series_keeps_its_hour_when_the_clocks_change() {
    let weekly = event(
        "DTSTART;TZID=America/Chicago:20260105T090000\nDTEND;TZID=America/Chicago:20260105T100000\nRRULE:FREQ=WEEKLY;BYDAY=MO",
    );
    let (spring, unread) = busy_from(&weekly, "2026-03-01T00:00:00-06:00", 14);
    assert_eq!((spring, unread), (vec!["03-02 09:00-10:00".into(), "03-09 09:00-10:00".into()], 0));
    // Of Berlin, where they change three weeks later, it moves by the company's clock, and back.
    let berlin = event(
        "DTSTART;TZID=Europe/Berlin:20260105T160000\nDTEND;TZID=Europe/Berlin:20260105T170000\nRRULE:FREQ=WEEKLY",
    );
    let (spring, _) = busy_from(&berlin, "2026-03-01T00:00:00-06:00", 35);
    assert_eq!(
        spring,
        ["03-02 09:00-10:00", "03-09 10:00-11:00", "03-16 10:00-11:00", "03-23 10:00-11:00", "03-30 09:00-10:00"]
    );
    // In UTC it stays where it is, and the clock on the wall moves.
    let utc = event("DTSTART:20260105T150000Z\nDTEND:20260105T160000Z\nRRULE:FREQ=WEEKLY");
    let (spring, _) = busy_from(&utc, "2026-03-01T00:00:00-06:00", 14);
    assert_eq!(spring, ["03-02 09:00-10:00", "03-09 10:00-11:00"]);
    // In the hour that is skipped, and in the one that comes twice: told later by the gap, and the first.
    let night = event("DTSTART;TZID=America/Chicago:20260101T023000\nDURATION:PT30M\nRRULE:FREQ=DAILY");
    let (gap, _) = busy_from(&night, "2026-03-07T00:00:00-06:00", 3);
    assert_eq!(gap, ["03-07 02:30-03:00", "03-08 03:30-04:00", "03-09 02:30-03:00"]);
    let night = event("DTSTART;TZID=America/Chicago:20260101T013000\nDURATION:PT30M\nRRULE:FREQ=DAILY");
    let fold = read(
        &format!("BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR", night.replace('\n', "\r\n")),
        &zone(ZONE),
        "2026-11-01T05:00:00Z".parse().unwrap(),
        "2026-11-02T00:00:00Z".parse().unwrap(),
    )
    .unwrap();
    assert_eq!(fold.times, [("2026-11-01T06:30:00Z".parse().unwrap(), "2026-11-01T07:00:00Z".parse().unwrap())]);
}

#[test]
fn rules_end_and_skip() {
    let with =
        |rule: &str| busy(&event(&format!("DTSTART;TZID=America/Chicago:20260622T090000\nDURATION:PT1H\n{rule}")));
    assert_eq!(with("RRULE:FREQ=DAILY;COUNT=3"), ["06-22 09:00-10:00", "06-23 09:00-10:00", "06-24 09:00-10:00"]);
    assert_eq!(with("RRULE:FREQ=DAILY;UNTIL=20260623T140000Z").len(), 2, "to the second, in UTC");
    assert_eq!(with("RRULE:FREQ=DAILY;UNTIL=20260623T135959Z").len(), 1);
    assert_eq!(with("RRULE:FREQ=DAILY;UNTIL=20260624").len(), 3, "a day is meant as a whole");
    assert_eq!(
        with("RRULE:FREQ=MONTHLY;BYDAY=-1FR"),
        ["06-22 09:00-10:00", "06-26 09:00-10:00", "07-31 09:00-10:00", "08-28 09:00-10:00"]
    );
    assert_eq!(
        with("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4"),
        ["06-22 09:00-10:00", "06-24 09:00-10:00", "07-06 09:00-10:00", "07-08 09:00-10:00"]
    );
    assert_eq!(
        with("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=America/Chicago:20260623T090000"),
        ["06-22 09:00-10:00", "06-24 09:00-10:00"]
    );
    assert_eq!(with("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260623T140000Z,20260624T140000Z"), ["06-22 09:00-10:00"]);
    assert_eq!(with("RRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20260623"), ["06-22 09:00-10:00"]);
    assert_eq!(
        with("RDATE;TZID=America/Chicago:20260625T090000,20260626T110000"),
        ["06-22 09:00-10:00", "06-25 09:00-10:00", "06-26 11:00-12:00"]
    );
    assert_eq!(
        with("RDATE;VALUE=PERIOD:20260625T140000Z/20260625T143000Z,20260626T140000Z/PT2H"),
        ["06-22 09:00-10:00", "06-25 09:00-09:30", "06-26 09:00-11:00"]
    );
    assert_eq!(with("RRULE:FREQ=DAILY").len(), 90, "to the horizon and no further");
}

#[test]
fn what_takes_the_place_of_one_of_a_series() {
    let master = event("DTSTART;TZID=America/Chicago:20260622T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4");
    let with = |lines: &str| busy(&format!("{master}\n{}", event(lines)));
    let of = "RECURRENCE-ID;TZID=America/Chicago:20260623T090000";
    assert_eq!(
        with(&format!("{of}\nDTSTART;TZID=America/Chicago:20260623T140000\nDURATION:PT2H")),
        ["06-22 09:00-10:00", "06-23 14:00-16:00", "06-24 09:00-10:00", "06-25 09:00-10:00"]
    );
    assert_eq!(
        with("RECURRENCE-ID:20260623T140000Z\nDTSTART:20260628T140000Z\nDURATION:PT1H"),
        ["06-22 09:00-10:00", "06-24 09:00-10:00", "06-25 09:00-10:00", "06-28 09:00-10:00"],
        "told in UTC"
    );
    assert_eq!(
        with(&format!("{of}\nDTSTART;TZID=America/Chicago:20260623T090000\nDURATION:PT1H\nSTATUS:CANCELLED")).len(),
        3
    );
    assert_eq!(
        with(&format!("{of}\nDTSTART;TZID=America/Chicago:20260623T090000\nDURATION:PT1H\nTRANSP:TRANSPARENT")).len(),
        3
    );
    let on = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Chicago:20260624T090000";
    assert_eq!(
        with(&format!("{on}\nDTSTART;TZID=America/Chicago:20260624T110000\nDURATION:PT30M")),
        ["06-22 09:00-10:00", "06-23 09:00-10:00", "06-24 11:00-11:30", "06-25 11:00-11:30"]
    );
    assert_eq!(
        with(&format!("{on}\nDTSTART;TZID=America/Chicago:20260624T090000\nDURATION:PT1H\nSTATUS:CANCELLED")).len(),
        2
    );
    // Of another series it changes nothing.
    let other =
        event(&format!("{of}\nDTSTART;TZID=America/Chicago:20260623T140000\nDURATION:PT2H")).replace("UID:a", "UID:b");
    assert_eq!(busy(&format!("{master}\n{other}")).len(), 5);
}

#[test]
fn what_touches_is_one_and_what_is_over_or_far_is_none() {
    let two = format!(
        "{}\n{}",
        event("DTSTART:20260622T090000\nDTEND:20260622T100000"),
        event("DTSTART:20260622T093000\nDTEND:20260622T110000").replace("UID:a", "UID:b")
    );
    assert_eq!(busy(&two), ["06-22 09:00-11:00"]);
    assert_eq!(busy(&event("DTSTART:20260621T090000\nDTEND:20260621T100000")), Vec::<String>::new());
    assert_eq!(busy(&event("DTSTART:20260621T230000\nDTEND:20260622T010000")), ["06-22 00:00-01:00"], "the rest of it");
    assert_eq!(busy(&event("DTSTART:20260921T090000\nDTEND:20260921T100000")), Vec::<String>::new());
}

#[test]
fn calendars_that_say_nothing_but_busy() {
    let text = "BEGIN:VFREEBUSY\nUID:f\nFREEBUSY:20260622T140000Z/PT1H,20260623T140000Z/20260623T150000Z\nFREEBUSY;FBTYPE=FREE:20260624T140000Z/PT1H\nFREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260625T140000Z/PT1H\nEND:VFREEBUSY";
    assert_eq!(busy(text), ["06-22 09:00-10:00", "06-23 09:00-10:00", "06-25 09:00-10:00"]);
}

#[test]
fn what_is_not_understood_is_counted_and_the_rest_is_read() {
    let good = event("DTSTART:20260622T090000\nDTEND:20260622T100000");
    for bad in [
        "DTSTART:20269999T090000\nDTEND:20260622T100000",
        "DTEND:20260622T100000",
        "DTSTART:20260622T090000\nDURATION:-PT1H",
        "DTSTART:20260622T090000\nDURATION:PT1H\nRRULE:FREQ=SECONDLY",
        "DTSTART:20260622T090000\nDURATION:PT1H\nRRULE:FREQ=HOURLY;COUNT=3",
        "DTSTART:20260622T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYWEEKNO=3;RSCALE=CHINESE",
    ] {
        let bad = event(bad).replace("UID:a", "UID:b");
        let (times, unread) = busy_from(&format!("{bad}\n{good}"), "2026-06-22T00:00:00-05:00", 90);
        assert_eq!((times, unread), (vec!["06-22 09:00-10:00".into()], 1), "{bad}");
    }
    let window = ("2026-06-22T05:00:00Z".parse().unwrap(), "2026-09-20T05:00:00Z".parse().unwrap());
    for page in [
        "",
        "<!doctype html><title>Sign in</title>",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana\r\nEND:VCARD\r\n",
        "{\"error\":1}",
    ] {
        assert_eq!(read(page, &zone(ZONE), window.0, window.1), Err(Unreadable::NoCalendar), "{page}");
    }
    // One that is cut off counts as far as it goes; one that is empty is a calendar all the same.
    assert_eq!(
        read("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", &zone(ZONE), window.0, window.1),
        Ok(Found::default())
    );
}

#[test]
fn whatever_stands_in_it_is_read_in_time() {
    let window = ("2026-06-22T05:00:00Z".parse().unwrap(), "2026-09-20T05:00:00Z".parse().unwrap());
    let begun = Instant::now();
    let never = event("DTSTART:20260622T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30");
    let old = event("DTSTART:00010101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY");
    let deep = "BEGIN:VEVENT\r\n".repeat(20_000);
    let long = format!("BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:{}\r\n", "a".repeat(1 << 20));
    let all = |most: u32| (0..most).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let many = event(&format!(
        "DTSTART:20060622T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR={};BYMINUTE={};BYSECOND={}",
        all(24),
        all(60),
        all(60)
    ));
    for text in [never.clone(), old, deep, long, many, never.replace("DAILY", "YEARLY;INTERVAL=65535")] {
        let text = format!("BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR\r\n", text.replace('\n', "\r\n"));
        let _ = read(&text, &zone(ZONE), window.0, window.1);
    }
    let flood =
        format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", format!("{}\n", never).replace('\n', "\r\n").repeat(5000));
    let _ = read(&flood, &zone(ZONE), window.0, window.1);
    assert!(begun.elapsed() < PATIENCE * 3, "{:?}", begun.elapsed());
    assert_eq!(date(2026, 6, 22).weekday(), jiff::civil::Weekday::Monday);
}

/// What once broke a reader of calendars, here or elsewhere.
const SEEDS: [&str; 12] = [
    "",
    "BEGIN:VCALENDAR",
    "BEGIN:VCALENDAR\r\nEND:VEVENT\r\n",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:00000000T000000Z\nDTEND:99991231T235960Z\nEND:VEVENT\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261101T013000\nRRULE:FREQ=SECONDLY;BYSECOND=61\nEND:VEVENT\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;INTERVAL=0\nEND:VEVENT\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;COUNT=99999999999999999999\nEND:VEVENT\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nDURATION:P99999999999D\nEND:VEVENT\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nDURATION:-PT1H\nEND:VEVENT\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=\"Nowhere/At All\":20260101T000000\nDTEND:20250101\nEND:VEVENT\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:20260101T000000Z/P1W,/,20260101\nEND:VFREEBUSY\nEND:VCALENDAR",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260229\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-32;BYSETPOS=367\nEND:VEVENT\nEND:VCALENDAR",
];

/// Any text, and calendars made of lines that mean something: read or refused, every stretch from sooner to later, within its time.
#[test]
fn no_calendar_breaks_the_reader() {
    use proptest::prelude::*;
    let (zone, from, until): (jiff::tz::TimeZone, jiff::Timestamp, jiff::Timestamp) = (
        jiff::tz::TimeZone::get("America/Chicago").unwrap(),
        "2026-01-01T00:00:00Z".parse().unwrap(),
        "2027-01-01T00:00:00Z".parse().unwrap(),
    );
    let holds = |text: &str| {
        let begun = std::time::Instant::now();
        if let Ok(found) = read(text, &zone, from, until) {
            assert!(found.times.iter().all(|(begins, ends)| begins <= ends), "{text:?}: {found:?}");
            assert!(found.times.windows(2).all(|pair| pair[0].1 < pair[1].0), "{text:?}: {found:?}");
        }
        assert!(begun.elapsed() < PATIENCE + std::time::Duration::from_secs(5), "{text:?}");
    };
    SEEDS.iter().for_each(|seed| holds(seed));
    let lines = [
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VFREEBUSY",
        "END:VFREEBUSY",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "TZID:Own",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:-9999",
        "UID:a",
        "UID:b",
        "DTSTART:20260301T090000Z",
        "DTSTART;VALUE=DATE:20260301",
        "DTSTART;TZID=America/Chicago:20260308T023000",
        "DTSTART;TZID=Own:20260308T023000",
        "DTSTART:2026",
        "DTEND:20260301T100000Z",
        "DTEND;VALUE=DATE:20260228",
        "DURATION:PT90M",
        "DURATION:P9999Y",
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,XX;COUNT=5",
        "RRULE:FREQ=HOURLY;UNTIL=2026",
        "RRULE:FREQ=YEARLY;BYYEARDAY=-366;BYWEEKNO=53",
        "RDATE:20260401T090000Z/PT1H",
        "EXDATE:20260301T090000Z",
        "RECURRENCE-ID:20260301T090000Z",
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "FREEBUSY;FBTYPE=BUSY:20260301T090000Z/20260301T100000Z",
        " folded",
        "X-A;B=\"c:d",
        "",
    ];
    let made = prop::collection::vec(prop::sample::select(lines.to_vec()), 0..30).prop_map(|all| {
        format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", all.join("\r\n"))
    });
    let texts = prop_oneof![1 => ".{0,200}", 1 => prop::collection::vec(prop::sample::select(lines.to_vec()), 0..30).prop_map(|all| all.join("\n")), 4 => made];
    let cases = std::env::var("FUZZ_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(256);
    let config = proptest::test_runner::Config { cases, failure_persistence: None, ..Default::default() };
    proptest::test_runner::TestRunner::new(config)
        .run(&texts, |text| {
            holds(&text);
            Ok(())
        })
        .unwrap();
}

use super::*;
use crate::plan::Holidays;
use jiff::civil::{date, time};

fn all(rule: &str, starts_on: Date, until: Date) -> Vec<Date> {
    days(rule, starts_on, starts_on, until).collect()
}

fn season<'a>(rule: &'a str, starts_on: Date, months: &'a [i32], holidays: Holidays, leeway_days: i32) -> Season<'a> {
    Season { rule, starts_on, ends_on: None, months, leeway_days, holidays, country: "US" }
}

#[test]
fn a_rule_says_days_and_nothing_else() {
    let day = date(2026, 6, 23);
    for (rule, says) in [
        ("FREQ=SECONDLY", "days, weeks, months or years"),
        ("FREQ=MINUTELY;BYSECOND=1", "no part of RFC 5545|BYSECOND"),
        ("FREQ=HOURLY", "days, weeks, months or years"),
        ("INTERVAL=2", "days, weeks, months or years"),
        ("FREQ=WEEKLY;COUNT=3", "ends_on"),
        ("FREQ=WEEKLY;UNTIL=20270101T000000Z", "ends_on"),
        ("FREQ=DAILY;BYHOUR=9", "time of day"),
        ("FREQ=WEEKLY;INTERVAL=0", "from 1 to 366"),
        ("FREQ=WEEKLY;INTERVAL=99999", "from 1 to 366"),
        ("FREQ=WEEKLY;BYDAY=XX", "not understood"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "twice"),
        ("FREQ=WEEKLY\nDTSTART:20200101T000000Z", "at most 200 letters"),
        ("", "no part of a rule"),
    ] {
        let refused = read(rule, day).expect_err(rule);
        assert!(says.split('|').any(|part| refused.contains(part)), "{rule}: {refused}");
    }
    assert_eq!(read(" rrule:freq=weekly;byday=tu ", day).unwrap(), "FREQ=WEEKLY;BYDAY=TU");
}

#[test]
fn what_never_falls_due_ends_by_itself() {
    let begun = std::time::Instant::now();
    assert_eq!(all("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", date(2026, 1, 1), date(2200, 1, 1)), vec![]);
    assert!(begun.elapsed().as_secs() < 20);
}

#[test]
fn rules_count_from_the_day_they_began() {
    let found = all("FREQ=MONTHLY;INTERVAL=6;BYDAY=3TU", date(2026, 6, 1), date(2027, 12, 31));
    assert_eq!(found, [date(2026, 6, 16), date(2026, 12, 15), date(2027, 6, 15), date(2027, 12, 21)]);
    let later: Vec<Date> =
        days("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", date(2026, 6, 3), date(2026, 7, 1), date(2026, 7, 20)).collect();
    assert_eq!(
        later,
        [date(2026, 7, 1), date(2026, 7, 15)],
        "the second week is told from the first visit, not from the question"
    );
    let short = all("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", date(2027, 1, 31), date(2027, 4, 30));
    assert_eq!(short, [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]);
}

/// The clock of Chicago goes from 2 to 3 on 14 March 2027, and comes to 1 twice on 7 November.
#[test]
fn a_skipped_hour_is_told_later_and_a_doubled_one_is_the_first() {
    let zone = TimeZone::get("America/Chicago").unwrap();
    let moment = |day, hour, minute| at(day, time(hour, minute, 0, 0), &zone).to_string();
    assert_eq!(moment(date(2027, 3, 13), 2, 30), "2027-03-13T08:30:00Z");
    assert_eq!(moment(date(2027, 3, 14), 2, 30), "2027-03-14T08:30:00Z", "3:30, as the clock then shows it");
    assert_eq!(moment(date(2027, 3, 14), 9, 0), "2027-03-14T14:00:00Z", "nine stays nine");
    assert_eq!(moment(date(2027, 11, 7), 1, 30), "2027-11-07T06:30:00Z", "the first of the two");
    assert_eq!(moment(date(2027, 11, 8), 1, 30), "2027-11-08T07:30:00Z");
    // Where midnight itself is skipped (Cairo, 28 April 2023), no day is lost.
    let cairo = TimeZone::get("Africa/Cairo").unwrap();
    assert_eq!(at(date(2023, 4, 28), time(0, 30, 0, 0), &cairo).to_string(), "2023-04-27T22:30:00Z");
}

#[test]
fn holidays_are_heeded_as_the_plan_says() {
    // Mondays in September 2026: the 7th is Labor Day.
    let begun = date(2026, 9, 7);
    let on = |holidays, leeway| {
        let months = [];
        let season = season("FREQ=WEEKLY;BYDAY=MO", begun, &months, holidays, leeway);
        due(&season, begun, begun).next().unwrap()
    };
    assert_eq!(on(Holidays::Work, 0), Due { due_on: begun, on: Some(begun), why: None });
    assert_eq!(on(Holidays::Skip, 3), Due { due_on: begun, on: None, why: Some("Labor Day".into()) });
    assert_eq!(on(Holidays::Move, 3).on, Some(date(2026, 9, 8)));
    // Of a country that is not known no day is a holiday.
    let elsewhere = Season { country: "ZZ", ..season("FREQ=WEEKLY;BYDAY=MO", begun, &[], Holidays::Skip, 0) };
    assert_eq!(due(&elsewhere, begun, begun).next().unwrap().on, Some(begun));
    assert_eq!(holiday("GB", date(2027, 12, 27)), Some("Christmas Day"), "kept on the Monday after");
}

#[test]
fn months_outside_the_season_bring_no_visit() {
    let months = [4, 5, 9];
    let season = season("FREQ=MONTHLY;BYMONTHDAY=15", date(2026, 1, 1), &months, Holidays::Work, 0);
    let found: Vec<Date> = due(&season, date(2026, 1, 1), date(2027, 4, 30)).map(|due| due.due_on).collect();
    assert_eq!(found, [date(2026, 4, 15), date(2026, 5, 15), date(2026, 9, 15), date(2027, 4, 15)]);
    // Nor does a holiday move one out of it: Labor Day 2026, and no day before in August or after within the leeway.
    let edge = Season {
        months: &[9],
        ..super::tests::season("FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=1", date(2026, 9, 1), &[], Holidays::Work, 2)
    };
    assert_eq!(edge.around(date(2026, 9, 1)).collect::<Vec<_>>(), [date(2026, 9, 2), date(2026, 9, 3)]);
}

#[test]
fn a_form_says_what_it_made() {
    let begun = date(2026, 6, 16);
    for (every, unit, place, weekday, says) in [
        (1, Unit::Weeks, Place::Date, Some(2), "Every week on Tuesday"),
        (3, Unit::Weeks, Place::Date, Some(5), "Every 3 weeks on Friday"),
        (6, Unit::Months, Place::Date, None, "Every 6 months on the 16th"),
        (1, Unit::Months, Place::Third, Some(2), "Every month on the third Tuesday"),
        (2, Unit::Years, Place::Last, Some(1), "Every 2 years on the last Monday of June"),
        (1, Unit::Years, Place::Date, None, "Every year on 16 June"),
    ] {
        let pattern = Pattern { every, unit, place, weekday };
        let rule = pattern.rule(begun);
        assert_eq!(read(&rule, begun).as_ref(), Ok(&rule));
        assert_eq!(words(&rule, begun), says);
        assert_eq!(Pattern::of(&rule, begun), Some(pattern), "{rule}");
    }
    assert_eq!(Pattern::of("FREQ=WEEKLY;BYDAY=MO,TH", begun), None);
    assert_eq!(words("FREQ=WEEKLY;BYDAY=MO,TH", begun), "By the rule FREQ=WEEKLY;BYDAY=MO,TH");
    assert_eq!(words("FREQ=YEARLY", begun), "Every year on 16 June");
    assert_eq!(words("FREQ=MONTHLY", date(2026, 1, 31)), "By the rule FREQ=MONTHLY", "which leaves short months out");
    assert_eq!(words("FREQ=MONTHLY;BYDAY=1TU", begun), "Every month on the first Tuesday");
}

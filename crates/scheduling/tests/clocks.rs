//! A clock change changes nothing: free times over thirty zones and ten years, compared with those that Python's zoneinfo finds.
#![allow(clippy::unwrap_used)]
use harness::elsewhere::{Python, ZONES};
use kernel::{
    jiff::{
        SignedDuration, Span, Timestamp,
        civil::{Date, Time, date, time},
        tz::TimeZone,
    },
    tenant::Locale,
};
use scheduling::{
    AppointmentId, TechnicianId,
    availability::{Candidate, Roster, Taken},
    exception::{Exception, ExceptionId},
    shift::{Shift, ShiftId},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Of each zone besides the days around its changes.
const BY_CHANCE: u64 = 40;

/// A small generator, so that a failure can be repeated.
struct Dice(u64);
impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % below
    }
}

fn hour(h: i8, m: i8) -> Time {
    time(h, m, 0, 0)
}

fn candidate(id: TechnicianId) -> Candidate {
    let (start_latitude, start_longitude, home_latitude, home_longitude) = (None, None, None, None);
    Candidate {
        id,
        name: "Marco".into(),
        start_latitude,
        start_longitude,
        home_latitude,
        home_longitude,
        day_jobs: None,
        day_minutes: None,
    }
}

fn shift(technician_id: TechnicianId, weekday: i32, starts: Time, ends: Time) -> Shift {
    Shift { id: ShiftId::new(), technician_id, weekday, starts, ends, valid_from: None, valid_until: None }
}

fn exception(technician_id: TechnicianId, on_day: Date, hours: Option<(Time, Time)>) -> Exception {
    let (starts, ends) = hours.unzip();
    Exception { id: ExceptionId::new(), technician_id, on_day, starts, ends, reason: None, version: 1 }
}

fn visit(technician_id: TechnicianId, starts_at: Timestamp, ends_at: Timestamp) -> Taken {
    Taken {
        technician_id,
        kind: "confirmed".into(),
        starts_at,
        ends_at,
        appointment_id: Some(AppointmentId::new()),
        before: 0,
        after: 0,
        postal_code: None,
        latitude: None,
        longitude: None,
    }
}

/// Three people: by day, by night, and one whose hours lie where clocks change, a little beside the full hour on Sundays.
fn company(dice: &mut Dice) -> Roster {
    let all: Vec<TechnicianId> = (0..3).map(|_| TechnicianId::new()).collect();
    let mut shifts = vec![];
    for day in 1..=7 {
        shifts.push(shift(all[0], day, hour(8, 0), hour(17, 0)));
        shifts.push(shift(all[1], day, hour(22, 0), hour(6, 0)));
        let (early, late) = if day == 7 { (hour(0, 10), hour(3, 50)) } else { (hour(0, 0), hour(4, 0)) };
        shifts.push(shift(all[2], day, early, late));
        if dice.roll(3) == 0 {
            shifts.push(shift(all[2], day, hour(13, 0), hour(14, 45)));
        }
    }
    let mut roster = Roster { candidates: all.iter().map(|id| candidate(*id)).collect(), shifts, ..Roster::default() };
    // Nobody has a way to go: the clocks alone decide.
    roster.rules.travel_minutes = 0;
    roster
}

/// The days on which the clock changes there, and those beside them; and some by chance.
fn days(zone: &TimeZone, dice: &mut Dice) -> BTreeSet<Date> {
    let (first, last) = (date(2015, 1, 2), date(2024, 12, 30));
    let from = first.to_zoned(zone.clone()).unwrap().timestamp();
    let changes = zone.following(from).map(|change| change.timestamp().to_zoned(zone.clone()).date());
    let mut all: BTreeSet<Date> = changes
        .take_while(|day| *day <= last)
        .flat_map(|day| [-1, 0, 1].map(|offset| day.saturating_add(Span::new().days(offset))))
        .collect();
    let length = first.until(last).unwrap().get_days();
    for _ in 0..BY_CHANCE {
        all.insert(first.saturating_add(Span::new().days(dice.roll(length.unsigned_abs().into()) as i64)));
    }
    all
}

/// What the roster says of one technician, as the question tells it: from where it comes is worked out here once more.
fn hours_told(roster: &Roster, technician: TechnicianId, day: Date) -> Vec<Value> {
    let mut told = vec![];
    for offset in [-1_i64, 0] {
        let on = day.saturating_add(Span::new().days(offset));
        let mut say = |starts: Time, ends: Time| {
            told.push(json!([offset, starts.strftime("%H:%M:%S").to_string(), ends.strftime("%H:%M:%S").to_string()]));
        };
        let differs: Vec<&Exception> =
            roster.exceptions.iter().filter(|one| one.technician_id == technician && one.on_day == on).collect();
        if differs.is_empty() {
            let weekday = i32::from(on.weekday().to_monday_one_offset());
            let own = roster.shifts.iter().filter(|one| one.technician_id == technician && one.weekday == weekday);
            own.for_each(|one| say(one.starts, one.ends));
        } else {
            differs.iter().filter_map(|one| one.starts.zip(one.ends)).for_each(|(starts, ends)| say(starts, ends));
        }
    }
    told
}

fn answers(python: &Python, questions: String) -> Vec<Vec<(i64, Vec<usize>)>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clocks.py");
    python.answer(script, questions).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ours(roster: &Roster, day: Date, minutes: i64, locale: &Locale) -> Vec<(i64, Vec<usize>)> {
    let slots = roster.slots(day, day, minutes, Timestamp::MIN, false, locale).slots;
    let number = |id: &TechnicianId| roster.candidates.iter().position(|one| one.id == *id).unwrap();
    let said = |ids: &[TechnicianId]| {
        let mut who: Vec<usize> = ids.iter().map(number).collect();
        who.sort_unstable();
        who
    };
    slots.iter().map(|slot| (slot.starts_at.as_second(), said(&slot.technician_ids))).collect()
}

#[test]
fn free_times_lie_where_an_independent_implementation_puts_them() {
    let probe = "import zoneinfo; zoneinfo.ZoneInfo('America/Chicago')";
    let Some(python) = Python::with(probe, "python3 tzdata", "the comparison was not made") else { return };
    let begun = std::time::Instant::now();
    let mut dice = Dice(20260622);
    let (mut questions, mut found, mut asked) = (String::new(), vec![], vec![]);
    for name in ZONES {
        let zone = TimeZone::get(name).unwrap();
        let locale = Locale { zone: zone.clone(), ..Locale::default() };
        for day in days(&zone, &mut dice) {
            let mut roster = company(&mut dice);
            let who: Vec<TechnicianId> = roster.candidates.iter().map(|one| one.id).collect();
            // One day differs, for one of them; and everybody has a visit, at a quarter of some hour.
            match dice.roll(4) {
                0 => roster.exceptions.push(exception(who[0], day, None)),
                1 => roster.exceptions.push(exception(who[0], day, Some((hour(0, 30), hour(5, 0))))),
                2 => roster.exceptions.push(exception(
                    who[1],
                    day.saturating_sub(Span::new().days(1)),
                    Some((hour(23, 15), hour(7, 20))),
                )),
                _ => {}
            }
            let midnight = day.to_zoned(zone.clone()).unwrap().timestamp();
            for technician in &who {
                let starts = midnight + SignedDuration::from_mins(15 * dice.roll(92) as i64);
                roster.taken.push(visit(
                    *technician,
                    starts,
                    starts + SignedDuration::from_mins(15 + 15 * dice.roll(8) as i64),
                ));
            }
            let minutes = [30, 60, 90, 150][dice.roll(4) as usize];
            let technicians: Vec<Value> = who
                .iter()
                .map(|id| {
                    let own = roster.taken.iter().filter(|one| one.technician_id == *id);
                    let taken: Vec<Value> =
                        own.map(|one| json!([one.starts_at.as_second(), one.ends_at.as_second()])).collect();
                    json!({ "hours": hours_told(&roster, *id, day), "taken": taken })
                })
                .collect();
            let question =
                json!({ "zone": name, "day": day.to_string(), "minutes": minutes, "technicians": technicians });
            questions += &(question.to_string() + "\n");
            found.push(ours(&roster, day, minutes, &locale));
            asked.push((name, day, minutes));
        }
    }
    let theirs = answers(&python, questions);
    assert_eq!(theirs.len(), asked.len());
    let (mut compared, mut differ) = (0, vec![]);
    for (((zone, day, minutes), ours), theirs) in asked.iter().zip(&found).zip(&theirs) {
        compared += ours.len();
        if ours != theirs {
            let at = ours.iter().zip(theirs).position(|(a, b)| a != b);
            differ.push(format!(
                "{zone} {day} {minutes}: {} and {} times, first apart at {:?}",
                ours.len(),
                theirs.len(),
                at.map(|at| (&ours[at], &theirs[at]))
            ));
        }
    }
    println!("{compared} free times compared on {} days in {} zones, {:?}", asked.len(), ZONES.len(), begun.elapsed());
    assert!(differ.is_empty(), "{} days differ: {:#?}", differ.len(), &differ[..differ.len().min(10)]);
    assert!(compared > 50_000 && asked.len() > 2000, "{compared} on {} days", asked.len());
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

/// One technician from `from` to `until` on that night, an hour of work: when it can begin, by UTC.
fn night(day: Date, from: Time, until: Time) -> Vec<String> {
    let marco = TechnicianId::new();
    let mut roster = Roster {
        candidates: vec![candidate(marco)],
        exceptions: vec![exception(marco, day, Some((from, until)))],
        ..Roster::default()
    };
    roster.rules.travel_minutes = 0;
    let locale = Locale { zone: TimeZone::get("America/Chicago").unwrap(), ..Locale::default() };
    let slots = roster.slots(day, day, 60, Timestamp::MIN, false, &locale).slots;
    slots.iter().map(|slot| slot.starts_at.strftime("%H:%M").to_string()).collect()
}

#[test]
fn the_hour_that_is_skipped_is_offered_to_nobody() {
    // From 1 to 4 are two hours: 1:00, 1:30 (which ends at half past three by the clock) and 3:00.
    assert_eq!(night(date(2024, 3, 10), hour(1, 0), hour(4, 0)), ["07:00", "07:30", "08:00"]);
    // A shift that begins within the hour that is not there begins later by the gap.
    assert_eq!(night(date(2024, 3, 10), hour(2, 30), hour(5, 0)), ["08:30", "09:00"]);
    assert_eq!(
        night(date(2024, 3, 9), hour(1, 0), hour(4, 0)),
        ["07:00", "07:30", "08:00", "08:30", "09:00"],
        "the night before"
    );
}

#[test]
fn the_hour_that_comes_twice_is_offered_twice() {
    // From 1 to 3 are three hours, and 1:00 and 1:30 come twice.
    assert_eq!(night(date(2024, 11, 3), hour(1, 0), hour(3, 0)), ["06:00", "06:30", "07:00", "07:30", "08:00"]);
    assert_eq!(night(date(2024, 11, 2), hour(1, 0), hour(3, 0)), ["06:00", "06:30", "07:00"], "the night before");
}

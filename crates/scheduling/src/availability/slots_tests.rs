//! Free time against a second, slower way of finding it: minute by minute, over zones and their clock changes.
use super::*;
use crate::{
    appointment::AppointmentId,
    area::{Area, AreaId, Covers, Kind},
    availability::{
        Spot, Taken,
        lane::Visit,
        roster::Candidate,
        verdict::{Finding, Rule},
    },
    credential::{Asked, Credential, CredentialId},
    exception::{Exception, ExceptionId},
    rule::item::Need,
    shift::{Hours, Shift, ShiftId},
    skill::SkillId,
};
use jiff::{
    civil::{Time, date, time},
    tz::TimeZone,
};

fn locale(zone: &str) -> Locale {
    Locale { zone: TimeZone::get(zone).unwrap(), ..Locale::default() }
}

fn shift(technician: TechnicianId, weekday: i32, starts: Time, ends: Time) -> Shift {
    Shift { id: ShiftId::new(), technician_id: technician, weekday, starts, ends, valid_from: None, valid_until: None }
}

fn candidate(id: TechnicianId) -> Candidate {
    Candidate {
        id,
        name: "Marco".into(),
        start_latitude: None,
        start_longitude: None,
        home_latitude: None,
        home_longitude: None,
        day_jobs: None,
        day_minutes: None,
    }
}

fn off(technician: TechnicianId, starts_at: Timestamp, ends_at: Timestamp) -> Taken {
    Taken {
        technician_id: technician,
        kind: "time_off".into(),
        starts_at,
        ends_at,
        appointment_id: None,
        before: 0,
        after: 0,
        postal_code: None,
        latitude: None,
        longitude: None,
    }
}

fn job(technician: TechnicianId, starts_at: Timestamp, ends_at: Timestamp) -> Taken {
    Taken {
        kind: "confirmed".into(),
        appointment_id: Some(AppointmentId::new()),
        ..off(technician, starts_at, ends_at)
    }
}

fn at_point(taken: Taken, (latitude, longitude): (f64, f64)) -> Taken {
    Taken { latitude: Some(latitude), longitude: Some(longitude), ..taken }
}

fn hour(h: i8) -> Time {
    time(h, 0, 0, 0)
}

#[test]
fn a_plain_day_gives_plain_slots() {
    let place = locale("America/Chicago");
    let marco = TechnicianId::new();
    let monday = date(2026, 6, 22);
    let at = |h, m| say::at(monday, time(h, m, 0, 0), &place);
    let roster = Roster {
        candidates: vec![candidate(marco)],
        shifts: vec![shift(marco, 1, hour(8), hour(12))],
        taken: vec![job(marco, at(9, 0), at(10, 15))],
        ..Roster::default()
    };
    let starts = |minutes, earliest| -> Vec<String> {
        let slots = roster.slots(monday, monday, minutes, earliest, false, &place).slots;
        slots.iter().map(|slot| say::local(slot.starts_at, &place).strftime("%H:%M").to_string()).collect()
    };
    assert_eq!(starts(60, at(0, 0)), ["08:00", "10:30", "11:00"]);
    assert_eq!(starts(90, at(0, 0)), ["10:30"]);
    assert_eq!(starts(60, at(10, 45)), ["11:00"]);
    assert!(starts(120, at(0, 0)).is_empty());
}

#[test]
fn who_has_least_to_do_comes_first() {
    let place = locale("Europe/London");
    let (ana, bo) = (TechnicianId::new(), TechnicianId::new());
    let day = date(2026, 6, 22);
    let at = |h| say::at(day, hour(h), &place);
    let roster = Roster {
        candidates: vec![candidate(ana), candidate(bo)],
        shifts: vec![shift(ana, 1, hour(8), hour(17)), shift(bo, 1, hour(8), hour(17))],
        taken: vec![job(ana, at(8), at(10))],
        ..Roster::default()
    };
    let slots = roster.slots(day, day, 60, at(10), false, &place).slots;
    assert_eq!(slots[0].technician_ids, [bo, ana]);
}

#[test]
fn the_company_says_who_comes_first() {
    let place = locale("Europe/London");
    let (ana, bo) = (TechnicianId::new(), TechnicianId::new());
    let day = date(2026, 6, 22);
    let at = |h| say::at(day, hour(h), &place);
    let boiler = SkillId::new();
    let holds = |technician_id, level| Holds { technician_id, skill_id: boiler, level };
    // Ana is around the corner and an expert, and has most to do.
    let mut roster = Roster {
        candidates: vec![candidate(bo), candidate(ana)],
        shifts: vec![shift(ana, 1, hour(8), hour(17)), shift(bo, 1, hour(8), hour(17))],
        taken: vec![at_point(job(ana, at(8), at(10)), (51.50, -0.12)), at_point(job(bo, at(8), at(9)), (51.70, -0.12))],
        needs: vec![Need { skill_id: boiler, name: "Boilers".into(), level: 1 }],
        held: vec![holds(ana, 3), holds(bo, 2)],
        place: Spot { postal_code: None, latitude: Some(51.51), longitude: Some(-0.12) },
        ..Roster::default()
    };
    for (first, order) in [(First::LeastBusy, [bo, ana]), (First::Nearest, [ana, bo]), (First::MostAble, [ana, bo])] {
        roster.rules.first_goes = first;
        let slots = roster.slots(day, day, 60, at(11), false, &place).slots;
        assert_eq!(slots[0].technician_ids, order, "{first:?}");
    }
}

#[test]
fn a_night_shift_reaches_into_the_next_day() {
    let place = locale("America/New_York");
    let marco = TechnicianId::new();
    let sunday = date(2026, 6, 21);
    let shifts = vec![shift(marco, 7, hour(22), hour(6))];
    let roster = Roster { candidates: vec![candidate(marco)], shifts: shifts.clone(), ..Roster::default() };
    let monday = date(2026, 6, 22);
    let slots = roster.slots(monday, monday, 120, Timestamp::UNIX_EPOCH, false, &place).slots;
    let local: Vec<_> = slots.iter().map(|slot| say::local(slot.starts_at, &place).time()).collect();
    assert_eq!((local.first(), local.last()), (Some(&hour(0)), Some(&hour(4))));
    let at = |day: Date, h| say::at(day, hour(h), &place);
    let hours = Hours { shifts: &shifts, exceptions: &[] };
    assert!(hours.cover(marco, at(sunday, 23), at(monday, 5), &place));
    assert!(!hours.cover(marco, at(sunday, 23), at(monday, 7), &place));
}

/// A small generator, so that a failure can be repeated.
struct Dice(u64);
impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % below
    }
}

/// Walks the minutes: free is who has a shift by the clock on the wall, is not off and not taken, all along.
fn slowly(
    roster: &Roster,
    from: Date,
    until: Date,
    minutes: i64,
    earliest: Timestamp,
    place: &Locale,
) -> Vec<(Timestamp, usize)> {
    let begin = say::midnight(from, place).max(earliest);
    let end = say::midnight(until.saturating_add(Span::new().days(1)), place);
    let mut at = say::midnight(from, place);
    let on_shift = |technician: TechnicianId, moment: Timestamp| {
        let local = say::local(moment, place);
        roster.shifts.iter().filter(|s| s.technician_id == technician).any(|s| {
            let of = |day: Date| i32::from(day.weekday().to_monday_one_offset()) == s.weekday;
            let (today, before) = (local.date(), local.date().saturating_sub(Span::new().days(1)));
            match s.starts < s.ends {
                true => of(today) && s.starts <= local.time() && local.time() < s.ends,
                false => (of(today) && s.starts <= local.time()) || (of(before) && local.time() < s.ends),
            }
        })
    };
    let busy = |technician: TechnicianId, moment: Timestamp| {
        roster.taken.iter().any(|t| t.technician_id == technician && t.starts_at <= moment && moment < t.ends_at)
    };
    let mut out = vec![];
    while at < end {
        let local = say::local(at, place);
        if at >= begin && i64::from(local.minute()) % GRID_MINUTES == 0 {
            let free = |technician: &TechnicianId| {
                (0..minutes).all(|n| {
                    let moment = at + SignedDuration::from_mins(n);
                    on_shift(*technician, moment) && !busy(*technician, moment)
                })
            };
            let count = roster.candidates.iter().filter(|one| free(&one.id)).count();
            if count > 0 {
                out.push((at, count));
            }
        }
        at += SignedDuration::from_mins(1);
    }
    out
}

#[test]
fn free_time_is_the_same_found_either_way() {
    let mut dice = Dice(7);
    // Each with days on which its clock changes, by an hour or by half of one, or with an offset of 45 minutes.
    let places = [
        ("America/New_York", date(2026, 3, 7)),
        ("America/New_York", date(2026, 10, 31)),
        ("Europe/Berlin", date(2026, 3, 28)),
        ("Europe/Berlin", date(2026, 10, 24)),
        ("Australia/Lord_Howe", date(2026, 10, 3)),
        ("Australia/Lord_Howe", date(2026, 4, 4)),
        ("America/Santiago", date(2026, 9, 5)),
        ("Asia/Kathmandu", date(2026, 6, 22)),
        ("Asia/Kolkata", date(2026, 6, 22)),
    ];
    let mut found = 0;
    for round in 0..45 {
        let (zone, from) = places[round % places.len()];
        let place = locale(zone);
        let until = from.saturating_add(Span::new().days(2));
        let technicians = vec![TechnicianId::new(), TechnicianId::new()];
        let candidates = technicians.iter().map(|id| candidate(*id)).collect();
        let mut roster = Roster { candidates, ..Roster::default() };
        let begin = say::midnight(from, &place);
        for technician in &technicians {
            for weekday in 1..=7 {
                match dice.roll(4) {
                    0 => {}
                    // Through the night, and so through the change of the clock.
                    1 => roster.shifts.push(shift(*technician, weekday, hour(20), hour(6))),
                    _ => roster.shifts.push(shift(
                        *technician,
                        weekday,
                        time(5 + dice.roll(4) as i8, 15, 0, 0),
                        time(14 + dice.roll(6) as i8, 40, 0, 0),
                    )),
                }
            }
            for _ in 0..dice.roll(5) {
                let starts_at = begin + SignedDuration::from_mins(dice.roll(3 * 1440) as i64);
                let ends_at = starts_at + SignedDuration::from_mins(20 + dice.roll(200) as i64);
                let one = [job, off][dice.roll(2) as usize];
                roster.taken.push(one(*technician, starts_at, ends_at));
            }
        }
        let minutes = [30, 45, 60, 150][dice.roll(4) as usize];
        let earliest = begin + SignedDuration::from_mins(dice.roll(2000) as i64);
        let fast: Vec<(Timestamp, usize)> = roster
            .slots(from, until, minutes, earliest, false, &place)
            .slots
            .iter()
            .map(|slot| (slot.starts_at, slot.technician_ids.len()))
            .collect();
        let slow = slowly(&roster, from, until, minutes, earliest, &place);
        assert_eq!(fast, slow, "round {round}, {zone}, {minutes} minutes");
        found += fast.len();
    }
    assert!(found > 1000, "the rounds found something to compare: {found}");
}

fn chicago() -> (Locale, Date) {
    (locale("America/Chicago"), date(2026, 6, 22))
}

/// The rules that do not hold for an hour of work at that time, of the only technician.
fn broken(roster: &Roster, starts: Timestamp, place: &Locale) -> Vec<Rule> {
    let day = say::local(starts, place).date();
    let judge = Judge::new(roster, Days::new(day, day, place), place, false);
    let lanes = judge.lanes();
    let visit: Visit = judge.visit(starts, starts + SignedDuration::from_mins(60));
    let findings: Vec<Finding> = judge.why(&lanes[0], &visit);
    let broken: Vec<Rule> = findings.iter().filter(|finding| !finding.holds).map(|finding| finding.rule).collect();
    assert_eq!(broken.is_empty(), judge.all_hold(&lanes[0], &visit), "why and what is offered are one: {findings:?}");
    broken
}

#[test]
fn each_rule_is_broken_by_itself() {
    let (place, monday) = chicago();
    let marco = TechnicianId::new();
    let at = |h| say::at(monday, hour(h), &place);
    let good = Roster {
        candidates: vec![candidate(marco)],
        shifts: vec![shift(marco, 1, hour(8), hour(17))],
        ..Roster::default()
    };
    assert_eq!(broken(&good, at(10), &place), []);
    assert_eq!(broken(&good, at(18), &place), [Rule::Shift]);

    let skill_id = SkillId::new();
    let needs = vec![Need { skill_id, name: "EPA 608".into(), level: 2 }];
    let mut learning = Roster { needs, ..good.clone() };
    assert_eq!(broken(&learning, at(10), &place), [Rule::Skills]);
    learning.held.push(crate::availability::roster::Holds { technician_id: marco, skill_id, level: 1 });
    assert_eq!(broken(&learning, at(10), &place), [Rule::Skills], "a learner does not go alone");
    learning.held[0].level = 3;
    assert_eq!(broken(&learning, at(10), &place), []);

    let asked = Asked {
        name: "Gas".into(),
        name_key: "gas".into(),
        jurisdiction: None,
        jurisdiction_key: String::new(),
        class: None,
        class_key: String::new(),
    };
    let mut licensed = Roster { asked: vec![asked], ..good.clone() };
    assert_eq!(broken(&licensed, at(10), &place), [Rule::Licences]);
    licensed.credentials.push(Credential {
        id: CredentialId::new(),
        technician_id: marco,
        name: "Gas".into(),
        jurisdiction: None,
        class: None,
        number: None,
        expires_on: Some(monday),
        version: 1,
        created_at: Timestamp::MIN,
        updated_at: Timestamp::MIN,
    });
    assert_eq!(broken(&licensed, at(10), &place), []);
    licensed.credentials[0].expires_on = Some(date(2026, 6, 21));
    assert_eq!(broken(&licensed, at(10), &place), [Rule::Licences], "it ended the day before");

    let area = |code: &str| Area {
        id: AreaId::new(),
        name: code.into(),
        kind: Kind::PostalCodes,
        postal_codes: vec![code.into()],
        latitude: None,
        longitude: None,
        radius_m: None,
        outline: None,
        active: true,
        version: 1,
        created_at: Timestamp::MIN,
        updated_at: Timestamp::MIN,
    };
    let spot = Spot { postal_code: Some("62704-1234".into()), ..Spot::default() };
    let mut local = Roster { areas: vec![area("627*"), area("601*")], place: spot, ..good.clone() };
    assert_eq!(broken(&local, at(10), &place), []);
    local.covers.push(Covers { technician_id: marco, area_id: local.areas[1].id });
    assert_eq!(broken(&local, at(10), &place), [Rule::Area], "the place is in the other area");
    local.covers.clear();
    local.place.postal_code = Some("10001".into());
    assert_eq!(broken(&local, at(10), &place), [Rule::Area], "nobody goes there");
    local.place = Spot::default();
    assert_eq!(broken(&local, at(10), &place), [], "where nothing is known, nothing speaks against it");

    let mut few = Roster { taken: vec![job(marco, at(8), at(9))], ..good.clone() };
    few.candidates[0].day_jobs = Some(1);
    assert_eq!(broken(&few, at(10), &place), [Rule::DayLimit]);
    few.candidates[0].day_jobs = None;
    few.candidates[0].day_minutes = Some(119);
    assert_eq!(broken(&few, at(10), &place), [Rule::DayLimit]);
    few.candidates[0].day_minutes = Some(120);
    assert_eq!(broken(&few, at(10), &place), []);

    // Buffers: the visit before ends at ten, and needs a quarter of an hour after it.
    let mut tight = Roster { taken: vec![Taken { after: 15, ..job(marco, at(9), at(10)) }], ..good.clone() };
    assert_eq!(broken(&tight, at(10), &place), [Rule::Free]);
    tight.taken[0].after = 0;
    assert_eq!(broken(&tight, at(10), &place), []);
    tight.around.buffer_before = Some(1);
    assert_eq!(broken(&tight, at(10), &place), [Rule::Free]);
}

#[test]
fn the_way_has_to_fit_before_and_after() {
    let (place, monday) = chicago();
    let marco = TechnicianId::new();
    let at = |h, m| say::at(monday, time(h, m, 0, 0), &place);
    // Ten kilometres apart: 20 minutes at 40 km/h over bent roads.
    let (here, there) = ((41.88, -87.63), (41.97, -87.63));
    let mut roster = Roster {
        candidates: vec![candidate(marco)],
        shifts: vec![shift(marco, 1, hour(8), hour(17))],
        place: Spot { postal_code: None, latitude: Some(here.0), longitude: Some(here.1) },
        taken: vec![
            at_point(job(marco, at(9, 0), at(10, 0)), there),
            at_point(job(marco, at(12, 0), at(13, 0)), there),
        ],
        ..Roster::default()
    };
    assert_eq!(broken(&roster, at(10, 15), &place), [Rule::Travel]);
    assert_eq!(broken(&roster, at(10, 20), &place), []);
    assert_eq!(broken(&roster, at(10, 40), &place), []);
    assert_eq!(broken(&roster, at(10, 41), &place), [Rule::Travel], "and on to the next one");
    // The first of the day begins where the day starts.
    assert_eq!(broken(&roster, at(13, 10), &place), [Rule::Travel]);
    roster.taken.clear();
    assert_eq!(broken(&roster, at(8, 0), &place), []);
    (roster.candidates[0].home_latitude, roster.candidates[0].home_longitude) = (Some(there.0), Some(there.1));
    assert_eq!(broken(&roster, at(8, 0), &place), [Rule::Travel]);
    assert_eq!(broken(&roster, at(8, 20), &place), []);
}

#[test]
fn a_day_that_differs_counts_instead_of_the_week() {
    let (place, monday) = chicago();
    let marco = TechnicianId::new();
    let at = |h| say::at(monday, hour(h), &place);
    let exception = |starts: Option<Time>, ends| Exception {
        id: ExceptionId::new(),
        technician_id: marco,
        on_day: monday,
        starts,
        ends,
        reason: None,
        version: 1,
    };
    let mut roster = Roster {
        candidates: vec![candidate(marco)],
        shifts: vec![shift(marco, 1, hour(8), hour(17))],
        exceptions: vec![exception(None, None)],
        ..Roster::default()
    };
    let slots = |roster: &Roster| roster.slots(monday, monday, 60, Timestamp::UNIX_EPOCH, false, &place);
    assert!(slots(&roster).slots.is_empty() && slots(&roster).open_days.is_empty());
    roster.exceptions = vec![exception(Some(hour(18)), Some(hour(20)))];
    let found = slots(&roster);
    assert_eq!((found.slots[0].starts_at, found.slots.len()), (at(18), 3));
    assert_eq!(found.open_days, [monday]);
}

#[test]
fn whoever_is_on_call_is_offered_only_when_it_cannot_wait() {
    let (place, monday) = chicago();
    let marco = TechnicianId::new();
    let at = |h| say::at(monday, hour(h), &place);
    let roster = Roster {
        candidates: vec![candidate(marco)],
        taken: vec![Taken { kind: "on_call".into(), ..off(marco, at(20), at(23)) }],
        ..Roster::default()
    };
    let slots = |urgent| roster.slots(monday, monday, 60, Timestamp::UNIX_EPOCH, urgent, &place).slots.len();
    assert_eq!((slots(false), slots(true)), (0, 5));
}

//! Free time against a second, slower way of finding it: minute by minute, over zones and their clock changes.
use super::*;
use crate::{shift::ShiftId, time_off::TimeOffId};
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
        technicians: vec![marco],
        shifts: vec![shift(marco, 1, hour(8), hour(12))],
        off: vec![],
        taken: vec![Taken { technician_id: marco, starts_at: at(9, 0), ends_at: at(10, 15) }],
    };
    let starts = |minutes, earliest| -> Vec<String> {
        let slots = roster.slots(monday, monday, minutes, earliest, &place);
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
        technicians: vec![ana, bo],
        shifts: vec![shift(ana, 1, hour(8), hour(17)), shift(bo, 1, hour(8), hour(17))],
        off: vec![],
        taken: vec![Taken { technician_id: ana, starts_at: at(8), ends_at: at(10) }],
    };
    let slots = roster.slots(day, day, 60, at(10), &place);
    assert_eq!(slots[0].technician_ids, [bo, ana]);
}

#[test]
fn a_night_shift_reaches_into_the_next_day() {
    let place = locale("America/New_York");
    let marco = TechnicianId::new();
    let sunday = date(2026, 6, 21);
    let shifts = vec![shift(marco, 7, hour(22), hour(6))];
    let roster = Roster { technicians: vec![marco], shifts: shifts.clone(), ..Roster::default() };
    let monday = date(2026, 6, 22);
    let slots = roster.slots(monday, monday, 120, Timestamp::UNIX_EPOCH, &place);
    let local: Vec<_> = slots.iter().map(|slot| say::local(slot.starts_at, &place).time()).collect();
    assert_eq!((local.first(), local.last()), (Some(&hour(0)), Some(&hour(4))));
    let at = |day: Date, h| say::at(day, hour(h), &place);
    assert!(Roster::covers(&shifts, marco, at(sunday, 23), at(monday, 5), &place));
    assert!(!Roster::covers(&shifts, marco, at(sunday, 23), at(monday, 7), &place));
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
            || roster.off.iter().any(|o| o.technician_id == technician && o.starts_at <= moment && moment < o.ends_at)
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
            let count = roster.technicians.iter().filter(|technician| free(technician)).count();
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
        let mut roster = Roster { technicians: technicians.clone(), ..Roster::default() };
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
                match dice.roll(2) {
                    0 => roster.taken.push(Taken { technician_id: *technician, starts_at, ends_at }),
                    _ => roster.off.push(TimeOff {
                        id: TimeOffId::new(),
                        technician_id: *technician,
                        starts_at,
                        ends_at,
                        reason: "Off".into(),
                        version: 1,
                    }),
                }
            }
        }
        let minutes = [30, 45, 60, 150][dice.roll(4) as usize];
        let earliest = begin + SignedDuration::from_mins(dice.roll(2000) as i64);
        let fast: Vec<(Timestamp, usize)> = roster
            .slots(from, until, minutes, earliest, &place)
            .iter()
            .map(|slot| (slot.starts_at, slot.technician_ids.len()))
            .collect();
        let slow = slowly(&roster, from, until, minutes, earliest, &place);
        assert_eq!(fast, slow, "round {round}, {zone}, {minutes} minutes");
        found += fast.len();
    }
    assert!(found > 1000, "the rounds found something to compare: {found}");
}

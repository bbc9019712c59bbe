//! A day of the board from rows: who works when, what is planned, what waits, and what each lane cannot take.
use catalog::ItemId;
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{Batch, Result, Scope, row, sql, tenant::Locale};
use std::collections::{HashMap, HashSet};
use tenancy::team::{self, Team};
use ui::{
    board::Carried,
    day::{Clock, Day},
};

use crate::{
    appointment::{Appointment, AppointmentId, Stretch, of_day, of_later_days, stretches, unassigned},
    exception::{self, Exception},
    say,
    shift::{self, Hours, Shift},
    skill::{self, Skill, SkillId},
    technician::{self, Technician, TechnicianId},
    time_off::{self, TimeOff},
};

use super::{
    only::{self, Only, of_team},
    viewers::{self, Looking},
};

row! { pub(super) struct Has { pub(super) technician_id: TechnicianId, pub(super) skill_id: SkillId, level: i32 } }
row! { pub(super) struct Needs { pub(super) item_id: ItemId, pub(super) skill_id: SkillId, level: i32, pub(super) name: String } }

sql! {
    pub(super) fn has() -> Vec<Has> = "select technician_id, skill_id, level from technician_skill where tenant_id = $1 limit 10000";
    pub(super) fn needs() -> Vec<Needs> = "
        select n.item_id, n.skill_id, n.level, s.name from item_skill n join skill s on s.tenant_id = $1 and s.id = n.skill_id
        where n.tenant_id = $1 order by n.item_id, s.name_key limit 10000";
}

/// All that a day of the board shows, read in one round trip.
pub struct Loaded {
    pub date: Date,
    pub(super) only: Only,
    pub(super) teams: Vec<Team>,
    pub(super) skills: Vec<Skill>,
    /// Colleagues who look at the same day.
    pub(super) others: Vec<Looking>,
    /// Of those who are shown.
    pub technicians: Vec<Technician>,
    pub jobs: Vec<Appointment>,
    /// Those that began on a day before and go on on this one.
    pub(super) going_on: Vec<Appointment>,
    pub(super) stretches: Vec<Stretch>,
    pub tray: Vec<Appointment>,
    pub(super) shifts: Vec<Shift>,
    pub(super) exceptions: Vec<Exception>,
    pub(super) off: Vec<TimeOff>,
    pub(super) has: Vec<Has>,
    pub(super) needs: Vec<Needs>,
    pub(super) now: Timestamp,
    pub(super) locale: Locale,
    worked_out: WorkedOut,
}

/// What follows from the rows and is asked for each lane and each job: found once, or each of 400 jobs goes through the shifts of all
/// technicians anew.
#[derive(Debug, Default)]
struct WorkedOut {
    shifts: HashMap<TechnicianId, Vec<(u16, u16)>>,
    off_all_day: HashSet<TechnicianId>,
    /// Who cannot take a job of that service, and why.
    cannot: HashMap<Option<ItemId>, Vec<(String, String)>>,
    day: Day,
}

impl Loaded {
    /// The day as the list of appointments asks for it.
    pub(super) fn question(&self) -> String {
        let [from, to] =
            [self.date, self.date.saturating_add(Span::new().days(1))].map(|day| say::midnight(day, &self.locale));
        format!("/board?from={from}&to={to}")
    }
}

pub async fn load(scope: &Scope, date: Date, only: Only) -> Result<Loaded> {
    load_with(scope, date, only, ()).await.map(|(loaded, ())| loaded)
}

/// In the same round trip, what else a view of the day needs.
pub(super) async fn load_with<M: Batch>(scope: &Scope, date: Date, only: Only, more: M) -> Result<(Loaded, M::Output)> {
    let locale = scope.tenant().locale.clone();
    let (from, to) = (say::midnight(date, &locale), say::midnight(date.saturating_add(Span::new().days(1)), &locale));
    let early = |at: Timestamp, hours| at.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(at);
    let later = to.saturating_add(SignedDuration::from_hours(24)).unwrap_or(to);
    let batch = (
        technician::list_active(),
        (
            of_day(from, to, early(from, 24)),
            of_later_days(from, to, early(from, 24)),
            stretches(from, to, early(from, 24)),
        ),
        // What was to be done in the last two weeks and has nobody yet is still waiting; so is tomorrow's.
        unassigned(early(from, 24 * 14), later),
        (
            shift::between(date.saturating_sub(Span::new().days(1)), date),
            exception::between(date.saturating_sub(Span::new().days(1)), date),
        ),
        time_off::between(from, to),
        (has(), needs(), skill::all()),
        (team::all(), of_team(only.team), viewers::of_day(scope, date)),
        more,
    );
    let (mut technicians, (jobs, going_on, stretches), mut tray, (shifts, exceptions), off, ability, company, more) =
        scope.read(batch).await?;
    let (has, needs, skills) = ability;
    let (teams, in_team, others) = company;
    only.keep(&mut technicians, &mut tray, &in_team, &has, &needs);
    let mut loaded = Loaded {
        date,
        only,
        teams,
        skills,
        others,
        technicians,
        jobs,
        going_on,
        stretches,
        tray,
        shifts,
        exceptions,
        off,
        has,
        needs,
        now: scope.now(),
        locale,
        worked_out: WorkedOut::default(),
    };
    loaded.work_out();
    Ok((loaded, more))
}

/// The minute of that day, 0 to 1440; what lies before or after the day is at its edges.
pub fn minute_of(at: Timestamp, date: Date, locale: &Locale) -> u16 {
    let local = say::local(at, locale);
    match local.date().cmp(&date) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1440,
        std::cmp::Ordering::Equal => (i32::from(local.hour()) * 60 + i32::from(local.minute())) as u16,
    }
}

impl Loaded {
    pub(super) fn minute(&self, at: Timestamp) -> u16 {
        minute_of(at, self.date, &self.locale)
    }

    fn work_out(&mut self) {
        let hours = Hours { shifts: &self.shifts, exceptions: &self.exceptions };
        let minutes = |(starts, ends): (Timestamp, Timestamp)| (self.minute(starts), self.minute(ends));
        let shifts_of = |technician: &Technician| -> Vec<(u16, u16)> {
            let spans = hours.of(technician.id, self.date, self.date, &self.locale);
            spans.into_iter().map(minutes).filter(|(starts, ends)| starts < ends).collect()
        };
        let shifts: HashMap<_, _> = self.technicians.iter().map(|one| (one.id, shifts_of(one))).collect();
        let is_off = |technician: TechnicianId, (starts, ends): (u16, u16)| {
            let mut own = self.off.iter().filter(|off| off.technician_id == technician);
            own.any(|off| self.minute(off.starts_at) <= starts && ends <= self.minute(off.ends_at))
        };
        let off_all_day: HashSet<_> = shifts
            .iter()
            .filter(|(technician, spans)| spans.iter().all(|span| is_off(**technician, *span)))
            .map(|(technician, _)| *technician)
            .collect();
        let items: HashSet<_> =
            self.jobs.iter().chain(&self.going_on).chain(&self.tray).map(|job| job.item_id).collect();
        let cannot = items.into_iter().map(|item| (item, self.cannot(item, &off_all_day))).collect();
        let jobs = self.jobs.iter().map(|job| minutes((job.starts_at, job.ends_at)));
        let later = self.stretches.iter().map(|part| minutes((part.starts_at, part.ends_at)));
        let all: Vec<(u16, u16)> = shifts.values().flatten().copied().chain(jobs).chain(later).collect();
        let day = match (all.iter().map(|span| span.0).min(), all.iter().map(|span| span.1).max()) {
            (Some(from), Some(to)) => Day::spanning(from, to),
            _ => Day::default(),
        };
        self.worked_out = WorkedOut { shifts, off_all_day, cannot, day };
    }

    fn cannot(&self, item: Option<ItemId>, off_all_day: &HashSet<TechnicianId>) -> Vec<(String, String)> {
        let has = |technician: TechnicianId, need: &Needs| {
            let of = |h: &&Has| h.technician_id == technician && h.skill_id == need.skill_id;
            self.has.iter().filter(of).any(|h| h.level >= need.level)
        };
        let why = |technician: &Technician| match off_all_day.contains(&technician.id) {
            true => Some("off today".to_owned()),
            false => {
                let missing = self.needs_of(item).find(|need| !has(technician.id, need));
                missing.map(|need| format!("no {}", need.name))
            }
        };
        self.technicians.iter().filter_map(|one| Some((one.id.to_string(), why(one)?))).collect()
    }

    pub(super) fn shifts_of(&self, technician: TechnicianId) -> &[(u16, u16)] {
        self.worked_out.shifts.get(&technician).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_off_all_day(&self, technician: TechnicianId) -> bool {
        self.worked_out.off_all_day.contains(&technician)
    }

    /// From the earliest to the latest hour that anybody works.
    pub fn day(&self) -> Day {
        self.worked_out.day
    }

    pub fn clock(&self) -> Clock {
        if self.locale.hour_12 { Clock::Twelve } else { Clock::TwentyFour }
    }

    /// The minute it is, when the board shows today.
    pub fn minute_now(&self) -> Option<u16> {
        (say::local(self.now, &self.locale).date() == self.date).then(|| self.minute(self.now))
    }

    pub(super) fn promised(&self, job: &Appointment) -> Option<(u16, u16)> {
        let window = job.window_starts.zip(job.window_ends)?;
        let minutes = (self.minute(window.0), self.minute(window.1));
        (minutes.0 < minutes.1).then_some(minutes)
    }

    pub(super) fn needs_of(&self, item: Option<ItemId>) -> impl Iterator<Item = &Needs> {
        self.needs.iter().filter(move |need| Some(need.item_id) == item)
    }

    pub(super) fn carried(&self, job: &Appointment, may_move: bool) -> Carried {
        Carried {
            id: job.id.to_string(),
            version: job.version,
            minutes: job.minutes().clamp(5, 1440) as u16,
            promised: self.promised(job),
            cannot: self.worked_out.cannot.get(&job.item_id).cloned().unwrap_or_default(),
            move_url: None,
            at: Some(job.starts_at.to_string()),
            fixed: !(may_move && job.status.is_movable()),
        }
    }

    pub fn href(&self, job: AppointmentId) -> String {
        format!("{}&job={job}", only::address(self.date, "", self.only))
    }
}

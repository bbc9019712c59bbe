//! A day of the board from rows: who works when, what is planned, what waits, and what each lane cannot take.
use catalog::ItemId;
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{Batch, Result, Scope, row, sql, tenant::Locale};
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
    let loaded = Loaded {
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
    };
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

    pub(super) fn shifts_of(&self, technician: TechnicianId) -> Vec<(u16, u16)> {
        let hours = Hours { shifts: &self.shifts, exceptions: &self.exceptions };
        let spans = hours.of(technician, self.date, self.date, &self.locale);
        let minutes = spans.into_iter().map(|(starts, ends)| (self.minute(starts), self.minute(ends)));
        minutes.filter(|(starts, ends)| starts < ends).collect()
    }

    /// From the earliest to the latest hour that anybody works.
    pub fn day(&self) -> Day {
        let shifts = self.technicians.iter().flat_map(|t| self.shifts_of(t.id));
        let jobs = self.jobs.iter().map(|job| (self.minute(job.starts_at), self.minute(job.ends_at)));
        let later = self.stretches.iter().map(|part| (self.minute(part.starts_at), self.minute(part.ends_at)));
        let all: Vec<(u16, u16)> = shifts.chain(jobs).chain(later).collect();
        match (all.iter().map(|span| span.0).min(), all.iter().map(|span| span.1).max()) {
            (Some(from), Some(to)) => Day::spanning(from, to),
            _ => Day::default(),
        }
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

    fn cannot(&self, job: &Appointment) -> Vec<(String, String)> {
        let mut out = vec![];
        for technician in &self.technicians {
            let has = |need: &Needs| {
                let enough = |h: &&Has| h.skill_id == need.skill_id && h.level >= need.level;
                self.has.iter().filter(|h| h.technician_id == technician.id).any(|h| enough(&h))
            };
            if self.is_off_all_day(technician.id) {
                out.push((technician.id.to_string(), "off today".to_owned()));
            } else if let Some(need) = self.needs_of(job.item_id).find(|need| !has(need)) {
                out.push((technician.id.to_string(), format!("no {}", need.name)));
            }
        }
        out
    }

    pub(super) fn is_off_all_day(&self, technician: TechnicianId) -> bool {
        let shifts = self.shifts_of(technician);
        let off = |(starts, ends): &(u16, u16)| {
            self.off
                .iter()
                .filter(|off| off.technician_id == technician)
                .any(|off| self.minute(off.starts_at) <= *starts && *ends <= self.minute(off.ends_at))
        };
        shifts.iter().all(off)
    }

    pub(super) fn carried(&self, job: &Appointment, may_move: bool) -> Carried {
        Carried {
            id: job.id.to_string(),
            version: job.version,
            minutes: job.minutes().clamp(5, 1440) as u16,
            promised: self.promised(job),
            cannot: self.cannot(job),
            move_url: None,
            at: Some(job.starts_at.to_string()),
            fixed: !(may_move && job.status.is_movable()),
        }
    }

    pub fn href(&self, job: AppointmentId) -> String {
        format!("{}&job={job}", only::address(self.date, "", self.only))
    }
}

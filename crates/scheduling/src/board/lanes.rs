//! The lanes of the board: everybody's jobs, time off and hours without a shift, side by side.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Result,
    http::{Page, Query},
    tenant::Locale,
};
use tenancy::team::TeamId;
use ui::board::{Board, Item, Job, Lane};

use super::{Loaded, Only, load, viewers};
use crate::{
    appointment::{Appointment, AppointmentId, Status, Stretch},
    permissions::{AppointmentsWrite, BoardRead},
    say,
    skill::SkillId,
    technician::Technician,
};

impl Loaded {
    pub fn lanes(&self, selected: Option<AppointmentId>, may_move: bool) -> Vec<Lane> {
        self.technicians.iter().map(|technician| self.lane(technician, selected, may_move)).collect()
    }

    fn lane(&self, technician: &Technician, selected: Option<AppointmentId>, may_move: bool) -> Lane {
        let day = self.day();
        let shifts = self.shifts_of(technician.id);
        let mut placed: Vec<(u16, Item)> = vec![];
        let mut at = day.from();
        for (starts, ends) in shifts {
            if *starts > at {
                let words = if at == day.from() {
                    format!("Shift from {}", self.clock().time(*starts))
                } else {
                    "No shift".into()
                };
                placed.push((at, Item::Off { start: at, end: *starts, icon: String::new(), words, shift: true }));
            }
            at = at.max(*ends);
        }
        if at < day.to() {
            let words = if shifts.is_empty() { "No shift" } else { "" };
            placed.push((
                at,
                Item::Off { start: at, end: day.to(), icon: String::new(), words: words.into(), shift: true },
            ));
        }
        for off in self.off.iter().filter(|off| off.technician_id == technician.id) {
            let (start, end) = (self.minute(off.starts_at), self.minute(off.ends_at));
            let icon = off_icon(&off.reason).to_owned();
            placed.push((start, Item::Off { start, end, icon, words: off.reason.clone(), shift: false }));
        }
        let mut busy = 0i64;
        // What was called off takes nobody's time any more, and stays to be seen.
        let off = |job: &&Appointment| matches!(job.status, Status::Cancelled | Status::NoShow);
        for job in self.jobs.iter().filter(off).filter(|job| job.technician_id == Some(technician.id)) {
            placed.push((self.minute(job.starts_at), Item::Job(Box::new(self.job(job, selected, may_move)))));
        }
        for part in self.stretches.iter().filter(|part| part.resource_id.0 == technician.id.0) {
            let (start, end) = (self.minute(part.starts_at), self.minute(part.ends_at));
            busy += i64::from(end.saturating_sub(start));
            if let Some(item) = self.stretch(technician, part, selected, may_move) {
                placed.push((start, item));
            }
        }
        placed.sort_by_key(|(start, _)| *start);
        let hours: i64 = shifts.iter().map(|(starts, ends)| i64::from(ends - starts)).sum();
        let off = self.is_off_all_day(technician.id);
        let skills = technician.skills.split(", ").next().unwrap_or("").to_owned();
        let load = format!("{}/{} h", tenths(busy), tenths(hours));
        Lane {
            id: technician.id.to_string(),
            name: technician.name.clone(),
            says: match (off, skills.is_empty()) {
                (true, _) => {
                    if shifts.is_empty() {
                        "No shift".into()
                    } else {
                        "Off".into()
                    }
                }
                (false, true) => load,
                (false, false) => format!("{skills} · {load}"),
            },
            load: (!off && hours > 0).then(|| busy as f64 / hours as f64),
            lead: false,
            items: placed.into_iter().map(|(_, item)| item).collect(),
        }
    }

    /// A visit, the way to it, or what is kept free around it. Who goes along and later days are moved with the visit itself.
    fn stretch(
        &self,
        technician: &Technician,
        part: &Stretch,
        selected: Option<AppointmentId>,
        may_move: bool,
    ) -> Option<Item> {
        let (start, end) = (self.minute(part.starts_at), self.minute(part.ends_at));
        match part.kind.as_str() {
            "travel" => return Some(Item::Travel { start, end, tight: false }),
            "buffer" => {
                let (icon, words) = (String::new(), "Kept free".to_owned());
                return Some(Item::Off { start, end, icon, words, shift: false });
            }
            _ => {}
        }
        let job = self.jobs.iter().chain(&self.going_on).find(|job| Some(job.id) == part.appointment_id)?;
        let leads = job.technician_id == Some(technician.id);
        let first = part.starts_at == job.starts_at;
        let mut drawn = self.job(job, selected, may_move);
        if !(leads && first) {
            drawn.part = Some(format!("{}-{}", technician.id, start));
            drawn.carried.fixed = true;
            (drawn.start, drawn.end) = (start, end);
            drawn.says = Some(if leads {
                "goes on".to_owned()
            } else {
                format!("with {}", job.technician_name.as_deref().unwrap_or("nobody yet"))
            });
        }
        drawn.overlap = part.at_once();
        Some(Item::Job(Box::new(drawn)))
    }

    fn job(&self, job: &Appointment, selected: Option<AppointmentId>, may_move: bool) -> Job {
        let time = |at: Timestamp| say::short(say::local(at, &self.locale).time(), &self.locale);
        Job {
            carried: self.carried(job, may_move),
            status: job.status.as_str().into(),
            start: self.minute(job.starts_at),
            end: self.minute(job.ends_at),
            name: job.customer_name.clone(),
            kind: job.title.clone(),
            says: job.arrived_at.filter(|_| job.status == Status::OnSite).map(|at| format!("arrived {}", time(at))),
            at_risk: job.is_late(self.now),
            selected: selected == Some(job.id),
            seen_by: viewers::at_job(&self.others, job.id),
            part: None,
            overlap: None,
            href: self.href(job.id),
        }
    }

    pub fn board(&self) -> Board {
        let minutes: i64 = self.tray.iter().map(Appointment::minutes).sum();
        let jobs = self.tray.len();
        Board {
            day: self.day(),
            clock: self.clock(),
            date: self.date.to_string(),
            date_words: say::day(self.date),
            now: self.minute_now(),
            move_url: "/board/move".into(),
            live: Some((
                format!("/board/lanes?date={}{}", self.date, self.only.suffix()),
                "appointment.* technician.*".into(),
            )),
            tray_says: match jobs {
                0 => String::new(),
                _ => format!("{jobs} job{} · {}", if jobs == 1 { "" } else { "s" }, say::minutes(minutes)),
            },
        }
    }
}

/// "7.1", "8": hours with one digit where it says something.
fn tenths(minutes: i64) -> String {
    match (minutes * 10 + 30) / 60 {
        tenths if tenths % 10 == 0 => (tenths / 10).to_string(),
        tenths => format!("{}.{}", tenths / 10, tenths % 10),
    }
}

fn off_icon(reason: &str) -> &'static str {
    let reason = reason.to_lowercase();
    let about = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    let icon = if about(&["lunch", "break", "coffee"]) {
        "coffee"
    } else if about(&["vacation", "holiday", "leave"]) {
        "palmtree"
    } else if about(&["training", "school", "course"]) {
        "hard-hat"
    } else {
        "ban"
    };
    if ui::icon_known(icon) { icon } else { "" }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub struct LanesQuery {
    pub date: Option<Date>,
    /// Lanes of those in this team alone.
    pub team: Option<TeamId>,
    /// Lanes of those who can this alone.
    pub skill: Option<SkillId>,
    /// The map stands beside them.
    pub map: Option<bool>,
}
impl LanesQuery {
    pub(super) fn only(&self) -> Only {
        Only { team: self.team, skill: self.skill, map: self.map.unwrap_or(false) }
    }
}

/// Tray and lanes again, when something has changed.
pub async fn lanes_part(access: Access<BoardRead>, Query(query): Query<LanesQuery>) -> Result<Page> {
    let loaded = load(&access, query.date.unwrap_or(access.local_now().date()), query.only()).await?;
    let may = access.can::<AppointmentsWrite>();
    Ok(loaded.board().live_part(&loaded.slips(may), &loaded.lanes(None, may)).into())
}

/// One appointment's facts for panels: where the promise stands.
pub fn promise_words(job: &Appointment, locale: &Locale) -> Option<String> {
    let (from, until) = job.window_starts.zip(job.window_ends)?;
    Some(format!("Promised {}", say::window(from, until, locale)))
}

#[test]
fn hours_are_said_with_a_digit_where_it_matters() {
    assert_eq!([tenths(0), tenths(480), tenths(426), tenths(390)], ["0", "8", "7.1", "6.5"]);
}

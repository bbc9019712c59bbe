//! A day of the board from rows: lanes, tray, and what each lane cannot take.
use catalog::ItemId;
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{
    Access, Result, Scope,
    http::{Page, Query},
    row, sql,
    tenant::Locale,
};
use ui::{
    board::{Board, Carried, Item, Job, Lane, Slip},
    day::{Clock, Day},
};

use crate::{
    appointment::{self, Appointment, AppointmentId, Status, of_day, unassigned},
    availability::Roster,
    permissions::{AppointmentsWrite, BoardRead},
    say,
    shift::{self, Shift},
    skill::SkillId,
    technician::{self, Technician, TechnicianId},
    time_off::{self, TimeOff},
};

row! { struct Has { technician_id: TechnicianId, skill_id: SkillId } }
row! { struct Needs { item_id: ItemId, skill_id: SkillId, name: String } }

sql! {
    fn has() -> Vec<Has> = "select technician_id, skill_id from technician_skill where tenant_id = $1 limit 10000";
    fn needs() -> Vec<Needs> = "
        select n.item_id, n.skill_id, s.name from item_skill n join skill s on s.tenant_id = $1 and s.id = n.skill_id
        where n.tenant_id = $1 order by n.item_id, s.name_key limit 10000";
}

/// All that a day of the board shows, read in one round trip.
pub struct Loaded {
    pub date: Date,
    pub technicians: Vec<Technician>,
    pub jobs: Vec<Appointment>,
    pub tray: Vec<Appointment>,
    shifts: Vec<Shift>,
    off: Vec<TimeOff>,
    has: Vec<Has>,
    needs: Vec<Needs>,
    now: Timestamp,
    locale: Locale,
}

pub async fn load(scope: &Scope, date: Date) -> Result<Loaded> {
    let locale = scope.tenant().locale.clone();
    let (from, to) = (say::midnight(date, &locale), say::midnight(date.saturating_add(Span::new().days(1)), &locale));
    let early = |at: Timestamp, hours| at.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(at);
    let later = to.saturating_add(SignedDuration::from_hours(24)).unwrap_or(to);
    let batch = (
        technician::list_active(),
        of_day(from, to, early(from, 24)),
        // What was to be done in the last two weeks and has nobody yet is still waiting; so is tomorrow's.
        unassigned(early(from, 24 * 14), later),
        shift::between(date.saturating_sub(Span::new().days(1)), date),
        time_off::between(from, to),
        has(),
        needs(),
    );
    let (technicians, jobs, tray, shifts, off, has, needs) = scope.read(batch).await?;
    Ok(Loaded { date, technicians, jobs, tray, shifts, off, has, needs, now: scope.now(), locale })
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
    fn minute(&self, at: Timestamp) -> u16 {
        minute_of(at, self.date, &self.locale)
    }

    fn shifts_of(&self, technician: TechnicianId) -> Vec<(u16, u16)> {
        let spans = Roster::shifts_of(&self.shifts, technician, self.date, self.date, &self.locale);
        let minutes = spans.into_iter().map(|(starts, ends)| (self.minute(starts), self.minute(ends)));
        minutes.filter(|(starts, ends)| starts < ends).collect()
    }

    /// From the earliest to the latest hour that anybody works.
    pub fn day(&self) -> Day {
        let shifts = self.technicians.iter().flat_map(|t| self.shifts_of(t.id));
        let jobs = self.jobs.iter().map(|job| (self.minute(job.starts_at), self.minute(job.ends_at)));
        let all: Vec<(u16, u16)> = shifts.chain(jobs).collect();
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

    fn promised(&self, job: &Appointment) -> Option<(u16, u16)> {
        let window = job.window_starts.zip(job.window_ends)?;
        let minutes = (self.minute(window.0), self.minute(window.1));
        (minutes.0 < minutes.1).then_some(minutes)
    }

    fn needs_of(&self, item: Option<ItemId>) -> impl Iterator<Item = &Needs> {
        self.needs.iter().filter(move |need| Some(need.item_id) == item)
    }

    fn cannot(&self, job: &Appointment) -> Vec<(String, String)> {
        let mut out = vec![];
        for technician in &self.technicians {
            let has = |skill| self.has.iter().any(|h| h.technician_id == technician.id && h.skill_id == skill);
            if self.is_off_all_day(technician.id) {
                out.push((technician.id.to_string(), "off today".to_owned()));
            } else if let Some(need) = self.needs_of(job.item_id).find(|need| !has(need.skill_id)) {
                out.push((technician.id.to_string(), format!("no {}", need.name)));
            }
        }
        out
    }

    fn is_off_all_day(&self, technician: TechnicianId) -> bool {
        let shifts = self.shifts_of(technician);
        let off = |(starts, ends): &(u16, u16)| {
            self.off
                .iter()
                .filter(|off| off.technician_id == technician)
                .any(|off| self.minute(off.starts_at) <= *starts && *ends <= self.minute(off.ends_at))
        };
        shifts.iter().all(off)
    }

    fn carried(&self, job: &Appointment, may_move: bool) -> Carried {
        Carried {
            id: job.id.to_string(),
            version: job.version,
            minutes: job.minutes().clamp(5, 1440) as u16,
            promised: self.promised(job),
            cannot: self.cannot(job),
            move_url: None,
            fixed: !(may_move && job.status.is_movable()),
        }
    }

    pub fn lanes(&self, selected: Option<AppointmentId>, may_move: bool) -> Vec<Lane> {
        self.technicians.iter().map(|technician| self.lane(technician, selected, may_move)).collect()
    }

    fn lane(&self, technician: &Technician, selected: Option<AppointmentId>, may_move: bool) -> Lane {
        let day = self.day();
        let shifts = self.shifts_of(technician.id);
        let jobs = self.jobs.iter().filter(|job| job.technician_id == Some(technician.id));
        let mut placed: Vec<(u16, Item)> = vec![];
        let mut at = day.from();
        for (starts, ends) in &shifts {
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
        for job in jobs {
            let (start, end) = (self.minute(job.starts_at), self.minute(job.ends_at));
            if !matches!(job.status, Status::Cancelled | Status::NoShow) {
                busy += i64::from(end.saturating_sub(start));
            }
            placed.push((start, Item::Job(Box::new(self.job(job, selected, may_move)))));
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
            seen_by: None,
            href: self.href(job.id),
        }
    }

    pub fn href(&self, job: AppointmentId) -> String {
        format!("/board?date={}&job={job}", self.date)
    }

    pub fn slips(&self, may_move: bool) -> Vec<Slip> {
        let today = say::local(self.now, &self.locale).date();
        self.tray
            .iter()
            .map(|job| {
                let date = say::local(job.starts_at, &self.locale).date();
                let day = if date == today { "Today".to_owned() } else { say::day(date) };
                let window = job.window_starts.zip(job.window_ends);
                let time = match window {
                    Some((from, until)) => say::window(from, until, &self.locale),
                    None => say::clock(say::local(job.starts_at, &self.locale).time(), &self.locale),
                };
                let soon = self.now.saturating_add(SignedDuration::from_hours(2)).unwrap_or(self.now);
                Slip {
                    carried: self.carried(job, may_move),
                    name: job.customer_name.clone(),
                    says: job
                        .problem
                        .clone()
                        .filter(|text| text.chars().count() <= 80)
                        .unwrap_or_else(|| job.title.clone()),
                    when: format!("{day}, {time} · {}", say::minutes(job.minutes())),
                    needs: self.needs_of(job.item_id).map(|need| need.name.clone()).collect(),
                    late: window.map_or(job.starts_at, |(from, _)| from) < soon,
                    href: self.href(job.id),
                }
            })
            .collect()
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
            live: Some((format!("/board/lanes?date={}", self.date), "appointment.* technician.*".into())),
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
}

/// Tray and lanes again, when something has changed.
pub async fn lanes_part(access: Access<BoardRead>, Query(query): Query<LanesQuery>) -> Result<Page> {
    let loaded = load(&access, query.date.unwrap_or(access.local_now().date())).await?;
    let may = access.can::<AppointmentsWrite>();
    Ok(loaded.board().live_part(&loaded.slips(may), &loaded.lanes(None, may)).into())
}

/// One appointment's facts for panels: where the promise stands.
pub fn promise_words(job: &appointment::Appointment, locale: &Locale) -> Option<String> {
    let (from, until) = job.window_starts.zip(job.window_ends)?;
    Some(format!("Promised {}", say::window(from, until, locale)))
}

#[test]
fn hours_are_said_with_a_digit_where_it_matters() {
    assert_eq!([tenths(0), tenths(480), tenths(426), tenths(390)], ["0", "8", "7.1", "6.5"]);
}

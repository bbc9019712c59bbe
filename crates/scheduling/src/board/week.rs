//! A week of the board: who does what on which day, and what has nobody.
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{
    Access, Result, Scope,
    http::{Page, Query},
};
use maud::Markup;
use tenancy::{
    shell::{self, Frame},
    team,
};
use ui::board::week::{Carried, Cell, Entry, Head, Line, Live, part, week};

use super::{
    Only,
    day::{has, needs},
    lanes::LanesQuery,
    only::{address, of_team},
    page::week_bar,
};
use crate::{
    appointment::{Appointment, AppointmentId, Stretch, of_day, of_later_days, stretches, unassigned},
    exception,
    permissions::{AppointmentsWrite, BoardRead},
    say,
    shift::{self, Hours},
    skill,
    technician::{self, Technician},
    time_off,
};

/// Monday of the week in which the day is.
pub(super) fn monday(date: Date) -> Date {
    date.saturating_sub(Span::new().days(i64::from(date.weekday().to_monday_zero_offset())))
}

fn entry(scope: &Scope, only: Only, job: &Appointment, starts_at: Timestamp, part: Option<&Stretch>) -> Entry {
    let locale = &scope.tenant().locale;
    let local = say::local(starts_at, locale);
    // Whoever goes along is carried with the job, not for it.
    let leads = part.is_none_or(|part| job.technician_id.is_some_and(|leads| leads.0 == part.resource_id.0));
    let may_carry = leads && is_carried(scope, job, starts_at);
    Entry {
        href: format!("{}&job={}", address(local.date(), "", only), job.id),
        time: say::short(local.time(), locale),
        name: job.customer_name.clone(),
        kind: job.title.clone(),
        status: job.status.to_string(),
        overlap: part.and_then(Stretch::at_once),
        carried: may_carry.then(|| Carried {
            id: job.id.to_string(),
            version: job.version,
            start: local.strftime("%H:%M").to_string(),
            at: job.starts_at.to_string(),
        }),
    }
}

/// Whether it is one piece that whoever looks may carry to another day.
fn is_carried(scope: &Scope, job: &Appointment, starts_at: Timestamp) -> bool {
    scope.can::<AppointmentsWrite>() && job.status.is_movable() && job.starts_at == starts_at
}

/// "12 jobs, 18 h".
pub(super) fn tally(jobs: usize, minutes: i64) -> String {
    match jobs {
        0 => "Nothing planned".into(),
        1 => format!("1 job, {}", say::minutes(minutes)),
        jobs => format!("{jobs} jobs, {}", say::minutes(minutes)),
    }
}

struct Week {
    label: String,
    chips: Markup,
    heads: Vec<Head>,
    lines: Vec<Line>,
    /// Nobody takes jobs and nothing waits.
    nothing: bool,
}

async fn read(scope: &Scope, date: Date, only: Only) -> Result<Week> {
    let locale = &scope.tenant().locale;
    let first = monday(date);
    let days: Vec<Date> = first.series(Span::new().days(1)).take(7).collect();
    let begins: Vec<Timestamp> =
        first.series(Span::new().days(1)).take(8).map(|day| say::midnight(day, locale)).collect();
    let (from, to) = (begins[0], begins[7]);
    let early = from.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(from);
    let last = first.saturating_add(Span::new().days(6));
    let (
        mut technicians,
        (jobs, later, parts),
        mut tray,
        (shifts, exceptions, off),
        (teams, skills, in_team, has, needs),
    ) = scope
        .read((
            technician::list_active(),
            (of_day(from, to, early), of_later_days(from, to, early), stretches(from, to, early)),
            unassigned(from, to),
            (shift::between(first, last), exception::between(first, last), time_off::between(from, to)),
            (team::all(), skill::all(), of_team(only.team), has(), needs()),
        ))
        .await?;
    only.keep(&mut technicians, &mut tray, &in_team, &has, &needs);
    let hours = Hours { shifts: &shifts, exceptions: &exceptions };
    let on = |at: Timestamp| begins.partition_point(|begin| *begin <= at).saturating_sub(1).min(6);
    let job = |id: Option<AppointmentId>| jobs.iter().chain(&later).find(|job| Some(job.id) == id);
    let today = scope.local_now().date();

    let mut waits = vec![Cell::default(); 7];
    for job in tray.iter().filter(|job| (from..to).contains(&job.starts_at)) {
        waits[on(job.starts_at)].entries.push(entry(scope, only, job, job.starts_at, None));
    }
    let waiting: usize = waits.iter().map(|cell| cell.entries.len()).sum();
    let minutes = tray.iter().filter(|job| (from..to).contains(&job.starts_at)).map(Appointment::minutes).sum();
    let mut lines = vec![];
    if waiting > 0 {
        lines.push(Line { name: "Nobody yet".into(), says: tally(waiting, minutes), lane: None, cells: waits });
    }
    let of = |technician: &Technician| {
        let mut cells = vec![Cell::default(); 7];
        let (mut count, mut minutes) = (0, 0);
        let own = parts.iter().filter(|part| part.resource_id.0 == technician.id.0);
        for part in own.filter(|part| !matches!(part.kind.as_str(), "buffer" | "travel" | "held")) {
            let Some(job) = job(part.appointment_id) else { continue };
            cells[on(part.starts_at)].entries.push(entry(scope, only, job, part.starts_at, Some(part)));
            count += 1;
            minutes += part.ends_at.duration_since(part.starts_at).as_mins();
        }
        for (n, day) in days.iter().enumerate() {
            let away = off.iter().filter(|off| off.technician_id == technician.id);
            let away = away.filter(|off| off.starts_at < begins[n + 1] && off.ends_at > begins[n]);
            cells[n].off = away.map(|off| off.reason.clone()).collect();
            cells[n].closed = hours.on(technician.id, *day, locale).is_empty();
        }
        Line {
            name: technician.name.clone(),
            says: tally(count, minutes),
            lane: Some(technician.id.to_string()),
            cells,
        }
    };
    lines.extend(technicians.iter().map(of));
    let heads: Vec<Head> = days
        .iter()
        .map(|day| Head {
            words: day.strftime("%a %-d").to_string(),
            href: address(*day, "", only),
            date: day.to_string(),
            today: *day == today,
        })
        .collect();
    Ok(Week {
        label: format!("Week of {}", say::long_day(first)),
        chips: only.chips(date, "week", &teams, &skills),
        heads,
        nothing: technicians.is_empty() && waiting == 0 && !only.is_set(),
        lines,
    })
}

pub(super) async fn page(scope: &Scope, date: Date, only: Only) -> Result<Page> {
    let Week { label, chips, heads, lines, nothing } = read(scope, date, only).await?;
    let live = Live {
        src: format!("/board/week?date={date}{}", only.suffix()),
        kinds: "appointment.* technician.*".into(),
        move_url: "/board/move".into(),
    };
    let body = match nothing {
        true => super::page::nobody_yet(scope),
        false => week(&label, week_bar(scope, date, monday(date), chips, only), &live, &heads, &lines),
    };
    let frame = Frame { title: "Board".into(), active: "/board", wide: true, folded: true, body, ..Frame::default() };
    Ok(shell::page(scope, frame))
}

/// The table again, when something has changed.
pub async fn week_part(access: Access<BoardRead>, Query(query): Query<LanesQuery>) -> Result<Page> {
    let only = query.only();
    let week = read(&access, query.date.unwrap_or(access.local_now().date()), only).await?;
    Ok(part(&week.label, &week.heads, &week.lines).into())
}

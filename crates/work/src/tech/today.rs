//! My day: the next job as a large card, then the rest, what is done, and the days ahead.
use jiff::civil::Date;
use kernel::{Access, Result, Scope, http::Page};
use maud::{Markup, html};
use scheduling::{TechniciansWrite, appointment::Status, say};
use tenancy::shell;
use ui::{
    PhonePage,
    tech::{Hero, Stop, heading, hero, stops, sync},
};

use super::{AHEAD, Visit, is_technician, member, mine_between, next};
use crate::permissions::WorkOwn;

struct Days {
    today: Vec<Visit>,
    ahead: Vec<Visit>,
    is_technician: bool,
}

async fn days(scope: &Scope) -> Result<Days> {
    let (member, locale) = (member(scope)?, &scope.tenant().locale);
    let today = scope.local_now().date();
    let midnight = say::midnight(today, locale);
    let until = midnight.saturating_add(AHEAD).unwrap_or(midnight);
    let (visits, technician) = scope.read((mine_between(member, midnight, until), is_technician(member))).await?;
    let (today, ahead) = visits.into_iter().partition(|visit: &Visit| date(scope, visit) == today);
    Ok(Days { today, ahead, is_technician: technician.is_some() })
}

fn date(scope: &Scope, visit: &Visit) -> Date {
    say::local(visit.starts_at, &scope.tenant().locale).date()
}

pub async fn page(access: Access<WorkOwn>) -> Result<Page> {
    let days = days(&access).await?;
    let done = days.today.iter().filter(|visit| visit.is_over()).count();
    let day = say::day(access.local_now().date());
    let says = match days.today.len() {
        0 => day,
        all => format!("{day} · {done} of {all} done"),
    };
    let body = html! { div.contents data-live="day.*" data-live-src="/tech/part" { (draw(&access, &days)) } };
    Ok(shell::phone(&access, |shell| PhonePage::new(shell, "Today", &says, sync(), "/tech"), body))
}

pub async fn part(access: Access<WorkOwn>) -> Result<Page> {
    let days = days(&access).await?;
    Ok(draw(&access, &days).into())
}

fn draw(scope: &Scope, days: &Days) -> Markup {
    // What is under way comes before what is planned earlier.
    let open: Vec<&Visit> = days.today.iter().filter(|visit| !visit.is_over()).collect();
    let next = open.iter().find(|visit| visit.under_way()).or(open.first()).copied();
    let rest: Vec<Stop> = open
        .iter()
        .filter(|visit| next.is_none_or(|next| next.id != visit.id))
        .map(|visit| stop(scope, visit))
        .collect();
    let done: Vec<Stop> = days.today.iter().filter(|visit| visit.is_over()).map(|visit| stop(scope, visit)).collect();
    let says = match rest.len() {
        1 => "1 job".to_owned(),
        n => format!("{n} jobs"),
    };
    html! {
        @if let Some(next) = next { (card(scope, next)) }
        @else if !days.is_technician { (no_lane(scope)) }
        @else { (ui::card::empty(if done.is_empty() { "Nothing planned today" } else { "Done for today" }, "When the office gives you a job, it appears here by itself.", html! {}, html! {})) }
        @if !rest.is_empty() { (heading("After that", &says)) (stops(&rest)) }
        @if !done.is_empty() { (heading("Done", &done.len().to_string())) (stops(&done)) }
        @for (day, visits) in by_day(scope, &days.ahead) {
            @let all: Vec<Stop> = visits.iter().map(|visit| stop(scope, visit)).collect();
            (heading(&say::day(day), &all.len().to_string())) (stops(&all))
        }
    }
}

/// Somebody of the office who opens the phone's page.
fn no_lane(scope: &Scope) -> Markup {
    let mine = scope.user().map(|id| format!("?member_id={id}")).unwrap_or_default();
    match scope.can::<TechniciansWrite>() {
        true => ui::card::empty(
            "This is a technician's day",
            "You have no lane on the board. If you go out to jobs yourself, add yourself as a technician, and the jobs that are given to you appear here.",
            html! {
                (ui::link_button("Add yourself", format!("/technicians/new{mine}")).icon("hard-hat").primary())
                (ui::link_button("Back to the office", "/"))
            },
            html! {},
        ),
        false => ui::card::empty(
            "You have no lane on the board",
            "Jobs are given to technicians. Ask an owner, an admin or a service manager to add you under Technicians.",
            html! {},
            html! {},
        ),
    }
}

fn by_day<'a>(scope: &Scope, visits: &'a [Visit]) -> Vec<(Date, Vec<&'a Visit>)> {
    let mut days: Vec<(Date, Vec<&Visit>)> = vec![];
    for visit in visits {
        let day = date(scope, visit);
        match days.last_mut() {
            Some((last, all)) if *last == day => all.push(visit),
            _ => days.push((day, vec![visit])),
        }
    }
    days
}

fn stop(scope: &Scope, visit: &Visit) -> Stop {
    let locale = &scope.tenant().locale;
    let clock = |at| say::short(say::local(at, locale).time(), locale);
    Stop {
        time: clock(visit.starts_at),
        until: visit.window_ends.map(|ends| format!("by {}", clock(ends))).unwrap_or_default(),
        name: visit.customer_name.clone(),
        says: [visit.title.clone(), visit.place()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        status: visit.status.as_str().into(),
        done: visit.is_over(),
        href: format!("/tech/jobs/{}", visit.id),
    }
}

fn card(scope: &Scope, visit: &Visit) -> Markup {
    let locale = &scope.tenant().locale;
    let when = match visit.window_starts.zip(visit.window_ends) {
        Some((from, until)) => format!("Promised {}", say::window(from, until, locale)),
        None => say::clock(say::local(visit.starts_at, locale).time(), locale),
    };
    let map = visit.map();
    let shown = Hero {
        when,
        status: visit.status.as_str().into(),
        name: visit.customer_name.clone(),
        place: visit.place(),
        line: Some(window(scope, visit)),
        way: "Map".into(),
        map,
        phone: visit.dial(scope),
        says: visit.problem.clone().unwrap_or_else(|| visit.title.clone()),
        notes: visit.access_notes.iter().map(|notes| ("key-round".to_owned(), notes.clone())).collect(),
        href: format!("/tech/jobs/{}", visit.id),
    };
    hero(&shown, next::verb(visit, None))
}

fn window(scope: &Scope, visit: &Visit) -> Markup {
    let locale = &scope.tenant().locale;
    let today = say::local(visit.starts_at, locale).date();
    let minute = |at| {
        let local = say::local(at, locale);
        match local.date() == today {
            true => u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0),
            false => 1440,
        }
    };
    let planned = (minute(visit.starts_at), minute(visit.ends_at));
    let promised = visit.window_starts.zip(visit.window_ends).map(|(from, until)| (minute(from), minute(until)));
    let says = format!("Planned {}", say::when(visit.starts_at, visit.ends_at, locale));
    let waiting = matches!(visit.status, Status::Requested | Status::Confirmed | Status::EnRoute);
    let drawn = ui::day::Window {
        status: visit.status.as_str(),
        planned: Some(planned),
        promised,
        broken: waiting && visit.window_ends.is_some_and(|ends| scope.now() > ends),
        says: &says,
    };
    let clock = if locale.hour_12 { ui::day::Clock::Twelve } else { ui::day::Clock::TwentyFour };
    ui::day::window(ui::day::Day::spanning(planned.0.min(420), planned.1.max(1080)), clock, &drawn, true)
}

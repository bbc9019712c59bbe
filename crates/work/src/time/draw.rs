//! Working time as people see it: on a job in the office, and the clock on the phone.
use jiff::Timestamp;
use kernel::Scope;
use maud::{Markup, html};
use scheduling::{TechnicianId, say};
use ui::{
    Filled, button, card, field,
    form::{key, pair},
    tech::heading,
};

use super::{Kind, TimeEntry, clock::Running};
use crate::{
    AppointmentId,
    order::WorkOrder,
    permissions::{TimeRead, TimeWrite},
};

pub(super) fn kinds() -> Vec<(&'static str, &'static str)> {
    Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect()
}

/// Whole minutes of one kind.
pub fn total(entries: &[TimeEntry], kind: Kind, now: Timestamp) -> i64 {
    entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.seconds(now)).sum::<i64>() / 60
}

/// "2 h 10 min at work, 20 min on the way".
fn sums(entries: &[TimeEntry], now: Timestamp) -> String {
    let said = |kind: Kind, word: &str| match total(entries, kind, now) {
        0 => None,
        minutes => Some(format!("{} {word}", say::minutes(minutes))),
    };
    let all = [said(Kind::Work, "at work"), said(Kind::Travel, "on the way"), said(Kind::Break, "break")];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn until(scope: &Scope, entry: &TimeEntry) -> String {
    let locale = &scope.tenant().locale;
    match entry.ends_at {
        Some(ends) => say::when(entry.starts_at, ends, locale),
        None => format!("{}, still going on", say::moment(entry.starts_at, locale)),
    }
}

/// The fields of a stretch: the day, from, until (past midnight it is the next day's), and why.
fn fields(filled: &Filled, own: &str) -> Markup {
    let id = |name: &str| format!("f-{name}{own}");
    html! {
        (pair(html! {
            (field::select(filled, "kind", "What", &kinds()).id(id("kind")))
            (field::date(filled, "day", "Day").required().id(id("day")))
        }))
        (pair(html! {
            (field::time(filled, "from", "From").required().id(id("from")))
            (field::time(filled, "until", "Until").id(id("until")))
        }))
        (field::text(filled, "reason", "Why by hand").required().most(300).id(id("reason")))
    }
}

pub(super) fn values(scope: &Scope, entry: &TimeEntry) -> Filled {
    let locale = &scope.tenant().locale;
    let starts = say::local(entry.starts_at, locale);
    let clock = |at: Timestamp| say::local(at, locale).strftime("%H:%M").to_string();
    Filled::of([
        ("kind", entry.kind.to_string()),
        ("day", starts.date().to_string()),
        ("from", clock(entry.starts_at)),
        ("until", entry.ends_at.map(clock).unwrap_or_default()),
    ])
}

/// The forms that change one stretch; they come back to `home`.
pub(super) fn edit(scope: &Scope, entry: &TimeEntry, home: &str) -> Markup {
    let at = format!("{home}/time/{}", entry.id);
    let own = format!("-{}", entry.id);
    ui::fold(
        "Change",
        html! {
            form.form method="post" action=(at) data-form { (key()) (field::hidden("version", entry.version.to_string()))
                (fields(&values(scope, entry), &own))
                div { (button("Save time").small()) } }
            form.form."mt-4" method="post" action={ (at) "/remove" } data-form { (key())
                (field::text(&Filled::default(), "reason", "Why it is taken away").required().most(300).id(format!("f-gone{own}")))
                div { (button("Take away").small().quiet().icon("trash-2")) } }
        },
    )
}

/// On the job's page, for whoever may see working time.
pub fn of_job(scope: &Scope, order: &WorkOrder, entries: &[TimeEntry]) -> Markup {
    if !scope.can::<TimeRead>() {
        return html! {};
    }
    let may = scope.can::<TimeWrite>();
    let now = scope.now();
    let home = format!("/jobs/{}", order.id);
    let line = |entry: &TimeEntry| {
        let words = format!("{}, {}", entry.technician_name, entry.kind.label().to_lowercase());
        let small =
            [Some(until(scope, entry)), entry.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let long = html! { span.num { (say::minutes(entry.seconds(now) / 60)) } };
        html! { (card::line(sign(entry.kind), &words, &small, long)) @if may { (edit(scope, entry, &home)) } }
    };
    let says = html! { span.dim.t13.num { (sums(entries, now)) } };
    card::section(
        "Time",
        says,
        html! {
            @if entries.is_empty() { p.dim.t13 { "No time yet. The clock starts with On my way and Start on the phone." } }
            @for entry in entries { (line(entry)) }
        },
    )
}

/// What stands beside a stretch.
pub(super) fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Travel => "truck",
        Kind::Work => "wrench",
        Kind::Break => "coffee",
    }
}

/// Writing a stretch by hand, of one of `people`.
pub fn add(scope: &Scope, order: &WorkOrder, people: &[(TechnicianId, String)]) -> Markup {
    if !scope.can::<TimeWrite>() || people.is_empty() {
        return html! {};
    }
    let options: Vec<(String, String)> = people.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let day = order.started_at.map_or_else(|| scope.local_now(), |at| say::local(at, &scope.tenant().locale)).date();
    let who = order.technician_id.map(|id| id.to_string()).unwrap_or_default();
    let now = Filled::of([("kind", "work".to_owned()), ("day", day.to_string()), ("technician_id", who)]);
    ui::fold(
        "Write time by hand",
        html! {
            form.form method="post" action={ "/jobs/" (order.id) "/time" } data-form { (key())
                (field::select(&now, "technician_id", "Who", &options).id("f-time-who"))
                (fields(&now, "-time"))
                div { (button("Write time").small().icon("clock")) } }
        },
    )
}

/// The clock on the phone: what goes on since when, and what can be pressed.
pub fn phone(
    scope: &Scope,
    visit: AppointmentId,
    begun: bool,
    running: Option<&Running>,
    entries: &[TimeEntry],
) -> Markup {
    let locale = &scope.tenant().locale;
    let since = |at: Timestamp| say::clock(say::local(at, locale).time(), locale);
    let here =
        running.filter(|one| one.appointment_id == Some(visit) || entries.iter().any(|entry| entry.id == one.id));
    let press = |kind: &str, sign: &'static str, word: &str| {
        html! {
            form.contents method="post" action={ "/tech/jobs/" (visit) "/clock" } data-verb { (key()) (field::hidden("kind", kind)) (button(word).icon(sign).class("btn-touch flex-1")) }
        }
    };
    let says = match (running, here) {
        (_, Some(here)) => format!("{} since {}", here.kind.label(), since(here.starts_at)),
        (Some(other), None) => format!("{} elsewhere since {}", other.kind.label(), since(other.starts_at)),
        (None, None) => "The clock stands still".to_owned(),
    };
    html! { @if begun || running.is_some() || !entries.is_empty() {
        section aria-label="Time" {
            (heading("Time", &sums(entries, scope.now())))
            p.t14."pb-2" { (says) }
            div."flex"."gap-2" {
                @match here.map(|here| here.kind) {
                    Some(Kind::Work | Kind::Travel) => { (press("break", "coffee", "Break")) (press("stop", "square", "Stop clock")) },
                    Some(Kind::Break) => { @if begun { (press("work", "play", "Back to work")) } @else { (press("travel", "truck", "On the way")) } (press("stop", "square", "Stop clock")) },
                    None => { @if begun { (press("work", "play", "Start clock")) } },
                }
            }
        }
    } }
}

//! Scheduling's part of other pages: what needs a hand, the day as thin lines, the next visit of a customer.
use insights::hand::{Tone, item};
use jiff::{SignedDuration, Span, Timestamp};
use kernel::{Result, Scope, sql};
use maud::{Markup, html};
use ui::day::{Mark, strip, strip_axis};
use uuid::Uuid;

use crate::{
    appointment::{Appointment, Status, ahead_of_customer, last_of_customer, unassigned},
    board::{self, minute_of},
    permissions::{AppointmentsWrite, BoardRead},
    say,
};

sql! {
    fn late(from: Timestamp, now: Timestamp) -> Vec<crate::appointment::AppointmentId> = "
        select id from appointment
        where tenant_id = $1 and starts_at >= $2 and starts_at < $3 and status in ('requested', 'confirmed', 'en_route')
          and technician_id is not null and window_ends < $3
        order by starts_at limit 20";
    fn on_day(from: Timestamp, to: Timestamp) -> i64 = "
        select count(*) from appointment
        where tenant_id = $1 and starts_at >= $2 and starts_at < $3 and status not in ('held', 'cancelled', 'no_show')";
    fn waiting(from: Timestamp, to: Timestamp) -> i64 = "
        select count(*) from appointment
        where tenant_id = $1 and technician_id is null and status in ('requested', 'confirmed') and starts_at >= $2 and starts_at < $3";
}

fn off(at: Timestamp, hours: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(at)
}

/// Midnight to midnight of the company's today.
fn today(scope: &Scope) -> (Timestamp, Timestamp) {
    let (date, locale) = (scope.local_now().date(), &scope.tenant().locale);
    (say::midnight(date, locale), say::midnight(date.saturating_add(Span::new().days(1)), locale))
}

/// What needs a hand now: nobody assigned, a promise about to be broken.
pub async fn hand(scope: Scope, _: Uuid) -> Result<Markup> {
    let now = scope.now();
    let locale = &scope.tenant().locale;
    let date = scope.local_now().date();
    let (tray, late) = scope.read((unassigned(off(now, -24 * 14), off(now, 48)), late(off(now, -24), now))).await?;
    let may = scope.can::<AppointmentsWrite>();
    let assign = if may { "Assign" } else { "Look" };
    Ok(html! {
        @if !late.is_empty() {
            @let words = if late.len() == 1 { "A promised arrival has passed".to_owned() } else { format!("{} promised arrivals have passed", late.len()) };
            (item("clock", Tone::Bad, &words, "Nobody has arrived yet. Call the customers, or send somebody else.", "Re-plan", &late.first().map_or("/board".into(), |id| format!("/appointments/{id}"))))
        }
        @for job in tray.iter().take(3) {
            @let words = match job.window_starts.zip(job.window_ends) {
                Some((from, until)) => format!("{} has nobody, promised {}", job.customer_name, say::window(from, until, locale)),
                None => format!("{} has nobody, {}", job.customer_name, say::when(job.starts_at, job.ends_at, locale)),
            };
            @let day = say::local(job.starts_at, locale).date();
            @let why = format!("{}{}", job.title, if day == date { String::new() } else { format!(", {}", say::day(day)) });
            (item("calendar-x", if job.starts_at < off(now, 4) { Tone::Bad } else { Tone::Warn }, &words, &why, assign, &format!("/appointments/{}", job.id)))
        }
        @if tray.len() > 3 { (item("calendar-x", Tone::Warn, &format!("{} more jobs have nobody", tray.len() - 3), "They wait in the tray of the board.", "Open board", "/board")) }
    })
}

/// The day by technician, as thin lines.
pub async fn day(scope: Scope, _: Uuid) -> Result<Markup> {
    let date = scope.local_now().date();
    let loaded = board::load(&scope, date, board::Only::default()).await?;
    let (day, clock, now) = (loaded.day(), loaded.clock(), loaded.minute_now());
    let lanes = loaded.lanes(None, false);
    let count = |status| loaded.jobs.iter().filter(|job| job.status == status).count();
    let jobs = loaded.jobs.iter().filter(|job| job.status != Status::Cancelled).count();
    let quiet = format!(
        "{jobs} job{} · {} done · {} on site",
        if jobs == 1 { "" } else { "s" },
        count(Status::Completed),
        count(Status::OnSite)
    );
    if loaded.technicians.is_empty() {
        return Ok(html! {});
    }
    Ok(html! {
        section.card."pb-2"."day-card" aria-labelledby="day-h" data-live="appointment.* technician.*" data-live-src="/board/strips" {
            div.card-h { h2 #day-h { "The day" } span.dim.t13.num { (quiet) } a.link href="/board" { "Open the board" } }
            (strip_axis(day, clock))
            @for (technician, lane) in loaded.technicians.iter().zip(&lanes) {
                @let own: Vec<&Appointment> = loaded.jobs.iter().filter(|job| job.technician_id == Some(technician.id)).collect();
                @let words = if lane.load.is_none() && own.is_empty() { lane.says.clone() } else { now_words(&own, &scope) };
                @let marks: Vec<Mark<'_>> = away(lane).into_iter().chain(marks(&own, date, &scope)).collect();
                (strip(day, &technician.name, &format!("/board?date={date}"), &marks, now, html! { (words) }, &format!("{}: {}. {words}", technician.name, tally(&own))))
            }
        }
    })
}

/// Time off and hours without a shift, as on the board.
fn away(lane: &ui::board::Lane) -> Vec<Mark<'static>> {
    let off = |item: &ui::board::Item| match item {
        ui::board::Item::Off { start, end, .. } => Some(Mark::Off(*start, *end)),
        _ => None,
    };
    lane.items.iter().filter_map(off).collect()
}

fn marks<'a>(jobs: &[&'a Appointment], date: jiff::civil::Date, scope: &Scope) -> Vec<Mark<'a>> {
    let locale = &scope.tenant().locale;
    let mut out = vec![];
    for job in jobs.iter().filter(|job| job.status != Status::Cancelled) {
        out.push(Mark::Job(
            job.status.as_str(),
            minute_of(job.starts_at, date, locale),
            minute_of(job.ends_at, date, locale),
        ));
        if let Some((from, until)) = job.window_starts.zip(job.window_ends).filter(|_| job.status.is_open()) {
            out.push(Mark::Promise(
                minute_of(from, date, locale),
                minute_of(until, date, locale),
                job.is_late(scope.now()),
            ));
        }
    }
    out
}

fn tally(jobs: &[&Appointment]) -> String {
    let done = jobs.iter().filter(|job| job.status == Status::Completed).count();
    let ahead = jobs.iter().filter(|job| job.status.is_movable()).count();
    format!("{done} done, {ahead} to come")
}

/// Where they are now, in a few words.
fn now_words(jobs: &[&Appointment], scope: &Scope) -> String {
    let locale = &scope.tenant().locale;
    let time = |at: Timestamp| say::short(say::local(at, locale).time(), locale);
    let with = |status| jobs.iter().find(|job| job.status == status);
    if let Some(job) = with(Status::OnSite) {
        return format!("On site at {} until {}", job.customer_name, time(job.ends_at));
    }
    if let Some(job) = with(Status::EnRoute) {
        return format!("Driving to {}", job.customer_name);
    }
    if let Some(job) = jobs.iter().find(|job| job.is_late(scope.now())) {
        return format!("{} is late", job.customer_name);
    }
    match jobs.iter().find(|job| job.status.is_movable()) {
        Some(job) => format!("Next {} at {}", job.customer_name, time(job.starts_at)),
        None if jobs.iter().any(|job| job.status == Status::Completed) => "Done for today".into(),
        None => "Free".into(),
    }
}

/// The next visit and the way to another one, in the header of a customer.
pub async fn customer_header(scope: Scope, customer: Uuid) -> Result<Markup> {
    let next =
        scope.read(ahead_of_customer(customers::CustomerId(customer), off(scope.now(), -12))).await?.into_iter().next();
    let locale = &scope.tenant().locale;
    Ok(html! {
        @if let Some(job) = next {
            a.link href={ "/appointments/" (job.id) } { (ui::status_line(job.status.as_str(), &format!("Next visit {}", say::when(job.starts_at, job.ends_at, locale)))) }
        }
        @if scope.can::<AppointmentsWrite>() { (ui::link_button("Job", format!("/appointments/new?customer_id={customer}")).icon("plus").primary().attr("aria-label", "New job for this customer")) }
    })
}

/// Visits ahead and the last one, in the rail of a customer.
pub async fn customer_rail(scope: Scope, customer: Uuid) -> Result<Markup> {
    let customer = customers::CustomerId(customer);
    let (ahead, last) = scope
        .read((ahead_of_customer(customer, off(scope.now(), -12)), last_of_customer(customer, scope.now())))
        .await?;
    let locale = &scope.tenant().locale;
    Ok(ui::card::section(
        "Visits",
        html! {},
        html! {
            @if ahead.is_empty() { p.dim.t13 { "None ahead." } }
            @for job in &ahead {
                div.eq {
                    (ui::icon(ui::status_icon(job.status.as_str())))
                    a href={ "/appointments/" (job.id) } { (job.title) small { (say::when(job.starts_at, job.ends_at, locale)) @if let Some(name) = &job.technician_name { ", " (name) } @else { ", nobody yet" } } }
                    (ui::status(job.status.as_str()))
                }
            }
            @if let Some(last) = last { p.dim.t13."mt-2" { "Last visit " (say::local(last, locale).strftime("%-d %b %Y")) } }
        },
    ))
}

/// The strips again, when something has changed.
pub async fn strips(access: kernel::Access<BoardRead>) -> Result<kernel::http::Page> {
    day((*access).clone(), Uuid::nil()).await.map(Into::into)
}

async fn jobs_today(scope: Scope) -> Result<insights::Value> {
    let (from, to) = today(&scope);
    scope.read(on_day(from, to)).await.map(insights::Value::Count)
}

async fn unassigned_now(scope: Scope) -> Result<insights::Value> {
    let now = scope.now();
    scope.read(waiting(off(now, -24 * 14), off(now, 48))).await.map(insights::Value::Count)
}

insights::figure! {
    "jobs_today" for BoardRead => jobs_today,
    "unassigned" for BoardRead => unassigned_now,
}

//! The day as a table: the same jobs and verbs for who does not drag.
use jiff::civil::Date;
use kernel::{Result, Scope, http::Page};
use maud::html;
use tenancy::shell::{self, Frame};
use ui::table::{Column, Row, Table, nothing, row_link};

use super::{Only, load, page::bar};
use crate::{appointment::Appointment, say};

pub(super) async fn page(scope: &Scope, date: Date, only: Only) -> Result<Page> {
    let loaded = load(scope, date, only).await?;
    let locale = &scope.tenant().locale;
    let columns = [
        Column::lead("Customer").width(26),
        Column::text("When").width(16),
        Column::text("Job"),
        Column::text("With"),
        Column::text("Promised").drops(),
        Column::text("State").side(),
    ];
    let of_the_day = |job: &&Appointment| say::local(job.starts_at, locale).date() == date;
    let shown = |job: &&Appointment| loaded.technicians.iter().any(|one| Some(one.id) == job.technician_id);
    let mut jobs: Vec<&Appointment> = loaded
        .jobs
        .iter()
        .chain(&loaded.going_on)
        .filter(|job| !only.is_set() || shown(job))
        .chain(loaded.tray.iter().filter(of_the_day))
        .collect();
    jobs.sort_by_key(|job| (job.starts_at, job.id));
    let rows: Vec<Row> = jobs
        .iter()
        .map(|job| {
            let when = say::span(job.starts_at, job.ends_at, locale);
            let window = job.window_starts.zip(job.window_ends).map(|(from, until)| say::window(from, until, locale));
            let with = job.technician_name.clone();
            let cells = vec![
                row_link(&loaded.href(job.id), &job.customer_name, ""),
                html! { span.num { (when) } },
                html! { (job.title) },
                match &with {
                    Some(name) => html! { (name) },
                    None => html! { span.tone-bad { "Nobody yet" } },
                },
                match window {
                    Some(words) => html! { span.overdue[job.is_late(scope.now())] { (words) } },
                    None => nothing("No window promised"),
                },
                ui::status(job.status.as_str()),
            ];
            Row::new(job.id.to_string(), job.customer_name.clone(), cells).sub(format!(
                "{when} · {} · {}",
                job.title,
                with.as_deref().unwrap_or("nobody yet")
            ))
        })
        .collect();
    let list = match rows.is_empty() {
        true => ui::card::empty(
            "Nothing on this day",
            "Jobs that are booked for it stand here in order of time.",
            html! { (ui::link_button("New job", format!("/appointments/new?date={date}")).primary()) },
            html! {},
        ),
        false => Table::new("Jobs of the day", &columns).show(&rows),
    };
    let body = html! { div.bd-list { div."bd-bar" { (bar(scope, &loaded, "list")) } (ui::filters::list(list)) } };
    let frame = Frame { title: "Board".into(), active: "/board", wide: true, body, ..Frame::default() };
    Ok(shell::page(scope, frame))
}

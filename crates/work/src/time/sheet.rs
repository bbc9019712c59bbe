//! The week in working time: everybody's by day, and one technician's with every stretch.
use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path, Query},
};
use maud::{Markup, html};
use scheduling::{TechnicianId, say, technician};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use tenancy::shell::{self, Frame};
use ui::{
    card, link_button,
    table::{Column, plain},
};

use super::{Kind, TimeEntry, draw, list::touching};
use crate::permissions::{TimeRead, TimeWrite};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// A day of it; this week when not given.
    pub week: Option<Date>,
}

impl Week {
    fn monday(&self, scope: &Scope) -> Date {
        let day = self.week.unwrap_or_else(|| scope.local_now().date());
        day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
    }
}

fn days(monday: Date) -> Vec<Date> {
    (0..7).map(|n: i64| monday.saturating_add(n.days())).collect()
}

/// Seconds of the entry that fall on the day, as the company's calendar has it: a night's work is on two days.
fn on(scope: &Scope, entry: &TimeEntry, day: Date) -> i64 {
    let locale = &scope.tenant().locale;
    let (from, to) = (say::midnight(day, locale), say::midnight(day.saturating_add(1.days()), locale));
    let (starts, ends) = (entry.starts_at.max(from), entry.ends_at.unwrap_or(scope.now()).min(to));
    ends.duration_since(starts).as_secs().max(0)
}

fn is_paid(entry: &TimeEntry) -> bool {
    entry.kind != Kind::Break
}

async fn of_week(scope: &Scope, monday: Date, technician: Option<TechnicianId>) -> Result<Vec<TimeEntry>> {
    let locale = &scope.tenant().locale;
    let to: Timestamp = say::midnight(monday.saturating_add(7.days()), locale);
    scope.read(touching(say::midnight(monday, locale), to, technician)).await
}

fn length(seconds: i64) -> Markup {
    html! { @if seconds < 60 { span.dim { "–" } } @else { (format!("{}:{:02}", seconds / 3600, seconds / 60 % 60)) } }
}

fn turn(home: &str, monday: Date) -> Markup {
    let to = |days: i64| format!("{home}?week={}", monday.saturating_add(days.days()));
    html! {
        nav."flex"."gap-2"."items-center"."flex-wrap"."mb-4" aria-label="Week" {
            (link_button("Week before", to(-7)).small().icon("chevron-left"))
            span.strong.num { (say::day(monday)) " – " (say::day(monday.saturating_add(6.days()))) }
            (link_button("Week after", to(7)).small().icon_after("chevron-right"))
        }
    }
}

fn export(scope: &Scope, monday: Date, technician: Option<TechnicianId>) -> Markup {
    let of = technician.map(|id| format!("&technician_id={id}")).unwrap_or_default();
    exports::button(
        scope,
        "time-entries",
        &format!("/timesheets?from={monday}&to={}{of}", monday.saturating_add(6.days())),
    )
}

pub async fn all(access: Access<TimeRead>, Query(week): Query<Week>) -> Result<Page> {
    let monday = week.monday(&access);
    let entries = of_week(&access, monday, None).await?;
    let mut people: BTreeMap<(&str, TechnicianId), Vec<&TimeEntry>> = BTreeMap::new();
    for entry in &entries {
        people.entry((&entry.technician_name, entry.technician_id)).or_default().push(entry);
    }
    let days = days(monday);
    let mut columns = vec![Column::lead("Technician")];
    columns.extend(days.iter().map(|day| Column::number(day.strftime("%a").to_string())));
    columns.extend([Column::number("At work"), Column::number("On the way"), Column::number("Breaks")]);
    let sum = |entries: &[&TimeEntry], kind: Kind| {
        let of = entries.iter().filter(|entry| entry.kind == kind);
        of.map(|entry| days.iter().map(|day| on(&access, entry, *day)).sum::<i64>()).sum::<i64>()
    };
    let row = |((name, id), entries): (&(&str, TechnicianId), &Vec<&TimeEntry>)| {
        let mut cells = vec![html! { a.link href={ "/timesheets/" (id) "?week=" (monday) } { (name) } }];
        for day in &days {
            cells.push(length(
                entries.iter().filter(|entry| is_paid(entry)).map(|entry| on(&access, entry, *day)).sum(),
            ));
        }
        cells.extend([Kind::Work, Kind::Travel, Kind::Break].map(|kind| length(sum(entries, kind))));
        cells
    };
    let rows: Vec<Vec<Markup>> = people.iter().map(row).collect();
    let body = html! {
        (turn("/timesheets", monday))
        @if rows.is_empty() { (card::empty("No time in this week", "The clock starts with On my way and Start on a technician's phone, and ends with Finish. Time can also be written by hand on the page of a job.", html! {}, html! {})) }
        @else { div."overflow-x-auto" tabindex="0" role="region" aria-label="Working time of the week" { (plain("Working time of the week", &columns, &rows)) } p.dim.t13."mt-2" { "In hours and minutes. Days show time at work and on the way." } }
    };
    let crumbs = vec![("Jobs".into(), "/jobs".into())];
    let actions = export(&access, monday, None);
    let frame = Frame { title: "Working time".into(), active: "/jobs", crumbs, actions, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

pub async fn one(access: Access<TimeRead>, Path(id): Path<TechnicianId>, Query(week): Query<Week>) -> Result<Page> {
    let monday = week.monday(&access);
    let who = access.read(technician::find(id)).await?.ok_or(Error::NotFound)?;
    let entries = of_week(&access, monday, Some(id)).await?;
    let home = format!("/timesheets/{id}");
    let may = access.can::<TimeWrite>();
    let line = |entry: &TimeEntry| {
        let locale = &access.tenant().locale;
        let when = match entry.ends_at {
            Some(ends) => say::span(entry.starts_at, ends, locale),
            None => format!("{}, still going on", say::clock(say::local(entry.starts_at, locale).time(), locale)),
        };
        let job = entry.order_number.map(crate::order::called);
        let words = [
            Some(when),
            job.zip(entry.order_title.clone()).map(|(n, title)| format!("{n} {title}")),
            entry.reason.clone(),
        ];
        let sign = draw::sign(entry.kind);
        let long = html! { span.num { (say::minutes(entry.seconds(access.now()) / 60)) } };
        html! {
            (card::line(sign, entry.kind.label(), &words.into_iter().flatten().collect::<Vec<_>>().join(" · "), long))
            @if may { (draw::edit(&access, entry, &home)) }
        }
    };
    let body = html! {
        (turn(&home, monday))
        @if entries.is_empty() { (card::empty("No time in this week", "The clock starts with On my way and Start on the phone.", html! {}, html! {})) }
        @for day in days(monday) {
            @let that: Vec<&TimeEntry> = entries.iter().filter(|entry| on(&access, entry, day) > 0 || say::local(entry.starts_at, &access.tenant().locale).date() == day).collect();
            @if !that.is_empty() {
                @let paid: i64 = that.iter().filter(|entry| is_paid(entry)).map(|entry| on(&access, entry, day)).sum();
                section."mb-6" aria-label=(say::long_day(day)) {
                    div.sect-head { h2 { (say::long_day(day)) } span.num.strong { (say::minutes(paid / 60)) } }
                    @for entry in that.iter().filter(|entry| say::local(entry.starts_at, &access.tenant().locale).date() == day || day == monday) { (line(entry)) }
                }
            }
        }
    };
    let crumbs = vec![("Jobs".into(), "/jobs".into()), ("Working time".into(), format!("/timesheets?week={monday}"))];
    let actions = export(&access, monday, Some(id));
    let frame = Frame { title: who.name, active: "/jobs", crumbs, actions, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

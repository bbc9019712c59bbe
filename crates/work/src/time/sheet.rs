//! The week in working time: everybody's by day, and one technician's with every stretch.
use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path, Query},
    row, sql,
};
use maud::{Markup, html};
use scheduling::{TechnicianId, say, technician};
use schemars::JsonSchema;
use serde::Deserialize;
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

/// A day of the company's calendar, and when it begins and ends.
#[derive(Debug, Clone, Copy)]
struct Day {
    date: Date,
    from: Timestamp,
    to: Timestamp,
}

fn days(scope: &Scope, monday: Date) -> [Day; 7] {
    let midnight = |n: i64| say::midnight(monday.saturating_add(n.days()), &scope.tenant().locale);
    [0, 1, 2, 3, 4, 5, 6].map(|n| Day { date: monday.saturating_add(n.days()), from: midnight(n), to: midnight(n + 1) })
}

/// Seconds of the entry that fall on the day: a night's work is on two days.
fn on(entry: &TimeEntry, day: Day, now: Timestamp) -> i64 {
    let (starts, ends) = (entry.starts_at.max(day.from), entry.ends_at.unwrap_or(now).min(day.to));
    ends.duration_since(starts).as_secs().max(0)
}

row! {
    /// What somebody did of one kind on one day of the week, 1 to 7.
    struct Spent { technician_id: TechnicianId, technician_name: String, day: i64, kind: Kind, seconds: i64 }
}
sql! {
    // However many stretches there are, there are as many rows as people, days and kinds. None is longer than a day, but the one
    // that somebody forgot to end.
    fn spent(from: Timestamp, to: Timestamp, begins: Vec<Timestamp>, ends: Vec<Timestamp>, now: Timestamp) -> Vec<Spent> = "
        select e.technician_id, t.name as technician_name, d.day, e.kind,
               sum(floor(extract(epoch from greatest(least(coalesce(e.ends_at, $6), d.ends) - greatest(e.starts_at, d.begins), interval '0'))))::bigint as seconds
        from time_entry e join technician t on t.tenant_id = $1 and t.id = e.technician_id
        join unnest($4::timestamptz[], $5::timestamptz[]) with ordinality d(begins, ends, day) on e.starts_at < d.ends and coalesce(e.ends_at, $6) >= d.begins
        where e.tenant_id = $1 and e.starts_at >= $2::timestamptz - interval '7 days' and e.starts_at < $3 and (e.ends_at is null or e.ends_at > $2)
        group by e.technician_id, t.name, d.day, e.kind order by t.name, e.technician_id, d.day, e.kind";
}

fn is_paid(kind: Kind) -> bool {
    kind != Kind::Break
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
    let days = days(&access, monday);
    let (begins, ends) = days.iter().map(|day| (day.from, day.to)).unzip();
    let found = access.read(spent(days[0].from, days[6].to, begins, ends, access.now())).await?;
    let people: Vec<&[Spent]> = found.chunk_by(|a, b| a.technician_id == b.technician_id).collect();
    let mut columns = vec![Column::lead("Technician")];
    columns.extend(days.iter().map(|day| Column::number(day.date.strftime("%a").to_string())));
    columns.extend([Column::number("At work"), Column::number("On the way"), Column::number("Breaks")]);
    let sum = |theirs: &[Spent], of: &dyn Fn(&Spent) -> bool| {
        length(theirs.iter().filter(|spent| of(spent)).map(|spent| spent.seconds).sum())
    };
    let row = |theirs: &&[Spent]| {
        let who = theirs.first();
        let cell = html! { @if let Some(who) = who { a.link href={ "/timesheets/" (who.technician_id) "?week=" (monday) } { (who.technician_name) } } };
        let mut cells = vec![cell];
        cells.extend((1..=7).map(|day| sum(theirs, &|spent| is_paid(spent.kind) && spent.day == day)));
        cells.extend([Kind::Work, Kind::Travel, Kind::Break].map(|kind| sum(theirs, &|spent| spent.kind == kind)));
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
    let days = days(&access, monday);
    let entries = access.read(touching(days[0].from, days[6].to, id)).await?;
    let now = access.now();
    let begun_on = |entry: &TimeEntry, day: Day| (day.from..day.to).contains(&entry.starts_at);
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
        let long = html! { span.num { (say::minutes(entry.seconds(now) / 60)) } };
        html! {
            (card::line(sign, entry.kind.label(), &words.into_iter().flatten().collect::<Vec<_>>().join(" · "), long))
            @if may { (draw::edit(&access, entry, &home)) }
        }
    };
    let body = html! {
        (turn(&home, monday))
        @if entries.is_empty() { (card::empty("No time in this week", "The clock starts with On my way and Start on the phone.", html! {}, html! {})) }
        @for day in days {
            @let that: Vec<&TimeEntry> = entries.iter().filter(|entry| on(entry, day, now) > 0 || begun_on(entry, day)).collect();
            @if !that.is_empty() {
                @let paid: i64 = that.iter().filter(|entry| is_paid(entry.kind)).map(|entry| on(entry, day, now)).sum();
                section."mb-6" aria-label=(say::long_day(day.date)) {
                    div.sect-head { h2 { (say::long_day(day.date)) } span.num.strong { (say::minutes(paid / 60)) } }
                    @for entry in that.iter().filter(|entry| begun_on(entry, day) || day.date == monday) { (line(entry)) }
                }
            }
        }
    };
    let crumbs = vec![("Jobs".into(), "/jobs".into()), ("Working time".into(), format!("/timesheets?week={monday}"))];
    let actions = export(&access, monday, Some(id));
    let frame = Frame { title: who.name, active: "/jobs", crumbs, actions, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

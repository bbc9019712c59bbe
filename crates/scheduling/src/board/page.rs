//! The board's page: a day, the tray, the lanes, and one job beside them.
use jiff::{Span, civil::Date};
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path, Query, Redirect},
};
use maud::{Markup, html};
use tenancy::{
    shell::{self, Frame},
    team::TeamId,
};

use super::{Loaded, Only, list, load, map, only, pane, viewers, week};
use crate::{
    appointment::{AppointmentId, find},
    permissions::{AppointmentsWrite, BoardRead, TechniciansWrite},
    say,
    skill::SkillId,
};

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct BoardQuery {
    /// The day; today when not given.
    pub date: Option<Date>,
    /// The job in the panel.
    pub job: Option<AppointmentId>,
    /// "list" for the day as a table, "map" for where it is, "week" for its week.
    pub view: Option<String>,
    /// Lanes of those in this team alone.
    pub team: Option<TeamId>,
    /// Lanes of those who can this alone.
    pub skill: Option<SkillId>,
    /// The map of the day beside its lanes.
    #[serde(default)]
    pub map: bool,
}

pub async fn page(access: Access<BoardRead>, Query(query): Query<BoardQuery>) -> Result<Page> {
    let date = query.date.unwrap_or(access.local_now().date());
    let only = Only { team: query.team, skill: query.skill, map: query.map };
    match query.view.as_deref() {
        Some("map") => map::page(&access, date, only).await,
        Some("list") => list::page(&access, date, only).await,
        Some("week") => week::page(&access, date, only).await,
        _ => board_with(&access, date, only, query.job, None).await,
    }
}

/// The board with a job open beside it, and what was refused, if something was.
pub async fn board_with(
    scope: &Scope,
    date: Date,
    only: Only,
    job: Option<AppointmentId>,
    refused: Option<String>,
) -> Result<Page> {
    let (loaded, near) = match only.map {
        true => map::beside(scope, date, only).await.map(|(loaded, near)| (loaded, Some(near)))?,
        false => (load(scope, date, only).await?, None),
    };
    let near = near.map(|near| beside(date, only, near));
    let pane = match job {
        Some(job) => pane::pane(scope, job, &only::address(date, "", only), date, refused.as_deref()).await?,
        None => html! {},
    };
    let may = scope.can::<AppointmentsWrite>();
    let body = match loaded.technicians.is_empty() && loaded.tray.is_empty() && !only.is_set() {
        true => nobody_yet(scope),
        false => loaded.board().show(
            bar(scope, &loaded, ""),
            &loaded.slips(may),
            &loaded.lanes(job, may),
            html! { @if let Some(near) = &near { (near) } (pane) },
        ),
    };
    let frame = Frame { title: "Board".into(), active: "/board", wide: true, folded: true, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    let page = if only.map { map::with_tiles(scope, page) } else { page };
    Ok(Page { status: if refused.is_some() { 422 } else { page.status }, ..page })
}

/// The map at the side of the lanes, drawn again when something of the day changes.
fn beside(date: Date, only: Only, near: Markup) -> Markup {
    let away = only::address(date, "", Only { map: false, ..only });
    html! {
        aside."bd-map" aria-labelledby="bd-map-h" {
            div."bd-map-h" { h2 #bd-map-h { "Map" } (ui::link_button("Close map", away).quiet().small().icon_only("x")) }
            div.map #board-map data-live="appointment.* technician.*" data-live-src={ "/board/map?date=" (date) (only.suffix()) } { (near) }
        }
    }
}

/// Day before, day after, today; day, week, list or map; whose lanes; who else is here.
pub(super) fn bar(scope: &Scope, loaded: &Loaded, view: &str) -> Markup {
    let only = loaded.only;
    let near = |days: i64| only::address(loaded.date.saturating_add(Span::new().days(days)), view, only);
    let today = only::address(say::local(loaded.now, &loaded.locale).date(), view, only);
    html! {
        (ui::board::day_turner(&loaded.date.to_string(), &say::day(loaded.date), (&near(-1), &near(1), &today)))
        (views(loaded.date, view, only))
        (only.chips(loaded.date, view, &loaded.teams, &loaded.skills))
        @if view.is_empty() { (map_toggle(loaded.date, only)) }
        @if view.is_empty() { (ui::board::viewers(&viewers::shown(&loaded.others))) }
        @if view == "list" { (exports::button(scope, "appointments", &loaded.question())) }
        (new_job(scope, loaded.date))
    }
}

fn map_toggle(date: Date, only: Only) -> Markup {
    let other = only::address(date, "", Only { map: !only.map, ..only });
    let words = if only.map { "Without map" } else { "Map beside" };
    html! { span."bd-map-b" { (ui::link_button(words, other).quiet().small().icon("map")) } }
}

fn new_job(scope: &Scope, date: Date) -> Markup {
    html! { @if scope.can::<AppointmentsWrite>() {
        span.wide { (ui::link_button("New job", format!("/appointments/new?date={date}")).icon("plus").primary()) }
    } }
}

/// The same day in other ways.
fn views(date: Date, view: &str, only: Only) -> Markup {
    let all = [("Day", ""), ("Week", "week"), ("List", "list"), ("Map", "map")];
    // The map stands beside the day alone.
    let of = |other: &str| Only { map: only.map && other.is_empty(), ..only };
    let part = |(word, other): (&'static str, &str)| (word, only::address(date, other, of(other)), other == view);
    ui::filters::segments("View", &all.map(part))
}

/// Week before, week after, this week.
pub(super) fn week_bar(scope: &Scope, date: Date, monday: Date, chips: Markup, only: Only) -> Markup {
    let near = |days: i64| only::address(date.saturating_add(Span::new().days(days)), "week", only);
    let today = only::address(scope.local_now().date(), "week", only);
    let words = format!("{} – {}", say::day(monday), say::day(monday.saturating_add(Span::new().days(6))));
    html! {
        (ui::board::day_turner(&date.to_string(), &words, (&near(-7), &near(7), &today)))
        (views(date, "week", only))
        (chips)
        (new_job(scope, date))
    }
}

pub(super) fn nobody_yet(scope: &Scope) -> Markup {
    let verb = match scope.can::<TechniciansWrite>() {
        true => html! { (ui::link_button("Add a technician", "/technicians/new").icon("user-plus").primary()) },
        false => html! { p.dim { "An owner or service manager can add one." } },
    };
    ui::card::empty(
        "Nobody to send yet",
        "The board shows a lane for each technician and a tray for jobs that have nobody. Add the first technician, and jobs can be booked.",
        verb,
        html! {},
    )
}

/// The short address of a job: its day's board with the job open.
pub async fn job(access: Access<BoardRead>, Path(id): Path<AppointmentId>) -> Result<Redirect> {
    let found = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let date = say::local(found.starts_at, &access.tenant().locale).date();
    Ok(Redirect::to(format!("/board?date={date}&job={id}")))
}

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
}

pub async fn page(access: Access<BoardRead>, Query(query): Query<BoardQuery>) -> Result<Page> {
    let date = query.date.unwrap_or(access.local_now().date());
    let only = Only { team: query.team, skill: query.skill };
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
    let loaded = load(scope, date, only).await?;
    let pane = match job {
        Some(job) => pane::pane(scope, job, &only::address(date, "", only), date, refused.as_deref()).await?,
        None => html! {},
    };
    let may = scope.can::<AppointmentsWrite>();
    let body = match loaded.technicians.is_empty() && loaded.tray.is_empty() && !only.is_set() {
        true => nobody_yet(scope),
        false => loaded.board().show(bar(scope, &loaded, ""), &loaded.slips(may), &loaded.lanes(job, may), pane),
    };
    let frame = Frame { title: "Board".into(), active: "/board", wide: true, folded: true, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if refused.is_some() { 422 } else { page.status }, ..page })
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
        @if view.is_empty() { (ui::board::viewers(&viewers::shown(&loaded.others))) }
        @if view == "list" { (exports::button(scope, "appointments", &loaded.question())) }
        (new_job(scope, loaded.date))
    }
}

fn new_job(scope: &Scope, date: Date) -> Markup {
    html! { @if scope.can::<AppointmentsWrite>() {
        span.wide { (ui::link_button("New job", format!("/appointments/new?date={date}")).icon("plus").primary()) }
    } }
}

/// The same day in other ways.
fn views(date: Date, view: &str, only: Only) -> Markup {
    let all = [("Day", ""), ("Week", "week"), ("List", "list"), ("Map", "map")];
    let part = |(word, other): (&'static str, &str)| (word, only::address(date, other, only), other == view);
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

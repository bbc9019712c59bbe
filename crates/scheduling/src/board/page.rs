//! The board's page: a day, the tray, the lanes, and one job beside them.
use jiff::{Span, civil::Date};
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path, Query, Redirect},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};

use super::{Loaded, list, load, pane, week};
use crate::{
    appointment::{AppointmentId, find},
    permissions::{AppointmentsWrite, BoardRead, TechniciansWrite},
};

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct BoardQuery {
    /// The day; today when not given.
    pub date: Option<Date>,
    /// The job in the panel.
    pub job: Option<AppointmentId>,
    /// "list" for the day as a table, "week" for its week.
    pub view: Option<String>,
}

pub async fn page(access: Access<BoardRead>, Query(query): Query<BoardQuery>) -> Result<Page> {
    let date = query.date.unwrap_or(access.local_now().date());
    match query.view.as_deref() {
        Some("list") => list::page(&access, date).await,
        Some("week") => week::page(&access, date).await,
        _ => board_with(&access, date, query.job, None).await,
    }
}

/// The board with a job open beside it, and what was refused, if something was.
pub async fn board_with(
    scope: &Scope,
    date: Date,
    job: Option<AppointmentId>,
    refused: Option<String>,
) -> Result<Page> {
    let loaded = load(scope, date).await?;
    let pane = match job {
        Some(job) => pane::pane(scope, job, date, refused.as_deref()).await?,
        None => html! {},
    };
    let may = scope.can::<AppointmentsWrite>();
    let body = match loaded.technicians.is_empty() && loaded.tray.is_empty() {
        true => nobody_yet(scope),
        false => loaded.board().show(bar(scope, &loaded, "day"), &loaded.slips(may), &loaded.lanes(job, may), pane),
    };
    let frame = Frame { title: "Board".into(), active: "/board", wide: true, folded: true, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if refused.is_some() { 422 } else { page.status }, ..page })
}

/// Day before, day after, today; day or list.
pub(super) fn bar(scope: &Scope, loaded: &Loaded, view: &str) -> Markup {
    let near = |days: i64| loaded.date.saturating_add(Span::new().days(days));
    let suffix = if view == "list" { "&view=list" } else { "" };
    let address = |date: Date| format!("/board?date={date}{suffix}");
    let (before, after) = (address(near(-1)), address(near(1)));
    let today = format!("/board{}", if view == "list" { "?view=list" } else { "" });
    html! {
        (ui::board::day_turner(&loaded.date.to_string(), &crate::say::day(loaded.date), (&before, &after, &today)))
        (views(loaded.date, view))
        @if view == "list" { (exports::button(scope, "appointments", &loaded.question())) }
        @if scope.can::<AppointmentsWrite>() {
            span."ml-auto".wide { (ui::link_button("New job", format!("/appointments/new?date={}", loaded.date)).icon("plus").primary()) }
        }
    }
}

/// Day, week or list of the same day.
fn views(date: Date, view: &str) -> Markup {
    let [day, week, list] = ["", "&view=week", "&view=list"].map(|view| format!("/board?date={date}{view}"));
    ui::filters::segments(
        "View",
        &[("Day", &day, view == "day"), ("Week", &week, view == "week"), ("List", &list, view == "list")],
    )
}

/// Week before, week after, this week.
pub(super) fn week_bar(scope: &Scope, date: Date, monday: Date) -> Markup {
    let address = |days: i64| format!("/board?date={}&view=week", date.saturating_add(Span::new().days(days)));
    let words =
        format!("{} – {}", crate::say::day(monday), crate::say::day(monday.saturating_add(Span::new().days(6))));
    html! {
        (ui::board::day_turner(&date.to_string(), &words, (&address(-7), &address(7), "/board?view=week")))
        (views(date, "week"))
        @if scope.can::<AppointmentsWrite>() {
            span."ml-auto".wide { (ui::link_button("New job", format!("/appointments/new?date={date}")).icon("plus").primary()) }
        }
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
    let date = crate::say::local(found.starts_at, &access.tenant().locale).date();
    Ok(Redirect::to(format!("/board?date={date}&job={id}")))
}

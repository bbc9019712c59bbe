//! How far a job is, and the one button that is always the next verb; asked for again when the office changes something.
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path},
};
use maud::{Markup, html};
use scheduling::{appointment::Status, say};
use ui::tech::{foot, progress, verb_missing};

use super::{Visit, with_job};
use crate::{
    AppointmentId,
    order::{self, finish, show::Whole},
    permissions::WorkOwn,
    question,
    visit::draw,
};

/// The rail and the foot stand outside of the scrolling part, so they are asked for by themselves.
pub async fn progress_part(access: Access<WorkOwn>, Path(id): Path<AppointmentId>) -> Result<Page> {
    Ok(match mine_now(&access, id).await? {
        Some((visit, whole)) => rail(&access, &visit, whole.as_ref()).into(),
        None => html! {}.into(),
    })
}

/// What comes next, as the office may have changed it; and the way back when the job is somebody else's by now.
pub async fn next_part(access: Access<WorkOwn>, Path(id): Path<AppointmentId>) -> Result<Page> {
    Ok(match mine_now(&access, id).await? {
        Some((visit, whole)) => foot(verb(&visit, whole.as_ref())).into(),
        None => foot(html! {
            p.t13.soft."text-center" role="status" { "The office has taken this job off your day." }
            a.verb href="/tech" { (ui::icon("chevron-left")) "My day" }
        })
        .into(),
    })
}

async fn mine_now(scope: &Scope, id: AppointmentId) -> Result<Option<(Visit, Option<Whole>)>> {
    match with_job(scope, id).await {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The one button: what comes next. `whole` tells what is still missing before the end.
pub(super) fn verb(visit: &Visit, whole: Option<&Whole>) -> Markup {
    let missing = || {
        let lines = whole.and_then(|whole| finish::missing(&whole.order)).map(str::to_owned);
        lines.or_else(|| whole.and_then(|whole| question::missing(&whole.questions))).unwrap_or_default()
    };
    let to = |step: &str| format!("/tech/jobs/{}/{step}", visit.id);
    let begun = visit.order_status == Some(order::Status::InProgress);
    let goes_on = whole.is_some_and(|whole| draw::is_not_the_last(&whole.visits, visit.id));
    match visit.status {
        _ if visit.order_status.is_some_and(order::Status::is_over) || visit.again_for.is_some() => html! {},
        Status::Requested | Status::Confirmed => ui::tech::verb(&to("en-route"), "truck", "On my way"),
        Status::EnRoute => ui::tech::verb(&to("start"), "map-pin", "Arrived, start job"),
        _ if visit.order_status == Some(order::Status::OnHold) => {
            ui::tech::verb(&to("resume"), "play", "Go on with the job")
        }
        Status::OnSite if !begun => ui::tech::verb(&to("start"), "wrench", "Start job"),
        Status::OnSite if goes_on => ui::tech::verb(&to("end"), "check", "End my visit"),
        Status::Completed if goes_on => html! {},
        Status::OnSite => verb_missing(&to("finish"), "check", "Finish job", &missing()),
        Status::Completed if begun => verb_missing(&to("finish"), "check", "Finish job", &missing()),
        Status::Completed | Status::Cancelled | Status::NoShow => html! {},
    }
}

pub(super) fn rail(scope: &Scope, visit: &Visit, whole: Option<&Whole>) -> Markup {
    let locale = &scope.tenant().locale;
    let clock = |at: Option<jiff::Timestamp>| {
        at.map(|at| say::clock(say::local(at, locale).time(), locale)).unwrap_or_default()
    };
    let order = whole.map(|whole| &whole.order);
    // Of several visits each has its own beginning and end; the job's are those of the first and the last.
    let several = whole.is_some_and(|whole| whole.visits.len() > 1);
    let here = whole.and_then(|whole| whole.visits.iter().find(|one| one.appointment_id == visit.id));
    let (started, finished) = match several {
        true => (here.and_then(|here| here.begun_at), visit.completed_at),
        false => (
            order.and_then(|order| order.started_at),
            order.and_then(|order| order.completed_at).or(visit.completed_at),
        ),
    };
    let arrived = visit.arrived_at.or(started);
    let worked = match (started, finished) {
        (Some(started), None) => say::minutes((scope.now().duration_since(started).as_secs() / 60).max(0)),
        _ => String::new(),
    };
    let (way, there, begun, over) = (clock(visit.en_route_at), clock(arrived), clock(started), clock(finished));
    let working = started.is_some() && finished.is_none();
    let held = order.is_some_and(|order| order.status == order::Status::OnHold);
    let last = if held {
        ("On hold", "", false, true)
    } else if working {
        ("Working", worked.as_str(), false, true)
    } else {
        ("Finished", over.as_str(), finished.is_some(), false)
    };
    progress(&[
        ("On my way", &way, visit.en_route_at.is_some() || arrived.is_some(), visit.status == Status::EnRoute),
        ("Arrived", &there, arrived.is_some(), false),
        ("Started", &begun, started.is_some(), false),
        last,
    ])
}

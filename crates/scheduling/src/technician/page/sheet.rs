//! The page of one technician: about, week, time off, leaving.
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path},
};
use maud::html;
use tenancy::shell;
use ui::{Filled, form};

use super::{Back, about, differs, fields, frame, licences, off, planning, skills, version, week};
use crate::{
    area, credential, exception, on_call,
    permissions::{BoardRead, TechniciansWrite},
    shift, skill,
    technician::{TechnicianId, find, planning_of},
    time_off,
};

pub async fn page(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Page> {
    draw(&access, id, None).await
}

pub(super) async fn draw(scope: &Scope, id: TechnicianId, back: Option<Back>) -> Result<Page> {
    let (now, today) = (scope.now(), scope.local_now().date());
    let week =
        (shift::of_technician(id), time_off::ahead(id, now), exception::ahead(id, today), on_call::ahead(id, now));
    let able = (skill::all(), skill::of_technician(id), credential::of_technician(id));
    let plan = (planning_of(id), area::in_use());
    let (found, (shifts, off, exceptions, calls), (skills, held, licences), (planning, areas)) =
        scope.read((find(id), week, able, plan)).await?;
    let (t, planning) = found.zip(planning).ok_or(Error::NotFound)?;
    let panels = shell::panels(scope, "technician.page", id.0, &format!("/technicians/{id}")).await;
    let may = scope.can::<TechniciansWrite>();
    let typed = |which: &str, or: Filled| match &back {
        Some((form, filled)) if *form == which => filled.clone(),
        _ => or,
    };
    let empty = |which: &str| typed(which, Filled::default());
    let about = typed("about", about::values(&t));
    let body = html! {
        @if t.shift_days == 0 && t.active { (ui::note("", html! { (t.name) " has no shifts, so nobody can book a job with them. Set the week below." })) }
        @if !may { p.dim { "Only those who may set up technicians can change this." } }
        (form::part("About", "", form::form(&format!("/technicians/{id}"), &about, html! {
            (version(&t)) (fields(&about))
            (form::actions(html! { (ui::button("Save").primary().disabled(!may)) }))
        })))
        (form::part("Skills", "A service is offered only with somebody who has what it needs, well enough.", skills::part(&t, &skills, &held, &empty("skills"), may)))
        (form::part("Licences", "", licences::part(id, &licences, today, &empty("licence"), may)))
        (form::part("Planning", "", planning::part(id, t.version, &areas, &typed("planning", planning::values(&planning)), may)))
        (form::part("Week", "On the company's clock. Leave a day empty that is free. An end at or before the start is on the next day.", week::form(&t, &shifts, &typed("week", week::values(&shifts)), may)))
        (form::part("Days that differ", "Other hours than the week says, or none.", differs::days(scope, id, &exceptions, &empty("day"), may)))
        (form::part("Time off", "", off::part(scope, &t, &off, &empty("off"), may)))
        (form::part("On call", "Outside the shift: may be sent by the office when something cannot wait.", differs::on_call(scope, id, &calls, &empty("on_call"), may)))
        @for panel in &panels { (panel) }
        @if may { (form::part(if t.active { "Leaving" } else { "Coming back" }, if t.active { "No new jobs can be booked, and the lane leaves the board. What was done stays." } else { "The lane is on the board again, and jobs can be booked." },
            form::verb_form(&format!("/technicians/{id}/{}", if t.active { "leave" } else { "return" }), html! {
                @if t.active { (ui::button("Takes no more jobs").danger()) } @else { (ui::button("Takes jobs again")) }
            }))) }
    };
    let page = frame(scope, &t.name, true, html! {}, body);
    Ok(Page { status: if back.is_some() { 422 } else { page.status }, ..page })
}

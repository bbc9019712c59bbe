//! The page of one technician: about, week, time off, leaving.
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path},
};
use maud::html;
use tenancy::shell;
use ui::{Filled, form};

use super::{Back, about, fields, frame, off, version, week};
use crate::{
    permissions::{BoardRead, TechniciansWrite},
    shift,
    technician::{TechnicianId, find},
    time_off,
};

pub async fn page(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Page> {
    draw(&access, id, None).await
}

pub(super) async fn draw(scope: &Scope, id: TechnicianId, back: Option<Back>) -> Result<Page> {
    let (found, shifts, off) =
        scope.read((find(id), shift::of_technician(id), time_off::ahead(id, scope.now()))).await?;
    let t = found.ok_or(Error::NotFound)?;
    let panels = shell::panels(scope, "technician.page", id.0, &format!("/technicians/{id}")).await;
    let may = scope.can::<TechniciansWrite>();
    let typed = |which: &str, or: Filled| match &back {
        Some((form, filled)) if *form == which => filled.clone(),
        _ => or,
    };
    let about = typed("about", about::values(&t));
    let week_filled = typed("week", week::values(&shifts));
    let off_filled = typed("off", Filled::default());
    let body = html! {
        @if t.shift_days == 0 && t.active { (ui::note("", html! { (t.name) " has no shifts, so nobody can book a job with them. Set the week below." })) }
        @if !may { p.dim { "Only those who may set up technicians can change this." } }
        (form::part("About", "", form::form(&format!("/technicians/{id}"), &about, html! {
            (version(&t)) (fields(&about))
            (form::actions(html! { (ui::button("Save").primary().disabled(!may)) }))
        })))
        (form::part("Week", "On the company's clock. Leave a day empty that is free. An end at or before the start is on the next day.", week::form(&t, &shifts, &week_filled, may)))
        (form::part("Time off", "", off::part(scope, &t, &off, &off_filled, may)))
        @for panel in &panels { (panel) }
        @if may { (form::part(if t.active { "Leaving" } else { "Coming back" }, if t.active { "No new jobs can be booked, and the lane leaves the board. What was done stays." } else { "The lane is on the board again, and jobs can be booked." },
            form::verb_form(&format!("/technicians/{id}/{}", if t.active { "leave" } else { "return" }), html! {
                @if t.active { (ui::button("Takes no more jobs").danger()) } @else { (ui::button("Takes jobs again")) }
            }))) }
    };
    let page = frame(scope, &t.name, true, html! {}, body);
    Ok(Page { status: if back.is_some() { 422 } else { page.status }, ..page })
}

//! Vehicles and tools: the list, and the form of one.
use kernel::{
    Access, Error, Result,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, card, field, form,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{Change, Kind, New, Resource, ResourceId, change, create, find, list::list};
use crate::permissions::{BoardRead, TechniciansWrite};

const KINDS: [(&str, &str); 2] = [("vehicle", "Vehicle"), ("tool", "Tool")];

fn crumbs() -> Vec<(String, String)> {
    vec![("Technicians".into(), "/technicians".into()), ("Vehicles and tools".into(), "/resources".into())]
}

pub async fn all(access: Access<BoardRead>) -> Result<Page> {
    let mut found = access.read(list(None)).await?;
    found.retain(|one| one.kind != Kind::Technician);
    let add = match access.can::<TechniciansWrite>() {
        true => html! { (ui::link_button("Add vehicle or tool", "/resources/new").icon("plus").primary()) },
        false => html! {},
    };
    let columns = [
        Column::lead("Name").width(34),
        Column::text("Kind").width(20),
        Column::text("Note"),
        Column::text("State").side(),
    ];
    let row = |one: &Resource| {
        let (state, says) = if one.active { ("active", "In use") } else { ("inactive", "Out of use") };
        let note = one.note.as_deref().map_or_else(|| nothing("No note"), |note| html! { (note) });
        let cells = vec![
            row_link(&format!("/resources/{}", one.id), &one.name, ""),
            html! { (one.kind.label()) },
            note.clone(),
            ui::status_saying(state, says),
        ];
        Row::new(one.id.to_string(), one.name.clone(), cells)
            .sub(html! { (one.kind.label()) @if one.note.is_some() { " · " (note) } })
    };
    let rows: Vec<Row> = found.iter().map(row).collect();
    let body = match rows.is_empty() {
        true => card::empty(
            "No vehicles or tools yet",
            "A van, a lift or a camera that several share: planned with a visit, it cannot be in two places.",
            add.clone(),
            html! {},
        ),
        false => ui::filters::list(Table::new("Vehicles and tools", &columns).show(&rows)),
    };
    let crumbs = vec![("Technicians".into(), "/technicians".into())];
    let frame = Frame {
        title: "Vehicles and tools".into(),
        active: "/technicians",
        crumbs,
        actions: add,
        wide: true,
        body,
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

fn draw_new(access: &Access<TechniciansWrite>, filled: &Filled) -> Page {
    let kinds = KINDS.map(|(value, says)| (value.to_owned(), says.to_owned()));
    let body = form::form(
        "/resources/new",
        filled,
        html! {
            (form::pair(html! {
                (field::text(filled, "name", "Name").required().most(120).hint("Such as Van 3, or Drain camera."))
                (field::select(filled, "kind", "Kind", &kinds).required())
            }))
            (field::text(filled, "note", "Note").most(500).hint("The plate, where it is kept, what to mind."))
            (form::actions(html! { (button("Add").primary()) }))
        },
    );
    let frame = Frame {
        title: "New vehicle or tool".into(),
        active: "/technicians",
        crumbs: crumbs(),
        body,
        ..Frame::default()
    };
    let page = shell::page(access, frame);
    Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page }
}

pub async fn new(access: Access<TechniciansWrite>) -> Result<Page> {
    Ok(draw_new(&access, &Filled::of([("kind", "vehicle".to_owned())])))
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn new_post(access: Access<TechniciansWrite>, form: Form<New>) -> Answer {
    let work = async |new: New| {
        access
            .once(async |tx| {
                let made = create(tx, &new).await?;
                Ok(Redirect::to("/resources").toast(&format!("{} is added.", made.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw_new(&access, &shell::filled(typed)))),
    }
}

fn draw(access: &Access<TechniciansWrite>, one: &Resource, filled: &Filled) -> Page {
    let to = format!("/resources/{}", one.id);
    let version = || field::hidden("version", one.version.to_string());
    let body = html! {
        (form::form(&to, filled, html! {
            (version())
            (field::text(filled, "name", "Name").required().most(120))
            (field::text(filled, "note", "Note").most(500))
            (form::actions(html! { (button("Save").primary()) }))
        }))
        div."mt-6" { (form::verb_form(&to, html! {
            (version()) (field::hidden("active", (!one.active).to_string()))
            @if one.active { (button("Take out of use").quiet().icon("archive")) } @else { (button("Put back in use").icon("rotate-ccw")) }
        })) }
    };
    let frame = Frame { title: one.name.clone(), active: "/technicians", crumbs: crumbs(), body, ..Frame::default() };
    let page = shell::page(access, frame);
    Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page }
}

async fn known(access: &Access<TechniciansWrite>, id: ResourceId) -> Result<Resource> {
    access.read(find(id)).await?.filter(|one| one.kind != Kind::Technician).ok_or(Error::NotFound)
}

pub async fn edit(access: Access<TechniciansWrite>, Path(id): Path<ResourceId>) -> Result<Page> {
    let one = known(&access, id).await?;
    let values = [("name", one.name.clone()), ("note", one.note.clone().unwrap_or_default())];
    Ok(draw(&access, &one, &Filled::of(values)))
}

pub async fn edit_post(access: Access<TechniciansWrite>, Path(id): Path<ResourceId>, form: Form<Change>) -> Answer {
    let version = form.version()?;
    let work = async |input: Change| {
        access
            .once(async |tx| {
                let changed = change(tx, id, version, &input).await?;
                Ok(Redirect::to("/resources").toast(&format!("{} is saved.", changed.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &known(&access, id).await?, &shell::filled(typed)))),
    }
}

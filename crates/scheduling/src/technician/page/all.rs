//! All technicians by name, with what is missing before work can be offered to them.
use kernel::{Access, Result, http::Page};
use maud::html;
use tenancy::shell::{self, Frame};
use ui::table::{Column, Row, Table, nothing, row_link};

use crate::{
    permissions::{BoardRead, TechniciansWrite},
    technician::{TechnicianId, list},
};

pub async fn page(access: Access<BoardRead>) -> Result<Page> {
    let technicians = access.read(list(None, None, TechnicianId::max(), 200)).await?;
    let may = access.can::<TechniciansWrite>();
    let columns = [
        Column::lead("Technician").width(34),
        Column::text("Skills"),
        Column::text("Shifts").width(22),
        Column::text("State").side(),
    ];
    let rows: Vec<Row> = technicians
        .iter()
        .map(|t| {
            let shifts = match t.shift_days {
                0 => html! { span.tone-warn { "No shifts, is offered no work" } },
                1 => html! { "1 day a week" },
                days => html! { (days) " days a week" },
            };
            let skills = if t.skills.is_empty() {
                nothing("No skills")
            } else {
                html! { (t.skills) }
            };
            let state = if t.active { "active" } else { "inactive" };
            let sub = html! { (shifts) @if !t.skills.is_empty() { " · " (t.skills) } };
            let cells = vec![
                row_link(&format!("/technicians/{}", t.id), &t.name, ""),
                skills,
                shifts,
                ui::status_saying(state, if t.active { "Active" } else { "Gone" }),
            ];
            Row::new(t.id.to_string(), t.name.clone(), cells).sub(sub)
        })
        .collect();
    let add = if may {
        html! { (ui::link_button("Add technician", "/technicians/new").icon("plus").primary()) }
    } else {
        html! {}
    };
    let body = match rows.is_empty() {
        true => ui::card::empty(
            "No technicians yet",
            "A technician has a lane on the board, skills, and shifts in which jobs can be booked.",
            add.clone(),
            html! {},
        ),
        false => ui::filters::list(Table::new("Technicians", &columns).show(&rows)),
    };
    let body = html! { (body) div."mt-4"."flex"."flex-wrap"."gap-2" {
        (ui::link_button("Vehicles and tools", "/resources").icon("truck").quiet())
        (ui::link_button("Service areas", "/service-areas").icon("map-pin").quiet())
        (ui::link_button("Rules", "/settings/scheduling").icon("sliders-horizontal").quiet())
    } };
    let frame = Frame {
        title: "Technicians".into(),
        active: "/technicians",
        actions: add,
        wide: true,
        body,
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

//! What is missing, one thing a line, each with the deed that mends it; and a word on the first page until nothing is.
use kernel::{Access, Result, Scope, Uuid, http::Page};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{button, card, field, form};

use super::{Fault, Kind, faults};
use crate::permissions::{BoardRead, TechniciansWrite};

/// Where it can be looked at before, or mended otherwise.
fn href(fault: &Fault) -> String {
    match (fault.kind, fault.technician_id, fault.item_id, fault.area_id) {
        (_, Some(id), ..) => format!("/technicians/{id}"),
        (Kind::TooLong, _, Some(id), _) => format!("/price-book/{id}"),
        (_, _, Some(id), _) => format!("/price-book/{id}/scheduling"),
        (.., Some(id)) => format!("/service-areas/{id}"),
        _ => "/settings/scheduling".into(),
    }
}

fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::NoShifts => "calendar-off",
        Kind::TooLong | Kind::TooSoon | Kind::ItemTooSoon => "clock",
        Kind::NobodyCan | Kind::NobodyAll => "award",
        Kind::NobodyLicensed => "badge-check",
        Kind::NobodyGoes => "map-pin",
    }
}

fn line(fault: &Fault, may: bool) -> Markup {
    card::line_with(
        sign(fault.kind),
        &fault.says,
        html! { a.link href=(href(fault)) { "Look at it" } },
        html! { @if may { (form::verb_form("/setup/scheduling/fix", html! {
            (field::hidden("kind", fault.kind.as_str()))
            @for (name, id) in [("technician_id", fault.technician_id), ("item_id", fault.item_id), ("area_id", fault.area_id)] {
                @if let Some(id) = id { (field::hidden(name, id.to_string())) }
            }
            @if let Some(part) = &fault.part { (field::hidden("part", part.clone())) }
            (button(fault.verb.clone()).small())
        })) } },
    )
}

pub async fn page(access: Access<BoardRead>) -> Result<Page> {
    let faults = faults(&access).await?;
    let may = access.can::<TechniciansWrite>();
    // What other contexts know to be missing; an empty panel says that nothing is.
    let others = shell::panels(&access, "setup.scheduling", Uuid::nil(), "/setup/scheduling").await;
    let others: Vec<Markup> = others.into_iter().filter(|panel| !panel.0.is_empty()).collect();
    let body = html! {
        @for panel in &others { (panel) }
        @if faults.is_empty() && !others.is_empty() {
        } @else if faults.is_empty() {
            (card::empty("Nothing is missing", "Every service can be offered, and everybody who takes jobs has shifts.", html! { (ui::link_button("Open the board", "/board")) }, html! {}))
        } @else {
            p.soft."mb-4" { "Each of these keeps work from being offered. The button mends it in the usual way; the link leads to where you can mend it in yours." }
            @for fault in &faults { (line(fault, may)) }
        }
    };
    let crumbs = vec![("Technicians".into(), "/technicians".into())];
    let frame = Frame { title: "What is missing".into(), active: "/technicians", crumbs, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

/// On the first page, until nothing is missing.
pub async fn hand(scope: Scope, _: Uuid) -> Result<Markup> {
    let faults = faults(&scope).await?;
    Ok(html! { @if let Some(first) = faults.first() {
        @let what = if faults.len() == 1 { first.says.clone() } else { format!("{} things keep work from being offered", faults.len()) };
        @let why = if faults.len() == 1 { String::from("It can be mended with one click.") } else { format!("The first: {}", first.says) };
        (insights::hand::item("list-checks", insights::hand::Tone::Warn, &what, &why, "Mend", "/setup/scheduling"))
    } })
}

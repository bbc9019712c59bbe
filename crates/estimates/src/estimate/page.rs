//! The list of estimates on the screen.
use kernel::{
    Paged, Result, Scope,
    access::Access,
    http::{Page, Query},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{
    MenuItem, card, filters, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{
    Listed, Status,
    list::{Ask, Chip, list},
};
use crate::permissions::{EstimatesRead, EstimatesWrite};
use billing::written;

fn columns() -> [Column; 6] {
    [
        Column::lead("Estimate").width(16),
        Column::text("Customer").width(24),
        Column::text("About").width(24).drops(),
        Column::text("State").width(14),
        Column::text("Good until").width(11).drops(),
        Column::number("Total").width(11).side(),
    ]
}

/// Icon, colour and word of a state.
pub fn state(status: Status) -> Markup {
    let look = match status {
        Status::Draft => "draft",
        Status::Sent => "issued",
        Status::Viewed => "requested",
        Status::Approved => "paid",
        Status::Declined => "declined",
        Status::Expired => "overdue",
        Status::Withdrawn => "void",
    };
    ui::status_saying(look, status.label())
}

fn row(scope: &Scope, estimate: &Listed) -> Row {
    let today = scope.local_now().date();
    let href = format!("/estimates/{}", estimate.id);
    let called = estimate.number.clone().unwrap_or_else(|| "Draft".into());
    let until = estimate.valid_until.map(|day| written::short_day(day, today));
    let cells = vec![
        row_link(&href, &called, ""),
        html! { (estimate.customer_name) },
        html! { (estimate.title) },
        state(estimate.status),
        html! { @match &until { Some(day) => (day), None => (nothing("No end")) } },
        html! { (written::money(scope.tenant(), estimate.total)) },
    ];
    let sub = format!("{} · {} · {}", estimate.customer_name, estimate.title, estimate.status.label().to_lowercase());
    Row::new(estimate.id.to_string(), called, cells).sub(sub)
}

fn href(path: &str, ask: &Ask) -> String {
    ui::address(
        path,
        [
            ("q", ask.q.clone()),
            ("status", ask.status.map(|chip| chip.to_string())),
            ("customer_id", ask.customer_id.map(|id| id.to_string())),
            ("cursor", ask.cursor.clone()),
        ],
    )
}

/// For links from elsewhere.
pub fn of_chip(chip: Chip) -> String {
    href("/estimates", &Ask { status: Some(chip), ..Ask::default() })
}

/// Where the rows after these are.
fn next(ask: &Ask, found: &Paged<Listed>) -> Option<String> {
    let cursor = found.next_cursor.clone()?;
    Some(href("/estimates/rows", &Ask { cursor: Some(cursor), ..ask.clone() }))
}

pub async fn page(access: Access<EstimatesRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    let actions = html! { @if access.can::<EstimatesWrite>() { (link_button("New estimate", "/estimates/new").primary().icon("plus").key("n")) } };
    let part = html! { div #estimates.contents data-live="estimate.*" data-live-src=(href("/estimates/part", &ask)) { (inside(&access, &ask, &found)) } };
    let body = html! { (bar(&access, &ask)) (part) };
    let frame = Frame {
        title: "Estimates".into(),
        active: "/estimates",
        actions,
        body: filters::list(body),
        wide: true,
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

/// The part of the page that draws itself again when something happened.
pub async fn part(access: Access<EstimatesRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    Ok(inside(&access, &ask, &found).into())
}

/// The next rows, for "Load more".
pub async fn rows(access: Access<EstimatesRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|estimate| row(&access, estimate)).collect();
    Ok(Table::new("Estimates", &columns).next(found.data.len(), next(&ask, &found)).rows(&rows).into())
}

fn inside(scope: &Scope, ask: &Ask, found: &Paged<Listed>) -> Markup {
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|estimate| row(scope, estimate)).collect();
    let narrowed = ask.q.is_some() || ask.status.is_some() || ask.customer_id.is_some() || ask.cursor.is_some();
    let says = "No estimate has this number or state. The search knows numbers, such as EST-0042 or 42.";
    html! {
        @if !rows.is_empty() { (Table::new("Estimates", &columns).next(found.data.len(), next(ask, found)).show(&rows)) }
        @else if narrowed { (card::empty("No estimate here", says, html! { (link_button("Show all estimates", "/estimates")) }, html! {})) }
        @else { (none_yet(scope.can::<EstimatesWrite>())) }
    }
}

fn bar(scope: &Scope, ask: &Ask) -> Markup {
    let unpaged = Ask { cursor: None, ..ask.clone() };
    let with = |status| href("/estimates", &Ask { status, ..unpaged.clone() });
    let parts: Vec<(&str, String, bool)> = std::iter::once(("All", with(None), ask.status.is_none()))
        .chain(Chip::ALL.iter().map(|chip| (chip.label(), with(Some(*chip)), ask.status == Some(*chip))))
        .collect();
    let chips = match ask.customer_id {
        Some(_) => vec![filters::Chip {
            field: "Customer".into(),
            value: "one".into(),
            others: vec![],
            remove: href("/estimates", &Ask { customer_id: None, ..unpaged.clone() }),
        }],
        None => vec![],
    };
    let none: [MenuItem; 0] = [];
    let search = filters::search("/estimates", ask.q.as_deref().unwrap_or(""), "Number, such as 42", &[]);
    let export = exports::button(scope, "estimates", &href("/estimates", &unpaged));
    filters::bar(html! {}, html! { (search) (filters::segments("State", &parts)) }, &chips, &none, export)
}

fn none_yet(may_write: bool) -> Markup {
    let verb =
        html! { @if may_write { (link_button("Write an estimate", "/estimates/new").primary().large().icon("plus")) } };
    let sample = card::sample(
        "three ways to keep a house warm",
        html! {},
        html! { table.sample-t { tbody {
            tr { td { span.strong { "EST-0012" } } td { "Carmen Lopez" } td { (state(Status::Viewed)) } td.r { "$8,940.00" } }
            tr { td { span.strong { "EST-0011" } } td { "Oak Hill Dental" } td { (state(Status::Approved)) } td.r { "$2,310.00" } }
        } } },
    );
    let says = "Write what the work would cost, in one way or several. The customer chooses and signs on their phone; the job and the deposit invoice are made by themselves.";
    card::empty("Your estimates will stand here", says, verb, sample)
}

//! The office's list of jobs, with filters in the address.
use kernel::{
    Access, Paged, Result, Scope,
    http::{Page, Query},
};
use maud::{Markup, html};
use scheduling::{AppointmentsWrite, say};
use tenancy::shell::{self, Frame};
use ui::{
    MenuItem, card, filters, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

use crate::{
    order::{
        Status, WorkOrder,
        list::{ListQuery, list},
    },
    panels::status,
    permissions::{TimeRead, WorkRead},
};

fn href(path: &str, query: &ListQuery) -> String {
    ui::address(
        path,
        [
            ("q", query.q.clone()),
            ("status", query.status.map(|status| status.to_string())),
            ("customer_id", query.customer_id.map(|id| id.to_string())),
            ("technician_id", query.technician_id.map(|id| id.to_string())),
            ("cursor", query.cursor.clone()),
        ],
    )
}

fn columns() -> [Column; 6] {
    [
        Column::lead("Job").width(30),
        Column::text("Customer").width(22),
        Column::text("Status").width(14).side(),
        Column::text("Technician").width(14),
        Column::text("Visit").drops(),
        Column::number("Amount").width(10),
    ]
}

fn row(scope: &Scope, order: &WorkOrder) -> Row {
    let locale = &scope.tenant().locale;
    let at = order.visit_starts_at.or(order.started_at);
    let amount = order.subtotal().display(&locale.language);
    let sub = format!("{} · {}", order.customer_name, order.technician_name.as_deref().unwrap_or("nobody yet"));
    let cells = vec![
        row_link(&format!("/jobs/{}", order.id), &order.title, &order.called()),
        html! { (order.customer_name) },
        status(order),
        html! { @match &order.technician_name { Some(name) => (name), None => (nothing("nobody")) } },
        html! { @match at { Some(at) => span.num { (say::day(say::local(at, locale).date())) }, None => (nothing("none")) } },
        html! { @if order.lines == 0 { (nothing("no lines")) } @else { (amount) } },
    ];
    Row::new(order.id.to_string(), &order.title, cells).sub(sub)
}

/// Where the rows after these are.
fn next(query: &ListQuery, found: &Paged<WorkOrder>) -> Option<String> {
    let cursor = found.next_cursor.clone()?;
    Some(href("/jobs/rows", &ListQuery { cursor: Some(cursor), ..query.clone() }))
}

pub async fn page(access: Access<WorkRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let found = list(&access, &query).await?;
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|order| row(&access, order)).collect();
    let filtered = query.q.is_some()
        || query.status.is_some()
        || query.customer_id.is_some()
        || query.technician_id.is_some()
        || query.cursor.is_some();
    let body = filters::list(html! {
        (bar(&access, &query, &found.data))
        @if !rows.is_empty() { (Table::new("Jobs", &columns).next(found.data.len(), next(&query, &found)).show(&rows)) }
        @else if filtered { (card::empty("No job found", "A number such as J-1042 or part of a customer's name will do; or take a filter away.", html! { (link_button("Show all jobs", "/jobs")) }, html! {})) }
        @else { (card::empty("Jobs stand here once work begins", "A job is made when a technician starts a visit, with the booked service as its first line. What is added on site comes here at once, and the invoice is written from it.", html! { (link_button("Open the board", "/board").primary().large().icon("calendar-range")) }, html! {})) }
    });
    let actions = html! {
        @if access.can::<TimeRead>() { (link_button("Working time", "/timesheets").icon("clock")) }
        @if access.can::<AppointmentsWrite>() { (link_button("New job", "/appointments/new").icon("plus").primary()) }
    };
    Ok(shell::page(
        &access,
        Frame { title: "Jobs".into(), active: "/jobs", actions, body, wide: true, ..Frame::default() },
    ))
}

/// The next rows, for "Load more".
pub async fn rows(access: Access<WorkRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let found = list(&access, &query).await?;
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|order| row(&access, order)).collect();
    Ok(Table::new("Jobs", &columns).next(found.data.len(), next(&query, &found)).rows(&rows).into())
}

fn bar(scope: &Scope, query: &ListQuery, found: &[WorkOrder]) -> Markup {
    let unpaged = ListQuery { cursor: None, ..query.clone() };
    let with = |status| href("/jobs", &ListQuery { status, ..unpaged.clone() });
    let mut chips = vec![];
    if let Some(status) = query.status {
        let others = Status::ALL
            .iter()
            .map(|other| MenuItem::link(other.label(), with(Some(*other))).checked(*other == status))
            .collect();
        chips.push(filters::Chip { field: "Status".into(), value: status.label().into(), others, remove: with(None) });
    }
    // The names are those of the rows found; without a row nobody would know whose they are, and the chip says so.
    if query.customer_id.is_some() {
        let value = found.first().map_or("one customer", |order| &order.customer_name).to_owned();
        let remove = href("/jobs", &ListQuery { customer_id: None, ..unpaged.clone() });
        chips.push(filters::Chip { field: "Customer".into(), value, others: vec![], remove });
    }
    if query.technician_id.is_some() {
        let name = found.first().and_then(|order| order.technician_name.clone());
        let remove = href("/jobs", &ListQuery { technician_id: None, ..unpaged.clone() });
        chips.push(filters::Chip {
            field: "Technician".into(),
            value: name.unwrap_or_else(|| "one technician".into()),
            others: vec![],
            remove,
        });
    }
    let add: Vec<MenuItem> = match query.status {
        Some(_) => vec![],
        None => Status::ALL
            .iter()
            .map(|status| MenuItem::link(format!("Status is {}", status.label()), with(Some(*status))))
            .collect(),
    };
    let kept = [
        ("status", query.status.map(|status| status.to_string())),
        ("customer_id", query.customer_id.map(|id| id.to_string())),
        ("technician_id", query.technician_id.map(|id| id.to_string())),
    ];
    let keep: Vec<(&str, &str)> =
        kept.iter().filter_map(|(name, value)| value.as_deref().map(|value| (*name, value))).collect();
    let search = filters::search("/jobs", query.q.as_deref().unwrap_or(""), "Number or customer", &keep);
    filters::bar(html! {}, search, &chips, &add, exports::button(scope, "work-orders", &href("/jobs", &unpaged)))
}

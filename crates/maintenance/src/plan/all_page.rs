//! The list of plans.
use kernel::{
    Access, Paged, Result, Scope,
    http::{Page, Query},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{
    card, filters, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{
    Plan, Status,
    list::{ListQuery, asked},
};
use crate::{
    permissions::{MaintenanceRead, MaintenanceWrite},
    recurrence,
};

fn columns() -> [Column; 5] {
    [
        Column::lead("Plan").width(24),
        Column::text("Customer").width(24),
        Column::text("Comes round"),
        Column::text("With").width(16).drops(),
        Column::text("State").width(14).side(),
    ]
}

fn state(plan: &Plan) -> Markup {
    match plan.status {
        Status::Active if plan.trouble.is_some() => ui::status_saying("overdue", "Stuck"),
        Status::Active if plan.customer_archived => ui::status_saying("draft", "Archived"),
        Status::Active => ui::status_saying("active", "Active"),
        Status::Paused => ui::status_saying("requested", "Paused"),
        Status::Ended => ui::status_saying("inactive", "Ended"),
    }
}

fn row(plan: &Plan) -> Row {
    let words = recurrence::words(&plan.rule, plan.starts_on);
    let with = plan.technician_name.as_deref().map_or_else(|| nothing("Nobody in particular"), |name| html! { (name) });
    let cells = vec![
        row_link(&format!("/maintenance/{}", plan.id), &plan.item_name, ""),
        html! { (plan.customer_name) },
        html! { (words) },
        with,
        state(plan),
    ];
    Row::new(plan.id.to_string(), plan.item_name.clone(), cells).sub(html! { (plan.customer_name) " · " (words) })
}

fn href(path: &str, query: &ListQuery) -> String {
    let pairs = [
        ("status", query.status.map(|status| status.to_string())),
        ("customer_id", query.customer_id.map(|id| id.to_string())),
        ("cursor", query.cursor.clone()),
    ];
    let pairs: Vec<String> = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Where the rows after these are.
fn next(query: &ListQuery, found: &Paged<Plan>) -> Option<String> {
    let cursor = found.next_cursor.clone()?;
    Some(href("/maintenance/rows", &ListQuery { cursor: Some(cursor), ..query.clone() }))
}

pub async fn page(access: Access<MaintenanceRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let found = asked(&access, &query).await?;
    let add = html! { @if access.can::<MaintenanceWrite>() { (link_button("New plan", "/maintenance/new").icon("plus").primary().key("n")) } };
    let body = html! { (bar(&access, &query, found.data.first())) (inside(&query, &found, &add)) };
    let frame = Frame {
        title: "Maintenance".into(),
        active: "/maintenance",
        actions: add,
        body: filters::list(body),
        wide: true,
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

fn inside(query: &ListQuery, found: &Paged<Plan>, add: &Markup) -> Markup {
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(row).collect();
    let narrowed = query.status.is_some() || query.customer_id.is_some() || query.cursor.is_some();
    html! {
        @if !rows.is_empty() { (Table::new("Maintenance plans", &columns).next(found.data.len(), next(query, found)).show(&rows)) }
        @else if narrowed { (card::empty("No plan here", "No maintenance plan is like that.", html! { (link_button("Show all plans", "/maintenance")) }, html! {})) }
        @else { (card::empty("No maintenance plans yet", "A tune-up every spring, a filter every three months: a plan books its visits by itself, two months ahead.", add.clone(), html! {})) }
    }
}

/// The next rows, for "Load more".
pub async fn rows(access: Access<MaintenanceRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let found = asked(&access, &query).await?;
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(row).collect();
    Ok(Table::new("Maintenance plans", &columns).next(found.data.len(), next(&query, &found)).rows(&rows).into())
}

fn bar(_: &Scope, query: &ListQuery, first: Option<&Plan>) -> Markup {
    let unpaged = ListQuery { cursor: None, limit: None, ..query.clone() };
    let with = |status| href("/maintenance", &ListQuery { status, ..unpaged.clone() });
    let parts: Vec<(&str, String, bool)> = std::iter::once(("All", with(None), query.status.is_none()))
        .chain(Status::ALL.iter().map(|one| (one.label(), with(Some(*one)), query.status == Some(*one))))
        .collect();
    let chips: Vec<filters::Chip> = query
        .customer_id
        .map(|_| filters::Chip {
            field: "Customer".into(),
            value: first.map_or("one", |plan| plan.customer_name.as_str()).to_owned(),
            others: vec![],
            remove: href("/maintenance", &ListQuery { customer_id: None, ..unpaged.clone() }),
        })
        .into_iter()
        .collect();
    filters::bar(filters::segments("State", &parts), html! {}, &chips, &[], html! {})
}

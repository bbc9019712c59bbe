//! The list of invoices on the screen.
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
use crate::{
    permissions::{InvoicesRead, InvoicesWrite},
    written,
};

fn columns() -> [Column; 6] {
    [
        Column::lead("Invoice").width(18),
        Column::text("Customer").width(30),
        Column::text("State").width(14),
        Column::text("Due").width(14).drops(),
        Column::number("Total").width(12).drops(),
        Column::number("Open").width(12).side(),
    ]
}

fn row(scope: &Scope, invoice: &Listed) -> Row {
    let tenant = scope.tenant();
    let today = scope.local_now().date();
    let href = format!("/invoices/{}", invoice.id);
    let called = invoice.number.clone().unwrap_or_else(|| "Draft".into());
    let state = shown_state(invoice);
    let open = written::money(tenant, invoice.balance);
    let due = invoice.due_on.map(|due| written::short_day(due, today));
    let cells = vec![
        row_link(&href, &called, ""),
        html! { (invoice.customer_name) },
        ui::status(state),
        html! { @match &due { Some(due) => { @if invoice.overdue { span.overdue { (due) } } @else { (due) } }, None => (nothing("Not issued")) } },
        html! { (written::money(tenant, invoice.total)) },
        html! { @if invoice.balance.minor == 0 { (nothing("Nothing open")) } @else if invoice.overdue { span.overdue { (open) } } @else { (open) } },
    ];
    // On a phone the row has room for one figure, what is open; so the line below it says how the invoice stands.
    let stands = match (state, due) {
        ("issued" | "overdue", Some(due)) => format!("due {due}"),
        _ => format!("{} {}", written::money(tenant, invoice.total), ui::status_word(state).to_lowercase()),
    };
    let sub = format!("{} · {stands}", invoice.customer_name);
    Row::new(invoice.id.to_string(), called, cells).sub(sub)
}

/// The name of the state in `ui::status`: overdue is one of its own for the eye.
pub fn shown_state(invoice: &Listed) -> &'static str {
    if invoice.overdue && invoice.status == Status::Issued { "overdue" } else { invoice.status.as_str() }
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

fn with_more<'a>(table: Table<'a>, ask: &Ask, found: &Paged<Listed>) -> Table<'a> {
    match &found.next_cursor {
        Some(cursor) => {
            let next = Ask { cursor: Some(cursor.clone()), ..ask.clone() };
            table.more(href("/invoices/rows", &next), format!("{} shown", found.data.len()))
        }
        None => table,
    }
}

pub async fn page(access: Access<InvoicesRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    let may_write = access.can::<InvoicesWrite>();
    let actions =
        html! { @if may_write { (link_button("New invoice", "/invoices/new").primary().icon("plus").key("n")) } };
    let part = html! { div #invoices.contents data-live="invoice.* payment.* credit.* credit_note.*" data-live-src=(href("/invoices/part", &ask)) { (inside(&access, &ask, &found)) } };
    let body = html! { (bar(&access, &ask)) (part) };
    let frame = Frame {
        title: "Invoices".into(),
        active: "/invoices",
        actions,
        body: filters::list(body),
        wide: true,
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

/// The part of the page that draws itself again when something happened.
pub async fn part(access: Access<InvoicesRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    Ok(inside(&access, &ask, &found).into())
}

fn inside(scope: &Scope, ask: &Ask, found: &Paged<Listed>) -> Markup {
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|invoice| row(scope, invoice)).collect();
    let narrowed = ask.q.is_some() || ask.status.is_some() || ask.customer_id.is_some() || ask.cursor.is_some();
    let says = "No invoice has this number or state. The search knows numbers, such as INV-0042 or 42.";
    html! {
        @if !rows.is_empty() { (with_more(Table::new("Invoices", &columns), ask, found).show(&rows)) }
        @else if narrowed { (card::empty("No invoice here", says, html! { (link_button("Show all invoices", "/invoices")) }, html! {})) }
        @else { (none_yet(scope.can::<InvoicesWrite>())) }
    }
}

/// The next rows, for "Load more".
pub async fn rows(access: Access<InvoicesRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|invoice| row(&access, invoice)).collect();
    Ok(with_more(Table::new("Invoices", &columns), &ask, &found).rows(&rows).into())
}

fn bar(scope: &Scope, ask: &Ask) -> Markup {
    let unpaged = Ask { cursor: None, ..ask.clone() };
    let with = |status| href("/invoices", &Ask { status, ..unpaged.clone() });
    let parts: Vec<(&str, String, bool)> = std::iter::once(("All", with(None), ask.status.is_none()))
        .chain(Chip::ALL.iter().map(|chip| (chip.label(), with(Some(*chip)), ask.status == Some(*chip))))
        .collect();
    let parts: Vec<(&str, &str, bool)> = parts.iter().map(|(label, href, is)| (*label, href.as_str(), *is)).collect();
    let chips = match ask.customer_id {
        Some(_) => vec![filters::Chip {
            field: "Customer".into(),
            value: "one".into(),
            others: vec![],
            remove: href("/invoices", &Ask { customer_id: None, ..unpaged.clone() }),
        }],
        None => vec![],
    };
    let none: [MenuItem; 0] = [];
    let search = filters::search("/invoices", ask.q.as_deref().unwrap_or(""), "Number, such as 42", &[]);
    let export = exports::button(scope, "invoices", &href("/invoices", &unpaged));
    filters::bar(html! {}, html! { (search) (filters::segments("State", &parts)) }, &chips, &none, export)
}

fn none_yet(may_write: bool) -> Markup {
    let verb =
        html! { @if may_write { (link_button("Write an invoice", "/invoices/new").primary().large().icon("plus")) } };
    let sample = card::sample(
        "what a finished job becomes",
        html! {},
        html! { table.sample-t { tbody {
            tr { td { span.strong { "INV-0042" } } td { "Carmen Lopez" } td { (ui::status("issued")) } td.r { "$489.61" } }
            tr { td { span.strong { "INV-0041" } } td { "Oak Hill Dental" } td { (ui::status("paid")) } td.r { "$1,240.00" } }
        } } },
    );
    let says = "When a technician finishes a job, its invoice is drafted here by itself: you look it over and issue it. You can also write one by hand.";
    card::empty("Your invoices will stand here", says, verb, sample)
}

/// For links from elsewhere: the cursor of a list begins anew.
pub fn of_chip(chip: Chip) -> String {
    href("/invoices", &Ask { status: Some(chip), ..Ask::default() })
}

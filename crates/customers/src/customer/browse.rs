//! The page of the list: what is filtered by, the rows, and what is done with those that are chosen.
use kernel::{
    Access, Paged, Result, Scope,
    http::{Page, Query},
};
use maud::{Markup, html};
use tenancy::{
    member::colleagues,
    shell::{self, Frame},
};
use ui::{
    MenuItem, card, filters, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{
    Customer, Status, choose,
    list::{ListQuery, Listed, href, listed},
};
use crate::{
    permissions::{CustomersImport, CustomersMerge, CustomersRead, CustomersWrite},
    tag::{self, Tag, chips},
    view::{self, Filter, View},
};

fn columns() -> [Column; 5] {
    [
        Column::lead("Customer").width(28),
        Column::text("Place").width(24),
        Column::text("Phone").width(15),
        Column::text("Tags").width(16).drops(),
        Column::text("Email").drops(),
    ]
}

fn row(customer: &Customer, tags: &[Tag]) -> Row {
    let words = |value: &Option<String>| html! { @match value { Some(value) => (ui::escaped(value)), None => (nothing("none")) } };
    let tags = chips(&customer.tags, tags);
    let cells = vec![
        row_link(&format!("/customers/{}", customer.id), &customer.name, &format!("#{}", customer.number)),
        words(&customer.place),
        html! { span.num { (words(&customer.phone)) } },
        html! { @if customer.tags.is_empty() { (nothing("none")) } @else { (tags) } },
        words(&customer.email),
    ];
    let sub = [customer.place.as_deref(), customer.phone.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    Row::new(customer.id.to_string(), &customer.name, cells)
        .sub(html! { (ui::escaped(&sub.join(" · "))) " " (tags) })
        .peek(format!("/customers/{}/peek", customer.id))
}

fn table<'a>(columns: &'a [Column], query: &ListQuery, found: &Paged<Customer>, may_write: bool) -> Table<'a> {
    let table = Table::new("Customers", columns);
    let table = if may_write { table.select() } else { table };
    match &found.next_cursor {
        Some(cursor) => {
            let next = ListQuery { cursor: Some(cursor.clone()), ..query.clone() };
            table.more(href("/customers/rows", &next), format!("{} shown", found.data.len()))
        }
        None => table,
    }
}

pub async fn page(access: Access<CustomersRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let forgiving = ListQuery { fuzzy: Some(true), ..query.clone() };
    let beside = (tag::all(), view::all(&access), colleagues());
    let (Listed { data: found, instead }, (tags, views, people)) = listed(&access, &forgiving, beside).await?;
    let may_write = access.can::<CustomersWrite>();
    let actions = html! {
        @if access.can::<CustomersMerge>() { (link_button("Duplicates", "/customers/duplicates").quiet().icon("copy")) }
        @if access.can::<CustomersImport>() { (link_button("Import", "/customers/import").quiet().icon("file-up")) }
        @if may_write { (link_button("New customer", "/customers/new").primary().icon("plus").key("n")) }
    };
    let ListQuery { q, city, status, tag, cursor, .. } = &query;
    let filtered = q.is_some() || city.is_some() || status.is_some() || tag.is_some() || cursor.is_some();
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|customer| row(customer, &tags)).collect();
    let body = filters::list(html! {
        (bar(&access, &query, &tags, &views))
        @if let (Some(asked), Some(instead)) = (&query.q, &instead) {
            p.px-4.pt-3.pb-2.t13.soft role="status" { "Nothing has “" (asked) "”. Showing “" (instead) "” instead." }
        }
        @if !rows.is_empty() {
            (table(&columns, &query, &found, may_write).show(&rows))
            @if may_write { (choose::bar(&query, &tags, &people)) }
        }
        @else if filtered { (none_found(&query)) }
        @else { (none_yet(may_write, access.can::<CustomersImport>())) }
    });
    let frame =
        Frame { title: "Customers".into(), active: "/customers", actions, body, wide: true, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

/// The next rows, for "Load more".
pub async fn rows(access: Access<CustomersRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let (Listed { data: found, .. }, tags) = listed(&access, &query, tag::all()).await?;
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(|customer| row(customer, &tags)).collect();
    Ok(table(&columns, &query, &found, access.can::<CustomersWrite>()).rows(&rows).into())
}

/// A menu of more is no menu.
const IN_MENU: usize = 30;

fn bar(scope: &Scope, query: &ListQuery, tags: &[Tag], views: &[View]) -> Markup {
    let unpaged = ListQuery { cursor: None, ..query.clone() };
    let with = |status| href("/customers", &ListQuery { status, ..unpaged.clone() });
    let tagged = |tag| href("/customers", &ListQuery { tag, ..unpaged.clone() });
    let (mut chips, mut add) = (vec![], vec![]);
    match query.status {
        Some(status) => {
            let other = |other: &Status| MenuItem::link(other.label(), with(Some(*other))).checked(*other == status);
            let others = Status::ALL.iter().map(other).collect();
            let remove = with(None);
            chips.push(filters::Chip { field: "Status".into(), value: status.label().into(), others, remove });
        }
        None => {
            let one = |status: &Status| MenuItem::link(format!("Status is {}", status.label()), with(Some(*status)));
            add.extend(Status::ALL.iter().map(one));
        }
    }
    let shown = tags.iter().take(IN_MENU);
    match &query.tag {
        Some(tag) => {
            let other = |other: &Tag| {
                MenuItem::link(other.name.clone(), tagged(Some(other.name.clone()))).checked(other.name == *tag)
            };
            let (others, remove) = (shown.map(other).collect(), tagged(None));
            chips.push(filters::Chip { field: "Tag".into(), value: tag.clone(), others, remove });
        }
        None => {
            let one = |tag: &Tag| MenuItem::link(format!("Tag is {}", tag.name), tagged(Some(tag.name.clone())));
            add.extend(shown.map(one));
        }
    }
    if let Some(city) = &query.city {
        let remove = href("/customers", &ListQuery { city: None, ..unpaged.clone() });
        chips.push(filters::Chip { field: "City".into(), value: city.clone(), others: vec![], remove });
    }
    let status = query.status.map(|status| status.to_string()).unwrap_or_default();
    let (city, tag) = (query.city.as_deref().unwrap_or_default(), query.tag.as_deref().unwrap_or_default());
    let keep = [("status", status.as_str()), ("city", city), ("tag", tag)];
    let keep: Vec<(&str, &str)> = keep.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let box_ = filters::search("/customers", query.q.as_deref().unwrap_or(""), "Name, phone, street, tag", &keep);
    // The file has what the page finds, typing errors forgiven.
    let forgiving = if query.q.is_some() { "&fuzzy=true" } else { "" };
    let export = exports::button(scope, "customers", &(href("/customers", &unpaged) + forgiving));
    filters::bar(view::menu(&Filter::of(query), views), box_, &chips, &add, export)
}

fn none_found(query: &ListQuery) -> Markup {
    let says = match &query.q {
        Some(asked) => {
            format!(
                "Nothing begins with “{asked}”. Part of a name, a street, a phone number, a tag or an e-mail will do."
            )
        }
        None => "No customer has all of these filters.".to_owned(),
    };
    card::empty("No customer found", &says, html! { (link_button("Show all customers", "/customers")) }, html! {})
}

fn none_yet(may_write: bool, may_import: bool) -> Markup {
    let verb = html! {
        @if may_write { (link_button("Add a customer", "/customers/new").primary().large().icon("plus")) }
        @if may_import { (link_button("Import from a file", "/customers/import").large().icon("file-up")) }
    };
    let says = "Everything starts with a customer: where they live, whom to ask for, how to get in. Add the first, or bring all of them from another system as CSV.";
    let sample = card::sample(
        "Rivera Residence",
        html! {},
        html! { table.sample-t { tbody {
            tr { td { span.strong { "Rivera Residence" } " #1042" } td { "12 Elm St, Springfield" } td { "(217) 555-0142" } }
            tr { td { span.strong { "Oak Hill Dental" } " #1009" } td { "340 Oak Hill Rd, Springfield" } td { "(217) 555-0103" } }
        } } },
    );
    card::empty("Your customers will stand here", says, verb, sample)
}

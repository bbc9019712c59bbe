//! The price book as a page: items under their categories, or what was searched for.
use kernel::{
    Access, PricesSee, Result, Scope,
    http::{Page, Query},
    sql,
    text::fold,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;
use tenancy::shell::{self, Frame};
use ui::{
    MenuItem, button, card, filters, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{Item, Kind, Status, list::search};
use crate::{
    category::{self, Category, CategoryId, tree},
    permissions::{CatalogRead, CatalogWrite},
    tax_rate::percent,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BookQuery {
    pub q: Option<String>,
    pub category: Option<CategoryId>,
    pub status: Option<Status>,
}

sql! {
    /// A hundred of each category are enough to look at; whoever has more searches.
    fn by_category(status: String) -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from (select id, name, position, name_key from category
              where tenant_id = $1 and status = 'active' order by position, name_key, id limit 200) c
             cross join lateral (
                select o.id, o.category_id, o.kind, o.name, o.name_key, o.code, o.description, o.unit, o.duration_minutes, o.price_minor, o.cost_minor, o.currency,
                       o.tax_rate_id, o.online, o.pricing, o.labor_rate_id, o.sold_as, o.status, o.version, o.created_at, o.updated_at
                from item o where o.tenant_id = $1 and o.category_id = c.id and o.status = $2
                order by o.name_key, o.id limit 100) i
             left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        order by c.position, c.name_key, c.id, i.name_key, i.id limit 1000";
    fn without_category(status: String) -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.category_id is null and i.status = $2
        order by i.name_key, i.id limit 100";
}

pub async fn page(access: Access<CatalogRead>, Query(query): Query<BookQuery>) -> Result<Page> {
    let status = query.status.unwrap_or(Status::Active);
    let (categories, items, loose) = access
        .read((category::active(), by_category(status.to_string()), without_category(status.to_string())))
        .await?;
    let items = match query.q.as_deref().filter(|asked| !asked.trim().is_empty()) {
        Some(asked) => search(&access, asked, status, 50).await?,
        None => {
            let within = query.category.map(|id| tree::with_all_below(&categories, id));
            let asked =
                |item: &Item| within.as_ref().is_none_or(|all| item.category_id.is_some_and(|id| all.contains(&id)));
            let order: Vec<CategoryId> = tree::ordered(&categories).iter().map(|(_, one)| one.id).collect();
            let place = |item: &Item| order.iter().position(|id| item.category_id == Some(*id)).unwrap_or(order.len());
            let mut all: Vec<Item> = items.into_iter().chain(loose).filter(asked).collect();
            all.sort_by_cached_key(place);
            all
        }
    };
    let paths = tree::paths(&categories);
    let may = access.can::<CatalogWrite>();
    let actions = html! { @if may {
        (ui::menu("book-setup", "Set up", &[
            MenuItem::link("Categories", "/price-book/categories").icon("folder"),
            MenuItem::link("Change prices", "/price-book/change-prices").icon("pencil"),
            MenuItem::link("Labor rates", "/price-book/labor-rates").icon("clock"),
            MenuItem::link("Markups", "/price-book/markups").icon("trending-up"),
            MenuItem::link("Taxes", "/price-book/taxes").icon("percent"),
            MenuItem::link("Begin with a book", "/price-book/starter").icon("book-open").apart(),
            MenuItem::link("Import a file", "/price-book/imports").icon("file-up"),
        ]))
        (button("Set up").icon("settings").quiet().opens_menu("book-setup"))
        (link_button("New item", "/price-book/new").primary().icon("plus").key("n"))
    } };
    let filtered = query.q.is_some() || query.category.is_some() || query.status.is_some();
    let body = filters::list(html! {
        (bar(&access, &query, &categories))
        @if !items.is_empty() { (groups(&access, &items, &paths, may)) }
        @else if filtered { (card::empty("Nothing found", "No item of the price book matches. Part of a name or a code will do.", html! { (link_button("Show the whole price book", "/price-book")) }, html! {})) }
        @else { (none_yet(may)) }
    });
    let frame =
        Frame { title: "Price book".into(), active: "/price-book", actions, body, wide: true, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

fn bar(scope: &Scope, query: &BookQuery, categories: &[Category]) -> Markup {
    let asked = [
        query.q.as_deref().map(|asked| format!("q={}", fold(asked).replace(' ', "+"))),
        query.status.map(|status| format!("status={status}")),
        query.category.map(|id| format!("category_id={id}")),
    ];
    let asked: Vec<String> = asked.into_iter().flatten().collect();
    let export = exports::button(scope, "items", &format!("/price-book?{}", asked.join("&")));
    let mut chips = vec![];
    if let Some(chosen) = query.category {
        let value =
            categories.iter().find(|c| c.id == chosen).map(|c| c.name.clone()).unwrap_or_else(|| "unknown".into());
        let others = categories
            .iter()
            .map(|c| MenuItem::link(&c.name, format!("/price-book?category={}", c.id)).checked(c.id == chosen))
            .collect();
        chips.push(filters::Chip { field: "Category".into(), value, others, remove: "/price-book".into() });
    }
    if let Some(status) = query.status {
        let others = Status::ALL
            .iter()
            .map(|other| MenuItem::link(other.label(), format!("/price-book?status={other}")).checked(*other == status))
            .collect();
        chips.push(filters::Chip {
            field: "Status".into(),
            value: status.label().into(),
            others,
            remove: "/price-book".into(),
        });
    }
    let mut add: Vec<MenuItem> = vec![];
    if query.category.is_none() {
        add.extend(
            categories
                .iter()
                .map(|c| MenuItem::link(format!("Category is {}", c.name), format!("/price-book?category={}", c.id))),
        );
    }
    if query.status.is_none() {
        add.push(MenuItem::link("Status is Archived", "/price-book?status=archived").apart());
    }
    let search = filters::search("/price-book", query.q.as_deref().unwrap_or(""), "Name or code", &[]);
    filters::bar(html! {}, search, &chips, &add, export)
}

/// "1 May 2027".
pub(crate) fn day(day: jiff::civil::Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// "1 h 30 min".
pub(crate) fn duration(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

/// One table with a heading row's worth of category in each row, so that columns line up over the whole book.
fn groups(scope: &Scope, items: &[Item], paths: &HashMap<CategoryId, String>, may: bool) -> Markup {
    let mut columns = vec![
        Column::lead("Item").width(35),
        Column::text("Category").width(18),
        Column::text("Kind").width(12).drops(),
        Column::number("Takes").width(10).drops(),
        Column::text("Tax").width(12).drops(),
    ];
    let priced = scope.can::<PricesSee>();
    if priced {
        columns.push(Column::number("Price").side());
    }
    let language = &scope.tenant().locale.language;
    let mut last: Option<&str> = None;
    let mut rows = vec![];
    for item in items {
        let path = item.category_id.and_then(|id| paths.get(&id)).map(String::as_str);
        let heading = path.or(item.category.as_deref()).unwrap_or("Without category");
        let first = last.replace(heading) != Some(heading);
        rows.push(row(item, heading, first, language, may, priced));
    }
    Table::new("Price book", &columns).show(&rows)
}

fn row(item: &Item, heading: &str, first: bool, language: &str, may: bool, priced: bool) -> Row {
    let price = item.price().display(language);
    let per = item.unit.as_deref().map(|unit| format!(" / {unit}")).unwrap_or_default();
    let code = item.code.as_deref().unwrap_or("");
    let name = html! {
        @if may { (row_link(&format!("/price-book/{}", item.id), &item.name, code)) }
        @else { span.strong { (item.name) } " " span.dim.t12 { (code) } }
        @if item.online { " " (ui::tag("Online")) }
    };
    let takes =
        html! { @if item.duration_minutes > 0 { (duration(item.duration_minutes)) } @else { (nothing("not booked")) } };
    let tax = html! { @match &item.tax_name { Some(tax) => { (tax) " " span.dim.num { (percent(item.tax_rate_ppm)) " %" } }, None => (nothing("no tax")) } };
    let category = html! { @if first { span.strong { (heading) } } @else { span.dim { (heading) } } };
    let mut cells = vec![name, category, html! { (item.kind.label()) }, takes, tax];
    if priced {
        cells.push(html! { span.strong { (price) } span.dim { (per) } });
    }
    let sub = match item.kind {
        Kind::Service => format!("{heading} · {}", duration(item.duration_minutes)),
        kind => format!("{heading} · {}", kind.label()),
    };
    Row::new(item.id.to_string(), &item.name, cells).sub(sub)
}

fn none_yet(may: bool) -> Markup {
    let verb = html! { @if may {
        (link_button("Begin with a book of your trade", "/price-book/starter").primary().large().icon("book-open")) " "
        (link_button("Add the first item", "/price-book/new").large().icon("plus"))
    } };
    let says = "What you do and sell, with a price each: services with the time they take, materials, labor by the hour. Bookings, jobs and invoices take their lines from here.";
    let sample = card::sample(
        "a few lines",
        html! {},
        html! { table.sample-t { tbody {
            tr { td { span.strong { "AC tune-up" } } td { "Service, 1 h" } td.r.strong { "$189.00" } }
            tr { td { span.strong { "Capacitor 45/5 µF" } } td { "Material" } td.r.strong { "$84.00" } }
            tr { td { span.strong { "Labor, after hours" } } td { "Labor, per hour" } td.r.strong { "$165.00" } }
        } } },
    );
    card::empty("Your price book is empty", says, verb, sample)
}

//! On the page of an item: how its price comes about, and what it was and will be.
use kernel::{Access, CostsSee, Scope};
use maud::{Markup, html};
use ui::table;

use super::{
    By,
    ask::{Price, PriceLine},
};
use crate::{
    item::{Item, version::Span},
    permissions::CatalogWrite,
    tax_rate::percent,
};

/// A part of a page of its own: `ui::card::section` stands a level lower, inside of a card.
pub fn section(title: &str, right: Markup, body: Markup) -> Markup {
    html! { section { div.sect-head { h2 { (title) } (right) } (body) } }
}

fn why(by: By, of: Option<&str>, markup: Option<i64>) -> String {
    let rule = match of.filter(|_| by != By::Item) {
        Some(of) => format!("{}: {of}", by.label()),
        None => by.label().to_owned(),
    };
    match markup {
        Some(ppm) => format!("{rule}, {} %", percent(ppm)),
        None => rule,
    }
}

fn many(line: &PriceLine) -> String {
    match line.minutes {
        Some(minutes) => crate::item::book::duration(minutes),
        None => crate::part::quantity(line.quantity_milli),
    }
}

/// Line by line, with the rule that gave each.
pub fn reckoned(scope: &Scope, price: &Price) -> Markup {
    let language = &scope.tenant().locale.language;
    let costs = scope.can::<CostsSee>();
    let says = why(price.by, price.of.as_deref(), price.markup_ppm);
    let mut columns = vec![
        table::Column::lead("What").width(40),
        table::Column::number("Quantity").width(12),
        table::Column::number("Price").width(14),
        table::Column::number("Amount").side(),
    ];
    if costs {
        columns.push(table::Column::number("Cost").width(14));
    }
    let row = |line: &PriceLine| {
        let because = why(line.by, line.of.as_deref(), line.markup_ppm);
        let mut cells = vec![
            html! { span.strong { (line.what) } " " span.dim.t12 { (because) } },
            html! { (many(line)) },
            html! { (line.unit_price.display(language)) },
            html! { (line.amount.display(language)) },
        ];
        if costs {
            cells.push(html! { (line.cost.map(|cost| cost.display(language)).unwrap_or_else(|| "unknown".into())) });
        }
        table::Row::new("", &line.what, cells).sub(format!("{} × {}", many(line), line.unit_price.display(language)))
    };
    let rows: Vec<_> = price.lines.iter().map(row).collect();
    section(
        "How the price comes about",
        html! { span.strong.num { (price.unit_price.display(language)) } },
        html! {
            p.soft.t13 { (says) @if costs { @if let Some(cost) = price.cost { " · costs you " span.num { (cost.display(language)) } } } }
            @if !rows.is_empty() { (table::Table::new("How the price comes about", &columns).show(&rows)) }
        },
    )
}

/// Latest first.
pub fn history(access: &Access<CatalogWrite>, item: &Item, spans: &[Span]) -> Markup {
    let (language, today) = (&access.tenant().locale.language, access.local_now().date());
    let costs = access.can::<CostsSee>();
    let currency = item.price().currency;
    let mut columns = vec![
        table::Column::lead("From").width(30),
        table::Column::text("Why").width(25),
        table::Column::number("Price").side(),
    ];
    if costs {
        columns.push(table::Column::number("Cost").width(20));
    }
    let row = |span: &Span| {
        let told = span.told(currency);
        let counts = span.from_on <= today && span.until_on.is_none_or(|until| until > today);
        let day = crate::item::book::day(span.from_on);
        let mut cells = vec![
            html! { span.strong { (day) } @if counts { " " (ui::tag("Counts now")) } @else if span.from_on > today { " " (ui::tag_in("blue", "Planned")) } },
            html! { (span.why.label()) },
            html! { (told.price.display(language)) },
        ];
        if costs {
            cells.push(html! { (told.cost.map(|cost| cost.display(language)).unwrap_or_else(|| "unknown".into())) });
        }
        table::Row::new("", &day, cells).sub(span.why.label())
    };
    let rows: Vec<_> = spans.iter().map(row).collect();
    section(
        "Prices over time",
        html! {},
        html! {
            p.dim.t13 { "What was sold keeps the price it was sold at." }
            (table::Table::new("Prices over time", &columns).show(&rows))
        },
    )
}

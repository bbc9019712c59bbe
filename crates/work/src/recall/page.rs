//! Work that did not hold, on the screen of the office: by whom, with what, and the jobs themselves.
use jiff::civil::Date;
use kernel::{
    Access, Result,
    http::{Page, Query},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, filters, table};

use super::report::{Asked, RecallShare, Recalled, Report, report};
use crate::permissions::WorkRead;

fn href(asked: &Asked) -> String {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string());
    ui::address(
        "/recalls",
        [
            ("from", day(asked.from)),
            ("to", day(asked.to)),
            ("technician_id", id(asked.technician_id.map(|id| id.0))),
            ("item_id", id(asked.item_id.map(|id| id.0))),
            ("category_id", id(asked.category_id.map(|id| id.0))),
        ],
    )
}

/// A table of shares; each name leads to its jobs.
fn shares(title: &str, nobody: &str, rows: &[RecallShare], of: impl Fn(uuid::Uuid) -> Asked) -> Markup {
    let columns = [
        table::Column::lead(title),
        table::Column::number("Finished"),
        table::Column::number("Recalled"),
        table::Column::number("Rate"),
    ];
    let cell = |share: &RecallShare| {
        let name = share.name.as_deref().unwrap_or(nobody);
        let lead = match share.id {
            Some(id) => html! { a.link href=(href(&of(id))) { (name) } },
            None => html! { span.dim { (name) } },
        };
        vec![lead, html! { (share.finished) }, html! { (share.recalled) }, html! { (share.percent()) }]
    };
    let rows: Vec<Vec<Markup>> = rows.iter().map(cell).collect();
    html! { @if !rows.is_empty() { div."mt-6"."overflow-x-auto" tabindex="0" role="region" aria-label=(title) { (table::plain(title, &columns, &rows)) } } }
}

fn line(scope: &kernel::Scope, one: &Recalled) -> Markup {
    let zone = &scope.tenant().locale.zone;
    let day = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string();
    let with = one.technician_name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    html! {
        div.eq {
            (ui::icon("rotate-ccw"))
            span {
                a.link href={ "/jobs/" (one.id) } { "J-" (one.number) } " " (one.title)
                small { (one.customer_name) (with) ", finished " (day(one.completed_at)) }
            }
            a.link.t13 href={ "/jobs/" (one.recall_id) } { (one.follows_as.label()) " J-" (one.recall_number) ", " (day(one.recalled_at)) }
        }
    }
}

fn bar(asked: &Asked, found: &Report) -> Markup {
    let filled = Filled::of([("from", found.from.to_string()), ("to", found.to.to_string())]);
    let mut chips = vec![];
    let mut chip = |field: &str, rest: Asked| {
        chips.push(filters::Chip { field: field.into(), value: "one".into(), others: vec![], remove: href(&rest) });
    };
    if asked.technician_id.is_some() {
        chip("Technician", Asked { technician_id: None, ..asked.clone() });
    }
    if asked.item_id.is_some() {
        chip("Item", Asked { item_id: None, ..asked.clone() });
    }
    if asked.category_id.is_some() {
        chip("Category", Asked { category_id: None, ..asked.clone() });
    }
    let none: [ui::MenuItem; 0] = [];
    html! {
        form.form."mb-4" method="get" action="/recalls" { div."flex"."flex-wrap"."items-end"."gap-3" {
            @if let Some(id) = asked.technician_id { (field::hidden("technician_id", id.to_string())) }
            @if let Some(id) = asked.item_id { (field::hidden("item_id", id.to_string())) }
            @if let Some(id) = asked.category_id { (field::hidden("category_id", id.to_string())) }
            (field::date(&filled, "from", "Finished from")) (field::date(&filled, "to", "To")) (button("Show"))
        } }
        @if !chips.is_empty() { (filters::bar(html! {}, html! {}, &chips, &none, html! {})) }
    }
}

pub async fn page(access: Access<WorkRead>, Query(asked): Query<Asked>) -> Result<Page> {
    let found = report(&access, &asked).await?;
    let days = Asked { from: Some(found.from), to: Some(found.to), ..Asked::default() };
    let narrowed = asked.technician_id.is_some() || asked.item_id.is_some() || asked.category_id.is_some();
    let body = html! {
        (bar(&asked, &found))
        @if found.all.finished == 0 { (card::empty("No job was finished in these days", "Of what is finished, what is recalled or comes back under warranty within 30 days stands here, by technician and by what was sold.", html! {}, html! {})) }
        @else {
            p.big { (found.all.percent()) }
            p.soft.t13."mb-4" { (found.all.words()) " came back within 30 days, as a recall or under warranty." }
            @for one in &found.data { (line(&access, one)) }
            @if !narrowed {
                (shares("Technician", "Nobody", &found.by_technician, |id| Asked { technician_id: Some(scheduling::TechnicianId(id)), ..days.clone() }))
                (shares("Category", "None", &found.by_category, |id| Asked { category_id: Some(catalog::CategoryId(id)), ..days.clone() }))
                (shares("Item", "None", &found.by_item, |id| Asked { item_id: Some(catalog::ItemId(id)), ..days.clone() }))
            }
        }
    };
    let crumbs = vec![("Jobs".into(), "/jobs".into())];
    let frame = Frame { title: "What did not hold".into(), active: "/jobs", crumbs, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

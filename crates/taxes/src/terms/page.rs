//! Taxes by place: how papers are added up, who levies where, and what that comes to at an address.
use catalog::{CatalogRead, CatalogWrite, tax_rate};
use jiff::civil::Date;
use kernel::{
    Access, Checks, Input, Result, Scope, TenantTx,
    http::{Either, Form, Page, Query, Redirect, Repeatable},
    sum::{Level, LineTax, Rounding},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, card, field, form, link_button,
    table::{Column, Row, Table, row_link},
};

use super::{Change, Terms, change, kept};
use crate::{
    jurisdiction::{self, Jurisdiction},
    rate::{self, Rate},
    tried::{Asked, TaxesHere, here},
};

fn values(terms: &Terms) -> Filled {
    Filled::of([
        ("version", terms.version.to_string()),
        ("prices_include_tax", if terms.rules.inclusive { "true".into() } else { String::new() }),
        ("rounding", terms.rules.rounding.to_string()),
        ("level", terms.rules.level.to_string()),
    ])
}

/// "Texas, 787*, 787…": the narrowest words there are.
fn place(one: &Jurisdiction) -> String {
    let some = |list: &[String], capital: bool| {
        let shown: Vec<String> =
            list.iter().take(3).map(|word| if capital { titled(word) } else { word.clone() }).collect();
        match list.len() {
            0..=3 => shown.join(", "),
            more => format!("{} and {} more", shown.join(", "), more - 3),
        }
    };
    let parts =
        [some(&one.postal_codes, false), some(&one.cities, true), some(&one.regions, true), one.country.clone()];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if said.is_empty() { "Everywhere".into() } else { said.join(" · ") }
}

/// As people write it again: "austin" is Austin, "tx" is TX.
fn titled(word: &str) -> String {
    if word.chars().count() <= 3 {
        return word.to_uppercase();
    }
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    word.split(' ').map(capital).collect::<Vec<_>>().join(" ")
}

fn listed(all: &[Jurisdiction], rates: &[Rate], may: bool) -> Markup {
    let columns = [Column::lead("Jurisdiction").width(30), Column::text("Where"), Column::text("Levies today").side()];
    let row = |one: &Jurisdiction| {
        let of = rates.iter().filter(|rate| rate.jurisdiction_id == one.id);
        let levied: Vec<String> =
            of.map(|rate| format!("{} {} %", rate.tax, tax_rate::percent(rate.rate_ppm))).collect();
        let says = match (one.active, levied.is_empty()) {
            (false, _) => "Out of use".to_owned(),
            (true, true) => "Nothing".to_owned(),
            (true, false) => levied.join(", "),
        };
        let name = match may {
            true => row_link(&format!("/settings/taxes/{}", one.id), &one.name, ""),
            false => html! { (one.name) },
        };
        let at = place(one);
        Row::new(one.id.to_string(), one.name.clone(), vec![name, html! { (at) }, html! { (says) }]).sub(html! { (at) })
    };
    let rows: Vec<Row> = all.iter().map(row).collect();
    ui::filters::list(Table::new("Jurisdictions", &columns).show(&rows))
}

fn said(taxes: &[LineTax]) -> String {
    let one = |tax: &LineTax| format!("{} {} %", tax.name, tax_rate::percent(tax.rate_ppm));
    if taxes.is_empty() { "No tax".into() } else { taxes.iter().map(one).collect::<Vec<_>>().join(" + ") }
}

fn trying(asked: &Asked, found: Option<&TaxesHere>, today: Date) -> Markup {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let filled = Filled::of([
        ("postal_code", text(&asked.postal_code)),
        ("city", text(&asked.city)),
        ("region", text(&asked.region)),
        ("on", asked.on.unwrap_or(today).to_string()),
    ]);
    form::part(
        "What applies at an address?",
        "",
        html! {
            form.form method="get" action="/settings/taxes#tried" id="tried" {
                (form::pair(html! { (field::text(&filled, "postal_code", "Postal code").most(20)) (field::text(&filled, "city", "Town").most(80)) }))
                (form::pair(html! { (field::text(&filled, "region", "State or province").most(80)) (field::date(&filled, "on", "On")) }))
                (form::actions(html! { (button("Show").icon("search")) }))
            }
            @if let Some(found) = found {
                p.t13.mt-4 {
                    @if found.jurisdictions.is_empty() { "Nobody of your list levies anything there: each tax counts at its own rate." }
                    @else { "Levied by " (found.jurisdictions.join(", ")) "." }
                }
                @if found.data.is_empty() { p.dim.t13 { "The price book has no taxes yet." } }
                @for tax in &found.data { (card::line("percent", &tax.tax, &said(&tax.taxes), html! {})) }
            }
        },
    )
}

async fn draw(scope: &Scope, asked: &Asked, wrong: Option<Filled>) -> Result<Page> {
    let today = scope.local_now().date();
    let (terms, all, rates) = scope.read((kept(), jurisdiction::list(), rate::on(today))).await?;
    let found = if asked.is_some() { Some(here(scope, asked).await?) } else { None };
    let may = scope.can::<CatalogWrite>();
    let is_wrong = wrong.is_some();
    let filled = wrong.unwrap_or_else(|| values(&Terms::of(terms)));
    let add = html! { @if may { (link_button("Add jurisdiction", "/settings/taxes/new").icon("plus").primary()) } };
    let roundings = Rounding::ALL.iter().map(|one| (one.as_str(), one.label())).collect::<Vec<_>>();
    let levels = Level::ALL.iter().map(|one| (one.as_str(), one.label())).collect::<Vec<_>>();
    let body = html! {
        p.soft.mb-4 { "The price book says which tax an item is sold with. Here is who levies it where: what matches an address adds up, and papers show each with its own line. Where nobody is listed, a tax counts at its own rate." }
        @if all.is_empty() { (card::empty("No jurisdictions yet", "With one rate for all your work you need none. Add them when your rates depend on where the work is done.", add.clone(), html! {})) }
        @else { (listed(&all, &rates, may)) }
        div.mt-6 { (trying(asked, found.as_ref(), today)) }
        div.mt-6 { (form::form("/settings/taxes", &filled, form::part("How papers are added up", "Counts for papers from now on; those that are there keep theirs.", html! {
            (field::hidden("version", filled.value("version")))
            (field::checkbox(&filled, "prices_include_tax", "Prices have their taxes in them").hint("As shops write them in much of the world: the tax is taken out of the price, not put on top."))
            (form::pair(html! {
                (field::select(&filled, "level", "Tax is rounded", &levels))
                (field::select(&filled, "rounding", "Rounding", &roundings))
            }))
            @if may { (form::actions(html! { (button("Save").primary()) })) }
        }))) }
        div.mt-6 { (link_button("Taxes of the price book", "/price-book/taxes").icon("book-open").quiet()) }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame =
        Frame { title: "Taxes by place".into(), active: "/settings", crumbs, actions: add, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if is_wrong { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<CatalogRead>, Query(asked): Query<Asked>) -> Result<Page> {
    draw(&access, &asked, None).await
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TypedTaxTerms")]
pub struct Typed {
    prices_include_tax: Option<bool>,
    rounding: Option<Rounding>,
    level: Option<Level>,
}
impl Input for Typed {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn post(access: Access<CatalogWrite>, form: Form<Typed>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |typed: Typed| {
        let whole = Change {
            prices_include_tax: Some(typed.prices_include_tax == Some(true)),
            rounding: typed.rounding,
            level: typed.level,
        };
        access
            .once(async |tx: &mut TenantTx| {
                change(tx, seen, &whole).await?;
                Ok(Redirect::to("/settings/taxes").toast("Saved"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &Asked::default(), Some(shell::filled(typed))).await?)),
    }
}

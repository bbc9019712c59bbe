//! The page of the markups: each with its bands, and a form for another.
use kernel::{
    Access, Checks, Cost, CostsSee, Currency, Error, Input, Result, TenantTx, Uuid,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
    row, sql,
};
use maud::{Markup as Drawn, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form, link_button};

use super::{Markup, MarkupId, all, find, set};
use crate::{
    category::{self, CategoryId, tree},
    item::{self, ItemId},
    permissions::CatalogWrite,
    tax_rate::{far_millionths, percent},
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct For {
    /// The item a new markup is for.
    pub item_id: Option<ItemId>,
}

/// As typed: a band a line of two fields; empty ones are left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    item_id: Option<ItemId>,
    category_id: Option<CategoryId>,
    tag_id: Option<Uuid>,
    from: Vec<String>,
    percent: Vec<String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        let few = self.from.len() <= 25 && self.percent.len() <= 25;
        checks.that(few, "from", "too_many", "At most 20 bands.");
        let even = self.from.len() == self.percent.len();
        checks.that(even, "percent", "pairs", "Each band has where it begins and a percentage.");
    }
}

impl Typed {
    fn bands(&self, currency: Currency) -> Result<Vec<set::Band>> {
        let mut bands = vec![];
        for (from, percent) in self.from.iter().zip(&self.percent) {
            if from.trim().is_empty() && percent.trim().is_empty() {
                continue;
            }
            let says = "Give where a band begins as a number, such as 0 or 25.";
            let from = Cost::parse(from, currency).ok_or_else(|| Error::field("/from", "amount", says))?;
            let says = "Give the markup in percent, such as 45.";
            let markup_ppm = far_millionths(percent).ok_or_else(|| Error::field("/percent", "percent", says))?;
            bands.push(set::Band { from, markup_ppm });
        }
        Ok(bands)
    }
}

row! {
    struct Group { id: Uuid, name: String }
}
sql! {
    fn groups() -> Vec<Group> = "select id, name from tag where tenant_id = $1 order by name_key limit 200";
}

fn title(one: &Markup) -> String {
    let name = one.name.clone().unwrap_or_default();
    match (one.item_id, one.category_id, one.tag_id) {
        (Some(_), _, _) => name,
        (_, Some(_), _) => format!("{name} and all below it"),
        (_, _, Some(_)) => format!("Customers with the tag {name}"),
        _ => "Everything".into(),
    }
}

/// "from $0.00 100 % · from $25.00 60 %".
fn bands(one: &Markup, language: &str) -> String {
    let told = one.bands();
    let said = |n: usize, band: &super::Told| {
        let until = told.get(n + 1).map(|next| format!("to {}", next.from.display(language)));
        let percent = percent(band.markup_ppm.unwrap_or_default());
        format!("{} {}: {percent} %", band.from.display(language), until.unwrap_or_else(|| "and more".into()))
    };
    let all: Vec<String> = told.iter().enumerate().map(|(n, band)| said(n, band)).collect();
    all.join(" · ")
}

fn rows(now: &[(String, String)], currency: &str, id: &str) -> Drawn {
    let empty = (String::new(), String::new());
    let drawn: Vec<&(String, String)> = now.iter().chain(std::iter::repeat_n(&empty, 3)).take(20).collect();
    html! {
        @for (n, (from, percent)) in drawn.iter().enumerate() {
            @let filled = Filled::of([("from", from.clone()), ("percent", percent.clone())]);
            (form::pair(html! {
                (field::money(&filled, "from", if n == 0 { "From a cost of" } else { "And from" }, currency).id(format!("from{id}-{n}")))
                (field::number(&filled, "percent", "Markup").after("%").id(format!("percent{id}-{n}")))
            }))
        }
    }
}

fn typed_rows(filled: &Filled, then: Vec<(String, String)>) -> Vec<(String, String)> {
    if filled.is_wrong() && !filled.value("from").is_empty() {
        return vec![(filled.value("from").to_owned(), filled.value("percent").to_owned())];
    }
    then
}

async fn draw(access: &Access<CatalogWrite>, item: Option<ItemId>, filled: &Filled) -> Result<Page> {
    let (all, categories, groups) = access.read((all(), category::active(), groups())).await?;
    let found = match item {
        Some(item) => access.read(item::find(item)).await?,
        None => None,
    };
    let locale = &access.tenant().locale;
    let (currency, sees) = (locale.currency.code(), access.can::<CostsSee>());
    let none = |says: &str| (String::new(), says.to_owned());
    let heads = tree::choices(&tree::ordered(&categories), "All of the price book");
    let tags: Vec<(String, String)> = std::iter::once(none("All customers"))
        .chain(groups.iter().map(|group| (group.id.to_string(), group.name.clone())))
        .collect();
    let body = html! {
        p.soft.mb-4 { "Items priced by their cost and a markup take the narrowest that there is: their own, their category’s or the nearest above it, the customer’s group, and at last the one for everything." }
        @if all.is_empty() { (card::empty("No markups yet", "Add one for everything first, such as 100 % up to a cost of 25 and 60 % above. Then add those that differ.", html! {}, html! {})) }
        @for one in &all {
            (card::line(if one.tag_id.is_some() { "tags" } else if one.category_id.is_some() { "folder" } else { "percent" }, &title(one), &if sees { bands(one, &locale.language) } else { "For those who may see costs".into() },
                html! { @if sees { (link_button("Change", format!("/price-book/markups/{}", one.id)).small().attr("aria-label", format!("Change the markup of {}", title(one)))) } }))
        }
        @if sees {
            div.mt-6 { (form::form("/price-book/markups", filled, html! {
                (form::part("New markup", "A band counts from its cost until the next begins; what costs less than the first is left to the next wider markup.", html! {
                    @if let Some(item) = &found { (field::hidden("item_id", item.id.to_string())) p.strong { "For " (item.name) } }
                    @else { (form::pair(html! {
                        (field::select(filled, "category_id", "For", &heads))
                        (field::select(filled, "tag_id", "Sold to", &tags).hint("A tag makes a group of customers."))
                    })) }
                    (rows(&typed_rows(filled, vec![("0".into(), String::new())]), currency, ""))
                }))
                (form::actions(html! { (button("Add markup").primary()) }))
            })) }
        }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let frame = Frame { title: "Markups".into(), active: "/price-book", crumbs, body, ..Frame::default() };
    let page = shell::page(access, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<CatalogWrite>, Query(query): Query<For>) -> Result<Page> {
    draw(&access, query.item_id, &Filled::default()).await
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<CatalogWrite>, form: Form<Typed>) -> Answer {
    let currency = access.tenant().locale.currency;
    let work = async |typed: Typed| {
        let new = set::New {
            item_id: typed.item_id,
            category_id: typed.category_id,
            tag_id: typed.tag_id,
            bands: typed.bands(currency)?,
        }
        .checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                set::create(tx, &new, currency).await?;
                Ok(Redirect::to("/price-book/markups").toast("Markup added; prices follow in a moment"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, None, &shell::filled(typed)).await?)),
    }
}

async fn draw_one(access: &Access<CatalogWrite>, id: MarkupId, filled: &Filled) -> Result<Page> {
    let one = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let to = format!("/price-book/markups/{id}");
    let shown =
        one.bands().iter().map(|band| (band.from.amount(), percent(band.markup_ppm.unwrap_or_default()))).collect();
    let version = filled.values.get("version").cloned().unwrap_or_else(|| one.version.to_string());
    let body = html! {
        @if access.can::<CostsSee>() {
            (form::form(&to, filled, html! {
                (field::hidden("version", version))
                p.soft { "A band counts from its cost until the next begins. Empty lines are left out." }
                (rows(&typed_rows(filled, shown), access.tenant().locale.currency.code(), ""))
                (form::actions(html! { (button("Save markup").primary()) (link_button("Cancel", "/price-book/markups").quiet()) }))
            }))
        } @else { p.soft { "Markups tell what things cost. Ask an owner for the right to see costs." } }
        div.form-acts { (form::verb_form(&format!("{to}/remove"), html! { (button("Remove").quiet().icon("trash-2")) })) }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into()), ("Markups".into(), "/price-book/markups".into())];
    let page =
        shell::page(access, Frame { title: title(&one), active: "/price-book", crumbs, body, ..Frame::default() });
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn edit(access: Access<CatalogWrite>, Path(id): Path<MarkupId>) -> Result<Page> {
    draw_one(&access, id, &Filled::default()).await
}

pub async fn post_edit(access: Access<CatalogWrite>, Path(id): Path<MarkupId>, form: Form<Typed>) -> Answer {
    let seen = form.version()?;
    let currency = access.tenant().locale.currency;
    let work = async |typed: Typed| {
        let change = set::Change { bands: typed.bands(currency)? }.checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                set::change(tx, id, seen, &change, currency).await?;
                Ok(Redirect::to("/price-book/markups").toast("Markup saved; prices follow in a moment"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw_one(&access, id, &shell::filled(typed)).await?)),
    }
}

//! The pages on which an item is added and changed.
use jiff::civil::Date;
use kernel::{
    Access, Checks, Cost, CostsSee, Currency, Error, Input, Money, PricesSee, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, field, form, link_button};

use super::{Change, Item, ItemId, Kind, New, Pricing, SoldAs, Status, change, create, find, version};
use crate::{
    category::{self, Category, CategoryId, tree},
    labor_rate::{self, LaborRate, LaborRateId},
    permissions::CatalogWrite,
    price,
    tax_rate::{self, TaxRate, TaxRateId, percent},
};

/// As typed; price and minutes are read with the company's currency and a sentence of their own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ItemForm {
    name: String,
    kind: Option<Kind>,
    price: String,
    cost: String,
    duration_minutes: String,
    category_id: Option<CategoryId>,
    code: Option<String>,
    description: Option<String>,
    unit: Option<String>,
    tax_rate_id: Option<TaxRateId>,
    online: Option<String>,
    pricing: Option<Pricing>,
    labor_rate_id: Option<LaborRateId>,
    sold_as: Option<SoldAs>,
    /// From when price and cost count; today when empty.
    effective_on: Option<Date>,
}

impl Input for ItemForm {
    fn check(&mut self, checks: &mut Checks) {
        let minutes = self.duration_minutes.trim();
        let whole = minutes.is_empty() || minutes.parse::<u16>().is_ok();
        checks.that(whole, "duration_minutes", "number", "Give whole minutes, such as 60.");
    }
}

impl ItemForm {
    fn input(self, currency: Currency) -> Result<New> {
        let price = Money::parse(&self.price, currency).ok_or_else(|| {
            let sample = Money::new(12_550, currency).amount();
            Error::field("/price", "amount", format!("Give the price as a number, such as {sample}."))
        })?;
        let cost = match self.cost.trim() {
            "" => None,
            typed => Some(Cost::parse(typed, currency).ok_or_else(|| {
                Error::field("/cost", "amount", "Give what it costs you as a number, such as 60, or leave it empty.")
            })?),
        };
        New {
            name: self.name,
            kind: self.kind.unwrap_or(Kind::Service),
            price,
            cost,
            duration_minutes: self.duration_minutes.trim().parse().unwrap_or(0),
            category_id: self.category_id,
            code: self.code,
            description: self.description,
            unit: self.unit,
            tax_rate_id: self.tax_rate_id,
            online: self.online.is_some(),
            pricing: self.pricing.unwrap_or(Pricing::Fixed),
            labor_rate_id: self.labor_rate_id,
            sold_as: self.sold_as.unwrap_or(SoldAs::One),
        }
        .checked()
    }
}

struct Choices {
    categories: Vec<Category>,
    taxes: Vec<TaxRate>,
    rates: Vec<LaborRate>,
}

async fn choices(access: &Access<CatalogWrite>) -> Result<Choices> {
    let (categories, taxes, rates) =
        access.read((category::active(), tax_rate::active(), labor_rate::active())).await?;
    Ok(Choices { categories, taxes, rates })
}

/// "You keep $120.00 of the price, 64.2 %."
fn margin(access: &Access<CatalogWrite>, item: Option<&Item>) -> String {
    let keeps = item.and_then(Item::margin).map(|(left, share)| {
        let left = left.display(&access.tenant().locale.language);
        format!("You keep {left} of the price, {}.{} %.", share / 10, (share % 10).abs())
    });
    keeps.unwrap_or_else(|| "Only those see it who may see costs; customers never do.".into())
}

fn fields(filled: &Filled, choices: &Choices, currency: &str, margin: Option<&str>, is_there: bool) -> Markup {
    let kinds: Vec<(&str, &str)> = Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    let categories = tree::choices(&tree::ordered(&choices.categories), "None");
    let rates: Vec<(String, String)> = std::iter::once((String::new(), "The standard one".to_owned()))
        .chain(choices.rates.iter().map(|rate| (rate.id.to_string(), rate.name.clone())))
        .collect();
    let pricings: Vec<(&str, &str)> = Pricing::ALL.iter().map(|pricing| (pricing.as_str(), pricing.label())).collect();
    let sold: Vec<(&str, &str)> = SoldAs::ALL.iter().map(|sold| (sold.as_str(), sold.label())).collect();
    let taxes: Vec<(String, String)> = std::iter::once((String::new(), "None".to_owned()))
        .chain(choices.taxes.iter().map(|t| (t.id.to_string(), format!("{} ({} %)", t.name, percent(t.rate_ppm)))))
        .collect();
    html! {
        (form::pair(html! {
            (field::text(filled, "name", "Name").required().most(120).placeholder("AC tune-up").focus())
            (field::select(filled, "kind", "Kind", &kinds))
        }))
        (form::pair(html! {
            @let price = field::money(filled, "price", "Price", currency).required();
            @if matches!(filled.value("pricing"), "" | "fixed") { (price) } @else { (price.hint("Reckoned by its rule; see below.")) }
            (field::text(filled, "unit", "Per").placeholder("hour, ft").most(20))
        }))
        (form::pair(html! {
            (field::select(filled, "pricing", "Priced by", &pricings).hint("Services by time and materials, bundles by their parts, what you buy by its cost and a markup."))
            @if is_there { (field::date(filled, "effective_on", "Price counts from").hint("Empty: from today.")) }
        }))
        (form::pair(html! {
            (field::select(filled, "labor_rate_id", "Labor rate", &rates).hint("For a service by time and materials."))
            (field::select(filled, "sold_as", "A bundle comes to a job as", &sold))
        }))
        @if let Some(margin) = margin { (field::money(filled, "cost", "What it costs you", currency).hint(margin)) }
        (form::pair(html! {
            (field::number(filled, "duration_minutes", "Minutes it takes").hint("A service needs them: bookings are made by them."))
            (field::select(filled, "tax_rate_id", "Tax", &taxes))
        }))
        (form::pair(html! {
            (field::select(filled, "category_id", "Category", &categories))
            (field::text(filled, "code", "Code").most(40))
        }))
        (field::textarea(filled, "description", "Description").hint("The customer reads it on the booking page and on the invoice.").rows(3).most(2000))
        (field::checkbox(filled, "online", "Customers can book it online"))
    }
}

/// `foot` is what other contexts say of the item.
fn draw(
    access: &Access<CatalogWrite>,
    item: Option<&Item>,
    choices: &Choices,
    filled: &Filled,
    foot: &[Markup],
) -> Page {
    let (title, action, verb) = match item {
        Some(item) => (item.name.clone(), format!("/price-book/{}", item.id), "Save item"),
        None => ("New item".into(), "/price-book/new".into(), "Add item"),
    };
    let version = item.map(|item| filled.values.get("version").cloned().unwrap_or_else(|| item.version.to_string()));
    let margin = access.can::<CostsSee>().then(|| margin(access, item));
    let body = html! {
        (form::form(&action, filled, html! {
            @if let Some(version) = version { (field::hidden("version", version)) }
            (fields(filled, choices, access.tenant().locale.currency.code(), margin.as_deref(), item.is_some()))
            (form::actions(html! { (button(verb).primary()) (link_button("Cancel", "/price-book").quiet()) }))
        }))
        @for part in foot { (part) }
        @if let Some(item) = item {
            div.form-acts { @match item.status {
                Status::Active => (form::verb_form(&format!("{action}/archive"), html! { (button("Take out of the price book").quiet().icon("archive")) })),
                Status::Archived => (form::verb_form(&format!("{action}/restore"), html! { (button("Put back into the price book").icon("undo-2")) })),
            } }
        }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let mut page = shell::page(access, Frame { title, active: "/price-book", crumbs, body, ..Frame::default() });
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}

/// How the price comes about, what it was and will be, the parts; and what other contexts say of the item.
async fn foot(access: &Access<CatalogWrite>, item: &Item) -> Result<Vec<Markup>> {
    let id = item.id;
    let mut all = vec![];
    if access.can::<PricesSee>() {
        let price = price::ask::price(access, id, &price::ask::Asked::default()).await?;
        let spans = access.read(version::of(id)).await?;
        let markup = item.pricing == Pricing::Markup && access.can::<CostsSee>();
        all.push(html! { div."mt-8" { (price::panel::reckoned(access, &price)) @if markup { (link_button("A markup for this item alone", format!("/price-book/markups?item_id={id}")).small().quiet().icon("percent")) } } });
        all.push(html! { div."mt-8" { (price::panel::history(access, item, &spans)) } });
    }
    if matches!(item.kind, Kind::Bundle | Kind::Service) {
        let says = if item.kind == Kind::Bundle { "What goes into the bundle." } else { "Materials it uses up." };
        all.push(html! { div."mt-8" { (ui::card::line("package", "Parts", says, html! { (link_button("Open", format!("/price-book/{id}/parts")).small()) })) } });
    }
    all.extend(shell::panels(access, "item.foot", id.0, &format!("/price-book/{id}")).await);
    Ok(all)
}

pub async fn new(access: Access<CatalogWrite>) -> Result<Page> {
    let choices = choices(&access).await?;
    let standard = choices.taxes.iter().find(|tax| tax.standard).map(|tax| tax.id.to_string()).unwrap_or_default();
    let filled = Filled::of([("tax_rate_id", standard), ("duration_minutes", "60".into())]);
    Ok(draw(&access, None, &choices, &filled, &[]))
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<CatalogWrite>, form: Form<ItemForm>) -> Answer {
    let work = async |typed: ItemForm| {
        let new = typed.input(access.tenant().locale.currency)?;
        access
            .once(async |tx: &mut TenantTx| {
                let item = create(tx, new.clone()).await?;
                Ok(Redirect::to("/price-book").toast(&format!("{} is in the price book.", item.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, None, &choices(&access).await?, &shell::filled(typed), &[]))),
    }
}

pub async fn edit(access: Access<CatalogWrite>, Path(id): Path<ItemId>) -> Result<Page> {
    let item = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let filled = Filled::of([
        ("name", item.name.clone()),
        ("kind", item.kind.to_string()),
        ("price", item.price().amount()),
        ("cost", item.cost().map(|cost| cost.amount()).unwrap_or_default()),
        ("unit", text(&item.unit)),
        ("duration_minutes", item.duration_minutes.to_string()),
        ("tax_rate_id", item.tax_rate_id.map(|id| id.to_string()).unwrap_or_default()),
        ("category_id", item.category_id.map(|id| id.to_string()).unwrap_or_default()),
        ("code", text(&item.code)),
        ("description", text(&item.description)),
        ("pricing", item.pricing.to_string()),
        ("labor_rate_id", item.labor_rate_id.map(|id| id.to_string()).unwrap_or_default()),
        ("sold_as", item.sold_as.to_string()),
        ("online", if item.online { "on".into() } else { String::new() }),
    ]);
    Ok(draw(&access, Some(&item), &choices(&access).await?, &filled, &foot(&access, &item).await?))
}

pub async fn post_edit(access: Access<CatalogWrite>, Path(id): Path<ItemId>, form: Form<ItemForm>) -> Answer {
    let seen = form.version()?;
    let work = async |typed: ItemForm| {
        let effective_on = typed.effective_on;
        let whole = Change { effective_on, ..Change::whole(typed.input(access.tenant().locale.currency)?) };
        access
            .once(async |tx: &mut TenantTx| {
                let item = change(tx, id, seen, whole.clone()).await?;
                let says = match whole.effective_on.filter(|day| *day > tx.today()) {
                    Some(day) => format!("{} is saved; the price counts from {}.", item.name, super::book::day(day)),
                    None => format!("{} is saved.", item.name),
                };
                Ok(Redirect::to("/price-book").toast(&says))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let item = access.read(find(id)).await?.ok_or(Error::NotFound)?;
            Ok(Either::Again(draw(
                &access,
                Some(&item),
                &choices(&access).await?,
                &shell::filled(typed),
                &foot(&access, &item).await?,
            )))
        }
    }
}

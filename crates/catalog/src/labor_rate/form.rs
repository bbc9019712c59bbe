//! The page of the labor rates: one line each, changed in place, by the hour.
use kernel::{
    Access, Checks, Cost, CostsSee, Currency, Error, Input, Money, Result, TenantTx,
    http::{self, Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form};

use super::{Change, LaborRate, LaborRateId, New, Status, active, change, create};
use crate::permissions::CatalogWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    price: String,
    cost: String,
    standard: Option<String>,
}

impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name");
    }
}

/// Amounts are read with the company's currency, with sentences of their own.
fn amounts(typed: &Typed, currency: Currency) -> Result<(Money, Option<Cost>)> {
    let price = Money::parse(&typed.price, currency)
        .ok_or_else(|| Error::field("/price", "amount", "Give what an hour sells for as a number, such as 120."))?;
    let cost = match typed.cost.trim() {
        "" => None,
        cost => Some(Cost::parse(cost, currency).ok_or_else(|| {
            Error::field("/cost", "amount", "Give what an hour costs you as a number, such as 60, or leave it empty.")
        })?),
    };
    Ok((price, cost))
}

fn fields(filled: &Filled, id: &str, currency: &str, costs: bool) -> maud::Markup {
    let own = |name: &str| format!("{name}{id}");
    html! {
        (form::pair(html! {
            (field::text(filled, "name", "Name").required().placeholder("Standard").most(80).id(own("f-name")))
            (field::money(filled, "price", "An hour sells for", currency).required().id(own("f-price")))
        }))
        @if costs { (field::money(filled, "cost", "An hour costs you", currency).id(own("f-cost"))) }
        (field::checkbox(filled, "standard", "Counts for services that name no other rate").id(own("f-standard")))
    }
}

fn draw(access: &Access<CatalogWrite>, all: &[LaborRate], filled: &Filled) -> Page {
    let (currency, costs) = (access.tenant().locale.currency.code(), access.can::<CostsSee>());
    let language = &access.tenant().locale.language;
    let line = |rate: &LaborRate| {
        let now = Filled::of([
            ("name", rate.name.clone()),
            ("price", rate.price().amount()),
            ("cost", rate.cost().map(|cost| cost.amount()).unwrap_or_default()),
            ("standard", if rate.standard { "on".into() } else { String::new() }),
        ]);
        let body = html! {
            form.form method="post" action={ "/price-book/labor-rates/" (rate.id) } data-form {
                (form::key())
                (field::hidden("version", rate.version.to_string()))
                (fields(&now, &format!("-{}", rate.id), currency, costs))
                (form::actions(html! {
                    (button("Save").small())
                    (button("Archive").small().quiet().icon("archive").attr("formaction", format!("/price-book/labor-rates/{}/archive", rate.id)))
                }))
            }
        };
        let hour = format!("{} an hour", rate.price().display(language));
        let quiet = if rate.standard { format!("{hour} · standard") } else { hour };
        card::card(&rate.name, &quiet, None, card::card_body(body))
    };
    let body = html! {
        @if all.is_empty() { (card::empty("No labor rates yet", "What an hour of work sells for. Services that are priced by their time take it, such as 2 h × $120.00.", html! {}, html! {})) }
        div."grid"."gap-4" { @for rate in all { (line(rate)) } }
        div.mt-4 { (form::form("/price-book/labor-rates", filled, html! {
            (form::part("New labor rate", "Services priced by time and materials are reckoned with it.", fields(filled, "", currency, costs)))
            (form::actions(html! { (button("Add labor rate").primary()) }))
        })) }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let mut page = shell::page(
        access,
        Frame { title: "Labor rates".into(), active: "/price-book", crumbs, body, ..Frame::default() },
    );
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}

pub async fn page(access: Access<CatalogWrite>) -> Result<Page> {
    let all = access.read(active()).await?;
    Ok(draw(&access, &all, &Filled::default()))
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<CatalogWrite>, form: Form<Typed>) -> Answer {
    let work = async |typed: Typed| {
        let (price, cost) = amounts(&typed, access.tenant().locale.currency)?;
        access
            .once(async |tx: &mut TenantTx| {
                let new =
                    New { name: typed.name.clone(), price, cost, standard: typed.standard.is_some() }.checked()?;
                let rate = create(tx, new).await?;
                Ok(Redirect::to("/price-book/labor-rates").toast(&format!("{} is added.", rate.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &access.read(active()).await?, &shell::filled(typed)))),
    }
}

/// What was wrong with one of the lines.
async fn again(access: &Access<CatalogWrite>, typed: http::Typed) -> Answer {
    Ok(Either::Again(draw(access, &access.read(active()).await?, &shell::on_top(typed))))
}

pub async fn post_edit(access: Access<CatalogWrite>, Path(id): Path<LaborRateId>, form: Form<Typed>) -> Answer {
    let seen = form.version()?;
    let work = async |typed: Typed| {
        let (price, cost) = amounts(&typed, access.tenant().locale.currency)?;
        access
            .once(async |tx: &mut TenantTx| {
                let whole = Change {
                    name: Some(typed.name.clone()),
                    price: Some(price),
                    // Whoever may not see it has no field for it.
                    cost: kernel::sight::costs().then_some(cost),
                    standard: Some(typed.standard.is_some()),
                    status: None,
                }
                .checked()?;
                let rate = change(tx, id, seen, whole).await?;
                Ok(Redirect::to("/price-book/labor-rates").toast(&format!("{} is saved.", rate.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => again(&access, typed).await,
    }
}

/// The fields of the line are sent along, and not heeded.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Archive {
    name: String,
    price: String,
    cost: String,
    standard: Option<String>,
}
impl Input for Archive {
    fn check(&mut self, checks: &mut Checks) {
        let standard = self.standard.as_deref().unwrap_or("");
        for (field, value) in
            [("name", self.name.as_str()), ("price", &self.price), ("cost", &self.cost), ("standard", standard)]
        {
            checks.that(value.chars().count() <= 200, field, "too_long", "At most 200 characters.");
        }
    }
}

pub async fn post_archive(access: Access<CatalogWrite>, Path(id): Path<LaborRateId>, form: Form<Archive>) -> Answer {
    let seen = form.version()?;
    let work = async |_: Archive| {
        access
            .once(async |tx: &mut TenantTx| {
                let archive = Change { status: Some(Status::Archived), ..Change::default() };
                let rate = change(tx, id, seen, archive).await?;
                Ok(Redirect::to("/price-book/labor-rates").toast(&format!("{} is archived.", rate.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => again(&access, typed).await,
    }
}

//! The page of the tax rates: one line each, changed in place, in percent.
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{self, Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form};

use super::{Change, New, Status, TaxRate, TaxRateId, active, change, create, millionths, percent};
use crate::permissions::CatalogWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    percent: String,
    standard: Option<String>,
    #[serde(skip)]
    rate_ppm: i64,
}

impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name");
        let rate = millionths(&self.percent).filter(|rate| *rate <= 1_000_000);
        checks.that(rate.is_some(), "percent", "percent", "Give the rate in percent, such as 8.25.");
        self.rate_ppm = rate.unwrap_or(0);
    }
}

fn fields(filled: &Filled, id: &str) -> maud::Markup {
    let own = |name: &str| format!("{name}{id}");
    html! {
        (form::pair(html! {
            (field::text(filled, "name", "Name").required().placeholder("Sales tax").most(80).id(own("f-name")))
            (field::number(filled, "percent", "Rate").required().after("%").id(own("f-percent")))
        }))
        (field::checkbox(filled, "standard", "Propose it for new items").id(own("f-standard")))
    }
}

fn draw(access: &Access<CatalogWrite>, all: &[TaxRate], filled: &Filled) -> Page {
    let line = |rate: &TaxRate| {
        let now = Filled::of([
            ("name", rate.name.clone()),
            ("percent", percent(rate.rate_ppm)),
            ("standard", if rate.standard { "on".into() } else { String::new() }),
        ]);
        let body = html! {
            form.form method="post" action={ "/price-book/taxes/" (rate.id) } data-form {
                (form::key())
                (field::hidden("version", rate.version.to_string()))
                (fields(&now, &format!("-{}", rate.id)))
                (form::actions(html! {
                    (button("Save").small())
                    (button("Archive").small().quiet().icon("archive").attr("formaction", format!("/price-book/taxes/{}/archive", rate.id)))
                }))
            }
        };
        let quiet = if rate.standard {
            format!("{} % · standard", percent(rate.rate_ppm))
        } else {
            format!("{} %", percent(rate.rate_ppm))
        };
        card::card(&rate.name, &quiet, None, card::card_body(body))
    };
    let body = html! {
        div."grid"."gap-4" { @for rate in all { (line(rate)) } }
        div.mt-4 { (form::form("/price-book/taxes", filled, html! {
            (form::part("New tax rate", "Items of the price book name the tax they are sold with.", fields(filled, "")))
            (form::actions(html! { (button("Add tax rate").primary()) }))
        })) }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let mut page = shell::page(
        access,
        Frame { title: "Tax rates".into(), active: "/price-book", crumbs, body, ..Frame::default() },
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
        access
            .once(async |tx: &mut TenantTx| {
                let new =
                    New { name: typed.name.clone(), rate_ppm: typed.rate_ppm, standard: typed.standard.is_some() };
                let rate = create(tx, new).await?;
                Ok(Redirect::to("/price-book/taxes").toast(&format!("{} is added.", rate.name)))
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

pub async fn post_edit(access: Access<CatalogWrite>, Path(id): Path<TaxRateId>, form: Form<Typed>) -> Answer {
    let seen = form.version()?;
    let work = async |typed: Typed| {
        access
            .once(async |tx: &mut TenantTx| {
                let whole = Change {
                    name: Some(typed.name.clone()),
                    rate_ppm: Some(typed.rate_ppm),
                    standard: Some(typed.standard.is_some()),
                    status: None,
                };
                let rate = change(tx, id, seen, whole).await?;
                Ok(Redirect::to("/price-book/taxes").toast(&format!("{} is saved.", rate.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => again(&access, typed).await,
    }
}

pub async fn post_archive(access: Access<CatalogWrite>, Path(id): Path<TaxRateId>, form: Form<Typed>) -> Answer {
    let seen = form.version()?;
    let work = async |_: Typed| {
        access
            .once(async |tx: &mut TenantTx| {
                let archive = Change { status: Some(Status::Archived), ..Change::default() };
                let rate = change(tx, id, seen, archive).await?;
                Ok(Redirect::to("/price-book/taxes").toast(&format!("{} is archived.", rate.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => again(&access, typed).await,
    }
}

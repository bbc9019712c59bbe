//! The page on which many prices are changed: chosen by a form that changes nothing, looked at, applied; and what was changed before.
use jiff::civil::Date;
use kernel::{
    Access, Checks, Currency, Error, Input, Money, Result, TenantTx,
    http::{Either, Form, Page, Query, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, field, form,
    table::{Column, Row, Table},
};

use super::{
    How, New, Round,
    apply::{Outcome, apply, preview},
    before::before,
    latest,
};
use crate::{
    category::{self, CategoryId, tree},
    item::{Kind, book::day},
    permissions::CatalogWrite,
    price::panel::section,
    tax_rate::{far_millionths, millionths},
};

/// As typed, in the address: whoever goes back finds it again.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    pub category_id: Option<CategoryId>,
    pub kind: Option<Kind>,
    pub q: Option<String>,
    /// Nothing is looked at until it is said.
    pub how: Option<How>,
    /// Per cent, or an amount.
    pub by: Option<String>,
    pub round: Option<Round>,
    pub effective_on: Option<Date>,
    pub seen: Option<String>,
}
impl Input for Asked {
    fn check(&mut self, checks: &mut Checks) {
        // The rest is checked as the change itself.
        checks.optional("by", &mut self.by, 30);
    }
}

fn signed_millionths(text: &str) -> Option<i64> {
    let text = text.trim().replace('−', "-");
    match text.strip_prefix('-') {
        Some(rest) => millionths(rest).map(|ppm| -ppm),
        None => far_millionths(text.trim_start_matches('+')),
    }
}

impl Asked {
    fn change(&self, currency: Currency) -> Result<New> {
        let how = self.how.unwrap_or(How::Percent);
        let typed = self.by.as_deref().unwrap_or("").trim();
        let (by_ppm, by) = match how {
            How::Amount => {
                let says = "Give the amount by which prices change, such as 5 or -2.50.";
                let by = Money::parse(typed, currency).ok_or_else(|| Error::field("/by", "amount", says))?;
                (None, Some(by))
            }
            _ => {
                let says = "Give it in per cent, such as 5, 7.5 or -3.";
                let ppm = signed_millionths(typed).ok_or_else(|| Error::field("/by", "percent", says))?;
                (Some(ppm), None)
            }
        };
        let new = New {
            category_id: self.category_id,
            kind: self.kind,
            q: self.q.clone(),
            how,
            by_ppm,
            by,
            round: self.round.unwrap_or(Round::None),
            effective_on: self.effective_on,
            seen: self.seen.clone(),
        };
        new.checked().map_err(renamed)
    }

    fn filled(&self) -> Filled {
        let said = |value: Option<String>| value.unwrap_or_default();
        Filled::of([
            ("category_id", said(self.category_id.map(|id| id.to_string()))),
            ("kind", said(self.kind.map(|kind| kind.to_string()))),
            ("q", said(self.q.clone())),
            ("how", self.how.unwrap_or(How::Percent).to_string()),
            ("by", said(self.by.clone())),
            ("round", self.round.unwrap_or(Round::None).to_string()),
            ("effective_on", said(self.effective_on.map(|day| day.to_string()))),
        ])
    }
}

/// The form has one field for both.
fn renamed(error: Error) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in faults.iter_mut().filter(|fault| fault.pointer == "/by_ppm") {
                fault.pointer = "/by".into();
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

fn choose(filled: &Filled, categories: &[category::Category]) -> Markup {
    let all = |says: &str| (String::new(), says.to_owned());
    let heads = tree::choices(&tree::ordered(categories), "All categories");
    let kinds: Vec<(String, String)> = std::iter::once(all("All kinds"))
        .chain(Kind::ALL.iter().map(|kind| (kind.to_string(), kind.label().to_owned())))
        .collect();
    let ways: Vec<(&str, &str)> = How::ALL.iter().map(|how| (how.as_str(), how.label())).collect();
    let ends: Vec<(&str, &str)> = Round::ALL.iter().map(|round| (round.as_str(), round.label())).collect();
    html! {
        form.form method="get" action="/price-book/change-prices" {
            (form::summary(filled))
            (form::part("Which", "Items with a price of their own. What is reckoned by rules follows these by itself.", html! {
                (form::pair(html! {
                    (field::select(filled, "category_id", "Category", &heads).hint("With all below it."))
                    (field::select(filled, "kind", "Kind", &kinds))
                }))
                (field::text(filled, "q", "With the word").most(200).hint("The beginning of a word of the name, code or description."))
            }))
            (form::part("What becomes of them", "", html! {
                (form::pair(html! {
                    (field::select(filled, "how", "Change", &ways))
                    (field::text(filled, "by", "By or to").required().most(30).attr("inputmode", "decimal").hint("Per cent, or the amount. With a minus it gets cheaper."))
                }))
                (form::pair(html! {
                    (field::select(filled, "round", "Rounded", &ends))
                    (field::date(filled, "effective_on", "Counts from").hint("Empty: from today."))
                }))
            }))
            (form::actions(html! { (button("Look at what it does").primary()) }))
        }
    }
}

fn shown(access: &Access<CatalogWrite>, filled: &Filled, outcome: &Outcome) -> Markup {
    let language = &access.tenant().locale.language;
    let columns = [Column::lead("Item").width(50), Column::number("Now").width(20), Column::number("Then").side()];
    let row = |one: &super::apply::Preview| {
        let (was, new) = (one.was.display(language), one.new.display(language));
        let cells = vec![
            html! { span.strong { (one.name) } " " span.dim.t12 { (one.code.as_deref().unwrap_or("")) } },
            html! { (was) },
            html! { span.strong { (new) } },
        ];
        Row::new(one.item_id.to_string(), &one.name, cells).sub(format!("now {was}"))
    };
    let rows: Vec<Row> = outcome.first.iter().map(row).collect();
    let left =
        [(outcome.without_cost, "have no cost written down and stay"), (outcome.unchanged, "come out as they are")];
    let names = ["category_id", "kind", "q", "how", "by", "round", "effective_on"];
    html! {
        div."mt-8" { (section("What it does", html! {}, html! {
            @if outcome.items == 0 { p.soft { "No price would change. Choose other items, or another amount." } }
            @else {
                p.soft {
                    span.strong.num { (outcome.items) } @if outcome.items == 1 { " price" } @else { " prices" } " from " (day(outcome.effective_on))
                    ": together " span.num { (outcome.was.display(language)) } " now, " span.strong.num { (outcome.new.display(language)) } " then."
                }
            }
            @for (count, says) in left.iter().filter(|(count, _)| *count > 0) { p.dim.t13 { (count) " " (says) "." } }
            @if outcome.items > 0 {
                (Table::new("What it does", &columns).show(&rows))
                @if outcome.items > 50 { p.dim.t13 { "The first 50 by name are shown." } }
                form.form method="post" action="/price-book/change-prices" data-form {
                    (form::key())
                    @for name in names { (field::hidden(name, filled.value(name))) }
                    (field::hidden("seen", outcome.seen.as_str()))
                    (form::actions(html! { (button(if outcome.items == 1 { "Change 1 price".into() } else { format!("Change {} prices", outcome.items) }).primary()) }))
                }
            }
        })) }
    }
}

async fn draw(access: &Access<CatalogWrite>, filled: &Filled, outcome: Option<&Outcome>) -> Result<Page> {
    let (categories, latest) = access.read((category::active(), latest())).await?;
    let body = html! {
        (choose(filled, &categories))
        @if let Some(outcome) = outcome { (shown(access, filled, outcome)) }
        (before(access, &latest))
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let frame = Frame { title: "Change prices".into(), active: "/price-book", crumbs, body, ..Frame::default() };
    let page = shell::page(access, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

/// The same with what is wrong beside its field.
fn wrong(filled: Filled, error: Error) -> Result<Filled> {
    match error {
        Error::Invalid(faults) => Ok(faults
            .into_iter()
            .fold(filled, |filled, fault| filled.wrong(fault.pointer.trim_start_matches('/'), fault.message))),
        other => Err(other),
    }
}

pub async fn page(access: Access<CatalogWrite>, Query(asked): Query<Asked>) -> Result<Page> {
    let filled = asked.filled();
    if asked.how.is_none() {
        return draw(&access, &filled, None).await;
    }
    let looked = match asked.change(access.tenant().locale.currency) {
        Ok(new) => preview(&access, &new).await,
        Err(error) => Err(error),
    };
    match looked {
        Ok(outcome) => draw(&access, &filled, Some(&outcome)).await,
        Err(error) => draw(&access, &wrong(filled, error)?, None).await,
    }
}

pub async fn post(access: Access<CatalogWrite>, form: Form<Asked>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let currency = access.tenant().locale.currency;
    let work = async |asked: Asked| {
        let new = asked.change(currency)?;
        access
            .once(async |tx: &mut TenantTx| {
                let change = apply(tx, &new, currency).await?;
                let undo = format!("/price-book/change-prices/{}/undo", change.id);
                let says = match change.items {
                    1 => "1 price is changed.".to_owned(),
                    many => format!("{many} prices are changed."),
                };
                Ok(Redirect::to("/price-book/change-prices").toast_undo(&says, &undo))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &shell::filled(typed), None).await?)),
    }
}

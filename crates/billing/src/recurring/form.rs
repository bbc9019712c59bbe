//! The form of what a plan costs and when it is billed.
use catalog::{TaxRateId, tax_rate};
use jiff::civil::Date;
use kernel::{
    Access, Checks, Error, Input, Money, PricesSee, Result, Scope, TenantTx,
    http::{Form, Page, Path},
    text_enum,
};
use maintenance::{PlanId, plan};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Answer, Frame, ended};
use ui::{Filled, button, field, form, link_button};

use super::{
    Rhythm,
    set::{Terms, set},
    show::{self, view},
};
use crate::{invoice::draft::TERMS_DAYS, permissions::RecurringWrite, written};
use kernel::http::Redirect;

text_enum! {
    /// Where the amount comes from.
    pub enum Price { Book = "book": "What the price book says on the day", Hand = "hand": "An amount of its own" }
}
text_enum! {
    pub enum When { Advance = "advance": "In advance", After = "after": "Afterwards" }
}

fn options<T: Copy>(all: &[T], of: fn(T) -> (&'static str, &'static str)) -> Vec<(&'static str, &'static str)> {
    all.iter().map(|one| of(*one)).collect()
}

/// As the terms in force have it.
fn filled_of(known: &show::Plan) -> Filled {
    let Some(now) = known.now() else {
        return Filled::of([
            ("version", "0".to_owned()),
            ("rhythm", Rhythm::Month.as_str().to_owned()),
            ("when", When::Advance.as_str().to_owned()),
            ("price", Price::Hand.as_str().to_owned()),
            ("terms_days", TERMS_DAYS.to_string()),
        ]);
    };
    let when = if now.in_advance { When::Advance } else { When::After };
    let price = if now.item_id.is_some() { Price::Book } else { Price::Hand };
    Filled::of([
        ("version", known.version.to_string()),
        ("rhythm", now.rhythm.as_str().to_owned()),
        ("when", when.as_str().to_owned()),
        ("price", price.as_str().to_owned()),
        ("amount", now.amount.map(|amount| amount.amount()).unwrap_or_default()),
        ("tax_rate_id", now.tax_rate_id.map(|id| id.to_string()).unwrap_or_default()),
        ("description", now.description.clone().unwrap_or_default()),
        ("terms_days", now.terms_days.to_string()),
        ("charges", if now.charges { "true".to_owned() } else { String::new() }),
        ("sends", if now.sends { "true".to_owned() } else { String::new() }),
    ])
}

async fn draw(scope: &Scope, id: PlanId, wrong: Option<Filled>) -> Result<Page> {
    let (plan, taxes) = scope.read((plan::find(id), tax_rate::active())).await?;
    let plan = plan.ok_or(Error::NotFound)?;
    let known = scope.read_with(async |tx: &mut TenantTx| view(scope, tx, id).await).await?;
    let is_wrong = wrong.is_some();
    let filled = wrong.unwrap_or_else(|| filled_of(&known));
    let standard = taxes.iter().find(|tax| tax.standard).map(|tax| tax.id.to_string());
    let taxes: Vec<(String, String)> = std::iter::once((String::new(), "No tax".to_owned()))
        .chain(taxes.iter().map(|tax| (tax.id.to_string(), tax.name.clone())))
        .collect();
    let first = known.now().is_none();
    let tax = field::select(&filled, "tax_rate_id", "Tax", &taxes)
        .hint("Of an amount of its own; a service has its tax in the price book.");
    let tax = if first && !is_wrong { tax.value(standard.unwrap_or_default()) } else { tax };
    let rhythms = options(Rhythm::ALL, |one| (one.as_str(), one.label()));
    let whens = options(When::ALL, |one| (one.as_str(), one.label()));
    let prices = options(Price::ALL, |one| (one.as_str(), one.label()));
    let sign = scope.tenant().locale.currency.code();
    let here = format!("/maintenance/{id}");
    let body = html! {
        (form::form(&format!("{here}/billing"), &filled, html! {
            (field::hidden("version", filled.value("version")))
            (form::part("When", "An invoice is issued by itself for each period, once, on the day that is said here. While the plan is paused nothing is billed.", html! {
                (form::pair(html! {
                    (field::select(&filled, "rhythm", "How often", &rhythms))
                    (field::select(&filled, "when", "Billed", &whens).hint("Before the time it is for, or after it."))
                }))
                @if first { (field::date(&filled, "from_on", "First day that is paid for").hint("Empty: today, or the day on which the plan begins. From the 31st on, a shorter month is billed on its last day.")) }
            }))
            (form::part("How much", "Before tax, or with it where your prices include it.", html! {
                (field::select(&filled, "price", "Price", &prices).hint(format!("The price book’s is that of {}.", plan.item_name)))
                (form::pair(html! { (field::money(&filled, "amount", "Amount", sign)) (tax) }))
                (field::text(&filled, "description", "As it reads on the invoice").most(300).placeholder(&plan.item_name))
            }))
            (form::part("The invoice", "", html! {
                (field::number(&filled, "terms_days", "Days to pay").after("days"))
                (field::checkbox(&filled, "sends", "Send it to the customer by e-mail"))
                (field::checkbox(&filled, "charges", "Charge the card that the customer keeps").hint("Once, when it is issued, and only if they agreed to it. Where no card is kept, or the bank declines, the invoice stays open and Today says so."))
            }))
            @if !first { p.soft.t13."mb-4" { "What has begun stays as it was billed: a change counts from the next period." } }
            (form::actions(html! { (button("Save").primary()) (link_button("Cancel", here.clone()).quiet()) }))
        }))
    };
    let crumbs = vec![
        ("Maintenance".to_owned(), "/maintenance".to_owned()),
        (format!("{}, {}", plan.item_name, plan.customer_name), here),
    ];
    let frame = Frame { title: "What it costs".into(), active: "/maintenance", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if is_wrong { 422 } else { page.status }, ..page })
}

/// Whoever changes a price sees it.
fn may(scope: &Scope) -> Result<()> {
    if scope.can::<PricesSee>() { Ok(()) } else { Err(Error::Forbidden(<PricesSee as kernel::Permission>::NAME)) }
}

pub async fn page(access: Access<RecurringWrite>, Path(id): Path<PlanId>) -> Result<Page> {
    access.read(plan::find(id)).await?.ok_or(Error::NotFound)?;
    may(&access)?;
    draw(&access, id, None).await
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TypedPlanBilling")]
pub struct Typed {
    rhythm: Rhythm,
    when: When,
    price: Price,
    #[serde(default)]
    amount: Option<String>,
    #[serde(default)]
    tax_rate_id: Option<TaxRateId>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    from_on: Option<Date>,
    #[serde(default)]
    terms_days: Option<i32>,
    #[serde(default)]
    sends: Option<bool>,
    #[serde(default)]
    charges: Option<bool>,
}
impl Input for Typed {
    /// Whole only with the company's currency: `post` checks it.
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("amount", &mut self.amount, 30);
        checks.optional("description", &mut self.description, 300);
    }
}

pub async fn post(access: Access<RecurringWrite>, Path(id): Path<PlanId>, form: Form<Typed>) -> Answer {
    let seen = form.version()?;
    let plan = access.read(plan::find(id)).await?.ok_or(Error::NotFound)?;
    let currency = access.tenant().locale.currency;
    let work = async |typed: Typed| {
        let amount = |text: String| written::typed_amount("/amount", &text, currency);
        let hand = typed.price == Price::Hand;
        let amount: Option<Money> = match hand {
            true => Some(typed.amount.map(amount).transpose()?.ok_or_else(|| {
                Error::field("/amount", "required", "Give the amount, such as 19.00, or take the price book’s.")
            })?),
            false => None,
        };
        let terms = Terms {
            rhythm: typed.rhythm,
            in_advance: typed.when == When::Advance,
            item_id: (!hand).then_some(plan.item_id),
            amount,
            tax_rate_id: typed.tax_rate_id.filter(|_| hand),
            description: typed.description,
            from_on: typed.from_on,
            terms_days: typed.terms_days,
            sends: typed.sends,
            charges: typed.charges,
        }
        .checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                set(tx, id, seen, &terms).await?;
                Ok(Redirect::to(format!("/maintenance/{id}")).toast("Saved"))
            })
            .await
    };
    ended(form.then(work).await?, async |filled| draw(&access, id, Some(filled)).await).await
}

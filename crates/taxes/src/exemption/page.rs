//! The exemptions of a customer: a card beside their page, and a page of their own.
use catalog::CatalogWrite;
use customers::{CustomerId, CustomersRead, customer};
use jiff::civil::Date;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, Nothing, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form, link_button};
use uuid::Uuid;

use super::{Change, Exemption, ExemptionId, New, change, give, of};
use crate::jurisdiction::{self, JurisdictionId};

fn day(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

fn counts(one: &Exemption, today: Date) -> bool {
    one.from_on <= today && one.until_on.is_none_or(|until| until > today)
}

/// "State of Texas, to 30 Jun 2027".
fn says(one: &Exemption, today: Date) -> String {
    let of = one.jurisdiction.clone().unwrap_or_else(|| "All taxes".into());
    let last = |until: Date| day(until.saturating_sub(jiff::Span::new().days(1)));
    match (one.from_on > today, one.until_on) {
        (true, _) => format!("{of}, from {} on", day(one.from_on)),
        (false, None) => format!("{of}, since {}", day(one.from_on)),
        (false, Some(until)) if until > today => format!("{of}, to {}", last(until)),
        (false, Some(until)) => format!("{of}, ended {}", day(until)),
    }
}

/// Nothing for those who pay taxes as everybody does, but a quiet way to say otherwise.
pub(crate) async fn of_customer(scope: Scope, customer: Uuid) -> Result<Markup> {
    let all = scope.read(of(CustomerId(customer))).await?;
    let today = scope.local_now().date();
    let to = format!("/customers/{customer}/tax-exemptions");
    let may = scope.can::<CatalogWrite>();
    if all.is_empty() && !may {
        return Ok(html! {});
    }
    let words = if all.is_empty() { "Add" } else { "All" };
    let link = html! { a.link.t12 href=(to) aria-label={ (words) " tax exemptions" } { (words) } };
    let line = |one: &Exemption| card::line("percent", &one.certificate, &says(one, today), html! {});
    Ok(card::section(
        "Tax exemptions",
        link,
        html! { @for one in all.iter().filter(|one| counts(one, today)) { (line(one)) } },
    ))
}

async fn draw(scope: &Scope, id: CustomerId, filled: &Filled) -> Result<Page> {
    let (today, may) = (scope.local_now().date(), scope.can::<CatalogWrite>());
    // They are for the form alone.
    let places = may.then(jurisdiction::in_use).into_iter().collect::<Vec<_>>();
    let (customer, all, places) = scope.read((customer::find(id), of(id), places)).await?;
    let to = format!("/customers/{id}/tax-exemptions");
    let choices: Vec<(String, String)> = std::iter::once((String::new(), "All taxes".to_owned()))
        .chain(places.iter().flatten().map(|one| (one.id.to_string(), one.name.clone())))
        .collect();
    let end = |one: &Exemption| {
        html! { @if may && one.until_on.is_none_or(|until| until > today) { (form::verb_form(&format!("{to}/{}", one.id), html! {
            (field::hidden("version", one.version.to_string()))
            (button("End today").small().quiet().attr("aria-label", format!("End today: {}", one.certificate)))
        })) } }
    };
    let words = |one: &Exemption| match &one.reason {
        Some(reason) => format!("{} · {reason}", says(one, today)),
        None => says(one, today),
    };
    let body = html! {
        @if all.is_empty() { (card::empty("Pays taxes as everybody does", "Add an exemption with its certificate; papers from then on carry no such tax and name the certificate.", html! {}, html! {})) }
        @for one in &all { (card::line("percent", &one.certificate, &words(one), end(one))) }
        @if may { div.mt-6 { (form::form(&to, filled, form::part("New exemption", "", html! {
            (form::pair(html! {
                (field::text(filled, "certificate", "Number of the certificate").required().most(60))
                (field::select(filled, "jurisdiction_id", "Exempt from", &choices))
            }))
            (form::pair(html! {
                (field::date(filled, "from_on", "First day"))
                (field::date(filled, "last_on", "Last day").hint("Empty: until further notice."))
            }))
            (field::text(filled, "reason", "Why").most(300).placeholder("School, church, resale"))
            (form::actions(html! { (button("Add exemption").primary()) (link_button("Back to the customer", format!("/customers/{id}")).quiet()) }))
        }))) } }
    };
    let crumbs = vec![("Customers".into(), "/customers".into()), (customer.name.clone(), format!("/customers/{id}"))];
    let frame = Frame { title: "Tax exemptions".into(), active: "/customers", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Page> {
    let today = access.local_now().date();
    draw(&access, id, &Filled::of([("from_on", today.to_string())])).await
}

/// With the last day on which it counts, as certificates say it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TypedTaxExemption")]
pub struct Typed {
    certificate: String,
    reason: Option<String>,
    jurisdiction_id: Option<JurisdictionId>,
    from_on: Option<Date>,
    last_on: Option<Date>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("certificate", &mut self.certificate, 60, "the number of the certificate");
        let days = self.last_on.is_none_or(|on| (1990..=2199).contains(&on.year()));
        checks.that(days, "last_on", "range", "Give a day between 1990 and 2199.");
    }
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<CatalogWrite>, Path(id): Path<CustomerId>, form: Form<Typed>) -> Answer {
    let today = access.local_now().date();
    let work = async |typed: Typed| {
        let from_on = typed.from_on.unwrap_or(today);
        if typed.last_on.is_some_and(|last| last < from_on) {
            return Err(Error::field("/last_on", "order", "The last day is not before the first."));
        }
        let new = New {
            certificate: typed.certificate,
            reason: typed.reason,
            jurisdiction_id: typed.jurisdiction_id,
            from_on: Some(from_on),
            until_on: typed.last_on.map(|last| last.saturating_add(jiff::Span::new().days(1))),
        }
        .checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                give(tx, id, new.clone()).await?;
                Ok(Redirect::to(format!("/customers/{id}/tax-exemptions")).toast("The exemption is added."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, &shell::filled(typed)).await?)),
    }
}

pub async fn end_post(
    access: Access<CatalogWrite>,
    Path((id, exemption)): Path<(CustomerId, ExemptionId)>,
    form: Form<Nothing>,
) -> Answer {
    let seen = form.version()?;
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                let found = tx.run(super::find(exemption)).await?.filter(|found| found.customer_id == id);
                let today = found.ok_or(Error::NotFound)?.from_on.max(tx.today());
                let end = Change { until_on: Some(Some(today)), certificate: None };
                change(tx, exemption, seen, end).await?;
                Ok(Redirect::to(format!("/customers/{id}/tax-exemptions")).toast("The exemption is ended."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, &shell::filled(typed)).await?)),
    }
}

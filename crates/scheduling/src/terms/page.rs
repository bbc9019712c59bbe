//! The terms of booking as a form, with the booking page's address and what puts it on the company's own site.
use kernel::{
    Access, Checks, Error, Input, Money, Result, Scope,
    http::{Either, Form, Page, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, button, field, form};

use super::{Change, Terms, change, kept};
use crate::permissions::{BoardRead, TechniciansWrite};

fn values(terms: &Terms) -> Filled {
    let fee = if terms.cancel_fee.minor == 0 { String::new() } else { terms.cancel_fee.amount() };
    let prove = if terms.prove_email { "true" } else { "" };
    Filled::of([
        ("version", terms.version.to_string()),
        ("cancel_fee", fee),
        ("fee_hours", terms.fee_hours.to_string()),
        ("prove_email", prove.to_owned()),
        ("embedded_at", terms.embedded_at.join("\n")),
    ])
}

fn draw(scope: &Scope, values: &Filled) -> Page {
    let currency = scope.tenant().locale.currency;
    let address = scope.house().origin(&scope.host()) + "/book";
    let snippet =
        format!(r#"<iframe src="{address}" title="Book a visit" width="100%" height="900" frameborder="0"></iframe>"#);
    let body = html! {
        div."mb-6" { (ui::card::line("external-link", "Your booking page", &address, html! { (ui::link_button("Open", "/book").small()) })) }
        (form::form("/settings/booking", values, html! {
            (field::hidden("version", values.value("version")))
            (form::part("Called off late", "Said when a visit is booked and again before a customer calls it off; the office can let it pass. Empty: nothing is charged.", form::pair(html! {
                (field::money(values, "cancel_fee", "Fee", currency.code()))
                (field::number(values, "fee_hours", "Late is less than").after("hours before").required())
            })))
            (form::part("Who books", "", html! {
                (field::checkbox(values, "prove_email", "Prove the e-mail address").hint("Whoever books online gets a code of six digits and types it in. Keeps jokes and machines away; without a working e-mail address nobody can book online."))
            }))
            (form::part("On your own site", "One site a line. The booking page may stand there in a frame, and nowhere else.", html! {
                (field::textarea(values, "embedded_at", "Sites").rows(3).most(2000).placeholder("https://acme-hvac.example"))
                p.t13.soft { "Put this where it shall stand:" }
                (ui::card::copy(&snippet, "the line"))
            }))
            @if scope.can::<TechniciansWrite>() { (form::actions(html! { (button("Save").primary()) })) }
        }))
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame = Frame { title: "Booking page".into(), active: "/settings", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Page { status: if values.is_wrong() { 422 } else { page.status }, ..page }
}

pub async fn page(access: Access<BoardRead>) -> Result<Page> {
    let terms = Terms::of(access.read(kept()).await?, access.tenant().locale.currency);
    Ok(draw(&access, &values(&terms)))
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsForm {
    cancel_fee: Option<String>,
    fee_hours: Option<i32>,
    prove_email: Option<bool>,
    /// One site a line.
    embedded_at: Option<String>,
}
impl Input for TermsForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("cancel_fee", &mut self.cancel_fee, 30);
        checks.optional("embedded_at", &mut self.embedded_at, 2000);
    }
}

pub async fn post(
    access: Access<TechniciansWrite>,
    form: Form<TermsForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let (seen, currency) = (form.version()?, access.tenant().locale.currency);
    let outcome = form
        .then(async |input: TermsForm| {
            let wrong = || Error::field("/cancel_fee", "money", "That is no amount, such as 50 or 49.50.");
            let fee = match input.cancel_fee.as_deref() {
                None => Money::new(0, currency),
                Some(typed) => Money::parse(typed, currency).ok_or_else(wrong)?,
            };
            // Who may not see prices leaves the fee as it is.
            let cancel_fee = kernel::sight::prices().then_some(fee);
            let sites = input.embedded_at.as_deref().unwrap_or("").lines().map(str::to_owned).collect();
            let input = Change {
                cancel_fee,
                fee_hours: input.fee_hours,
                prove_email: Some(input.prove_email == Some(true)),
                embedded_at: Some(sites),
            }
            .checked()?;
            access
                .once(async |tx| {
                    change(tx, seen, &input, currency).await?;
                    Ok(Redirect::to("/settings/booking").toast("Saved"))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(done) => Either::Done(done),
        Err(typed) => Either::Again(draw(&access, &filled(typed))),
    })
}

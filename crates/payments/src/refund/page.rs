//! The form to give a card payment back.
use billing::written;
use kernel::{
    Access, Error, Money, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, field, form, link_button};

use super::ask::{Ask, ask};
use crate::{
    CardPaymentId,
    card_payment::{one, panel::called},
    permissions::PaymentsRefund,
};

pub async fn page(access: Access<PaymentsRefund>, Path(id): Path<CardPaymentId>) -> Result<Page> {
    draw(&access, id, &Filled::default()).await
}

async fn draw(scope: &Scope, id: CardPaymentId, filled: &Filled) -> Result<Page> {
    let payment = one(scope, id).await?;
    let (tenant, left) = (scope.tenant(), payment.left());
    let back = format!("/invoices/{}", payment.invoice_id);
    let amount = if filled.is_wrong() { filled.value("amount").to_owned() } else { left.amount() };
    let says = "It takes the bank some days to show it. The customer’s credit is used up first, such as that of a credit note; the rest is open on the invoice again.";
    let body = html! {
        (ui::card::facts(&[
            ("Paid", html! { (written::money(tenant, payment.amount)) " " span.dim { (called(&payment)) } }),
            ("Given back", html! { (written::money(tenant, payment.refunded)) }),
            ("Left", html! { (written::money(tenant, left)) }),
        ]))
        @if left.minor > 0 {
            (form::form(&format!("/card-payments/{id}/refund"), filled, form::part("Give back to the card", says, html! {
                (field::money(filled, "amount", "Amount", left.currency.code()).value(amount).required())
                (field::text(filled, "reason", "Why").most(300))
                (form::actions(html! { (button("Give back").danger()) (link_button("Not now", back.clone()).quiet()) }))
            })))
        } @else {
            (form::summary(filled))
            (ui::note("", html! { p { "All of this payment was given back. " a.link href=(back) { "To the invoice" } } }))
        }
    };
    let crumbs = vec![("Invoices".into(), "/invoices".into()), ("Invoice".into(), back.clone())];
    let frame = Frame { title: "Give back".into(), active: "/invoices", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(if filled.is_wrong() { Page { status: 422, ..page } } else { page })
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TypedCardRefund")]
pub struct Typed {
    amount: Option<String>,
    reason: Option<String>,
}
impl kernel::Input for Typed {
    fn check(&mut self, checks: &mut kernel::Checks) {
        checks.optional("amount", &mut self.amount, 30);
        checks.optional("reason", &mut self.reason, 300);
    }
}

pub async fn post(
    access: Access<PaymentsRefund>,
    Path(id): Path<CardPaymentId>,
    form: Form<Typed>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let payment = one(&access, id).await?;
    let work = async |typed: Typed| {
        let wrong = || Error::field("/amount", "amount", "Write an amount, such as 25.00.");
        let amount = typed.amount.as_deref().ok_or_else(wrong)?;
        let amount = Money::parse(amount, payment.amount.currency).ok_or_else(wrong)?;
        let input = kernel::Input::checked(Ask { amount: Some(amount), reason: typed.reason })?;
        access
            .once(async |tx: &mut TenantTx| {
                ask(&access, tx, id, &input).await?;
                Ok(Redirect::to(format!("/invoices/{}", payment.invoice_id)).toast("On its way to the card"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => draw(&access, id, &shell::filled(typed)).await.map(Either::Again),
    }
}

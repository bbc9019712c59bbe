//! A customer's credit on a page: what there is, what became of it, and paying it out.
use customers::customer;
use kernel::{
    Checks, Error, Input, Money, PricesSee, Result, Scope,
    access::Access,
    http::{Either, Form, Nothing, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form, link_button};

use super::{Kind, Row, apply, latest, refund, sum_of};
use crate::{
    CreditId, CustomerId, InvoiceId,
    payment::Method,
    permissions::{InvoicesRead, PaymentsWrite},
    written,
};

fn line(scope: &Scope, row: &Row) -> Markup {
    let today = scope.local_now().date();
    let currency = scope.tenant().locale.currency;
    let amount = written::money(scope.tenant(), Money::new(row.amount_minor, currency));
    let number = row.invoice_number.clone().unwrap_or_default();
    let says = match row.kind {
        Kind::Refunded => {
            let how = row.method.map(|method| method.label().to_lowercase()).unwrap_or_default();
            [Some(how), row.reference.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        _ => number,
    };
    let says = format!("{says} · {}", written::short_day(row.on_day, today));
    let icon = if row.amount_minor > 0 { "circle-plus" } else { "circle-dollar-sign" };
    let right = html! { div."flex"."items-center"."gap-2" {
        @if let Some(invoice) = row.invoice_id { (link_button("Invoice", format!("/invoices/{invoice}")).small().quiet()) }
        span.num.strong { (amount) }
    } };
    card::line(icon, row.kind.label(), says.trim_start_matches(" · "), right)
}

async fn draw(scope: &Scope, id: CustomerId, filled: &Filled) -> Result<Page> {
    let read = (customer::find(id), sum_of(id), latest(id, CreditId::max(), 100));
    let (customer, has, rows) = scope.read(read).await?;
    let (tenant, today) = (scope.tenant(), scope.local_now().date());
    let balance = Money::new(has, tenant.locale.currency);
    let methods: Vec<(&str, &str)> = Method::BY_HAND.iter().map(|method| (method.as_str(), method.label())).collect();
    let pays = has > 0 && scope.can::<PaymentsWrite>() && scope.can::<PricesSee>();
    let body = html! {
        p.big.mb-4 { (written::money(tenant, balance)) }
        @if rows.is_empty() { (card::empty("No credit", "What a customer pays beyond an invoice, or gets back by a credit note, is kept here until it is used on an invoice or paid out.", html! {}, html! {})) }
        @for row in &rows { (line(scope, row)) }
        @if pays { div.mt-6 { (form::form(&format!("/customers/{id}/credit/refund"), filled, form::part("Pay it out", "Write down what you gave back.", html! {
            (form::pair(html! {
                (field::money(filled, "amount", "Amount", balance.currency.code()).value(if filled.is_wrong() { filled.value("amount").to_owned() } else { balance.amount() }).required())
                (field::date(filled, "paid_on", "Went out on").value(today.to_string()).required())
            }))
            (form::pair(html! {
                (field::select(filled, "method", "How", &methods))
                (field::text(filled, "reference", "Number of the cheque, reference").most(100))
            }))
            (form::actions(html! { (button("Record refund").primary()) }))
        }))) } }
    };
    let crumbs = vec![("Customers".into(), "/customers".into()), (customer.name.clone(), format!("/customers/{id}"))];
    let frame = Frame { title: "Credit".into(), active: "/customers", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<InvoicesRead>, Path(id): Path<CustomerId>) -> Result<Page> {
    draw(&access, id, &Filled::default()).await
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundForm {
    #[serde(default)]
    amount: String,
    method: Method,
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    paid_on: Option<jiff::civil::Date>,
}
impl Input for RefundForm {
    /// Whole only with the company's currency: `post` checks it.
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn post(
    access: Access<PaymentsWrite>,
    Path(id): Path<CustomerId>,
    form: Form<RefundForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let (currency, today) = (access.tenant().locale.currency, access.local_now().date());
    let work = async |typed: RefundForm| {
        let amount = Money::parse(&typed.amount, currency)
            .ok_or_else(|| Error::field("/amount", "money", "Write an amount such as 125.50."))?;
        let input =
            refund::RefundInput { amount, method: typed.method, reference: typed.reference, paid_on: typed.paid_on }
                .checked()?;
        access
            .once(async |tx| {
                refund::refund(tx, id, input.clone(), today).await?;
                Ok(Redirect::to(format!("/customers/{id}/credit")).toast("Refund recorded"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, &shell::filled(typed)).await?)),
    }
}

/// As much as there is and as is open, by the button of an invoice's page.
pub async fn apply_post(
    access: Access<PaymentsWrite>,
    Path(id): Path<InvoiceId>,
    form: Form<Nothing>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let today = access.local_now().date();
    let work = async |_: Nothing| {
        access
            .once(async |tx| {
                apply::apply(tx, id, &apply::ApplyInput::default(), today).await?;
                Ok(Redirect::to(format!("/invoices/{id}")).toast("Credit used"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let open = crate::invoice::show::Open { filled: shell::filled(typed), act: "issue", ..Default::default() };
            Ok(Either::Again(crate::invoice::show::draw(&access, id, open).await?))
        }
    }
}

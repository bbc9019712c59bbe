//! On the page of an invoice's link: a card kept for the next one, and removed again.
use billing::reader::{self, link};
use customers::CustomerId;
use jiff::SignedDuration;
use kernel::{
    Error, Result, Scope, TenantTx, Visitor,
    http::{Either, Form, Nothing, Page, Path, Redirect},
};
use maud::{Markup, html};
use ui::{button, form::verb_form};

use super::{Row, Why, agree, by_invoice, remove};
use crate::{InvoiceId, checkout::open::Ways};

/// Where somebody has just been at the provider's page, for so long.
pub const LATELY: SignedDuration = SignedDuration::from_mins(10);

/// Kept by way of this invoice: whoever has the link may remove it. Others the customer has are none of their business.
pub async fn kept(scope: &Scope, invoice: InvoiceId, customer: CustomerId, path: &str, paid: bool) -> Result<Markup> {
    let since = scope.now().saturating_sub(LATELY).unwrap_or(scope.now());
    let (kept, waits) = scope.read((by_invoice(invoice), agree::under_way(customer, since))).await?;
    let today = scope.local_now().date();
    Ok(html! {
        @for one in &kept { div."mt-4"."flex"."flex-wrap"."items-center"."gap-3" {
            (ui::icon("credit-card"))
            span { strong { (one.called()) } " is kept for your invoices, " (one.good(today)) "." }
            (verb_form(&format!("{path}/card/remove"), html! { (button("Remove it").small()) }))
        } }
        @if kept.is_empty() && waits { p.soft."mt-4" { "Your card is being kept. That takes a moment: load the page again." } }
        @if kept.is_empty() && !waits && paid { (offer(scope, &format!("{path}/card"))) }
    })
}

/// A plain form with what is agreed to beside its button.
pub fn offer(scope: &Scope, action: &str) -> Markup {
    html! {
        div.card."p-4"."mt-4" {
            p.strong { "Keep a card for the next invoices" }
            p.soft.t13."mt-1" { "“" (agree::words(scope)) "”" }
            form."mt-3" method="post" action=(action) { (button("Agree and keep a card").icon("credit-card")) }
            p.soft.t13."mt-2" { "On the secure page of Stripe, where it stays. Nothing is paid now." }
        }
    }
}

/// Who agrees by a link without a name is whom the invoice is for.
pub fn by(customer: CustomerId, name: &str, invoice: InvoiceId, number: &str) -> agree::By {
    agree::By { customer, invoice: Some(invoice), name: format!("{name}, by the link of {number}") }
}

async fn again(visitor: &Visitor, token: &str, says: String) -> Result<Page> {
    let note = ui::note("warn", html! { p.strong { "No card can be kept just now" } p { (says) } });
    let now = reader::of(visitor, token).await?;
    let page = reader::draw(visitor, &now, note).await?;
    Ok(Page { status: 409, ..page })
}

pub async fn post(visitor: Visitor, Path(token): Path<String>, form: Form<Nothing>) -> Result<Either<Redirect, Page>> {
    visitor.house().limits().careful("pay", &visitor.peer)?;
    let head = reader::of(&visitor, &token).await?.head;
    let here = link::url(&visitor, head.id)?;
    let by = by(head.customer_id, &head.customer_name, head.id, head.number.as_deref().unwrap_or_default());
    let work =
        async |_: Nothing| agree::open(&visitor, &by, Ways { done: here.clone(), back: here, keeps: None }).await;
    match form.then(work).await? {
        Ok(url) => Ok(Either::Done(Redirect::to(url))),
        Err(typed) => again(&visitor, &token, typed.said()).await.map(Either::Again),
    }
}

pub async fn remove_post(
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form<Nothing>,
) -> Result<Either<Redirect, Page>> {
    let head = reader::of(&visitor, &token).await?.head;
    let work = async |_: Nothing| {
        visitor
            .retrying(async |tx: &mut TenantTx| {
                let kept: Vec<Row> = tx.run(by_invoice(head.id)).await?;
                if kept.is_empty() {
                    return Err(Error::refused("No card is kept by this invoice any more."));
                }
                for one in &kept {
                    remove::remove(tx, one, Why::Customer).await?;
                }
                Ok(())
            })
            .await
    };
    match form.then(work).await? {
        Ok(()) => Ok(Either::Done(Redirect::to(format!("/invoice/{token}")).toast("The card is removed"))),
        Err(typed) => again(&visitor, &token, typed.said()).await.map(Either::Again),
    }
}

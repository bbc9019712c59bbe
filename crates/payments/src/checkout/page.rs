//! The way to pay on the page of the invoice's link, and the page one comes back to.
use billing::{
    invoice::{self, Status as Paper},
    reader::{self, link},
    written,
};
use futures_util::future::BoxFuture;
use kernel::{
    Result, Scope, Uuid, Visitor,
    http::{Either, Page, Path, Redirect},
};
use maud::{Markup, html};
use ui::{Filled, button};

use super::{Status, newest, open::may_set_up, takes};
use crate::{
    InvoiceId, account,
    on_file::{agree, guest},
};

/// A plain form: it needs no script, and no script stands between the payer and the provider's page.
pub fn panel(scope: Scope, invoice: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let id = InvoiceId(invoice);
        let (live, before) = scope.read((account::live(), newest(id))).await?;
        let found = invoice::view(&scope, id).await?.head;
        let open = matches!(found.status, Paper::Issued | Paper::PartPaid) && found.balance.minor > 0;
        if !takes(found.balance.currency) {
            return Ok(html! {});
        }
        let path = link::path(&scope, id)?;
        // Whoever has paid may keep a card for the next one.
        let paid = found.status == Paper::Paid && live.is_some();
        let kept = guest::kept(&scope, id, found.customer_id, &path, paid).await?;
        if !open {
            return Ok(kept);
        }
        let Some(live) = live else {
            // Whoever could change it sees how.
            let href = "/settings/card-payments";
            return Ok(
                html! { @if may_set_up(&scope) { (ui::note("", html! { p { "No cards are taken yet. " a.link href=(href) { "Connect a card provider" } } })) } },
            );
        };
        let begun = before.is_some_and(|before| before.status == Status::Open);
        Ok(html! {
            form."mt-4" method="post" action={ (path) "/pay" } {
                @if kept.0.is_empty() { div."mb-4" { (ui::field::checkbox(&Filled::default(), "keep", "Keep this card for my next invoices").hint(agree::words(&scope))) } }
                (button(format!("Pay {}", written::money(scope.tenant(), found.balance))).primary().large().icon("credit-card"))
            }
            p.soft.t13."mt-2" { "By card, on the secure page of Stripe. "
                @if begun { "If you have just paid, it shows here in a moment: do not pay twice." } }
            @if !live { (ui::note("warn", html! { p { "This is a try-out: no money moves." } })) }
            (kept)
        })
    })
}

/// Back from the provider's page. It is paid when the provider says so, and not before.
pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Either<Redirect, Page>> {
    let invoice = reader::of(&visitor, &token).await?;
    let newest = visitor.read(newest(invoice.head.id)).await?;
    if newest.is_none_or(|newest| newest.status == Status::Paid) {
        return Ok(Either::Done(Redirect::to(format!("/invoice/{token}"))));
    }
    let note = ui::note(
        "info",
        html! {
            p.strong { "Your payment is being confirmed" }
            p { "That takes a moment, seldom longer. You need not pay again. " a.link href={ "/invoice/" (token) "/paid" } { "Look again" } }
        },
    );
    reader::draw(&visitor, &invoice, note).await.map(Either::Again)
}

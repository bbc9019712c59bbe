//! The deposit of a visit, paid by card by whoever booked it: the way there on the visit's own page, and back.
use billing::{
    deposit::{self, Standing},
    invoice, written,
};
use futures_util::future::BoxFuture;
use kernel::{
    Error, Result, Scope, TenantTx, Uuid, Visitor,
    http::{Either, Form, Nothing, Page, Path, Redirect},
};
use maud::{Markup, html};
use scheduling::{AppointmentId, visit};
use ui::button;

use crate::{
    account,
    checkout::{
        Status, newest,
        open::{Ways, open},
        takes,
    },
};

/// Said before a visit is booked, in plain words; nothing where no cards are taken.
pub fn how_paid(scope: Scope, _: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let takes = takes(scope.tenant().locale.currency) && scope.read(account::live()).await?.is_some();
        Ok(html! { @if takes { "By card, right after you book." } })
    })
}

/// On the page of the visit: the way to pay, as long as there is something to pay and a card to take it from.
pub fn panel(scope: Scope, id: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let visit = AppointmentId(id);
        let (Some(deposit), Some(live)) = (deposit::read(&scope, visit).await?, scope.read(account::live()).await?)
        else {
            return Ok(html! {});
        };
        let Some(amount) = deposit.to_pay().filter(|amount| takes(amount.currency)) else { return Ok(html! {}) };
        let begun = match deposit.invoice_id {
            Some(invoice) => scope.read(newest(invoice)).await?.is_some_and(|newest| newest.status == Status::Open),
            None => false,
        };
        let path = visit::path(&scope, visit)?;
        let amount = written::money(scope.tenant(), amount);
        Ok(html! {
            p { "A deposit of " span.num.strong { (amount) } " was agreed for this visit. Your invoice takes it off." }
            // On the company's own site the page stands in a frame, where the provider's page would not open.
            form."mt-4" method="post" target="_top" action={ (path) "/deposit" } {
                (button(format!("Pay the deposit of {amount}")).primary().large().icon("credit-card"))
            }
            p.soft.t13."mt-2" { "By card, on the secure page of Stripe. "
                @if begun { "If you have just paid, it shows here in a moment: do not pay twice." } }
            @if !live { (ui::note("warn", html! { p { "This is a try-out: no money moves." } })) }
        })
    })
}

pub async fn post(visitor: Visitor, Path(token): Path<String>, form: Form<Nothing>) -> Result<Either<Redirect, Page>> {
    visitor.house().limits().careful("pay", &visitor.peer)?;
    let visit = visit::read(&visitor, &token)?;
    let work = async |_: Nothing| to_provider(&visitor, visit, &token).await;
    match form.then(work).await? {
        Ok(url) => Ok(Either::Done(Redirect::to(url))),
        Err(typed) => {
            let says = typed.said();
            let note =
                ui::note("warn", html! { p.strong { "The deposit cannot be paid by card just now" } p { (says) } });
            let page = visit::saying(&visitor, &token, note).await?;
            Ok(Either::Again(Page { status: 409, ..page }))
        }
    }
}

/// The address of the provider's page. Nothing is asked for where no card could pay it.
async fn to_provider(visitor: &Visitor, visit: AppointmentId, token: &str) -> Result<String> {
    let deposit = deposit::read(visitor, visit).await?.ok_or(Error::NotFound)?;
    let no_cards = || Error::refused("This company takes no cards online.");
    visitor.read(account::live()).await?.ok_or_else(no_cards)?;
    match (deposit.to_pay(), deposit.status) {
        (Some(amount), _) if takes(amount.currency) => {}
        (Some(_), _) => return Err(no_cards()),
        (None, Standing::Paid) => return Err(Error::refused("The deposit is paid already. Thank you.")),
        (None, _) => return Err(Error::refused("No deposit is asked for this visit any more.")),
    }
    let invoice = visitor.retrying(async |tx: &mut TenantTx| deposit::ask(tx, visit).await).await?;
    let invoice = invoice::view(visitor, invoice).await?;
    let here = visitor.house().url(Some(&visitor.tenant().slug), &format!("/visit/{token}"));
    open(visitor, &invoice, Ways { done: format!("{here}/deposit"), back: here, keeps: None }).await
}

/// Back from the provider's page. It is paid when the provider says so, and not before.
pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Either<Redirect, Page>> {
    let visit = visit::read(&visitor, &token)?;
    let deposit = deposit::read(&visitor, visit).await?.ok_or(Error::NotFound)?;
    let newest = match deposit.invoice_id {
        Some(invoice) => visitor.read(newest(invoice)).await?,
        None => None,
    };
    if newest.is_none_or(|newest| newest.status == Status::Paid) {
        return Ok(Either::Done(Redirect::to(format!("/visit/{token}"))));
    }
    let note = ui::note(
        "info",
        html! {
            p.strong { "Your payment is being confirmed" }
            p { "That takes a moment, seldom longer. You need not pay again. " a.link href={ "/visit/" (token) "/deposit" } { "Look again" } }
        },
    );
    visit::saying(&visitor, &token, note).await.map(Either::Again)
}

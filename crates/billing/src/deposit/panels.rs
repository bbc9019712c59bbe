//! How it stands with a visit's deposit: beside the board, and on the visit's own page for its customer.
use futures_util::future::BoxFuture;
use kernel::{Result, Scope};
use maud::{Markup, html};
use scheduling::{AppointmentId, appointment, terms, visit};
use ui::{button, card, form::verb_form};
use uuid::Uuid;

use super::{Standing, VisitDeposit, of_visit as of_visit_row, read};
use crate::{
    permissions::{InvoicesRead, InvoicesWrite},
    written,
};

fn look(status: Standing) -> &'static str {
    match status {
        Standing::Paid => "paid",
        Standing::PartPaid => "part_paid",
        Standing::Wanted | Standing::Asked => "requested",
        Standing::GivenBack | Standing::LetGo | Standing::None => "cancelled",
    }
}

/// For the office; whoever may see no prices sees how it stands.
pub fn of_visit(scope: Scope, id: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let Some(deposit) = read(&scope, AppointmentId(id)).await? else { return Ok(html! {}) };
        if deposit.status == Standing::None {
            return Ok(html! {});
        }
        let tenant = scope.tenant();
        let amount = deposit.amount.filter(|_| kernel::sight::prices()).map(|amount| written::money(tenant, amount));
        let link = match deposit.to_pay() {
            Some(_) => Some(scope.house().url(Some(&tenant.slug), &visit::path(&scope, AppointmentId(id))?)),
            None => None,
        };
        let body = html! {
            div."flex"."justify-between"."items-center"."gap-2" {
                span.num.strong { (amount.as_deref().unwrap_or("–")) }
                (ui::status_saying(look(deposit.status), deposit.status.label()))
            }
            @if let Some(kept) = deposit.kept { p.t13.soft."mt-2" { (written::money(tenant, kept)) " of it was set against the fee for calling off." } }
            @if let (Some(invoice), Some(number), true) = (deposit.invoice_id, &deposit.invoice_number, scope.can::<InvoicesRead>()) {
                p.t13."mt-2" { "Invoice " a.link href={ "/invoices/" (invoice) } { (number) } }
            }
            @if deposit.status == Standing::Wanted && scope.can::<InvoicesWrite>() {
                div."mt-2" { (verb_form(&format!("/appointments/{id}/deposit"), html! { (button("Invoice it now").small().icon("receipt-text")) })) }
            }
            @if let Some(link) = &link { div."mt-2" { (card::copy(link, "the link to the visit's page")) } }
        };
        Ok(card::section("Deposit", html! {}, body))
    })
}

/// For whoever has the link of the visit. How it is paid, others say.
pub fn of_guest(scope: Scope, id: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let Some(deposit) = read(&scope, AppointmentId(id)).await? else { return Ok(html! {}) };
        Ok(said(&scope, &deposit))
    })
}

/// What calling off would make of it, said before.
pub fn before_cancelling(scope: Scope, id: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let visit = AppointmentId(id);
        let (found, agreed, row) =
            scope.read((appointment::find(visit), terms::of_visit(visit), of_visit_row(visit))).await?;
        let (Some(found), Some(row)) = (found, row) else { return Ok(html! {}) };
        let paid = row.money(row.paid_minor);
        if paid.minor <= 0 || row.given_minor > 0 {
            return Ok(html! {});
        }
        let fee = agreed.and_then(|agreed| agreed.due(found.starts_at, scope.now()));
        let amount = written::money(scope.tenant(), paid);
        Ok(html! {
            p.soft."mt-2" {
                @match fee {
                    Some(_) => { "Your deposit of " span.num { (amount) } " is set against it; what is left of it is kept for you." },
                    None => { "Your deposit of " (amount) " is kept for you: your next invoice takes it, or we pay it back." },
                }
            }
        })
    })
}

fn said(scope: &Scope, deposit: &VisitDeposit) -> Markup {
    let (tenant, whole) = (scope.tenant(), deposit.amount);
    let money = |money: kernel::Money| written::money(tenant, money);
    let paid = deposit.paid.filter(|paid| paid.minor > 0);
    match (deposit.status, whole) {
        (Standing::Paid, Some(whole)) => ui::note(
            "info",
            html! { p.strong { "Deposit of " span.num { (money(whole)) } " paid" } p { "Your invoice takes it off. Thank you." } },
        ),
        (Standing::GivenBack, Some(_)) => {
            let paid = paid.unwrap_or(kernel::Money::new(0, tenant.locale.currency));
            let kept = deposit.kept.unwrap_or(kernel::Money::new(0, paid.currency));
            let left = kernel::Money::new(paid.minor - kept.minor, paid.currency);
            ui::note(
                "info",
                html! {
                    @if kept.minor > 0 { p { span.num.strong { (money(kept)) } " of your deposit was set against the fee for calling off." } }
                    @if left.minor > 0 { p { span.num.strong { (money(left)) } " that you paid is kept for you: your next invoice takes it, or we pay it back." } }
                },
            )
        }
        (Standing::LetGo, Some(_)) if !deposit.open => {
            ui::note("", html! { p { "No deposit is asked for any more." } })
        }
        _ => html! {},
    }
}

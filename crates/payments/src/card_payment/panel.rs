//! Beside the invoice: the cards that paid it, what went back, what is disputed.
use billing::written;
use futures_util::future::BoxFuture;
use kernel::{Result, Scope, Uuid};
use maud::{Markup, html};
use ui::link_button;

use super::{CardDispute, CardPayment, CardRefund, of_invoice, with_all};
use crate::{InvoiceId, dispute::Status as Verdict, on_file, permissions::PaymentsRefund, refund::Status as Fate};

pub fn panel(scope: Scope, invoice: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let rows = scope.read(of_invoice(InvoiceId(invoice))).await?;
        if rows.is_empty() {
            return Ok(html! {});
        }
        let found = with_all(&scope, rows).await?;
        Ok(html! {
            section { div.sect-head { h2 { "Cards online" } } ul.t13."grid"."gap-3" { @for one in &found { (card(&scope, one)) } } }
        })
    })
}

/// "Visa ···· 4242".
pub(crate) fn called(payment: &CardPayment) -> String {
    on_file::called(payment.brand.as_deref(), payment.last_four.as_deref())
}

fn card(scope: &Scope, payment: &CardPayment) -> Markup {
    let tenant = scope.tenant();
    let may = scope.can::<PaymentsRefund>() && payment.left().minor > 0;
    let cost = payment.fee.map(|fee| fee.display(&tenant.locale.language));
    html! {
        li."grid"."gap-1" {
            div."flex"."justify-between"."items-center"."gap-2" {
                span { (written::money(tenant, payment.amount)) " " span.dim { (called(payment)) } }
                @if may { (link_button("Give back", format!("/card-payments/{}/refund", payment.id)).quiet().small().icon("undo-2")) }
            }
            @if let Some(cost) = cost { span.dim.t12 { "Fee " (cost) } }
            @for refund in &payment.refunds { (back(scope, refund)) }
            @for dispute in &payment.disputes { (disputed(scope, dispute)) }
        }
    }
}

fn back(scope: &Scope, refund: &CardRefund) -> Markup {
    let zone = scope.tenant().locale.zone.clone();
    let day = written::short_day(refund.created_at.to_zoned(zone).date(), scope.local_now().date());
    html! {
        div."flex"."justify-between"."items-baseline"."gap-2" {
            span {
                (written::money(scope.tenant(), refund.amount)) " given back "
                @match refund.status { Fate::Pending => (ui::tag("On its way")), Fate::Failed => (ui::tag("Did not arrive")), Fate::Succeeded => "" }
                @if let Some(reason) = &refund.reason { " " span.dim { (reason) } }
                @if let Some(failure) = &refund.failure { br; span.overdue { (failure) } }
            }
            span.dim.num.t12 { (day) }
        }
    }
}

fn disputed(scope: &Scope, dispute: &CardDispute) -> Markup {
    let (amount, today) = (written::money(scope.tenant(), dispute.amount), scope.local_now().date());
    let reason = dispute.reason.replace('_', " ");
    match dispute.status {
        Verdict::Open => {
            let until =
                dispute.due_on.map(|day| format!(" until {}", written::short_day(day, today))).unwrap_or_default();
            ui::note(
                "warn",
                html! { p.strong { (amount) " is disputed" } p { "The bank of the card says: " (reason) ". Answer it at Stripe" (until) "." } },
            )
        }
        Verdict::Won => html! { p { "Dispute over " (amount) " won" } },
        Verdict::Lost => html! { p.overdue { "Dispute over " (amount) " lost: the money is gone" } },
    }
}

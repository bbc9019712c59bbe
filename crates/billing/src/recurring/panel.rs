//! On the page of a plan: what it costs, what was billed of it and what will be.
use futures_util::future::BoxFuture;
use kernel::{Money, Result, Scope, TenantTx};
use maintenance::{PlanId, plan};
use maud::{Markup, html};
use ui::{button, card, form::verb_form, link_button, note};
use uuid::Uuid;

use super::{
    Period,
    lines::said,
    show::{Charge, Plan, Shown, view},
};
use crate::{invoice::Status, permissions::RecurringWrite, written};

fn facts(scope: &Scope, terms: &Shown) -> Markup {
    let tenant = scope.tenant();
    let when = if terms.in_advance { "in advance" } else { "afterwards" };
    let mut all = vec![
        ("Billed", html! { (terms.rhythm.label()) ", " (when) }),
        (
            "Price",
            match terms.amount {
                Some(amount) => html! { (written::money(tenant, amount)) },
                None => html! { "By the price book" },
            },
        ),
    ];
    if terms.from_on > scope.local_now().date() {
        all.push(("From", html! { (written::day(terms.from_on)) }));
    }
    if let Some(words) = &terms.description {
        all.push(("On the invoice", html! { (words) }));
    }
    let sent = if terms.sends { "Sent by e-mail" } else { "Issued, not sent" };
    let charged = if terms.charges { ", charged to a kept card" } else { "" };
    all.push(("Invoice", html! { (sent) (charged) ", " (terms.terms_days) " days to pay" }));
    card::facts(&all)
}

fn line(scope: &Scope, charge: &Charge) -> Markup {
    let tenant = scope.tenant();
    let period = said(Period { starts_on: charge.starts_on, ends_on: charge.ends_on });
    let total = charge.total.map(|money: Money| written::money(tenant, money));
    let right = html! { span."flex"."flex-col"."items-end"."gap-1" {
        span.num.strong { (total.unwrap_or_else(|| "—".into())) }
        @if let Some(status) = charge.status { (ui::status(status.as_str())) } @else { (ui::status_saying("draft", "Planned")) }
    } };
    html! {
        div.eq {
            (ui::icon(if charge.invoice_id.is_some() { "receipt-text" } else { "calendar" }))
            @match (charge.invoice_id, &charge.number) {
                (Some(id), Some(number)) => a href={ "/invoices/" (id) } { (number) small { (period) } },
                _ => span { (period) small { "billed on " (written::day(charge.bills_on)) } },
            }
            (right)
        }
    }
}

fn body(scope: &Scope, plan: &maintenance::Plan, known: &Plan) -> Markup {
    let trouble = known.terms.iter().find_map(|terms| terms.trouble.as_ref());
    let ends = known.terms.first().and_then(|terms| terms.until_on);
    let here = format!("/maintenance/{}", plan.id);
    let may = scope.can::<RecurringWrite>() && scope.can::<kernel::PricesSee>() && plan.status != plan::Status::Ended;
    html! {
        @if let Some(says) = trouble { (note("danger", html! { p { strong { "It could not be billed of late. " } (says) } })) }
        @if let Some(other) = known.goes_on_as { p.soft.t13 { "Billed on with " a.link href={ "/maintenance/" (other) } { "the plan that it goes on as" } "." } }
        @match known.now() {
            Some(terms) => (facts(scope, terms)),
            None => @if known.goes_on_as.is_none() {
                @match ends {
                    Some(day) => p.soft.t13 { "Not billed since " (written::day(day)) "." },
                    None => p.soft.t13 { "Nothing is billed for this plan by itself. Say what it costs, and its invoices come round with it." },
                }
            },
        }
        @if !known.ahead.is_empty() {
            h3.t13.strong."mt-4"."mb-1" { "What will be billed" }
            @for charge in &known.ahead { (line(scope, charge)) }
        } @else if known.now().is_some() && plan.status == plan::Status::Paused { p.soft.t13.mt-2 { "While the plan is paused nothing is billed." } }
        @if !known.billed.is_empty() {
            h3.t13.strong."mt-4"."mb-1" { "What was billed" }
            @for charge in &known.billed { (line(scope, charge)) }
        }
        @if may && known.goes_on_as.is_none() {
            div."mt-4"."flex"."flex-wrap"."gap-2" {
                (link_button(if known.now().is_some() { "Change" } else { "Say what it costs" }, format!("{here}/billing")).small().icon("pencil"))
                @if known.now().is_some() { (verb_form(&format!("{here}/billing/stop"), html! { (ui::field::hidden("version", known.version.to_string())) (button("Bill it no longer").small().quiet().icon("ban")) })) }
            }
        }
    }
}

pub fn panel(scope: Scope, plan: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let id = PlanId(plan);
        let Some(plan) = scope.read(plan::find(id)).await? else { return Ok(html! {}) };
        let known = scope.read_with(async |tx: &mut TenantTx| view(&scope, tx, id).await).await?;
        let open =
            known.billed.iter().filter(|one| matches!(one.status, Some(Status::Issued | Status::PartPaid))).count();
        let quiet = match open {
            0 => String::new(),
            1 => "1 invoice open".to_owned(),
            n => format!("{n} invoices open"),
        };
        Ok(card::card("Billing", &quiet, None, card::card_body(body(&scope, &plan, &known))))
    })
}

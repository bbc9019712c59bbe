//! Beside an invoice: the customer's cards that it can be charged to, and what became of those who tried.
use billing::{invoice, reader::link, written};
use futures_util::future::BoxFuture;
use kernel::{PricesSee, Result, Scope, Uuid};
use maud::{Markup, html};
use ui::{button, form::verb_form};

use super::{Row, Status, of_invoice};
use crate::{InvoiceId, account, checkout::takes, on_file, permissions::PaymentsCharge};

/// So many of those who tried are shown.
const SHOWN: usize = 5;

pub fn panel(scope: Scope, id: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let id = InvoiceId(id);
        let (head, tried, live) = scope.read((invoice::head(id), of_invoice(id), account::live())).await?;
        let Some(head) = head else { return Ok(html! {}) };
        let open = matches!(head.status, invoice::Status::Issued | invoice::Status::PartPaid)
            && head.balance_minor() > 0
            && takes(head.currency())
            && live.is_some();
        let kept = if open { scope.read(on_file::of_customer(head.customer_id)).await? } else { vec![] };
        let under_way = tried.iter().any(|one| one.status == Status::Sending);
        // What was charged stands with the payments.
        let tried: Vec<&Row> = tried.iter().filter(|one| one.status != Status::Succeeded).take(SHOWN).collect();
        if kept.is_empty() && tried.is_empty() {
            return Ok(html! {});
        }
        let path = if open && scope.can::<PricesSee>() { Some(link::path(&scope, id)?) } else { None };
        let today = scope.local_now().date();
        Ok(html! { section {
            div.sect-head { h2 { "Cards on file" } }
            ul.t13."grid"."gap-3" {
                @for one in &kept { li."flex"."justify-between"."items-center"."gap-2" {
                    span { (one.called()) " " span.dim.overdue[one.is_over(today)] { (one.good(today)) } }
                    @if scope.can::<PaymentsCharge>() && !under_way {
                        (verb_form(&format!("/invoices/{id}/charge/{}", one.id), html! { (button(format!("Charge {}", written::money(scope.tenant(), head.money(head.balance_minor())))).small().icon("credit-card")) }))
                    }
                } }
                @for one in &tried { (attempt(&scope, one, path.as_deref())) }
            }
        } })
    })
}

fn attempt(scope: &Scope, one: &Row, path: Option<&str>) -> Markup {
    let (zone, today) = (scope.tenant().locale.zone.clone(), scope.local_now().date());
    let day = written::short_day(one.created_at.to_zoned(zone).date(), today);
    let amount = written::money(scope.tenant(), one.money());
    html! { li."grid"."gap-1" {
        span."flex"."justify-between"."gap-2" { span { (amount) " from " (one.called()) @if one.by_plan { span.dim { ", by its plan" } } } span.dim.num.nowrap { (day) } }
        @if one.status == Status::Sending { span { (ui::tag("Being charged")) } }
        @else {
            span.overdue { (one.status.label()) }
            @if let Some(says) = &one.says { span { (says) } }
            @if let Some(path) = path { span { a.link href=(path) target="_blank" { "The page where they can pay" } } }
        }
    } }
}

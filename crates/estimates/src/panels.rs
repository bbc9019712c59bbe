//! What estimates show on the pages of others: those of a customer, and the one behind a job.
use billing::{InvoiceId, written};
use customers::CustomerId;
use futures_util::future::BoxFuture;
use kernel::{Result, Scope, row, sql};
use maud::{Markup, html};
use uuid::Uuid;
use work::WorkOrderId;

use crate::{
    EstimateId,
    estimate::{
        Status,
        list::{Ask, list},
        page::state,
    },
    permissions::EstimatesWrite,
};

row! {
    struct Behind { id: EstimateId, number: Option<String>, title: String, status: Status, deposit_invoice_id: Option<InvoiceId> }
}
sql! {
    fn of_job(order: WorkOrderId) -> Vec<Behind> = "
        select id, number, title, status, deposit_invoice_id from estimate where tenant_id = $1 and made_order_id = $2
        union select id, number, title, status, deposit_invoice_id from estimate where tenant_id = $1 and work_order_id = $2
        order by id desc limit 5";
}

/// The rail of a job: what was estimated for it, and the deposit that was asked for.
pub fn work_order(scope: Scope, order: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let found = scope.read(of_job(WorkOrderId(order))).await?;
        if found.is_empty() {
            return Ok(html! {});
        }
        let body = html! { @for one in &found {
            div.eq { (ui::icon("file-pen-line")) span { a.link href={ "/estimates/" (one.id) } { (one.number.as_deref().unwrap_or("Draft")) } small { (one.title) @if let Some(invoice) = one.deposit_invoice_id { br; a.link href={ "/invoices/" (invoice) } { "Deposit invoice" } } } } (state(one.status)) }
        } };
        Ok(ui::card::section("Estimate", html! {}, body))
    })
}

/// The rail of a customer: the newest.
pub fn customer(scope: Scope, customer: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let ask = Ask { customer_id: Some(CustomerId(customer)), limit: Some(4), ..Ask::default() };
        let found = list(&scope, &ask).await?;
        let may = scope.can::<EstimatesWrite>();
        if found.data.is_empty() && !may {
            return Ok(html! {});
        }
        let right = html! {
            @if may { a.link.t13 href={ "/estimates/new?customer_id=" (customer) } { "New" } " " }
            @if !found.data.is_empty() { a.link.t13 href={ "/estimates?customer_id=" (customer) } { "All" } }
        };
        Ok(ui::card::section(
            "Estimates",
            right,
            html! {
                @if found.data.is_empty() { p.dim.t13 { "None yet." } }
                @for estimate in &found.data {
                    @let small = format!("{}, {}", estimate.number.as_deref().unwrap_or("Draft"), written::money(scope.tenant(), estimate.total));
                    div.eq { (ui::icon("file-pen-line")) span { a.link href={ "/estimates/" (estimate.id) } { (estimate.title) } small { (small) } } (state(estimate.status)) }
                }
            },
        ))
    })
}

//! What estimates show on the pages of others: those of a customer.
use billing::written;
use customers::CustomerId;
use futures_util::future::BoxFuture;
use kernel::{Result, Scope};
use maud::{Markup, html};
use uuid::Uuid;

use crate::{
    estimate::{
        list::{Ask, list},
        page::state,
    },
    permissions::EstimatesWrite,
};

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

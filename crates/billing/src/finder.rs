//! Invoices in the command palette, by their number.
use futures_util::future::BoxFuture;
use kernel::{Result, Scope, module::Found};

use crate::invoice::list::{Ask, list, number_in};
use crate::written;

pub fn find(scope: Scope, text: String) -> BoxFuture<'static, Result<Vec<Found>>> {
    Box::pin(async move {
        if number_in(&text).is_none() {
            return Ok(vec![]);
        }
        let found = list(&scope, &Ask { q: Some(text), ..Ask::default() }).await?;
        let entry = |invoice: crate::invoice::Listed| Found {
            label: format!("{} {}", invoice.number.clone().unwrap_or_default(), invoice.customer_name),
            hint: format!(
                "{}, {}",
                written::money(scope.tenant(), invoice.total),
                invoice.status.label().to_lowercase()
            ),
            href: format!("/invoices/{}", invoice.id),
            icon: "receipt-text",
        };
        Ok(found.data.into_iter().map(entry).collect())
    })
}

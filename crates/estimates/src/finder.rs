//! Estimates in the command palette, by their number.
use billing::written;
use futures_util::future::BoxFuture;
use kernel::{Result, Scope, module::Found};

use crate::estimate::{
    Listed,
    list::{Ask, list, number_in},
};

pub fn find(scope: Scope, text: String) -> BoxFuture<'static, Result<Vec<Found>>> {
    Box::pin(async move {
        if number_in(&text).is_none() {
            return Ok(vec![]);
        }
        let found = list(&scope, &Ask { q: Some(text), ..Ask::default() }).await?;
        let entry = |estimate: Listed| Found {
            label: format!("{} {}", estimate.number.clone().unwrap_or_default(), estimate.customer_name),
            hint: format!(
                "{}, {}",
                written::money(scope.tenant(), estimate.total),
                estimate.status.label().to_lowercase()
            ),
            href: format!("/estimates/{}", estimate.id),
            icon: "file-pen-line",
        };
        Ok(found.data.into_iter().map(entry).collect())
    })
}

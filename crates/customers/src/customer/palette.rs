//! Customers in the command palette.
use futures_util::future::BoxFuture;
use kernel::{Result, Scope, module::Found};

use super::{Status, near::search_or_near};

pub fn find(scope: Scope, asked: String) -> BoxFuture<'static, Result<Vec<Found>>> {
    Box::pin(async move {
        let customers = search_or_near(&scope, &asked, Status::Active, None, 8).await?.data;
        let found = customers.into_iter().map(|customer| Found {
            label: customer.name,
            hint: [Some(format!("#{}", customer.number)), customer.place]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            href: format!("/customers/{}", customer.id),
            icon: "user-round",
        });
        Ok(found.collect())
    })
}

//! Writing an invoice by hand begins with whom it is for.
use kernel::{
    Checks, Input, Result, Scope,
    access::Access,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
    row, sql, text,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{button, card, filters, form, link_button};

use super::draft::{DraftInput, draft};
use crate::{CustomerId, permissions::InvoicesWrite};

row! {
    struct Choice {
        id: CustomerId,
        name: String,
        place: Option<String>,
    }
}

sql! {
    fn beginning(from: String, until: String) -> Vec<Choice> = "
        select id, name, place from customer
        where tenant_id = $1 and status = 'active' and name_key >= $2 and name_key < $3 order by name_key, id limit 20";
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// How the customer's name begins.
    pub q: Option<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForm {}

impl Input for NewForm {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn page(access: Access<InvoicesWrite>, Query(ask): Query<Ask>) -> Result<Page> {
    show(&access, ask.q.as_deref().unwrap_or("")).await
}

async fn show(scope: &Scope, asked: &str) -> Result<Page> {
    let from = text::fold(asked);
    let found = scope.read(beginning(from.clone(), format!("{from}\u{10ffff}"))).await?;
    let body = html! {
        div.page {
            (filters::search("/invoices/new", asked, "How the name begins", &[]))
            @if found.is_empty() {
                (card::empty("Nobody of that name", "Add the customer first; then write the invoice.", html! { (link_button("New customer", "/customers/new").primary()) }, html! {}))
            }
            ul."mt-4" { @for choice in &found { li {
                (form::verb_form(&format!("/invoices/new/{}", choice.id), html! {
                    div.eq { (ui::icon("circle-user")) span { (choice.name) @if let Some(place) = &choice.place { small { (place) } } } (button("Write invoice").small()) }
                }))
            } } }
        }
    };
    let crumbs = vec![("Invoices".into(), "/invoices".into())];
    let frame = Frame {
        title: "New invoice".into(),
        beside: "Who is it for?".into(),
        active: "/invoices",
        crumbs,
        body,
        wide: true,
        ..Frame::default()
    };
    Ok(shell::page(scope, frame))
}

pub async fn post(
    access: Access<InvoicesWrite>,
    Path(customer_id): Path<CustomerId>,
    form: Form<NewForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let currency = access.tenant().locale.currency;
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    let id = draft(tx, currency, DraftInput::of(customer_id, vec![])).await?;
                    Ok(Redirect::to(format!("/invoices/{id}?add=true#lines")))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(_) => Ok(Either::Again(show(&access, "").await?)),
    }
}

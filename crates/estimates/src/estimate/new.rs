//! Writing an estimate begins with whom it is for.
use customers::CustomerId;
use kernel::{
    Checks, Error, Input, Result, Scope,
    access::Access,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
    row, sql, text,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame, on_top};
use ui::{Filled, button, card, field, filters, form, link_button};

use super::{
    draft::{DraftInput, draft},
    option::OptionInput,
};
use crate::permissions::EstimatesWrite;

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
    fn chosen(customer: CustomerId) -> Vec<Choice> = "
        select id, name, place from customer where tenant_id = $1 and id = $2 and status = 'active'";
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// How the customer's name begins.
    pub q: Option<String>,
    /// For this one, who is known already.
    pub customer_id: Option<CustomerId>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    #[serde(default)]
    pub title: String,
    /// How many options to begin with.
    #[serde(default)]
    pub options: Option<i64>,
}

impl Input for NewForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("title", &mut self.title, 200, "a title");
        checks.range("options", self.options.unwrap_or(1), 1, 5, "One to five options.");
    }
}

pub async fn page(access: Access<EstimatesWrite>, Query(ask): Query<Ask>) -> Result<Page> {
    show(&access, &ask, &Filled::default()).await
}

async fn show(scope: &Scope, ask: &Ask, filled: &Filled) -> Result<Page> {
    let asked = ask.q.as_deref().unwrap_or("");
    let from = text::fold(asked);
    let found = match ask.customer_id {
        Some(customer) => scope.read(chosen(customer)).await?,
        None => scope.read(beginning(from.clone(), format!("{from}\u{10ffff}"))).await?,
    };
    if ask.customer_id.is_some() && found.is_empty() {
        return Err(Error::NotFound);
    }
    let title = || {
        let options = [("1", "One"), ("2", "Good and better"), ("3", "Good, better, best")];
        html! {
            (field::text(filled, "title", "What it is about").required().most(200).placeholder("Replace the furnace").focus())
            (field::select(filled, "options", "Options", &options))
            (form::actions(html! { (button("Write estimate").primary()) (link_button("Another customer", "/estimates/new").quiet()) }))
        }
    };
    let body = html! {
        @match (ask.customer_id, found.first()) {
            (Some(_), Some(choice)) => {
                (card::line("circle-user", &choice.name, choice.place.as_deref().unwrap_or(""), html! {}))
                div."mt-4" { (form::form(&format!("/estimates/new/{}", choice.id), filled, title())) }
            },
            _ => {
                (filters::search("/estimates/new", asked, "How the name begins", &[]))
                @if found.is_empty() {
                    (card::empty("Nobody of that name", "Add the customer first; then write the estimate.", html! { (link_button("New customer", "/customers/new").primary()) }, html! {}))
                }
                ul."mt-4" { @for choice in &found { li {
                    div.eq { (ui::icon("circle-user")) span { (choice.name) @if let Some(place) = &choice.place { small { (place) } } } (link_button("Choose", format!("/estimates/new?customer_id={}", choice.id)).small().attr("aria-label", format!("Choose {}", choice.name))) }
                } } }
            },
        }
    };
    let crumbs = vec![("Estimates".into(), "/estimates".into())];
    let beside = if ask.customer_id.is_some() { "" } else { "Who is it for?" };
    let frame = Frame {
        title: "New estimate".into(),
        beside: beside.into(),
        active: "/estimates",
        crumbs,
        body,
        ..Frame::default()
    };
    Ok(shell::page(scope, frame))
}

pub async fn post(
    access: Access<EstimatesWrite>,
    Path(customer_id): Path<CustomerId>,
    form: Form<NewForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let outcome = form
        .then(async |typed: NewForm| {
            let count = typed.options.unwrap_or(1);
            let option = |n| OptionInput { recommended: n == 2, ..OptionInput::default() };
            let input = DraftInput {
                customer_id,
                location_id: None,
                work_order_id: None,
                title: typed.title,
                note: None,
                terms: None,
                valid_until: None,
                deposit_ppm: 0,
                deposit_amount: None,
                options: (1..=count).map(option).collect(),
            };
            access
                .once(async |tx| {
                    let id = draft(tx, input.clone()).await?;
                    Ok(Redirect::to(format!("/estimates/{id}")))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => {
            let filled = on_top(typed);
            let ask = Ask { q: None, customer_id: Some(customer_id) };
            let page = show(&access, &ask, &filled).await?;
            Ok(Either::Again(Page { status: 422, ..page }))
        }
    }
}

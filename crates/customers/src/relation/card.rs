//! The card on the page of a customer: with whom they are connected.
use kernel::Scope;
use maud::{Markup, html};
use ui::{button, card as cards, form, icon, link_button};

use super::Relation;
use crate::{CustomerId, permissions::CustomersWrite};

pub(crate) fn card(scope: &Scope, customer: CustomerId, all: &[Relation]) -> Markup {
    let may = scope.can::<CustomersWrite>();
    let new = format!("/customers/{customer}/relations/new");
    let small = |one: &Relation| {
        let parts = [Some(one.kind.label()), one.note.as_deref(), one.place.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    let add =
        html! { @if may { (link_button("Connect with another customer", new).small().quiet().icon_only("plus")) } };
    cards::section(
        "Connected with",
        add,
        html! {
            @for one in all {
                div.eq { (icon("link")) span { a href={ "/customers/" (one.customer_id) } { (one.name) } small { (small(one)) } }
                    @if may { (form::verb_form(&format!("/customers/{customer}/relations/{}/remove", one.id),
                        html! { (button("Disconnect").small().quiet().icon_only("x").attr("aria-label", format!("Disconnect from {}", one.name))) })) } }
            }
            @if all.is_empty() { p.dim.t13 { "Nobody yet: a landlord, whoever pays, a parent company." } }
        },
    )
}

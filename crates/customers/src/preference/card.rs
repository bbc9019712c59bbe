//! The card on the page of a customer: what they prefer, or one quiet line where nothing was said.
use kernel::Scope;
use maud::{Markup, html};
use ui::card as cards;

use super::Preferences;
use crate::permissions::CustomersWrite;

pub(crate) fn card(scope: &Scope, known: &Preferences) -> Markup {
    let may = scope.can::<CustomersWrite>();
    let form = format!("/customers/{}/preferences", known.customer_id);
    let facts = known.facts(&scope.tenant().locale);
    let facts: Vec<(&str, Markup)> = facts.iter().map(|(name, value)| (*name, html! { (value) })).collect();
    match facts.is_empty() {
        true if may => cards::section(
            "Preferences",
            html! { a.link.t12 href=(form) aria-label="Add preferences" { "Add" } },
            html! {},
        ),
        true => html! {},
        false => cards::section(
            "Preferences",
            html! { @if may { a.link.t12 href=(form) aria-label="Change preferences" { "Change" } } },
            cards::facts(&facts),
        ),
    }
}

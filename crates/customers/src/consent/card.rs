//! The card on the page of a customer: what they want no more, since when, and who was told.
use kernel::Scope;
use maud::{Markup, html};
use tenancy::shell::moment;
use ui::card as cards;

use super::Consent;
use crate::{CustomerId, permissions::CustomersWrite};

pub(crate) fn card(scope: &Scope, customer: CustomerId, said: &[Consent]) -> Markup {
    let label = if scope.can::<CustomersWrite>() { "Change" } else { "More" };
    let refused: Vec<&Consent> = said.iter().filter(|one| !one.allowed).collect();
    let small = |one: &Consent| format!("{} · {} · {}", one.source, one.author, moment(scope.tenant(), one.created_at));
    cards::section(
        "Consent",
        html! { a.link.t12 href=(format!("/customers/{customer}/consent")) aria-label={ (label) " consent" } { (label) } },
        html! {
            @for one in &refused {
                @let words = Consent::words(one.channel, one.purpose, false);
                (cards::line("bell-off", &format!("{}{}", words[..1].to_uppercase(), &words[1..]), &small(one), html! {}))
            }
            @if refused.is_empty() { p.dim.t13 { "Nothing refused: may be written to and called." } }
        },
    )
}

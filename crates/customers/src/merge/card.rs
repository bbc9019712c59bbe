//! The card on the page of a customer: who became part of them, and who looks as if they were the same.
use kernel::Scope;
use maud::{Markup, html};
use tenancy::shell::moment;
use ui::{button, card as cards, form};

use super::Merge;
use crate::{CustomerId, duplicate::Suggested, permissions::CustomersMerge};

pub(crate) fn card(scope: &Scope, customer: CustomerId, merged: &[Merge], suggested: &[Suggested]) -> Markup {
    let may = scope.can::<CustomersMerge>();
    let since = |one: &Merge| format!("{} · {}", one.author, moment(scope.tenant(), one.created_at));
    html! {
        @if may && !suggested.is_empty() {
            (cards::section("Perhaps the same", html! {}, html! { @for one in suggested {
                @let compare = format!("/customers/{customer}/merge?customer_id={}", one.other_id);
                @let right = html! { a.link.t12 href=(compare) aria-label={ "Compare with " (one.name) } { "Compare" } };
                (cards::line("copy", &format!("{} #{}", one.name, one.number), &one.why(), right))
            } }))
        }
        @if !merged.is_empty() {
            (cards::section("Merged into this customer", html! {}, html! { @for one in merged {
                @let right = html! { @if may { (form::verb_form(&format!("/customers/merges/{}/undo", one.id),
                    html! { (button("Take back").small().quiet().attr("aria-label", format!("Take back the merge with {}", one.gone_name))) })) } };
                (cards::line("git-merge", &format!("{} #{}", one.gone_name, one.gone_number), &since(one), right))
            } }))
        }
    }
}

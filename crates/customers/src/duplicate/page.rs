//! The page of the pairs that wait for a decision.
use kernel::{
    Access, Result,
    http::{Page, Query},
    page::Asked,
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{button, card, form, link_button};

use super::{Duplicate, list::list, why};
use crate::permissions::CustomersMerge;

fn person(name: &str, number: i64, place: Option<&str>) -> Markup {
    html! { div."flex-1" { strong { (name) } " " span.dim.t12 { "#" (number) } br; span.soft.t13 { (place.unwrap_or("No location yet")) } } }
}

fn pair(pair: &Duplicate) -> Markup {
    let names = format!("{} and {}", pair.one_name, pair.other_name);
    html! { section.card."p-4"."mb-4" aria-label=(names) {
        div."flex"."flex-wrap"."gap-4" {
            (person(&pair.one_name, pair.one_number, pair.one_place.as_deref()))
            (person(&pair.other_name, pair.other_number, pair.other_place.as_deref()))
        }
        div."flex"."flex-wrap"."gap-2"."items-center"."justify-between"."mt-3" {
            span.dim.t12 { (why(&pair.reasons)) }
            div."flex"."gap-2" {
                (form::verb_form(&format!("/customers/duplicates/{}/apart", pair.id), html! { (button("They are two").small().quiet().attr("aria-label", format!("They are two: {names}"))) }))
                (link_button("Compare", format!("/customers/{}/merge?customer_id={}", pair.one_id, pair.other_id)).small().attr("aria-label", format!("Compare {names}")))
            }
        }
    } }
}

pub async fn page(access: Access<CustomersMerge>, Query(asked): Query<Asked>) -> Result<Page> {
    let found = list(&access, &asked).await?;
    let all = html! { (form::verb_form("/customers/duplicates/look", html! { (button("Look through all customers").icon("search")) })) };
    let body = html! { div.form-narrow {
        p.soft."mb-6" { "Pairs that share an email, a telephone, or a name and a place. Whoever is added or changed is looked at by itself, a moment later." }
        @for one in &found.data { (pair(one)) }
        @if found.data.is_empty() {
            (card::empty("Nobody looks like somebody else", "When two entries may be one customer, they stand here side by side: merge them, or say that they are two.", all, html! {}))
        } @else { p."mt-4" { (all) } }
        @if let Some(cursor) = &found.next_cursor { p."mt-3" { a.link href={ "/customers/duplicates?cursor=" (cursor) } { "More" } } }
    } };
    let crumbs = vec![("Customers".into(), "/customers".into())];
    Ok(shell::page(
        &access,
        Frame { title: "Duplicates".into(), active: "/customers", crumbs, body, ..Frame::default() },
    ))
}

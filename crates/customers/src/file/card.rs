//! The card on the page of a customer: the newest files, and the way to more.
use kernel::{Scope, text::size};
use maud::{Markup, html};
use ui::{Filled, button, card as cards, field, form, icon};

use super::{CustomerFile, MOST_BYTES};
use crate::{CustomerId, location::Location, permissions::CustomersWrite};

pub(super) const SHOWN: usize = 5;

pub(super) fn line(scope: &Scope, file: &CustomerFile, places: &[Location]) -> Markup {
    let day = file.created_at.to_zoned(scope.tenant().locale.zone.clone()).strftime("%-d %b %Y").to_string();
    let place = places.iter().find(|place| Some(place.id) == file.location_id).map(Location::line);
    let small = [Some(file.kind()), Some(size(file.size)), place, Some(file.author.clone()), Some(day)];
    let small = small.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    html! {
        div.eq { (icon(file.icon())) span { a.link href=(file.href()) download { (file.title()) } small { (small) } }
            @if scope.can::<CustomersWrite>() { a.link.t12 href={ (file.href()) "/edit" } aria-label={ "Change " (file.title()) } { "Change" } } }
    }
}

/// Which place a file is about, if any.
pub(super) fn about(places: &[Location]) -> Vec<(String, String)> {
    let whole = (String::new(), "The customer as a whole".to_owned());
    std::iter::once(whole).chain(places.iter().map(|place| (place.id.to_string(), place.line()))).collect()
}

/// The form that adds some: a place is asked for where there are several.
pub(super) fn add(customer: CustomerId, places: &[Location], filled: &Filled) -> Markup {
    form::form_with_files(
        &format!("/customers/{customer}/files"),
        filled,
        html! {
            (field::file(filled, "file", "Add files", "", MOST_BYTES).attr("multiple", "").required()
                .hint(format!("Any kind, up to {} MB each.", MOST_BYTES / 1_000_000)))
            @if places.len() > 1 { (field::select(filled, "location_id", "They are about", &about(places)).id("file-location")) }
            (form::actions(html! { (button("Keep files").icon("paperclip")) }))
        },
    )
}

pub(crate) fn card(scope: &Scope, customer: CustomerId, newest: &[CustomerFile], places: &[Location]) -> Markup {
    let all = html! { @if !newest.is_empty() { a.link.t12 href={ "/customers/" (customer) "/files" } { @if newest.len() > SHOWN { "All files" } @else { "Open" } } } };
    cards::section(
        "Files",
        all,
        html! {
            @for file in newest.iter().take(SHOWN) { (line(scope, file, places)) }
            @if newest.is_empty() { p.dim.t13 { "None yet: permits, contracts, pictures of the house." } }
            @if scope.can::<CustomersWrite>() { details.fold { summary.t13.dim { "Add files" } (add(customer, places, &Filled::default())) } }
        },
    )
}

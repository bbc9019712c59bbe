//! What customers said, on the screen of the office: newest first, and what waits for a call.
use kernel::{
    Access, Paged, Result, Scope,
    http::{Page, Query},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{MenuItem, button, card, filters, form, link_button};

use super::{
    Rating, drawn,
    list::{Ask, list},
};
use crate::{
    permissions::{RatingsRead, RatingsWrite, TechniciansWrite},
    say,
};

fn href(path: &str, ask: &Ask) -> String {
    ui::address(
        path,
        [
            ("waiting", ask.waiting.map(|waiting| waiting.to_string())),
            ("technician_id", ask.technician_id.map(|id| id.to_string())),
            ("customer_id", ask.customer_id.map(|id| id.to_string())),
            ("cursor", ask.cursor.clone()),
        ],
    )
}

pub async fn page(access: Access<RatingsRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    let part = html! { div #ratings.contents data-live="rating.*" data-live-src=(href("/ratings/part", &ask)) { (inside(&access, &ask, &found)) } };
    let frame = Frame {
        title: "Ratings".into(),
        active: "/",
        crumbs: vec![("Today".into(), "/".into())],
        body: html! { (bar(&access, &ask)) (part) },
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

/// The part of the page that draws itself again when something happened.
pub async fn part(access: Access<RatingsRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = list(&access, &ask).await?;
    Ok(inside(&access, &ask, &found).into())
}

fn bar(scope: &Scope, ask: &Ask) -> Markup {
    let unpaged = Ask { cursor: None, ..ask.clone() };
    let with = |waiting| href("/ratings", &Ask { waiting, ..unpaged.clone() });
    let waits = ask.waiting == Some(true);
    let (all, waiting) = (with(None), with(Some(true)));
    let parts = [("All", all.as_str(), !waits), ("To be seen to", waiting.as_str(), waits)];
    let chip = |field: &str, remove: Ask| filters::Chip {
        field: field.into(),
        value: "one".into(),
        others: vec![],
        remove: href("/ratings", &remove),
    };
    let mut chips = vec![];
    if ask.customer_id.is_some() {
        chips.push(chip("Customer", Ask { customer_id: None, ..unpaged.clone() }));
    }
    if ask.technician_id.is_some() {
        chips.push(chip("Technician", Ask { technician_id: None, ..unpaged.clone() }));
    }
    let none: [MenuItem; 0] = [];
    let export = exports::button(scope, "ratings", &href("/ratings", &unpaged));
    filters::bar(html! {}, filters::segments("Which", &parts), &chips, &none, export)
}

fn one(scope: &Scope, rating: &Rating) -> Markup {
    let locale = &scope.tenant().locale;
    let day = say::local(rating.created_at, locale).strftime("%-d %b %Y").to_string();
    html! {
        li.card.rating {
            div.rating-h {
                (drawn(rating.stars))
                a.link.strong href={ "/customers/" (rating.customer_id) } { (rating.customer_name) }
                span.dim.t13.num { (day) }
            }
            @if let Some(comment) = &rating.comment { blockquote { @for line in comment.lines() { p { (line) } } } }
            p.soft.t13 {
                a.link href={ "/appointments/" (rating.appointment_id) } { (rating.title) }
                @if let Some(name) = &rating.technician_name { ", " (name) }
            }
            @if rating.waits() {
                div.rating-f {
                    (ui::status_saying("overdue", "To be seen to"))
                    @if scope.can::<RatingsWrite>() { (form::verb_form(&format!("/ratings/{}/see-to", rating.id), html! { (button("Seen to").icon("check")) })) }
                }
            } @else if let Some((at, by)) = rating.seen_to_at.zip(rating.seen_to_by.as_deref()) {
                p.dim.t13 { "Seen to by " (by) ", " (shell::moment(scope.tenant(), at)) }
            }
        }
    }
}

fn inside(scope: &Scope, ask: &Ask, found: &Paged<Rating>) -> Markup {
    let narrowed =
        ask.waiting == Some(true) || ask.customer_id.is_some() || ask.technician_id.is_some() || ask.cursor.is_some();
    html! {
        @if found.data.is_empty() && narrowed { (card::empty("Nothing here", "No rating waits, or none is of this customer or technician.", html! { (link_button("Show all ratings", "/ratings")) }, html! {})) }
        @else if found.data.is_empty() { (none_yet(scope.can::<TechniciansWrite>())) }
        @else {
            ul.ratings { @for rating in &found.data { (one(scope, rating)) } }
            @if let Some(cursor) = &found.next_cursor {
                p."mt-4" { (link_button("Older ones", href("/ratings", &Ask { cursor: Some(cursor.clone()), ..ask.clone() }))) }
            }
        }
    }
}

fn none_yet(may: bool) -> Markup {
    let verb =
        html! { @if may { (link_button("Ask customers", "/settings/visit-messages").primary().large().icon("star")) } };
    let sample = card::sample(
        "what a customer says",
        html! {},
        html! { div."p-4" { (drawn(5)) p { "On time, tidy, and it cools again." } p.soft.t13 { "Carmen Lopez, AC tune-up, Marco" } } },
    );
    let says = "After a visit the customer gets a letter with five stars to choose from. What they say stands here; few stars come up on Today until somebody has called.";
    card::empty("What customers say will stand here", says, verb, sample)
}

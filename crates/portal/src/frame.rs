//! The frame around the pages of the portal: where one may go, whose papers these are, and the way out.
use kernel::{Visitor, http::Page};
use maud::{Markup, html};
use tenancy::shell;

use crate::guest::{Guest, Reached};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Visits,
    Estimates,
    Invoices,
    Documents,
    Cards,
    Details,
}

impl Place {
    const ALL: [Self; 7] =
        [Self::Home, Self::Visits, Self::Estimates, Self::Invoices, Self::Documents, Self::Cards, Self::Details];

    fn says(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Home => ("Home", "", "home"),
            Self::Visits => ("Visits", "/visits", "calendar-check"),
            Self::Estimates => ("Estimates", "/estimates", "file-pen-line"),
            Self::Invoices => ("Invoices", "/invoices", "receipt-text"),
            Self::Documents => ("Documents", "/documents", "file-text"),
            Self::Cards => ("Cards", "/cards", "credit-card"),
            Self::Details => ("Your details", "/details", "circle-user"),
        }
    }
}

/// "/portal/…" of this customer.
pub(crate) fn base(mine: &Reached) -> String {
    format!("/portal/{}", mine.id)
}

pub(crate) fn page(
    visitor: &Visitor,
    (guest, mine): &(Guest, Reached),
    at: Place,
    title: &str,
    says: &str,
    body: Markup,
) -> Page {
    let base = base(mine);
    let several = guest.customers.len() > 1;
    let body = html! {
        nav.portal-nav aria-label="Your pages" {
            @for place in Place::ALL {
                @let (label, path, sign) = place.says();
                a href={ (base) (path) } aria-current=[(place == at).then_some("page")] { (ui::icon(sign)) (label) }
            }
        }
        @if several { p.portal-whose { span { (mine.name) @if let Some(place) = &mine.place { span.soft { ", " (place) } } } a.link href="/portal" { "Another one" } } }
        (ui::question(title, says))
        (body)
        (foot(guest))
    };
    shell::public(visitor, title, body, html! {})
}

pub(crate) fn foot(guest: &Guest) -> Markup {
    html! {
        footer.portal-foot {
            p.soft.t13 { "Signed in as " (guest.email) }
            (ui::form::verb_form("/portal/sign-out", html! { (ui::button("Sign out").small().icon("log-out")) }))
        }
    }
}

/// A row of a list: a thing, small words below it, how it stands, and where it leads.
pub(crate) fn row(sign: &str, href: Option<&str>, words: &str, small: &str, right: Markup) -> Markup {
    html! {
        li.portal-row {
            (ui::icon(sign))
            span.portal-what { @match href { Some(href) => a.link.strong href=(href) { (words) }, None => span.strong { (words) } } @if !small.is_empty() { small { (small) } } }
            span.portal-right { (right) }
        }
    }
}

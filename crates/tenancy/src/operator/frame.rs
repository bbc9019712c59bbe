//! The frame around the pages of those who run the house: Tradewind's own, no company's.
use jiff::Timestamp;
use kernel::{Outside, http::Page};
use maud::{Markup, html};
use ui::{Brand, MenuItem, Nav, PublicPage, Shell, Theme, Who};

use super::Operator;

fn theme(outside: &Outside) -> Theme {
    outside.cookie("theme").map(|value| Theme::of_cookie(&value)).unwrap_or_default()
}

/// A single card in the middle.
pub(super) fn card(outside: &Outside, title: &str, card: Markup, foot: Markup) -> Page {
    PublicPage::new(&Brand::tradewind(), title).lang("en-US").theme(theme(outside)).card(card, foot).into()
}

/// What a page puts into it.
#[derive(Default)]
pub(super) struct Inside {
    pub title: String,
    pub active: &'static str,
    pub crumbs: Vec<(String, String)>,
    pub body: Markup,
    pub wide: bool,
}

pub(super) fn page(operator: &Operator, inside: Inside) -> Page {
    let shell = Shell {
        brand: Brand::tradewind(),
        nav: vec![
            Nav::new("Companies", "/operator", "building-2").key("g c"),
            Nav::new("Visits", "/operator/visits", "history").key("g v"),
        ],
        who: Who { name: operator.name.clone(), says: operator.email.clone() },
        account: vec![MenuItem::post("Sign out", "/operator/sign-out").icon("log-out")],
        theme: theme(&operator.outside),
        lang: "en-US".into(),
        no_palette: true,
        ..Shell::default()
    };
    let mut page = ui::Page::new(&shell, inside.title).at(inside.active);
    for (label, href) in inside.crumbs {
        page = page.crumb(label, href);
    }
    let body = match inside.wide {
        true => inside.body,
        false => html! { div.page { (inside.body) } },
    };
    Page::from(page.show(body))
}

/// "20 Nov 2026, 16:30 UTC": they sit anywhere, and so do the companies.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

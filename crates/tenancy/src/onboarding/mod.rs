//! Sign-up: five questions, each answer kept under a cookie, then a company that is ready.
mod address;
mod company;
mod country;
mod draft;
mod first;
mod page;
mod plan;
mod provision;
mod start;
mod you;

pub use address::{free, post as address_post};
pub use company::post as company_post;
pub use page::{page, progress, show_key};
pub use plan::post as plan_post;
pub(crate) use provision::Asked;
pub use provision::{again, duty, next};
pub use start::{start, start_post};
pub use you::post as you_post;

use kernel::{
    Error, Outside, Result,
    http::{Page, Typed},
};
use maud::{Markup, html};
use ui::{Brand, PublicPage, Theme};

const STEPS: [&str; 5] = ["Company", "You", "Address", "Plan", "Ready"];

/// Sign-up is at the base domain, where no company is.
pub(crate) fn nobodys(outside: &Outside) -> Result<()> {
    if outside.tenant.is_some() { Err(Error::NotFound) } else { Ok(()) }
}

fn frame(outside: &Outside, title: &str, question: Markup, aside: Markup) -> Page {
    framed(outside, title, html! {}, question, aside)
}

/// What is asked step by step.
fn framed(outside: &Outside, title: &str, right: Markup, question: Markup, aside: Markup) -> Page {
    let theme = outside.cookie("theme").map(|value| Theme::of_cookie(&value)).unwrap_or_default();
    PublicPage::new(&Brand::tradewind(), title).lang("en-US").theme(theme).right(right).show(question, aside).into()
}

/// A refusal that the form can show, as what it shows.
fn mendable(values: Vec<(String, String)>, error: Error) -> Result<ui::Filled> {
    Typed::of(values.into_iter().collect(), error).map(crate::shell::filled)
}

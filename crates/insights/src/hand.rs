//! One thing that needs a hand now: what it is, why, and the verb that helps.
use maud::{Markup, html};

/// How pressing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Bad,
    Warn,
    Quiet,
}

/// A row of "Needs a hand now": `item("calendar-x", Tone::Bad, "Hutchins has nobody, promised 12–2", "AC not cooling", "Assign", "/board?…")`.
/// `href` is a page; what changes something is a form on that page.
pub fn item(icon: &str, tone: Tone, what: &str, why: &str, verb: &str, href: &str) -> Markup {
    let tone = match tone {
        Tone::Bad => "tone-bad",
        Tone::Warn => "tone-warn",
        Tone::Quiet => "",
    };
    html! {
        li data-hand {
            svg class=(format!("i {tone}")) aria-hidden="true" { use href=(format!("/assets/icons.svg#{icon}")) {} }
            p { (what) small { (why) } }
            a class="btn" href=(href) { (verb) }
        }
    }
}

/// How many items a panel has drawn.
pub(crate) fn count(markup: &Markup) -> usize {
    markup.0.matches("<li data-hand>").count()
}

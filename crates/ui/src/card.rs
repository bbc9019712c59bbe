//! Cards and the small blocks of facts they hold.
use crate::{icon, icon_class};
use maud::{Markup, html};

/// A card with a heading, quiet words after it and a link at the right.
pub fn card(title: &str, quiet: &str, link: Option<(&str, &str)>, body: Markup) -> Markup {
    html! {
        section.card {
            div.card-h { h2 { (title) } @if !quiet.is_empty() { span.dim.t13.num { (quiet) } } @if let Some((label, href)) = link { a.link href=(href) { (label) } } }
            (body)
        }
    }
}

/// The padded inside of a card.
pub fn card_body(body: Markup) -> Markup {
    html! { div."px-4"."pb-4" { (body) } }
}

/// A heading inside a rail or a drawer, with what stands at its right.
pub fn section(title: &str, right: Markup, body: Markup) -> Markup {
    html! { section { div.sect-head { h3 { (title) } (right) } (body) } }
}

/// Words and what they stand for, one under the other.
pub fn facts(pairs: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in pairs { dt { (name) } dd { (value) } } } }
}

/// Two to four figures side by side; the third part of a tuple colours it (`""`, `overdue`, `up`).
pub fn trio(figures: &[(&str, &str, &str)]) -> Markup {
    html! { dl.trio { @for (name, value, class) in figures { div { dt { (name) } dd class=(class) { (value) } } } } }
}

/// A figure over a list, leading to the rows behind it.
#[derive(Clone, Debug, Default)]
pub struct Stat {
    /// "Overdue".
    pub label: String,
    /// "$6,300.25", formatted; `None` when it could not be known.
    pub value: Option<String>,
    /// `""`, `down` (bad) or `up` (good).
    pub tone: &'static str,
    /// Where the rows are.
    pub href: Option<String>,
}

/// Figures in a row over a list.
pub fn stats(all: &[Stat]) -> Markup {
    html! {
        dl."stat-row" { @for one in all { div.stat {
            dt { (one.label) }
            @match (&one.value, &one.href) {
                (None, _) => dd.unknown { "Not known just now" },
                (Some(value), Some(href)) => dd.(one.tone) { a href=(href) { (value) } },
                (Some(value), None) => dd.(one.tone) { (value) },
            }
        } } }
    }
}

/// A line about a thing with an icon: equipment, a contact, a file. `small` is its second line, `right` quiet words.
pub fn line(sign: &str, words: &str, small: &str, right: Markup) -> Markup {
    line_with(sign, words, html! { (small) }, right)
}

/// The same where the small words are not all of one kind.
pub fn line_with(sign: &str, words: &str, small: Markup, right: Markup) -> Markup {
    html! { div.eq { (icon(sign)) span { (words) @if !small.0.is_empty() { small { (small) } } } (right) } }
}

/// The same with a person's initials.
pub fn person(name: &str, small: &str, right: Markup) -> Markup {
    html! { div.eq { (crate::avatar(&crate::initials(name), None, "avatar-s")) span { (name) @if !small.is_empty() { small { (small) } } } (right) } }
}

/// Something that waits for a decision: what, why, and the verb. `tone` is `""`, `tone-bad` or `tone-warn`.
#[derive(Clone, Debug)]
pub struct Todo {
    /// An icon.
    pub icon: String,
    /// `""`, `tone-bad` or `tone-warn`.
    pub tone: &'static str,
    /// "Hutchins has nobody, promised 12–2".
    pub what: String,
    /// "AC not cooling, baby at home."
    pub why: String,
    /// The verb, a button or a link.
    pub verb: Markup,
}

/// The list "Needs a hand now".
pub fn todos(all: &[Todo]) -> Markup {
    html! { ul.todo { @for one in all { li { (icon_class(&one.icon, one.tone)) p { (one.what) small { (one.why) } } (one.verb) } } } }
}

/// Tabs: `(label, figure or "", href, current)`.
pub fn tabs(label: &str, all: &[(&str, &str, &str, bool)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) { @for (word, figure, href, is) in all {
            a href=(href) aria-current=[is.then_some("page")] { (word) @if !figure.is_empty() { " " span.n { (figure) } } }
        } }
    }
}

/// An empty list: what it is for, one verb, perhaps a sample of what it will hold.
pub fn empty(title: &str, says: &str, verb: Markup, sample: Markup) -> Markup {
    html! { div.empty { h2 { (title) } p { (says) } div.acts { (verb) } (sample) } }
}

/// A sample inside an empty list, plainly not the tenant's own.
pub fn sample(title: &str, action: Markup, body: Markup) -> Markup {
    html! { section.sample { div.sample-h { h3 { "Sample, not yours: " (title) } (action) } (body) } }
}

/// A part of a page that failed while the rest is there: what, and a way to try again.
pub fn failed_part(what: &str, retry: &str) -> Markup {
    html! {
        div.oops role="alert" { h3 { (what) } p.soft.t13 { "The rest of the page is current." }
            p { button.btn."btn-s" type="button" hx-get=(retry) hx-target="closest .oops" hx-swap="outerHTML" { (icon("rotate-cw")) "Try again" } } }
    }
}

/// Several values, each on its line, that are copied together: recovery codes.
pub fn copy_lines(values: &[String], label: &str) -> Markup {
    let all = values.join("\n");
    html! { div.copy."is-lines" { code tabindex="0" { (all) } button.btn."btn-s".btn-quiet type="button" data-copy=(all) aria-label={ "Copy " (label) } { (icon("copy")) "Copy" } } }
}

/// A value with a button that copies it: an API key, a link.
pub fn copy(value: &str, label: &str) -> Markup {
    html! { div.copy { code tabindex="0" { (value) } button.btn."btn-s".btn-quiet type="button" data-copy=(value) aria-label={ "Copy " (label) } { (icon("copy")) "Copy" } } }
}

/// Customer page: sticky head, content, rail.
pub fn record(head: Markup, main: Markup, rail: Markup) -> Markup {
    html! { div.cust { div.cust-head { (head) } div.cust-main { (main) } aside.cust-rail aria-label="Facts" { (rail) } } }
}

/// The name line of [`record`]: name, quiet number, tags, verbs.
pub fn record_name(name: &str, quiet: &str, tags: Markup, verbs: Markup) -> Markup {
    html! { div.cust-name { h2 { (name) } span.dim.num { (quiet) } (tags) div.acts { (verbs) } } }
}

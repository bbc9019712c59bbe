//! The bar over a list: saved view, filters as chips in the URL, tools; and the bar for what is selected.
use crate::menu::{MenuItem, menu};
use crate::{button, icon, icon_class};
use maud::{Markup, html};

/// A filter that is set: "Status is Active".
#[derive(Clone, Debug)]
pub struct Chip {
    /// "Status".
    pub field: String,
    /// "Active".
    pub value: String,
    /// Other values, each a link; empty, and the chip can only be taken away.
    pub others: Vec<MenuItem>,
    /// The address without this filter.
    pub remove: String,
}

/// A list page: the bar, then a [`crate::table::Table`], then perhaps [`bulk`].
pub fn list(inner: Markup) -> Markup {
    html! { div.list { (inner) } }
}

/// The bar. `view` is the saved view's button or nothing; `add` are the filters one can still set; `search` a
/// [`search`] box or nothing; `tools` quiet buttons at the right.
pub fn bar(view: Markup, search: Markup, chips: &[Chip], add: &[MenuItem], tools: Markup) -> Markup {
    html! {
        div.listbar role="group" aria-label="View and filters" {
            @if !view.0.is_empty() { (view) span.sep.wide {} }
            (search)
            (self::chips(chips, add))
            (tools)
        }
    }
}

/// The filters that are set, and those one can still set, with their menus.
pub fn chips(chips: &[Chip], add: &[MenuItem]) -> Markup {
    html! {
        div."listbar-chips" {
            @for (n, chip) in chips.iter().enumerate() { (self::chip(n, chip)) }
            @if !add.is_empty() {
                button.chip."chip-add" type="button" popovertarget="menu-filter" aria-haspopup="menu" data-key="f" { (icon_class("list-filter", "i-s")) "Filter " kbd.wide aria-hidden="true" { "f" } }
            }
        }
        @for (n, chip) in chips.iter().enumerate() { @if !chip.others.is_empty() { (menu(&format!("menu-chip-{n}"), &chip.field, &chip.others)) } }
        @if !add.is_empty() { (menu("menu-filter", "Add a filter", add)) }
    }
}

fn chip(n: usize, chip: &Chip) -> Markup {
    html! {
        span.chip {
            @if chip.others.is_empty() { span.chip-words { (chip.field) " is " b { (chip.value) } } }
            @else { button type="button" popovertarget={ "menu-chip-" (n) } aria-haspopup="menu" { (chip.field) " is " b { (chip.value) } } }
            a href=(chip.remove) aria-label={ "Remove filter " (chip.field) " is " (chip.value) } { (icon_class("x", "i-s")) }
        }
    }
}

/// The saved view's button with its menu.
pub fn view(name: &str, views: &[MenuItem]) -> Markup {
    html! {
        button.btn type="button" popovertarget="menu-views" aria-haspopup="menu" { (icon_class("star", "dim")) (name) (icon_class("chevron-down", "dim")) }
        (menu("menu-views", "Saved views", views))
    }
}

/// A search box that answers while one types, and works with Enter without script; `/` leads there.
pub fn search(action: &str, value: &str, label: &str, keep: &[(&str, &str)]) -> Markup {
    html! {
        form.searchbox role="search" method="get" action=(action) {
            @for (name, value) in keep { input type="hidden" name=(name) value=(value); }
            (icon("search"))
            input.input type="search" name="q" value=(value) placeholder=(label) aria-label=(label) data-key="/" autocomplete="off" data-search;
        }
    }
}

/// A verb for the selected rows: posts their ids (`id=…&id=…`) to `action`.
#[derive(Clone, Debug)]
pub struct BulkVerb {
    /// "Text".
    pub label: String,
    /// An icon.
    pub icon: &'static str,
    /// Where to post.
    pub action: String,
}

/// The bar that appears with the first selected row; `noun` is "customers".
pub fn bulk(noun: &str, verbs: &[BulkVerb]) -> Markup {
    html! {
        form.bulk #bulk method="post" role="toolbar" aria-label={ "Selected " (noun) } hidden data-bulk data-form {
            (crate::form::key())
            strong { span data-count { "0" } " selected" }
            @for verb in verbs { button type="submit" formaction=(verb.action) { (icon(verb.icon)) (verb.label) } }
            span.sep {}
            button type="button" aria-label="Esc, clear selection" data-clear { (crate::kbd("Esc")) }
        }
    }
}

/// Fields, and the verbs that heed them: each its value, words and sign.
pub type Deeds<'a> = (Markup, &'a [(&'a str, &'a str, &'a str)]);

/// The same as one form: every verb posts to `action`, which finds the verb's value in `do`.
/// Without script it is always there.
pub fn bulk_form(noun: &str, action: &str, deeds: &[Deeds<'_>]) -> Markup {
    html! {
        form.bulk #bulk method="post" action=(action) aria-label={ "Selected " (noun) } hidden data-bulk data-form {
            (crate::form::key())
            strong { span data-count { "0" } " selected" }
            @for (fields, verbs) in deeds {
                span.deeds {
                    (fields)
                    @for (value, label, sign) in *verbs { button type="submit" name="do" value=(value) { (icon(sign)) (label) } }
                }
            }
            span.sep {}
            button type="button" aria-label="Esc, clear selection" data-clear { (crate::kbd("Esc")) }
        }
    }
}

/// Choices side by side, one of them current: day, week, list. `(label, href, current)`.
pub fn segments(label: &str, parts: &[(&str, impl AsRef<str>, bool)]) -> Markup {
    html! { div.seg role="group" aria-label=(label) { @for (word, href, is) in parts { a href=(href.as_ref()) aria-current=[is.then_some("true")] { (word) } } } }
}

/// The tools most lists have: columns and export.
pub fn export(href: &str) -> Markup {
    html! { (crate::link_button("Export these rows", href).quiet().icon_only("download").class("wide")) }
}

/// Shown instead of a count until somebody asks for it.
pub fn count_all(href: &str) -> Markup {
    html! { (button("count all").plain().attr("hx-get", href).attr("hx-swap", "outerHTML").class("link")) }
}

//! Menus and dialogs: the browser's own popover and dialog; the island `app` adds arrows, letters and the place.
use crate::{escaped, icon, icon_class};
use maud::{Markup, PreEscaped, html};

/// One line of a menu.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// What it does, a verb or a place.
    pub label: String,
    /// Where it goes, or what it posts to with [`MenuItem::posts`].
    pub href: String,
    /// An icon of `web/icons.txt`.
    pub icon: Option<String>,
    /// A second, quiet line.
    pub says: Option<String>,
    /// The key that does the same.
    pub key: Option<String>,
    /// Posts instead of following a link.
    pub posts: bool,
    /// In red.
    pub danger: bool,
    /// A choice: whether it is the current one.
    pub checked: Option<bool>,
    /// A line is drawn above it.
    pub apart: bool,
}

impl MenuItem {
    /// A link.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        MenuItem {
            label: label.into(),
            href: href.into(),
            icon: None,
            says: None,
            key: None,
            posts: false,
            danger: false,
            checked: None,
            apart: false,
        }
    }
    /// A button that posts to `action`.
    pub fn post(label: impl Into<String>, action: impl Into<String>) -> Self {
        MenuItem { posts: true, ..MenuItem::link(label, action) }
    }
    /// With an icon.
    pub fn icon(mut self, name: impl Into<String>) -> Self {
        self.icon = Some(name.into());
        self
    }
    /// With a second line.
    pub fn says(mut self, words: impl Into<String>) -> Self {
        self.says = Some(words.into());
        self
    }
    /// With a key.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
    /// In red.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
    /// As one of several choices.
    pub fn checked(mut self, is: bool) -> Self {
        self.checked = Some(is);
        self
    }
    /// After a line.
    pub fn apart(mut self) -> Self {
        self.apart = true;
        self
    }
}

/// A menu, opened by a button with [`crate::Button::opens_menu`] of the same id.
pub fn menu(id: &str, label: &str, items: &[MenuItem]) -> Markup {
    menu_with(id, label, html! {}, items)
}

/// A menu with something on top, such as who is signed in.
pub fn menu_with(id: &str, label: &str, head: Markup, items: &[MenuItem]) -> Markup {
    html! {
        div.menu id=(id) popover data-menu {
            (head)
            div role="menu" aria-label=(label) { @for item in items { (self::item(item)) } }
        }
    }
}

pub(crate) fn item(item: &MenuItem) -> Markup {
    let role = if item.checked.is_some() { "menuitemradio" } else { "menuitem" };
    let class = if item.danger { "menu-item is-danger" } else { "menu-item" };
    let checked = item.checked.map(|is| if is { "true" } else { "false" });
    let inner = html! {
        @if let Some(name) = &item.icon { (icon(name)) }
        span { (escaped(&item.label)) @if let Some(says) = &item.says { small { (says) } } }
        @if let Some(key) = &item.key { kbd aria-hidden="true" { (escaped(key)) } }
    };
    html! {
        @if item.apart { div.menu-sep role="separator" {} }
        @if item.posts {
            form method="post" action=(escaped(&item.href)) role="none" {
                (crate::form::key())
                button type="submit" role=(role) class=(class) aria-checked=[checked] tabindex="-1" data-key=[&item.key] { (inner) }
            }
        } @else {
            a href=(escaped(&item.href)) role=(role) class=(class) aria-checked=[checked] tabindex="-1" data-key=[item.key.as_deref().map(escaped)] { (inner) }
        }
    }
}

/// A dialog, opened by a button with [`crate::Button::opens_dialog`] of the same id. The foot holds its verbs; a button
/// of `value="cancel"` inside `form method="dialog"` closes it, which [`dismiss`] draws.
pub fn dialog(id: &str, title: &str, body: Markup, foot: Markup) -> Markup {
    drawn(id, title, false, body, foot)
}

fn drawn(id: &str, title: &str, open: bool, body: Markup, foot: Markup) -> Markup {
    html! {
        dialog.dialog open[open] id=(id) aria-labelledby={ (id) "-t" } {
            div.dialog-h {
                h2 id={ (id) "-t" } { (title) }
                form method="dialog" { button.btn.btn-icon.btn-quiet type="submit" aria-label="Close" { (icon("x")) } }
            }
            div.dialog-b { (body) }
            @if !foot.0.is_empty() { div.dialog-f { (foot) } }
        }
    }
}

/// The same, and where its form came back with something to mend, it is open at once, without script.
pub fn dialog_open(is: bool, id: &str, title: &str, body: Markup, foot: Markup) -> Markup {
    drawn(id, title, is, body, foot)
}

/// The button of a dialog that changes nothing.
pub fn dismiss(label: &str) -> Markup {
    html! { button.btn type="button" data-closes { (label) } }
}

/// A disclosure without script: a summary and what it hides.
pub fn fold(summary: &str, body: Markup) -> Markup {
    html! { details.fold { summary { (icon_class("chevron-right", "i-s")) (summary) } (body) } }
}

/// Markup that is already safe, from our own code only.
pub(crate) fn raw(html: &str) -> Markup {
    PreEscaped(html.to_owned())
}

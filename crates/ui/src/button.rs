//! Buttons, and links that look like them. One primary button a screen; the label is a verb.
use crate::attrs::Attrs;
use crate::icon;
use maud::{Escaper, Render};
use std::fmt::Write;

/// A button under construction; it draws itself inside `html!`.
///
/// ```
/// use maud::html;
/// use ui::{button, link_button};
/// html! {
///     (button("Save customer").primary().key("n"))
///     (link_button("Export", "/customers.csv").quiet().icon("download"))
///     (button("Void invoice").danger().attr("hx-post", "/invoices/7/void"))
/// };
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Button {
    label: String,
    class: String,
    icon: Option<&'static str>,
    after: Option<&'static str>,
    key: Option<&'static str>,
    href: Option<String>,
    submit: bool,
    bare: bool,
    attrs: Attrs,
}

/// A button that submits the form it stands in; outside of one, give it something to do with [`Button::attr`].
pub fn button(label: impl Into<String>) -> Button {
    Button {
        label: label.into(),
        class: "btn".into(),
        icon: None,
        after: None,
        key: None,
        href: None,
        submit: true,
        bare: false,
        attrs: Attrs::default(),
    }
}

/// A link that looks like a button.
pub fn link_button(label: impl Into<String>, href: impl Into<String>) -> Button {
    Button { href: Some(href.into()), ..button(label) }
}

impl Button {
    /// The one thing this screen is for.
    pub fn primary(self) -> Self {
        self.class("btn-primary")
    }
    /// Without a frame, for what is rarely wanted.
    pub fn quiet(self) -> Self {
        self.class("btn-quiet")
    }
    /// In red, for what cannot be taken back.
    pub fn danger(self) -> Self {
        self.class("btn-danger")
    }
    /// 28 pixels high.
    pub fn small(self) -> Self {
        self.class("btn-s")
    }
    /// 44 pixels high.
    pub fn large(self) -> Self {
        self.class("btn-l")
    }
    /// An icon before the label.
    pub fn icon(mut self, name: &'static str) -> Self {
        self.icon = Some(name);
        self
    }
    /// Only the icon; the label is read to those who do not see it, and shown as a tip.
    pub fn icon_only(mut self, name: &'static str) -> Self {
        self.bare = true;
        self.icon(name).class("btn-icon")
    }
    /// An icon after the label, `chevron-down` for a menu.
    pub fn icon_after(mut self, name: &'static str) -> Self {
        self.after = Some(name);
        self
    }
    /// The key that presses it (`n`, `g c`), shown on it.
    pub fn key(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self.attr("data-key", key)
    }
    /// Does not submit: an island or a menu acts on it.
    pub fn plain(mut self) -> Self {
        self.submit = false;
        self
    }
    /// Opens the menu of this id (`menu`).
    pub fn opens_menu(self, id: impl Into<String>) -> Self {
        self.plain().attr("popovertarget", id).attr("aria-haspopup", "menu")
    }
    /// Opens the dialog of this id (`dialog`).
    pub fn opens_dialog(self, id: impl Into<String>) -> Self {
        self.plain().attr("data-opens", id).attr("aria-haspopup", "dialog")
    }
    /// The pair a form sends when this button submits it.
    pub fn sends(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attr("name", name).attr("value", value)
    }
    /// Any other attribute.
    pub fn attr(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attrs.set(name, value);
        self
    }
    /// Cannot be pressed now; say beside it why.
    pub fn disabled(mut self, is: bool) -> Self {
        if is {
            self.attrs.flag("disabled");
        }
        self
    }
    /// A further class.
    pub fn class(mut self, class: &str) -> Self {
        self.class.push(' ');
        self.class.push_str(class);
        self
    }
}

impl Render for Button {
    fn render_to(&self, to: &mut String) {
        let tag = if self.href.is_some() { "a" } else { "button" };
        let _ = write!(to, "<{tag} class=\"{}\"", self.class);
        let mut attrs = self.attrs.clone();
        match &self.href {
            Some(href) => attrs.set("href", href.clone()),
            None => attrs.set("type", if self.submit { "submit" } else { "button" }),
        }
        if self.bare {
            attrs.set("aria-label", self.label.clone());
            attrs.set("title", self.label.clone());
        }
        attrs.write(to);
        to.push('>');
        if let Some(name) = self.icon {
            icon(name).render_to(to);
        }
        if !self.bare {
            let _ = write!(Escaper::new(to), "{}", self.label);
        }
        if let Some(name) = self.after {
            crate::icon_class(name, "dim").render_to(to);
        }
        if let (Some(key), false) = (self.key, self.bare) {
            let _ = write!(to, " <kbd class=\"wide\" aria-hidden=\"true\">{key}</kbd>");
        }
        let _ = write!(to, "</{tag}>");
    }
}

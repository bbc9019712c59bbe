//! Fields: label, control, hint and error, tied together for screen readers.
//!
//! ```
//! use maud::html;
//! use ui::{Filled, button, field, form};
//!
//! let filled = Filled::of([("name", "Rivera".to_owned())]).wrong("email", "Write an address such as ana@example.com");
//! let page = form::form("/customers", &filled, html! {
//!     (field::text(&filled, "name", "Name").required().autocomplete("name"))
//!     (form::pair(html! {
//!         (field::email(&filled, "email", "Email").hint("Invoices go here"))
//!         (field::tel(&filled, "phone", "Phone"))
//!     }))
//!     (field::select(&filled, "terms", "Payment terms", &[("net14", "Net 14"), ("net30", "Net 30")]))
//!     (field::checkbox(&filled, "texts", "Text when the technician sets off"))
//!     (form::actions(html! { (button("Save customer").primary()) }))
//! });
//! assert!(page.0.contains("aria-invalid"));
//! ```
mod draw;

use crate::attrs::Attrs;
use crate::form::Filled;

/// A field under construction; it draws itself inside `html!`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Field {
    kind: Kind,
    id: String,
    name: String,
    label: String,
    value: String,
    error: Option<String>,
    hint: Option<String>,
    before: Option<String>,
    after: Option<String>,
    options: Vec<(String, String, String)>,
    required: bool,
    label_hidden: bool,
    class: &'static str,
    attrs: Attrs,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Input(&'static str),
    Area,
    Select,
    Tick,
    Choices,
    File,
    Hidden,
}

/// The id a field of this name gets: `f-billing-address` of `billing.address`.
pub fn id_of(name: &str) -> String {
    let tail: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    format!("f-{tail}")
}

fn field(kind: Kind, filled: &Filled, name: &str, label: &str) -> Field {
    Field {
        kind,
        id: id_of(name),
        name: name.to_owned(),
        label: label.to_owned(),
        value: filled.value(name).to_owned(),
        error: filled.error(name).map(str::to_owned),
        hint: None,
        before: None,
        after: None,
        options: Vec::new(),
        required: false,
        label_hidden: false,
        class: "",
        attrs: Attrs::default(),
    }
}

/// One line of text.
pub fn text(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Input("text"), filled, name, label)
}
/// An address of electronic mail.
pub fn email(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Input("email"), filled, name, label).autocomplete("email").attr("inputmode", "email")
}
/// A telephone number.
pub fn tel(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Input("tel"), filled, name, label).autocomplete("tel").attr("inputmode", "tel")
}
/// A web address.
pub fn url(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Input("url"), filled, name, label).attr("inputmode", "url")
}
/// A password; `autocomplete` is `current-password` or `new-password`.
pub fn password(filled: &Filled, name: &str, label: &str, autocomplete: &str) -> Field {
    Field { value: String::new(), ..field(Kind::Input("password"), filled, name, label) }.autocomplete(autocomplete)
}
/// A whole or decimal number, typed; `inputmode` brings the number pad without the wheel that changes values.
pub fn number(filled: &Filled, name: &str, label: &str) -> Field {
    let mut made = field(Kind::Input("text"), filled, name, label).attr("inputmode", "decimal").autocomplete("off");
    made.class = "num";
    made
}
/// An amount; `sign` is the currency's, as the tenant writes it.
pub fn money(filled: &Filled, name: &str, label: &str, sign: &str) -> Field {
    number(filled, name, label).before(sign)
}
/// A day, `YYYY-MM-DD`.
pub fn date(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Input("date"), filled, name, label)
}
/// A time of day, `HH:MM`.
pub fn time(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Input("time"), filled, name, label)
}
/// Several lines.
pub fn textarea(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Area, filled, name, label)
}
/// One of several values, `(value, words)`. An empty value first stands for "not chosen".
pub fn select<V: AsRef<str>, W: AsRef<str>>(filled: &Filled, name: &str, label: &str, options: &[(V, W)]) -> Field {
    let options = options.iter().map(|(v, w)| (v.as_ref().to_owned(), w.as_ref().to_owned(), String::new())).collect();
    Field { options, ..field(Kind::Select, filled, name, label) }
}
/// Yes or no; sends `true` when ticked.
pub fn checkbox(filled: &Filled, name: &str, label: &str) -> Field {
    field(Kind::Tick, filled, name, label)
}
/// One of few values as large choices, `(value, words, second line)`.
pub fn choices<V: AsRef<str>>(filled: &Filled, name: &str, label: &str, options: &[(V, V, V)]) -> Field {
    let own = |one: &V| one.as_ref().to_owned();
    let options = options.iter().map(|(v, w, s)| (own(v), own(w), own(s))).collect();
    Field { options, ..field(Kind::Choices, filled, name, label) }
}
/// A file, with preview and checks by the island `upload`. `accept` as in HTML (`image/*`), `most` in bytes.
/// Boxes of one name in a row, with what is wrong with them: any number of them may be ticked.
pub fn boxes<W: AsRef<str>>(filled: &Filled, name: &str, label: &str, all: &[(String, W)]) -> maud::Markup {
    let id = id_of(name);
    maud::html! {
        div.field role="group" id=(id) aria-labelledby={ (id) "-label" } tabindex="-1" {
            span.label id={ (id) "-label" } { (label) }
            div."flex"."flex-wrap"."gap-x-5"."gap-y-2" { @for (value, words) in all {
                label.tickline { input.check type="checkbox" name=(name) value=(value) checked[filled.has(name, value)]; span { (words.as_ref()) } }
            } }
            @if let Some(says) = filled.error(name) { p.wrong { (crate::icon("circle-alert")) span { (says) } } }
        }
    }
}
pub fn file(filled: &Filled, name: &str, label: &str, accept: &str, most: u64) -> Field {
    field(Kind::File, filled, name, label).attr("accept", accept).attr("data-most", most.to_string())
}
/// A value that is not shown.
pub fn hidden(name: &str, value: impl Into<String>) -> Field {
    field(Kind::Hidden, &Filled::default(), name, "").value(value)
}

impl Field {
    /// Must be filled.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }
    /// A sentence under the control.
    pub fn hint(mut self, says: impl Into<String>) -> Self {
        self.hint = Some(says.into());
        self
    }
    /// The value to show when nothing was typed yet.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        if self.value.is_empty() {
            self.value = value.into();
        }
        self
    }
    /// What stands before the value inside the box, `$`.
    pub fn before(mut self, words: impl Into<String>) -> Self {
        self.before = Some(words.into());
        self
    }
    /// What stands after it, `min`, `%`, `.tradewind.example`.
    pub fn after(mut self, words: impl Into<String>) -> Self {
        self.after = Some(words.into());
        self
    }
    /// An example in grey; never the only place something is said.
    pub fn placeholder(self, words: &str) -> Self {
        self.attr("placeholder", words)
    }
    /// What the browser may fill in.
    pub fn autocomplete(self, what: &str) -> Self {
        self.attr("autocomplete", what)
    }
    /// Longest text allowed.
    pub fn most(self, letters: u32) -> Self {
        self.attr("maxlength", letters.to_string())
    }
    /// Lines shown of a text area.
    pub fn rows(self, rows: u8) -> Self {
        self.attr("rows", rows.to_string())
    }
    /// Gets the focus when the page opens.
    pub fn focus(mut self) -> Self {
        self.attrs.flag("autofocus");
        self
    }
    /// Shown, not changed.
    pub fn readonly(mut self) -> Self {
        self.attrs.flag("readonly");
        self
    }
    /// The label is only read out; the place says what it is.
    pub fn label_hidden(mut self) -> Self {
        self.label_hidden = true;
        self
    }
    /// Another id, where two forms on a page have a field of one name.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }
    /// Any other attribute of the control.
    pub fn attr(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attrs.set(name, value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::Render;

    #[test]
    fn what_was_typed_and_what_was_wrong_come_back_escaped() {
        let filled = Filled::of([("name", "<b>\"x\"</b>".to_owned())]).wrong("name", "Too <long>");
        let drawn = text(&filled, "name", "Name").hint("As on the bill").required().render().into_string();
        assert!(drawn.contains("value=\"&lt;b&gt;&quot;x&quot;&lt;/b&gt;\""), "{drawn}");
        assert!(drawn.contains("aria-describedby=\"f-name-error f-name-hint\""));
        assert!(drawn.contains("aria-invalid=\"true\"") && drawn.contains("Too &lt;long&gt;"));
    }

    #[test]
    fn a_password_is_never_sent_back() {
        let filled = Filled::of([("password", "secret".to_owned())]);
        assert!(
            !password(&filled, "password", "Password", "current-password").render().into_string().contains("secret")
        );
    }

    #[test]
    fn every_label_belongs_to_its_control() {
        let filled = Filled::default();
        for drawn in [
            text(&filled, "a.b", "A").render(),
            textarea(&filled, "a.b", "A").render(),
            select(&filled, "a.b", "A", &[("x", "X")]).render(),
            money(&filled, "a.b", "A", "$").render(),
        ] {
            assert!(drawn.0.contains("for=\"f-a-b\"") && drawn.0.contains("id=\"f-a-b\""), "{}", drawn.0);
        }
    }
}

//! Forms: the frame around fields, what was typed and what was wrong with it.
use crate::icon;
use maud::{Markup, html};
use std::collections::HashMap;

/// What somebody typed into a form, and what was wrong with it: handed back to the same page so nothing is lost.
///
/// Several values of one name (check boxes) are joined by commas.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// By field name.
    pub values: HashMap<String, String>,
    /// Field name and sentence; an empty name is about the whole form.
    pub errors: Vec<(String, String)>,
}

impl Filled {
    /// A form about something that exists: the current values.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Filled { values: pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(), errors: Vec::new() }
    }
    /// What was typed, or nothing.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }
    /// What was wrong with it.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(of, _)| of == name).map(|(_, says)| says.as_str())
    }
    /// Whether one of several values of a name was ticked.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.value(name).split(',').any(|one| one == value)
    }
    /// Adds what is wrong.
    pub fn wrong(mut self, name: &str, says: impl Into<String>) -> Self {
        self.errors.push((name.to_owned(), says.into()));
        self
    }
    /// Whether anything is wrong.
    pub fn is_wrong(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// The hidden field that names this one sending of a form; the island `app` fills it, and the server answers the second
/// sending of the same key with the first answer.
pub fn key() -> Markup {
    html! { input type="hidden" name="_key" value=""; }
}

/// A form that posts, with its summary of errors on top. Warns before leaving when something was typed.
pub fn form(action: &str, filled: &Filled, fields: Markup) -> Markup {
    html! { form.form method="post" action=(action) data-form data-guard novalidate { (key()) (summary(filled)) (fields) } }
}

/// The same for forms with files.
pub fn form_with_files(action: &str, filled: &Filled, fields: Markup) -> Markup {
    html! {
        form.form method="post" action=(action) enctype="multipart/form-data" data-form data-guard novalidate {
            (key()) (summary(filled)) (fields)
        }
    }
}

/// A form of one or few buttons, such as "Archive" on a page.
pub fn verb_form(action: &str, inner: Markup) -> Markup {
    html! { form.contents method="post" action=(action) data-form { (key()) (inner) } }
}

/// The list of what is wrong, on top of the form; each line leads to its field. Nothing when nothing is wrong.
pub fn summary(filled: &Filled) -> Markup {
    html! {
        @if filled.is_wrong() {
            div.sums role="alert" tabindex="-1" data-focus {
                h2 { (icon("circle-alert")) @if filled.errors.len() == 1 { "One thing to correct" } @else { (filled.errors.len()) " things to correct" } }
                ul {
                    @for (name, says) in &filled.errors {
                        li { @if name.is_empty() { (says) } @else { a href={ "#" (crate::field::id_of(name)) } { (says) } } }
                    }
                }
            }
        }
    }
}

/// What was wrong with a form that its page does not show any more (an issued invoice has no lines to change): said above
/// `page` where nothing in it says so.
pub fn unsaid(filled: &Filled, page: &Markup) -> Markup {
    let said = !filled.is_wrong() || page.0.contains("role=\"alert\"");
    html! { @if !said { (summary(filled)) } }
}

/// Fields that belong together, under a heading.
pub fn part(title: &str, says: &str, fields: Markup) -> Markup {
    html! {
        fieldset.form-part {
            legend { (title) }
            @if !says.is_empty() { p.part-says { (says) } }
            (fields)
        }
    }
}

/// Fields side by side where there is room.
pub fn pair(fields: Markup) -> Markup {
    html! { div.form-pair { (fields) } }
}

/// The buttons under a form.
pub fn actions(buttons: Markup) -> Markup {
    html! { div.form-acts { (buttons) } }
}

//! Attributes given as data, for builders that take any (`hx-post`, `data-…`).
use maud::Escaper;
use std::fmt::Write;

/// Names and values in order; a value of `None` is an attribute without one (`disabled`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Attrs(Vec<(String, Option<String>)>);

impl Attrs {
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), Some(value.into()));
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(slot) => slot.1 = value,
            None => self.0.push((name, value)),
        }
    }

    pub(crate) fn flag(&mut self, name: &str) {
        if !self.0.iter().any(|(known, _)| known == name) {
            self.0.push((name.to_owned(), None));
        }
    }

    /// Writes ` name="value"` for each; names are ours, values are escaped.
    pub(crate) fn write(&self, to: &mut String) {
        for (name, value) in &self.0 {
            debug_assert!(
                name.chars().all(|c| c.is_ascii_alphanumeric() || "-_:.".contains(c)),
                "{name:?} is no attribute"
            );
            debug_assert!(
                name != "style" && !name.starts_with("on"),
                "{name:?} is refused by the content security policy"
            );
            to.push(' ');
            to.push_str(name);
            if let Some(value) = value {
                to.push_str("=\"");
                let _ = write!(Escaper::new(to), "{value}");
                to.push('"');
            }
        }
    }
}

//! Validation in sentences: an input checks itself, and every fault names its field.
use crate::{Error, FieldError, Result};

/// What JSON, a form and an assistant's tool all deserialise: one validation, three doors.
pub trait Input: serde::de::DeserializeOwned + schemars::JsonSchema + Send {
    /// May also tidy (trim, fold): what it leaves is what is kept.
    fn check(&mut self, checks: &mut Checks);

    fn checked(mut self) -> Result<Self> {
        let mut checks = Checks::default();
        self.check(&mut checks);
        checks.done()?;
        Ok(self)
    }
}

/// For a field of a change that may be left out: `null` is a choice as well, and takes the value away.
pub fn chosen<'de, T: serde::Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    <Option<T> as serde::Deserialize>::deserialize(deserializer).map(Some)
}

#[derive(Debug, Default)]
pub struct Checks {
    at: String,
    errors: Vec<FieldError>,
}

impl Checks {
    /// A fault of the field, unless `holds`.
    pub fn that(&mut self, holds: bool, field: &str, code: &str, sentence: impl Into<String>) -> bool {
        if !holds {
            self.errors.push(FieldError {
                pointer: format!("{}/{field}", self.at),
                code: code.into(),
                message: sentence.into(),
            });
        }
        holds
    }

    /// Trimmed, 1 to `max` characters. `what` reads in a sentence: "a name".
    pub fn text(&mut self, field: &str, value: &mut String, max: usize, what: &str) {
        tidy(value);
        self.that(!value.is_empty(), field, "required", format!("Give {what}."));
        self.length(field, value, max);
    }

    /// Trimmed; empty becomes none; at most `max` characters.
    pub fn optional(&mut self, field: &str, value: &mut Option<String>, max: usize) {
        if let Some(text) = value {
            tidy(text);
            if text.is_empty() {
                *value = None;
            }
        }
        if let Some(text) = value.as_ref() {
            self.length(field, text, max);
        }
    }

    fn length(&mut self, field: &str, text: &str, max: usize) {
        let length = text.chars().count();
        self.that(length <= max, field, "too_long", format!("At most {max} characters; this has {length}."));
        self.that(!text.contains('\0'), field, "bad_character", "This holds a character that cannot be kept.");
    }

    pub fn email(&mut self, field: &str, value: &mut Option<String>) {
        self.optional(field, value, 254);
        if let Some(text) = value {
            *text = text.to_lowercase();
            let good = is_email(text);
            self.that(good, field, "email", "That is not an e-mail address, such as ana@example.com.");
        }
    }

    /// One that must be there; `missing` says so.
    pub fn must_be_email(&mut self, field: &str, value: &mut String, missing: &str) {
        let mut email = Some(std::mem::take(value));
        self.email(field, &mut email);
        self.that(email.is_some(), field, "required", missing);
        *value = email.unwrap_or_default();
    }

    pub fn range(&mut self, field: &str, value: i64, from: i64, to: i64, sentence: &str) {
        self.that((from..=to).contains(&value), field, "range", sentence);
    }

    /// The checks of a part: its faults carry the part's name in their pointers.
    pub fn within(&mut self, field: &str, part: impl FnOnce(&mut Checks)) {
        let above = self.at.clone();
        self.at = format!("{above}/{field}");
        part(self);
        self.at = above;
    }

    pub fn done(self) -> Result<()> {
        match self.errors.is_empty() {
            true => Ok(()),
            false => Err(Error::Invalid(self.errors)),
        }
    }
}

fn tidy(value: &mut String) {
    let trimmed = value.trim();
    if trimmed.len() != value.len() {
        *value = trimmed.to_owned();
    }
}

/// Plausible, no more: one @, something on both sides, a dot in the domain, no spaces or control characters.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..")
        && domain.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
        && !local.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '@' | '<' | '>' | '"' | ',' | ';'))
}

#[test]
fn addresses_are_told_from_other_text() {
    for good in ["ana@example.com", "a.b+c@sub.example.co", "ñ@exämple.de"] {
        assert!(is_email(good), "{good}");
    }
    for bad in [
        "",
        "ana",
        "ana@",
        "@example.com",
        "ana@example",
        "a b@example.com",
        "ana@.com",
        "ana@example..com",
        "<a>@example.com",
    ] {
        assert!(!is_email(bad), "{bad}");
    }
}

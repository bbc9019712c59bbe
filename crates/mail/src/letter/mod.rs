//! A letter: what it says, in parts that text and HTML are both made from, so that the two always agree.
mod html;
mod text;
mod wash;

use kernel::{Error, Result, Uuid};
use serde::{Deserialize, Serialize};

use crate::{Address, Purpose};
pub use wash::{line, lines};

/// `Letter::to("ana@example.com", "Ana Rivera", "Your visit on Monday").greeting("Hello Ana,").paragraph("…")`.
/// Names and words may be whatever a stranger typed: they are washed and escaped here, nowhere else.
#[derive(Debug, Clone)]
pub struct Letter {
    pub(crate) to: String,
    pub(crate) name: String,
    pub(crate) subject: String,
    pub(crate) purpose: Purpose,
    pub(crate) about: Option<(&'static str, Uuid)>,
    pub(crate) confidential: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) attachments: Vec<Attachment>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    Greeting(String),
    Paragraph(String),
    Facts(Vec<(String, String)>),
    Button { label: String, href: String },
    Small(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// Who writes, as it stands at the head and at the foot.
#[derive(Debug, Clone)]
pub(crate) struct Letterhead {
    pub company: String,
    pub hue: u16,
    /// Address and telephone, as the company gave them; lines.
    pub foot: String,
    /// Where the company is on the web; paths of buttons begin here.
    pub url: String,
    /// Where the reader ends mails of this kind.
    pub unsubscribe: Option<String>,
}

/// What goes out.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub text: String,
    pub html: String,
}

/// A letter is no archive: with attachments at most this much.
const MOST_BYTES: usize = 10 << 20;
const MOST_WORDS: usize = 100_000;

impl Letter {
    pub fn to(address: impl Into<String>, name: impl Into<String>, subject: impl Into<String>) -> Self {
        Self {
            to: address.into(),
            name: name.into(),
            subject: subject.into(),
            purpose: Purpose::Transactional,
            about: None,
            confidential: false,
            parts: vec![],
            attachments: vec![],
        }
    }
    /// Transactional unless said: a reminder or marketing can be unsubscribed from.
    #[must_use]
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }
    /// What it is about: `("invoice", id)`; lists can be asked for it.
    #[must_use]
    pub fn about(mut self, kind: &'static str, id: impl Into<Uuid>) -> Self {
        self.about = Some((kind, id.into()));
        self
    }
    /// It holds a link that lets somebody in: nobody here can read what it says, and it is forgotten once it is sent.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }
    /// "Hello Ana,".
    #[must_use]
    pub fn greeting(self, words: impl Into<String>) -> Self {
        self.part(Part::Greeting(words.into()))
    }
    /// Lines in it stay lines.
    #[must_use]
    pub fn paragraph(self, words: impl Into<String>) -> Self {
        self.part(Part::Paragraph(words.into()))
    }
    /// A small table: `[("When", "Monday, 9–11"), ("Where", "12 Elm St")]`.
    #[must_use]
    pub fn facts<L: Into<String>, W: Into<String>>(self, pairs: impl IntoIterator<Item = (L, W)>) -> Self {
        self.part(Part::Facts(pairs.into_iter().map(|(label, words)| (label.into(), words.into())).collect()))
    }
    /// The one thing to do. `href` is a path at the company's address ("/welcome?token=…"), or a whole https address.
    #[must_use]
    pub fn button(self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.part(Part::Button { label: label.into(), href: href.into() })
    }
    /// Quiet words at the end: "If you did not ask for this, do nothing."
    #[must_use]
    pub fn small(self, words: impl Into<String>) -> Self {
        self.part(Part::Small(words.into()))
    }
    #[must_use]
    pub fn attach(mut self, name: impl Into<String>, media_type: impl Into<String>, bytes: Vec<u8>) -> Self {
        self.attachments.push(Attachment { name: name.into(), media_type: media_type.into(), bytes });
        self
    }

    fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Washed, and refused where no mail can be made of it.
    pub(crate) fn ready(mut self) -> Result<(Self, Address)> {
        let no_address = "That is not an e-mail address that mail can be sent to, such as ana@example.com.";
        let address = Address::parse(&self.to).ok_or_else(|| Error::field("/email", "email", no_address))?;
        self.name = line(&self.name, 120);
        self.subject = line(&self.subject, 200);
        self.parts.iter_mut().for_each(Part::wash);
        let bug = |what: &str| Err(Error::Bug(format!("a letter {what}")));
        if self.subject.is_empty() || self.parts.is_empty() {
            return bug("without a subject or without words");
        }
        if self.parts.iter().any(|part| matches!(part, Part::Button { href, .. } if !leads_somewhere(href))) {
            return bug("whose button leads to no address");
        }
        if serde_json::to_string(&self.parts).map_or(true, |text| text.len() > MOST_WORDS) {
            return bug("that is longer than a letter is");
        }
        if self.attachments.iter().map(|attachment| attachment.bytes.len()).sum::<usize>() > MOST_BYTES {
            return Err(Error::refused("The files are larger than 10 MB together. Send a link to them instead."));
        }
        for attachment in &mut self.attachments {
            attachment.name = line(&attachment.name, 100).replace(['/', '\\', '"'], "_");
        }
        Ok((self, address))
    }
}

impl Part {
    fn wash(&mut self) {
        match self {
            Self::Greeting(words) => *words = line(words, 300),
            Self::Paragraph(words) | Self::Small(words) => *words = lines(words),
            Self::Facts(pairs) => pairs.iter_mut().for_each(|(label, words)| {
                *label = line(label, 80);
                *words = lines(words);
            }),
            Self::Button { label, .. } => *label = line(label, 80),
        }
    }
}

fn leads_somewhere(href: &str) -> bool {
    let plain = !href.chars().any(|c| c.is_control() || c.is_whitespace());
    let path = href.starts_with('/') && !href.starts_with("//");
    plain && (path || href.starts_with("https://") || href.starts_with("http://"))
}

impl Letterhead {
    /// Text and HTML of the same parts.
    pub(crate) fn write(&self, subject: &str, parts: &[Part]) -> Written {
        Written { text: text::write(self, parts), html: html::write(self, subject, parts).into_string() }
    }
    /// Paths begin at the company's address.
    pub(crate) fn link(&self, href: &str) -> String {
        if href.starts_with('/') { format!("{}{href}", self.url) } else { href.to_owned() }
    }
}

/// The address of the first button, for the mailbox of development.
pub(crate) fn first_link(head: &Letterhead, parts: &[Part]) -> Option<String> {
    parts.iter().find_map(|part| match part {
        Part::Button { href, .. } => Some(head.link(href)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Letterhead {
        Letterhead {
            company: "Acme <b>HVAC</b>".into(),
            hue: 200,
            foot: "12 Elm St\n(217) 555-0100".into(),
            url: "https://acme.example.com".into(),
            unsubscribe: Some("https://acme.example.com/mail/unsubscribe/x".into()),
        }
    }

    #[test]
    fn text_and_html_say_the_same_and_hostile_names_stay_names() {
        let hostile = "Ana\r\nBcc: all@example.com <script>alert(1)</script> \"&' \u{202e}gnp";
        let letter = Letter::to("ana@example.com", hostile, format!("Visit of {hostile}"))
            .greeting(format!("Hello {hostile},"))
            .paragraph("Line one\nline two <img src=x onerror=1>")
            .facts([("When", "Monday"), ("Who", hostile)])
            .button("See it", "/v/1?a=1&b=\"2\"")
            .small("Bye.");
        let (letter, _) = letter.ready().unwrap();
        assert!(!letter.subject.contains(['\r', '\n', '\u{202e}']) && !letter.name.contains(['\r', '\n']));
        let written = head().write(&letter.subject, &letter.parts);
        for raw in ["<script", "<img", "<b>HVAC", "\u{202e}", "b=\"2"] {
            assert!(!written.html.contains(raw), "{raw}: {}", written.html);
        }
        for words in ["Hello Ana Bcc: all@example.com", "Monday", "See it", "Bye.", "(217) 555-0100", "unsubscribe/x"] {
            assert!(written.html.contains(words) && written.text.contains(words), "{words}\n{}", written.text);
        }
        assert!(written.text.contains("https://acme.example.com/v/1?a=1&b=\"2\""));
        assert!(written.html.contains("Line one<br>line two"));
        assert!(!written.html.contains(" src=\"") && !written.html.contains("url("), "nothing is fetched from afar");
    }

    #[test]
    fn buttons_lead_to_the_company_or_to_a_whole_address() {
        let to = |href: &str| Letter::to("ana@example.com", "", "S").button("Go", href).ready().is_ok();
        assert!(to("/welcome?token=x") && to("https://example.com/"));
        for bad in ["javascript:alert(1)", "//evil.example", "data:text/html,x", "", "/a b", "/a\r\nX: y"] {
            assert!(!to(bad), "{bad}");
        }
    }

    #[test]
    fn a_letter_to_nobody_is_refused_in_a_sentence() {
        let refused = Letter::to("ana@", "", "S").paragraph("x").ready().unwrap_err().problem();
        assert!(refused.detail.contains("not an e-mail address"), "{refused:?}");
        assert!(Letter::to("ana@example.com", "", "S").ready().is_err(), "no words");
        assert!(Letter::to("ana@example.com", "", "S").paragraph("x".repeat(200_000)).ready().is_err());
    }
}

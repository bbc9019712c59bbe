//! A letter as it travels: headers, text and HTML beside each other, attachments.
use jiff::Timestamp;
use kernel::{Error, Result};
use lettre::message::{
    Attachment, Mailbox, Message, MultiPart, SinglePart,
    header::{ContentType, HeaderName, HeaderValue},
};
use std::time::{Duration, SystemTime};

use crate::{Address, EmailId, letter::line};

pub struct Envelope<'a> {
    pub id: EmailId,
    pub from: &'a lettre::Address,
    pub sender: String,
    pub to: &'a Address,
    pub to_name: &'a str,
    pub reply_to: Option<Address>,
    pub subject: &'a str,
    pub at: Timestamp,
    pub unsubscribe: Option<&'a str>,
    /// Under which a mail program files what can be unsubscribed from.
    pub list: Option<String>,
}

/// The same row always has the same Message-ID: where it arrives twice, mail programs show it once.
pub fn message_id(id: EmailId, from: &lettre::Address) -> String {
    format!("<{id}@{}>", from.domain())
}

pub fn build(
    envelope: &Envelope<'_>,
    text: String,
    html: String,
    attachments: Vec<(String, String, Vec<u8>)>,
) -> Result<Vec<u8>> {
    let bug = |what: &dyn std::fmt::Display| Error::Bug(format!("a mail cannot be built: {what}"));
    // Washed where they came in, and once more here, where a line break would begin a header.
    let name = |name: &str| Some(line(name, 150)).filter(|name| !name.is_empty());
    let mut builder = Message::builder()
        .message_id(Some(message_id(envelope.id, envelope.from)))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(envelope.at.as_second()).unwrap_or(0)))
        .from(Mailbox::new(name(&envelope.sender), envelope.from.clone()))
        .to(Mailbox::new(name(envelope.to_name), envelope.to.wire.clone()))
        .subject(line(envelope.subject, 200))
        .raw_header(raw("Auto-Submitted", "auto-generated")?);
    if let Some(reply_to) = &envelope.reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to.wire.clone()));
    }
    if let Some(link) = envelope.unsubscribe {
        builder = builder
            .raw_header(raw("List-Unsubscribe", &format!("<{link}>"))?)
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
    }
    if let Some(list) = &envelope.list {
        builder = builder.raw_header(raw("List-Id", &format!("<{list}>"))?);
    }
    let both = MultiPart::alternative_plain_html(text, html);
    let message = match attachments.is_empty() {
        true => builder.multipart(both),
        false => {
            let mut mixed = MultiPart::mixed().multipart(both);
            for (file, media_type, bytes) in attachments {
                let kind = ContentType::parse(&media_type).or_else(|_| ContentType::parse("application/octet-stream"));
                mixed = mixed.singlepart(attached(file, bytes, kind.map_err(|e| bug(&e))?));
            }
            builder.multipart(mixed)
        }
    };
    message.map(|message| message.formatted()).map_err(|e| bug(&e))
}

fn attached(file: String, bytes: Vec<u8>, kind: ContentType) -> SinglePart {
    Attachment::new(file).body(bytes, kind)
}

fn raw(name: &'static str, value: &str) -> Result<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|e| Error::Bug(format!("a header: {e}")))?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(sender: &str, to: &str, to_name: &str, subject: &str, text: &str) -> String {
        let (from, to) = ("mail@example.com".parse().unwrap(), Address::parse(to).unwrap());
        let envelope = Envelope {
            id: EmailId::new(),
            from: &from,
            sender: sender.into(),
            to: &to,
            to_name,
            reply_to: Address::parse("office@acme.example"),
            subject,
            at: "2026-06-22T14:00:00Z".parse().unwrap(),
            unsubscribe: Some("https://acme.example.com/mail/unsubscribe/abc"),
            list: Some("reminder.acme.example.com".into()),
        };
        let file = ("invoice 7.pdf".to_owned(), "application/pdf".to_owned(), vec![0, 255, 10, 46]);
        String::from_utf8(build(&envelope, text.into(), format!("<p>{text}</p>"), vec![file]).unwrap()).unwrap()
    }

    /// The lines of the head, unfolded.
    fn head(mail: &str) -> Vec<String> {
        mail.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn no_name_or_subject_begins_a_header() {
        let evil = "Acme\r\nBcc: all@example.com\r\n\r\nbody\r\n.\r\nMAIL FROM:<x@y.z>";
        let mail = built(evil, "ana@example.com", evil, evil, "hello");
        let names: Vec<String> = head(&mail).iter().filter_map(|l| l.split_once(':')).map(|(n, _)| n.into()).collect();
        let ours = [
            "Message-ID",
            "Date",
            "From",
            "To",
            "Subject",
            "Auto-Submitted",
            "Reply-To",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "List-Id",
            "MIME-Version",
            "Content-Type",
        ];
        for name in &names {
            assert!(ours.contains(&name.as_str()), "{name} in\n{mail}");
        }
        assert_eq!(names.len(), ours.len(), "{names:?}");
        assert!(!mail.contains("\r\n.\r\n") && !mail.contains("\nBcc"), "{mail}");
    }

    #[test]
    fn letters_of_any_script_and_lines_of_any_length_travel() {
        let long = "word ".repeat(2000) + &"x".repeat(3000);
        let mail = built("Ñandú & Söhne", "ana@exämple.de", "Анна \"A\" Иванова", &"Größe ".repeat(30), &long);
        assert!(mail.is_ascii());
        assert!(mail.lines().all(|line| line.len() <= 998), "{}", mail.lines().map(str::len).max().unwrap());
        let head = head(&mail);
        assert!(
            head.iter().any(|line| line.starts_with("To: ") && line.contains("<ana@xn--exmple-cua.de>")),
            "{head:?}"
        );
        assert!(head.iter().any(|line| line == "List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
        assert!(head.iter().any(|line| line == "List-Unsubscribe: <https://acme.example.com/mail/unsubscribe/abc>"));
        assert!(
            mail.contains("invoice 7.pdf")
                && mail.contains("multipart/alternative")
                && mail.contains("multipart/mixed")
        );
    }
}

//! How mail leaves the house: by a mail server, into the mailbox of development, or not at all.
mod here;
pub(crate) mod message;
mod smtp;

use kernel::House;
use std::sync::Arc;

pub use here::{Here, Kept};
pub(crate) use smtp::Said;
pub use smtp::Smtp;

/// Put into the house at its start (`house.keep(post)`); without it mail is held.
pub struct Post {
    pub(crate) way: Way,
    /// The platform's own address: every company writes from it, under its own name.
    pub(crate) from: lettre::Address,
    pub(crate) platform: String,
    /// Reminders of one company in an hour; letters that somebody waits for may be twice as many.
    pub(crate) hourly: u32,
}

pub(crate) enum Way {
    Smtp(Box<Smtp>),
    Here(Here),
    Nowhere,
}

/// Enough for a company of fifty, and little enough that a mistake is noticed before the relay blocks us all.
pub const HOURLY: u32 = 500;

impl Post {
    /// `url`: `smtp://user:password@mail.example.com:587` (STARTTLS is asked for, except on this machine; `?tls=none` or
    /// `?tls=opportunistic` asks for less), `smtps://…` (TLS from the first byte). `from`: `Tradewind <mail@example.com>`.
    pub fn smtp(url: &str, from: &str) -> Result<Self, String> {
        let (platform, from) = sender(from)?;
        let smtp = Smtp::parse(url, from.domain())?;
        Ok(Self { way: Way::Smtp(Box::new(smtp)), from, platform, hourly: HOURLY })
    }
    /// For development: nothing leaves this process; the last 200 mails can be read at `/mailbox`.
    pub fn here(base_domain: &str) -> Self {
        Self { way: Way::Here(Here::default()), ..Self::nowhere(base_domain) }
    }
    /// Mail is kept in its company's list and waits.
    pub fn nowhere(base_domain: &str) -> Self {
        let fallback = || lettre::Address::new("mail", "localhost.localdomain");
        let from = lettre::Address::new("mail", base_domain).or_else(|_| fallback());
        #[allow(clippy::expect_used)] // Both parts are written here.
        let from = from.expect("an address");
        Self { way: Way::Nowhere, from, platform: "Tradewind".into(), hourly: HOURLY }
    }
    #[must_use]
    pub fn hourly(mut self, most: u32) -> Self {
        self.hourly = most;
        self
    }

    /// What happens to mail here, for people.
    pub fn says(&self) -> String {
        match &self.way {
            Way::Smtp(_) => format!("E-mail leaves from {}.", self.from),
            Way::Here(_) => "This is a development server: e-mail is kept here and goes to nobody.".into(),
            Way::Nowhere => "No mail server is set up: e-mail is held until there is one.".into(),
        }
    }
    pub fn sends(&self) -> bool {
        matches!(self.way, Way::Smtp(_))
    }
    /// The mails of this process, newest first; none where mail goes out.
    pub fn kept(&self) -> Option<Vec<Arc<Kept>>> {
        match &self.way {
            Way::Here(here) => Some(here.all()),
            _ => None,
        }
    }
    /// For `doctor`: connect, log in, part. An error is a sentence.
    pub async fn try_out(&self) -> Result<(), String> {
        match &self.way {
            Way::Smtp(smtp) => smtp.try_out().await,
            _ => Ok(()),
        }
    }
    pub fn from_domain(&self) -> &str {
        self.from.domain()
    }

    pub(crate) fn of(house: &House) -> Arc<Self> {
        house.kept::<Self>().unwrap_or_else(|| Arc::new(Self::nowhere(house.base_domain())))
    }
}

fn sender(from: &str) -> Result<(String, lettre::Address), String> {
    let bad = || format!("TRADEWIND_MAIL_FROM is `{from}`; give an address such as `Tradewind <mail@example.com>`");
    let (name, address) = match from.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (crate::letter::line(name.trim().trim_matches('"'), 60), address),
        None => (String::new(), from.trim()),
    };
    let address = crate::Address::parse(address).ok_or_else(bad)?;
    Ok((if name.is_empty() { "Tradewind".into() } else { name }, address.wire))
}

#[test]
fn the_sender_is_read_or_refused_in_a_sentence() {
    assert_eq!(sender("Trade \"wind\" <mail@example.com>").unwrap().1.to_string(), "mail@example.com");
    assert_eq!(sender("mail@exämple.com").unwrap(), ("Tradewind".into(), "mail@xn--exmple-cua.com".parse().unwrap()));
    assert!(sender("nobody").unwrap_err().contains("TRADEWIND_MAIL_FROM"));
}

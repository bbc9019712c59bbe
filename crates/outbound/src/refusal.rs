//! Why nothing came back, in sentences for whoever gave the address. They tell nothing of our own network.
use std::{error::Error, fmt};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No address of the web.
    Address,
    /// Neither http nor https.
    Scheme,
    /// A user name or password stands in it.
    Login,
    Port,
    /// It leads to a machine that is not out in the world.
    Private,
    /// Its name is known to nobody.
    NoSuchName,
    /// Nobody answers there.
    Unreachable,
    /// The certificate is not good for that name, or not at all.
    Certificate,
    /// What came back is no answer of a web server.
    NoAnswer,
    TooManyRedirects,
    /// From https to http: what the address keeps secret would be read on the way.
    Downgrade,
    TooLarge,
    TooSlow,
    /// It came in a compression that was not asked for, or broken.
    Encoding,
}

impl Refusal {
    pub fn says(self) -> &'static str {
        match self {
            Self::Address => "That is not an address of the web, such as https://calendar.example.com/marco.ics.",
            Self::Scheme => "The address begins with https:// or http://.",
            Self::Login => "The address holds a user name or password. Use one that is secret by itself.",
            Self::Port => "The address names a port other than those of the web.",
            Self::Private => "That address leads to a machine that is not on the public internet.",
            Self::NoSuchName => "There is no server of that name. Check how it is written.",
            Self::Unreachable => "The server there does not answer.",
            Self::Certificate => "The server's certificate is not valid for that address.",
            Self::NoAnswer => "What came back is no answer of a web server.",
            Self::TooManyRedirects => "The address leads on and on, from one to the next.",
            Self::Downgrade => "The address leads on from https to http, where others could read along.",
            Self::TooLarge => "What lies there is too large.",
            Self::TooSlow => "The server took too long to answer.",
            Self::Encoding => "What came back is compressed in a way that cannot be read.",
        }
    }
    /// Whether another time may be better: nobody has to change the address for it.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::NoSuchName | Self::Unreachable | Self::NoAnswer | Self::TooSlow | Self::Certificate)
    }
}
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says())
    }
}
impl Error for Refusal {}

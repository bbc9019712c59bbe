//! The conversation with a mail server. It is ours to lead, step by step: whoever sends must know whether the server can
//! have taken the mail already, and that only shows between the steps.
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
};
use std::{future::Future, time::Duration};
use tokio::time::timeout;
use url::Url;

use crate::{Address, letter::line};

pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    parameters: Option<TlsParameters>,
    login: Option<Credentials>,
    hello: ClientId,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Tls {
    FirstByte,
    Asked,
    IfOffered,
    None,
}

/// How a step went wrong, with a sentence for people.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// The server did not take it; another time it may.
    Later(String),
    /// It never will. `no_such_address`: nobody is there, so no other mail will arrive either.
    Never { sentence: String, no_such_address: bool },
    /// It was handed over, and the line broke before the answer: nobody knows.
    Unsure(String),
}

/// Up to the word to go on; a server that says nothing for so long is down.
const OPENING: Duration = Duration::from_secs(60);
/// RFC 5321 gives the server ten minutes to say that it has the mail; a job lasts no longer than that.
const HANDING: Duration = Duration::from_secs(300);

/// A server that waits for the mail itself. Dropped, the connection breaks before the end of the mail, and the server
/// forgets it.
pub struct Open(AsyncSmtpConnection);

impl Smtp {
    pub(super) fn parse(text: &str, hello: &str) -> Result<Self, String> {
        let bad =
            |what: &str| format!("TRADEWIND_SMTP_URL {what}; it looks like smtp://user:password@mail.example.com:587");
        let url = Url::parse(text).map_err(|e| bad(&format!("cannot be read ({e})")))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| bad("names no server"))?.to_owned();
        let near = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let asked = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let (tls, port) = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => (Tls::FirstByte, 465),
            ("smtp", None) if near => (Tls::IfOffered, 25),
            ("smtp", None | Some("required")) => (Tls::Asked, 587),
            ("smtp", Some("opportunistic")) => (Tls::IfOffered, 587),
            ("smtp", Some("none")) => (Tls::None, 25),
            ("smtp", Some(_)) => return Err(bad("has a `tls` that is none of required, opportunistic, none")),
            _ => return Err(bad("is neither smtp:// nor smtps://")),
        };
        let decoded = |text: &str| percent(text).ok_or_else(|| bad("has a name or password that is not UTF-8"));
        let login = match (url.username(), url.password()) {
            ("", _) => None,
            (user, password) => Some(Credentials::new(decoded(user)?, decoded(password.unwrap_or(""))?)),
        };
        let plain = matches!(tls, Tls::None | Tls::IfOffered);
        if login.is_some() && plain && !near {
            return Err(bad("would send the password in the clear: leave `tls` out, or use smtps://"));
        }
        // The system's certificates are read once, at the start.
        let parameters = match tls {
            Tls::None => None,
            _ => Some(TlsParameters::new(host.trim_matches(['[', ']']).to_owned()).map_err(|e| bad(&e.to_string()))?),
        };
        let port = url.port().unwrap_or(port);
        Ok(Self { host, port, tls, parameters, login, hello: ClientId::Domain(hello.to_owned()) })
    }

    fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Connected, encrypted as asked, logged in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Said> {
        let host = self.host.trim_matches(['[', ']']);
        let first = self.parameters.clone().filter(|_| self.tls == Tls::FirstByte);
        let away = |e: Error| match e.status() {
            Some(code) => Said::Later(format!("The mail server {} would not talk to us ({code}).", self.name())),
            None => Said::Later(format!("The mail server {} could not be reached.", self.name())),
        };
        let begun = AsyncSmtpConnection::connect_tokio1((host, self.port), Some(OPENING), &self.hello, first, None);
        let mut server = begun.await.map_err(away)?;
        match (&self.parameters, self.tls) {
            (Some(parameters), Tls::Asked) => {
                if !server.can_starttls() {
                    return Err(Said::Later(format!(
                        "The mail server {} offers no encryption, which TRADEWIND_SMTP_URL asks for.",
                        self.name()
                    )));
                }
                server.starttls(parameters.clone(), &self.hello).await.map_err(|e| self.insecure(&e))?;
            }
            (Some(parameters), Tls::IfOffered) if server.can_starttls() => {
                server.starttls(parameters.clone(), &self.hello).await.map_err(|e| self.insecure(&e))?;
            }
            _ => {}
        }
        if let Some(login) = &self.login {
            server.auth(DEFAULT_MECHANISMS, login).await.map_err(|e| {
                // Wrong for every mail, and the operator's to mend: the mail itself is good and waits.
                let code = e.status().map(|code| format!(" ({code})")).unwrap_or_default();
                Said::Later(format!("The mail server {} refused our name and password{code}.", self.name()))
            })?;
        }
        Ok(server)
    }

    fn insecure(&self, error: &Error) -> Said {
        tracing::warn!(%error, server = self.name(), "no encrypted connection to the mail server");
        Said::Later(format!("No encrypted connection to the mail server {} could be made.", self.name()))
    }

    pub async fn try_out(&self) -> Result<(), String> {
        let outcome = timeout(OPENING, self.connect()).await;
        match outcome {
            Ok(Ok(mut server)) => {
                let _ = timeout(Duration::from_secs(5), server.quit()).await;
                Ok(())
            }
            Ok(Err(Said::Later(says) | Said::Unsure(says) | Said::Never { sentence: says, .. })) => Err(says),
            Err(_) => Err(format!("The mail server {} does not answer.", self.name())),
        }
    }

    /// Everything before the mail itself. Whatever goes wrong here, nothing was sent.
    pub async fn open(&self, from: &lettre::Address, to: &Address, ascii: bool) -> Result<Open, Said> {
        let silent = || Said::Later(format!("The mail server {} stopped answering.", self.name()));
        let opening = async {
            let mut server = self.connect().await?;
            let mut options = vec![];
            if to.needs_utf8() {
                if !server.server_info().supports_feature(Extension::SmtpUtfEight) {
                    let sentence = "Our mail server cannot send to addresses with such letters before the @.".into();
                    return Err(Said::Never { sentence, no_such_address: false });
                }
                options.push(MailParameter::SmtpUtfEight);
            }
            if !ascii && server.server_info().supports_feature(Extension::EightBitMime) {
                options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
            }
            step(server.command(Mail::new(Some(from.clone()), options)), false).await?;
            step(server.command(Rcpt::new(to.wire.clone(), vec![])), true).await?;
            step(server.command(Data), false).await?;
            Ok(Open(server))
        };
        timeout(OPENING, opening).await.unwrap_or_else(|_| Err(silent()))
    }
}

impl Open {
    /// The mail itself. Returns what the server said when it took it.
    pub async fn hand_over(mut self, mail: &[u8]) -> Result<String, Said> {
        let unsure = || {
            let says = "The connection broke while the mail was being handed over, so it may have arrived or not. \
                        Ask before sending it again.";
            Said::Unsure(says.into())
        };
        let answer = match timeout(HANDING, self.0.message(mail)).await {
            Ok(Ok(response)) => line(&response.message().collect::<Vec<_>>().join(" "), 200),
            Ok(Err(error)) if error.status().is_some() => return Err(refusal(&error, false)),
            Ok(Err(_)) | Err(_) => return Err(unsure()),
        };
        // It has the mail; whether it hears our good-bye does not matter.
        let _ = timeout(Duration::from_secs(5), self.0.quit()).await;
        Ok(answer)
    }
}

async fn step<T>(doing: impl Future<Output = Result<T, Error>>, recipient: bool) -> Result<T, Said> {
    doing.await.map_err(|error| refusal(&error, recipient))
}

/// What a refusal means. `5.1.x` in answer to the recipient is about the address (RFC 3463); other refusals are about
/// this mail or about us.
fn refusal(error: &Error, recipient: bool) -> Said {
    let Some(code) = error.status() else {
        return Said::Later("The connection to the mail server broke before the mail was handed over.".into());
    };
    let said = std::error::Error::source(error).map(|said| line(&said.to_string(), 300)).unwrap_or_default();
    let words = if said.is_empty() { String::new() } else { format!(": {said}") };
    if !error.is_permanent() {
        return Said::Later(format!("The mail server asked us to come again later ({code}{words})."));
    }
    let no_such_address = recipient && said.starts_with("5.1.");
    let sentence = match no_such_address {
        true => format!("There is no such address ({code}{words})."),
        false => format!("The receiving side refused it ({code}{words})."),
    };
    Said::Never { sentence, no_such_address }
}

fn percent(text: &str) -> Option<String> {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => u8::from_str_radix(std::str::from_utf8(&[rest.next()?, rest.next()?]).ok()?, 16).ok()?,
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[test]
fn a_url_says_where_and_how_safely() {
    let parsed = |url: &str| Smtp::parse(url, "example.com");
    let found = |url: &str| parsed(url).map(|smtp| (smtp.host.clone(), smtp.port, smtp.tls, smtp.login.is_some()));
    assert_eq!(found("smtps://u:p@mail.example.com"), Ok(("mail.example.com".into(), 465, Tls::FirstByte, true)));
    assert_eq!(found("smtp://u:p%40%2F@mail.example.com"), Ok(("mail.example.com".into(), 587, Tls::Asked, true)));
    assert_eq!(found("smtp://mail.example.com:25?tls=none"), Ok(("mail.example.com".into(), 25, Tls::None, false)));
    assert_eq!(found("smtp://127.0.0.1:2525"), Ok(("127.0.0.1".into(), 2525, Tls::IfOffered, false)));
    for bad in ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://x?tls=maybe", "smtp://u:p@x?tls=none"]
    {
        assert!(parsed(bad).err().is_some_and(|says| says.contains("TRADEWIND_SMTP_URL")), "{bad}");
    }
    assert_eq!(percent("p%40%2Fx"), Some("p@/x".into()));
}

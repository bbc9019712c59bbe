//! The one door out: asks for what lies at an address and follows where it leads on, each step checked as the first.
use http_body_util::Full;
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_TYPE, ETAG, HOST, HeaderName, HeaderValue,
        IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, USER_AGENT,
    },
};
use hyper_util::rt::TokioIo;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::AbortHandle,
    time::timeout,
};
use tokio_rustls::rustls::pki_types::CertificateDer;
use url::Url;

use crate::{
    Refusal, Resolve, body,
    connect::{Connect, Stream},
};

const REDIRECTS: usize = 3;
/// All lines of an answer's head together.
const HEAD: usize = 64 << 10;
const LONGEST: usize = 4000;

/// What is asked for, and how much of it is taken.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    pub url: &'a str,
    pub accept: &'static str,
    /// Sent to the first address and to no other.
    pub authorization: Option<&'a str>,
    /// What was said of it last time: nothing comes if it is still so.
    pub etag: Option<&'a str>,
    pub modified: Option<&'a str>,
    /// Bytes of the address at most: what people paste is short.
    pub longest: usize,
    /// Lines of the head besides, for that same first address.
    pub more: &'a [(&'static str, &'a str)],
    /// Bytes, packed and unpacked.
    pub most: usize,
    /// From the first look at the name to the last byte.
    pub within: Duration,
}

impl<'a> Ask<'a> {
    pub fn of(url: &'a str, accept: &'static str, most: usize, within: Duration) -> Self {
        Self { url, accept, authorization: None, etag: None, modified: None, more: &[], longest: LONGEST, most, within }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 304: nothing has changed, and the body is empty.
    pub status: u16,
    pub etag: Option<String>,
    pub modified: Option<String>,
    pub body: Vec<u8>,
}

pub struct Door(Connect);

impl Door {
    pub fn new() -> Result<Self, String> {
        Self::trusting(vec![])
    }
    /// Certificates of these authorities are good besides those that this machine trusts.
    pub fn trusting(roots: Vec<CertificateDer<'static>>) -> Result<Self, String> {
        Connect::new(roots).map(Self)
    }
    /// Machines that may be reached although they are near. For development and tests: it comes from whoever runs the program.
    #[must_use]
    pub fn allowing(mut self, machines: Vec<SocketAddr>) -> Self {
        self.0.allowed = machines;
        self
    }
    /// For addresses that whoever runs the program has set, and nobody else: they may lie in their own network.
    #[must_use]
    pub fn anywhere(mut self) -> Self {
        self.0.anywhere = true;
        self
    }
    #[must_use]
    pub fn asking(mut self, resolver: impl Resolve) -> Self {
        self.0.resolver = Arc::new(resolver);
        self
    }

    /// Whether it can be asked for at all, without going there.
    pub fn check(&self, url: &str) -> Result<(), Refusal> {
        self.read(url, LONGEST).map(drop)
    }

    fn read(&self, text: &str, longest: usize) -> Result<Url, Refusal> {
        if text.len() > longest {
            return Err(Refusal::Address);
        }
        let url = Url::parse(text).map_err(|_| Refusal::Address)?;
        self.may_go(&url).map(|()| url)
    }

    fn may_go(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Login);
        }
        let port = url.port_or_known_default().ok_or(Refusal::Address)?;
        if !self.0.may_use(port) {
            return Err(Refusal::Port);
        }
        // Refused before a name is looked up, where the address itself tells.
        let near = match url.host().ok_or(Refusal::Address)? {
            url::Host::Domain(name) => !self.0.may_be_asked(name),
            url::Host::Ipv4(v4) => !self.0.is_allowed((v4, port).into()),
            url::Host::Ipv6(v6) => !self.0.is_allowed((v6, port).into()),
        };
        if near { Err(Refusal::Private) } else { Ok(()) }
    }

    pub async fn get(&self, ask: &Ask<'_>) -> Result<Answer, Refusal> {
        timeout(ask.within, self.follow(ask)).await.map_err(|_| Refusal::TooSlow)?
    }

    /// Sends a form there. It follows nowhere: what was sent to one address is not for another.
    pub async fn post(&self, ask: &Ask<'_>, form: String) -> Result<Answer, Refusal> {
        self.send(Method::POST, ask, form).await
    }
    pub async fn delete(&self, ask: &Ask<'_>) -> Result<Answer, Refusal> {
        self.send(Method::DELETE, ask, String::new()).await
    }

    async fn send(&self, method: Method, ask: &Ask<'_>, form: String) -> Result<Answer, Refusal> {
        let work = async {
            let url = self.read(ask.url, ask.longest)?;
            let mut request = request(&url, ask, true)?;
            if method == Method::POST {
                let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.headers_mut().insert(CONTENT_TYPE, form_type);
                *request.body_mut() = Full::from(form);
            }
            *request.method_mut() = method;
            let (status, headers, body, _line) = self.once(&url, request).await?;
            if status.is_redirection() {
                return Err(Refusal::TooManyRedirects);
            }
            let body = body::take(&headers, body, ask.most).await?;
            Ok(Answer { status: status.as_u16(), etag: None, modified: None, body })
        };
        timeout(ask.within, work).await.map_err(|_| Refusal::TooSlow)?
    }

    async fn follow(&self, ask: &Ask<'_>) -> Result<Answer, Refusal> {
        let mut url = self.read(ask.url, ask.longest)?;
        for step in 0..=REDIRECTS {
            let (status, headers, body, _line) = self.once(&url, request(&url, ask, step == 0)?).await?;
            let on = status.is_redirection() && status != StatusCode::NOT_MODIFIED;
            let Some(to) = headers.get(LOCATION).filter(|_| on) else {
                let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok()).map(str::to_owned);
                let body = body::take(&headers, body, ask.most).await?;
                return Ok(Answer { status: status.as_u16(), etag: text(ETAG), modified: text(LAST_MODIFIED), body });
            };
            let to = to.to_str().ok().filter(|to| to.len() <= LONGEST).ok_or(Refusal::Address)?;
            let next = url.join(to).map_err(|_| Refusal::Address)?;
            self.may_go(&next)?;
            if url.scheme() == "https" && next.scheme() == "http" {
                return Err(Refusal::Downgrade);
            }
            url = next;
        }
        Err(Refusal::TooManyRedirects)
    }

    async fn once(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, HeaderMap, Incoming, Line), Refusal> {
        let host = url.host().ok_or(Refusal::Address)?;
        let port = url.port_or_known_default().ok_or(Refusal::Address)?;
        match self.0.to(host, port, url.scheme() == "https").await? {
            Stream::Plain(stream) => talk(stream, request).await,
            Stream::Sealed(stream) => talk(*stream, request).await,
        }
    }
}

fn request(url: &Url, ask: &Ask<'_>, first: bool) -> Result<Request<Full<Bytes>>, Refusal> {
    let host = match (url.host_str().ok_or(Refusal::Address)?, url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = Request::get(path).body(Full::default()).map_err(|_| Refusal::Address)?;
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Refusal::Address);
    let headers = request.headers_mut();
    headers.insert(HOST, value(&host)?);
    headers.insert(USER_AGENT, HeaderValue::from_static("Tradewind"));
    headers.insert(ACCEPT, HeaderValue::from_static(ask.accept));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if let Some(etag) = ask.etag {
        headers.insert(IF_NONE_MATCH, value(etag)?);
    }
    if let Some(modified) = ask.modified {
        headers.insert(IF_MODIFIED_SINCE, value(modified)?);
    }
    if let Some(authorization) = ask.authorization.filter(|_| first) {
        headers.insert(AUTHORIZATION, value(authorization)?);
    }
    for (name, text) in ask.more.iter().filter(|_| first) {
        headers.insert(HeaderName::from_static(name), value(text)?);
    }
    Ok(request)
}

/// The connection, which is over when this is dropped.
struct Line(AbortHandle);
impl Drop for Line {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn talk<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(StatusCode, HeaderMap, Incoming, Line), Refusal>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut settings = http1::Builder::new();
    settings.max_buf_size(HEAD);
    let (mut send, connection) = settings.handshake(TokioIo::new(stream)).await.map_err(|_| Refusal::NoAnswer)?;
    let line = Line(tokio::spawn(connection).abort_handle());
    let (head, body) = send.send_request(request).await.map_err(|_| Refusal::NoAnswer)?.into_parts();
    Ok((head.status, head.headers, body, line))
}

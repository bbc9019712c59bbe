//! Answers of handlers: JSON with its version, something made, a page, a way onward.
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Json, POLICY};
use crate::{
    Error, Result,
    error::Problem,
    openapi::{Describe, Operation},
};

/// An answer written out, so that it can be kept with an idempotency key and given again.
#[derive(Debug, Clone)]
pub struct Stored {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What can be written out inside the transaction that made it true.
pub trait Answer {
    fn stored(&self) -> Result<Stored>;
}

impl IntoResponse for Stored {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

fn json<T: Serialize>(status: u16, value: &T, headers: Vec<(String, String)>) -> Result<Stored> {
    let body = serde_json::to_string(value).map_err(|e| Error::Bug(format!("an answer that is no JSON: {e}")))?;
    let headers = [vec![("content-type".to_owned(), "application/json".to_owned())], headers].concat();
    Ok(Stored { status, headers, body })
}

fn respond(stored: Result<Stored>) -> Response {
    match stored {
        Ok(stored) => stored.into_response(),
        Err(error) => error.into_response(),
    }
}

impl<T: Serialize> Answer for Json<T> {
    fn stored(&self) -> Result<Stored> {
        json(200, &self.0, vec![])
    }
}
impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        respond(self.stored())
    }
}

/// What carries a version, and so an ETag.
pub trait Versioned {
    fn version(&self) -> i64;
}

/// One record with its ETag.
#[derive(Debug)]
pub struct One<T>(pub T);
impl<T: Serialize + Versioned> Answer for One<T> {
    fn stored(&self) -> Result<Stored> {
        json(200, &self.0, vec![("etag".into(), format!("\"{}\"", self.0.version()))])
    }
}
impl<T: Serialize + Versioned> IntoResponse for One<T> {
    fn into_response(self) -> Response {
        respond(self.stored())
    }
}
impl<T: JsonSchema> Describe for One<T> {
    fn describe(operation: &mut Operation) {
        let schema = operation.schema::<T>();
        operation.success = (200, Some(("application/json", schema)));
        operation.versioned = true;
    }
}

/// Something new: 201, where it is, its ETag, itself.
#[derive(Debug)]
pub struct Created<T> {
    pub location: String,
    pub body: T,
}
impl<T: Serialize + Versioned> Answer for Created<T> {
    fn stored(&self) -> Result<Stored> {
        json(
            201,
            &self.body,
            vec![("location".into(), self.location.clone()), ("etag".into(), format!("\"{}\"", self.body.version()))],
        )
    }
}
impl<T: Serialize + Versioned> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        respond(self.stored())
    }
}
impl<T: JsonSchema> Describe for Created<T> {
    fn describe(operation: &mut Operation) {
        let schema = operation.schema::<T>();
        operation.success = (201, Some(("application/json", schema)));
        operation.versioned = true;
    }
}

/// Begun: 202, and the job to look at.
#[derive(Debug)]
pub struct Accepted<T> {
    pub location: String,
    pub body: T,
}
impl<T: Serialize> Answer for Accepted<T> {
    fn stored(&self) -> Result<Stored> {
        json(202, &self.body, vec![("location".into(), self.location.clone())])
    }
}
impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        respond(self.stored())
    }
}
impl<T: JsonSchema> Describe for Accepted<T> {
    fn describe(operation: &mut Operation) {
        let schema = operation.schema::<T>();
        operation.success = (202, Some(("application/json", schema)));
    }
}

#[derive(Debug)]
pub struct NoContent;
impl Answer for NoContent {
    fn stored(&self) -> Result<Stored> {
        Ok(Stored { status: 204, headers: vec![], body: String::new() })
    }
}
impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
impl Describe for NoContent {
    fn describe(operation: &mut Operation) {
        operation.success = (204, None);
    }
}

/// A page or a fragment of one. 422 when it shows a form again.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub markup: Markup,
    pub cookies: Vec<String>,
    /// What it may load and where it may stand, if not what every page may.
    pub policy: Option<String>,
}
impl From<Markup> for Page {
    fn from(markup: Markup) -> Self {
        Self { status: 200, markup, cookies: vec![], policy: None }
    }
}
impl Page {
    /// The form again, with what is wrong in it.
    pub fn again(markup: Markup) -> Self {
        Self { status: 422, ..Self::from(markup) }
    }
    /// A content security policy of its own, made from `POLICY`.
    #[must_use]
    pub fn policy(mut self, policy: String) -> Self {
        self.policy = Some(policy);
        self
    }
    /// A form of it leads on to another site, such as the page of whoever takes a card: at which address is theirs to say.
    #[must_use]
    pub fn leads_out(self) -> Self {
        let now = self.policy.as_deref().unwrap_or(POLICY);
        let policy = now.replace("form-action 'self'", "form-action 'self' https:");
        self.policy(policy)
    }
    #[must_use]
    pub fn cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }
}
impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let headers = [("content-type".to_owned(), "text/html; charset=utf-8".to_owned())]
            .into_iter()
            .chain(self.cookies.into_iter().map(|c| ("set-cookie".to_owned(), c)))
            .chain(self.policy.map(|policy| ("content-security-policy".to_owned(), policy)));
        Stored { status: self.status, headers: headers.collect(), body: self.markup.into_string() }.into_response()
    }
}
impl Describe for Page {
    fn describe(operation: &mut Operation) {
        operation.success = (200, Some(("text/html", serde_json::json!({ "type": "string" }))));
    }
}

/// 303: go and look there. A toast is shown on arrival, with a way to undo.
#[derive(Debug, Default)]
pub struct Redirect {
    to: String,
    cookies: Vec<String>,
}
impl Redirect {
    pub fn to(path: impl Into<String>) -> Self {
        Self { to: path.into(), cookies: vec![] }
    }
    #[must_use]
    pub fn cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }
    /// Shown once on the next page.
    #[must_use]
    pub fn toast(self, text: &str) -> Self {
        self.flash(text, None)
    }
    /// With an Undo button that posts to `path`.
    #[must_use]
    pub fn toast_undo(self, text: &str, path: &str) -> Self {
        self.flash(text, Some(path))
    }
    fn flash(self, text: &str, undo: Option<&str>) -> Self {
        let value = crate::page::Cursor::write(&(text, undo));
        self.cookie(format!("tradewind_toast={value}; Path=/; Max-Age=20; SameSite=Lax"))
    }
}
impl Answer for Redirect {
    fn stored(&self) -> Result<Stored> {
        let headers = [("location".to_owned(), self.to.clone())]
            .into_iter()
            .chain(self.cookies.iter().map(|c| ("set-cookie".to_owned(), c.clone())));
        Ok(Stored { status: 303, headers: headers.collect(), body: String::new() })
    }
}
impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        respond(self.stored())
    }
}
impl Describe for Redirect {
    fn describe(operation: &mut Operation) {
        operation.success = (303, None);
    }
}

/// A page or a way onward: what a posted form ends in.
impl<A: IntoResponse, B: IntoResponse> IntoResponse for Either<A, B> {
    fn into_response(self) -> Response {
        match self {
            Self::Done(a) => a.into_response(),
            Self::Again(b) => b.into_response(),
        }
    }
}
#[derive(Debug)]
pub enum Either<A, B> {
    Done(A),
    Again(B),
}
impl<A: Describe, B> Describe for Either<A, B> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
    }
}

/// Bytes to keep. What somebody has uploaded is never opened as a page of the company's origin: a page shows it as a picture,
/// and everything else is saved. Only a paper that the house itself has set opens by its address.
#[derive(Debug)]
pub struct Download {
    pub name: String,
    pub media_type: String,
    pub bytes: bytes::Bytes,
    pub inline: bool,
}
impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let shown = self.inline && self.media_type == "application/pdf";
        let safe: String =
            self.name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
        let disposition = format!("{}; filename=\"{safe}\"", if shown { "inline" } else { "attachment" });
        let mut response = Response::new(Body::from(self.bytes));
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::try_from(self.media_type).unwrap_or(HeaderValue::from_static("application/octet-stream")),
        );
        headers.insert(
            header::CONTENT_DISPOSITION,
            HeaderValue::try_from(disposition).unwrap_or(HeaderValue::from_static("attachment")),
        );
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
        response
    }
}
impl Describe for Download {
    fn describe(operation: &mut Operation) {
        operation.success = (
            200,
            Some((
                "application/octet-stream",
                serde_json::json!({ "type": "string", "contentMediaType": "application/octet-stream" }),
            )),
        );
    }
}

/// Plain text of some media type: styles of a brand, metrics, documents of the house.
#[derive(Debug)]
pub struct Text {
    pub media_type: &'static str,
    pub cache: &'static str,
    pub body: String,
}
impl IntoResponse for Text {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, self.media_type), (header::CACHE_CONTROL, self.cache)], self.body).into_response()
    }
}
impl Describe for Text {
    fn describe(operation: &mut Operation) {
        operation.success = (200, Some(("text/plain", serde_json::json!({ "type": "string" }))));
    }
}

/// The refusal travels as an extension; the outermost layer writes it as JSON or as a page (`serve`).
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let fault = (problem.status >= 500).then(|| Fault(self.to_string()));
        let mut response =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        response.extensions_mut().insert(problem);
        fault.map(|fault| response.extensions_mut().insert(fault));
        response
    }
}

/// What broke on our side, for the log: the outermost layer knows of whose request it was.
#[derive(Clone)]
pub(super) struct Fault(pub String);

impl Problem {
    pub fn json(&self) -> Response {
        let mut response = respond(json(self.status, self, vec![]));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

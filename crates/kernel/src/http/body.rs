//! Arguments of handlers: JSON, query, path, version, upload. What is wrong with one is a problem document.
use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request},
    http::{HeaderMap, header, request::Parts},
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::sync::Arc;

use crate::{
    Error, House, Input, Result,
    access::Seen,
    error::FieldError,
    openapi::{Describe, Operation},
};

/// A JSON body, checked. As an answer: JSON with status 200.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Input> FromRequest<House> for Json<T> {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        let media = media_type(request.headers());
        if !(media == "application/json" || media == "application/merge-patch+json") {
            return Err(Error::Malformed(415, "Send JSON with `Content-Type: application/json`.".into()));
        }
        let seen = request.extensions().get::<Arc<Seen>>().cloned();
        let bytes = read(request, house).await?;
        remember(seen.as_deref(), &bytes);
        // A list would be taken for the fields in their order.
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            return Err(Error::Malformed(400, "Send an object with named fields, not a list.".into()));
        }
        from_json::<T>(&bytes)?.checked().map(Self)
    }
}

impl<T: JsonSchema> Describe for Json<T>
where
    Json<T>: Sized,
{
    fn describe(operation: &mut Operation) {
        // The same type is an argument (described first, before there is an answer) or an answer: `Operation` tells which.
        let schema = operation.schema::<T>();
        operation.json(schema);
    }
}

impl Operation {
    /// Called by `Json` in both its roles: arguments are described before answers, and GET and DELETE take none.
    fn json(&mut self, schema: serde_json::Value) {
        match self.answering {
            false => self.body = Some(("application/json", schema)),
            true => self.success = (self.success.0, Some(("application/json", schema))),
        }
    }
}

/// The most of a body that is read as a whole; files have a limit of their own.
const MOST: usize = 1 << 20;

pub(super) async fn read(mut request: Request, _house: &House) -> Result<Bytes> {
    DefaultBodyLimit::max(MOST).apply(&mut request);
    Bytes::from_request(request, &()).await.map_err(|e| match e.status().as_u16() {
        413 => Error::Malformed(413, "This is too large. The limit is 1 MB, and 20 MB for files.".into()),
        _ => Error::Malformed(400, "The body broke off before it was complete.".into()),
    })
}

pub(super) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    value.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// So that the same idempotency key with another body is told apart.
pub(super) fn remember(seen: Option<&Seen>, bytes: &[u8]) {
    if let Some(seen) = seen {
        let mut hash = Sha256::new();
        hash.update(seen.method.as_str());
        hash.update(&seen.path);
        hash.update(bytes);
        fingerprint(seen, hash);
    }
}

pub(super) fn fingerprint(seen: &Seen, hash: Sha256) {
    let _ = seen.once.fingerprint.set(crate::secret::hex(&hash.finalize()));
}

pub(super) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if bytes.contains(&0) || bytes.windows(6).any(|w| w == br"\u0000") {
        return Err(Error::Malformed(400, "A text holds the character NUL, which cannot be kept.".into()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|e| {
        let path = e.path().to_string();
        let inner = e.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => misfit(&path, &inner.to_string()),
            _ => Error::Malformed(400, format!("This is not JSON: {inner}.")),
        }
    })?;
    deserializer.end().map_err(|e| Error::Malformed(400, format!("There is more after the JSON: {e}.")))?;
    Ok(value)
}

/// serde's words, turned into a pointer and a sentence.
pub(super) fn misfit(path: &str, said: &str) -> Error {
    let said = said.split(" at line ").next().unwrap_or(said);
    let mut pointer: String = path
        .split(['.', '['])
        .map(|p| p.trim_end_matches(']'))
        .filter(|p| !p.is_empty() && *p != "?")
        .map(|p| format!("/{p}"))
        .collect();
    let quoted = said.split('`').nth(1).unwrap_or("");
    let (code, message) = if said.starts_with("missing field") {
        pointer += &format!("/{quoted}");
        ("required", format!("`{quoted}` is missing."))
    } else if said.starts_with("unknown field") {
        if !pointer.ends_with(&format!("/{quoted}")) {
            pointer += &format!("/{quoted}");
        }
        (
            "unknown",
            format!(
                "`{quoted}` is not known here; {}.",
                said.split_once(", ").map_or("leave it out", |(_, rest)| rest)
            ),
        )
    } else {
        ("type", format!("This does not fit: {said}."))
    };
    Error::Invalid(vec![FieldError { pointer, code: code.into(), message }])
}

/// Parameters of the query, each named in the document.
#[derive(Debug)]
pub struct Query<T>(pub T);
impl<T: DeserializeOwned> FromRequestParts<House> for Query<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &House) -> Result<Self> {
        let text = parts.uri.query().unwrap_or("");
        // An empty parameter (a search form sent as it is) is one that was not given.
        let given: Vec<_> =
            text.split('&').filter(|pair| pair.split_once('=').is_some_and(|(_, value)| !value.is_empty())).collect();
        let given = given.join("&");
        if text.contains("%00") {
            return Err(Error::Malformed(400, "A parameter holds the character NUL, which cannot be kept.".into()));
        }
        let deserializer = serde_html_form::Deserializer::from_bytes(given.as_bytes());
        serde_path_to_error::deserialize(deserializer).map(Self).map_err(|e| {
            let path = e.path().to_string();
            misfit(&path, &e.into_inner().to_string())
        })
    }
}
impl<T: JsonSchema> Describe for Query<T> {
    fn describe(operation: &mut Operation) {
        operation.parameters_of::<T>("query");
    }
}

/// A parameter of the path. One that does not parse names nothing: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);
impl<T: DeserializeOwned + Send> FromRequestParts<House> for Path<T> {
    type Rejection = Error;
    #[allow(clippy::disallowed_types)]
    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self> {
        axum::extract::Path::<T>::from_request_parts(parts, house)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Error::NotFound)
    }
}
impl<T> Describe for Path<T> {
    fn describe(_: &mut Operation) {}
}

/// The version that the caller saw: `If-Match`, or the hidden `version` of a form.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<i64>);
impl IfMatch {
    pub fn required(self) -> Result<i64> {
        self.0.ok_or(Error::Stale(None))
    }
}
impl FromRequestParts<House> for IfMatch {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &House) -> Result<Self> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or("").trim().trim_start_matches("W/").trim_matches('"');
        text.parse()
            .map(|version| Self(Some(version)))
            .map_err(|_| Error::Malformed(400, "`If-Match` is the ETag as you got it, such as \"3\".".into()))
    }
}
impl Describe for IfMatch {
    fn describe(operation: &mut Operation) {
        operation.needs_version = true;
    }
}

/// One file and the plain fields that came with it.
#[derive(Debug)]
pub struct Upload {
    pub fields: Vec<(String, String)>,
    pub files: Vec<File>,
}
#[derive(Debug)]
pub struct File {
    pub field: String,
    pub name: String,
    pub media_type: String,
    pub bytes: Bytes,
}
impl Upload {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }
    /// The file of that field, if one was chosen.
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.field == name && !file.bytes.is_empty())
    }
}
impl FromRequest<House> for Upload {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        let seen = request.extensions().get::<Arc<Seen>>().cloned();
        let broken = |e: axum::extract::multipart::MultipartError| match e.status().as_u16() {
            413 => Error::Malformed(413, "This is too large. The limit is 20 MB.".into()),
            _ => Error::Malformed(400, "The upload broke off before it was complete.".into()),
        };
        let mut parts = Multipart::from_request(request, house)
            .await
            .map_err(|_| Error::Malformed(415, "Send a form with a file: `multipart/form-data`.".into()))?;
        let mut upload = Self { fields: vec![], files: vec![] };
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            if upload.fields.len() + upload.files.len() > 100 {
                return Err(Error::Malformed(400, "That are more fields than any form of ours has.".into()));
            }
            let field = part.name().unwrap_or("").to_owned();
            match part.file_name().map(str::to_owned) {
                Some(name) => {
                    let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
                    upload.files.push(File { field, name, media_type, bytes: part.bytes().await.map_err(broken)? });
                }
                None => upload.fields.push((field, part.text().await.map_err(broken)?)),
            }
        }
        if let (Some(seen), Some(key)) = (&seen, upload.field("_key")) {
            let _ = seen.once.key.set(key.to_owned());
        }
        Ok(upload)
    }
}
impl Describe for Upload {
    fn describe(operation: &mut Operation) {
        let schema = serde_json::json!({ "type": "object", "properties": { "file": { "type": "string", "contentMediaType": "application/octet-stream" } } });
        operation.body = Some(("multipart/form-data", schema));
    }
}

/// The body as it came, byte for byte, with the lines of the head that say whose it is: for what is signed. Bounded as every body is.
#[derive(Debug)]
pub struct Raw {
    pub bytes: Bytes,
    pub headers: HeaderMap,
}
impl Raw {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
impl FromRequest<House> for Raw {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        let headers = request.headers().clone();
        Ok(Self { bytes: read(request, house).await?, headers })
    }
}
impl Describe for Raw {
    fn describe(operation: &mut Operation) {
        operation.body = Some(("application/json", serde_json::json!({ "type": "object" })));
    }
}

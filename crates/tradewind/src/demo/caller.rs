//! A client of the API within the process: what the demo does, any program could do over the wire.
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
};
use serde_json::Value;
use tower::ServiceExt;

use super::Result;

#[derive(Clone)]
pub struct Caller {
    router: Router,
    host: String,
    key: String,
}

impl Caller {
    pub fn new(router: Router, host: &str, key: &str) -> Self {
        Self { router, host: host.into(), key: key.into() }
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, None, Value::Null).await.map(|(body, _)| body)
    }
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::POST, path, None, body).await.map(|(body, _)| body)
    }
    /// Sets a part of a record as it is now.
    pub async fn set(&self, record: &str, part: &str, body: Value) -> Result<()> {
        let (_, etag) = self.ask(Method::GET, record, None, Value::Null).await?;
        self.ask(Method::PUT, &format!("{record}/{part}"), Some(etag), body).await.map(|_| ())
    }
    /// Puts something in its place that has no version of its own.
    pub async fn replace(&self, path: &str, body: Value) -> Result<()> {
        self.ask(Method::PUT, path, None, body).await.map(|_| ())
    }
    /// Changes a record as it is now.
    pub async fn change(&self, record: &str, body: Value) -> Result<()> {
        let (_, etag) = self.ask(Method::GET, record, None, Value::Null).await?;
        self.ask(Method::PATCH, record, Some(etag), body).await.map(|_| ())
    }
    /// Says a record anew, as it is now.
    pub async fn put(&self, record: &str, body: Value) -> Result<()> {
        let (_, etag) = self.ask(Method::GET, record, None, Value::Null).await?;
        self.ask(Method::PUT, record, Some(etag), body).await.map(|_| ())
    }
    /// Posts, and gives the id of what was made.
    pub async fn made(&self, path: &str, body: Value) -> Result<String> {
        id_of(path, &self.post(path, body).await?)
    }
    /// Does something to a record as it is now.
    pub async fn verb(&self, record: &str, verb: &str, body: Value) -> Result<Value> {
        let (_, etag) = self.ask(Method::GET, record, None, Value::Null).await?;
        self.ask(Method::POST, &format!("{record}/{verb}"), Some(etag), body).await.map(|(body, _)| body)
    }

    /// Sends a file as a browser's form does, with what stands beside it, and gives the id of what was made of it.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Result<String> {
        let part = |head: &str| format!("--tradewind\r\ncontent-disposition: form-data; {head}\r\n\r\n");
        let mut body = vec![];
        for (name, value) in fields {
            body.extend(format!("{}{value}\r\n", part(&format!("name=\"{name}\""))).into_bytes());
        }
        body.extend(part(&format!("name=\"file\"; filename=\"{name}\"")).into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--tradewind--\r\n");
        let media = "multipart/form-data; boundary=tradewind";
        let (made, _) = self.send(Method::POST, path, None, Some((media, Body::from(body)))).await?;
        id_of(path, &made)
    }

    /// Sends a form of a page for people without an account, as one of them.
    pub async fn as_visitor(&self, path: &str, fields: &[(&str, &str)]) -> Result<()> {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", ui::encode(value))).collect();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")))
            .map_err(|e| e.to_string())?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        match response.status() {
            status if status.is_redirection() || status.is_success() => Ok(()),
            status => Err(format!("POST {path}: {status}")),
        }
    }

    async fn ask(&self, method: Method, path: &str, etag: Option<String>, body: Value) -> Result<(Value, String)> {
        let body = (!body.is_null()).then(|| ("application/json", Body::from(body.to_string())));
        self.send(method, path, etag, body).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        etag: Option<String>,
        body: Option<(&str, Body)>,
    ) -> Result<(Value, String)> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key));
        if let Some(etag) = etag {
            request = request.header(header::IF_MATCH, etag);
        }
        let body = match body {
            None => Body::empty(),
            Some((media, body)) => {
                request = request.header(header::CONTENT_TYPE, media);
                body
            }
        };
        let request = request.body(body).map_err(|e| e.to_string())?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let etag = response.headers().get(header::ETAG).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let bytes = to_bytes(response.into_body(), 16 << 20).await.map_err(|e| e.to_string())?;
        let text = String::from_utf8_lossy(&bytes);
        match status.is_success() {
            true => Ok((serde_json::from_str(&text).unwrap_or(Value::Null), etag)),
            false => Err(format!("{method} {path}: {status} {text}")),
        }
    }
}

fn id_of(path: &str, made: &Value) -> Result<String> {
    made["id"].as_str().map(str::to_owned).ok_or(format!("{path} gave no id: {made}"))
}

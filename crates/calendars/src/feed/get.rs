//! The feed itself, at a public address that is a secret. Whoever has read it already is told that nothing changed.
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use kernel::{
    Error, House, Result, Visitor,
    http::Path,
    openapi::{Describe, Operation},
    secret::hash,
};
use std::collections::BTreeMap;

use super::{
    AHEAD, BACK, clock,
    events::{self, Content},
    write::Lines,
};
use crate::link::{Whose, by_secret};

/// What the caller has already.
#[derive(Debug, Clone)]
pub struct IfNoneMatch(Option<String>);
impl FromRequestParts<House> for IfNoneMatch {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &House) -> Result<Self> {
        Ok(Self(parts.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned)))
    }
}
impl Describe for IfNoneMatch {
    fn describe(_: &mut Operation) {}
}
impl IfNoneMatch {
    fn has(&self, etag: &str) -> bool {
        let known = self.0.as_deref().unwrap_or_default();
        known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == etag || one == "*")
    }
}

pub struct Feed {
    body: Option<String>,
    etag: String,
}
impl IntoResponse for Feed {
    fn into_response(self) -> Response {
        let status = if self.body.is_some() { StatusCode::OK } else { StatusCode::NOT_MODIFIED };
        let mut response = (status, self.body.unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Ok(etag) = HeaderValue::try_from(format!("W/{}", self.etag)) {
            headers.insert(header::ETAG, etag);
        }
        response
    }
}
impl Describe for Feed {
    fn describe(operation: &mut Operation) {
        operation.success = (200, Some(("text/calendar", serde_json::json!({ "type": "string" }))));
    }
}

pub async fn get(visitor: Visitor, Path(token): Path<String>, known: IfNoneMatch) -> Result<Feed> {
    let link = match token.len() {
        64 => visitor.read(by_secret(hash(&token))).await?,
        _ => None,
    };
    // Whoever tries addresses is slowed down; whoever has one is not.
    let Some(whose) = link.as_ref().and_then(Whose::of) else {
        visitor.house().limits().careful("calendar", &visitor.peer)?;
        return Err(Error::NotFound);
    };
    let Content { title, events, series } = events::of(&visitor, whose).await?;
    let zone = &visitor.tenant().locale.zone;
    let name = zone.iana_name().unwrap_or("UTC");
    let now = visitor.now();
    let month = SignedDuration::from_hours(24 * 95);
    let mut lines = Lines::default();
    lines.plain("BEGIN", "VCALENDAR");
    lines.plain("VERSION", "2.0");
    lines.plain("PRODID", "-//Tradewind//Calendars//EN");
    lines.plain("CALSCALE", "GREGORIAN");
    lines.plain("METHOD", "PUBLISH");
    lines.text("NAME", &title);
    lines.text("X-WR-CALNAME", &title);
    lines.plain("REFRESH-INTERVAL;VALUE=DURATION", "PT30M");
    lines.plain("X-PUBLISHED-TTL", "PT30M");
    // Changes of the clock a while around the window too, for a day off may begin before it. The day alone moves the
    // edges, so that the answer stays the same from one look to the next.
    let begin = now.saturating_sub(BACK).and_then(|at| at.saturating_sub(month)).unwrap_or(now);
    let end = now.saturating_add(AHEAD).and_then(|at| at.saturating_add(month)).unwrap_or(now);
    let first = events.iter().map(|event| event.starts_at).min().map_or(begin, |first| first.min(begin));
    let last = events.iter().map(|event| event.ends_at).max().map_or(end, |last| last.max(end));
    // A plan counts by a clock of its own.
    let mut clocks = BTreeMap::from([(name, (zone, first, last))]);
    for one in &series {
        let (begins, ends) = (one.first.starts_at, one.ends());
        let (_, first, last) = clocks.entry(&one.zone_name).or_insert((&one.zone, begins, ends));
        (*first, *last) = ((*first).min(begins), (*last).max(ends));
    }
    for (name, (zone, first, last)) in clocks {
        clock::write(&mut lines, zone, name, first, last);
    }
    for event in &events {
        event.write(&mut lines, zone, name, |_| {});
    }
    for series in &series {
        series.write(&mut lines);
    }
    lines.plain("END", "VCALENDAR");
    let body = lines.done();
    let etag = format!("\"{}\"", &hash(&body)[..32]);
    Ok(Feed { body: (!known.has(&etag)).then_some(body), etag })
}

//! `GET /live?topics=appointment.*,invoice.paid`: server-sent events `{seq, kind, subject}` of one company.
//! Each goes only to those who hold the permission the event names; a screen then asks for what it shows.
use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures_util::stream;
use serde_json::json;
use std::{collections::VecDeque, convert::Infallible, time::Duration};
use tokio::{sync::broadcast, time::Instant};
use uuid::Uuid;

use super::{Heard, follow::newest};
use crate::{
    Actor, EVENTS, Error, House, Result, Scope, Visitor,
    http::Query,
    module::{Gate, Route},
    openapi::Operation,
    reach::{self, By},
    row, sql,
};

/// A stream ends after two minutes; the browser comes back with `Last-Event-ID`, and its rights are looked at again.
const LONGEST: Duration = Duration::from_secs(120);
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Who missed more than this loads its screen anew.
const REPLAYED: i64 = 1000;

row! { struct Missed { seq: i64, kind: String, subject: Option<Uuid> } }
sql! {
    #![ops]
    fn oldest() -> Option<i64> = "select coalesce(o.seq, 0) as seq from ops.outbox as o where o.seq is not null order by o.seq limit 1";
    fn missed(tenant: Uuid, after: i64, many: i64) -> Vec<Missed> = "
        select coalesce(o.seq, 0) as seq, o.kind, o.subject from ops.outbox as o
        where o.tenant_id = $1 and o.seq > $2 order by o.seq limit $3";
}

/// For `http::serve::router`, beside the routes that have a time-out.
pub fn streams() -> Router<House> {
    Router::new().route("/live", get(live))
}

/// For the document alone: what is no endpoint describes itself here.
pub(crate) fn route() -> Route {
    let describe = |operation: &mut Operation| {
        operation.parameters_of::<Asked>("query");
        operation.parameters.push(json!({ "name": "Last-Event-ID", "in": "header", "required": false, "description": "The number of the last event that was heard; what was missed since comes first.", "schema": { "type": "string" } }));
        operation.success = (200, Some(("text/event-stream", json!({ "type": "string" }))));
        operation.signed_in = true;
    };
    let summary = "What happens, as it happens: server-sent events of number, kind and id";
    Route { module: "live", method: Method::GET, path: "/live", gate: Gate::Visitor, summary, describe }
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Asked {
    /// Kinds of events, or beginnings of kinds, with commas between: `appointment.*,invoice.paid`. Left out, all.
    topics: Option<String>,
}

async fn live(visitor: Visitor, Query(asked): Query<Asked>, headers: HeaderMap) -> Result<impl IntoResponse> {
    let principal = visitor.principal().ok_or(Error::Unauthenticated)?.clone();
    // A stream outlives the few seconds after which a visit that was ended is over.
    if matches!(principal.actor, Actor::Operator { .. }) {
        return Err(Error::NotFound);
    }
    let topics = Topics::parse(asked.topics.as_deref().unwrap_or("*"))?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let house = visitor.house().clone();
    // First the seat, then the past: what happens in between is in both, and told once by its number.
    let seat = house.hub().listen(visitor.tenant().id)?;
    let scope = visitor.clone().held();
    let (seq, first) = past(&scope, &topics, last).await?;
    let left = principal.expires.and_then(|at| Duration::try_from(at.duration_since(visitor.now())).ok());
    let until = Instant::now() + left.map_or(LONGEST, |left| left.min(LONGEST));
    let listener = Listener { scope, topics, seat, seq, first, until };
    let events = stream::unfold(listener, |mut listener| async move {
        listener.next().await.map(|event| (Ok::<_, Infallible>(event), listener))
    });
    // Proxies shall pass on each event as it comes.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((unbuffered, Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))))
}

/// Where the stream begins, and what to say first.
async fn past(scope: &Scope, topics: &Topics, last: Option<i64>) -> Result<(i64, VecDeque<Event>)> {
    let ops = scope.house().ops();
    let (newest, oldest) = ops.run((newest(), oldest())).await?;
    // With the number of `ready` a screen that hears nothing for two minutes comes back to the right place.
    let ready = |seq: i64| Event::default().event("ready").id(seq.to_string()).retry(Duration::from_secs(2)).data("{}");
    let reset = || Event::default().event("reset").id(newest.to_string()).data("{}");
    let Some(last) = last else { return Ok((newest, [ready(newest)].into())) };
    let gone = last > newest || (last < newest && oldest.is_none_or(|oldest| last + 1 < oldest));
    let events = match gone {
        true => vec![],
        false => ops.run(missed(scope.tenant().id, last, REPLAYED + 1)).await?,
    };
    if gone || events.len() as i64 > REPLAYED {
        return Ok((newest, [reset()].into()));
    }
    let seq = events.last().map_or(last, |event| event.seq).max(last);
    let events = events.into_iter().map(|Missed { seq, kind, subject }| Heard {
        seq,
        tenant: scope.tenant().id,
        kind,
        subject: subject.unwrap_or_default(),
    });
    let mut first = VecDeque::from([ready(last)]);
    for heard in events.filter(|heard| topics.wants(heard)) {
        first.extend(audible(scope, heard).await.map(|heard| written(&heard)));
    }
    Ok((seq, first))
}

struct Listener {
    scope: Scope,
    topics: Topics,
    seat: broadcast::Receiver<Heard>,
    /// Up to here everything is told.
    seq: i64,
    first: VecDeque<Event>,
    until: Instant,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.first.pop_front() {
            return Some(event);
        }
        loop {
            let heard = match tokio::time::timeout_at(self.until, self.seat.recv()).await {
                Ok(Ok(heard)) => heard,
                // Too slow: what it missed is no longer here.
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => {
                    return Some(Event::default().event("reset").data("{}"));
                }
                Ok(Err(broadcast::error::RecvError::Closed)) | Err(_) => return None,
            };
            if heard.seq <= self.seq {
                continue;
            }
            self.seq = heard.seq;
            if self.topics.wants(&heard)
                && let Some(heard) = audible(&self.scope, heard).await
            {
                return Some(written(&heard));
            }
        }
    }
}

fn written(heard: &Heard) -> Event {
    Event::default().id(heard.seq.to_string()).data(serde_json::to_string(heard).unwrap_or_default())
}

/// An event that this version does not know is heard by nobody.
fn may_hear(scope: &Scope, heard: &Heard) -> bool {
    EVENTS.iter().any(|event| event.kind == heard.kind && scope.may(event.seen_by))
}

/// What of an event this listener hears: who does not reach all must see its subject.
async fn audible(scope: &Scope, heard: Heard) -> Option<Heard> {
    if !may_hear(scope, &heard) {
        return None;
    }
    if scope.within().is_none() {
        return Some(heard);
    }
    let (seen, at_least_that) = match reach::heard_by(&heard.kind)? {
        By::Everybody => return Some(heard),
        By::WhoSees(seen) => (seen, false),
        By::AtLeastThat(seen) => (seen, true),
    };
    match seen(scope.clone(), heard.subject).await {
        Ok(true) => Some(heard),
        Ok(false) => at_least_that.then(|| Heard { subject: Uuid::nil(), ..heard }),
        // Better to be told too little: the page that is loaded next shows all of it.
        Err(error) => {
            tracing::warn!(%error, kind = heard.kind, "whether somebody sees this could not be asked");
            None
        }
    }
}

/// `a.*` is everything that begins with `a.`, `*` is everything.
#[derive(Debug)]
struct Topics(Vec<String>);

impl Topics {
    fn parse(text: &str) -> Result<Self> {
        let topics: Vec<String> = text.split([',', ' ']).filter(|t| !t.is_empty()).map(str::to_owned).collect();
        let fine = |t: &String| t.len() <= 100 && !t.trim_end_matches('*').contains('*');
        match (1..=50).contains(&topics.len()) && topics.iter().all(fine) {
            true => Ok(Self(topics)),
            false => Err(Error::field(
                "/topics",
                "topics",
                "Name one to fifty topics, with commas between: `appointment.*,invoice.paid`.",
            )),
        }
    }
    fn wants(&self, heard: &Heard) -> bool {
        self.0.iter().any(|topic| match topic.strip_suffix('*') {
            Some(start) => heard.kind.starts_with(start),
            None => *topic == heard.kind,
        })
    }
}

#[test]
fn topics_are_kinds_or_beginnings_of_kinds() {
    let heard = |kind: &str| Heard { seq: 1, tenant: Uuid::nil(), kind: kind.into(), subject: Uuid::nil() };
    let topics = Topics::parse("job.*,invoice.paid").unwrap();
    let wanted = ["job.done", "invoice.paid", "invoice.sent", "jobs.done"].map(|kind| topics.wants(&heard(kind)));
    assert_eq!(wanted, [true, true, false, false]);
    assert!(Topics::parse("*").unwrap().wants(&heard("x")));
    assert!(Topics::parse("a*b").is_err() && Topics::parse(",").is_err() && Topics::parse(&"a,".repeat(51)).is_err());
}

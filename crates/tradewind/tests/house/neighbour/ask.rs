//! Asking, many at a time, and comparing: what a foreign id answers must be what a missing one answers.
use super::{declared::Declared, operation::Operation};
use axum::{
    Router,
    body::{Body, HttpBody, to_bytes},
    http::{Method, Request, header},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tower::ServiceExt;

/// Somebody with a credential (or none) at an address.
#[derive(Debug, Clone)]
pub struct Caller {
    pub name: String,
    pub role: Option<kernel::Role>,
    pub host: String,
    pub headers: Vec<(&'static str, String)>,
}

impl Caller {
    pub fn new(name: &str, host: &str, headers: &[(&'static str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { name: name.into(), role: None, host: host.into(), headers }
    }
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.push((name, value.to_owned()));
        caller
    }
    pub fn at(&self, host: &str) -> Self {
        Self { host: host.into(), ..self.clone() }
    }
}

/// What a caller sees of an answer, without what differs between any two requests and without ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    pub status: u16,
    /// Content type, location, version, and whether an answer was repeated.
    pub headers: [String; 4],
    pub text: String,
}

impl Face {
    /// Done, or shown; being sent to sign in is neither.
    pub fn is_success(&self) -> bool {
        self.status < 400 && !["/sign-in", "/portal/sign-in"].iter().any(|page| self.headers[1].starts_with(page))
    }
}

/// Routes that answer ids which exist nowhere with more than a refusal, and why that is no hole.
const ANSWERS: [&str; 4] = [
    // Who has not said where is sent to the first question, whatever they chose.
    "/book/service",
    // Fragments of a job that the office took off the day while the phone showed it.
    "/tech/jobs/{visit}/progress",
    "/tech/jobs/{visit}/next",
    // The page that asks whom the invoice is for, again, with a sentence.
    "/invoices/new/{id}",
];

/// One request, and the ids it is made of.
#[derive(Debug, Clone)]
pub struct Fill {
    pub kind: &'static str,
    pub ids: Vec<String>,
}

/// Requests that must all be answered as the first is, whose ids exist nowhere.
#[derive(Debug, Clone)]
pub struct Group {
    pub operation: Arc<Operation>,
    pub caller: Arc<Caller>,
    pub nothing: Vec<String>,
    /// None of the ids is our own.
    pub foreign: bool,
    pub fills: Vec<Fill>,
}

/// What must not be seen, and what was.
pub struct Probe {
    pub router: Router,
    /// Ids and words that only the neighbour has.
    pub secret_ids: HashSet<String>,
    pub secret_words: Vec<String>,
    pub counts: Mutex<BTreeMap<&'static str, usize>>,
    pub leaks: Mutex<Vec<String>>,
    pub declared: Arc<Declared>,
    /// Answers of which the document of the API says nothing.
    pub undeclared: Mutex<BTreeSet<String>>,
}

impl Probe {
    /// For whom nothing is a secret.
    pub fn of(router: &Router, declared: &Arc<Declared>) -> Self {
        let (secret_ids, secret_words) = (HashSet::new(), vec![]);
        Self {
            router: router.clone(),
            secret_ids,
            secret_words,
            counts: Mutex::default(),
            leaks: Mutex::default(),
            declared: declared.clone(),
            undeclared: Mutex::default(),
        }
    }
    pub fn count(&self, kind: &'static str) {
        *self.counts.lock().unwrap().entry(kind).or_default() += 1;
    }
    pub fn leak(&self, what: String) {
        self.leaks.lock().unwrap().push(what);
    }

    /// All groups, by so many workers on the threads of the runtime.
    pub async fn run(self: &Arc<Self>, workers: usize, groups: Vec<Group>) {
        let (groups, next) = (Arc::new(groups), Arc::new(AtomicUsize::new(0)));
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let (probe, groups, next) = (self.clone(), groups.clone(), next.clone());
                tokio::spawn(async move {
                    while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                        probe.group(group).await;
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
    }

    async fn group(&self, group: &Group) {
        let (operation, who) = (&group.operation, &group.caller.name);
        let mut missing = self.ask(operation, &group.caller, &group.nothing).await;
        self.count("missing");
        let what = || format!("{} {} by {who}", operation.method, operation.path);
        if missing.is_success() && operation.method != Method::GET {
            // Something of our own was changed; from now on the answer is the same again.
            missing = self.ask(operation, &group.caller, &group.nothing).await;
        }
        // A filter by an id that exists nowhere finds nothing; everything else must be refused.
        let filters = operation.method == Method::GET && !operation.in_path();
        if group.foreign && missing.is_success() && !filters && !ANSWERS.contains(&operation.route) {
            self.leak(format!("{}: takes ids that exist nowhere: {missing:?}", what()));
        }
        for fill in &group.fills {
            let answer = self.ask(operation, &group.caller, &fill.ids).await;
            self.count(fill.kind);
            if answer != missing {
                // A part of a page that the machine was too busy for is left out, once; a hole stays one. What is the
                // neighbour's by its id or name has been told already.
                self.count("asked again");
                missing = self.ask(operation, &group.caller, &group.nothing).await;
                let answer = self.ask(operation, &group.caller, &fill.ids).await;
                if answer == missing {
                    continue;
                }
                self.leak(format!("{} ({} {:?}): {answer:?} instead of {missing:?}", what(), fill.kind, fill.ids));
            }
        }
    }

    pub async fn ask(&self, operation: &Operation, caller: &Caller, ids: &[String]) -> Face {
        let (path, body) = operation.filled(ids);
        // Without a version the door would be shut before anybody looks at the id.
        let versioned = operation.versioned && caller.headers.iter().all(|(name, _)| *name != "if-match");
        let caller = if versioned { &caller.with("if-match", "\"1\"") } else { caller };
        self.send(&operation.method, &path, caller, operation.media, body, ids).await
    }

    /// What a stream says within a moment.
    pub async fn hear(&self, path: &str, caller: &Caller) -> String {
        let mut request = Request::builder().uri(path).header(header::HOST, &caller.host);
        for (name, value) in &caller.headers {
            request = request.header(*name, value);
        }
        let Ok(response) = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        let (mut body, mut heard) = (response.into_body(), String::new());
        let moment = std::time::Duration::from_millis(40);
        let mut next = async || {
            let frame = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
            tokio::time::timeout(moment, frame).await
        };
        while let Ok(Some(Ok(frame))) = next().await {
            heard += &String::from_utf8_lossy(frame.data_ref().map_or(&[], |data| &data[..]));
        }
        let mut found = vec![];
        masked(&heard, &mut found);
        for id in found.iter().filter(|id| self.secret_ids.contains(*id)) {
            self.leak(format!("{path} tells {} of {id}, which is the neighbour's", caller.name));
        }
        heard
    }

    /// Sends; whatever of the neighbour's the answer shows beyond what was asked is a leak by itself.
    pub async fn send(
        &self,
        method: &Method,
        path: &str,
        caller: &Caller,
        media: Option<&'static str>,
        body: String,
        asked: &[String],
    ) -> Face {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, &caller.host);
        for (name, value) in &caller.headers {
            request = request.header(*name, value);
        }
        if let Some(media) = media {
            request = request.header(header::CONTENT_TYPE, media);
        }
        let request = request.body(Body::from(body)).unwrap();
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        if let Some(missing) = self.declared.missing(method, path, parts.status.as_u16()) {
            self.undeclared.lock().unwrap().insert(missing);
        }
        let bytes = to_bytes(body, 32 << 20).await.unwrap();
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        let seen = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let mut headers = ["content-type", "location", "etag", "idempotency-replayed"].map(seen);
        for id in asked {
            for text in std::iter::once(&mut text).chain(&mut headers) {
                if text.contains(id.as_str()) {
                    *text = text.replace(id.as_str(), "<id>");
                }
            }
        }
        for word in self.secret_words.iter().filter(|word| text.contains(*word) && !path.contains(word.as_str())) {
            self.leak(format!("{method} {path} by {} shows `{word}`, which is the neighbour's", caller.name));
        }
        let mut found = vec![];
        let text = masked(&text, &mut found);
        headers[1] = masked(&headers[1], &mut found);
        // Links of a page spell an id in their own way.
        let digits = |id: &str| id.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
        let was_asked = |id: &String| asked.iter().any(|asked| digits(asked).ends_with(&digits(id)));
        for id in found.iter().filter(|id| self.secret_ids.contains(*id) && !was_asked(id)) {
            self.leak(format!("{method} {path} by {} shows {id}, which is the neighbour's", caller.name));
        }
        Face { status: parts.status.as_u16(), headers, text }
    }
}

/// The text with every id replaced; the ids go to `found`.
pub fn masked(text: &str, found: &mut Vec<String>) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut kept) = (String::with_capacity(text.len()), 0);
    for (dash, _) in text.match_indices('-') {
        let Some(start) = dash.checked_sub(8).filter(|start| *start >= kept) else { continue };
        let Some(id) = bytes.get(start..start + 36) else { break };
        let fits = |(i, b): (usize, &u8)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        };
        if id[13] == b'-' && id.iter().enumerate().all(fits) {
            out += &text[kept..start];
            out += "<id>";
            found.push(text[start..start + 36].to_ascii_lowercase());
            kept = start + 36;
        }
    }
    out + &text[kept..]
}

#[test]
fn ids_are_found_and_masked() {
    let id = "0190b6a2-7c1e-7def-8000-0123456789ab";
    let mut found = vec![];
    let text = format!("a-b <a href=\"/x/{id}\">{}</a> 2026-06-22 {id}-", id.to_uppercase());
    assert_eq!(masked(&text, &mut found), "a-b <a href=\"/x/<id>\"><id></a> 2026-06-22 <id>-");
    assert_eq!(found, [id, id, id]);
}

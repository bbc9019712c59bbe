//! The kinds of probes: which ids, in whose hands, in which places.
use super::{
    ask::{Caller, Fill, Group, Probe},
    operation::Operation,
    side::{Cast, Side, nowhere},
};
use axum::http::Method;
use kernel::{PERMISSIONS, Role, module::Gate};
use std::{collections::HashSet, sync::Arc};

type Operations = [Arc<Operation>];

/// Whether a role may come in here.
fn admits(operation: &Operation, role: Role) -> bool {
    match operation.gate {
        Gate::Permission(name) => PERMISSIONS.iter().all(|p| p.name != name || p.roles.contains(&role)),
        _ => true,
    }
}

/// Every operation with a place for an id, by everybody: each table's id of the neighbour's in every place, ids that fit
/// the places and belong together, deleted ids, other ids that exist nowhere. By each role: the ids that fit. `turn` says which
/// part of the ids of any table is asked here, of how many.
pub fn alone(operations: &Operations, cast: &Cast, ours: &Side, theirs: &Side, turn: (usize, usize)) -> Vec<Group> {
    let mut groups = vec![];
    let everybody = [&cast.token, &cast.key, &cast.session, &cast.phone, &cast.public];
    let everybody: Vec<Arc<Caller>> = everybody.into_iter().chain(&cast.roles).map(|c| Arc::new(c.clone())).collect();
    let is_link = |name: &str| matches!(name, "token" | "visit_link" | "estimate_link" | "rate_link" | "invoice_link");
    for (n, operation) in operations.iter().filter(|o| !o.places.is_empty()).enumerate() {
        let all = |id: &String| -> Vec<String> { operation.places.iter().map(|_| id.clone()).collect() };
        for (i, caller) in everybody.iter().enumerate() {
            // The phone is a technician's: elsewhere it is one role more, and the roles are asked below.
            if i == 3 && operation.gate != Gate::Permission("work.own") {
                continue;
            }
            let mut fills = vec![];
            let kind = if i < 5 { "theirs" } else { "by role" };
            fills.extend(theirs.right(operation).map(|ids| Fill { kind, ids }));
            if i < 5 {
                // What one has deleted oneself has a history still; the neighbour's has none.
                let remembers = matches!(operation.route, "/history/{id}" | "/api/v1/history/{id}");
                let deleted = theirs.deleted.iter().chain(ours.deleted.iter().filter(|_| !remembers));
                fills.extend(deleted.map(|id| Fill { kind: "deleted", ids: all(id) }));
                fills.push(Fill { kind: "missing", ids: nowhere(operation) });
            }
            // Who may not come in learns nothing from thirty kinds of ids that one does not tell.
            let table = |id| Fill { kind: "any table", ids: all(id) };
            // A key is for the API and a session for the pages; a token opens both.
            let at_home = match i {
                1 => operation.route.starts_with("/api/"),
                2 => !operation.route.starts_with("/api/"),
                _ => true,
            };
            if (i < 4 && at_home) || !matches!(operation.gate, Gate::Permission(_)) {
                let of_any = theirs.one.iter().filter(|(name, _)| !is_link(name)).enumerate();
                fills.extend(of_any.filter(|(k, _)| (n + i + k) % turn.1 == turn.0).map(|(_, (_, id))| table(id)));
            }
            let nothing = nowhere(operation);
            groups.push(Group { operation: operation.clone(), caller: caller.clone(), nothing, foreign: true, fills });
        }
    }
    groups
}

/// One foreign id among our own, and one of our own among foreign ones.
pub fn pairs(operations: &Operations, cast: &Cast, ours: &Side, theirs: &Side) -> Vec<Group> {
    let mut groups = vec![];
    for operation in operations.iter().filter(|o| o.places.len() > 1) {
        let (Some(own), Some(foreign)) = (ours.right(operation), theirs.right(operation)) else { continue };
        for caller in [&cast.token, &cast.key, &cast.session, &cast.phone] {
            for place in 0..operation.places.len() {
                let missing = nowhere(operation);
                let (mut nothing, mut ids) = (own.clone(), own.clone());
                nothing[place] = missing[place].clone();
                ids[place] = foreign[place].clone();
                let one = Group {
                    operation: operation.clone(),
                    caller: Arc::new(caller.clone()),
                    nothing,
                    foreign: false,
                    fills: vec![Fill { kind: "one foreign", ids }],
                };
                let (mut nothing, mut ids) = (missing, foreign.clone());
                nothing[place] = own[place].clone();
                ids[place] = own[place].clone();
                let fills = vec![Fill { kind: "one own", ids }];
                groups.extend([one.clone(), Group { nothing, fills, ..one }]);
            }
        }
    }
    groups
}

/// The neighbour's ids as another hand writes them.
pub fn spellings(operations: &Operations, cast: &Cast, theirs: &Side) -> Vec<Group> {
    let mut groups = vec![];
    for operation in operations.iter().filter(|o| !o.places.is_empty()) {
        let Some(ids) = theirs.right(operation) else { continue };
        for spell in [
            |id: &String| id.to_uppercase(),
            |id: &String| id.replace('-', ""),
            |id: &String| format!("{{{id}}}"),
            |id: &String| format!("urn:uuid:{id}"),
            |id: &String| format!(" {id}"),
        ] {
            for caller in [&cast.token, &cast.session] {
                groups.push(Group {
                    operation: operation.clone(),
                    caller: Arc::new(caller.clone()),
                    nothing: nowhere(operation).iter().map(spell).collect(),
                    foreign: true,
                    fills: vec![Fill { kind: "spelling", ids: ids.iter().map(spell).collect() }],
                });
            }
        }
    }
    groups
}

/// The version that the neighbour's row has, weakly too, and one that nobody has: 404 comes before 412.
pub fn versions(operations: &Operations, cast: &Cast, theirs: &Side) -> Vec<Group> {
    let mut groups = vec![];
    for operation in operations.iter().filter(|o| o.versioned && !o.places.is_empty()) {
        let Some(ids) = theirs.right(operation) else { continue };
        let version = operation.places[0].table.and_then(|table| theirs.versions.get(table)).unwrap_or(&1);
        for caller in [&cast.token, &cast.key] {
            for version in [format!("\"{version}\""), format!("W/\"{version}\""), "\"999999\"".into()] {
                let caller = caller.with("if-match", &version);
                groups.push(Group {
                    operation: operation.clone(),
                    caller: Arc::new(caller),
                    nothing: nowhere(operation),
                    foreign: true,
                    fills: vec![Fill { kind: "version", ids: ids.clone() }],
                });
            }
        }
    }
    groups
}

/// Our credential at the neighbour's address, the neighbour's at ours, two at once: refused on every route. A cookie of
/// ours is nobody's at theirs, so the answer is a visitor's.
pub async fn wrong_doors(probe: &Arc<Probe>, operations: &Operations, cast: &Cast, theirs: &Cast) {
    let (here, there) = (&cast.token.host, &theirs.token.host);
    let bare = |caller: &Caller| caller.headers[0].1.trim_start_matches("Bearer ").to_owned();
    let key = |host: &str, caller: &Caller| Caller::new("x-api-key", host, &[("x-api-key", &bare(caller))]);
    let refused = [
        cast.token.at(there),
        cast.key.at(there),
        key(there, &cast.key),
        theirs.token.at(here),
        theirs.key.at(here),
        key(here, &theirs.key),
        cast.token.with("x-api-key", &bare(&theirs.key)),
        theirs.token.at(here).with("x-api-key", &bare(&cast.key)),
    ];
    let visitor = Caller::new("visitor", there, &[("accept", "text/html")]);
    let mut tasks = tokio::task::JoinSet::new();
    for chunk in operations.chunks(operations.len().div_ceil(8)) {
        let (probe, chunk, refused) = (probe.clone(), chunk.to_vec(), refused.clone());
        let (visitor, cookie) = (visitor.clone(), cast.session.at(there));
        tasks.spawn(async move {
            for operation in chunk {
                let what = format!("{} {}", operation.method, operation.path);
                let ids = nowhere(&operation);
                for caller in &refused {
                    let face = probe.ask(&operation, caller, &ids).await;
                    probe.count("wrong door");
                    if !matches!(face.status, 401 | 403) {
                        probe.leak(format!("{what} by {} at {}: {face:?}", caller.name, caller.host));
                    }
                }
                let expected = probe.ask(&operation, &visitor, &ids).await;
                let face = probe.ask(&operation, &cookie, &ids).await;
                probe.count("wrong door");
                if face != expected {
                    probe.leak(format!("{what} with our cookie at theirs: {face:?} instead of {expected:?}"));
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Whatever answers without an id: nothing of the neighbour's in it, whoever asks, whatever is looked for.
pub async fn lists(probe: &Arc<Probe>, operations: &Operations, cast: &Cast, theirs: &Side) {
    let tag = theirs.words[0].rsplit(' ').next().unwrap_or_default().to_owned();
    let mut callers = vec![cast.token.clone(), cast.key.clone(), cast.session.clone(), cast.phone.clone()];
    callers.extend(cast.roles.iter().cloned());
    callers.push(cast.token.with("x-forwarded-host", &theirs.host));
    callers.push(cast.session.with("forwarded", &format!("host={}", theirs.host)));
    let mut tasks = tokio::task::JoinSet::new();
    for caller in callers {
        let (probe, operations, tag) = (probe.clone(), operations.to_vec(), tag.clone());
        tasks.spawn(async move {
            for operation in operations.iter().filter(|o| o.method == Method::GET && !o.in_path()) {
                let base = operation.filled(&nowhere(operation)).0;
                let base = base.split('?').next().unwrap_or_default().to_owned();
                for path in [base.clone(), format!("{base}?q=rivera"), format!("{base}?q={tag}&limit=200")] {
                    // What is theirs is a leak wherever it shows.
                    probe.send(&Method::GET, &path, &caller, None, String::new(), &[]).await;
                    probe.count("list");
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Where a page of the neighbour's ended, sent as a cursor of ours.
pub async fn cursors(probe: &Arc<Probe>, eye: &Probe, operations: &Operations, cast: &Cast, theirs: &Cast) -> usize {
    let mut found = 0;
    for operation in operations.iter().filter(|o| o.paged && o.method == Method::GET && !o.in_path()) {
        let path = operation.route;
        let page =
            eye.send(&Method::GET, &format!("{path}?limit=1"), &theirs.token, None, String::new(), &[]).await.text;
        let cursor = page.split_once("\"next_cursor\":\"").and_then(|(_, rest)| rest.split_once('"'));
        let Some((cursor, _)) = cursor else { continue };
        found += 1;
        for caller in [&cast.token, &cast.key, &cast.session].into_iter().chain(&cast.roles) {
            for path in [format!("{path}?cursor={cursor}"), format!("{path}?cursor={cursor}&limit=200&q=rivera")] {
                let face = probe.send(&Method::GET, &path, caller, None, String::new(), &[]).await;
                probe.count("cursor");
                if face.status >= 500 {
                    probe.leak(format!("{path} by {}: {face:?}", caller.name));
                }
            }
        }
    }
    found
}

/// Requests whose answers the neighbour keeps under a key, made by the neighbour.
pub async fn keep(eye: &Probe, operations: &Operations, theirs: &Cast, side: &Side) -> Vec<(Arc<Operation>, String)> {
    let mut kept = vec![];
    for (number, operation) in operations.iter().filter(|o| o.once && o.route.starts_with("/api/")).enumerate() {
        let Some(ids) = side.right(operation) else { continue };
        let key = format!("key-{number}");
        let caller = theirs.token.with("idempotency-key", &key);
        eye.ask(operation, &caller, &ids).await;
        if eye.ask(operation, &caller, &ids).await.headers[3] == "true" {
            kept.push((operation.clone(), key));
        }
    }
    kept
}

/// The same requests with the same keys from us: the neighbour's answer is not repeated.
pub async fn keys(probe: &Arc<Probe>, kept: Vec<(Arc<Operation>, String)>, cast: &Cast, theirs: &Side) {
    let mut groups = vec![];
    for (operation, key) in kept {
        let Some(ids) = theirs.right(&operation) else { continue };
        for caller in [&cast.token, &cast.key, &cast.session] {
            // Token and session are one person, to whom an answer of the person's own is repeated.
            if operation.places.is_empty() && caller.name == "session" {
                continue;
            }
            let caller = caller.with("idempotency-key", &key);
            if operation.places.is_empty() {
                let face = probe.ask(&operation, &caller, &ids).await;
                probe.count("key");
                if face.headers[3] == "true" {
                    probe.leak(format!("{} {} repeats the neighbour's answer", operation.method, operation.path));
                }
                continue;
            }
            groups.push(Group {
                nothing: nowhere(&operation),
                foreign: true,
                fills: vec![Fill { kind: "key", ids: ids.clone() }],
                caller: Arc::new(caller),
                operation: operation.clone(),
            });
        }
    }
    probe.run(16, groups).await;
}

/// Our own ids in the hands of those who may not: the door stays shut before a row is looked at.
pub async fn shut(probe: &Arc<Probe>, operations: &Operations, cast: &Cast, ours: &Side) {
    for operation in operations {
        let Some(ids) = ours.right(operation) else { continue };
        let gated = matches!(operation.gate, Gate::Permission(_));
        let who = std::iter::once(&cast.public).chain(&cast.roles);
        for caller in who.filter(|c| gated && c.role.is_none_or(|role| !admits(operation, role))) {
            let face = probe.ask(operation, caller, &ids).await;
            probe.count("shut");
            // The first page sends those who may not see it to their own.
            let sent_on = operation.path == "/" && face.status == 303;
            let expected = if caller.role.is_some() { 403 } else { 401 };
            if face.status != expected && !sent_on {
                probe.leak(format!("{} {} lets {} in: {face:?}", operation.method, operation.path, caller.name));
            }
        }
    }
}

/// The positive control: with our own ids the same requests answer otherwise, so each probe could have failed. Gives the
/// operations that make no difference. It comes last, for it changes our rows.
pub async fn own(probe: &Arc<Probe>, operations: &Operations, cast: &Cast, ours: &Side) -> Vec<(String, String)> {
    let (mut same, mut different) = (vec![], HashSet::new());
    let mut asked: Vec<_> = operations.iter().filter(|o| !o.places.is_empty() && o.gate != Gate::Operator).collect();
    // What shuts the way for others comes late: the technician loses the log-in, a thing is put away or gone.
    asked.sort_by_key(|o| {
        let people = o.route.contains("/members/") || o.route.contains("/people/");
        let away = ["/archive", "/remove", "/leave", "/discard"].iter().any(|verb| o.path.ends_with(verb));
        (o.method != Method::GET, !o.route.starts_with("/tech/"), people, away, o.method == Method::DELETE)
    });
    for operation in asked {
        let caller = match operation.gate {
            Gate::Permission("work.own") => &cast.phone,
            Gate::Visitor => &cast.public,
            _ if operation.route.starts_with("/api/") => &cast.token,
            _ => &cast.session,
        };
        let missing = probe.ask(operation, caller, &nowhere(operation)).await;
        let Some(mut ids) = ours.right(operation) else {
            same.push((format!("{} {}", operation.method, operation.route), "whose ids belong here?".into()));
            continue;
        };
        if operation.method == Method::DELETE {
            // A page removes the first.
            for (id, place) in ids.iter_mut().zip(&operation.places) {
                *id = place.table.and_then(|table| ours.spare.get(table)).unwrap_or(id).clone();
            }
        }
        let own = probe.ask(operation, caller, &ids).await;
        probe.count("own");
        let which = format!("{} {}", operation.method, operation.route);
        if own != missing {
            different.insert(which);
        } else {
            let text: String = own.text.chars().take(400).collect();
            same.push((which, format!("{} {} {text}", operation.body, own.status)));
        }
    }
    // One of a route's bodies is enough: the fullest may contradict itself.
    same.retain(|(which, _)| !different.contains(which));
    same
}

/// The stream of live events: with the neighbour's last number, with nothing, after something has happened next door.
pub async fn live(probe: &Arc<Probe>, house: &harness::TestHouse, cast: &Cast, theirs: &Cast, ours: &Side) {
    let newest = house.above().await.query_one("select coalesce(max(seq), 0) from ops.outbox", &[]).await.unwrap();
    let newest: i64 = newest.get(0);
    let mut own = 0;
    for caller in [&cast.token, &cast.session, &cast.key].into_iter().chain(&cast.roles) {
        for last in [0, newest - 200, newest - 1] {
            let caller = caller.with("last-event-id", &last.max(0).to_string());
            let heard = probe.hear("/live?topics=*", &caller).await;
            probe.count("live");
            own += usize::from(ours.all.iter().any(|id| heard.contains(id)));
        }
        for stray in [caller.at(&theirs.token.host), Caller::new("nobody", &theirs.token.host, &[])] {
            let heard = probe.hear("/live?topics=*", &stray).await;
            probe.count("live");
            if heard.contains("event:") || heard.contains("data:") {
                probe.leak(format!("/live at {} by {}: {heard}", stray.host, caller.name));
            }
        }
    }
    assert!(own > 0, "nobody heard an event of our own");
}

//! Whatever is sent where: a refusal with a sentence at the field, never a fault of ours, and nothing of it kept.
//!
//! Made from the routes themselves, as the neighbour's probes are: every operation with a body, its own ids filled in, then spoilt in one
//! place at a time. What is plainly wrong (cut off, no object, another media type, too large, a field that nobody knows, a value of another
//! type, a required field left out) must be refused, and all of the company's rows be as they were. What is only hostile may be taken, for
//! a customer may be called `'; drop table`; but it must never break anything. Forms of pages and uploads: `bad_forms`.
use super::{
    bad_forms,
    neighbour::{
        ask::{Caller, Face, Probe},
        declared::Declared,
        operation::{Operation, described},
        operations,
        side::{Cast, Side, cast, furnish, nowhere},
    },
};
use harness::Company;
use kernel::{
    Access, Checks, Error, Input, Module, Result,
    http::Json,
    module::{Gate, Route},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tradewind::modules;

/// This ends the session that the tests ask by.
const NOT_ASKED: [&str; 1] = ["/sign-out"];

/// Words that only a programmer may read.
const INSIDE: [&str; 8] =
    ["panicked", "SQLSTATE", "tokio", "postgres", "serde", "violates", "stack backtrace", "invalid byte sequence"];

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Naive {
    name: String,
}
impl Input for Naive {
    fn check(&mut self, _: &mut Checks) {}
}
/// Breaks at what is long, takes fields that nobody knows, and answers what its description does not say.
async fn naive(_: Access<customers::CustomersRead>, Json(input): Json<Naive>) -> Result<Json<Value>> {
    match input.name.len() {
        0 => Err(Error::Malformed(418, "This pot is empty.".into())),
        n if n > 50_000 => Err(Error::Bug("too long for me".into())),
        _ => Ok(Json(json!({}))),
    }
}

/// A field of a body, by the route's own description.
pub struct Field {
    pub name: String,
    pub required: bool,
    /// `string`, `integer`, `boolean`, `array`, or the format of a string (`uuid`, `date`), or `enum`.
    pub kind: String,
}

pub fn fields(routes: &[Route], operation: &Operation) -> Vec<Field> {
    let Some(route) = routes.iter().find(|r| r.path == operation.route && r.method == operation.method) else {
        return vec![];
    };
    let mut described = described(route);
    let definitions = Value::Object(described.generator.take_definitions(true));
    let Some((_, schema)) = described.body else { return vec![] };
    let named = |schema: &Value| -> Value {
        let any = schema["anyOf"].as_array().and_then(|all| all.first()).unwrap_or(schema);
        let name = any["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        name.map_or(any.clone(), |name| definitions[name].clone())
    };
    let root = named(&schema);
    let required: Vec<&str> = root["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let kind = |schema: &Value| {
        let schema = named(schema);
        let plain = schema["type"].as_str().or(schema["type"][0].as_str()).unwrap_or("enum");
        match (schema.get("enum").or(schema.get("oneOf")), schema["format"].as_str()) {
            (Some(_), _) => "enum".to_owned(),
            (None, Some(format)) if plain == "string" => format.to_owned(),
            _ => plain.to_owned(),
        }
    };
    let properties = root["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| Field {
            name: name.clone(),
            required: required.contains(&name.as_str()),
            kind: kind(schema),
        })
        .collect()
}

/// Every value of the body that is no object, by its pointer.
fn leaves(value: &Value, at: String, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| leaves(value, format!("{at}/{name}"), found)),
        Value::Array(all) if matches!(all.first(), Some(Value::Object(_))) => {
            leaves(&all[0], format!("{at}/0"), found);
        }
        value => found.push((at, value.clone())),
    }
}

pub fn hostile(value: &Value) -> Vec<Value> {
    match value {
        Value::String(_) => vec![
            json!(""),
            json!("a\u{0}b"),
            json!(" \t\u{a0}\u{200b} "),
            json!("'; drop table customer; --"),
            json!("\"><script>alert(1)</script>{{7*7}}${7*7}"),
            json!("\r\nSet-Cookie: a=b\r\n"),
            json!("\u{202e}\u{feff}e\u{301}\u{1f469}\u{200d}\u{1f527}"),
            json!("x".repeat(100_000)),
            json!("\u{1d54f}".repeat(3_000)),
            json!("9999-12-31T23:59:59.999999999Z"),
            json!("2026-02-30"),
            json!("99999999999999999999999.99"),
            json!("00000000-0000-0000-0000-000000000000"),
        ],
        Value::Number(_) => {
            vec![json!(0), json!(-1), json!(i64::MAX), json!(i64::MIN), json!(i32::MAX), json!(1e300), json!(0.5)]
        }
        Value::Array(all) => vec![json!([]), json!(vec![all.first().cloned().unwrap_or(json!("a")); 5_000])],
        _ => vec![json!(null)],
    }
}

/// What is wrong with an answer.
fn fault(face: &Face, refused: bool, field: Option<&str>) -> Option<String> {
    let shown: String = face.text.chars().take(300).collect();
    if face.status >= 500 {
        return Some(format!("{} is a fault of ours: {shown}", face.status));
    }
    if face.status < 400 {
        // Who has not begun is sent to the first question of sign-up or booking, or to the door.
        let sent_back = face.status == 303 && bad_forms::BEGINNINGS.contains(&face.headers[1].as_str());
        return (refused && !sent_back).then(|| format!("{} takes what is wrong", face.status));
    }
    if let Some(word) = INSIDE.iter().find(|word| face.text.contains(**word)) {
        return Some(format!("{} says `{word}`: {shown}", face.status));
    }
    if !face.headers[0].starts_with("application/problem+json") {
        if face.text.len() < 100 {
            return Some(format!("{} says nothing: {shown}", face.status));
        }
        return bad_forms::untold(face, field).map(|what| format!("{what}: {shown}"));
    }
    let Ok(problem) = serde_json::from_str::<Value>(&face.text) else { return Some(format!("no JSON: {shown}")) };
    let sentence = |value: &Value| value.as_str().is_some_and(|text| text.len() > 5 && text.ends_with(['.', '?', '!']));
    if !sentence(&problem["detail"]) {
        return Some(format!("{} has no sentence: {shown}", face.status));
    }
    let errors: Vec<&Value> = problem["errors"].as_array().into_iter().flatten().collect();
    if !errors.iter().all(|error| sentence(&error["message"])) {
        return Some(format!("a field without a sentence: {shown}"));
    }
    let named = |field: &str| errors.iter().any(|e| e["pointer"].as_str().is_some_and(|p| p.contains(field)));
    match field {
        Some(field) if !named(field) && !problem["detail"].to_string().contains(field) => {
            Some(format!("does not name `{field}`: {shown}"))
        }
        _ => None,
    }
}

pub struct Tester {
    pub probe: Arc<Probe>,
    pub faults: Vec<String>,
    pub asked: usize,
    taken: usize,
    /// Answers that are a form again, with the sentence at its field.
    marked: usize,
}

impl Tester {
    #[allow(clippy::too_many_arguments)]
    pub async fn ask(
        &mut self,
        operation: &Operation,
        caller: &Caller,
        path: &str,
        media: Option<&'static str>,
        body: String,
        what: &str,
        refused: bool,
        field: Option<&str>,
    ) {
        let caller = if operation.versioned { caller.with("if-match", "\"1\"") } else { caller.clone() };
        let face = self.probe.send(&operation.method, path, &caller, media, body, &[]).await;
        self.asked += 1;
        self.taken += usize::from(face.status < 400);
        self.marked += usize::from(field.is_some_and(|field| bad_forms::marks(&face, field)));
        if let Some(fault) = fault(&face, refused, field) {
            self.faults.push(format!("{} {} {what}: {fault}", operation.method, operation.route));
        }
    }

    async fn plainly_wrong(&mut self, operation: &Operation, caller: &Caller, ids: &[String], required: &[String]) {
        let (path, body) = operation.filled(ids);
        let Ok(whole) = serde_json::from_str::<Value>(&body) else { return };
        let media = operation.media;
        let cut = body[..body.len() - 1].to_owned();
        self.ask(operation, caller, &path, media, cut, "cut off", true, None).await;
        for other in ["[1]", "7", "null", "\"text\"", ""] {
            self.ask(operation, caller, &path, media, other.into(), "no object", true, None).await;
        }
        self.ask(operation, caller, &path, Some("text/plain"), body.clone(), "as plain text", true, None).await;
        let large = format!("{}{}", " ".repeat(5 << 20), body);
        self.ask(operation, caller, &path, media, large, "5 MiB", true, None).await;
        let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
        self.ask(operation, caller, &path, media, deep, "50,000 deep", true, None).await;
        let mut more = whole.clone();
        more["surprise"] = json!(1);
        self.ask(operation, caller, &path, media, more.to_string(), "a field nobody knows", true, Some("surprise"))
            .await;
        for name in required {
            let mut less = whole.clone();
            less.as_object_mut().map(|map| map.remove(name));
            let what = format!("without {name}");
            self.ask(operation, caller, &path, media, less.to_string(), &what, true, Some(name)).await;
        }
        let mut found = vec![];
        leaves(&whole, String::new(), &mut found);
        for (pointer, value) in found {
            let other = if value.is_object() || value.is_array() { json!("text") } else { json!({ "a": 1 }) };
            let mut spoilt = whole.clone();
            let Some(place) = spoilt.pointer_mut(&pointer) else { continue };
            *place = other;
            let name = pointer.split('/').nth(1);
            let what = format!("{pointer} of another type");
            self.ask(operation, caller, &path, media, spoilt.to_string(), &what, true, name).await;
        }
    }

    async fn merely_hostile(&mut self, operation: &Operation, caller: &Caller, ids: &[String]) {
        let (path, body) = operation.filled(ids);
        if let Ok(whole) = serde_json::from_str::<Value>(&body) {
            let mut found = vec![];
            leaves(&whole, String::new(), &mut found);
            for (pointer, value) in found {
                for other in hostile(&value) {
                    let mut spoilt = whole.clone();
                    let Some(place) = spoilt.pointer_mut(&pointer) else { continue };
                    let what = format!("{pointer} = {:.40}", other.to_string());
                    *place = other;
                    self.ask(operation, caller, &path, operation.media, spoilt.to_string(), &what, false, None).await;
                }
            }
        } else if operation.media.is_some_and(|media| media.contains("urlencoded")) {
            let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            for at in 0..pairs.len() {
                for other in hostile(&json!("")) {
                    let mut spoilt = pairs.clone();
                    spoilt[at].1 = other.as_str().unwrap_or_default().to_owned();
                    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(spoilt).finish();
                    let what = format!("{} = {:.40}", pairs[at].0, other.to_string());
                    self.ask(operation, caller, &path, operation.media, body, &what, false, None).await;
                }
            }
        }
    }

    /// Ids that are none, cursors and limits that nobody gave.
    async fn addresses(&mut self, operation: &Operation, caller: &Caller, ids: &[String]) {
        for (at, _) in operation.places.iter().enumerate().filter(|(_, place)| place.at == "path") {
            for other in ["abc", "\0", "..", "%", "\u{1d54f}", &"9".repeat(3_000)] {
                let mut ids = ids.to_vec();
                ids[at] = other.into();
                let (path, body) = operation.filled(&ids);
                let what = format!("at {:.40}", other.escape_debug().to_string());
                self.ask(operation, caller, &path, operation.media, body, &what, true, None).await;
            }
        }
        if operation.paged {
            let (path, _) = operation.filled(ids);
            for query in
                ["cursor=abc", "cursor=%00", "limit=abc", "limit=-1", "limit=99999999999999999999", "surprise=1"]
            {
                let path = format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' });
                let refused = path.starts_with("/api/");
                self.ask(operation, caller, &path, None, String::new(), query, refused, None).await;
            }
        }
    }
}

/// Who asks here: a token the API, a session the pages; another person's what is a person's own, for that may end.
struct Askers {
    cast: Cast,
    own: [Caller; 2],
    outside: Caller,
}

impl Askers {
    async fn of(acme: &Company<'_>, side: &Side) -> Self {
        let person = acme.person("admin").await;
        let email = acme.email_of(&person).await;
        let (header, value) = person.credential.clone().unwrap();
        let form = acme.visitor().form("/sign-in", &[("email", &email), ("password", harness::PASSWORD)]).await;
        let cookie = form.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let page = [("accept", "text/html"), ("cookie", cookie.as_str())];
        Self {
            cast: cast(acme, side).await,
            own: [Caller::new("token", &acme.host, &[(header, &value)]), Caller::new("session", &acme.host, &page)],
            outside: Caller::new("outside", "tradewind.test", &page[..1]),
        }
    }
    fn by(&self, operation: &Operation) -> &Caller {
        let api = operation.route.starts_with("/api/");
        match (operation.gate, operation.route.contains("/account")) {
            (Gate::Outside, _) => &self.outside,
            (_, true) => &self.own[usize::from(!api)],
            (_, false) if api => &self.cast.token,
            _ => &self.cast.session,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_refused_and_what_is_hostile_breaks_nothing() {
    let planted = Module::new("planted").post("/api/v1/planted", naive, "Believes what it is told").post(
        "/planted",
        bad_forms::naive,
        "Believes what was typed",
    );
    let mut all = modules::list();
    all.push(planted);
    let routes: Vec<_> = all.iter().flat_map(|module| module.routes.clone()).collect();
    let house = harness::start(all).await;
    for placement in harness::PLACEMENTS {
        in_company(&house.company(placement).await, &routes).await;
    }
}

async fn in_company(acme: &Company<'_>, routes: &[Route]) {
    let placement = acme.placement.as_str();
    let side = furnish(acme).await;
    let askers = Askers::of(acme, &side).await;
    let probe = Arc::new(Probe::of(&acme.test.router, &Arc::new(Declared::of(routes))));
    let mut tester = Tester { probe, faults: vec![], asked: 0, taken: 0, marked: 0 };
    let mut asked: Vec<_> =
        operations(routes).into_iter().filter(|o| !NOT_ASKED.iter().any(|r| o.route.starts_with(r))).collect();
    // The rules are the same in both placements: the second is asked a part of them, another one each fourth.
    let whole = placement == harness::PLACEMENTS[0];
    let mut number = 0;
    asked.retain(|operation| {
        number += 1;
        whole || number % 4 == 0 || operation.route.contains("/planted")
    });
    // What is a person's own comes last, for the session may end by it.
    asked.sort_by_key(|o| o.route.contains("/account"));
    let ids = |operation: &Operation| side.right(operation).unwrap_or_else(|| nowhere(operation));

    let eye = acme.eye().await;
    let mut untouched = eye.fingerprint().await;
    for operation in asked.iter().filter(|o| o.body.len() > 2 || o.media.is_some_and(|m| m.contains("urlencoded"))) {
        let (fields, caller) = (fields(routes, operation), askers.by(operation));
        if operation.route.starts_with("/api/") && operation.media.is_some_and(|m| m.contains("json")) {
            let required: Vec<String> = fields.into_iter().filter(|f| f.required).map(|f| f.name).collect();
            tester.plainly_wrong(operation, caller, &ids(operation), &required).await;
        } else if operation.media.is_some_and(|media| media.contains("multipart")) {
            bad_forms::uploads(&mut tester, operation, caller, &ids(operation)).await;
        } else {
            bad_forms::plainly_wrong(&mut tester, operation, caller, &ids(operation), &fields).await;
        }
        // Once for a route; the culprit's name stands with it.
        let after = eye.fingerprint().await;
        if after != untouched {
            let changed = after.lines().filter(|line| !untouched.contains(*line)).collect::<Vec<_>>().join(" ");
            tester
                .faults
                .push(format!("{} {} saved a part of what it refused: {changed}", operation.method, operation.route));
            untouched = after;
        }
    }
    for operation in &asked {
        tester.addresses(operation, askers.by(operation), &ids(operation)).await;
    }
    // The planted doors alone take what is wrong, and break.
    let split = |faults: &mut Vec<String>| -> (Vec<String>, Vec<String>) {
        std::mem::take(faults).into_iter().partition(|f| f.contains("/planted"))
    };
    let (known, faults) = split(&mut tester.faults);
    assert!(
        faults.is_empty(),
        "{placement}: {} of {} answers to what is wrong:\n{}",
        faults.len(),
        tester.asked,
        faults.join("\n")
    );
    let api = known.iter().filter(|fault| fault.contains("/api/v1/planted")).count();
    assert_eq!(api, 1, "{known:#?}");
    for seen in ["a field nobody knows: 200 takes", "name of 100,000 letters: 500 is a fault", "without name: "] {
        assert!(
            known.iter().any(|fault| fault.contains("POST /planted ") && fault.contains(seen)),
            "{seen}: {known:#?}"
        );
    }
    assert_eq!(untouched, eye.fingerprint().await, "something that was refused has left a trace");
    let wrong = tester.asked;

    for operation in asked.iter().filter(|o| o.media.is_some()) {
        tester.merely_hostile(operation, askers.by(operation), &ids(operation)).await;
    }
    let (known, faults) = split(&mut tester.faults);
    assert!(known.iter().any(|fault| fault.contains("/api/v1/planted")), "{known:#?}");
    assert!(
        faults.is_empty(),
        "{placement}: {} of {} answers to what is hostile:\n{}",
        faults.len(),
        tester.asked,
        faults.join("\n")
    );
    println!(
        "{placement}: {wrong} wrong requests refused, {} hostile ones broke nothing, {} of them taken; {} fields marked",
        tester.asked - wrong,
        tester.taken,
        tester.marked
    );
    let part = if whole { 1 } else { 8 };
    assert!(
        wrong * part > 2_000
            && (tester.asked - wrong) * part > 3_000
            && tester.taken * part > 300
            && tester.marked * part > 150,
        "the test has lost its reach: {} marked",
        tester.marked
    );
    // Every answer of the API is one that its document names; the planted door's alone is not.
    let undeclared: Vec<String> = tester.probe.undeclared.lock().unwrap().iter().cloned().collect();
    assert_eq!(undeclared, ["POST /api/v1/planted answers 418, and the document does not say so"]);
    // Whoever asked can still ask: the refusals were not those of a door that had shut.
    for (caller, path) in [(&askers.cast.token, "/api/v1/customers"), (&askers.cast.session, "/customers")] {
        let face = tester.probe.send(&axum::http::Method::GET, path, caller, None, String::new(), &[]).await;
        assert_eq!(face.status, 200, "{path}");
    }
}

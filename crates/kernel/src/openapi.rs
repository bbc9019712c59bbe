//! The document of the API, made from the same types that the handlers take and give.
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    error::Problem,
    module::{Gate, Route},
};

/// One operation while it is being described.
pub struct Operation {
    pub generator: SchemaGenerator,
    /// The components that arguments and answers are, each with the path of its Rust type.
    pub named: BTreeMap<String, String>,
    pub parameters: Vec<Value>,
    pub body: Option<(&'static str, Value)>,
    pub success: (u16, Option<(&'static str, Value)>),
    /// Sends or wants an ETag.
    pub versioned: bool,
    pub needs_version: bool,
    pub once: bool,
    /// Whoever has signed in, whatever their permissions.
    pub signed_in: bool,
    /// Arguments are described first, then the answer.
    pub answering: bool,
}

/// An argument or an answer that says what it looks like on the wire.
pub trait Describe {
    fn describe(operation: &mut Operation);
}

impl Operation {
    /// Nothing is said of it yet.
    pub fn new(generator: SchemaGenerator) -> Self {
        Self {
            generator,
            named: BTreeMap::new(),
            parameters: vec![],
            body: None,
            success: (200, None),
            versioned: false,
            needs_version: false,
            once: false,
            signed_in: false,
            answering: false,
        }
    }

    pub fn schema<T: JsonSchema>(&mut self) -> Value {
        let schema = self.generator.subschema_for::<T>().to_value();
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            self.named.insert(name.to_owned(), T::schema_id().into_owned());
        }
        schema
    }

    /// Every property of `T` becomes a parameter.
    pub fn parameters_of<T: JsonSchema>(&mut self, place: &'static str) {
        let schema: Schema = self.generator.root_schema_for::<T>();
        let schema = schema.to_value();
        let required: Vec<&str> = schema["required"]
            .as_array()
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for (name, property) in schema["properties"].as_object().unwrap_or(&Map::new()) {
            let mut property = property.clone();
            let description = property.as_object_mut().and_then(|p| p.remove("description"));
            let mut parameter = json!({ "name": name, "in": place, "required": place == "path" || required.contains(&name.as_str()), "schema": property });
            if let Some(text) = description {
                parameter["description"] = text;
            }
            self.parameters.push(parameter);
        }
    }
}

/// Outside `/api/`: what programs and operators ask for besides.
const FOR_PROGRAMS: [&str; 7] =
    ["/healthz", "/readyz", "/metrics", "/openapi.json", "/.well-known/jwks.json", "/files/{id}", "/live"];

/// OpenAPI 3.1 for every route under `/api/`, and for the few others that programs use.
pub fn document(routes: &[Route], version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.definitions_path = "/components/schemas".into();
        s.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut named = BTreeMap::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let problem = generator.subschema_for::<Problem>().to_value();
    let stream = crate::live::route();
    for route in routes
        .iter()
        .chain(std::iter::once(&stream))
        .filter(|r| r.path.starts_with("/api/") || FOR_PROGRAMS.contains(&r.path))
    {
        let mut operation = Operation::new(std::mem::take(&mut generator));
        operation.named = std::mem::take(&mut named);
        (route.describe)(&mut operation);
        for name in path_names(route.path) {
            if !operation.parameters.iter().any(|p| p["in"] == "path" && p["name"] == name) {
                operation.parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }));
            }
        }
        operation.parameters.retain(|p| p["in"] != "path" || path_names(route.path).any(|name| p["name"] == name));
        if operation.needs_version {
            operation.parameters.push(json!({ "name": "If-Match", "in": "header", "required": true, "description": "The ETag of the version you saw.", "schema": { "type": "string" } }));
        }
        if operation.once {
            operation.parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "required": false, "description": "Sent again with the same body within 24 hours, the first answer comes back and nothing happens twice.", "schema": { "type": "string", "maxLength": 255 } }));
        }
        generator = std::mem::take(&mut operation.generator);
        named = std::mem::take(&mut operation.named);
        paths
            .entry(route.path)
            .or_default()
            .insert(route.method.as_str().to_lowercase(), write(route, operation, &problem));
    }
    let mut schemas = generator.take_definitions(true);
    veil(&paths, &mut schemas);
    let names = own_names(&schemas, &named);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tradewind",
            "version": version,
            "description": "Customers, booking, dispatch, work orders, invoices and payments of one company. Lists page by `cursor`; amounts are decimal text with a currency; times are RFC 3339 in UTC; every refusal is an RFC 9457 problem document.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }, { "api_key": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "An access token from `POST /api/v1/auth/token`, or an API key (`tk_…`)." },
                "api_key": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-tradewind" }
            }
        }
    });
    rename(&mut document, &names);
    document
}

/// In answers an amount may be `null`: who may not see prices is not shown it. What is sent has its amounts.
fn veil(paths: &BTreeMap<&str, Map<String, Value>>, schemas: &mut Map<String, Value>) {
    let operations = || paths.values().flat_map(Map::values);
    let sent = reached(operations().filter_map(|operation| operation.get("requestBody")), schemas);
    let given = reached(operations().filter_map(|operation| operation.get("responses")), schemas);
    for (name, schema) in schemas.iter_mut().filter(|(name, _)| given.contains(*name) && !sent.contains(*name)) {
        if name != MONEY {
            nullable(schema);
        }
    }
    if let Some(money) = schemas.get_mut(MONEY) {
        money["description"] = "An amount. In answers it is `null` to who may not see it: prices need `prices.see`, costs `costs.see`. Without the permission none can be sent either.".into();
    }
}

const MONEY: &str = "Money";

fn names_money(value: &Value) -> bool {
    value["$ref"].as_str().is_some_and(|path| path.rsplit('/').next() == Some(MONEY))
}

fn nullable(value: &mut Value) {
    if names_money(value) {
        let says = value.as_object_mut().and_then(|schema| schema.remove("description"));
        *value = json!({ "anyOf": [value, { "type": "null" }] });
        if let Some(says) = says {
            value["description"] = says;
        }
        return;
    }
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(key, value)| match (key.as_str(), value) {
            // What may be nothing already stays as it is.
            ("anyOf", Value::Array(some)) if some.iter().any(|one| one["type"] == "null") => {}
            (_, value) => nullable(value),
        }),
        Value::Array(values) => values.iter_mut().for_each(nullable),
        _ => {}
    }
}

/// The components that stand behind these.
fn reached<'a>(from: impl Iterator<Item = &'a Value>, schemas: &Map<String, Value>) -> BTreeSet<String> {
    fn named(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                let name = map.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
                found.extend(name.map(str::to_owned));
                map.values().for_each(|value| named(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| named(value, found)),
            _ => {}
        }
    }
    let (mut open, mut all) = (vec![], BTreeSet::new());
    from.for_each(|value| named(value, &mut open));
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.get(&name).filter(|_| all.insert(name.clone())) {
            named(schema, &mut open);
        }
    }
    all
}

/// Every noun has its `New` and its `Change`: where a component's name is taken, the noun is put behind it (`NewCustomer`).
fn own_names(schemas: &Map<String, Value>, named: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let stem = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let taken = |name: &str| schemas.keys().filter(|other| stem(other) == stem(name)).count() > 1;
    let mut names = BTreeMap::new();
    for (name, path) in named.iter().filter(|(name, _)| taken(name)) {
        let mut parts: Vec<&str> = path.split("::").collect();
        parts.pop();
        let noun = parts.get(1).or(parts.first()).copied().unwrap_or_default();
        let mut own = stem(name) + &camel(noun);
        if let (true, Some(verb)) = (names.values().any(|other| *other == own), parts.last()) {
            own += &camel(verb);
        }
        names.insert(name.clone(), own);
    }
    names
}

/// `time_off` is `TimeOff`.
fn camel(name: &str) -> String {
    name.split('_').filter(|word| !word.is_empty()).map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Object(schemas)) = map.get_mut("schemas") {
                let all = std::mem::take(schemas);
                *schemas = all.into_iter().map(|(name, s)| (names.get(&name).cloned().unwrap_or(name), s)).collect();
            }
            if let Some(Value::String(path)) = map.get_mut("$ref")
                && let Some((folder, name)) = path.rsplit_once('/')
                && let Some(own) = names.get(name)
            {
                *path = format!("{folder}/{own}");
            }
            map.values_mut().for_each(|value| rename(value, names));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, names)),
        _ => {}
    }
}

fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')).map(|p| p.trim_start_matches('*')))
}

fn refusal(description: &str, problem: &Value) -> Value {
    json!({ "description": description, "content": { "application/problem+json": { "schema": problem } } })
}

fn write(route: &Route, operation: Operation, problem: &Value) -> Value {
    let mut responses = Map::new();
    let (status, content) = operation.success;
    let mut success = json!({ "description": match status { 201 => "Made.", 202 => "Accepted; look at the job.", 204 => "Done.", 303 => "Go there.", _ => "Here it is." } });
    if let Some((media, schema)) = content {
        success["content"] = json!({ media: { "schema": schema } });
    }
    if operation.versioned {
        success["headers"] = json!({ "ETag": { "description": "The version; send it back in `If-Match`.", "schema": { "type": "string" } } });
    }
    if status == 201 {
        success["headers"]["Location"] = json!({ "description": "Where it is.", "schema": { "type": "string" } });
    }
    responses.insert(status.to_string(), success);
    let mut refuse = |status: u16, description: &str| {
        responses.insert(status.to_string(), refusal(description, problem));
    };
    refuse(400, "The request cannot be read.");
    // Also where no permission is asked for: a credential that comes along must be good, a password or token that is given
    // must be right, the address must be an open company's or the house's own.
    if matches!(route.gate, Gate::Permission(_)) {
        refuse(401, "Sign in first.");
        refuse(
            403,
            "The permission is missing, address and credential belong to different companies, or the company is closed.",
        );
    } else {
        refuse(401, "The credential, password or token is not good.");
        refuse(403, "Address and credential belong to different companies, or the company is closed.");
    }
    refuse(404, "There is nothing here, or nothing that you may see.");
    refuse(421, "Another process of the house serves this; its proxy should send the request there.");
    if operation.body.is_some() {
        refuse(413, "Too large.");
        refuse(415, "Not a media type that is understood here.");
        refuse(422, "Some values need mending; each is named.");
    }
    refuse(409, "The rules say no; the sentence says why.");
    if route.method == axum::http::Method::GET && !operation.parameters.is_empty() {
        refuse(422, "A parameter needs mending.");
    }
    // Browsers come here too, by a link of a page.
    let asks_who = matches!(route.gate, Gate::Permission(_)) || operation.signed_in;
    if asks_who && !route.path.starts_with("/api/") {
        let description = "Sign in first: where `Accept` asks for a page, the way there instead of 401.";
        responses.insert(
            "303".into(),
            json!({ "description": description, "headers": { "Location": { "schema": { "type": "string" } } } }),
        );
    }
    if operation.versioned && route.method == axum::http::Method::GET {
        responses
            .insert("304".into(), json!({ "description": "You have this version already, says `If-None-Match`." }));
    }
    let mut refuse = |status: u16, description: &str| {
        responses.insert(status.to_string(), refusal(description, problem));
    };
    if operation.needs_version {
        refuse(412, "Somebody changed it meanwhile.");
        refuse(428, "`If-Match` is missing.");
    }
    refuse(429, "Too many requests; `Retry-After` says when.");
    refuse(500, "Something broke on our side.");
    refuse(503, "Busy for a moment.");
    let mut out = json!({
        "operationId": format!("{}_{}", route.method.as_str().to_lowercase(), route.path.trim_start_matches("/api/v1/").trim_start_matches('/').replace(['/', '-', '.'], "_").replace(['{', '}', '*'], "")),
        "tags": [route.module],
        "summary": route.summary,
        "responses": responses,
    });
    if let Gate::Permission(name) = route.gate {
        out["x-permission"] = name.into();
    } else if !operation.signed_in {
        out["security"] = json!([]);
    }
    if !operation.parameters.is_empty() {
        out["parameters"] = operation.parameters.into();
    }
    if let Some((media, schema)) = operation.body {
        out["requestBody"] = json!({ "required": true, "content": { media: { "schema": schema } } });
    }
    out
}

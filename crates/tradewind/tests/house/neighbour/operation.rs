//! One operation of the house as something that carries ids: where they go in path, query and body, and whose they are.
use axum::http::Method;
use kernel::{
    module::{Gate, Route},
    openapi::Operation as Described,
};
use serde_json::{Value, json};

/// Where an id goes, and the table whose ids belong there (none when the name does not tell).
#[derive(Debug, Clone)]
pub struct Place {
    pub at: &'static str,
    pub table: Option<&'static str>,
}

/// A request with holes; `@0@` is the first.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    pub route: &'static str,
    pub gate: Gate,
    pub path: String,
    pub media: Option<&'static str>,
    pub body: String,
    pub places: Vec<Place>,
    pub versioned: bool,
    /// Keeps its answer with an idempotency key.
    pub once: bool,
    /// Pages by a cursor.
    pub paged: bool,
    /// Fields of the body that hold an id and may be left out.
    optional: Vec<String>,
}

impl Operation {
    /// One for a route; several where a word of the path chooses what is done, or where the body may carry ids that it
    /// need not: with all of them, with none, and with each alone, for together they may contradict each other.
    pub fn all_of(route: &Route) -> Vec<Self> {
        let verbs: &[&str] = match (route.path.contains("{verb}"), route.path.starts_with("/appointments")) {
            (false, _) => &[""],
            (true, true) => &["confirm", "en-route", "start", "complete", "no-show", "cancel"],
            (true, false) => &["leave", "return"],
        };
        let mut all = vec![];
        for verb in verbs {
            let full = Self::of(route, verb, None);
            let optional = full.optional.clone();
            let in_body = full.places.iter().any(|place| place.at == "body");
            all.push(full);
            if in_body && !optional.is_empty() {
                let alone = optional.iter().map(|name| Self::of(route, verb, Some(name)));
                let lean = std::iter::once(Self::of(route, verb, Some(""))).chain(alone);
                for one in lean.filter(|one| !one.places.is_empty()) {
                    if all.iter().all(|other: &Self| other.body != one.body) {
                        all.push(one);
                    }
                }
            }
        }
        all
    }

    /// With all fields, or with those that are required and one more.
    fn of(route: &Route, verb: &str, lean: Option<&str>) -> Self {
        let mut described = described(route);
        let definitions = Value::Object(described.generator.take_definitions(true));
        let mut places = vec![];
        let mut before = "";
        let path: Vec<String> = route
            .path
            .split('/')
            .map(|part| {
                let name = part.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
                let filled = match name {
                    Some("verb") => verb.to_owned(),
                    // A day on which a visit of the story's plan falls due.
                    Some("due_on") => "2026-06-23".to_owned(),
                    Some(name) => {
                        let named = if name == "id" { before } else { name };
                        let table = if route.path.starts_with("/invoices") && named == "line" {
                            Some("invoice_line")
                        } else if route.path.starts_with("/estimates") && named == "line" {
                            Some("estimate_line")
                        } else if route.path.starts_with("/settings/taxes") && name == "id" {
                            Some("jurisdiction")
                        } else if route.path == "/invoices/new/{id}" || route.path == "/estimates/new/{id}" {
                            Some("customer")
                        } else if route.path.contains("/customers/") && named == "file" {
                            Some("customer_file")
                        } else if route.path.starts_with("/invoice/") && named == "token" {
                            Some("invoice_link")
                        } else if route.path.starts_with("/estimate/") && named == "token" {
                            Some("estimate_link")
                        } else if route.path.starts_with("/rate/") && named == "token" {
                            Some("rate_link")
                        } else if route.path.starts_with("/visit/") && named == "token" {
                            Some("visit_link")
                        } else if named == "photo"
                            && !route.path.contains("/work-orders/")
                            && !route.path.contains("/jobs/{visit}/photos")
                            && !route.path.starts_with("/jobs/")
                        {
                            Some("visit_photo")
                        } else {
                            table_of(named)
                        };
                        hole(&mut places, "path", table)
                    }
                    None => part.to_owned(),
                };
                before = part;
                filled
            })
            .collect();
        let mut path = path.join("/");
        // What is called `id` within a body: a line of a paper, or one of those chosen in a list.
        let inner = match route.path {
            path if path.contains("/invoices") => "invoice_line",
            path if path.contains("/estimates") => "estimate_line",
            path if path.contains("/customers/bulk") || path.contains("/customers/assign") => "customer",
            _ => "line_item",
        };
        let mut sampler =
            Sampler { definitions: &definitions, places: &mut places, at: "query", lean, optional: vec![], inner };
        let mut query = vec![];
        for parameter in described.parameters.iter().filter(|p| p["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let id = parameter["schema"].to_string().contains("uuid");
            if id || parameter["required"] == true {
                let value = sampler.value(name, &parameter["schema"], 0);
                match value {
                    Value::Array(all) => query.extend(all.iter().map(|one| format!("{name}={}", flat(one)))),
                    one => query.push(format!("{name}={}", flat(&one))),
                }
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        sampler.at = "body";
        let (media, body) = match &described.body {
            Some((media @ "application/x-www-form-urlencoded", schema)) => {
                let fields = sampler.value("", schema, 0);
                let mut pairs = vec!["version=1".to_owned()];
                for (name, value) in fields.as_object().into_iter().flatten().filter(|(name, _)| *name != "version") {
                    match value {
                        Value::Array(all) => pairs.extend(all.iter().map(|one| format!("{name}={}", flat(one)))),
                        one => pairs.push(format!("{name}={}", flat(one))),
                    }
                }
                (Some(*media), pairs.join("&"))
            }
            Some(("multipart/form-data", _)) => {
                let field = if route.path.ends_with("/files") { "file" } else { "photo" };
                (Some("multipart/form-data; boundary=tradewind"), upload(field))
            }
            Some((media, schema)) => (Some(*media), sampler.value("", schema, 0).to_string()),
            None if route.method == Method::GET || route.method == Method::DELETE => (None, String::new()),
            None => (Some("application/json"), "{}".into()),
        };
        let optional = sampler.optional;
        Self {
            method: route.method.clone(),
            route: route.path,
            gate: route.gate,
            path,
            media,
            body,
            places,
            versioned: described.needs_version,
            once: described.once,
            optional,
            paged: described.parameters.iter().any(|p| p["name"] == "cursor"),
        }
    }

    /// The request's address and body with these ids in its holes.
    pub fn filled(&self, ids: &[String]) -> (String, String) {
        let (mut path, mut body) = (self.path.clone(), self.body.clone());
        for (i, id) in ids.iter().enumerate() {
            let hole = format!("@{i}@");
            let (plain, in_url) = (self.places[i].at == "body", encoded(id));
            path = path.replace(&hole, &in_url);
            let form = self.media.is_some_and(|media| media.contains("urlencoded"));
            body = body.replace(&hole, if plain && form { &in_url } else { id });
        }
        (path, body)
    }

    pub fn in_path(&self) -> bool {
        self.places.iter().any(|place| place.at == "path")
    }
}

/// What the route says of itself.
pub fn described(route: &Route) -> Described {
    let mut described = Described::new(schemars::generate::SchemaSettings::draft2020_12().into_generator());
    (route.describe)(&mut described);
    described
}

fn hole(places: &mut Vec<Place>, at: &'static str, table: Option<&'static str>) -> String {
    places.push(Place { at, table });
    format!("@{}@", places.len() - 1)
}

/// The table whose ids go by this name in paths and bodies.
fn table_of(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix("_ids").or(name.strip_suffix("_id")).unwrap_or(name);
    Some(match name {
        "customers" | "customer" | "subject" | "history" => "customer",
        "customer-relations" | "relation" => "customer_relation",
        "custom-fields" | "fields" => "custom_field",
        "customer-views" | "views" => "saved_view",
        "customer-duplicates" | "duplicates" => "duplicate",
        "customer-merges" | "merges" => "customer_merge",
        "external-ids" | "external" => "external_id",
        "contacts" | "contact" => "contact",
        "locations" | "location" => "location",
        "equipment" => "equipment",
        "tags" | "tag" => "tag",
        "customer-imports" | "import" => "import",
        "price-book-imports" | "imports" => "item_import",
        "items" | "item" | "price-book" | "service" => "item",
        "categories" | "category" | "parent" => "category",
        "labor-rates" | "labor_rate" => "labor_rate",
        "markups" => "markup",
        "price-changes" | "change-prices" => "price_change",
        "tax-rates" | "taxes" | "tax_rate" => "tax_rate",
        "jurisdictions" | "jurisdiction" => "jurisdiction",
        "rate" => "jurisdiction_rate",
        "tax-exemptions" | "exemption" => "tax_exemption",
        "technicians" | "technician" => "technician",
        "skills" | "skill" => "skill",
        "resources" | "resource" => "resource",
        "surcharges" => "surcharge",
        "time_off" => "time_off",
        "credentials" | "credential" => "credential",
        "exceptions" | "exception" => "shift_exception",
        "on-call" | "on_call" => "on_call",
        "service-areas" | "area" | "from_area" | "to_area" => "service_area",
        "calendar-links" => "calendar_link",
        "maintenance-plans" | "maintenance" | "plan" => "maintenance_plan",
        "appointments" | "appointment" | "visit" | "job" => "appointment",
        "ratings" | "rating" => "rating",
        "work-orders" | "jobs" | "work_order" | "order" => "work_order",
        "checklists" | "checklist" => "checklist",
        "questions" | "question" => "job_question",
        "time-entries" | "entry" => "time_entry",
        "timesheets" => "technician",
        "upload" => "photo_upload",
        "line" | "line_item" => "line_item",
        "photo" => "photo",
        "note" => "timeline_entry",
        "invoices" | "invoice" => "invoice",
        "estimates" | "estimate" => "estimate",
        "option" | "add" => "estimate_option",
        "tick" | "ticked" => "estimate_line",
        "payments" | "payment" => "payment",
        // A deposit is an invoice of its own.
        "deposits" | "deposit" => "invoice",
        "credit-notes" | "credit_note" => "credit_note",
        "card-payments" => "card_payment",
        "card-payouts" | "payouts" => "card_payout",
        "card-charges" => "card_charge",
        "cards-on-file" | "card" | "cards" => "card_on_file",
        "vouchers" => "voucher",
        "accounts" => "ledger_account",
        "api-keys" => "api_key",
        "service-accounts" | "service_account" | "account" => "service_account",
        "members" | "people" | "member" | "assigned_to" | "actor" | "preferred_technician" => "member",
        "files" | "file" => "file",
        "exports" | "export" => "export",
        "roles" => "role",
        "teams" | "team" => "team",
        "emails" | "email" => "email",
        "passkeys" => "passkey",
        "email-blocks" | "blocked" => "email_block",
        "support" | "support-visits" => "support_visit",
        "token" => "token",
        _ => return None,
    })
}

/// Bodies that the schema allows and that are likely to reach the rules behind the door, with a hole for every id.
struct Sampler<'a> {
    definitions: &'a Value,
    places: &'a mut Vec<Place>,
    at: &'static str,
    lean: Option<&'a str>,
    optional: Vec<String>,
    inner: &'static str,
}

impl Sampler<'_> {
    fn value(&mut self, name: &str, schema: &Value, depth: usize) -> Value {
        if depth > 14 {
            return Value::Null;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let definition = reference.rsplit('/').next().unwrap_or_default();
            let definitions = self.definitions;
            return self.value(name, &definitions[definition], depth + 1);
        }
        if let Some(any) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            return any.first().map_or(Value::Null, |s| self.value(name, s, depth + 1));
        }
        if let Some(word) = schema["enum"].as_array().and_then(|all| all.first()).or(schema.get("const")) {
            return word.clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or("null"),
            Value::String(kind) => kind,
            _ => "object",
        };
        match (kind, schema["format"].as_str()) {
            ("string", Some("uuid")) => {
                let inner = matches!(name, "id" | "ids").then_some(self.inner);
                json!(hole(self.places, self.at, inner.or_else(|| table_of(name))))
            }
            ("string", Some("date-time")) => {
                json!(if ends(name) { "2026-06-23T17:00:00Z" } else { "2026-06-23T15:00:00Z" })
            }
            ("string", Some("date")) => json!("2026-06-23"),
            ("string", Some("partial-time" | "time")) => json!(if ends(name) { "17:00:00" } else { "09:00:00" }),
            ("string", _) => json!(word(name)),
            ("integer" | "number", _) => json!(if name.contains("minutes") { 60 } else { 1 }),
            ("boolean", _) => json!(true),
            // Any question is wrong in some way that hides whose list it is; none is right.
            ("array", _) if name == "questions" => json!([]),
            ("array", _) => json!([self.value(name, &schema["items"], depth + 1)]),
            ("object", _) => {
                let required = |name: &String| {
                    schema["required"].as_array().is_some_and(|all| all.iter().any(|r| r.as_str() == Some(name)))
                };
                let mut object = serde_json::Map::new();
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    let outermost = depth <= 1 && self.at == "body" && !required(name);
                    if outermost && self.lean.is_some_and(|with| with != name) {
                        continue;
                    }
                    let before = self.places.len();
                    let value = self.value(name, property, depth + 1);
                    if outermost && self.places.len() > before {
                        self.optional.push(name.clone());
                    }
                    object.insert(name.clone(), value);
                }
                Value::Object(object)
            }
            _ => Value::Null,
        }
    }
}

fn ends(name: &str) -> bool {
    name.contains("end") || name.contains("until")
}

/// A word that a field of this name takes.
fn word(name: &str) -> &'static str {
    match name {
        _ if name.contains("mail") => "a@example.com",
        _ if name.contains("phone") => "(217) 555-0142",
        _ if name.contains("color") || name.contains("colour") => "#336699",
        "amount" | "price" | "unit_price" | "quantity" | "cost" => "1.00",
        "currency" => "USD",
        "country" => "US",
        "time_zone" | "zone" => "America/Chicago",
        "slug" => "a-slug",
        "date" | "due_on" | "on" | "day" | "from" | "to" | "paid_on" | "received_on" | "issued_on" => "2026-06-23",
        "time" | "starts" | "starts_at" | "start" => "10:00",
        "ends" | "ends_at" | "end" | "until" => "11:00",
        "percent" | "rate" => "8.25",
        "password" => harness::PASSWORD,
        "role" | "copy_of" => "viewer",
        "rule" => "FREQ=WEEKLY;BYDAY=TU",
        "permissions" => "customers.read",
        "scopes" => "customers.read",
        "move" | "step" => "1",
        "sha256" => "0000000000000000000000000000000000000000000000000000000000000000",
        "website" | "url" => "https://example.com",
        _ => "Example",
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) if text.starts_with('@') => text.clone(),
        Value::String(text) => encoded(text),
        Value::Null => String::new(),
        other => encoded(&other.to_string()),
    }
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~@".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A picture that passes for one by its first bytes; the rest is never looked at.
/// A picture of one pixel, of letters alone so that a body may be text.
const PIXEL: &str = "RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0/\0\0\0\0(@D\x04\0";

pub fn upload(field: &str) -> String {
    let part = |name: &str, more: &str, text: &str| {
        format!("--tradewind\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n")
    };
    part("caption", "", "Before")
        + &part(field, "; filename=\"a.webp\"\r\ncontent-type: image/webp", PIXEL)
        + "--tradewind--\r\n"
}

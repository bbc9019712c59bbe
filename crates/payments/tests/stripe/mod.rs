//! A small Stripe of our own for the tests: checkout sessions, and what hangs on them, as its API documents them. What an independent
//! emulator has (localstripe: payments and refunds) is asked there too, in `elsewhere`.
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::net::TcpListener;

pub const KEY: &str = "sk_test_51AcmeAcmeAcmeAcme4242";
pub const OTHER_KEY: &str = "sk_test_51OtherOtherOther9999";
/// It may not ask for the account, and not register where to tell us.
pub const RESTRICTED: &str = "rk_test_51Restricted0001";

#[derive(Default)]
pub struct World {
    pub sessions: Vec<Value>,
    pub intents: Vec<Value>,
    pub refunds: Vec<Value>,
    pub disputes: Vec<Value>,
    pub payouts: Vec<Value>,
    /// Balance transactions, each with the payout it is in.
    pub moved: Vec<Value>,
    /// Kept cards, each of a customer of its own.
    pub methods: Vec<Value>,
    /// What the bank of a kept card says when it is charged; nothing: yes.
    pub bank: &'static str,
    pub endpoints: Vec<Value>,
    /// By idempotency key: what was sent, and what was answered.
    once: HashMap<String, (String, Value)>,
    pub asked: Vec<String>,
    /// Every question is answered so.
    pub down: Option<u16>,
    /// Refunds begin in this state.
    pub refunds_are: &'static str,
    number: u64,
}

#[derive(Clone)]
pub struct Stripe {
    pub at: SocketAddr,
    world: Arc<Mutex<World>>,
}

type Said = (StatusCode, Value);

fn said(status: u16, body: Value) -> Said {
    (StatusCode::from_u16(status).unwrap(), body)
}
fn refused(status: u16, code: &str, message: &str) -> Said {
    said(status, json!({ "error": { "type": "invalid_request_error", "code": code, "message": message } }))
}

impl World {
    fn id(&mut self, prefix: &str) -> String {
        self.number += 1;
        format!("{prefix}_{:08}{}", self.number, std::process::id())
    }
    pub fn find<'a>(all: &'a mut [Value], id: &str) -> Option<&'a mut Value> {
        all.iter_mut().find(|one| one["id"] == id)
    }

    fn answer(&mut self, method: &Method, path: &str, query: &str, form: &HashMap<String, String>, key: &str) -> Said {
        let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        let missing = || refused(404, "resource_missing", "No such object");
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["account"]) if key == RESTRICTED => refused(403, "", "The key has no permission"),
            ("GET", ["account"]) => said(
                200,
                json!({ "id": if key == KEY { "acct_acme" } else { "acct_other" }, "business_profile": { "name": "Acme HVAC" }, "settings": { "dashboard": { "display_name": "Acme" } } }),
            ),
            ("POST", ["webhook_endpoints"]) if key == RESTRICTED => refused(403, "", "The key has no permission"),
            ("POST", ["webhook_endpoints"]) => {
                let id = self.id("we");
                let made = json!({ "id": id, "object": "webhook_endpoint", "url": form["url"], "secret": format!("whsec_{id}secret"), "api_version": form["api_version"] });
                self.endpoints.push(made.clone());
                said(200, made)
            }
            ("DELETE", ["webhook_endpoints", id]) => {
                let before = self.endpoints.len();
                self.endpoints.retain(|one| one["id"] != *id);
                if self.endpoints.len() == before { missing() } else { said(200, json!({ "id": id, "deleted": true })) }
            }
            ("POST", ["checkout", "sessions"]) if form["mode"] == "setup" => {
                assert!(
                    form["customer_creation"] == "always" && !form.contains_key("line_items[0][quantity]"),
                    "{form:?}"
                );
                let id = self.id("cs_setup");
                let made = json!({ "id": id, "object": "checkout.session", "mode": "setup", "status": "open", "url": format!("https://checkout.stripe.com/c/pay/{id}"),
                    "payment_intent": null, "setup_intent": null, "customer": null, "success_url": form["success_url"], "metadata": { "tradewind_agreement": form["metadata[tradewind_agreement]"] } });
                self.sessions.push(made.clone());
                said(200, made)
            }
            ("POST", ["checkout", "sessions"]) => {
                let amount: i64 = form["line_items[0][price_data][unit_amount]"].parse().unwrap();
                if amount < 50 {
                    return refused(400, "amount_too_small", "Amount must be at least $0.50 usd");
                }
                let id = self.id("cs_test");
                let made = json!({ "id": id, "object": "checkout.session", "status": "open", "payment_status": "unpaid", "url": format!("https://checkout.stripe.com/c/pay/{id}"),
                    "amount_total": amount, "currency": form["line_items[0][price_data][currency]"], "payment_intent": null, "success_url": form["success_url"], "cancel_url": form["cancel_url"],
                    "metadata": { "tradewind_checkout": form["metadata[tradewind_checkout]"] }, "intent_metadata": form["payment_intent_data[metadata][tradewind_checkout]"],
                    "keeps": form.get("payment_intent_data[setup_future_usage]") });
                self.sessions.push(made.clone());
                said(200, made)
            }
            ("GET", ["checkout", "sessions", id]) => {
                Self::find(&mut self.sessions, id).map_or_else(missing, |one| said(200, one.clone()))
            }
            ("POST", ["checkout", "sessions", id, "expire"]) => match Self::find(&mut self.sessions, id) {
                None => missing(),
                Some(one) if one["status"] == "open" => {
                    one["status"] = "expired".into();
                    said(200, one.clone())
                }
                Some(_) => refused(400, "", "Only Checkout Sessions with a status in [\"open\"] can be expired."),
            },
            ("GET", ["payment_intents", id]) => {
                Self::find(&mut self.intents, id).map_or_else(missing, |one| said(200, one.clone()))
            }
            ("POST", ["payment_intents"]) => self.charge(form),
            ("GET", ["payment_methods", id]) => {
                Self::find(&mut self.methods, id).map_or_else(missing, |one| said(200, one.clone()))
            }
            ("POST", ["payment_methods", id, "detach"]) => match Self::find(&mut self.methods, id) {
                None => missing(),
                Some(one) if one["customer"].is_null() => {
                    refused(400, "", "The payment method is not attached to a customer")
                }
                Some(one) => {
                    one["customer"] = Value::Null;
                    said(200, one.clone())
                }
            },
            ("POST", ["refunds"]) => {
                let (intent, amount): (&str, i64) = (&form["payment_intent"], form["amount"].parse().unwrap());
                let gone: i64 = self
                    .refunds
                    .iter()
                    .filter(|one| one["payment_intent"] == intent && one["status"] != "failed")
                    .filter_map(|one| one["amount"].as_i64())
                    .sum();
                let Some(paid) = Self::find(&mut self.intents, intent) else { return missing() };
                if gone + amount > paid["amount_received"].as_i64().unwrap() {
                    return refused(
                        400,
                        "charge_already_refunded",
                        "Refund amount is greater than unrefunded amount on charge",
                    );
                }
                let status = if self.refunds_are.is_empty() { "succeeded" } else { self.refunds_are };
                let ours = form.get("metadata[tradewind_refund]").cloned();
                said(200, self.refund(intent, amount, status, ours))
            }
            ("GET", ["refunds"]) => {
                let intent = query.split('&').find_map(|pair| pair.strip_prefix("payment_intent=")).unwrap_or("");
                let all: Vec<&Value> = self.refunds.iter().filter(|one| one["payment_intent"] == intent).collect();
                said(200, json!({ "object": "list", "data": all, "has_more": false }))
            }
            ("GET", ["disputes", id]) => {
                Self::find(&mut self.disputes, id).map_or_else(missing, |one| said(200, one.clone()))
            }
            ("GET", ["payouts", id]) => {
                Self::find(&mut self.payouts, id).map_or_else(missing, |one| said(200, one.clone()))
            }
            // Two a page, so that there is a next one.
            ("GET", ["balance_transactions"]) => {
                let asked = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
                let (payout, after) = (asked("payout=").unwrap(), asked("starting_after="));
                let mut all: Vec<&Value> = self.moved.iter().filter(|one| one["payout"] == payout).collect();
                if let Some(after) = after {
                    let at = all.iter().position(|one| one["id"] == after).unwrap();
                    all.drain(..=at);
                }
                let more = all.len() > 2;
                all.truncate(2);
                said(200, json!({ "object": "list", "data": all, "has_more": more }))
            }
            _ => refused(404, "", "Unrecognized request URL"),
        }
    }

    /// A card that is kept from now on, as a customer of its own has it.
    fn method(&mut self) -> Value {
        let (id, customer) = (self.id("pm"), self.id("cus"));
        let made = json!({ "id": id, "object": "payment_method", "type": "card", "customer": customer, "card": { "brand": "visa", "last4": "4242", "exp_year": 2034, "exp_month": 8 } });
        self.methods.push(made.clone());
        made
    }

    /// Without its holder, and only whoever it is kept for.
    fn charge(&mut self, form: &HashMap<String, String>) -> Said {
        assert!(form["off_session"] == "true" && form["confirm"] == "true", "{form:?}");
        let method = Self::find(&mut self.methods, &form["payment_method"]).map(|one| one.clone());
        let Some(method) = method.filter(|one| one["customer"] == form["customer"]) else {
            return refused(400, "resource_missing", "No such PaymentMethod");
        };
        let declines = |code: &str, says: &str| {
            said(
                402,
                json!({ "error": { "type": "card_error", "code": code, "message": says, "payment_intent": { "id": "pi_no", "status": "requires_payment_method" } } }),
            )
        };
        match self.bank {
            "" | "processing" => {}
            "authentication_required" => return declines(self.bank, "This transaction requires authentication."),
            "expired_card" => return declines(self.bank, "Your card has expired."),
            code => return declines(code, "Your card was declined."),
        }
        let (id, charge, amount) = (self.id("pi"), self.id("ch"), form["amount"].parse::<i64>().unwrap());
        let status = if self.bank == "processing" { "processing" } else { "succeeded" };
        let paid = json!({ "id": id, "object": "payment_intent", "status": status, "amount": amount, "amount_received": amount, "currency": form["currency"], "customer": form["customer"],
            "payment_method": method["id"], "setup_future_usage": null, "metadata": { "tradewind_charge": form["metadata[tradewind_charge]"] },
            "latest_charge": { "id": charge, "payment_method_details": { "type": "card", "card": method["card"] }, "balance_transaction": { "id": "txn_9", "amount": amount, "fee": 59, "currency": "usd" } } });
        self.intents.push(paid.clone());
        said(200, paid)
    }

    pub fn refund(&mut self, intent: &str, amount: i64, status: &str, ours: Option<String>) -> Value {
        let id = self.id("re");
        let mut made = json!({ "id": id, "object": "refund", "amount": amount, "currency": "usd", "status": status, "payment_intent": intent, "metadata": {} });
        if let Some(ours) = ours {
            made["metadata"]["tradewind_refund"] = ours.into();
        }
        self.refunds.push(made.clone());
        made
    }
}

async fn answer(State(stripe): State<Stripe>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Said {
    let mut world = stripe.world();
    let path = uri.path().to_owned();
    world.asked.push(format!("{method} {path}"));
    if let Some(status) = world.down {
        return said(status, json!({ "error": { "message": "It is down" } }));
    }
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let key = bearer.trim_start_matches("Bearer ");
    if ![KEY, OTHER_KEY, RESTRICTED].contains(&key) {
        return refused(401, "", "Invalid API Key provided");
    }
    assert_eq!(headers["stripe-version"], "2024-12-18.acacia");
    let sent = String::from_utf8(body.to_vec()).unwrap();
    let form: HashMap<String, String> = url::form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
    let once = headers.get("idempotency-key").map(|value| value.to_str().unwrap().to_owned());
    if let Some((before, made)) = once.as_ref().and_then(|once| world.once.get(once)) {
        return if *before == sent {
            said(200, made.clone())
        } else {
            refused(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters")
        };
    }
    let answer = world.answer(&method, &path, uri.query().unwrap_or(""), &form, key);
    if let (Some(once), 200) = (once, answer.0.as_u16()) {
        world.once.insert(once, (sent, answer.1.clone()));
    }
    answer
}

/// The house's own answers are none of Stripe's: its JSON is written by hand here.
async fn speak(
    state: State<Stripe>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    let (status, body) = answer(state, method, uri, headers, body).await;
    (status, [("content-type", "application/json")], body.to_string())
}

impl Stripe {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stripe = Self { at: listener.local_addr().unwrap(), world: Arc::default() };
        let router = Router::new().fallback(speak).with_state(stripe.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        stripe
    }
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }
    pub fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Somebody pays on the page that was opened last: the payment, with its fee if it is known already.
    pub fn pay(&self, fee: Option<i64>) -> Value {
        let session = self.world().sessions.last().unwrap()["id"].as_str().unwrap().to_owned();
        self.pay_on(&session, fee)
    }
    /// Somebody keeps a card on the page that was opened last.
    pub fn keep(&self) -> Value {
        let mut world = self.world();
        let method = world.method();
        let session = world.sessions.last_mut().unwrap();
        assert!(session["status"] == "open" && session["mode"] == "setup", "{session}");
        session["status"] = "complete".into();
        session["customer"] = method["customer"].clone();
        session["setup_intent"] = json!({ "id": "seti_1", "status": "succeeded", "payment_method": method });
        session.clone()
    }
    pub fn pay_on(&self, session: &str, fee: Option<i64>) -> Value {
        let mut world = self.world();
        let (intent, charge) = (world.id("pi"), world.id("ch"));
        let keeps = World::find(&mut world.sessions, session).unwrap()["keeps"].clone();
        let method = if keeps.is_null() {
            json!({ "id": null, "customer": null, "card": { "brand": "visa", "last4": "4242" } })
        } else {
            world.method()
        };
        let session = World::find(&mut world.sessions, session).unwrap();
        assert_eq!(session["status"], "open", "nobody can pay there any more");
        session["status"] = "complete".into();
        session["payment_status"] = "paid".into();
        session["payment_intent"] = intent.clone().into();
        let amount = session["amount_total"].clone();
        let ours = session["intent_metadata"].clone();
        let balance = fee.map(|fee| json!({ "id": "txn_1", "amount": amount, "fee": fee, "net": amount.as_i64().unwrap() - fee, "currency": "usd" }));
        let paid = json!({ "id": intent, "object": "payment_intent", "status": "succeeded", "amount": amount, "amount_received": amount, "currency": "usd", "metadata": { "tradewind_checkout": ours },
            "customer": method["customer"], "payment_method": method["id"], "setup_future_usage": keeps,
            "latest_charge": { "id": charge, "payment_method_details": { "type": "card", "card": method["card"] }, "balance_transaction": balance } });
        world.intents.push(paid.clone());
        paid
    }
}

//! Stripe by its own API: forms out, JSON in, the version of both pinned.
use outbound::{Ask, Door};
use serde::de::DeserializeOwned;
use std::{collections::HashMap, sync::Arc, time::Duration};
use uuid::Uuid;

use super::{
    Account, Answer, Charged, Disputed, Endpoint, Fate, KeptCard, Moved, NewCharge, NewCheckout, NewSetup, Opened,
    Paid, PaidOut, PaymentProvider, Refunded, Setup, Standing, Trouble, Verdict, card, contents, wire,
};

/// What it says and takes is as on that day, whatever the account is set to.
pub const VERSION: &str = "2024-12-18.acacia";
const MOST: usize = 1 << 20;
const WITHIN: Duration = Duration::from_secs(15);

/// What we want to hear of. All are hints: what counts is what is asked for then.
const EVENTS: [&str; 19] = [
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "payment_intent.succeeded",
    "charge.updated",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "payment_method.automatically_updated",
    "payment_method.updated",
    "payment_method.detached",
    "payout.paid",
    "payout.failed",
];
/// Under which our own ids are sent along.
const CHECKOUT: &str = "tradewind_checkout";
const REFUND: &str = "tradewind_refund";
pub(super) const CHARGE: &str = "tradewind_charge";
pub(super) const AGREEMENT: &str = "tradewind_agreement";

pub struct Stripe {
    base: String,
    door: Arc<Door>,
    key: String,
}

pub(super) type Pairs = Vec<(String, String)>;

pub(super) fn pairs<const N: usize>(all: [(&str, &str); N]) -> Pairs {
    all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

impl Stripe {
    pub(super) fn new(base: String, door: Arc<Door>, key: String) -> Self {
        Self { base, door, key }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        self.ask("GET", path, vec![], None).await
    }
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: Pairs,
        once: Option<Uuid>,
    ) -> Result<T, Trouble> {
        self.ask("POST", path, form, once).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        form: Pairs,
        once: Option<Uuid>,
    ) -> Result<T, Trouble> {
        let (url, bearer) = (format!("{}{path}", self.base), format!("Bearer {}", self.key));
        let once = once.map(|once| once.to_string());
        let mut more = vec![("stripe-version", VERSION)];
        if let Some(once) = &once {
            more.push(("idempotency-key", once));
        }
        let ask = Ask { authorization: Some(&bearer), more: &more, ..Ask::of(&url, "application/json", MOST, WITHIN) };
        let answer = match method {
            "POST" => {
                let form = serde_html_form::to_string(&form).map_err(|e| Trouble::Passing(e.to_string()))?;
                self.door.post(&ask, form).await?
            }
            "DELETE" => self.door.delete(&ask).await?,
            _ => self.door.get(&ask).await?,
        };
        if answer.status == 200 {
            return serde_json::from_slice(&answer.body)
                .map_err(|e| Trouble::Passing(format!("its answer cannot be read ({e})")));
        }
        Err(refused(answer.status, &answer.body))
    }
}

fn refused(status: u16, body: &[u8]) -> Trouble {
    let failed: Option<wire::Failed> = serde_json::from_slice(body).ok();
    let failure = failed.map(|failed| failed.error).unwrap_or_default();
    let code = failure.code.unwrap_or_default();
    let says = failure.message.unwrap_or_else(|| format!("The provider answered with {status}."));
    match status {
        401 => Trouble::Key,
        403 => Trouble::Forbidden,
        404 => Trouble::Missing,
        402 => Trouble::Declined { code, says },
        // The same question is being answered right now.
        409 | 429 | 500..=599 => Trouble::Passing(says),
        _ => Trouble::Refused { code, says },
    }
}

/// What stands before a key says for what it is good.
pub fn is_live(key: &str) -> bool {
    key.starts_with("sk_live_") || key.starts_with("rk_live_")
}

/// An id goes into an address: nothing else may stand in it.
pub(super) fn id(text: &str) -> Result<&str, Trouble> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !text.is_empty() && text.len() <= 255 && text.chars().all(fits) { Ok(text) } else { Err(Trouble::Missing) }
}

fn ours(metadata: Option<&HashMap<String, String>>, name: &str) -> Option<Uuid> {
    metadata?.get(name)?.parse().ok()
}

fn standing(session: wire::Session) -> Standing {
    match session.status.as_deref() {
        Some("complete") => Standing::Done(session.payment_intent.map(wire::Held::<wire::Named>::id)),
        Some("expired") => Standing::Expired,
        _ => Standing::Open,
    }
}

fn refund(refund: wire::Refund) -> Refunded {
    let fate = match refund.status.as_deref() {
        Some("succeeded") => Fate::Succeeded,
        Some("failed" | "canceled") => Fate::Failed,
        _ => Fate::Pending,
    };
    let ours = ours(refund.metadata.as_ref(), REFUND);
    Refunded { id: refund.id, minor: refund.amount, fate, failure: refund.failure_reason, ours }
}

impl PaymentProvider for Stripe {
    fn account(&self) -> Answer<'_, Account> {
        Box::pin(async move {
            let live = is_live(&self.key);
            match self.get::<wire::Account>("/v1/account").await {
                Ok(account) => {
                    let shown = account.settings.and_then(|s| s.dashboard).and_then(|d| d.display_name);
                    let own = account.business_profile.and_then(|profile| profile.name);
                    let named = [own, shown, account.email].into_iter().flatten().find(|name| !name.is_empty());
                    let name = named.unwrap_or_else(|| account.id.clone()).chars().take(120).collect();
                    Ok(Account { id: Some(account.id), name, live })
                }
                // A restricted key is known and may not ask for everything.
                Err(Trouble::Forbidden) => Ok(Account { id: None, name: "Stripe".into(), live }),
                Err(trouble) => Err(trouble),
            }
        })
    }

    fn listen<'a>(&'a self, url: &'a str) -> Answer<'a, Endpoint> {
        Box::pin(async move {
            let mut form = pairs([("url", url), ("api_version", VERSION), ("description", "Tradewind")]);
            form.extend(EVENTS.iter().map(|event| ("enabled_events[]".to_owned(), (*event).to_owned())));
            let made: wire::Endpoint = self.post("/v1/webhook_endpoints", form, None).await?;
            let secret = made.secret.ok_or_else(|| Trouble::Passing("it gave no signing secret".into()))?;
            Ok(Endpoint { id: made.id, secret })
        })
    }

    fn unlisten<'a>(&'a self, endpoint: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = format!("/v1/webhook_endpoints/{}", id(endpoint)?);
            self.ask::<serde_json::Value>("DELETE", &path, vec![], None).await.map(drop)
        })
    }

    fn open<'a>(&'a self, new: &'a NewCheckout) -> Answer<'a, Opened> {
        Box::pin(async move {
            let (ours, amount) = (new.id.to_string(), new.minor.to_string());
            let (currency, until) = (new.currency.to_ascii_lowercase(), new.until.to_string());
            let mut form = pairs([
                ("mode", "payment"),
                ("payment_method_types[0]", "card"),
                ("line_items[0][quantity]", "1"),
                ("line_items[0][price_data][currency]", &currency),
                ("line_items[0][price_data][unit_amount]", &amount),
                ("line_items[0][price_data][product_data][name]", &new.what),
                ("payment_intent_data[description]", &new.what),
                ("client_reference_id", &ours),
                ("success_url", &new.done),
                ("cancel_url", &new.back),
                ("expires_at", &until),
            ]);
            form.push((format!("payment_intent_data[metadata][{CHECKOUT}]"), ours.clone()));
            form.push((format!("metadata[{CHECKOUT}]"), ours));
            if new.keeps {
                form.extend(pairs([
                    ("customer_creation", "always"),
                    ("payment_intent_data[setup_future_usage]", "off_session"),
                ]));
            }
            let made: wire::Session = self.post("/v1/checkout/sessions", form, Some(new.id)).await?;
            let url = made.url.ok_or_else(|| Trouble::Passing("it gave no page to pay on".into()))?;
            Ok(Opened { id: made.id, url })
        })
    }

    fn standing<'a>(&'a self, checkout: &'a str) -> Answer<'a, Standing> {
        Box::pin(async move {
            self.get::<wire::Session>(&format!("/v1/checkout/sessions/{}", id(checkout)?)).await.map(standing)
        })
    }

    fn close<'a>(&'a self, checkout: &'a str) -> Answer<'a, Standing> {
        Box::pin(async move {
            let path = format!("/v1/checkout/sessions/{}/expire", id(checkout)?);
            match self.post::<wire::Session>(&path, vec![], None).await {
                Ok(session) => Ok(standing(session)),
                // Only an open one can be closed: it is paid, or it is over.
                Err(Trouble::Refused { .. }) => self.standing(checkout).await,
                Err(trouble) => Err(trouble),
            }
        })
    }

    fn payment<'a>(&'a self, payment: &'a str) -> Answer<'a, Paid> {
        Box::pin(async move {
            let path = format!("/v1/payment_intents/{}?expand%5B%5D=latest_charge.balance_transaction", id(payment)?);
            let intent: wire::Intent = self.get(&path).await?;
            let of = |name: &str| ours(intent.metadata.as_ref(), name);
            let (checkout, on_file) = (of(CHECKOUT), of(CHARGE));
            let charge = intent.latest_charge.and_then(wire::Held::object);
            let named = charge.as_ref().map(|charge| charge.id.clone());
            let (card, balance) = match charge {
                Some(charge) => (
                    charge.payment_method_details.and_then(|details| details.card),
                    charge.balance_transaction.and_then(wire::Held::object),
                ),
                None => (None, None),
            };
            let keeps = match (intent.setup_future_usage, intent.payment_method, intent.customer) {
                (Some(_), Some(method), Some(holder)) if on_file.is_none() => {
                    Some(card::kept(method.id(), Some(holder.id()), card.as_ref()))
                }
                _ => None,
            };
            let (brand, last_four) = card.map_or((None, None), |card| (card.brand, card.last4));
            Ok(Paid {
                id: intent.id,
                succeeded: intent.status == "succeeded",
                minor: intent.amount_received.unwrap_or(intent.amount),
                currency: intent.currency.to_ascii_uppercase(),
                charge: named,
                brand,
                last_four,
                fee: balance.map(|balance| (balance.fee, balance.currency.to_ascii_uppercase())),
                checkout,
                on_file,
                keeps,
            })
        })
    }

    fn open_setup<'a>(&'a self, new: &'a NewSetup) -> Answer<'a, Opened> {
        Box::pin(card::open(self, new))
    }
    fn setup<'a>(&'a self, page: &'a str) -> Answer<'a, Setup> {
        Box::pin(card::setup(self, page))
    }
    fn card<'a>(&'a self, method: &'a str) -> Answer<'a, KeptCard> {
        Box::pin(card::card(self, method))
    }
    fn forget<'a>(&'a self, method: &'a str) -> Answer<'a, ()> {
        Box::pin(card::forget(self, method))
    }
    fn charge<'a>(&'a self, new: &'a NewCharge) -> Answer<'a, Charged> {
        Box::pin(card::charge(self, new))
    }

    fn refund<'a>(&'a self, payment: &'a str, minor: i64, ours: Uuid) -> Answer<'a, Refunded> {
        Box::pin(async move {
            let mut form = pairs([("payment_intent", payment), ("amount", &minor.to_string())]);
            form.push((format!("metadata[{REFUND}]"), ours.to_string()));
            self.post::<wire::Refund>("/v1/refunds", form, Some(ours)).await.map(refund)
        })
    }

    fn refunds<'a>(&'a self, payment: &'a str) -> Answer<'a, Vec<Refunded>> {
        Box::pin(async move {
            let path = format!("/v1/refunds?payment_intent={}&limit=100", id(payment)?);
            let all: wire::List<wire::Refund> = self.get(&path).await?;
            Ok(all.data.into_iter().map(refund).collect())
        })
    }

    fn dispute<'a>(&'a self, dispute: &'a str) -> Answer<'a, Disputed> {
        Box::pin(async move {
            let found: wire::Dispute = self.get(&format!("/v1/disputes/{}", id(dispute)?)).await?;
            let verdict = match found.status.as_str() {
                "won" | "warning_closed" | "prevented" => Verdict::Won,
                "lost" => Verdict::Lost,
                _ => Verdict::Open,
            };
            let moved = &found.balance_transactions;
            Ok(Disputed {
                id: found.id,
                payment: found.payment_intent.map(wire::Held::<wire::Named>::id),
                minor: found.amount,
                currency: found.currency.to_ascii_uppercase(),
                reason: found.reason.unwrap_or_else(|| "general".into()).chars().take(100).collect(),
                verdict,
                due: found.evidence_details.and_then(|details| details.due_by),
                taken: moved.iter().map(|one| (-one.amount).max(0)).sum(),
                returned: moved.iter().map(|one| one.amount.max(0)).sum(),
                fees: moved.iter().map(|one| one.fee).sum(),
                balance_currency: moved.first().map(|one| one.currency.to_ascii_uppercase()),
            })
        })
    }

    fn contents<'a>(&'a self, payout: &'a str) -> Answer<'a, Vec<Moved>> {
        Box::pin(contents::of(self, payout))
    }

    fn payout<'a>(&'a self, payout: &'a str) -> Answer<'a, PaidOut> {
        Box::pin(async move {
            let found: wire::Payout = self.get(&format!("/v1/payouts/{}", id(payout)?)).await?;
            let fate = match found.status.as_str() {
                "paid" => Fate::Succeeded,
                "failed" | "canceled" => Fate::Failed,
                _ => Fate::Pending,
            };
            Ok(PaidOut {
                id: found.id,
                minor: found.amount,
                currency: found.currency.to_ascii_uppercase(),
                fate,
                arrives: found.arrival_date,
            })
        })
    }
}

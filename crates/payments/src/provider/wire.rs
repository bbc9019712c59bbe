//! Stripe's objects, as far as they are read.
use serde::Deserialize;
use std::collections::HashMap;

/// An id alone, or the object of it where that was asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Held<T> {
    Id(String),
    Object(Box<T>),
}
impl<T> Held<T> {
    pub fn object(self) -> Option<T> {
        match self {
            Self::Object(object) => Some(*object),
            Self::Id(_) => None,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Failed {
    pub error: Failure,
}
#[derive(Debug, Default, Deserialize)]
pub struct Failure {
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    pub code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Account {
    pub id: String,
    pub business_profile: Option<Profile>,
    pub settings: Option<Settings>,
    pub email: Option<String>,
}
#[derive(Debug, Deserialize)]
pub struct Profile {
    pub name: Option<String>,
}
#[derive(Debug, Deserialize)]
pub struct Settings {
    pub dashboard: Option<Dashboard>,
}
#[derive(Debug, Deserialize)]
pub struct Dashboard {
    pub display_name: Option<String>,
}

#[derive(Deserialize)]
pub struct Endpoint {
    pub id: String,
    pub secret: Option<String>,
}

#[derive(Deserialize)]
pub struct Session {
    pub id: String,
    pub url: Option<String>,
    pub status: Option<String>,
    pub payment_intent: Option<Held<Named>>,
    #[serde(default)]
    pub setup_intent: Option<Held<SetupIntent>>,
}
#[derive(Debug, Deserialize)]
pub struct SetupIntent {
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub payment_method: Option<Held<Method>>,
}
#[derive(Debug, Deserialize)]
pub struct Method {
    pub id: String,
    #[serde(default)]
    pub customer: Option<Held<Named>>,
    #[serde(default)]
    pub card: Option<Card>,
}
#[derive(Debug, Deserialize)]
pub struct Named {
    pub id: String,
}
impl Held<Named> {
    pub fn id(self) -> String {
        match self {
            Self::Id(id) => id,
            Self::Object(named) => named.id,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Intent {
    pub id: String,
    pub status: String,
    pub amount: i64,
    #[serde(default)]
    pub amount_received: Option<i64>,
    pub currency: String,
    #[serde(default)]
    pub metadata: Option<HashMap<String, String>>,
    #[serde(default)]
    pub latest_charge: Option<Held<Charge>>,
    #[serde(default)]
    pub customer: Option<Held<Named>>,
    #[serde(default)]
    pub payment_method: Option<Held<Named>>,
    /// Only where the card shall be kept.
    #[serde(default)]
    pub setup_future_usage: Option<String>,
}
#[derive(Debug, Deserialize)]
pub struct Charge {
    pub id: String,
    #[serde(default)]
    pub payment_method_details: Option<Details>,
    #[serde(default)]
    pub balance_transaction: Option<Held<Balance>>,
}
#[derive(Debug, Deserialize)]
pub struct Details {
    #[serde(default)]
    pub card: Option<Card>,
}
#[derive(Debug, Deserialize)]
pub struct Card {
    pub brand: Option<String>,
    pub last4: Option<String>,
    #[serde(default)]
    pub exp_year: Option<i32>,
    #[serde(default)]
    pub exp_month: Option<i32>,
}
#[derive(Debug, Deserialize)]
pub struct Balance {
    pub amount: i64,
    #[serde(default)]
    pub fee: i64,
    pub currency: String,
}

#[derive(Debug, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}
/// A balance transaction, in the list of a payout's.
#[derive(Debug, Deserialize)]
pub struct Moved {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub source: Option<Held<Named>>,
    #[serde(default)]
    pub description: Option<String>,
    pub amount: i64,
    #[serde(default)]
    pub fee: i64,
    pub created: i64,
}
#[derive(Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub failure_reason: Option<String>,
    #[serde(default)]
    pub metadata: Option<HashMap<String, String>>,
}

#[derive(Debug, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub status: String,
    #[serde(default)]
    pub reason: Option<String>,
    #[serde(default)]
    pub payment_intent: Option<Held<Named>>,
    #[serde(default)]
    pub evidence_details: Option<Evidence>,
    #[serde(default)]
    pub balance_transactions: Vec<Balance>,
}
#[derive(Debug, Deserialize)]
pub struct Evidence {
    #[serde(default)]
    pub due_by: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct Payout {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub status: String,
    pub arrival_date: i64,
}

//! Who takes card payments for a company: what is asked of such a provider, and what it answers. No data of a card comes near us.
mod card;
mod contents;
mod stripe;
mod wire;

use futures_util::future::BoxFuture;
use kernel::{Error, House, Result, Scope, Uuid};
use outbound::{Door, Refusal};
use std::{net::SocketAddr, sync::Arc};
use url::{Host, Url};

pub use stripe::Stripe;

use crate::account;

/// Why a question was not answered as it should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The key is not good, or not any more.
    Key,
    /// The key may not do this.
    Forbidden,
    /// There is no such thing there.
    Missing,
    /// It will not be done; why, in the provider's words, and its code.
    Refused { code: String, says: String },
    /// The bank of a card will not have it; why, in its words, and the code of it.
    Declined { code: String, says: String },
    /// Nobody knows whether it was done: ask again.
    Passing(String),
}

impl Trouble {
    /// For whoever works in the office.
    pub fn says(&self) -> String {
        match self {
            Self::Key => "The provider does not know this key. Copy it once more.".into(),
            Self::Forbidden => "This key may not do that. Give it the right at the provider, or use another.".into(),
            Self::Missing => "The provider does not know of it.".into(),
            Self::Refused { says, .. } | Self::Declined { says, .. } => says.chars().take(400).collect(),
            Self::Passing(why) => format!("The provider does not answer just now: {why}"),
        }
    }
    /// For a job: what passes is tried again.
    pub fn passing(self) -> Error {
        tracing::warn!(trouble = ?self, "the provider of card payments");
        Error::Unready("the provider of card payments does not answer")
    }
}
impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Passing(refusal.says().to_owned())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// None where the key may not ask.
    pub id: Option<String>,
    pub name: String,
    pub live: bool,
}

/// Where the provider tells us what happened, and with what it signs.
#[derive(Clone)]
pub struct Endpoint {
    pub id: String,
    pub secret: String,
}

/// A page of the provider's on which somebody pays.
#[derive(Debug, Clone)]
pub struct NewCheckout {
    /// Ours: whoever asks twice with the same gets the same.
    pub id: Uuid,
    pub minor: i64,
    /// Capital letters.
    pub currency: String,
    pub what: String,
    /// Where the payer comes back to.
    pub done: String,
    pub back: String,
    /// Seconds since 1970.
    pub until: i64,
    /// Whoever pays there agreed that the card is kept.
    pub keeps: bool,
}
/// A page of the provider's on which a card is kept, and nothing is paid.
#[derive(Debug, Clone)]
pub struct NewSetup {
    /// Ours: whoever asks twice with the same gets the same.
    pub id: Uuid,
    pub done: String,
    pub back: String,
    /// Seconds since 1970.
    pub until: i64,
}
#[derive(Clone)]
pub struct Opened {
    pub id: String,
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// Done, with the payment that came of it; whether it succeeded says the payment.
    Done(Option<String>),
    Expired,
}

/// A card as the provider keeps it: what it calls it and its holder, and what may be shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCard {
    pub method: String,
    /// None once it is nobody's any more.
    pub holder: Option<String>,
    pub brand: Option<String>,
    pub last_four: Option<String>,
    /// Year and month, the last one in which it is good.
    pub expires: Option<(i32, i32)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setup {
    Open,
    Done(KeptCard),
    Expired,
}

/// A kept card is charged without its holder being there.
#[derive(Debug, Clone)]
pub struct NewCharge {
    /// Ours: whoever asks twice with the same gets the same.
    pub id: Uuid,
    pub minor: i64,
    /// Capital letters.
    pub currency: String,
    pub what: String,
    pub holder: String,
    pub method: String,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charged {
    /// Done, or on its way: what came of it the payment of this name says.
    Taken(String),
    /// Its bank wants to hear from the holder first.
    NeedsHolder,
}

/// A payment as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    pub id: String,
    pub succeeded: bool,
    pub minor: i64,
    pub currency: String,
    pub charge: Option<String>,
    pub brand: Option<String>,
    pub last_four: Option<String>,
    /// What the provider keeps, with its currency; none as long as it is not known.
    pub fee: Option<(i64, String)>,
    /// Ours, as it was sent along.
    pub checkout: Option<Uuid>,
    /// Ours, where a kept card was charged.
    pub on_file: Option<Uuid>,
    /// The card it was paid with, where it is kept since.
    pub keeps: Option<KeptCard>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Pending,
    Succeeded,
    Failed,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    pub id: String,
    pub minor: i64,
    pub fate: Fate,
    pub failure: Option<String>,
    /// Ours, as it was sent along.
    pub ours: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Open,
    Won,
    Lost,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    pub id: String,
    pub payment: Option<String>,
    pub minor: i64,
    pub currency: String,
    pub reason: String,
    pub verdict: Verdict,
    /// Seconds since 1970.
    pub due: Option<i64>,
    /// What was taken and given again, and what it cost, in `balance_currency`.
    pub taken: i64,
    pub returned: i64,
    pub fees: i64,
    pub balance_currency: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidOut {
    pub id: String,
    pub minor: i64,
    pub currency: String,
    pub fate: Fate,
    /// Seconds since 1970.
    pub arrives: i64,
}

/// One movement of what a payout contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub id: String,
    /// In the provider's words.
    pub kind: String,
    /// What it is for: the provider's name of a charge, a refund, a dispute.
    pub source: Option<String>,
    pub description: Option<String>,
    pub minor: i64,
    pub fee: i64,
    /// Seconds since 1970.
    pub at: i64,
}

pub type Answer<'a, T> = BoxFuture<'a, Result<T, Trouble>>;

pub trait PaymentProvider: Send + Sync {
    fn account(&self) -> Answer<'_, Account>;
    fn listen<'a>(&'a self, url: &'a str) -> Answer<'a, Endpoint>;
    fn unlisten<'a>(&'a self, endpoint: &'a str) -> Answer<'a, ()>;
    fn open<'a>(&'a self, new: &'a NewCheckout) -> Answer<'a, Opened>;
    fn standing<'a>(&'a self, checkout: &'a str) -> Answer<'a, Standing>;
    /// Nobody can pay there any more, unless somebody has.
    fn close<'a>(&'a self, checkout: &'a str) -> Answer<'a, Standing>;
    fn payment<'a>(&'a self, id: &'a str) -> Answer<'a, Paid>;
    fn open_setup<'a>(&'a self, new: &'a NewSetup) -> Answer<'a, Opened>;
    fn setup<'a>(&'a self, page: &'a str) -> Answer<'a, Setup>;
    fn card<'a>(&'a self, method: &'a str) -> Answer<'a, KeptCard>;
    /// It can be charged no more, by nobody.
    fn forget<'a>(&'a self, method: &'a str) -> Answer<'a, ()>;
    fn charge<'a>(&'a self, new: &'a NewCharge) -> Answer<'a, Charged>;
    /// `ours` is sent along: whoever asks twice with the same gets the same.
    fn refund<'a>(&'a self, payment: &'a str, minor: i64, ours: Uuid) -> Answer<'a, Refunded>;
    fn refunds<'a>(&'a self, payment: &'a str) -> Answer<'a, Vec<Refunded>>;
    fn dispute<'a>(&'a self, id: &'a str) -> Answer<'a, Disputed>;
    fn payout<'a>(&'a self, id: &'a str) -> Answer<'a, PaidOut>;
    /// What a payout contains, the payout itself left out.
    fn contents<'a>(&'a self, payout: &'a str) -> Answer<'a, Vec<Moved>>;
}

/// Where the provider is reached: its own address, unless whoever runs the program says otherwise. Never from a company.
pub struct Desk {
    base: String,
    door: Arc<Door>,
}

pub const STRIPE: &str = "https://api.stripe.com";

impl Desk {
    /// An address of numbers may be a machine nearby: for development and tests.
    pub fn at(base: &str) -> Result<Self, String> {
        let base = base.trim_end_matches('/').to_owned();
        let url = Url::parse(&base).map_err(|e| format!("the address of the card provider, {base}: {e}"))?;
        let port = url.port_or_known_default().unwrap_or(443);
        let near = match url.host() {
            Some(Host::Ipv4(v4)) => vec![SocketAddr::from((v4, port))],
            Some(Host::Ipv6(v6)) => vec![SocketAddr::from((v6, port))],
            _ => vec![],
        };
        if url.scheme() != "https" && near.is_empty() {
            return Err(format!("the address of the card provider, {base}, is not https"));
        }
        let door = Door::new()?.allowing(near);
        door.check(&base).map_err(|refusal| format!("the address of the card provider, {base}: {refusal}"))?;
        Ok(Self { base, door: Arc::new(door) })
    }

    pub fn of(house: &House) -> Result<Arc<Self>> {
        if house.kept::<Self>().is_none() {
            house.keep(Self::at(STRIPE).map_err(Error::Bug)?);
        }
        house.kept::<Self>().ok_or_else(|| Error::Bug("the desk of card payments went missing".into()))
    }

    pub fn stripe(&self, key: String) -> Stripe {
        Stripe::new(self.base.clone(), self.door.clone(), key)
    }
}

/// The company's provider; none where it has connected none.
pub async fn of(scope: &Scope) -> Result<Option<Arc<dyn PaymentProvider>>> {
    let Some(key) = account::key(scope).await? else { return Ok(None) };
    Ok(Some(Arc::new(Desk::of(scope.house())?.stripe(key))))
}

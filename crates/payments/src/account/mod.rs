//! The company's account at the provider. Its keys are secrets: sealed when they come, and never shown again.
pub mod connect;
pub mod disconnect;
pub mod page;
pub mod secret;

use jiff::Timestamp;
use kernel::{Access, Error, Result, Scope, http::Json, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use tenancy::Seal;
use uuid::Uuid;

use crate::{AccountId, permissions::PaymentsManage};

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct Kept {
        pub id: AccountId,
        pub sealed: String,
        pub last_four: String,
        pub account_ref: Option<String>,
        pub name: String,
        pub live: bool,
        pub endpoint_ref: Option<String>,
        pub trouble: Option<String>,
        pub created_at: Timestamp,
        pub secrets: i64,
    }
}

sql! {
    pub(crate) fn kept(now: Timestamp) -> Option<Kept> = "
        select a.id, a.sealed, a.last_four, a.account_ref, a.name, a.live, a.endpoint_ref, a.trouble, a.created_at,
               (select count(*) from provider_secret s where s.tenant_id = $1 and (s.good_until is null or s.good_until > $2)) as secrets
        from provider_account a where a.tenant_id = $1";
    /// For a page that must know whether cards are taken, and whether in earnest.
    pub fn live() -> Option<bool> = "select live from provider_account where tenant_id = $1";
}

kernel::event! {
    /// Cards are taken from now on, with that account.
    pub struct ProviderConnected = "payment_provider.connected", seen by PaymentsManage { account: AccountId, name: String, live: bool }
}
kernel::event! {
    pub struct ProviderDisconnected = "payment_provider.disconnected", seen by PaymentsManage { account: AccountId, name: String }
}
kernel::event! {
    /// Somebody gave the secret with which the provider signs.
    pub struct SigningSecretSet = "payment_provider.signing_secret_set", seen by PaymentsManage { account: AccountId }
}
kernel::heard! { "payment_provider." by everybody }
kernel::promise! { "provider_account_once": "", "Somebody else connected a provider at the same moment. Load the page again." }

kernel::text_enum! {
    /// How we hear of what happened at the provider.
    pub enum Hears {
        Registered = "registered": "The provider tells us at once",
        ByHand = "by_hand": "The provider tells us at once, set up by hand",
        Asks = "asks": "We ask the provider every quarter of an hour",
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PaymentProvider")]
pub struct Shown {
    /// `stripe`.
    pub provider: &'static str,
    /// What the account is called there.
    pub name: String,
    pub account: Option<String>,
    /// False: a key for tests; no money moves.
    pub live: bool,
    /// The last letters of the key. All of it is shown to nobody.
    pub key_ends_in: String,
    pub hears: Hears,
    /// Why the provider could not be told where to tell us.
    pub trouble: Option<String>,
    pub connected_at: Timestamp,
}

impl From<Kept> for Shown {
    fn from(kept: Kept) -> Self {
        let hears = match (kept.secrets, &kept.endpoint_ref) {
            (0, _) => Hears::Asks,
            (_, Some(_)) => Hears::Registered,
            (_, None) => Hears::ByHand,
        };
        Self {
            provider: "stripe",
            name: kept.name,
            account: kept.account_ref,
            live: kept.live,
            key_ends_in: kept.last_four,
            hears,
            trouble: kept.trouble,
            connected_at: kept.created_at,
        }
    }
}

/// The secret key of the provider's account; none where cards are not taken.
pub(crate) async fn key(scope: &Scope) -> Result<Option<String>> {
    let Some(kept) = scope.read(kept(scope.now())).await? else { return Ok(None) };
    open(scope, kept.id.0, &kept.sealed).map(Some)
}

pub(crate) fn open(scope: &Scope, id: Uuid, sealed: &str) -> Result<String> {
    let bytes = Seal::of(scope.house())?.open((scope.tenant().id, id), sealed)?;
    String::from_utf8(bytes).map_err(|_| Error::Bug("a sealed key is no text".into()))
}

pub(crate) fn close(scope: &Scope, id: Uuid, secret: &str) -> Result<String> {
    Seal::of(scope.house())?.close((scope.tenant().id, id), secret.as_bytes())
}

pub async fn api(access: Access<PaymentsManage>) -> Result<Json<Shown>> {
    access.read(kept(access.now())).await?.map(|kept| Json(kept.into())).ok_or(Error::NotFound)
}

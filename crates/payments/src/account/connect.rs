//! Connects the provider: the key is tried, sealed, and the provider told where to tell us what happens.
use jiff::{SignedDuration, Timestamp};
use kernel::{Access, Checks, Error, Input, Result, Scope, TenantTx, http::Json, sql};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{Kept, ProviderConnected, Shown, close, kept, open};
use crate::{
    AccountId,
    on_file::remove,
    permissions::PaymentsManage,
    provider::{Account, Desk, Endpoint, PaymentProvider, Trouble},
};

/// What the provider signed before it learnt of the new secret is still on its way.
const BOTH_GOOD: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConnectProvider")]
pub struct Connect {
    /// Stripe's secret key, or a restricted one: `sk_live_…`, `rk_live_…`, or `…_test_…` for tests.
    pub key: String,
}
impl Input for Connect {
    fn check(&mut self, checks: &mut Checks) {
        self.key = self.key.trim().to_owned();
        let shape = |key: &str| {
            let begins = ["sk_live_", "sk_test_", "rk_live_", "rk_test_"].iter().any(|begin| key.starts_with(begin));
            begins && (16..=255).contains(&key.len()) && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let says = match self.key.starts_with("pk_") {
            true => "This is the publishable key. The secret key begins with sk_live_ or sk_test_.",
            false => "A secret key of Stripe begins with sk_live_, sk_test_, rk_live_ or rk_test_.",
        };
        checks.that(shape(&self.key), "key", "key", says);
    }
}

sql! {
    pub(super) fn keep(id: AccountId, sealed: String, last_four: String, account: Option<String>, name: String, live: bool, endpoint: Option<String>,
                       trouble: Option<String>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into provider_account (tenant_id, id, provider, sealed, last_four, account_ref, name, live, endpoint_ref, trouble, created_at, updated_at, created_by)
        values ($1, $2, 'stripe', $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)";
    pub(super) fn forget(id: AccountId) -> u64 = "delete from provider_account where tenant_id = $1 and id = $2";
    pub(super) fn keep_secret(id: Uuid, sealed: String, by_hand: bool, at: Timestamp) -> u64 = "
        insert into provider_secret (tenant_id, id, sealed, by_hand, created_at) values ($1, $2, $3, $4, $5)";
    pub(super) fn outdate(until: Timestamp) -> u64 = "
        update provider_secret set good_until = $2 where tenant_id = $1 and good_until is null";
    pub(super) fn forget_secrets() -> u64 = "delete from provider_secret where tenant_id = $1";
}

fn wrong(trouble: &Trouble) -> Error {
    match trouble {
        Trouble::Passing(_) => Error::refused(trouble.says()),
        _ => Error::field("/key", "key", trouble.says()),
    }
}

pub async fn connect(scope: &Scope, input: &Connect) -> Result<Shown> {
    scope.house().limits().careful("payment-provider", &scope.tenant().id.to_string())?;
    let provider = Desk::of(scope.house())?.stripe(input.key.clone());
    let account = provider.account().await.map_err(|trouble| wrong(&trouble))?;
    let before = scope.read(kept(scope.now())).await?;
    let url = scope.house().url(Some(&scope.tenant().slug), "/webhooks/stripe");
    let (endpoint, trouble) = match provider.listen(&url).await {
        Ok(endpoint) => (Some(endpoint), None),
        Err(trouble) => (None, Some(trouble.says())),
    };
    let outcome = scope
        .retrying(async |tx: &mut TenantTx| store(scope, tx, input, &account, endpoint.as_ref(), trouble.clone()).await)
        .await;
    match outcome {
        Ok(shown) => {
            if let Some(before) = before {
                leave(scope, &before).await;
            }
            Ok(shown)
        }
        Err(error) => {
            // Nobody would understand what it tells there.
            if let Some(endpoint) = endpoint {
                let _ = provider.unlisten(&endpoint.id).await;
            }
            Err(error)
        }
    }
}

/// The provider tells the old place no more. If it does not listen: what comes there is refused anyway.
pub(super) async fn leave(scope: &Scope, before: &Kept) {
    let Some(endpoint) = &before.endpoint_ref else { return };
    let Ok(key) = open(scope, before.id.0, &before.sealed) else { return };
    let Ok(desk) = Desk::of(scope.house()) else { return };
    if let Err(trouble) = desk.stripe(key).unlisten(endpoint).await {
        tracing::info!(?trouble, "the provider was not told that it is over");
    }
}

async fn store(
    scope: &Scope,
    tx: &mut TenantTx,
    input: &Connect,
    account: &Account,
    endpoint: Option<&Endpoint>,
    trouble: Option<String>,
) -> Result<Shown> {
    let (now, by) = (tx.now(), tx.user());
    let before = tx.run(kept(now)).await?;
    let same = before.as_ref().is_some_and(|before| before.account_ref == account.id && account.id.is_some());
    if let Some(before) = &before {
        tx.run(forget(before.id)).await?;
    }
    match same {
        true => tx.run(outdate(now.saturating_add(BOTH_GOOD).unwrap_or(now))).await?,
        false => {
            // What the account before calls its cards means nothing to this one.
            remove::all(tx).await?;
            tx.run(forget_secrets()).await?
        }
    };
    let id = AccountId::new();
    let sealed = close(scope, id.0, &input.key)?;
    let letters = input.key.len();
    let last_four = input.key.get(letters.saturating_sub(4)..).unwrap_or_default().to_owned();
    let trouble = trouble.map(|says| says.chars().take(500).collect());
    let row = keep(
        id,
        sealed,
        last_four,
        account.id.clone(),
        account.name.clone(),
        account.live,
        endpoint.map(|endpoint| endpoint.id.clone()),
        trouble,
        now,
        by,
    );
    tx.run(row).await?;
    if let Some(endpoint) = endpoint {
        let id = Uuid::now_v7();
        tx.run(keep_secret(id, close(scope, id, &endpoint.secret)?, false, now)).await?;
    }
    tx.tell(&ProviderConnected { account: id, name: account.name.clone(), live: account.live });
    tx.run(kept(now)).await?.map(Shown::from).ok_or(Error::NotFound)
}

pub async fn api(access: Access<PaymentsManage>, Json(input): Json<Connect>) -> Result<Json<Shown>> {
    connect(&access, &input).await.map(Json)
}

//! A new key: shown once, with no more rights than whoever makes it holds.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, PERMISSIONS, Result, Scope, TenantTx,
    http::{Created, Json, Versioned},
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ApiKey, ApiKeyCreated, ApiKeyId};
use crate::{
    ApiKeysManage, role, secret,
    service_account::{self, ServiceAccountId},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// What uses it: "Zapier", "Website".
    pub name: String,
    /// Permissions, such as `customers.read`.
    #[serde(default)]
    #[schemars(required)]
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
    /// The service account it acts as; without one it acts as itself.
    #[serde(default)]
    pub service_account_id: Option<ServiceAccountId>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "a name that says what uses the key");
        self.scopes.sort();
        self.scopes.dedup();
        checks.that(!self.scopes.is_empty(), "scopes", "required", "Choose at least one thing the key may do.");
        for name in &self.scopes {
            let known = PERMISSIONS.iter().any(|p| p.name == name);
            if !checks.that(known, "scopes", "unknown", format!("`{name}` is not a permission.")) {
                break;
            }
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Made {
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// The key itself, shown this once.
    pub key: String,
}
impl Versioned for Made {
    fn version(&self) -> i64 {
        self.api_key.version
    }
}

sql! {
    fn insert(id: ApiKeyId, name: String, prefix: String, secret_hash: String, scopes: Vec<String>, service_account_id: Option<ServiceAccountId>, expires_at: Option<Timestamp>, at: Timestamp, by: Option<Uuid>) = "
        insert into api_key (tenant_id, id, name, prefix, secret_hash, scopes, service_account_id, expires_at, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
}

pub async fn create(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<Made> {
    let made = insert_new(scope, tx, new).await?;
    tx.tell(&ApiKeyCreated { key: made.api_key.id, scopes: new.scopes.len() as i64 });
    Ok(made)
}

/// Without telling of it: a key in another's place is told of as that.
pub(super) async fn insert_new(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<Made> {
    if let Some(principal) = scope.principal()
        && let Some(beyond) = new.scopes.iter().find(|name| !principal.granted.has(name))
    {
        return Err(Error::field(
            "/scopes",
            "beyond_own",
            format!("You may not do `{beyond}` yourself, so a key of yours cannot."),
        ));
    }
    if let Some(account) = new.service_account_id {
        within_account(tx, account, &new.scopes).await?;
    }
    let (id, at, by, key) = (ApiKeyId::new(), tx.now(), tx.user(), super::draw(scope.tenant().id));
    if new.expires_at.is_some_and(|end| end <= at) {
        return Err(Error::field("/expires_at", "past", "That time is over already."));
    }
    tx.queue(insert(
        id,
        new.name.clone(),
        super::prefix(&key),
        secret::hash(&key),
        new.scopes.clone(),
        new.service_account_id,
        new.expires_at,
        at,
        by,
    ));
    let api_key = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    Ok(Made { api_key, key })
}

/// A key may no more than its account; what the account may not, it could not use.
async fn within_account(tx: &mut TenantTx, account: ServiceAccountId, scopes: &[String]) -> Result<()> {
    let Some(account) = tx.run(service_account::find(account)).await? else {
        return Err(Error::field("/service_account_id", "unknown", "There is no such service account."));
    };
    if !account.active {
        return Err(Error::field(
            "/service_account_id",
            "ended",
            "The access of this account has ended. Give it back first.",
        ));
    }
    let may = role::permissions_of(account.role);
    match scopes.iter().find(|scope| !may.contains(scope)) {
        Some(beyond) => Err(Error::field(
            "/scopes",
            "beyond_account",
            format!("{} is a {}, who may not do `{beyond}`.", account.name, account.role.label().to_lowercase()),
        )),
        None => Ok(()),
    }
}

/// Not kept with an idempotency key: the answer holds the secret, and nothing may keep that.
pub async fn api(access: Access<ApiKeysManage>, Json(new): Json<New>) -> Result<Created<Made>> {
    let body = access.retrying(async |tx: &mut TenantTx| create(&access, tx, &new).await).await?;
    Ok(Created { location: format!("/api/v1/api-keys/{}", body.api_key.id), body })
}

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
use crate::{ApiKeysManage, secret};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// What uses it: "Zapier", "Website".
    pub name: String,
    /// Permissions, such as `customers.read`.
    #[serde(default)]
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
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
    fn insert(id: ApiKeyId, name: String, prefix: String, secret_hash: String, scopes: Vec<String>, expires_at: Option<Timestamp>, at: Timestamp, by: Option<Uuid>) = "
        insert into api_key (tenant_id, id, name, prefix, secret_hash, scopes, expires_at, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
}

pub async fn create(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<Made> {
    if let Some(principal) = scope.principal()
        && let Some(beyond) = new.scopes.iter().find(|name| !principal.granted.has(name))
    {
        return Err(Error::field(
            "/scopes",
            "beyond_own",
            format!("You may not do `{beyond}` yourself, so a key of yours cannot."),
        ));
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
        new.expires_at,
        at,
        by,
    ));
    tx.tell(&ApiKeyCreated { key: id, scopes: new.scopes.len() as i64 });
    let api_key = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    Ok(Made { api_key, key })
}

/// Not kept with an idempotency key: the answer holds the secret, and nothing may keep that.
pub async fn api(access: Access<ApiKeysManage>, Json(new): Json<New>) -> Result<Created<Made>> {
    let body = access.retrying(async |tx: &mut TenantTx| create(&access, tx, &new).await).await?;
    Ok(Created { location: format!("/api/v1/api-keys/{}", body.api_key.id), body })
}

//! API keys: `tk_<company>_<secret>`, shown once, kept as a hash, with scopes that are permissions.
mod create;
mod list;
mod page;
mod revoke;

use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Error, Principal, Result, Scope, TenantTx, http::Versioned, permission::Granted, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{ApiKeysManage, secret};

pub use create::{Made, New, api as create_api, create};
pub use list::api as list_api;
pub use page::{page, post, revoke_post};
pub use revoke::{api as revoke_api, revoke};

kernel::id!(ApiKeyId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct ApiKey {
        pub id: ApiKeyId,
        pub name: String,
        /// The beginning of the key, to tell one from another.
        pub prefix: String,
        /// The permissions it holds.
        pub scopes: Vec<String>,
        pub expires_at: Option<Timestamp>,
        /// To the minute.
        pub last_used_at: Option<Timestamp>,
        pub revoked_at: Option<Timestamp>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}
impl Versioned for ApiKey {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! {
    pub struct ApiKeyCreated = "api_key.created", seen by ApiKeysManage { key: ApiKeyId, scopes: i64 }
}
kernel::event! {
    pub struct ApiKeyRevoked = "api_key.revoked", seen by ApiKeysManage { key: ApiKeyId }
}

row! {
    struct Live {
        id: ApiKeyId,
        name: String,
        scopes: Vec<String>,
        expires_at: Option<Timestamp>,
        last_used_at: Option<Timestamp>,
    }
}

sql! {
    fn live(secret_hash: String, now: Timestamp) -> Option<Live> = "
        select id, name, scopes, expires_at, last_used_at from api_key
        where tenant_id = $1 and secret_hash = $2 and revoked_at is null and (expires_at is null or expires_at > $3)";
    fn used(id: ApiKeyId, at: Timestamp) -> u64 = "update api_key set last_used_at = $3 where tenant_id = $1 and id = $2";
    pub(super) fn find(id: ApiKeyId) -> Option<ApiKey> = "
        select id, name, prefix, scopes, expires_at, last_used_at, revoked_at, version, created_at
        from api_key where tenant_id = $1 and id = $2";
}

/// A new key of this company.
pub fn draw(tenant: Uuid) -> String {
    format!("tk_{}_{}", secret::short(tenant), secret::draw())
}

/// What may be shown of a key afterwards: the company is the same for all, so the secret's first letters.
pub fn prefix(key: &str) -> String {
    let secret = key.rsplit('_').next().unwrap_or_default();
    format!("tk_…{}", secret.chars().take(6).collect::<String>())
}

/// The company a key names by itself; that it is good is another question.
pub fn tenant_of(key: &str) -> Result<Uuid> {
    let parts: Vec<&str> = key.split('_').collect();
    match parts[..] {
        ["tk", tenant, secret] if secret.len() == 43 => secret::long(tenant).ok_or(Error::Unauthenticated),
        _ => Err(Error::Unauthenticated),
    }
}

/// When a key is used, it is written down once a minute.
const NOTE: SignedDuration = SignedDuration::from_secs(60);

pub async fn recognise(scope: &Scope, key: &str) -> Result<Option<Principal>> {
    let now = scope.now();
    let Some(found) = scope.read(live(secret::hash(key), now)).await? else { return Ok(None) };
    if found.last_used_at.is_none_or(|at| now.duration_since(at) > NOTE) {
        scope.write_with(async |tx: &mut TenantTx| tx.run(used(found.id, now)).await).await?;
    }
    Ok(Some(Principal {
        tenant: scope.tenant().id,
        actor: Actor::Key { id: found.id.0, name: found.name },
        email: String::new(),
        roles: vec![],
        granted: Granted::of(found.scopes.iter().map(String::as_str)),
        session: None,
        expires: found.expires_at,
        unshown: vec![],
    }))
}

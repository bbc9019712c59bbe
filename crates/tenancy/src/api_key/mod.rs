//! API keys: `tk_<company>_<secret>`, shown once, kept as a hash, with scopes that are permissions.
mod create;
mod list;
mod page;
mod revoke;
mod rotate;
mod used;

use jiff::Timestamp;
use kernel::{Actor, Error, Principal, Result, Scope, http::Versioned, permission::Granted, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{ApiKeysManage, role, secret, service_account::ServiceAccountId};

pub use create::{Made, New, api as create_api, create};
pub(crate) use list::of_account;
pub use list::{api as list_api, get_api};
pub use page::{page, post, revoke_post, rotate_post};
pub use revoke::{api as revoke_api, revoke};
pub use rotate::{Rotation, api as rotate_api, rotate};
pub use used::{Used, write_down};

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
        /// Whom it acts as, if not as itself.
        pub service_account_id: Option<ServiceAccountId>,
        /// The key that came in its place; until `expires_at` both open.
        pub replaced_by: Option<ApiKeyId>,
        pub expires_at: Option<Timestamp>,
        /// To ten seconds or so.
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
impl ApiKey {
    /// Whether it still opens anything.
    pub fn opens(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

kernel::event! {
    pub struct ApiKeyRotated = "api_key.rotated", seen by ApiKeysManage { key: ApiKeyId, replaces: ApiKeyId }
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
        account: Option<Uuid>,
        account_name: String,
        account_role: String,
        seeded: String,
        permissions: Vec<String>,
        reaches: Vec<String>,
    }
}

sql! {
    // The account of a key that acts as itself is nobody: the outer joins find nothing.
    fn live(secret_hash: String, now: Timestamp) -> Option<Live> = "
        select k.id, k.name, k.scopes, k.expires_at, a.id as account, coalesce(a.name, '') as account_name, coalesce(a.role, '') as account_role,
               coalesce(r.seeded, '') as seeded,
               array(select p.permission from role_permission p where p.tenant_id = $1 and p.role = a.role) as permissions,
               array(select h.noun || '=' || h.reach from role_reach h where h.tenant_id = $1 and h.role = a.role order by h.noun) as reaches
        from api_key k
        left join service_account a on a.tenant_id = $1 and a.id = k.service_account_id
        left join role r on r.tenant_id = $1 and r.name = a.role
        where k.tenant_id = $1 and k.secret_hash = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)
          and (k.service_account_id is null or a.active)";
    fn live_by_id(id: ApiKeyId, now: Timestamp) -> Option<Live> = "
        select k.id, k.name, k.scopes, k.expires_at, a.id as account, coalesce(a.name, '') as account_name, coalesce(a.role, '') as account_role,
               coalesce(r.seeded, '') as seeded,
               array(select p.permission from role_permission p where p.tenant_id = $1 and p.role = a.role) as permissions,
               array(select h.noun || '=' || h.reach from role_reach h where h.tenant_id = $1 and h.role = a.role order by h.noun) as reaches
        from api_key k
        left join service_account a on a.tenant_id = $1 and a.id = k.service_account_id
        left join role r on r.tenant_id = $1 and r.name = a.role
        where k.tenant_id = $1 and k.id = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)
          and (k.service_account_id is null or a.active)";
    pub(super) fn find(id: ApiKeyId) -> Option<ApiKey> = "
        select id, name, prefix, scopes, service_account_id, replaced_by, expires_at, last_used_at, revoked_at, version, created_at
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

/// A key that belongs to an account acts as that one, within the account's role and its own scopes.
pub async fn recognise(scope: &Scope, key: &str) -> Result<Option<Principal>> {
    let (now, hash) = (scope.now(), secret::hash(key));
    let mut found = scope.read(live(hash.clone(), now)).await?;
    if found.as_ref().is_some_and(|live| live.account.is_some() && live.seeded != *role::CATALOGUE) {
        role::sync(scope).await?;
        found = scope.read(live(hash, now)).await?;
    }
    let Some(found) = found else { return Ok(None) };
    if let Some(used) = scope.house().kept::<Used>() {
        used.note(scope.tenant().id, found.id, now);
    }
    Ok(Some(principal(scope, found)))
}

/// The same without the key itself, for work that somebody asked for with it earlier.
pub(crate) async fn again(scope: &Scope, id: ApiKeyId) -> Result<Option<Principal>> {
    Ok(scope.read(live_by_id(id, scope.now())).await?.map(|found| principal(scope, found)))
}

fn principal(scope: &Scope, found: Live) -> Principal {
    let scopes = Granted::of(found.scopes.iter().map(String::as_str));
    // A key that acts as itself is the company's own; an account reaches what its role does, and belongs to no team.
    let (actor, roles, granted, within) = match found.account {
        None => (Actor::Key { id: found.id.0, name: found.name }, vec![], scopes, None),
        Some(id) => {
            let (may, within) = role::rights(&found.permissions, &found.reaches, id, &[]);
            let actor = Actor::Service { id, name: format!("{} ({})", found.account_name, found.name) };
            (actor, vec![found.account_role], scopes.and(&may), within)
        }
    };
    Principal {
        tenant: scope.tenant().id,
        actor,
        email: String::new(),
        roles,
        granted,
        within,
        session: None,
        key: Some(found.id.0),
        expires: found.expires_at,
        unshown: vec![],
    }
}

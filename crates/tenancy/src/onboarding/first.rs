//! What a new owner is handed once: the first API key, and a link that signs them in.
//!
//! Both are made when the owner asks for them on the finished page, neither when the company is made nor when the page is
//! looked at: browsers look at pages beforehand, and again. Between the two may lie days,
//! processes and backups; a key that waits somewhere, sealed or not, can be found there by somebody else, and one that does
//! not exist yet cannot. The price is that a key whose page got lost on the way is gone: another is made in the settings.
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Outside, PERMISSIONS, Result, Scope, TenantTx, sql};
use uuid::Uuid;

use super::draft::Signup;
use crate::{
    MemberId,
    api_key::{self, ApiKeyCreated, ApiKeyId},
    member::InvitationId,
    secret,
};

const LINK_LIFE: SignedDuration = SignedDuration::from_hours(1);

pub struct Handed {
    pub api_key: String,
    /// Signs the owner in once, within an hour.
    pub link: String,
}

sql! {
    fn owner() -> Option<MemberId> = "select id from member where tenant_id = $1 and role = 'owner' order by id limit 1";
    fn key(id: ApiKeyId) -> Option<ApiKeyId> = "select id from api_key where tenant_id = $1 and id = $2";
    fn insert_key(id: ApiKeyId, prefix: String, secret_hash: String, scopes: Vec<String>, at: Timestamp, by: MemberId) -> u64 = "
        insert into api_key (tenant_id, id, name, prefix, secret_hash, scopes, created_at, updated_at, created_by)
        values ($1, $2, 'First key', $3, $4, $5, $6, $6, $7) on conflict (tenant_id, id) do nothing";
    fn insert_link(id: InvitationId, member_id: MemberId, token_hash: String, expires_at: Timestamp, at: Timestamp) = "
        insert into invitation (tenant_id, id, member_id, purpose, token_hash, expires_at, created_at)
        values ($1, $2, $3, 'handover', $4, $5, $6)";
}

/// The house in the new company. Another process may have made it after this one was asked for its address and remembered
/// that nobody has it.
async fn inside(outside: &Outside, signup: &Signup) -> Result<Scope> {
    match outside.house.errand(signup.id, "sign-up").await {
        Err(Error::NotFound) => {
            outside.house.tenants().forget();
            outside.house.errand(signup.id, "sign-up").await
        }
        found => found,
    }
}

/// Whether somebody has been handed both.
pub async fn taken(outside: &Outside, signup: &Signup) -> Result<bool> {
    let scope = inside(outside, signup).await?;
    Ok(scope.read(key(ApiKeyId(signup.id))).await?.is_some())
}

/// The key and the link for whoever comes first; nothing for those who come later, in whichever process. The key bears the
/// sign-up's id, and keys are revoked but never deleted, so a second one cannot be made.
pub async fn take(outside: &Outside, signup: &Signup) -> Result<Option<Handed>> {
    let house = &outside.house;
    let scope = inside(outside, signup).await?;
    let key = api_key::draw(signup.id);
    let token = secret::draw();
    let mut scopes: Vec<String> = PERMISSIONS.iter().map(|p| p.name.to_owned()).collect();
    scopes.sort();
    scopes.dedup();
    let handed = scope
        .write_with(async |tx: &mut TenantTx| {
            let Some(owner) = tx.run(owner()).await? else { return Ok(false) };
            let (id, at, count) = (ApiKeyId(signup.id), tx.now(), scopes.len() as i64);
            let new = insert_key(id, api_key::prefix(&key), secret::hash(&key), scopes.clone(), at, owner);
            if tx.run(new).await? == 0 {
                return Ok(false);
            }
            let until = at.saturating_add(LINK_LIFE).unwrap_or(at);
            tx.queue(insert_link(InvitationId(Uuid::now_v7()), owner, secret::hash(&token), until, at));
            tx.tell(&ApiKeyCreated { key: id, scopes: count });
            Ok(true)
        })
        .await?;
    let link = house.url(Some(&scope.tenant().slug), &format!("/welcome?t={token}"));
    Ok(handed.then_some(Handed { api_key: key, link }))
}

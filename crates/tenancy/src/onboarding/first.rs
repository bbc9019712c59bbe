//! What a new owner is handed once: the first API key, and a link that signs them in.
//!
//! Both are made when the owner first looks at the finished page, not when the company is made. Between the two may lie days,
//! processes and backups; a key that waits somewhere, sealed or not, can be found there by somebody else, and one that does
//! not exist yet cannot. The price is that a key whose page got lost on the way is gone: another is made in the settings.
use jiff::{SignedDuration, Timestamp};
use kernel::{Outside, PERMISSIONS, Result, TenantTx, sql};
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
    fn insert_key(id: ApiKeyId, prefix: String, secret_hash: String, scopes: Vec<String>, at: Timestamp, by: MemberId) -> u64 = "
        insert into api_key (tenant_id, id, name, prefix, secret_hash, scopes, created_at, updated_at, created_by)
        values ($1, $2, 'First key', $3, $4, $5, $6, $6, $7) on conflict (tenant_id, id) do nothing";
    fn insert_link(id: InvitationId, member_id: MemberId, token_hash: String, expires_at: Timestamp, at: Timestamp) = "
        insert into invitation (tenant_id, id, member_id, purpose, token_hash, expires_at, created_at)
        values ($1, $2, $3, 'handover', $4, $5, $6)";
}

/// The key and the link for whoever comes first; nothing for those who come later, in whichever process. The key bears the
/// sign-up's id, and keys are revoked but never deleted, so a second one cannot be made.
pub async fn take(outside: &Outside, signup: &Signup) -> Result<Option<Handed>> {
    let house = &outside.house;
    // Another process may have made the company after this one was asked for its address and remembered that nobody has it.
    house.tenants().forget();
    let scope = house.errand(signup.id, "sign-up").await?;
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

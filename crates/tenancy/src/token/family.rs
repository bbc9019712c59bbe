//! Families of refresh tokens: all that came of one sign-in. They are refreshed one at a time and end as one.
use jiff::Timestamp;
use kernel::{Result, TenantTx, sql};
use uuid::Uuid;

use crate::{AuditRead, MemberId};

kernel::id!(FamilyId);

kernel::event! {
    /// An old refresh token came again: somebody has a copy.
    pub struct TokensReused = "tokens.reused", seen by AuditRead { member: MemberId, family: Uuid }
}

kernel::text_enum! {
    /// Why a family ended before its time.
    pub enum Why {
        SignedOut = "signed_out": "Signed out",
        Reused = "reused": "An old token came again",
        Ended = "ended": "Access or password changed",
    }
}

sql! {
    fn insert(id: FamilyId, member_id: MemberId, expires_at: Timestamp, at: Timestamp) = "
        insert into token_family (tenant_id, id, member_id, expires_at, refreshed_at, created_at)
        values ($1, $2, $3, $4, $5, $5)";
    fn lock_of(token_hash: String) -> Option<FamilyId> = "
        select f.id from token_family f
        where f.tenant_id = $1 and f.id = (select t.family from refresh_token t where t.tenant_id = $1 and t.token_hash = $2)
        for update";
    fn refreshed(id: FamilyId, expires_at: Timestamp, at: Timestamp) -> u64 = "
        update token_family set expires_at = $3, refreshed_at = $4 where tenant_id = $1 and id = $2";
    fn end_one(id: FamilyId, why: Why, at: Timestamp) -> u64 = "
        update token_family set revoked_at = $4, revoked_why = $3 where tenant_id = $1 and id = $2 and revoked_at is null";
    pub(crate) fn end_of(member_id: MemberId, why: Why, at: Timestamp, but: Option<FamilyId>) -> u64 = "
        update token_family set revoked_at = $4, revoked_why = $3
        where tenant_id = $1 and member_id = $2 and revoked_at is null and ($5::uuid is null or id <> $5)";
    // With its tokens: nothing can come of them any more.
    fn clear(member_id: MemberId, over_before: Timestamp) -> u64 = "
        delete from token_family where tenant_id = $1 and member_id = $2 and expires_at < $3";
}

/// A new one for a new sign-in. What is over of this person's is cleared away.
pub(super) async fn begin(tx: &mut TenantTx, member: MemberId, expires_at: Timestamp) -> Result<FamilyId> {
    let (id, at) = (FamilyId::new(), tx.now());
    tx.run(clear(member, at)).await?;
    tx.queue(insert(id, member, expires_at, at));
    Ok(id)
}

/// The family of that token, which nobody else refreshes or ends until the transaction is over.
pub(super) async fn hold(tx: &mut TenantTx, token_hash: &str) -> Result<Option<FamilyId>> {
    tx.run(lock_of(token_hash.to_owned())).await
}

pub(super) async fn prolong(tx: &mut TenantTx, id: FamilyId, expires_at: Timestamp) -> Result<()> {
    let at = tx.now();
    tx.run(refreshed(id, expires_at, at)).await.map(drop)
}

pub(crate) async fn end(tx: &mut TenantTx, id: FamilyId, why: Why) -> Result<()> {
    let at = tx.now();
    tx.run(end_one(id, why, at)).await.map(drop)
}

//! A link that lets somebody in once: to choose a password, or straight in after sign-up.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Json, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{InvitationId, MemberId};
use crate::{MembersWrite, secret};

const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Serialize, JsonSchema)]
pub struct Invitation {
    /// Where they choose a password; good for seven days, shown this once.
    pub url: String,
}

sql! {
    fn keep(id: InvitationId, member_id: MemberId, purpose: String, token_hash: String, expires_at: Timestamp, at: Timestamp, by: Option<Uuid>) = "
        insert into invitation (tenant_id, id, member_id, purpose, token_hash, expires_at, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    fn withdraw(member_id: MemberId) -> u64 = "delete from invitation where tenant_id = $1 and member_id = $2 and used_at is null";
}

/// Leaves with the next statement of the transaction.
pub(crate) fn link(scope: &Scope, tx: &mut TenantTx, member: MemberId, purpose: &str) -> String {
    let (token, at, by) = (secret::draw(), tx.now(), tx.user());
    let expires_at = at.saturating_add(LIFE).unwrap_or(at);
    tx.queue(keep(InvitationId::new(), member, purpose.into(), secret::hash(&token), expires_at, at, by));
    scope.house().url(Some(&scope.tenant().slug), &format!("/welcome?t={token}"))
}

/// A new link; older ones of the same person are void.
pub async fn invite(scope: &Scope, tx: &mut TenantTx, id: MemberId) -> Result<Invitation> {
    let member = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    super::may_deal_with(scope, member.role)?;
    if !member.active {
        return Err(Error::refused("Their access was ended. Give it back first, then invite them."));
    }
    tx.run(withdraw(id)).await?;
    Ok(Invitation { url: link(scope, tx, id, "invite") })
}

/// Not kept with an idempotency key: the answer is a secret.
pub async fn api(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Json<Invitation>> {
    access.retrying(async |tx: &mut TenantTx| invite(&access, tx, id).await).await.map(Json)
}

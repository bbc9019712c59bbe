//! The last refresh token for a new pair. A token that comes a second time was stolen from one of the two who sent it:
//! its whole family ends.
use jiff::Timestamp;
use kernel::{Checks, Error, Input, Result, TenantTx, Visitor, http::Json, row, sql};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Tokens;
use crate::{MemberId, secret};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub(super) refresh_token: String,
}
impl Input for Ask {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("refresh_token", &mut self.refresh_token, 100, "the refresh token");
    }
}

row! {
    struct Used {
        member_id: MemberId,
        family: Uuid,
        role: String,
    }
}

sql! {
    fn take(token_hash: String, now: Timestamp) -> Option<Used> = "
        update refresh_token t set used_at = $3
        from member m
        where t.tenant_id = $1 and t.token_hash = $2 and t.used_at is null and t.revoked_at is null and t.expires_at > $3
          and m.tenant_id = $1 and m.id = t.member_id and m.active
        returning t.member_id, t.family, m.role";
    pub(super) fn end_family(token_hash: String, now: Timestamp) -> u64 = "
        update refresh_token set revoked_at = $3
        where tenant_id = $1 and revoked_at is null
          and family = (select f.family from refresh_token f where f.tenant_id = $1 and f.token_hash = $2)";
}

pub async fn refresh(visitor: Visitor, Json(ask): Json<Ask>) -> Result<Json<Tokens>> {
    visitor.house().limits().careful("refresh", &visitor.peer)?;
    let hash = secret::hash(&ask.refresh_token);
    let work = async |tx: &mut TenantTx| {
        let now = tx.now();
        match tx.run(take(hash.clone(), now)).await? {
            Some(used) => super::pair(&visitor, tx, used.member_id, &used.role, used.family).await.map(Some),
            // Committed, though the answer is a refusal.
            None => tx.run(end_family(hash.clone(), now)).await.map(|_| None),
        }
    };
    visitor.write_with(work).await?.map(Json).ok_or(Error::Unauthenticated)
}

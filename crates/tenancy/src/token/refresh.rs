//! The last refresh token for a new pair. A token that comes a second time was stolen from one of the two who sent it:
//! its whole family ends. But for a moment: a program whose answer was lost on the way asks again, and gets the same.
use jiff::{SignedDuration, Timestamp};
use kernel::{Checks, Error, Input, Result, TenantTx, Visitor, http::Json, row, sql};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Client, Keys, REFRESH_LIFE, RefreshId, Tokens, family, family::FamilyId};
use crate::{MemberId, secret};

/// So long may the same program send the same token again.
const GRACE: SignedDuration = SignedDuration::from_secs(10);

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
    struct Known {
        id: RefreshId,
        member_id: MemberId,
        role: String,
        active: bool,
        expires_at: Timestamp,
        used_at: Option<Timestamp>,
        used_by: Option<String>,
        revoked_at: Option<Timestamp>,
        successor_id: Option<RefreshId>,
        successor_used_at: Option<Timestamp>,
    }
}

sql! {
    fn known(token_hash: String) -> Option<Known> = "
        select t.id, t.member_id, m.role, m.active, t.expires_at, t.used_at, t.used_by, f.revoked_at, t.successor_id, s.used_at as successor_used_at
        from refresh_token t
        join token_family f on f.tenant_id = $1 and f.id = t.family
        join member m on m.tenant_id = $1 and m.id = t.member_id
        left join refresh_token s on s.tenant_id = $1 and s.id = t.successor_id
        where t.tenant_id = $1 and t.token_hash = $2";
    fn used(id: RefreshId, by: String, successor_id: RefreshId, at: Timestamp) -> u64 = "
        update refresh_token set used_at = $5, used_by = $3, successor_id = $4 where tenant_id = $1 and id = $2";
    fn clear(family: FamilyId, over_before: Timestamp) -> u64 = "
        delete from refresh_token where tenant_id = $1 and family = $2 and expires_at < $3";
}

pub async fn refresh(visitor: Visitor, client: Client, Json(ask): Json<Ask>) -> Result<Json<Tokens>> {
    visitor.house().limits().careful("refresh", &visitor.peer)?;
    let (token, by) = (ask.refresh_token, client.print(&visitor.peer));
    let hash = secret::hash(&token);
    let work = async |tx: &mut TenantTx| {
        let Some(family) = family::hold(tx, &hash).await? else { return Ok(None) };
        let Some(known) = tx.run(known(hash.clone())).await? else { return Ok(None) };
        if known.revoked_at.is_some() || !known.active {
            return Ok(None);
        }
        let (keys, now) = (Keys::of(visitor.house())?, tx.now());
        let Some(at) = known.used_at else {
            if known.expires_at <= now {
                return Ok(None);
            }
            let (id, expires_at) = (RefreshId::new(), super::later(now, REFRESH_LIFE));
            let next = keys.successor(&token, id.0);
            tx.queue(super::keep(id, known.member_id, family, secret::hash(&next), expires_at, now));
            tx.run((used(known.id, by.clone(), id, now), clear(family, now))).await?;
            family::prolong(tx, family, expires_at).await?;
            return super::pair(&visitor, &keys, known.member_id, &known.role, family, next).await.map(Some);
        };
        // What came of it has been used: then nobody is waiting for the answer any more.
        let again = now.duration_since(at) <= GRACE
            && known.used_by.as_deref() == Some(&by)
            && known.successor_used_at.is_none();
        if let (true, Some(id)) = (again, known.successor_id) {
            let next = keys.successor(&token, id.0);
            return super::pair(&visitor, &keys, known.member_id, &known.role, family, next).await.map(Some);
        }
        // Committed, though the answer is a refusal.
        family::end(tx, family, family::Why::Reused).await?;
        tx.tell(&family::TokensReused { member: known.member_id, family: family.0 });
        Ok(None)
    };
    let pair = visitor.retrying(work).await?;
    if pair.is_none() {
        visitor.house().forget_principals();
    }
    pair.map(Json).ok_or(Error::Unauthenticated)
}

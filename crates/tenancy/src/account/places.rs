//! Where one is signed in, and how to end that: here, there, everywhere else.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Json, Path, Redirect},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::member;
use crate::{
    AccountOwn, AuditRead, MemberId,
    session::{self, SessionId, agent},
};

kernel::event! {
    pub struct SessionEnded = "session.ended", seen by AuditRead { member: MemberId }
}

row! {
    pub(super) struct Found {
        id: SessionId,
        agent: String,
        peer: String,
        last_seen_at: Timestamp,
        created_at: Timestamp,
    }
}

/// One browser in which one is signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Place {
    pub id: SessionId,
    /// Such as "Firefox on Windows", by what the browser says of itself.
    pub device: String,
    /// The network address it was signed in from.
    pub address: String,
    /// To the minute.
    pub last_seen_at: Timestamp,
    pub signed_in_at: Timestamp,
    /// The one that asks.
    pub current: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Places {
    pub data: Vec<Place>,
}

sql! {
    fn found(member_id: MemberId, now: Timestamp, seen_after: Timestamp) -> Vec<Found> = "
        select id, agent, peer, last_seen_at, created_at from session
        where tenant_id = $1 and member_id = $2 and ends_at > $3 and last_seen_at > $4
        order by last_seen_at desc, id limit 100";
    fn end(id: SessionId, member_id: MemberId) -> u64 = "
        delete from session where tenant_id = $1 and id = $2 and member_id = $3";
}

pub(super) async fn places(scope: &Scope, id: MemberId) -> Result<Vec<Place>> {
    let now = scope.now();
    let current = scope.principal().and_then(|p| p.session).map(SessionId);
    let all = scope.read(found(id, now, now.saturating_sub(session::IDLE).unwrap_or(now))).await?;
    let place = |found: Found| Place {
        current: Some(found.id) == current,
        id: found.id,
        device: agent::device(&found.agent),
        address: found.peer,
        last_seen_at: found.last_seen_at,
        signed_in_at: found.created_at,
    };
    Ok(all.into_iter().map(place).collect())
}

async fn end_one(access: &Access<AccountOwn>, id: SessionId) -> Result<()> {
    let member = member(access)?;
    let ended = access
        .retrying(async |tx: &mut TenantTx| {
            if tx.run(end(id, member)).await? == 0 {
                return Err(Error::NotFound);
            }
            tx.tell(&SessionEnded { member });
            Ok(())
        })
        .await;
    access.house().forget_principals();
    ended
}

pub async fn places_api(access: Access<AccountOwn>) -> Result<Json<Places>> {
    let id = member(&access)?;
    Ok(Json(Places { data: places(&access, id).await? }))
}

pub async fn end_place_api(access: Access<AccountOwn>, Path(id): Path<SessionId>) -> Result<kernel::http::NoContent> {
    end_one(&access, id).await.map(|()| kernel::http::NoContent)
}

pub async fn end_place(access: Access<AccountOwn>, Path(id): Path<SessionId>) -> Result<Redirect> {
    end_one(&access, id).await?;
    Ok(Redirect::to("/account").toast("Signed out there."))
}

pub async fn end_others(access: Access<AccountOwn>) -> Result<Redirect> {
    let (id, session) = (member(&access)?, access.principal().and_then(|p| p.session));
    let end = async |tx: &mut TenantTx| {
        session::end_all(tx, id, session).await?;
        tx.tell(&SessionEnded { member: id });
        Ok(())
    };
    access.retrying(end).await?;
    access.house().forget_principals();
    Ok(Redirect::to("/account").toast("Signed out everywhere else."))
}

//! Sessions: a random secret in a cookie that only its host gets back; its hash and its times are kept here.
pub mod agent;
pub(crate) mod device;

use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Principal, Result, Scope, TenantTx, Visitor, http::arrive::COOKIE, row, sql};
use uuid::Uuid;

use crate::{
    AuditRead, MemberId, role, secret,
    token::family::{self, FamilyId},
};

kernel::id!(SessionId);

kernel::event! {
    pub struct SessionStarted = "session.started", seen by AuditRead { member: MemberId }
}

/// Unused for this long, a session ends by itself.
pub const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// However busy, it ends after this.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often it is written down that a session is in use.
const NOTE: SignedDuration = SignedDuration::from_secs(60);

row! {
    struct Live {
        session: SessionId,
        last_seen_at: Timestamp,
        ends_at: Timestamp,
        member: MemberId,
        name: String,
        email: String,
        role: String,
        seeded: String,
        permissions: Vec<String>,
        reaches: Vec<String>,
        team: Vec<Uuid>,
    }
}

sql! {
    fn live(token_hash: String, now: Timestamp, seen_after: Timestamp) -> Option<Live> = "
        select s.id as session, s.last_seen_at, s.ends_at, m.id as member, m.name, m.email, m.role, r.seeded,
               array(select p.permission from role_permission p where p.tenant_id = $1 and p.role = m.role) as permissions,
               array(select h.noun || '=' || h.reach from role_reach h where h.tenant_id = $1 and h.role = m.role order by h.noun) as reaches,
               array(select t.id from member t where t.tenant_id = $1 and t.team_id = m.team_id) as team
        from session s
        join member m on m.tenant_id = $1 and m.id = s.member_id
        join role r on r.tenant_id = $1 and r.name = m.role
        where s.tenant_id = $1 and s.token_hash = $2 and s.ends_at > $3 and s.last_seen_at > $4 and m.active";
    fn seen(id: SessionId, at: Timestamp) -> u64 = "
        update session set last_seen_at = $3 where tenant_id = $1 and id = $2 and last_seen_at < $3";
    fn member_seen(id: MemberId, at: Timestamp) -> u64 = "
        update member set last_seen_at = $3 where tenant_id = $1 and id = $2";
    fn begin_one(id: SessionId, member_id: MemberId, token_hash: String, peer: String, agent: String, at: Timestamp, ends_at: Timestamp) = "
        insert into session (tenant_id, id, member_id, token_hash, peer, agent, last_seen_at, ends_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $7)";
    fn end_one(token_hash: String) -> u64 = "delete from session where tenant_id = $1 and token_hash = $2";
    fn end_by_id(id: SessionId) -> u64 = "delete from session where tenant_id = $1 and id = $2";
    fn end_of(member_id: MemberId, but: Option<SessionId>) -> u64 = "
        delete from session where tenant_id = $1 and member_id = $2 and ($3::uuid is null or id <> $3)";
    fn end_old(member_id: MemberId, seen_before: Timestamp) -> u64 = "
        delete from session where tenant_id = $1 and member_id = $2 and last_seen_at < $3";
}

/// Who is behind the cookie whose hash this is. One round trip, and once a minute another to note that it is in use.
pub async fn recognise(scope: &Scope, token_hash: &str) -> Result<Option<Principal>> {
    let now = scope.now();
    let idle = now.saturating_sub(IDLE).unwrap_or(now);
    let mut found = scope.read(live(token_hash.to_owned(), now, idle)).await?;
    if found.as_ref().is_some_and(|live| live.seeded != *role::CATALOGUE) {
        role::sync(scope).await?;
        found = scope.read(live(token_hash.to_owned(), now, idle)).await?;
    }
    let Some(live) = found else { return Ok(None) };
    if now.duration_since(live.last_seen_at) > NOTE {
        let noted = async |tx: &mut TenantTx| tx.run((seen(live.session, now), member_seen(live.member, now))).await;
        scope.write_with(noted).await?;
    }
    let expires = live.ends_at.min(now.saturating_add(IDLE).unwrap_or(live.ends_at));
    let (granted, within) = role::rights(&live.permissions, &live.reaches, live.member.0, &live.team);
    Ok(Some(Principal {
        tenant: scope.tenant().id,
        actor: Actor::User { id: live.member.0, name: live.name },
        email: live.email,
        roles: vec![live.role],
        granted,
        within,
        session: Some(live.session.0),
        key: None,
        expires: Some(expires),
        unshown: vec![],
    }))
}

/// A new session; gives the cookie that carries it. What this person left unused elsewhere is cleared away.
pub async fn begin(tx: &mut TenantTx, member: MemberId, visitor: &Visitor) -> Result<String> {
    let (token, now) = (secret::draw(), tx.now());
    let peer = visitor.peer.chars().take(60).collect();
    let agent = visitor.agent().to_owned();
    let ends_at = now.saturating_add(LONGEST).unwrap_or(now);
    tx.queue(begin_one(SessionId::new(), member, secret::hash(&token), peer, agent, now, ends_at));
    tx.tell(&SessionStarted { member });
    tx.run((end_old(member, now.saturating_sub(IDLE).unwrap_or(now)), member_seen(member, now))).await?;
    Ok(cookie(&token, LONGEST.as_secs()))
}

/// The session behind a cookie's value ends.
pub async fn end(tx: &mut TenantTx, token: &str) -> Result<()> {
    tx.run(end_one(secret::hash(token))).await?;
    Ok(())
}

/// All sessions and tokens of somebody end, but for the session, or the family of tokens, that they are using; and no
/// browser is spared the second step any more.
pub async fn end_all(tx: &mut TenantTx, member: MemberId, but: Option<Uuid>) -> Result<()> {
    let at = tx.now();
    let tokens = family::end_of(member, family::Why::Ended, at, but.map(FamilyId));
    tx.run((end_of(member, but.map(SessionId)), tokens)).await?;
    device::trust_none(tx, member).await
}

/// Ends what somebody is using: their session, or the family of tokens.
pub async fn end_id(tx: &mut TenantTx, session: Uuid) -> Result<()> {
    tx.run(end_by_id(SessionId(session))).await?;
    family::end(tx, FamilyId(session), family::Why::SignedOut).await
}

fn cookie(token: &str, seconds: i64) -> String {
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

/// Takes the cookie away.
pub fn no_cookie() -> String {
    cookie("", 0)
}

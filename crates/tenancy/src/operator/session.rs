//! Who is signed in at the base domain as one of those who run the house: the first argument of their handlers.
use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Error, House, Outside, Result,
    http::Redirect,
    module::{Gate, Opens},
    row, sql,
};
use uuid::Uuid;

use crate::secret;

const COOKIE: &str = "__Host-tradewind-operator";
/// Unused for this long, it ends by itself.
const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// However busy, it ends after this.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
const NOTE: SignedDuration = SignedDuration::from_secs(60);

/// One of those who run the house, signed in with both proofs.
pub struct Operator {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub outside: Outside,
}

row! {
    struct Signed {
        session: Uuid,
        last_seen_at: Timestamp,
        id: Uuid,
        name: String,
        email: String,
    }
}

sql! {
    #![control]
    fn signed(token_hash: String, now: Timestamp, seen_after: Timestamp) -> Option<Signed> = "
        select s.id as session, s.last_seen_at, o.id, o.name, o.email
        from ctl.operator_session s join ctl.operator o on o.id = s.operator_id
        where s.token_hash = $1 and s.ends_at > $2 and s.last_seen_at > $3 and o.disabled_at is null and o.confirmed_at is not null";
    fn seen(id: Uuid, at: Timestamp) -> u64 = "update ctl.operator_session set last_seen_at = $2 where id = $1";
    fn operator_seen(id: Uuid, at: Timestamp) -> u64 = "update ctl.operator set last_seen_at = $2 where id = $1";
    fn insert(id: Uuid, operator_id: Uuid, token_hash: String, peer: String, agent: String, at: Timestamp, ends_at: Timestamp) -> u64 = "
        insert into ctl.operator_session (id, operator_id, token_hash, peer, agent, last_seen_at, ends_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $6)";
    fn end_one(token_hash: String) -> u64 = "delete from ctl.operator_session where token_hash = $1";
    fn end_old(operator_id: Uuid, seen_before: Timestamp) -> u64 = "
        delete from ctl.operator_session where operator_id = $1 and last_seen_at < $2";
}

impl FromRequestParts<House> for Operator {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self> {
        let outside = Outside::from_request_parts(parts, house).await?;
        if outside.tenant.is_some() {
            return Err(Error::NotFound);
        }
        current(&outside)
            .await?
            .map(|(id, name, email)| Self { id, name, email, outside })
            .ok_or(Error::Unauthenticated)
    }
}

impl Opens for Operator {
    fn gate() -> Gate {
        Gate::Operator
    }
}

pub(super) async fn current(outside: &Outside) -> Result<Option<(Uuid, String, String)>> {
    let Some(token) = outside.cookie(COOKIE).filter(|token| token.len() == 43) else { return Ok(None) };
    let now = outside.house.clock().now();
    let idle = now.saturating_sub(IDLE).unwrap_or(now);
    let Some(found) = outside.house.control().run(signed(secret::hash(&token), now, idle)).await? else {
        return Ok(None);
    };
    if now.duration_since(found.last_seen_at) > NOTE {
        outside.house.control().run((seen(found.session, now), operator_seen(found.id, now))).await?;
    }
    Ok(Some((found.id, found.name, found.email)))
}

/// Both proofs were given; gives the cookie. Whoever was signed in in this browser is no more.
pub(super) async fn begin(outside: &Outside, operator: Uuid) -> Result<String> {
    let (token, now) = (secret::draw(), outside.house.clock().now());
    let old = outside.cookie(COOKIE).map(|token| secret::hash(&token)).unwrap_or_default();
    let (idle, ends_at) = (now.saturating_sub(IDLE).unwrap_or(now), now.saturating_add(LONGEST).unwrap_or(now));
    let peer = outside.peer.chars().take(60).collect();
    let agent = outside.agent().chars().take(400).collect();
    let new = insert(Uuid::now_v7(), operator, secret::hash(&token), peer, agent, now, ends_at);
    outside.house.control().run((end_one(old), end_old(operator, idle), new, operator_seen(operator, now))).await?;
    Ok(cookie(&token, LONGEST.as_secs()))
}

fn cookie(token: &str, seconds: i64) -> String {
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

pub async fn sign_out(operator: Operator) -> Result<Redirect> {
    if let Some(token) = operator.outside.cookie(COOKIE) {
        operator.outside.house.control().run(end_one(secret::hash(&token))).await?;
    }
    Ok(Redirect::to("/operator/sign-in").cookie(cookie("", 0)))
}

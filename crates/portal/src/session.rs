//! Sessions of the portal: a random secret in a cookie of its own, which opens nothing of the office's; its hash is kept here.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Result, Scope, TenantTx, Visitor,
    http::{Form, Nothing, Redirect},
    secret, sql,
};

use crate::{events::PortalSignedOut, guest};

kernel::id!(PortalSessionId);

/// Bound to one host by its name, and a host is one company.
pub const COOKIE: &str = "__Host-tradewind-portal";
/// Unused for this long, a session ends by itself.
pub const IDLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// However busy, it ends after this.
const LONGEST: SignedDuration = SignedDuration::from_hours(400 * 24);
/// So long it is kept when somebody signed in.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Of several customers of one address so many are told.
pub(crate) const TOLD: usize = 20;

sql! {
    fn insert(id: PortalSessionId, email_key: String, token_hash: String, peer: String, agent: String, at: Timestamp, ends_at: Timestamp) = "
        insert into portal_session (tenant_id, id, email_key, token_hash, peer, agent, last_seen_at, ends_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $7)";
    fn end(token_hash: String) -> u64 = "delete from portal_session where tenant_id = $1 and token_hash = $2";
    pub(crate) fn end_of(email_keys: Vec<String>) -> u64 = "delete from portal_session where tenant_id = $1 and email_key = any($2)";
    fn forget_sessions(seen_before: Timestamp) -> u64 = "delete from portal_session where tenant_id = $1 and last_seen_at < $2";
    fn forget_links(before: Timestamp) -> u64 = "delete from portal_link where tenant_id = $1 and created_at < $2";
    fn forget_requests(before: Timestamp) -> u64 = "delete from portal_request where tenant_id = $1 and created_at < $2";
}

/// A new session; gives the cookie that carries it. What was signed in here before ends.
pub(crate) async fn begin(tx: &mut TenantTx, visitor: &Visitor, email: &str) -> Result<String> {
    if let Some(old) = visitor.cookie(COOKIE) {
        tx.run(end(secret::hash(&old))).await?;
    }
    let (token, now) = (secret::draw(), tx.now());
    let (peer, agent) = (visitor.peer.chars().take(60).collect(), visitor.agent().chars().take(400).collect());
    let ends_at = now.saturating_add(LONGEST).unwrap_or(now);
    tx.queue(insert(PortalSessionId::new(), email.to_owned(), secret::hash(&token), peer, agent, now, ends_at));
    Ok(cookie(&token, IDLE.as_secs()))
}

fn cookie(token: &str, seconds: i64) -> String {
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

/// Whoever is not signed in is signed out already.
pub async fn sign_out(visitor: Visitor, _: Form<Nothing>) -> Result<Redirect> {
    if let (Ok(guest), Some(token)) = (guest::of(&visitor).await, visitor.cookie(COOKIE)) {
        visitor
            .retrying(async |tx: &mut TenantTx| {
                if tx.run(end(secret::hash(&token))).await? > 0 {
                    guest.customers.iter().take(TOLD).for_each(|one| tx.tell(&PortalSignedOut { customer: one.id }));
                }
                Ok(())
            })
            .await?;
    }
    Ok(Redirect::to("/portal/sign-in").cookie(cookie("", 0)).toast("You are signed out"))
}

/// Once a day: what opens nothing any more is forgotten.
pub async fn tidy(scope: Scope) -> Result<()> {
    let now = scope.now();
    let ago = |span| now.saturating_sub(span).unwrap_or(now);
    let day = ago(SignedDuration::from_hours(24));
    let all = async |tx: &mut TenantTx| {
        tx.run((forget_sessions(ago(IDLE)), forget_links(ago(REMEMBERED)), forget_requests(day))).await.map(drop)
    };
    scope.write_with(all).await
}

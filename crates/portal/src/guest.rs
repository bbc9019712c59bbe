//! Who is signed in: an address, and the customers whose it is today.
use customers::CustomerId;
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, TenantTx, Visitor, row, secret, sql};

use crate::{
    session::{self, PortalSessionId},
    terms,
};

/// How often it is written down that a session is in use.
const NOTE: SignedDuration = SignedDuration::from_hours(1);

row! {
    /// A customer whose papers an address opens.
    #[derive(Debug, Clone)]
    pub struct Reached { pub id: CustomerId, pub name: String, pub number: i64, pub place: Option<String> }
}
row! {
    struct Live { id: PortalSessionId, email_key: String, last_seen_at: Timestamp }
}

sql! {
    // Who was merged is known again by whoever stayed, and whoever is archived by nobody.
    pub(crate) fn reached(email_key: String) -> Vec<Reached> = "
        select c.id, c.name, c.number, c.place
        from (select customer_id from customer_reach where tenant_id = $1 and key = 'email ' || $2
              union
              select customer_id from contact where tenant_id = $1 and email = $2) k
        join customer c on c.tenant_id = $1 and c.id = k.customer_id and c.status = 'active'
        order by c.name, c.id limit 200";
    fn live(token_hash: String, now: Timestamp, seen_after: Timestamp) -> Option<Live> = "
        select id, email_key, last_seen_at from portal_session
        where tenant_id = $1 and token_hash = $2 and ends_at > $3 and last_seen_at > $4";
    fn note(id: PortalSessionId, at: Timestamp) -> u64 = "
        update portal_session set last_seen_at = $3 where tenant_id = $1 and id = $2 and last_seen_at < $3";
}

pub(crate) struct Guest {
    pub email: String,
    pub customers: Vec<Reached>,
}

/// Whoever comes with a good cookie to an open portal. Whose address is nobody's any more is nobody.
pub(crate) async fn of(visitor: &Visitor) -> Result<Guest> {
    terms::open(visitor).await?;
    let token = visitor.cookie(session::COOKIE).filter(|token| token.len() == secret::LETTERS);
    let token = token.ok_or(Error::Unauthenticated)?;
    let now = visitor.now();
    let idle = now.saturating_sub(session::IDLE).unwrap_or(now);
    let live = visitor.read(live(secret::hash(&token), now, idle)).await?.ok_or(Error::Unauthenticated)?;
    let customers = visitor.read(reached(live.email_key.clone())).await?;
    if customers.is_empty() {
        return Err(Error::Unauthenticated);
    }
    let looks = visitor.principal().is_some_and(|principal| principal.only_looks());
    if now.duration_since(live.last_seen_at) > NOTE && !looks {
        visitor.write_with(async |tx: &mut TenantTx| tx.run(note(live.id, now)).await).await?;
    }
    Ok(Guest { email: live.email_key, customers })
}

/// The same, and the customer whom the path names: one of theirs, or there is none.
pub(crate) async fn at(visitor: &Visitor, customer: CustomerId) -> Result<(Guest, Reached)> {
    let guest = of(visitor).await?;
    let mine = guest.customers.iter().find(|one| one.id == customer).cloned().ok_or(Error::NotFound)?;
    Ok((guest, mine))
}

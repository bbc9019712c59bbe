//! Links of letters: good once, for a while, and only to whoever reads mail at that address.
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, Scope, TenantTx, Uuid, Visitor, job::Job, row, secret, sql};
use mail::Letter;
use serde::{Deserialize, Serialize};

use crate::{events::PortalLinkSent, guest, session::TOLD, terms};

kernel::id!(PortalLinkId, PortalRequestId);

/// Asked for by whoever wants to come in.
pub(crate) const MINUTES: i64 = 15;
/// Sent by the office, to somebody who does not sit and wait for it.
pub(crate) const HOURS_OF_OFFICE: i64 = 24;
/// So many letters an hour to one address: whoever asks in others' names cannot fill their mailbox.
const LETTERS: i64 = 3;

row! { struct Asked { email_key: String } }
row! { pub(crate) struct Waiting { pub id: PortalLinkId, pub email_key: String } }

sql! {
    pub(crate) fn ask(id: PortalRequestId, email_key: String, at: Timestamp) = "
        insert into portal_request (tenant_id, id, email_key, created_at) values ($1, $2, $3, $4)";
    fn asked(id: PortalRequestId) -> Option<Asked> = "
        delete from portal_request where tenant_id = $1 and id = $2 returning email_key";
    fn keep(id: PortalLinkId, email_key: String, token_hash: String, expires_at: Timestamp, at: Timestamp, by: Option<Uuid>) = "
        insert into portal_link (tenant_id, id, email_key, token_hash, expires_at, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7)";
    fn lately(email_key: String, since: Timestamp) -> i64 = "
        select count(*) from portal_link where tenant_id = $1 and email_key = $2 and created_at > $3";
    fn waiting(token_hash: String, now: Timestamp) -> Option<Waiting> = "
        select id, email_key from portal_link where tenant_id = $1 and token_hash = $2 and used_at is null and expires_at > $3";
    fn use_up(id: PortalLinkId, now: Timestamp) -> u64 = "
        update portal_link set used_at = $3 where tenant_id = $1 and id = $2 and used_at is null";
    // Those that were used stay, for they say when somebody came.
    pub(crate) fn withdraw(email_keys: Vec<String>) -> u64 = "
        delete from portal_link where tenant_id = $1 and email_key = any($2) and used_at is null";
}

/// Looking at a link uses nothing up: mail programs look at links too.
pub(crate) async fn find(visitor: &Visitor, token: &str) -> Result<Option<Waiting>> {
    if token.len() != secret::LETTERS {
        return Ok(None);
    }
    visitor.read(waiting(secret::hash(token), visitor.now())).await
}

/// The link is used up, and the others to the same address with it.
pub(crate) async fn take(tx: &mut TenantTx, link: &Waiting) -> Result<()> {
    let at = tx.now();
    if tx.run(use_up(link.id, at)).await? == 0 {
        return Err(Error::refused("This link was just used. Ask for another one."));
    }
    tx.run(withdraw(vec![link.email_key.clone()])).await.map(drop)
}

/// Writes to an address that is known here, unless it was written to often enough; says whether a letter goes out.
pub(crate) async fn send(scope: &Scope, tx: &mut TenantTx, email: &str, good_for: SignedDuration) -> Result<bool> {
    let now = tx.now();
    let hour_ago = now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(now);
    let (customers, letters) = tx.run((guest::reached(email.to_owned()), lately(email.to_owned(), hour_ago))).await?;
    let Some(first) = customers.first() else { return Ok(false) };
    if letters >= LETTERS {
        return Ok(false);
    }
    let (token, company) = (secret::draw(), &scope.tenant().name);
    let expires_at = now.saturating_add(good_for).unwrap_or(now);
    tx.queue(keep(PortalLinkId::new(), email.to_owned(), secret::hash(&token), expires_at, now, tx.user()));
    let good = match good_for.as_hours() {
        0 => format!("{} minutes", good_for.as_mins()),
        1..48 => "a day".to_owned(),
        hours => format!("{} days", hours / 24),
    };
    let letter = Letter::to(email, &first.name, format!("Your link to {company}"))
        .confidential()
        .about("customer", first.id)
        .greeting("Hello,")
        .paragraph(format!("with this link you see your visits, estimates and invoices at {company}. It is good once and for {good}:"))
        .button("Sign in", format!("/portal/enter/{token}"))
        .small("If that was not you, do nothing: whoever asked has learned nothing, and without this letter nobody comes in.");
    mail::send(tx, letter).await?;
    customers.iter().take(TOLD).for_each(|one| tx.tell(&PortalLinkSent { customer: one.id }));
    Ok(true)
}

/// Looks up whose address it is, out of sight of whoever asked, and writes to them.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendLink {
    pub request: PortalRequestId,
}

impl Job for SendLink {
    const KIND: &'static str = "portal.send_link";

    async fn run(self, scope: Scope) -> Result<()> {
        if !terms::is_open(&scope).await? {
            return Ok(());
        }
        let work = async |tx: &mut TenantTx| {
            let Some(asked) = tx.run(asked(self.request)).await? else { return Ok(()) };
            send(&scope, tx, &asked.email_key, SignedDuration::from_mins(MINUTES)).await.map(drop)
        };
        scope.retrying(work).await
    }
}

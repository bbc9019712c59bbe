//! Links that a letter carries: good once, for a while, and only to whoever reads mail at that address.
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, TenantTx, Visitor, row, sql};
use uuid::Uuid;

use crate::{MemberId, secret};

kernel::id!(MailLinkId);

kernel::text_enum! {
    pub enum Purpose {
        Reset = "reset": "New password",
        Verify = "verify": "Confirm an address",
        Change = "change": "Change an address",
    }
}

row! {
    pub(crate) struct MailLink {
        pub id: MailLinkId,
        pub member: MemberId,
        pub purpose: Purpose,
        /// Where the letter was sent.
        pub sent_to: String,
        pub name: String,
        /// The member's own address, as it is now.
        pub email: String,
    }
}

sql! {
    fn keep(id: MailLinkId, member_id: MemberId, purpose: Purpose, email: String, token_hash: String, expires_at: Timestamp, at: Timestamp, by: Option<Uuid>) = "
        insert into mail_link (tenant_id, id, member_id, purpose, email, token_hash, expires_at, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    fn waiting(token_hash: String, now: Timestamp) -> Option<MailLink> = "
        select l.id, l.member_id as member, l.purpose, l.email as sent_to, m.name, m.email
        from mail_link l join member m on m.tenant_id = $1 and m.id = l.member_id
        where l.tenant_id = $1 and l.token_hash = $2 and l.used_at is null and l.expires_at > $3 and m.active";
    fn use_up(id: MailLinkId, now: Timestamp) -> u64 = "
        update mail_link set used_at = $3 where tenant_id = $1 and id = $2 and used_at is null";
    fn withdraw(member_id: MemberId, purpose: Purpose) -> u64 = "
        delete from mail_link where tenant_id = $1 and member_id = $2 and purpose = $3 and used_at is null";
    fn withdraw_all(member_id: MemberId) -> u64 = "
        delete from mail_link where tenant_id = $1 and member_id = $2 and used_at is null";
    pub(super) fn lately(member_id: MemberId, purpose: Purpose, since: Timestamp) -> i64 = "
        select count(*) from mail_link where tenant_id = $1 and member_id = $2 and purpose = $3 and created_at > $4";
}

impl Purpose {
    fn life(self) -> SignedDuration {
        match self {
            Self::Reset => SignedDuration::from_hours(1),
            Self::Verify | Self::Change => SignedDuration::from_hours(3 * 24),
        }
    }
}

/// The secret of a new link. Leaves with the next statement of the transaction.
pub(crate) fn draw(tx: &mut TenantTx, member: MemberId, purpose: Purpose, email: &str) -> String {
    let (token, at, by) = (secret::draw(), tx.now(), tx.user());
    let expires_at = at.saturating_add(purpose.life()).unwrap_or(at);
    tx.queue(keep(MailLinkId::new(), member, purpose, email.into(), secret::hash(&token), expires_at, at, by));
    token
}

/// Looking at a link uses nothing up: mail programs look at links too.
pub(crate) async fn find(visitor: &Visitor, token: &str, purposes: &[Purpose]) -> Result<MailLink> {
    visitor.house().limits().careful("mail-link", &visitor.peer)?;
    let found = visitor.read(waiting(secret::hash(token), visitor.now())).await?;
    found.filter(|link| purposes.contains(&link.purpose)).ok_or_else(|| Error::Conflict {
        code: "link_used",
        message: "This link was used or is too old. Sign in, or ask for a new one.".into(),
    })
}

/// The link is used up, and the others of its kind with it.
pub(crate) async fn take(tx: &mut TenantTx, link: &MailLink) -> Result<()> {
    let at = tx.now();
    if tx.run(use_up(link.id, at)).await? == 0 {
        return Err(Error::refused("This link was just used. Sign in instead."));
    }
    tx.run(withdraw(link.member, link.purpose)).await.map(drop)
}

/// None of the links that were sent to somebody opens anything any more.
pub(crate) async fn void(tx: &mut TenantTx, member: MemberId) -> Result<()> {
    tx.run(withdraw_all(member)).await.map(drop)
}

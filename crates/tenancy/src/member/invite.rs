//! A link that lets somebody in once: to choose a password, or straight in after sign-up.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Json, Path},
    sql,
};
use mail::Letter;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{InvitationId, Member, MemberId};
use crate::{MembersWrite, secret};

const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Serialize, JsonSchema)]
pub struct Invitation {
    /// Where they choose a password; good for seven days, shown this once. A letter with a link of its own is on its way.
    pub url: String,
}

sql! {
    fn keep(id: InvitationId, member_id: MemberId, purpose: String, token_hash: String, mailed: bool, expires_at: Timestamp, at: Timestamp, by: Option<Uuid>) = "
        insert into invitation (tenant_id, id, member_id, purpose, token_hash, mailed, expires_at, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub(crate) fn withdraw(member_id: MemberId) -> u64 = "delete from invitation where tenant_id = $1 and member_id = $2 and used_at is null";
}

/// The secret of a new link. Leaves with the next statement of the transaction.
fn draw(tx: &mut TenantTx, member: MemberId, mailed: bool) -> String {
    let (token, at, by) = (secret::draw(), tx.now(), tx.user());
    let expires_at = at.saturating_add(LIFE).unwrap_or(at);
    tx.queue(keep(InvitationId::new(), member, "invite".into(), secret::hash(&token), mailed, expires_at, at, by));
    token
}

/// A letter with a link, and another link to hand over in any other way: who takes up the one from the letter has proved
/// the address. Either of them voids both.
pub(super) async fn offer(scope: &Scope, tx: &mut TenantTx, member: &Member) -> Result<String> {
    let (shown, mailed) = (draw(tx, member.id, false), draw(tx, member.id, true));
    let (company, host) = (&scope.tenant().name, scope.actor().name());
    let letter = Letter::to(&member.email, &member.name, format!("{host} invites you to {company}"))
        .confidential()
        .about("member", member.id)
        .greeting(format!("Hello {},", member.name))
        .paragraph(format!(
            "{host} has given you access to {company} as {}. Choose a password, and you are in.",
            role_words(member)
        ))
        .button("Choose a password", format!("/welcome?t={mailed}"))
        .small("The link is good for seven days and works once. If you did not expect this letter, do nothing.");
    mail::send(tx, letter).await?;
    Ok(scope.house().url(Some(&scope.tenant().slug), &format!("/welcome?t={shown}")))
}

fn role_words(member: &Member) -> String {
    member.role_label.to_lowercase()
}

/// A new link; older ones of the same person are void.
pub async fn invite(scope: &Scope, tx: &mut TenantTx, id: MemberId) -> Result<Invitation> {
    let member = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    super::may_deal_with(scope, tx, &member.role).await?;
    if !member.active {
        return Err(Error::refused("Their access was ended. Give it back first, then invite them."));
    }
    tx.run(withdraw(id)).await?;
    Ok(Invitation { url: offer(scope, tx, &member).await? })
}

/// Not kept with an idempotency key: the answer is a secret.
pub async fn api(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Json<Invitation>> {
    access.retrying(async |tx: &mut TenantTx| invite(&access, tx, id).await).await.map(Json)
}

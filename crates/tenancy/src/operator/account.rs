//! Accounts of those who run the house, by command alone: made, listed, disabled, set up anew.
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, House, Result, TenantTx, row, sql};
use serde::Serialize;
use uuid::Uuid;

use super::visit;
use crate::{
    member::email_key,
    seal::Seal,
    second_factor::new_secret,
    secret,
    support::{self, By, VisitId},
};

/// How long the link for setting up is good.
const SETUP: SignedDuration = SignedDuration::from_hours(24);

row! {
    #[derive(Debug, Clone, Serialize)]
    pub struct Listed {
        pub id: Uuid,
        pub name: String,
        pub email: String,
        /// The set-up link was followed: there is a password and a second step.
        pub ready: bool,
        pub disabled: bool,
        pub last_seen_at: Option<Timestamp>,
        pub created_at: Timestamp,
    }
}

kernel::promise! {
    "operator_email_once": "/email", "An operator has this address already."
}

sql! {
    #![control]
    fn insert(id: Uuid, name: String, email: String, email_key: String, sealed: String, setup_hash: String, setup_until: Timestamp, at: Timestamp) -> u64 = "
        insert into ctl.operator (id, name, email, email_key, sealed, setup_hash, setup_until, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    fn all() -> Vec<Listed> = "
        select id, name, email, confirmed_at is not null as ready, disabled_at is not null as disabled, last_seen_at, created_at
        from ctl.operator order by email_key";
    fn by_key(email_key: String) -> Option<Listed> = "
        select id, name, email, confirmed_at is not null as ready, disabled_at is not null as disabled, last_seen_at, created_at
        from ctl.operator where email_key = $1";
    fn shut(id: Uuid, at: Timestamp) -> u64 = "
        update ctl.operator set disabled_at = coalesce(disabled_at, $2), setup_hash = null, setup_until = null, updated_at = $2 where id = $1";
    fn again(id: Uuid, sealed: String, setup_hash: String, setup_until: Timestamp, at: Timestamp) -> u64 = "
        update ctl.operator set password_hash = null, confirmed_at = null, sealed = $2, last_step = 0, setup_hash = $3, setup_until = $4,
          disabled_at = null, updated_at = $5
        where id = $1";
    fn end_sessions(operator_id: Uuid) -> u64 = "delete from ctl.operator_session where operator_id = $1";
    fn drop_codes(operator_id: Uuid) -> u64 = "delete from ctl.operator_code where operator_id = $1";
}

/// A new secret for the authenticator, sealed, and the link under which it is shown.
fn link(house: &House, id: Uuid) -> Result<(String, String)> {
    Ok((Seal::of(house)?.close((Uuid::nil(), id), &new_secret())?, secret::draw()))
}

fn address(house: &House, token: &str) -> String {
    house.url(None, &format!("/operator/setup?t={token}"))
}

fn until(now: Timestamp) -> Timestamp {
    now.saturating_add(SETUP).unwrap_or(now)
}

/// Gives the link, good once and for a day, under which they choose a password and take the second step.
pub async fn create(house: &House, name: &str, email: &str) -> Result<String> {
    let (name, email) = (name.trim(), email.trim());
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::field("/name", "required", "Give a name of at most 100 letters: companies see it."));
    }
    if !kernel::checks::is_email(email) || email.len() > 254 {
        return Err(Error::field("/email", "email", "That is not an e-mail address, such as ana@example.com."));
    }
    let (id, now) = (Uuid::now_v7(), house.clock().now());
    let (sealed, token) = link(house, id)?;
    let key = email_key(email);
    house
        .control()
        .run(insert(id, name.into(), email.into(), key, sealed, secret::hash(&token), until(now), now))
        .await?;
    Ok(address(house, &token))
}

pub async fn list(house: &House) -> Result<Vec<Listed>> {
    house.control().run(all()).await
}

async fn find(house: &House, email: &str) -> Result<Listed> {
    let none = || Error::refused(format!("No operator has the address {email}; `tradewind operator list` shows all."));
    house.control().run(by_key(email_key(email))).await?.ok_or_else(none)
}

/// From now on nothing opens for them, here or in any company; gives how many visits ended.
pub async fn disable(house: &House, email: &str) -> Result<usize> {
    let operator = find(house, email).await?;
    // First what shuts: whatever is left undone after it opens nothing.
    house.control().run((shut(operator.id, house.clock().now()), end_sessions(operator.id))).await?;
    end_visits(house, &operator).await
}

/// Password, authenticator and codes are void; gives the link for setting up anew. Lets in again who was disabled.
pub async fn reset(house: &House, email: &str) -> Result<String> {
    let operator = find(house, email).await?;
    let now = house.clock().now();
    let (sealed, token) = link(house, operator.id)?;
    let anew = again(operator.id, sealed, secret::hash(&token), until(now), now);
    house.control().run((anew, end_sessions(operator.id), drop_codes(operator.id))).await?;
    end_visits(house, &operator).await?;
    Ok(address(house, &token))
}

async fn end_visits(house: &House, operator: &Listed) -> Result<usize> {
    let open = visit::open_of(house, operator.id).await?;
    for visit in &open {
        let id = VisitId(visit.id);
        match house.errand_of(visit.tenant_id, operator.id, &operator.name, None).await {
            Ok(errand) => {
                errand.write_with(async |tx: &mut TenantTx| support::end(tx, id, By::Disabled).await).await?;
            }
            // The company is gone; its half went with it.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
        visit::visit_over(house, id, visit.tenant_id).await?;
    }
    house.forget_principals();
    Ok(open.len())
}

//! Browsers in which somebody has signed in: a cookie for each person, so that a colleague at the same computer has
//! their own. What it opens is nothing; it keeps strangers' guesses from shutting its owner out, and may stand for the
//! second step for thirty days.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, row, sql};

use crate::{MemberId, secret};

kernel::id!(DeviceId);

/// All cookies of browsers begin so; the person's id follows.
pub(crate) const COOKIES: &str = "__Host-tw-device-";
const LIFE: SignedDuration = SignedDuration::from_hours(400 * 24);
/// How long the second step may be left out.
pub(crate) const TRUST: SignedDuration = SignedDuration::from_hours(30 * 24);

row! {
    pub(crate) struct Device {
        pub id: DeviceId,
        pub trusted: bool,
    }
}

sql! {
    pub(crate) fn known(member_id: MemberId, token_hash: String, now: Timestamp) -> Option<Device> = "
        select id, trusted_until is not null and trusted_until > $4 as trusted from device
        where tenant_id = $1 and member_id = $2 and token_hash = $3 and ends_at > $4";
    fn keep(id: DeviceId, member_id: MemberId, token_hash: String, trusted_until: Option<Timestamp>, at: Timestamp, ends_at: Timestamp) = "
        insert into device (tenant_id, id, member_id, token_hash, trusted_until, last_seen_at, ends_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $6)";
    fn seen(id: DeviceId, trusted_until: Option<Timestamp>, at: Timestamp) -> u64 = "
        update device set last_seen_at = $4, trusted_until = coalesce($3, trusted_until) where tenant_id = $1 and id = $2";
    fn clear(member_id: MemberId, now: Timestamp) -> u64 = "
        delete from device where tenant_id = $1 and member_id = $2 and ends_at < $3";
    fn distrust(member_id: MemberId) -> u64 = "
        update device set trusted_until = null where tenant_id = $1 and member_id = $2 and trusted_until is not null";
}

fn name(member: MemberId) -> String {
    format!("{COOKIES}{}", secret::short(member.0))
}

/// The hash of what this browser keeps for that person, if anything.
pub(crate) fn of(scope: &Scope, member: MemberId) -> Option<String> {
    scope.cookie(&name(member)).filter(|token| token.len() == 43).map(|token| secret::hash(&token))
}

/// Somebody has signed in here: from now on this browser is known. A cookie that we have not given is never taken over,
/// for somebody else may have planted it. Gives the cookie to set, if it is new.
pub(crate) async fn met(scope: &Scope, tx: &mut TenantTx, member: MemberId, remember: bool) -> Result<Option<String>> {
    let now = tx.now();
    let after = |life| now.saturating_add(life).unwrap_or(now);
    let trusted_until = remember.then(|| after(TRUST));
    let found = match of(scope, member) {
        Some(hash) => tx.run(known(member, hash, now)).await?,
        None => None,
    };
    if let Some(device) = found {
        tx.run(seen(device.id, trusted_until, now)).await?;
        return Ok(None);
    }
    let token = secret::draw();
    tx.queue(keep(DeviceId::new(), member, secret::hash(&token), trusted_until, now, after(LIFE)));
    tx.run(clear(member, now)).await?;
    Ok(Some(format!("{}={token}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Lax", name(member), LIFE.as_secs())))
}

/// The second step is asked for everywhere again.
pub(crate) async fn trust_none(tx: &mut TenantTx, member: MemberId) -> Result<()> {
    tx.run(distrust(member)).await.map(drop)
}

//! The second proof: six digits that an authenticator shows for half a minute, or one of ten codes for the day it is lost.
mod begin;
pub(crate) mod codes;
mod confirm;
mod off;
mod page;
mod remove;
mod state;

use jiff::Timestamp;
use kernel::{Error, Result, Scope, TenantTx, row, sql};
use totp_rs::{Builder, Totp};

use crate::{AuditRead, MemberId, seal::Seal, secret};

pub use begin::{begin, begin_api};
pub use codes::{new_codes, new_codes_api};
pub use confirm::{confirm, confirm_api};
pub use off::{off, off_api};
pub use page::page;
pub(crate) use page::{code_field, to_scan};
pub use remove::{api as remove_api, post as remove_post};
pub use state::api;

kernel::id!(FactorId, RecoveryCodeId);

kernel::event! {
    pub struct FactorAdded = "second_factor.added", seen by AuditRead { member: MemberId }
}
kernel::event! {
    pub struct FactorRemoved = "second_factor.removed", seen by AuditRead { member: MemberId }
}
kernel::event! {
    pub struct CodesReplaced = "recovery_codes.replaced", seen by AuditRead { member: MemberId }
}
kernel::event! {
    pub struct RecoveryCodeUsed = "recovery_code.used", seen by AuditRead { member: MemberId }
}

row! {
    pub(crate) struct Factor {
        sealed: String,
        pub confirmed: bool,
        pub created_at: Timestamp,
        pub codes_left: i64,
    }
}

sql! {
    pub(crate) fn factor(member_id: MemberId) -> Option<Factor> = "
        select f.sealed, f.confirmed_at is not null as confirmed, f.created_at,
          (select count(*) from recovery_code c where c.tenant_id = $1 and c.member_id = $2 and c.used_at is null) as codes_left
        from second_factor f where f.tenant_id = $1 and f.member_id = $2";
    fn take_step(member_id: MemberId, step: i64, at: Timestamp) -> u64 = "
        update second_factor set last_step = $3, updated_at = $4
        where tenant_id = $1 and member_id = $2 and last_step < $3";
    fn take_code(member_id: MemberId, code_hash: String, at: Timestamp) -> u64 = "
        update recovery_code set used_at = $4
        where tenant_id = $1 and member_id = $2 and code_hash = $3 and used_at is null";
    fn drop_factor(member_id: MemberId) -> u64 = "delete from second_factor where tenant_id = $1 and member_id = $2";
    fn drop_codes(member_id: MemberId) -> u64 = "delete from recovery_code where tenant_id = $1 and member_id = $2";
}

/// What makes the codes, for a secret of the member's.
fn totp(scope: &Scope, secret: Vec<u8>, email: &str) -> Result<Totp> {
    authenticator(secret, &scope.tenant().name, email)
}

/// The same for whoever is called so at `issuer`.
pub(crate) fn authenticator(secret: Vec<u8>, issuer: &str, account: &str) -> Result<Totp> {
    // The address an authenticator shows knows no colon in either part.
    let plain = |text: &str| text.replace(':', " ");
    let built = Builder::new()
        .with_secret(secret)
        .with_skew(1)
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build();
    built.map_err(|e| Error::Bug(format!("the second factor: {e}")))
}

impl Factor {
    fn totp(&self, scope: &Scope, member: MemberId, email: &str) -> Result<Totp> {
        let secret = Seal::of(scope.house())?.open((scope.tenant().id, member.0), &self.sealed)?;
        totp(scope, secret, email)
    }
}

/// Whether the code is right, and was not given before: six digits of the authenticator, or a recovery code. It is used
/// up with the transaction, so a wrong one must not roll back what else was written.
pub(crate) async fn check(scope: &Scope, tx: &mut TenantTx, member: MemberId, given: &str) -> Result<bool> {
    let given: String = given.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    let at = tx.now();
    if given.len() == 6 && given.bytes().all(|b| b.is_ascii_digit()) {
        let Some(factor) = tx.run(factor(member)).await?.filter(|factor| factor.confirmed) else { return Ok(false) };
        return step(scope, tx, &factor, member, &given).await;
    }
    let used = tx.run(take_code(member, codes::hash(&given), at)).await? == 1;
    if used {
        tx.tell(&RecoveryCodeUsed { member });
    }
    Ok(used)
}

async fn step(scope: &Scope, tx: &mut TenantTx, factor: &Factor, member: MemberId, given: &str) -> Result<bool> {
    let at = tx.now();
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let step = factor.totp(scope, member, "")?.check(given, seconds).and_then(|step| i64::try_from(step).ok());
    match step {
        Some(step) => Ok(tx.run(take_step(member, step, at)).await? == 1),
        None => Ok(false),
    }
}

/// The second proof is asked for no more, and its codes are void.
pub(crate) async fn remove(tx: &mut TenantTx, member: MemberId) -> Result<()> {
    tx.tell(&FactorRemoved { member });
    tx.run((drop_factor(member), drop_codes(member))).await.map(drop)
}

pub(crate) fn new_secret() -> [u8; 20] {
    rand::random()
}

/// Ten codes, each good once, instead of all that were there.
async fn replace_codes(tx: &mut TenantTx, member: MemberId) -> Result<Vec<String>> {
    tx.run(drop_codes(member)).await?;
    let all: Vec<String> = (0..10).map(|_| codes::draw()).collect();
    let at = tx.now();
    for code in &all {
        tx.queue(codes::keep(RecoveryCodeId::new(), member, codes::hash(code), at));
    }
    Ok(all)
}

pub(crate) fn hash_of(code: &str) -> String {
    secret::hash(code.to_ascii_lowercase())
}

//! Passkeys: a key that the person's device keeps behind a fingerprint, face or PIN. It stands for the password and the
//! second step together, and is bound to the address it was made at, so no other page can ask for it.
mod account;
mod add;
mod ceremony;
mod list;
mod second;
mod sign_in;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use kernel::{Error, Module, Result, Scope, TenantTx, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use webauthn_rs::prelude::{AuthenticationResult, Url, Webauthn, WebauthnBuilder, WebauthnError};

use crate::{AuditRead, MemberId};

pub(crate) use account::part as account_part;
pub(crate) use second::part as second_part;
pub(crate) use sign_in::part as sign_in_part;

kernel::id!(PasskeyId, CeremonyId);

kernel::event! {
    pub struct PasskeyAdded = "passkey.added", seen by AuditRead { member: MemberId, passkey: PasskeyId }
}
kernel::event! {
    pub struct PasskeyRemoved = "passkey.removed", seen by AuditRead { member: MemberId, passkey: PasskeyId }
}
kernel::event! {
    pub struct PasskeyUsed = "passkey.used", seen by AuditRead { member: MemberId, passkey: PasskeyId }
}
kernel::event! {
    /// The device's count of signatures went back: somebody may have copied the key. Nobody came in.
    pub struct PasskeyRefused = "passkey.refused", seen by AuditRead { member: MemberId, passkey: PasskeyId }
}

kernel::promise! {
    "passkey_credential_once": "", "This passkey is here already.";
}

/// So many passkeys for one person.
const MOST: usize = 20;

row! {
    /// A passkey of one's own.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Passkey {
        pub id: PasskeyId,
        /// As its owner calls it, such as "Chrome on Windows".
        pub name: String,
        /// The address where it signs in.
        pub host: String,
        pub created_at: Timestamp,
        pub last_used_at: Option<Timestamp>,
        pub version: i64,
    }
}
impl kernel::http::Versioned for Passkey {
    fn version(&self) -> i64 {
        self.version
    }
}

row! {
    /// What an answer is checked against.
    struct Kept {
        id: PasskeyId,
        member_id: MemberId,
        credential: Value,
    }
}

sql! {
    fn all_of(member_id: MemberId) -> Vec<Passkey> = "
        select id, name, host, created_at, last_used_at, version from passkey
        where tenant_id = $1 and member_id = $2 order by created_at, id";
    fn one_of(id: PasskeyId, member_id: MemberId) -> Option<Passkey> = "
        select id, name, host, created_at, last_used_at, version from passkey
        where tenant_id = $1 and id = $2 and member_id = $3";
    fn keys_of(member_id: MemberId, host: String) -> Vec<Kept> = "
        select id, member_id, credential from passkey
        where tenant_id = $1 and member_id = $2 and host = $3 order by created_at, id";
    fn key(credential_id: String, member_id: MemberId, host: String) -> Option<Kept> = "
        select p.id, p.member_id, p.credential
        from passkey p join member m on m.tenant_id = $1 and m.id = p.member_id
        where p.tenant_id = $1 and p.credential_id = $2 and p.member_id = $3 and p.host = $4
          and m.active and m.role <> 'customer'
        for update of p";
    fn used(id: PasskeyId, credential: Value, counter: i64, at: Timestamp) -> u64 = "
        update passkey set credential = $3, counter = $4, last_used_at = $5, updated_at = $5
        where tenant_id = $1 and id = $2 and (counter < $4 or (counter = 0 and $4 = 0))";
    fn drop_all(member_id: MemberId) -> Vec<PasskeyId> = "
        delete from passkey where tenant_id = $1 and member_id = $2 returning id";
}

/// All that a module needs to offer them.
pub(crate) fn routes(module: Module) -> Module {
    module
        .post("/sign-in/passkey/options", sign_in::options, "What a passkey is asked for")
        .post("/sign-in/passkey", sign_in::post, "Sign in with a passkey")
        .post("/sign-in/second/options", second::options, "What a passkey is asked for as the second step")
        .post("/sign-in/second/passkey", second::post, "A passkey as the second step")
        .get("/account/passkeys/{id}", account::page, "One passkey")
        .post("/account/passkeys/{id}", account::rename_post, "Name a passkey")
        .post("/account/passkeys/{id}/remove", account::remove_post, "Remove a passkey")
        .post("/account/passkeys", account::add_post, "Add a passkey")
        .get("/api/v1/account/passkeys", list::api, "One's passkeys")
        .post("/api/v1/account/passkeys/options", add::options_api, "What a device is asked for to make a passkey")
        .post("/api/v1/account/passkeys", add::api, "Add a passkey")
        .get("/api/v1/account/passkeys/{id}", list::one_api, "One of one's passkeys")
        .patch("/api/v1/account/passkeys/{id}", list::rename_api, "Name a passkey")
        .delete("/api/v1/account/passkeys/{id}", list::remove_api, "Remove a passkey")
}

/// What checks answers for the company's address that was asked: a passkey of one address is nothing at another.
fn relying(scope: &Scope) -> Result<Webauthn> {
    let bug = |e: &dyn std::fmt::Display| Error::Bug(format!("passkeys at {}: {e}", scope.host()));
    let origin = Url::parse(&scope.house().origin(&scope.host())).map_err(|e| bug(&e))?;
    let (host, name) = (scope.host(), &scope.tenant().name);
    let builder = WebauthnBuilder::new(&host, &origin).map_err(|e| bug(&e))?;
    builder.rp_name(name).timeout(ceremony::LIFE.unsigned_abs()).build().map_err(|e| bug(&e))
}

fn broken(e: impl std::fmt::Display) -> Error {
    Error::Bug(format!("a passkey: {e}"))
}

fn written(credential_id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(credential_id)
}

impl Kept {
    fn passkey(&self) -> Result<webauthn_rs::prelude::Passkey> {
        serde_json::from_value(self.credential.clone()).map_err(broken)
    }
}

/// Writes down that it was used, and whether that was good: a count that went back is told to the auditor, and opens
/// nothing. What is written must be committed either way.
async fn settle(tx: &mut TenantTx, kept: &Kept, outcome: Result<AuthenticationResult, WebauthnError>) -> Result<bool> {
    let (member, passkey, at) = (kept.member_id, kept.id, tx.now());
    let good = match outcome {
        Ok(answer) if answer.user_verified() => {
            let mut key = kept.passkey()?;
            key.update_credential(&answer);
            let credential = serde_json::to_value(&key).map_err(broken)?;
            tx.run(used(passkey, credential, i64::from(answer.counter()), at)).await? == 1
        }
        Err(WebauthnError::CredentialPossibleCompromise) => false,
        Ok(_) | Err(_) => return Ok(false),
    };
    match good {
        true => tx.tell(&PasskeyUsed { member, passkey }),
        false => tx.tell(&PasskeyRefused { member, passkey }),
    }
    Ok(good)
}

/// The one sentence for whatever was wrong with an answer, known or not.
fn not_taken() -> Error {
    Error::Conflict {
        code: "passkey_refused",
        message: "That passkey was not accepted. Try again, or sign in with your password.".into(),
    }
}

/// Nobody comes in by a passkey of this person any more.
pub(crate) async fn forget(tx: &mut TenantTx, member: MemberId) -> Result<()> {
    for passkey in tx.run(drop_all(member)).await? {
        tx.tell(&PasskeyRemoved { member, passkey });
    }
    Ok(())
}

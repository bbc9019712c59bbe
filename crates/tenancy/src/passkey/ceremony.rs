//! A question to a device, and its one answer: kept for five minutes, bound to the address, taken away by whoever answers.
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, Scope, TenantTx, row, sql};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{CeremonyId, broken};
use crate::MemberId;

pub(super) const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// So many strangers may be about to sign in to one company; the oldest question gives way.
const MOST: i64 = 1000;

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Add,
    SignIn,
    Second,
}

impl Kind {
    fn word(self) -> String {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign_in",
            Self::Second => "second",
        }
        .to_owned()
    }
}

/// What a browser needs to ask the device.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PasskeyQuestion {
    /// To be sent back with the answer, within five minutes, once.
    pub ceremony: CeremonyId,
    /// As `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes it.
    pub options: Value,
}

row! { struct State { state: Value } }

sql! {
    fn keep(id: CeremonyId, kind: String, member_id: Option<MemberId>, host: String, state: Value, ends_at: Timestamp, at: Timestamp) = "
        insert into passkey_ceremony (tenant_id, id, kind, member_id, host, state, ends_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    fn clear_of(member_id: MemberId, kind: String) -> u64 = "
        delete from passkey_ceremony where tenant_id = $1 and member_id = $2 and kind = $3";
    fn clear_old(kind: String, before: Timestamp) -> u64 = "
        delete from passkey_ceremony where tenant_id = $1 and kind = $2 and created_at < $3";
    fn clear_over(kind: String, most: i64) -> u64 = "
        delete from passkey_ceremony where tenant_id = $1 and kind = $2 and id in (
          select c.id from passkey_ceremony c where c.tenant_id = $1 and c.kind = $2
          order by c.created_at desc, c.id desc offset $3)";
    fn take(id: CeremonyId, kind: String, host: String, now: Timestamp) -> Option<State> = "
        delete from passkey_ceremony where tenant_id = $1 and id = $2 and kind = $3 and host = $4 and ends_at > $5
          and member_id is null
        returning state";
    fn take_of(id: CeremonyId, kind: String, host: String, now: Timestamp, member_id: MemberId) -> Option<State> = "
        delete from passkey_ceremony where tenant_id = $1 and id = $2 and kind = $3 and host = $4 and ends_at > $5
          and member_id = $6
        returning state";
}

/// Keeps the question until it is answered. A person has one of a kind open; of strangers' there are so many.
pub(super) async fn ask(
    scope: &Scope,
    kind: Kind,
    member: Option<MemberId>,
    state: &impl Serialize,
    options: Value,
) -> Result<PasskeyQuestion> {
    let state = serde_json::to_value(state).map_err(broken)?;
    let id = CeremonyId::new();
    scope
        .retrying(async |tx: &mut TenantTx| {
            let now = tx.now();
            match member {
                Some(member) => drop(tx.run(clear_of(member, kind.word())).await?),
                None => {
                    let old = now.saturating_sub(LIFE).unwrap_or(now);
                    tx.run((clear_old(kind.word(), old), clear_over(kind.word(), MOST - 1))).await?;
                }
            }
            let ends_at = now.saturating_add(LIFE).unwrap_or(now);
            tx.queue(keep(id, kind.word(), member, scope.host(), state.clone(), ends_at, now));
            Ok(())
        })
        .await?;
    // The library wraps them for the browser; the island takes what is inside.
    let options = options.get("publicKey").cloned().ok_or_else(|| broken("no options"))?;
    Ok(PasskeyQuestion { ceremony: id, options })
}

/// What was asked, if it was asked here of this person and not answered before. It is gone from now on, whatever the
/// answer is worth.
pub(super) async fn answered<T: DeserializeOwned>(
    scope: &Scope,
    kind: Kind,
    member: Option<MemberId>,
    given: &str,
) -> Result<Option<T>> {
    let Ok(id) = given.parse::<CeremonyId>() else { return Ok(None) };
    let now = scope.now();
    let take = async |tx: &mut TenantTx| match member {
        Some(member) => tx.run(take_of(id, kind.word(), scope.host(), now, member)).await,
        None => tx.run(take(id, kind.word(), scope.host(), now)).await,
    };
    let Some(found) = scope.write_with(take).await? else { return Ok(None) };
    serde_json::from_value(found.state).map(Some).map_err(broken)
}

/// What a device answered, from the field of a form.
pub(super) fn read<T: DeserializeOwned>(given: &str) -> Option<T> {
    serde_json::from_str(given).ok()
}

pub(super) fn too_late() -> Error {
    Error::Conflict { code: "passkey_refused", message: "That took too long, or was sent before. Begin again.".into() }
}

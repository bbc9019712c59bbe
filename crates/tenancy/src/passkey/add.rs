//! A new passkey: the password once more, then what the device answers.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json},
    sql,
};
use mail::Letter;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

use super::{
    MOST, Passkey, PasskeyAdded, PasskeyId, all_of, broken,
    ceremony::{self, Kind, PasskeyQuestion},
    keys_of, one_of, relying, written,
};
use crate::{
    AccountOwn, MemberId,
    account::{account, again, check_current, member},
    session::agent,
};

sql! {
    fn keep(id: PasskeyId, member_id: MemberId, name: String, host: String, credential_id: String, credential: Value, at: Timestamp) = "
        insert into passkey (tenant_id, id, member_id, name, host, credential_id, credential, counter, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $3)";
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForPasskey {
    /// The password one has now.
    #[serde(default)]
    current: String,
}
impl Input for AskForPasskey {
    fn check(&mut self, checks: &mut Checks) {
        check_current(checks, &self.current);
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// The question that is answered.
    pub(super) ceremony: String,
    /// What the device answered, as `PublicKeyCredential.toJSON()` writes it.
    pub(super) credential: Map<String, Value>,
    /// How it shall be called; without one, after the browser.
    pub(super) name: Option<String>,
}
impl Input for NewPasskey {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("ceremony", &mut self.ceremony, 40, "the question that is answered");
        checks.optional("name", &mut self.name, 60);
    }
}

pub async fn options_api(
    access: Access<AccountOwn>,
    Json(input): Json<AskForPasskey>,
) -> Result<Json<PasskeyQuestion>> {
    let id = member(&access)?;
    again(&access, id, input.current).await?;
    let (me, all, here) = access.read((account(id), all_of(id), keys_of(id, access.host()))).await?;
    let me = me.ok_or(Error::NotFound)?;
    if all.len() >= MOST {
        return Err(Error::refused(format!("You have {MOST} passkeys. Remove one that you no longer use first.")));
    }
    // A device that has one of ours already says so, instead of making a second.
    let known = here.iter().map(|kept| kept.passkey().map(|key| key.cred_id().clone())).collect::<Result<Vec<_>>>()?;
    let begun = relying(&access)?.start_passkey_registration(id.0, &me.email, &me.name, Some(known));
    let (options, state) = begun.map_err(broken)?;
    let mut options = serde_json::to_value(options).map_err(broken)?;
    // One that the device finds by itself, so that nobody types an address to sign in.
    let choice = options.pointer_mut("/publicKey/authenticatorSelection").and_then(Value::as_object_mut);
    let choice = choice.ok_or_else(|| broken("no choice of authenticator"))?;
    choice.insert("residentKey".into(), "required".into());
    choice.insert("requireResidentKey".into(), true.into());
    ceremony::ask(&access, Kind::Add, Some(id), &state, options).await.map(Json)
}

pub(super) async fn add(access: &Access<AccountOwn>, input: NewPasskey) -> Result<Passkey> {
    let id = member(access)?;
    let refused = || {
        let says = "What the device answered does not fit what it was asked. Begin again, or use another device.";
        Error::Conflict { code: "passkey_refused", message: says.into() }
    };
    let state = ceremony::answered::<PasskeyRegistration>(access, Kind::Add, Some(id), &input.ceremony).await?;
    let state = state.ok_or_else(ceremony::too_late)?;
    let answer = serde_json::from_value::<RegisterPublicKeyCredential>(Value::Object(input.credential));
    let answer = answer.map_err(|_| refused())?;
    let made = relying(access)?.finish_passkey_registration(&answer, &state).map_err(|_| refused())?;
    let credential = serde_json::to_value(&made).map_err(broken)?;
    let name = input.name.unwrap_or_else(|| agent::device(access.agent()));
    let me = access.read(account(id)).await?.ok_or(Error::NotFound)?;
    let passkey = PasskeyId::new();
    access
        .retrying(async |tx: &mut TenantTx| {
            if tx.run(all_of(id)).await?.len() >= MOST {
                return Err(Error::refused(format!("You have {MOST} passkeys already.")));
            }
            let at = tx.now();
            let key = written(made.cred_id());
            tx.queue(keep(passkey, id, name.clone(), access.host(), key, credential.clone(), at));
            tx.tell(&PasskeyAdded { member: id, passkey });
            let company = &access.tenant().name;
            let letter = Letter::to(&me.email, &me.name, format!("A passkey was added to your account at {company}"))
                .about("member", id)
                .greeting(format!("Hello {},", me.name))
                .paragraph(format!(
                    "\u{201c}{name}\u{201d} can sign in to {company} as you from now on, without your password."
                ))
                .button("Your passkeys", "/account")
                .small(
                    "If that was not you, remove it there, change your password, and tell an owner or admin at once.",
                );
            mail::send(tx, letter).await?;
            tx.run(one_of(passkey, id)).await?.ok_or(Error::NotFound)
        })
        .await
}

pub async fn api(access: Access<AccountOwn>, Json(input): Json<NewPasskey>) -> Result<Created<Passkey>> {
    let made = add(&access, input).await?;
    Ok(Created { location: format!("/api/v1/account/passkeys/{}", made.id), body: made })
}

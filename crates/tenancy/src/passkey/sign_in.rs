//! Signing in with a passkey alone: the device knows who it is, and has asked for a finger, a face or a PIN.
use kernel::{
    Checks, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Json, Page, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{button, field, form};
use webauthn_rs::prelude::{DiscoverableAuthentication, DiscoverableKey, PublicKeyCredential};

use super::{
    broken,
    ceremony::{self, Kind, PasskeyQuestion},
    key, not_taken, relying, settle, written,
};
use crate::{
    MemberId,
    guard::{Guard, Limit},
    shell,
    sign_in::{enter, own_path, page},
};

/// Under the form of the password. The island shows it where the browser can. With `fills` the browser offers passkeys
/// in the field of the address too; not beside a refusal, which would be answered by the same passkey again.
pub(crate) fn part(next: &str, fills: bool) -> Markup {
    html! {
        form.form method="post" action="/sign-in/passkey" data-form data-island="passkey" data-options="/sign-in/passkey/options" data-fills[fills] hidden {
            (form::key())
            (field::hidden("next", next))
            input type="hidden" name="ceremony";
            input type="hidden" name="credential";
            p.says.is-bad role="alert" data-says {}
            (form::actions(html! { (button("Sign in with a passkey").large().icon("key-round")) }))
        }
    }
}

pub async fn options(visitor: Visitor) -> Result<Json<PasskeyQuestion>> {
    visitor.house().limits().careful("passkey", &visitor.peer)?;
    let (options, state) = relying(&visitor)?.start_discoverable_authentication().map_err(broken)?;
    let options = serde_json::to_value(options).map_err(broken)?;
    ceremony::ask(&visitor, Kind::SignIn, None, &state, options).await.map(Json)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The question that is answered.
    #[serde(default)]
    pub(super) ceremony: String,
    /// What the device answered, as JSON.
    #[serde(default)]
    pub(super) credential: String,
    /// Read before the rest is checked.
    #[serde(rename = "next")]
    _next: Option<String>,
}
impl Input for Shown {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("ceremony", &mut self.ceremony, 40, "the question that is answered");
        checks.text("credential", &mut self.credential, 20_000, "what the device answered");
    }
}

pub async fn post(visitor: Visitor, form: Form<Shown>) -> Result<Either<Redirect, Page>> {
    let next = own_path(form.value("next"));
    let outcome = form
        .then(async |shown: Shown| {
            let from = format!("passkey:{}:{}", visitor.tenant().id, visitor.peer);
            let attempt =
                Guard::of(visitor.house())?.attempt(visitor.now(), &[(Limit::AccountFromAddress, from.as_str())])?;
            let entered = check(&visitor, &shown, &next).await?.ok_or_else(not_taken)?;
            attempt.succeeded();
            Ok(entered)
        })
        .await?;
    Ok(match outcome {
        Ok(entered) => Either::Done(entered.onward(visitor.house())),
        Err(typed) => Either::Again(Page { status: 422, ..page::draw(&visitor, &shell::faults(typed), &next) }),
    })
}

/// In, or nothing: whatever is wrong, it is said in the same words.
async fn check(visitor: &Visitor, shown: &Shown, next: &str) -> Result<Option<enter::Entered>> {
    let state = ceremony::answered::<DiscoverableAuthentication>(visitor, Kind::SignIn, None, &shown.ceremony).await?;
    let (Some(state), Some(answer)) = (state, ceremony::read::<PublicKeyCredential>(&shown.credential)) else {
        return Ok(None);
    };
    let relying = relying(visitor)?;
    let Ok((member, id)) = relying.identify_discoverable_authentication(&answer) else { return Ok(None) };
    let (member, id) = (MemberId(member), written(id));
    visitor
        .write_with(async |tx: &mut TenantTx| {
            let Some(kept) = tx.run(key(id, member, visitor.host())).await? else { return Ok(None) };
            let passkey = DiscoverableKey::from(&kept.passkey()?);
            let outcome = relying.finish_discoverable_authentication_v2(&answer, state, &passkey);
            match settle(tx, &kept, outcome).await? {
                true => enter::proved(visitor, tx, member, next).await.map(Some),
                false => Ok(None),
            }
        })
        .await
}

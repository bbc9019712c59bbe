//! A password for a pair of tokens.
use kernel::{Checks, Error, Input, Result, TenantTx, Visitor, http::Json};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Keys, RefreshId, Tokens, family};
use crate::{
    MemberId,
    guard::{Guard, Limit},
    second_factor, secret, sign_in,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    email: String,
    password: String,
    /// Six digits of the authenticator or a recovery code, for those who have a second step.
    code: Option<String>,
}
impl Input for Ask {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("email", &mut self.email, 254, "the e-mail address");
        checks.that(
            !self.password.is_empty() && self.password.len() <= 800,
            "password",
            "required",
            "Give the password.",
        );
        checks.optional("code", &mut self.code, 40);
    }
}

pub async fn issue(visitor: Visitor, Json(ask): Json<Ask>) -> Result<Json<Tokens>> {
    let Some(member) = sign_in::verified(&visitor, &ask.email, ask.password).await? else {
        return Err(Error::Unauthenticated);
    };
    second_step(&visitor, member.id, ask.code).await?;
    let work = async |tx: &mut TenantTx| {
        let (keys, refresh, expires_at) =
            (Keys::of(visitor.house())?, secret::draw(), super::later(tx.now(), super::REFRESH_LIFE));
        let family = family::begin(tx, member.id, expires_at).await?;
        tx.queue(super::keep(RefreshId::new(), member.id, family, secret::hash(&refresh), expires_at, tx.now()));
        super::pair(&visitor, &keys, member.id, &member.role, family, refresh).await
    };
    visitor.write_with(work).await.map(Json)
}

/// Asked for only of who gave the right password, so that it tells strangers nothing.
async fn second_step(visitor: &Visitor, member: MemberId, code: Option<String>) -> Result<()> {
    if !visitor.read(second_factor::factor(member)).await?.is_some_and(|factor| factor.confirmed) {
        return Ok(());
    }
    let code = code.ok_or_else(|| {
        Error::field("/code", "required", "This account has a second step: give a code of the authenticator as well.")
    })?;
    let attempt = Guard::of(visitor.house())?.attempt(visitor.now(), &[(Limit::SecondStep, &member.to_string())])?;
    let work = async |tx: &mut TenantTx| second_factor::check(visitor, tx, member, &code).await;
    if !visitor.write_with(work).await? {
        return Err(Error::field("/code", "mismatch", "That code is not right, or was used before."));
    }
    attempt.succeeded();
    Ok(())
}

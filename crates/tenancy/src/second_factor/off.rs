//! Turning the second step off: with the password and a code, so that neither alone can do it.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Json, NoContent, Page, Redirect},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{check, page, remove};
use crate::{
    AccountOwn,
    account::{again, check_current, member},
    guard::{Guard, Limit},
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Off {
    #[serde(default)]
    current: String,
    #[serde(default)]
    code: String,
}
impl Input for Off {
    fn check(&mut self, checks: &mut Checks) {
        check_current(checks, &self.current);
        checks.text("code", &mut self.code, 40, "a code of the authenticator, or a recovery code");
    }
}

async fn turn_off(access: &Access<AccountOwn>, input: Off) -> Result<()> {
    let id = member(access)?;
    again(access, id, input.current).await?;
    let attempt = Guard::of(access.house())?.attempt(access.now(), &[(Limit::SecondStep, &id.to_string())])?;
    access
        .retrying(async |tx: &mut TenantTx| {
            if !check(access, tx, id, &input.code).await? {
                return Err(Error::field("/code", "mismatch", "That code is not right, or was used before."));
            }
            remove(tx, id).await
        })
        .await?;
    attempt.succeeded();
    Ok(())
}

pub async fn off(access: Access<AccountOwn>, form: Form<Off>) -> Result<Either<Redirect, Page>> {
    member(&access)?;
    let outcome = form.then(async |input: Off| turn_off(&access, input).await).await?;
    Ok(match outcome {
        Ok(()) => Either::Done(Redirect::to("/account").toast("From now on your password alone lets you in.")),
        Err(typed) => Either::Again(Page {
            status: 422,
            ..page::draw(&access, page::Part::Off, &crate::shell::faults(typed)).await?
        }),
    })
}

pub async fn off_api(access: Access<AccountOwn>, Json(input): Json<Off>) -> Result<NoContent> {
    turn_off(&access, input).await.map(|()| NoContent)
}

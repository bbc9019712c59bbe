//! Another address to sign in with: it takes the old one's place once a letter to it was answered.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Page, Redirect},
};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::Filled;

use super::{account, again, check_current, member, page};
use crate::{
    AccountOwn,
    sign_in::{confirm, mail_link::Purpose},
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmail {
    #[serde(default)]
    email: String,
    #[serde(default)]
    current: String,
}
impl Input for NewEmail {
    fn check(&mut self, checks: &mut Checks) {
        checks.must_be_email("email", &mut self.email, "Give the new address.");
        check_current(checks, &self.current);
    }
}

pub async fn change_email(access: Access<AccountOwn>, form: Form<NewEmail>) -> Result<Either<Redirect, Page>> {
    let id = member(&access)?;
    let typed_email = form.value("email").unwrap_or_default().to_owned();
    let outcome = form
        .then(async |input: NewEmail| {
            let me = access.read(account(id)).await?.ok_or(Error::NotFound)?;
            if me.email == input.email {
                return Err(Error::field("/email", "same", "That is the address you have now."));
            }
            again(&access, id, input.current).await?;
            let email = &input.email;
            access
                .retrying(async |tx: &mut TenantTx| {
                    confirm::ask(&access, tx, id, &me.name, email, Purpose::Change).await
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(()) => Either::Done(
            Redirect::to("/account").toast("A letter is on its way to the new address. Open the link in it."),
        ),
        Err(typed) => {
            let filled = Filled { values: [("email".to_owned(), typed_email)].into(), errors: typed.errors };
            Either::Again(Page { status: 422, ..page::draw(&access, page::Part::Email, &filled).await? })
        }
    })
}

/// The letter that proves the address one has.
pub async fn send_proof(access: Access<AccountOwn>) -> Result<Redirect> {
    let id = member(&access)?;
    let me = access.read(account(id)).await?.ok_or(Error::NotFound)?;
    if me.email_verified {
        return Ok(Redirect::to("/account").toast("Your address is confirmed already."));
    }
    access.house().limits().careful("proof", &id.to_string())?;
    let ask = async |tx: &mut TenantTx| confirm::ask(&access, tx, id, &me.name, &me.email, Purpose::Verify).await;
    access.retrying(ask).await?;
    Ok(Redirect::to("/account").toast("A letter is on its way. Open the link in it."))
}

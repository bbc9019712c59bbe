//! A new authenticator: a secret is drawn, and shown until a code from it was given.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Either, Form, Json, Page, Redirect},
    sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{FactorId, codes::Again, drop_factor, factor, new_secret, page, totp};
use crate::{
    AccountOwn, MemberId,
    account::{account, again, member},
    seal::Seal,
};

sql! {
    fn keep(id: FactorId, member_id: MemberId, sealed: String, at: Timestamp) = "
        insert into second_factor (tenant_id, id, member_id, sealed, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $5)";
}

#[derive(Serialize, JsonSchema)]
pub struct NewAuthenticator {
    /// What the authenticator takes in, in base 32.
    secret: String,
    /// The same as an address that authenticators understand, for a code to scan.
    otpauth: String,
    /// Until then a code from it has to be given.
    expires_at: Timestamp,
}

/// Draws a secret that nobody has confirmed yet, instead of one that was drawn before.
async fn draw(access: &Access<AccountOwn>, input: Again) -> Result<[u8; 20]> {
    let id = member(access)?;
    again(access, id, input.current()).await?;
    let secret = new_secret();
    let sealed = Seal::of(access.house())?.close((access.tenant().id, id.0), &secret)?;
    access
        .retrying(async |tx: &mut TenantTx| {
            if tx.run(factor(id)).await?.is_some_and(|factor| factor.confirmed) {
                return Err(Error::refused("You have a second step already. Turn it off first."));
            }
            let at = tx.now();
            tx.run(drop_factor(id)).await?;
            tx.queue(keep(FactorId::new(), id, sealed.clone(), at));
            Ok(())
        })
        .await?;
    Ok(secret)
}

pub async fn begin(access: Access<AccountOwn>, form: Form<Again>) -> Result<Either<Redirect, Page>> {
    member(&access)?;
    let outcome = form.then(async |input: Again| draw(&access, input).await).await?;
    Ok(match outcome {
        Ok(_) => Either::Done(Redirect::to("/account/second-step")),
        Err(typed) => Either::Again(Page {
            status: 422,
            ..page::draw(&access, page::Part::Begin, &crate::shell::faults(typed)).await?
        }),
    })
}

/// The secret is in this answer and nowhere else, so it is not kept for a repetition either: asked again, another is drawn.
pub async fn begin_api(access: Access<AccountOwn>, Json(input): Json<Again>) -> Result<Json<NewAuthenticator>> {
    let id = member(&access)?;
    let secret = draw(&access, input).await?;
    let me = access.read(account(id)).await?.ok_or(Error::NotFound)?;
    let totp = totp(&access, secret.to_vec(), &me.email)?;
    let otpauth = totp.to_url().map_err(|e| Error::Bug(format!("the second factor: {e}")))?;
    Ok(Json(NewAuthenticator { secret: totp.secret().to_base32(), otpauth, expires_at: access.now() + page::FRESH }))
}

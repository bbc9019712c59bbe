//! A new authenticator: a secret is drawn, and shown until a code from it was given.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Either, Form, Page, Redirect},
    sql,
};

use super::{FactorId, codes::Again, drop_factor, factor, new_secret, page};
use crate::{
    AccountOwn, MemberId,
    account::{again, member},
    seal::Seal,
};

sql! {
    fn keep(id: FactorId, member_id: MemberId, sealed: String, at: Timestamp) = "
        insert into second_factor (tenant_id, id, member_id, sealed, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $5)";
}

pub async fn begin(access: Access<AccountOwn>, form: Form<Again>) -> Result<Either<Redirect, Page>> {
    let id = member(&access)?;
    let outcome = form
        .then(async |input: Again| {
            again(&access, id, input.current()).await?;
            let sealed = Seal::of(access.house())?.close((access.tenant().id, id.0), &new_secret())?;
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
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(()) => Either::Done(Redirect::to("/account/second-step")),
        Err(typed) => Either::Again(Page {
            status: 422,
            ..page::draw(&access, page::Part::Begin, &crate::shell::faults(typed)).await?
        }),
    })
}

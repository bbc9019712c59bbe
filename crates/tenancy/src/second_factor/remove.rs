//! Somebody lost both phone and codes: whoever looks after people removes the second step, and they hear of it.
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{One, Path, Redirect, Repeatable},
};
use mail::Letter;

use super::{factor, remove as take_away};
use crate::{
    MembersWrite,
    member::{self, Member, MemberId},
    passkey, session,
};

pub async fn remove(scope: &Scope, tx: &mut TenantTx, id: MemberId) -> Result<Member> {
    let member = tx.run(member::find(id)).await?.ok_or(Error::NotFound)?;
    member::may_deal_with(scope, tx, &member.role).await?;
    if scope.user() == Some(id.0) {
        return Err(Error::refused("Turn off your own second step under Your account; it takes a code."));
    }
    if !tx.run(factor(id)).await?.is_some_and(|factor| factor.confirmed) {
        return Ok(member);
    }
    take_away(tx, id).await?;
    // They were most likely on the phone that is lost.
    passkey::forget(tx, id).await?;
    session::end_all(tx, id, None).await?;
    let company = &scope.tenant().name;
    let letter = Letter::to(&member.email, &member.name, format!("Your second step at {company} was removed"))
        .about("member", id)
        .greeting(format!("Hello {},", member.name))
        .paragraph(format!(
            "{} removed the second step from your account at {company}, and your passkeys if you had any. From now on your password alone lets you in; set the second step up again as soon as you can.",
            scope.actor().name()
        ))
        .button("Your account", "/account/second-step")
        .small("If you did not ask for that, tell an owner or admin at once.");
    mail::send(tx, letter).await?;
    Ok(member)
}

pub async fn api(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Repeatable<One<Member>>> {
    let done = access.once(async |tx: &mut TenantTx| remove(&access, tx, id).await.map(One)).await;
    access.house().forget_principals();
    done
}

pub async fn post(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Redirect> {
    let member = access.retrying(async |tx: &mut TenantTx| remove(&access, tx, id).await).await?;
    access.house().forget_principals();
    let words = format!("{} signs in with the password alone now.", member.name);
    Ok(Redirect::to(format!("/settings/people/{id}")).toast(&words))
}

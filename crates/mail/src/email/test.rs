//! A test to oneself: the whole way, and what happened on it.
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Created, Form, Nothing, Redirect, Repeatable},
};

use super::{Email, EmailId, find, send};
use crate::{EmailSend, Letter};

async fn send_test(tx: &mut TenantTx, scope: &Scope) -> Result<EmailId> {
    let who = scope.principal().ok_or(Error::Unauthenticated)?;
    if who.email.is_empty() {
        return Err(Error::refused("A program has no address of its own. Sign in and send the test to yourself."));
    }
    let name = who.actor.name();
    let letter = Letter::to(&who.email, name, format!("A test from {}", scope.tenant().name))
        .greeting(format!("Hello {name},"))
        .paragraph("this is the test you asked for. If you read this, e-mail of your company arrives.")
        .facts([("Company", scope.tenant().name.as_str()), ("Asked for by", name)])
        .button("Back to the e-mail settings", "/settings/email")
        .small("If you did not ask for it, somebody of your company did; nothing needs to be done.");
    send(tx, letter).await
}

pub async fn api(access: Access<EmailSend>) -> Result<Repeatable<Created<Email>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let id = send_test(tx, &access).await?;
            let body = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
            Ok(Created { location: format!("/api/v1/emails/{id}"), body })
        })
        .await
}

pub async fn post(access: Access<EmailSend>, form: Form<Nothing>) -> Result<Repeatable<Redirect>> {
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                let id = send_test(tx, &access).await?;
                Ok(Redirect::to(format!("/settings/email/{id}")).toast("The test is on its way; here is how it fares."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(done),
        Err(typed) => Err(typed.refused()),
    }
}

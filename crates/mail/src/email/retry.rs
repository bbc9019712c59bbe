//! Sending again what failed or was held, because a person says so.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Form, Nothing, One, Path, Redirect, Repeatable},
    sql,
};

use super::{Email, EmailId, EmailRetried, State, deliver::Deliver, find};
use crate::{EmailSend, Reader, block, objection};

sql! {
    fn contents(id: EmailId) -> bool = "
        select parts <> '[]' from email where tenant_id = $1 and id = $2";
    fn key(id: EmailId) -> String = "
        select to_key from email where tenant_id = $1 and id = $2";
    fn queue_again(id: EmailId, seen: i64, at: Timestamp) -> u64 = "
        update email set state = 'queued', attempts = 0, problem = '', next_try_at = $4, version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2 and version = $3 and state in ('queued', 'failed', 'held')";
}

pub async fn retry(tx: &mut TenantTx, id: EmailId) -> Result<Email> {
    let email = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    match email.state {
        State::Sent => return Err(Error::refused("It was sent already. Send a new one from where it came from.")),
        State::Sending => return Err(Error::refused("It is going out at this moment. Look again in a minute.")),
        State::Queued | State::Failed | State::Held => {}
    }
    let (there, key) = tx.run((contents(id), key(id))).await?;
    if !there {
        return Err(Error::refused(
            "It held a secret link, so what it said was not kept. Send a new one from where it came from.",
        ));
    }
    if let Some(says) = block::stands(tx, &key, email.purpose).await? {
        return Err(Error::refused(says));
    }
    if tx.run(queue_again(id, email.version, tx.now())).await? != 1 {
        return Err(Error::refused("It is going out at this moment. Look again in a minute."));
    }
    tx.enqueue(&Deliver { email: id });
    tx.tell(&EmailRetried { email: id });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

/// Before the transaction: whoever objects reads in one of their own.
async fn wanted(scope: &Scope, id: EmailId) -> Result<()> {
    let (email, key) = scope.read((find(id), key(id))).await?;
    let Some(email) = email else { return Err(Error::NotFound) };
    let about = email.about_id.map(|id| (email.about_kind, id));
    let reader = Reader { address: email.to_address, key, purpose: email.purpose, about };
    match objection::stands_against(scope, reader).await? {
        Some(says) => Err(Error::refused(says)),
        None => Ok(()),
    }
}

pub async fn api(access: Access<EmailSend>, Path(id): Path<EmailId>) -> Result<Repeatable<One<Email>>> {
    wanted(&access, id).await?;
    access.once(async |tx: &mut TenantTx| retry(tx, id).await.map(One)).await
}

pub async fn post(
    access: Access<EmailSend>,
    Path(id): Path<EmailId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let work = async |_: Nothing| {
        wanted(&access, id).await?;
        access
            .once(async |tx: &mut TenantTx| {
                retry(tx, id).await?;
                Ok(Redirect::to(format!("/settings/email/{id}")).toast("It goes out again."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(done),
        Err(typed) => Err(typed.refused()),
    }
}

//! Changes one's password: everywhere else one is signed out.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Either, Form, Json, NoContent, Page, Redirect},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{again, check_current, member, page};
use crate::{AccountOwn, AuditRead, MemberId, password, session, sign_in::mail_link};

kernel::event! {
    pub struct PasswordChanged = "password.changed", seen by AuditRead { member: MemberId }
}

sql! {
    fn set_password(id: MemberId, password_hash: String, at: Timestamp) -> u64 = "
        update member set password_hash = $3, updated_at = $4 where tenant_id = $1 and id = $2";
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}
impl Input for NewPassword {
    fn check(&mut self, checks: &mut Checks) {
        check_current(checks, &self.current);
        password::check(checks, "password", &self.password);
    }
}

async fn change(access: &Access<AccountOwn>, input: NewPassword) -> Result<()> {
    let id = member(access)?;
    again(access, id, input.current).await?;
    let hash = password::hash(input.password).await?;
    let session = access.principal().and_then(|p| p.session);
    access
        .retrying(async |tx: &mut TenantTx| {
            let at = tx.now();
            tx.run(set_password(id, hash.clone(), at)).await?;
            mail_link::void(tx, id).await?;
            tx.tell(&PasswordChanged { member: id });
            session::end_all(tx, id, session).await
        })
        .await?;
    access.house().forget_principals();
    Ok(())
}

pub async fn change_password(access: Access<AccountOwn>, form: Form<NewPassword>) -> Result<Either<Redirect, Page>> {
    member(&access)?;
    let outcome = form.then(async |input: NewPassword| change(&access, input).await).await?;
    Ok(match outcome {
        Ok(()) => Either::Done(Redirect::to("/account").toast("Password changed. Other places are signed out.")),
        Err(typed) => {
            let filled = crate::shell::faults(typed);
            Either::Again(Page { status: 422, ..page::draw(&access, page::Part::Password, &filled).await? })
        }
    })
}

pub async fn change_password_api(access: Access<AccountOwn>, Json(input): Json<NewPassword>) -> Result<NoContent> {
    change(&access, input).await.map(|()| NoContent)
}

//! The first code from a new authenticator: from now on it is asked for, and the recovery codes are shown once.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Json, Page, Redirect},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{FactorAdded, codes::RecoveryCodes, factor, page, replace_codes, step};
use crate::{AccountOwn, MemberId, account::member, session};

sql! {
    fn confirmed(member_id: MemberId, at: Timestamp) -> u64 = "
        update second_factor set confirmed_at = $3, updated_at = $3
        where tenant_id = $1 and member_id = $2 and confirmed_at is null";
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    #[serde(default)]
    code: String,
}
impl Input for Code {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("code", &mut self.code, 40, "the six digits that the authenticator shows");
    }
}

async fn turn_on(access: &Access<AccountOwn>, input: Code) -> Result<Vec<String>> {
    let id = member(access)?;
    let session = access.principal().and_then(|p| p.session);
    access.house().limits().careful("password", &id.to_string())?;
    let given: String = input.code.chars().filter(char::is_ascii_digit).collect();
    let codes = access
        .retrying(async |tx: &mut TenantTx| {
            let found = tx.run(factor(id)).await?.filter(|found| page::fresh(found, tx.now()));
            let found = found.ok_or_else(|| Error::refused("That took too long. Begin again."))?;
            if !step(access, tx, &found, id, &given).await? {
                return Err(Error::field(
                    "/code",
                    "mismatch",
                    "That is not what it shows now. Look again; the clock of the phone must be right.",
                ));
            }
            let at = tx.now();
            tx.run(confirmed(id, at)).await?;
            tx.tell(&FactorAdded { member: id });
            // Whoever else is signed in under this name came in with the password alone.
            session::end_all(tx, id, session).await?;
            replace_codes(tx, id).await
        })
        .await;
    access.house().forget_principals();
    codes
}

pub async fn confirm(access: Access<AccountOwn>, form: Form<Code>) -> Result<Either<Redirect, Page>> {
    member(&access)?;
    let outcome = form.then(async |input: Code| turn_on(&access, input).await).await?;
    Ok(Either::Again(match outcome {
        Ok(codes) => page::show_codes(&access, &codes),
        Err(typed) => {
            Page { status: 422, ..page::draw(&access, page::Part::Confirm, &crate::shell::faults(typed)).await? }
        }
    }))
}

pub async fn confirm_api(access: Access<AccountOwn>, Json(input): Json<Code>) -> Result<Json<RecoveryCodes>> {
    turn_on(&access, input).await.map(|recovery_codes| Json(RecoveryCodes { recovery_codes }))
}

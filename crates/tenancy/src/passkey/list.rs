//! One's passkeys: looked at, named, removed.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, NoContent, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Passkey, PasskeyId, PasskeyRemoved, all_of, one_of};
use crate::{AccountOwn, MemberId, account::member};

sql! {
    fn set_name(id: PasskeyId, member_id: MemberId, version: i64, name: String, at: Timestamp) -> u64 = "
        update passkey set name = $5, version = version + 1, updated_at = $6
        where tenant_id = $1 and id = $2 and member_id = $3 and version = $4";
    fn take_away(id: PasskeyId, member_id: MemberId) -> u64 = "
        delete from passkey where tenant_id = $1 and id = $2 and member_id = $3";
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Passkeys {
    pub data: Vec<Passkey>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    #[serde(default)]
    pub(super) name: String,
}
impl Input for PasskeyName {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "a name");
    }
}

pub(super) async fn rename(access: &Access<AccountOwn>, id: PasskeyId, version: i64, name: String) -> Result<Passkey> {
    let owner = member(access)?;
    access
        .retrying(async |tx: &mut TenantTx| {
            let at = tx.now();
            let changed = tx.run(set_name(id, owner, version, name.clone(), at)).await?;
            let found = tx.run(one_of(id, owner)).await?.ok_or(Error::NotFound)?;
            if changed == 0 { Err(Error::Stale(Some(found.version))) } else { Ok(found) }
        })
        .await
}

pub(super) async fn remove(access: &Access<AccountOwn>, id: PasskeyId) -> Result<()> {
    let owner = member(access)?;
    access
        .retrying(async |tx: &mut TenantTx| {
            if tx.run(take_away(id, owner)).await? == 0 {
                return Err(Error::NotFound);
            }
            tx.tell(&PasskeyRemoved { member: owner, passkey: id });
            Ok(())
        })
        .await
}

pub async fn api(access: Access<AccountOwn>) -> Result<Json<Passkeys>> {
    let id = member(&access)?;
    Ok(Json(Passkeys { data: access.read(all_of(id)).await? }))
}

pub async fn one_api(access: Access<AccountOwn>, Path(id): Path<PasskeyId>) -> Result<One<Passkey>> {
    let owner = member(&access)?;
    access.read(one_of(id, owner)).await?.map(One).ok_or(Error::NotFound)
}

pub async fn rename_api(
    access: Access<AccountOwn>,
    Path(id): Path<PasskeyId>,
    version: IfMatch,
    Json(input): Json<PasskeyName>,
) -> Result<One<Passkey>> {
    rename(&access, id, version.required()?, input.name).await.map(One)
}

pub async fn remove_api(access: Access<AccountOwn>, Path(id): Path<PasskeyId>) -> Result<NoContent> {
    remove(&access, id).await.map(|()| NoContent)
}

//! Changes somebody's name, phone or role.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Role, Scope, TenantTx, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Member, MemberChanged, MemberId};
use crate::{MembersWrite, role::RoleName, team::TeamId};

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub role: Option<RoleName>,
    /// The team they work in; `null` is none.
    #[serde(default, deserialize_with = "chosen")]
    pub team_id: Option<Option<TeamId>>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 100, "a name");
        }
        checks.optional("phone", &mut self.phone, 40);
    }
}

sql! {
    fn update(id: MemberId, version: i64, name: String, phone: Option<String>, role: RoleName, at: Timestamp, team: Option<TeamId>) -> u64 = "
        update member set name = $4, phone = $5, role = $6, version = version + 1, updated_at = $7, team_id = $8
        where tenant_id = $1 and id = $2 and version = $3";
}

pub async fn change(scope: &Scope, tx: &mut TenantTx, id: MemberId, version: i64, change: &Change) -> Result<Member> {
    super::one_at_a_time(tx).await?;
    let now = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    if now.version != version {
        return Err(Error::Stale(Some(now.version)));
    }
    let role = change.role.clone().unwrap_or_else(|| now.role.clone());
    super::may_deal_with(scope, tx, &now.role).await?;
    if role != now.role {
        super::may_deal_with(scope, tx, &role).await?;
        if scope.user() == Some(id.0) {
            return Err(Error::refused("You cannot change your own role. Ask another owner or admin."));
        }
        if now.role.is(Role::Owner) {
            super::an_owner_stays(tx, id).await?;
        }
    }
    let (name, phone) = (change.name.clone().unwrap_or(now.name), change.phone.clone().or(now.phone));
    let team = change.team_id.unwrap_or(now.team_id);
    if team != now.team_id && scope.user() == Some(id.0) && !now.role.is(Role::Owner) {
        return Err(Error::refused("You cannot change your own team. Ask another owner or admin."));
    }
    let at = tx.now();
    if tx.run(update(id, version, name, phone, role.clone(), at, team)).await? == 0 {
        return Err(Error::Stale(Some(version)));
    }
    tx.tell(&MemberChanged { member: id, role });
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<MembersWrite>,
    Path(id): Path<MemberId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Member>> {
    let version = version.required()?;
    let member = access.retrying(async |tx: &mut TenantTx| change(&access, tx, id, version, &input).await).await?;
    access.house().forget_principals();
    Ok(One(member))
}

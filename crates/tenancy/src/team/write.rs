//! A team is made, called otherwise, and taken away; its people stay.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, IfMatch, Json, NoContent, One, Path, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{Team, TeamChanged, TeamCreated, TeamDeleted, TeamId, find};
use crate::MembersWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "a name for the team");
    }
}

sql! {
    fn insert(id: TeamId, name: String, name_key: String, at: Timestamp, by: Option<Uuid>) = "
        insert into team (tenant_id, id, name, name_key, created_at, updated_at, created_by) values ($1, $2, $3, $4, $5, $5, $6)";
    fn update(id: TeamId, version: i64, name: String, name_key: String, at: Timestamp) -> u64 = "
        update team set name = $4, name_key = $5, version = version + 1, updated_at = $6 where tenant_id = $1 and id = $2 and version = $3";
    fn empty(id: TeamId) -> u64 = "update member set team_id = null where tenant_id = $1 and team_id = $2";
    fn delete(id: TeamId) -> u64 = "delete from team where tenant_id = $1 and id = $2";
}

pub async fn create(tx: &mut TenantTx, new: &New) -> Result<Team> {
    let (id, at, by) = (TeamId::new(), tx.now(), tx.user());
    tx.queue(insert(id, new.name.clone(), fold(&new.name), at, by));
    tx.tell(&TeamCreated { team: id });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn change(tx: &mut TenantTx, id: TeamId, version: i64, new: &New) -> Result<Team> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    if now.version != version {
        return Err(Error::Stale(Some(now.version)));
    }
    let at = tx.now();
    if tx.run(update(id, version, new.name.clone(), fold(&new.name), at)).await? == 0 {
        return Err(Error::Stale(None));
    }
    tx.tell(&TeamChanged { team: id });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

/// Who was in it sees their own from then on.
pub async fn remove(tx: &mut TenantTx, id: TeamId) -> Result<Team> {
    let team = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    tx.run((empty(id), delete(id))).await?;
    tx.tell(&TeamDeleted { team: id });
    Ok(team)
}

pub async fn create_api(access: Access<MembersWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Team>>> {
    let work = async |tx: &mut TenantTx| {
        let body = create(tx, &new).await?;
        Ok(Created { location: "/api/v1/teams".into(), body })
    };
    access.once(work).await
}

pub async fn change_api(
    access: Access<MembersWrite>,
    Path(id): Path<TeamId>,
    version: IfMatch,
    Json(input): Json<New>,
) -> Result<One<Team>> {
    let version = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, version, &input).await).await.map(One)
}

pub async fn remove_api(access: Access<MembersWrite>, Path(id): Path<TeamId>) -> Result<Repeatable<NoContent>> {
    let done = access.once(async |tx: &mut TenantTx| remove(tx, id).await.map(|_| NoContent)).await;
    access.house().forget_principals();
    done
}

//! Adds a skill.
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    row, sql,
    text::fold,
};

use super::{Skill, SkillCreated, SkillId};
use crate::permissions::TechniciansWrite;

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Such as "EPA 608" or "Gas fitter".
    pub name: String,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "the skill a name, such as EPA 608");
    }
}

row! { struct Found { id: SkillId, name: String, version: i64 } }

sql! {
    fn insert(id: SkillId, name: String, name_key: String, by: Option<uuid::Uuid>) = "
        insert into skill (tenant_id, id, name, name_key, created_by) values ($1, $2, $3, $4, $5)";
    fn by_name(name_key: String) -> Option<Found> = "select id, name, version from skill where tenant_id = $1 and name_key = $2";
}

pub async fn create(tx: &mut TenantTx, new: &New) -> Result<Skill> {
    let skill = Skill { id: SkillId::new(), name: new.name.clone(), version: 1 };
    tx.tell(&SkillCreated { skill: skill.id });
    let by = tx.user();
    tx.run(insert(skill.id, new.name.clone(), fold(&new.name), by)).await?;
    Ok(skill)
}

/// The skill of that name, made when it is new: for the technician's form, where skills are typed.
pub async fn find_or_create(tx: &mut TenantTx, name: &str) -> Result<SkillId> {
    match tx.run(by_name(fold(name))).await? {
        Some(found) => Ok(found.id),
        None => Ok(create(tx, &New { name: name.to_owned() }).await?.id),
    }
}

pub async fn create_api(access: Access<TechniciansWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Skill>>> {
    access
        .once(async |tx| {
            let skill = create(tx, &new).await?;
            Ok(Created { location: format!("/api/v1/skills/{}", skill.id), body: skill })
        })
        .await
}

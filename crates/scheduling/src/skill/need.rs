//! Says which skills a service needs: only technicians who have them all are offered for it.
use catalog::ItemId;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Json, Path},
    sql,
};

use super::{Skill, SkillId};
use crate::permissions::{BoardRead, TechniciansWrite};

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    pub skill_ids: Vec<SkillId>,
}
impl Input for Needs {
    fn check(&mut self, checks: &mut Checks) {
        self.skill_ids.sort_unstable();
        self.skill_ids.dedup();
        checks.that(self.skill_ids.len() <= 20, "skill_ids", "too_many", "A service needs at most 20 skills.");
    }
}

kernel::event! {
    pub struct NeedsSet = "item.needs_set", seen by BoardRead { item: ItemId }
}

sql! {
    pub fn of_item(item: ItemId) -> Vec<Skill> = "
        select s.id, s.name, s.version from item_skill n join skill s on s.tenant_id = $1 and s.id = n.skill_id
        where n.tenant_id = $1 and n.item_id = $2 order by s.name_key";
    fn clear(item: ItemId) -> u64 = "delete from item_skill where tenant_id = $1 and item_id = $2";
    fn add(item: ItemId, skill: SkillId) = "insert into item_skill (tenant_id, item_id, skill_id) values ($1, $2, $3)";
}

/// Replaces what was said before.
pub async fn need(tx: &mut TenantTx, item: ItemId, needs: &Needs) -> Result<Needs> {
    tx.run(catalog::item::find(item)).await?.ok_or(Error::NotFound)?;
    tx.tell(&NeedsSet { item });
    let adds: Vec<_> = needs.skill_ids.iter().map(|skill| add(item, *skill)).collect();
    tx.run((clear(item), adds)).await?;
    Ok(needs.clone())
}

pub async fn need_api(
    access: Access<TechniciansWrite>,
    Path(item): Path<ItemId>,
    Json(needs): Json<Needs>,
) -> Result<Json<Needs>> {
    access.retrying(async |tx| need(tx, item, &needs).await).await.map(Json)
}

pub async fn needs_api(access: Access<BoardRead>, Path(item): Path<ItemId>) -> Result<Json<Needs>> {
    let (found, skills) = access.read((catalog::item::find(item), of_item(item))).await?;
    found.ok_or(Error::NotFound)?;
    Ok(Json(Needs { skill_ids: skills.into_iter().map(|skill| skill.id).collect() }))
}

//! How well a technician can what they can: learning, works alone, expert.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{IfMatch, Json, Path},
    row, sql,
};

use super::SkillId;
use crate::{
    permissions::{BoardRead, TechniciansWrite},
    technician::{self, TechnicianChanged, TechnicianId},
};

/// 1, 2 and 3, in words.
pub const LEVELS: [&str; 3] = ["Learning", "Works alone", "Expert"];

pub fn word(level: i32) -> &'static str {
    usize::try_from(level - 1).ok().and_then(|n| LEVELS.get(n)).copied().unwrap_or("Works alone")
}

row! {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
    pub struct Held {
        pub skill_id: SkillId,
        pub name: String,
        /// 1: learning, 2: works alone, 3: expert.
        pub level: i32,
    }
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub skill_id: SkillId,
    /// 1: learning, 2: works alone, 3: expert.
    pub level: i32,
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// All of them, each once.
    pub skills: Vec<Level>,
}
impl Input for Levels {
    fn check(&mut self, checks: &mut Checks) {
        check(checks, &mut self.skills);
    }
}

pub(crate) fn check(checks: &mut Checks, skills: &mut [Level]) {
    skills.sort_by_key(|one| one.skill_id);
    checks.that(skills.len() <= 100, "skills", "too_many", "At most 100 skills.");
    for (n, one) in skills.iter().enumerate().take(100) {
        checks.within(&format!("skills/{n}"), |checks| {
            checks.range("level", one.level.into(), 1, 3, "A level is 1 (learning), 2 (works alone) or 3 (expert).");
        });
    }
    let twice = skills.windows(2).any(|two| matches!(two, [a, b] if a.skill_id == b.skill_id));
    checks.that(!twice, "skills", "twice", "Each skill is named once.");
}

sql! {
    pub fn of_technician(technician: TechnicianId) -> Vec<Held> = "
        select s.id as skill_id, s.name, t.level from technician_skill t join skill s on s.tenant_id = $1 and s.id = t.skill_id
        where t.tenant_id = $1 and t.technician_id = $2 order by s.name_key limit 200";
    fn drop_all(technician: TechnicianId) -> u64 = "delete from technician_skill where tenant_id = $1 and technician_id = $2";
    fn give(technician: TechnicianId, skills: Vec<Uuid>, levels: Vec<i32>) = "
        insert into technician_skill (tenant_id, technician_id, skill_id, level)
        select $1::uuid, $2::uuid, s.id, s.level from unnest($3::uuid[], $4::int[]) s(id, level)";
    fn touch(technician: TechnicianId, version: i64, at: jiff::Timestamp) -> u64 = "
        update technician set version = version + 1, updated_at = $4 where tenant_id = $1 and id = $2 and version = $3";
}

/// Replaces what they had; `version` is the technician's.
pub async fn set(tx: &mut TenantTx, technician: TechnicianId, version: i64, levels: &Levels) -> Result<Vec<Held>> {
    let now = tx.now();
    if tx.run(touch(technician, version, now)).await? == 0 {
        let found = tx.run(technician::find(technician)).await?.ok_or(Error::NotFound)?;
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&TechnicianChanged { technician });
    let (ids, grades) = levels.skills.iter().map(|one| (one.skill_id.0, one.level)).unzip();
    let (_, _, kept) = tx.run((drop_all(technician), give(technician, ids, grades), of_technician(technician))).await?;
    Ok(kept)
}

pub async fn levels_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<Vec<Held>>> {
    let (found, held) = access.read((technician::find(id), of_technician(id))).await?;
    found.map(|_| Json(held)).ok_or(Error::NotFound)
}

pub async fn set_levels_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    version: IfMatch,
    Json(input): Json<Levels>,
) -> Result<Json<Vec<Held>>> {
    let version = version.required()?;
    access.retrying(async |tx| set(tx, id, version, &input).await).await.map(Json)
}

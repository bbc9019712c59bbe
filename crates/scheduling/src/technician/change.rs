//! Changes a technician, or lets one go: an inactive technician keeps the history and gets no new work.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
};

use super::{
    Technician, TechnicianChanged, TechnicianId,
    create::{give, initials, skill_names},
    find,
};
use crate::{permissions::TechniciansWrite, skill};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub home_note: Option<String>,
    pub active: Option<bool>,
    /// All skills they have from now on, names with a comma between; empty text for none.
    pub skills: Option<String>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 120, "the technician's name");
        }
        // An empty text takes away what was there.
        for (field, value, most) in [("phone", &mut self.phone, 40), ("home_note", &mut self.home_note, 500)] {
            if let Some(text) = value {
                *text = text.trim().to_owned();
                checks.that(text.chars().count() <= most, field, "too_long", format!("At most {most} characters."));
            }
        }
        if let Some(skills) = &self.skills {
            checks.that(skills.chars().count() <= 400, "skills", "too_long", "At most 400 characters.");
        }
    }
}

sql! {
    fn update(id: TechnicianId, version: i64, name: Option<String>, initials: Option<String>, phone: Option<String>, home_note: Option<String>, active: Option<bool>, at: jiff::Timestamp) -> u64 = "
        update technician set name = coalesce($4, name), initials = coalesce($5, initials), phone = nullif(coalesce($6, phone), ''),
               home_note = nullif(coalesce($7, home_note), ''), active = coalesce($8, active), version = version + 1, updated_at = $9
        where tenant_id = $1 and id = $2 and version = $3";
    fn drop_skill(id: TechnicianId, skill: skill::SkillId) -> u64 = "
        delete from technician_skill where tenant_id = $1 and technician_id = $2 and skill_id = $3";
    fn coming(id: TechnicianId, from: jiff::Timestamp) -> i64 = "
        select count(*) from appointment
        where tenant_id = $1 and technician_id = $2 and starts_at >= $3 and status in ('requested', 'confirmed', 'en_route', 'on_site')";
}

pub async fn change(tx: &mut TenantTx, id: TechnicianId, version: i64, change: &Change) -> Result<Technician> {
    let now = tx.now();
    if change.active == Some(false) {
        let open = tx.run(coming(id, now)).await?;
        if open > 0 {
            return Err(Error::refused(format!(
                "There {} still ahead of them. Give that work to somebody else on the board first.",
                if open == 1 { "is one appointment".to_owned() } else { format!("are {open} appointments") }
            )));
        }
    }
    let initials = change.name.as_deref().map(initials);
    let changed = tx
        .run(update(
            id,
            version,
            change.name.clone(),
            initials,
            change.phone.clone(),
            change.home_note.clone(),
            change.active,
            now,
        ))
        .await?;
    if changed == 0 {
        return tx.run(find(id)).await?.map_or(Err(Error::NotFound), |found| Err(Error::Stale(Some(found.version))));
    }
    tx.tell(&TechnicianChanged { technician: id });
    if let Some(skills) = &change.skills {
        // Who keeps a skill keeps its level.
        let had = tx.run(skill::of_technician(id)).await?;
        let mut has = vec![];
        for name in skill_names(Some(skills))? {
            has.push(skill::find_or_create(tx, &name).await?);
        }
        let lost = had.iter().filter(|one| !has.contains(&one.skill_id)).map(|one| drop_skill(id, one.skill_id));
        tx.run(lost.collect::<Vec<_>>()).await?;
        for skill in has.into_iter().filter(|skill| !had.iter().any(|one| one.skill_id == *skill)) {
            tx.queue(give(id, skill));
        }
    }
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Technician>> {
    let version = version.required()?;
    access.retrying(async |tx| change(tx, id, version, &input).await).await.map(One)
}

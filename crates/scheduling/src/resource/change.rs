//! Changes a vehicle or a tool, or takes it out of use.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};

use super::{Kind, Resource, ResourceChanged, ResourceId, find};
use crate::permissions::TechniciansWrite;

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    /// An empty text takes it away.
    pub note: Option<String>,
    pub active: Option<bool>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 120, "a name, such as Van 3");
        }
        if let Some(note) = &mut self.note {
            *note = note.trim().to_owned();
            checks.that(note.chars().count() <= 500, "note", "too_long", "At most 500 characters.");
        }
    }
}

sql! {
    fn update(id: ResourceId, version: i64, name: Option<String>, name_key: Option<String>, note: Option<String>, active: Option<bool>, at: jiff::Timestamp) -> u64 = "
        update resource set name = coalesce($4, name), name_key = coalesce($5, name_key), note = nullif(coalesce($6, note), ''),
               active = coalesce($7, active), version = version + 1, updated_at = $8
        where tenant_id = $1 and id = $2 and version = $3";
    fn planned(id: ResourceId, from: jiff::Timestamp) -> i64 = "
        select count(*) from occupancy where tenant_id = $1 and resource_id = $2 and ends_at > $3";
}

pub async fn change(tx: &mut TenantTx, id: ResourceId, version: i64, change: &Change) -> Result<Resource> {
    let now = tx.now();
    let (found, planned) = tx.run((find(id), planned(id, now))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if found.kind == Kind::Technician {
        return Err(Error::refused("A technician is changed under Technicians; here are vehicles and tools."));
    }
    if change.active == Some(false) && planned > 0 {
        return Err(Error::refused(format!(
            "{} is planned for visits that are still ahead. Take it off them first.",
            found.name
        )));
    }
    let key = change.name.as_deref().map(fold);
    let row = update(id, version, change.name.clone(), key, change.note.clone(), change.active, now);
    let (changed, found) = tx.run((row, find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if changed == 0 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&ResourceChanged { resource: id });
    Ok(found)
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<ResourceId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Resource>> {
    let version = version.required()?;
    access.retrying(async |tx| change(tx, id, version, &input).await).await.map(One)
}

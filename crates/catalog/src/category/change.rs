//! Renaming, moving or archiving a category. Its items stay, without a heading.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Category, CategoryId, CategoryUpdated, Status, active, create::standing, find};
use crate::{permissions::CatalogWrite, price::reprice::Reprice};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    /// `null` puts it on top.
    #[serde(deserialize_with = "chosen")]
    pub parent_id: Option<Option<CategoryId>>,
    pub position: Option<i32>,
    pub status: Option<Status>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 80, "a name");
        }
        let position = self.position.unwrap_or(0);
        checks.range("position", position.into(), 0, 10_000, "The position is a number from 0 to 10,000.");
    }
}

sql! {
    fn update(id: CategoryId, seen: i64, parent: Option<CategoryId>, name: String, name_key: String, position: i32, status: Status, at: Timestamp) -> Option<Category> = "
        update category set parent_id = $4, name = $5, name_key = $6, position = $7, status = $8, updated_at = $9, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, parent_id, name, position, status, version, created_at, updated_at";
    fn release(id: CategoryId) -> u64 = "
        update item set category_id = null where tenant_id = $1 and category_id = $2";
}

pub async fn change(tx: &mut TenantTx, id: CategoryId, seen: i64, change: Change) -> Result<Category> {
    let (now, all) = tx.run((find(id), active())).await?;
    let now = now.ok_or(Error::NotFound)?;
    let parent = change.parent_id.unwrap_or(now.parent_id);
    if change.parent_id.is_some() {
        standing(&all, parent)?;
    }
    if change.status == Some(Status::Archived) && all.iter().any(|one| one.parent_id == Some(id)) {
        let says = format!("{} has categories below it. Move or archive these first.", now.name);
        return Err(Error::refused(says));
    }
    // Brought back where there is nothing to stand below any more, it stands on top.
    let parent = parent.filter(|parent| now.status == Status::Active || all.iter().any(|one| one.id == *parent));
    let name = change.name.unwrap_or(now.name);
    let key = fold(&name);
    let (position, status) = (change.position.unwrap_or(now.position), change.status.unwrap_or(now.status));
    let changed = tx.run(update(id, seen, parent, name, key, position, status, tx.now())).await?;
    let category = changed.ok_or(Error::Stale(Some(now.version)))?;
    if category.status == Status::Archived {
        tx.run(release(id)).await?;
    }
    tx.tell(&CategoryUpdated { category: id });
    if parent != now.parent_id || category.status != now.status {
        tx.enqueue(&Reprice::now());
    }
    Ok(category)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<CategoryId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Category>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

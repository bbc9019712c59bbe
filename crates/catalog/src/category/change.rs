//! Renaming, moving or archiving a category. Its items stay, without a heading.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Category, CategoryId, CategoryUpdated, Status, find};
use crate::permissions::CatalogWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
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
    fn update(id: CategoryId, seen: i64, name: String, name_key: String, position: i32, status: Status, at: Timestamp) -> Option<Category> = "
        update category set name = $4, name_key = $5, position = $6, status = $7, updated_at = $8, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, name, position, status, version, created_at, updated_at";
    fn release(id: CategoryId) -> u64 = "
        update item set category_id = null where tenant_id = $1 and category_id = $2";
}

pub async fn change(tx: &mut TenantTx, id: CategoryId, seen: i64, change: Change) -> Result<Category> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let name = change.name.unwrap_or(now.name);
    let key = fold(&name);
    let (position, status) = (change.position.unwrap_or(now.position), change.status.unwrap_or(now.status));
    let changed = tx.run(update(id, seen, name, key, position, status, tx.now())).await?;
    let category = changed.ok_or(Error::Stale(Some(now.version)))?;
    if category.status == Status::Archived {
        tx.run(release(id)).await?;
    }
    tx.tell(&CategoryUpdated { category: id });
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

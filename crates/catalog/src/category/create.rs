//! Adding a category.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Category, CategoryCreated, CategoryId, MOST, Status, active};
use crate::permissions::CatalogWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
    /// The category it stands below; none: it stands on top.
    pub parent_id: Option<CategoryId>,
    /// Smaller is higher; 0 when not given.
    #[serde(default)]
    pub position: i32,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name");
        checks.range("position", self.position.into(), 0, 10_000, "The position is a number from 0 to 10,000.");
    }
}

sql! {
    fn insert(id: CategoryId, parent: Option<CategoryId>, name: String, name_key: String, position: i32, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into category (tenant_id, id, parent_id, name, name_key, position, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
}

/// What is new stands below one that is in use.
pub(super) fn standing(all: &[Category], parent: Option<CategoryId>) -> Result<()> {
    match parent.is_none_or(|parent| all.iter().any(|one| one.id == parent)) {
        true => Ok(()),
        false => Err(Error::field("/parent_id", "missing", "There is no such category.")),
    }
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<Category> {
    let all = tx.run(active()).await?;
    standing(&all, new.parent_id)?;
    if all.len() as i64 >= MOST {
        return Err(Error::refused("A price book has at most 200 categories. Archive one that is no longer used."));
    }
    let (id, now) = (CategoryId::new(), tx.now());
    tx.queue(insert(id, new.parent_id, new.name.clone(), fold(&new.name), new.position, now, tx.user()));
    tx.tell(&CategoryCreated { category: id });
    Ok(Category {
        id,
        parent_id: new.parent_id,
        name: new.name,
        position: new.position,
        status: Status::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Category>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let category = create(tx, new.clone()).await?;
            Ok(Created { location: "/api/v1/categories".into(), body: category })
        })
        .await
}

//! Another name or colour for a tag; whoever has it has it under its new name.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Colour, Tag, TagChanged, TagId, check_name, find, settle};
use crate::{CustomerId, permissions::CustomersTags};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    pub colour: Option<Colour>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            check_name(checks, "name", name);
        }
    }
}

sql! {
    fn update(id: TagId, seen: i64, name: String, name_key: String, colour: Colour, at: Timestamp) -> Option<Tag> = "
        update tag set name = $4, name_key = $5, colour = $6, updated_at = $7, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, name, colour, version, created_at, updated_at";
    fn who_has(id: TagId) -> Vec<CustomerId> = "
        select customer_id from customer_tag where tenant_id = $1 and tag_id = $2";
}

pub async fn change(tx: &mut TenantTx, id: TagId, seen: i64, change: Change) -> Result<Tag> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let name = change.name.unwrap_or_else(|| now.name.clone());
    let (key, colour) = (fold(&name), change.colour.unwrap_or(now.colour));
    let changed = tx.run(update(id, seen, name, key, colour, tx.now())).await?;
    let tag = changed.ok_or(Error::Stale(Some(now.version)))?;
    if tag.name != now.name {
        let mut all = tx.run(who_has(id)).await?;
        all.sort();
        settle(tx, &all).await?;
    }
    tx.tell(&TagChanged { tag: id });
    Ok(tag)
}

pub async fn api(
    access: Access<CustomersTags>,
    Path(id): Path<TagId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Tag>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

tenancy::put_back! { "tag", CustomersTags, ["name", "colour"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        scope.write_with(async move |tx: &mut TenantTx| {
            let now = tx.run(find(TagId(id))).await?.ok_or(Error::NotFound)?;
            change(tx, now.id, now.version, input).await.map(drop)
        }).await
    }
}

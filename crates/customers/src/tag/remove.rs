//! Deleting a tag: it is taken off everybody who has it.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Tag, TagDeleted, TagId, find, settle};
use crate::{CustomerId, permissions::CustomersTags};

sql! {
    fn take_off(id: TagId) -> Vec<CustomerId> = "
        delete from customer_tag where tenant_id = $1 and tag_id = $2 returning customer_id";
    fn delete(id: TagId) -> u64 = "delete from tag where tenant_id = $1 and id = $2";
}

/// How far it went.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TagRemoved")]
pub struct Removed {
    /// So many had it.
    pub customers: usize,
    #[serde(skip)]
    pub tag: Option<Tag>,
}

pub async fn remove(tx: &mut TenantTx, id: TagId) -> Result<Removed> {
    let tag = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let mut all = tx.run(take_off(id)).await?;
    all.sort();
    settle(tx, &all).await?;
    tx.run(delete(id)).await?;
    tx.tell(&TagDeleted { tag: id, customers: all.len() as i64 });
    Ok(Removed { customers: all.len(), tag: Some(tag) })
}

pub async fn api(access: Access<CustomersTags>, Path(id): Path<TagId>) -> Result<Repeatable<Json<Removed>>> {
    access.once(async |tx: &mut TenantTx| remove(tx, id).await.map(Json)).await
}

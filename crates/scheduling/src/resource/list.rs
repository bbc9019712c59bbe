//! All that can be planned, and one of it.
use kernel::{
    Access, Error, Paged, Result,
    http::{Json, One, Path, Query},
    sql,
};

use super::{Kind, Resource, ResourceId, find};
use crate::permissions::BoardRead;

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// `technician`, `vehicle` or `tool`; all when not given.
    pub kind: Option<Kind>,
}

sql! {
    pub(super) fn list(kind: Option<Kind>) -> Vec<Resource> = "
        select id, kind, name, note, active, version, created_at, updated_at from resource
        where tenant_id = $1 and ($2::text is null or kind = $2) order by kind, name, id limit 1000";
    /// What may go along with somebody.
    pub fn in_use() -> Vec<Resource> = "
        select id, kind, name, note, active, version, created_at, updated_at from resource
        where tenant_id = $1 and active order by kind, name, id limit 500";
}

pub async fn list_api(access: Access<BoardRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Resource>>> {
    let data = access.read(list(query.kind)).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn find_api(access: Access<BoardRead>, Path(id): Path<ResourceId>) -> Result<One<Resource>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}

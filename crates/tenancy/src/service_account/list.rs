//! The programs that work here.
use kernel::{
    Access, Cursor, Error, Paged, Result,
    http::{Json, One, Path, Query},
    page, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ServiceAccount, ServiceAccountId};
use crate::ApiKeysManage;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 1–200, 50 when not given.
    limit: Option<i64>,
    cursor: Option<String>,
}

sql! {
    fn after(id: ServiceAccountId, limit: i64) -> Vec<ServiceAccount> = "
        select id, name, role, active, version, created_at from service_account where tenant_id = $1 and id > $2 order by id limit $3";
    /// By name, as many as a page shows.
    pub fn all() -> Vec<ServiceAccount> = "
        select id, name, role, active, version, created_at from service_account where tenant_id = $1 order by name_key limit 200";
}

pub async fn list_api(
    access: Access<ApiKeysManage>,
    Query(asked): Query<Asked>,
) -> Result<Json<Paged<ServiceAccount>>> {
    let limit = page::limit(asked.limit)?;
    let from = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(ServiceAccountId(uuid::Uuid::nil()));
    let rows = access.read(after(from, limit as i64 + 1)).await?;
    Ok(Json(Paged::of(rows, limit, |account| account.id)))
}

pub async fn get_api(access: Access<ApiKeysManage>, Path(id): Path<ServiceAccountId>) -> Result<One<ServiceAccount>> {
    access.read(super::find(id)).await?.map(One).ok_or(Error::NotFound)
}

//! The keys of a company: names and beginnings, never the keys.
use kernel::{
    Access, Cursor, Error, Paged, Result,
    http::{Json, One, Path, Query},
    page, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ApiKey, ApiKeyId};
use crate::{ApiKeysManage, service_account::ServiceAccountId};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 1–200, 50 when not given.
    limit: Option<i64>,
    cursor: Option<String>,
}

sql! {
    pub(super) fn before(id: ApiKeyId, limit: i64) -> Vec<ApiKey> = "
        select id, name, prefix, scopes, service_account_id, replaced_by, expires_at, last_used_at, revoked_at, version, created_at
        from api_key where tenant_id = $1 and id < $2 order by id desc limit $3";
    pub(crate) fn of_account(account: ServiceAccountId) -> Vec<ApiKey> = "
        select id, name, prefix, scopes, service_account_id, replaced_by, expires_at, last_used_at, revoked_at, version, created_at
        from api_key where tenant_id = $1 and service_account_id = $2 order by id desc limit 100";
}

pub async fn get_api(access: Access<ApiKeysManage>, Path(id): Path<ApiKeyId>) -> Result<One<ApiKey>> {
    access.read(super::find(id)).await?.map(One).ok_or(Error::NotFound)
}

pub async fn api(access: Access<ApiKeysManage>, Query(asked): Query<Asked>) -> Result<Json<Paged<ApiKey>>> {
    let limit = page::limit(asked.limit)?;
    let from = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(ApiKeyId::max());
    let rows = access.read(before(from, limit as i64 + 1)).await?;
    Ok(Json(Paged::of(rows, limit, |key| key.id)))
}

//! Renaming a view, filtering by something else, sharing it or keeping it for oneself.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::MemberId;

use super::{
    Filter, Kept, View, ViewChanged, ViewId,
    create::{check_filter, check_name},
    find, may_share, owner,
};
use crate::permissions::CustomersRead;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "CustomerViewChange")]
pub struct Change {
    pub name: Option<String>,
    pub filter: Option<Filter>,
    pub shared: Option<bool>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            check_name(checks, name);
        }
        if let Some(filter) = &mut self.filter {
            check_filter(checks, filter);
        }
    }
}

sql! {
    fn update(id: ViewId, seen: i64, name: String, name_key: String, filter: serde_json::Value, shared: bool, member: Option<MemberId>, at: Timestamp) -> Option<Kept> = "
        update saved_view set name = $4, name_key = $5, filter = $6, shared = $7, member_id = $8, updated_at = $9, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, name, filter, shared, version, created_at, updated_at";
}

/// What is shared is nobody's but the company's: whoever keeps it for themselves again takes it over.
pub async fn change(
    tx: &mut TenantTx,
    access: &Access<CustomersRead>,
    id: ViewId,
    seen: i64,
    change: Change,
) -> Result<View> {
    let now: View = tx.run(find(id, tx.user())).await?.ok_or(Error::NotFound)?.into();
    let shared = change.shared.unwrap_or(now.shared);
    may_share(access, shared || now.shared)?;
    let member = owner(access, shared)?;
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    let name = change.name.unwrap_or(now.name);
    let filter =
        serde_json::to_value(change.filter.unwrap_or(now.filter)).map_err(|e| Error::Bug(format!("a filter: {e}")))?;
    let statement = update(id, seen, name.clone(), fold(&name), filter, shared, member, tx.now());
    let view = tx.run(statement).await?.ok_or(Error::Stale(None))?;
    tx.tell(&ViewChanged { view: id, shared });
    Ok(view.into())
}

pub async fn api(
    access: Access<CustomersRead>,
    Path(id): Path<ViewId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<View>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, &access, id, seen, input.clone()).await).await.map(One)
}

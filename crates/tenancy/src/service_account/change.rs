//! Another name or role; what its keys may follows within seconds.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Role, Scope, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql, text,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ServiceAccount, ServiceAccountChanged, ServiceAccountId};
use crate::ApiKeysManage;

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    pub role: Option<Role>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 60, "a name that says which program it is");
        }
    }
}

sql! {
    fn update(id: ServiceAccountId, version: i64, name: String, name_key: String, role: Role, at: Timestamp) -> u64 = "
        update service_account set name = $4, name_key = $5, role = $6, version = version + 1, updated_at = $7
        where tenant_id = $1 and id = $2 and version = $3";
}

pub async fn change(
    scope: &Scope,
    tx: &mut TenantTx,
    id: ServiceAccountId,
    version: i64,
    change: &Change,
) -> Result<ServiceAccount> {
    let now = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    if now.version != version {
        return Err(Error::Stale(Some(now.version)));
    }
    let (name, role) = (change.name.clone().unwrap_or(now.name), change.role.unwrap_or(now.role));
    super::may_give(scope, now.role)?;
    super::may_give(scope, role)?;
    let (key, at) = (text::fold(&name), tx.now());
    if tx.run(update(id, version, name, key, role, at)).await? == 0 {
        return Err(Error::Stale(None));
    }
    tx.tell(&ServiceAccountChanged { account: id, role });
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<ApiKeysManage>,
    Path(id): Path<ServiceAccountId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<ServiceAccount>> {
    let version = version.required()?;
    let done = access.retrying(async |tx: &mut TenantTx| change(&access, tx, id, version, &input).await).await?;
    access.house().forget_principals();
    Ok(One(done))
}

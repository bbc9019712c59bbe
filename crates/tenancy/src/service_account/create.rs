//! A new account for a program.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Role, Scope, TenantTx,
    http::{Created, Json, Repeatable},
    sql, text,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{ServiceAccount, ServiceAccountCreated, ServiceAccountId};
use crate::ApiKeysManage;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Which program: "Zapier", "Website".
    #[serde(default)]
    pub name: String,
    pub role: Role,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "a name that says which program it is");
    }
}

sql! {
    fn insert(id: ServiceAccountId, name: String, name_key: String, role: Role, at: Timestamp, by: Option<Uuid>) = "
        insert into service_account (tenant_id, id, name, name_key, role, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $6, $7)";
}

pub async fn create(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<ServiceAccount> {
    super::may_give(scope, new.role)?;
    let (id, at, by) = (ServiceAccountId::new(), tx.now(), tx.user());
    tx.queue(insert(id, new.name.clone(), text::fold(&new.name), new.role, at, by));
    tx.tell(&ServiceAccountCreated { account: id, role: new.role });
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(access: Access<ApiKeysManage>, Json(new): Json<New>) -> Result<Repeatable<Created<ServiceAccount>>> {
    let work = async |tx: &mut TenantTx| {
        let body = create(&access, tx, &new).await?;
        Ok(Created { location: format!("/api/v1/service-accounts/{}", body.id), body })
    };
    access.once(work).await
}

//! Changing what is to be done.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shown, WorkOrder, WorkOrderId, find, hold_open, tell_changed};
use crate::permissions::WorkWrite;

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub title: Option<String>,
    /// An empty text takes it away.
    pub scope: Option<String>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(title) = &mut self.title {
            checks.text("title", title, 200, "in a few words what is to be done");
        }
        if let Some(scope) = &mut self.scope {
            *scope = scope.trim().to_owned();
            checks.that(scope.chars().count() <= 5000, "scope", "too_long", "At most 5000 characters.");
        }
    }
}

sql! {
    fn update(id: WorkOrderId, title: String, scope: Option<String>, at: Timestamp) -> u64 = "
        update work_order set title = $3, scope = $4, version = version + 1, updated_at = $5
        where tenant_id = $1 and id = $2";
}

pub async fn change(tx: &mut TenantTx, id: WorkOrderId, version: i64, change: Change) -> Result<WorkOrder> {
    let was = hold_open(tx, id).await?;
    if was.version != version {
        return Err(Error::Stale(Some(was.version)));
    }
    let title = change.title.unwrap_or_else(|| was.title.clone());
    let scope = change.scope.or_else(|| was.scope.clone()).filter(|scope| !scope.is_empty());
    let now = tx.now();
    let (_, found) = tx.run((update(id, title, scope, now), find(id))).await?;
    tell_changed(tx, &was);
    found.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(id): Path<WorkOrderId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Shown>> {
    let version = version.required()?;
    let order = access.retrying(async |tx: &mut TenantTx| change(tx, id, version, input.clone()).await).await?;
    Ok(One(order.into()))
}

tenancy::put_back! { "work_order", WorkWrite, ["title", "scope"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        scope.write_with(async move |tx: &mut TenantTx| {
            let now = tx.run(find(WorkOrderId(id))).await?.ok_or(Error::NotFound)?;
            change(tx, now.id, now.version, input).await.map(drop)
        }).await
    }
}

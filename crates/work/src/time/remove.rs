//! Taking a stretch of time away that never was, with the reason.
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Json, NoContent, Path, Repeatable},
    serde_json::json,
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{TimeEntryId, TimeRemoved, find};
use crate::permissions::TimeWrite;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    pub reason: String,
}
impl Input for Why {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
    }
}

sql! {
    fn delete(id: TimeEntryId) -> u64 = "delete from time_entry where tenant_id = $1 and id = $2";
}

pub async fn remove(tx: &mut TenantTx, id: TimeEntryId, why: &Why) -> Result<()> {
    let Some(was) = tx.run(find(id)).await? else { return Err(kernel::Error::NotFound) };
    if tx.run(delete(id)).await? > 0 {
        let told = TimeRemoved { entry: id, technician: was.technician_id, order: was.order_id };
        tx.tell_with(&told, Some(json!({ "reason": why.reason })));
    }
    Ok(())
}

pub async fn api(
    access: Access<TimeWrite>,
    Path(id): Path<TimeEntryId>,
    Json(why): Json<Why>,
) -> Result<Repeatable<NoContent>> {
    access
        .once(async |tx: &mut TenantTx| {
            remove(tx, id, &why).await?;
            Ok(NoContent)
        })
        .await
}

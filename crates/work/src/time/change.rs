//! Correcting a stretch of time, with the reason.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    serde_json::json,
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Kind, Shown, TimeChanged, TimeEntryId,
    add::{check_span, past},
    find,
};
use crate::permissions::TimeWrite;

/// What is left out stays as it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub kind: Option<Kind>,
    pub starts_at: Option<Timestamp>,
    /// Ends what is going on, too.
    pub ends_at: Option<Timestamp>,
    /// Why.
    pub reason: String,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
        if let (Some(starts), Some(ends)) = (self.starts_at, self.ends_at) {
            check_span(checks, starts, ends);
        }
    }
}

sql! {
    fn update(id: TimeEntryId, version: i64, kind: Kind, starts: Timestamp, ends: Option<Timestamp>, reason: String, at: Timestamp) -> u64 = "
        update time_entry set kind = $4, starts_at = $5, ends_at = $6, reason = $7, version = version + 1, updated_at = $8
        where tenant_id = $1 and id = $2 and version = $3";
}

pub async fn change(tx: &mut TenantTx, id: TimeEntryId, version: i64, change: &Change) -> Result<Shown> {
    let was = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let (starts, ends) = (change.starts_at.unwrap_or(was.starts_at), change.ends_at.or(was.ends_at));
    past(tx, ends.unwrap_or(starts))?;
    if let Some(ends) = ends {
        let mut checks = Checks::default();
        check_span(&mut checks, starts, ends);
        checks.done()?;
    }
    let now = tx.now();
    let row = update(id, version, change.kind.unwrap_or(was.kind), starts, ends, change.reason.clone(), now);
    let (changed, found) = tx.run((row, find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if changed == 0 {
        return Err(Error::Stale(Some(found.version)));
    }
    let told = TimeChanged { entry: id, technician: was.technician_id, order: was.order_id };
    tx.tell_with(&told, Some(json!({ "reason": change.reason })));
    Ok(found.into())
}

pub async fn api(
    access: Access<TimeWrite>,
    Path(id): Path<TimeEntryId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Shown>> {
    let version = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, version, &input).await).await.map(One)
}

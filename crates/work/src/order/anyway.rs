//! Finishing a job although required questions of its checklists are open: by whoever may, and with a reason that stays.
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Json, One, Path, Repeatable},
    serde_json::json,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shown, Status, WorkOrder, WorkOrderFinishedAnyway, WorkOrderId, finish::close, hold};
use crate::{
    permissions::FinishAnyway,
    question::{self, Asked},
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Anyway {
    /// Why, for those who look at it later.
    pub reason: String,
}
impl Input for Anyway {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 500, "a reason");
    }
}

/// The job is held, by the office or from the visit at which somebody works.
pub async fn finish_anyway(tx: &mut TenantTx, order: WorkOrder, anyway: &Anyway) -> Result<WorkOrder> {
    let id = order.id;
    if order.status == Status::Completed {
        return Ok(order);
    }
    let asked = tx.run(question::of(id)).await?.into_iter().map(Asked::from);
    let open: Vec<String> = asked.filter(|one| one.open).map(|one| one.question.words).collect();
    let why = Some(anyway.reason.clone()).filter(|_| !open.is_empty());
    let order = close(tx, order, why).await?;
    if open.is_empty() {
        return Ok(order);
    }
    let told = WorkOrderFinishedAnyway { order: id, customer: order.customer_id, number: order.number };
    tx.tell_with(&told, Some(json!({ "reason": anyway.reason, "open": open })));
    Ok(order)
}

pub async fn api(
    access: Access<FinishAnyway>,
    Path(id): Path<WorkOrderId>,
    Json(anyway): Json<Anyway>,
) -> Result<Repeatable<One<Shown>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let order = hold(tx, id).await?;
            Ok(One(Shown::from(finish_anyway(tx, order, &anyway).await?)))
        })
        .await
}

//! Which equipment a job worked on, said as a whole.
use customers::equipment::EquipmentId;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Unit, at};
use crate::{
    WorkOrderId,
    order::{self, tell_changed},
    permissions::WorkWrite,
};

kernel::id!(ServicedId);

/// No visit works on more.
const MOST: usize = 50;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// All that was worked on, at most 50 pieces of the customer's equipment.
    pub equipment: Vec<EquipmentId>,
}
impl Input for Given {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.equipment.len() <= MOST, "equipment", "too_many", "A job works on at most 50 pieces.");
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct WorkedOn {
    pub equipment: Vec<Unit>,
}

sql! {
    fn keep_only(order: WorkOrderId, equipment: Vec<Uuid>) -> u64 = "
        delete from serviced where tenant_id = $1 and order_id = $2 and equipment_id <> all($3)";
    fn add(order: WorkOrderId, ids: Vec<Uuid>, equipment: Vec<Uuid>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into serviced (tenant_id, id, order_id, equipment_id, created_at, created_by)
        select $1, n.id, $2, n.equipment_id, $5, $6 from unnest($3::uuid[], $4::uuid[]) n(id, equipment_id)
        on conflict (tenant_id, order_id, equipment_id) do nothing";
}

/// Also on a job that is over: what is remembered later counts too.
pub async fn give(tx: &mut TenantTx, id: WorkOrderId, given: &Given) -> Result<Vec<Unit>> {
    let order = order::hold(tx, id).await?;
    let there = tx.run(at(id)).await?;
    if let Some(n) = given.equipment.iter().position(|one| there.iter().all(|unit| unit.id != *one)) {
        let says = "This equipment is not at the customer's of this job.";
        return Err(Error::field(&format!("/equipment/{n}"), "unknown", says));
    }
    let equipment: Vec<Uuid> = given.equipment.iter().map(|one| one.0).collect();
    let ids = equipment.iter().map(|_| ServicedId::new().0).collect();
    let more = add(id, ids, equipment.clone(), tx.now(), tx.user());
    let (taken, added, now) = tx.run((keep_only(id, equipment), more, at(id))).await?;
    if taken + added > 0 {
        tell_changed(tx, &order);
    }
    Ok(now.into_iter().filter(|unit| unit.worked_on).collect())
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(order): Path<WorkOrderId>,
    Json(given): Json<Given>,
) -> Result<Repeatable<Json<WorkedOn>>> {
    access.once(async |tx: &mut TenantTx| Ok(Json(WorkedOn { equipment: give(tx, order, &given).await? }))).await
}

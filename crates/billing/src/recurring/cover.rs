//! What a plan is paid for is not charged again by the job of its visit.
use catalog::ItemId;
use kernel::sql;
use work::WorkOrderId;

sql! {
    /// The service that the plan of the job's visit covers, where the plan is billed for that day.
    pub(crate) fn covered(order: WorkOrderId) -> Option<ItemId> = "
        select p.item_id from work_order w
        join maintenance_visit v on v.tenant_id = $1 and v.appointment_id = w.appointment_id
        join maintenance_plan p on p.tenant_id = $1 and p.id = v.plan_id
        join plan_billing b on b.tenant_id = $1 and b.plan_id = v.plan_id and b.from_on <= v.due_on and (b.until_on is null or b.until_on >= v.due_on)
        where w.tenant_id = $1 and w.id = $2 limit 1";
}

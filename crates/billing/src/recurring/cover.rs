//! What a plan is paid for is not charged again by the job of its visit.
use catalog::{ItemId, price};
use customers::CustomerId;
use kernel::{Result, TenantTx, sql};
use work::{Line, WorkOrderId};

sql! {
    /// The service that the plan of one of the job's visits covers, where the plan is billed for that day.
    pub(crate) fn covered(order: WorkOrderId) -> Option<ItemId> = "
        select p.item_id from work_order_visit w
        join maintenance_visit v on v.tenant_id = $1 and v.appointment_id = w.appointment_id
        join maintenance_plan p on p.tenant_id = $1 and p.id = v.plan_id
        join plan_billing b on b.tenant_id = $1 and b.plan_id = v.plan_id and b.from_on <= v.due_on and (b.until_on is null or b.until_on >= v.due_on)
        where w.tenant_id = $1 and w.order_id = $2 order by w.nth limit 1";
}

/// What of the job is still to be charged: without one of what is covered, which may be sold as the parts of a bundle. Once: whatever
/// is done beyond what the plan is paid for is charged as ever.
pub(crate) async fn beyond(
    tx: &mut TenantTx,
    covered: Option<ItemId>,
    customer: CustomerId,
    mut sold: Vec<Line>,
) -> Result<Vec<Line>> {
    let Some(item) = covered else { return Ok(sold) };
    for part in price::sold(tx, item, customer.0, 1000).await? {
        take(&mut sold, part.item.id, part.quantity_milli);
    }
    Ok(sold)
}

/// Takes so much of an item off the lines that have it.
fn take(sold: &mut Vec<Line>, item: ItemId, mut quantity_milli: i64) {
    for line in sold.iter_mut().filter(|line| line.item_id == Some(item)) {
        let taken = quantity_milli.min(line.quantity_milli);
        line.quantity_milli -= taken;
        quantity_milli -= taken;
    }
    sold.retain(|line| line.quantity_milli > 0);
}

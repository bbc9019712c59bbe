//! Taking an estimate back before it is approved: its link says so from then on.
use customers::CustomerId;
use kernel::{
    Error, Result, TenantTx,
    access::Access,
    http::{IfMatch, One, Path, Repeatable},
    sql,
};

use crate::{
    EstimateId,
    estimate::{Estimate, Status, find, hold},
    permissions::EstimatesWrite,
};

sql! {
    fn store(id: EstimateId, at: jiff::Timestamp) -> u64 = "
        update estimate set status = 'withdrawn', updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('draft', 'sent', 'viewed', 'expired') and revision > 0";
}

kernel::event! {
    pub struct EstimateWithdrawn = "estimate.withdrawn", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, number: String,
    }
}

pub async fn withdraw(tx: &mut TenantTx, id: EstimateId, version: Option<i64>) -> Result<()> {
    let found = hold(tx, id, version).await?;
    let says = match (found.status, found.revision) {
        (Status::Draft, 0) => Some("was never sent. Discard it instead."),
        (Status::Approved, _) => Some("is approved: what was agreed is not taken back here."),
        (Status::Declined, _) => Some("was declined; there is nothing to take back."),
        (Status::Withdrawn, _) => Some("is withdrawn already."),
        _ => None,
    };
    if let Some(says) = says {
        return Err(Error::refused(format!("{} {says}", found.called())));
    }
    let now = tx.now();
    if tx.run(store(id, now)).await? != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&EstimateWithdrawn { estimate: id, customer: found.customer_id, number: found.called() });
    Ok(())
}

pub async fn api(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    version: IfMatch,
) -> Result<Repeatable<One<Estimate>>> {
    access
        .once(async |tx| {
            withdraw(tx, id, version.0).await?;
            find(tx, id).await.map(One)
        })
        .await
}

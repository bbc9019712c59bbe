//! Throwing a draft away that was never sent. It had no number, so nothing is missing afterwards.
use customers::CustomerId;
use kernel::{
    Error, Result, TenantTx,
    access::Access,
    http::{IfMatch, NoContent, Path},
    sql,
};

use super::{Status, hold, must_be_draft, option};
use crate::{EstimateId, permissions::EstimatesWrite};

sql! {
    fn delete(id: EstimateId) -> u64 = "
        delete from estimate where tenant_id = $1 and id = $2 and status = 'draft' and revision = 0";
}

kernel::event! {
    /// A draft was thrown away.
    pub struct EstimateDiscarded = "estimate.discarded", seen by crate::permissions::EstimatesRead { estimate: EstimateId, customer: CustomerId }
}

pub async fn discard(tx: &mut TenantTx, id: EstimateId, version: Option<i64>) -> Result<()> {
    let found = hold(tx, id, version).await?;
    if found.status == Status::Draft && found.revision > 0 {
        return Err(Error::refused(format!("{} was sent before and stays. Withdraw it instead.", found.called())));
    }
    must_be_draft(&found)?;
    tx.tell(&EstimateDiscarded { estimate: id, customer: found.customer_id });
    tx.run((option::clear_lines(id), option::clear(id), delete(id))).await?;
    Ok(())
}

pub async fn api(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, version: IfMatch) -> Result<NoContent> {
    let version = version.required()?;
    access.retrying(async |tx| discard(tx, id, Some(version)).await).await?;
    Ok(NoContent)
}

//! The page says that somebody looks at it: by script, so that programs which open links beforehand are not taken for people.
use customers::CustomerId;
use kernel::{
    Result, TenantTx, Visitor,
    http::{Form, NoContent, Nothing, Path},
    sql,
};

use super::of;
use crate::{
    EstimateId,
    estimate::{Status, hold},
    revision::content::Content,
};

sql! {
    fn store(id: EstimateId, at: jiff::Timestamp) -> u64 = "
        update estimate set status = 'viewed', viewed_at = $3, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and status = 'sent'";
}

kernel::event! {
    /// The customer has looked at it, for the first time since it was sent.
    pub struct EstimateViewed = "estimate.viewed", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, number: String, revision: i32,
    }
}

pub async fn post(visitor: Visitor, Path(token): Path<String>, _: Form<Nothing>) -> Result<NoContent> {
    visitor.house().limits().careful("estimate-seen", &visitor.peer)?;
    let shown = of(&visitor, &token).await?;
    // Somebody of the company looks at it too, and is not the customer.
    if visitor.principal().is_none() && shown.status == Status::Sent {
        let (id, content) = (shown.id, shown.content);
        visitor.retrying(async |tx: &mut TenantTx| view(tx, id, &content).await).await?;
    }
    Ok(NoContent)
}

/// Whoever looks at an older one has not seen the one that was sent since.
async fn view(tx: &mut TenantTx, id: EstimateId, seen: &Content) -> Result<()> {
    let found = hold(tx, id, None).await?;
    let now = tx.now();
    let newest = found.revision == seen.revision;
    if newest && found.status == Status::Sent && tx.run(store(id, now)).await? == 1 {
        let (customer, revision) = (found.customer_id, found.revision);
        tx.tell(&EstimateViewed { estimate: id, customer, number: seen.number.clone(), revision });
    }
    Ok(())
}

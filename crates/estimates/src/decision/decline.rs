//! Declining, with a reason if one likes to say it.
use customers::CustomerId;
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, Uuid, sql};

use super::{DecisionId, Via};
use crate::{
    EstimateId,
    estimate::{Status, hold},
};

#[derive(Debug, Clone)]
pub struct No {
    /// The one they saw.
    pub revision: i32,
    pub reason: Option<String>,
    pub via: Via,
    pub told: Option<String>,
    pub address: Option<String>,
    pub agent: Option<String>,
}

sql! {
    fn insert(id: DecisionId, estimate: EstimateId, revision: i32, reason: Option<String>, via: Via, told: Option<String>, address: Option<String>, agent: Option<String>, at: Timestamp, by: Option<Uuid>) = "
        insert into estimate_decision (tenant_id, id, estimate_id, revision, kind, reason, via, told, address, agent, created_at, created_by)
        values ($1, $2, $3, $4, 'declined', $5, $6, $7, $8, $9, $10, $11)";
    fn store(id: EstimateId, at: Timestamp) -> u64 = "
        update estimate set status = 'declined', decided_at = $3, viewed_at = coalesce(viewed_at, $3), updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('sent', 'viewed', 'expired')";
}

kernel::event! {
    /// The customer does not want it.
    pub struct EstimateDeclined = "estimate.declined", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, number: String, revision: i32, total_minor: i64, currency: String,
    }
}

/// Sent twice it is declined once.
pub async fn decline(tx: &mut TenantTx, id: EstimateId, no: &No) -> Result<()> {
    let found = hold(tx, id, None).await?;
    if found.revision != no.revision {
        return Err(Error::refused("There is a newer version of this estimate. Look at that one first."));
    }
    match found.status {
        Status::Declined => return Ok(()),
        Status::Sent | Status::Viewed | Status::Expired => {}
        Status::Draft => {
            return Err(Error::refused(format!(
                "{} is being changed right now; there is nothing to decline.",
                found.called()
            )));
        }
        status => {
            return Err(Error::refused(format!("{} is {} already.", found.called(), status.label().to_lowercase())));
        }
    }
    let (now, by) = (tx.now(), tx.user());
    let no = no.clone();
    let insert =
        insert(DecisionId::new(), id, found.revision, no.reason, no.via, no.told, no.address, no.agent, now, by);
    let ((), stored) = tx.run((insert, store(id, now))).await?;
    if stored != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&EstimateDeclined {
        estimate: id,
        customer: found.customer_id,
        number: found.called(),
        revision: found.revision,
        total_minor: found.total_minor,
        currency: found.currency,
    });
    Ok(())
}

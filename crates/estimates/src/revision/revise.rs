//! Taking a sent estimate up again: it becomes a draft, and what was sent stays with its link.
use customers::CustomerId;
use jiff::{ToSpan, civil::Date};
use kernel::{
    Error, Result, TenantTx,
    access::Access,
    http::{IfMatch, One, Path, Repeatable},
    sql,
    sum::Rules,
};

use crate::{
    EstimateId,
    estimate::{Estimate, Status, draft::VALID_DAYS, fill, find, hold_whole, option},
    permissions::EstimatesWrite,
};

sql! {
    fn store(id: EstimateId, valid_until: Option<Date>, at: jiff::Timestamp, total_minor: i64, tax_rules: Rules, tax_note: Option<String>) -> u64 = "
        update estimate set status = 'draft', valid_until = $3, decided_at = null, updated_at = $4, total_minor = $5, tax_rules = $6, tax_note = $7, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('sent', 'viewed', 'declined', 'expired', 'withdrawn')";
}

kernel::event! {
    /// It is written anew; until it is sent again, nothing can be approved.
    pub struct EstimateRevised = "estimate.revised", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, number: String, revision: i32,
    }
}

pub async fn revise(tx: &mut TenantTx, id: EstimateId, version: Option<i64>) -> Result<()> {
    let (mut found, options, mut lines) = hold_whole(tx, id, version).await?;
    match found.status {
        Status::Draft => return Err(Error::refused(format!("{} is a draft already.", found.called()))),
        Status::Approved => {
            let says = "is approved and stays as it was agreed. Duplicate it for something else.";
            return Err(Error::refused(format!("{} {says}", found.called())));
        }
        _ => {}
    }
    // A day that is over would only be in the way.
    let today = tx.today();
    let until = found.valid_until.map(|day| if day < today { today.saturating_add(VALID_DAYS.days()) } else { day });
    // And what is taxed otherwise since then, is so in the new one.
    let worth = match fill::anew(tx, &mut found, &mut lines).await? {
        true => option::replace(tx, &found, &options, &lines).await?,
        false => found.total_minor,
    };
    let stored = store(id, until, tx.now(), worth, found.tax_rules, found.tax_note.clone());
    if tx.run(stored).await? != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&EstimateRevised {
        estimate: id,
        customer: found.customer_id,
        number: found.called(),
        revision: found.revision,
    });
    Ok(())
}

pub async fn api(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    version: IfMatch,
) -> Result<Repeatable<One<Estimate>>> {
    access
        .once(async |tx| {
            revise(tx, id, version.0).await?;
            find(tx, id).await.map(One)
        })
        .await
}

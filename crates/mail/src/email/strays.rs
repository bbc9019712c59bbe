//! Mails whose job got lost: a queue that was emptied, a worker that died in the handing over.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, sql};

use super::{
    EmailId,
    deliver::{Deliver, HANDING},
};

sql! {
    // Each of the three walks the few rows of its state, never the many that were sent.
    fn lost(before: Timestamp) -> Vec<EmailId> = "
        select id from email where tenant_id = $1 and state = 'queued' and next_try_at < $2
        union all
        select id from email where tenant_id = $1 and state = 'held' and next_try_at < $2
        union all
        select id from email where tenant_id = $1 and state = 'sending' and handed_at < $2
        limit 1000";
}

/// A job that waits already stands for the one made here.
pub async fn strays(scope: Scope) -> Result<()> {
    let before = scope.now().saturating_sub(HANDING + SignedDuration::from_mins(20)).unwrap_or(Timestamp::MIN);
    scope
        .write_with(async |tx: &mut TenantTx| {
            for email in tx.run(lost(before)).await? {
                tx.enqueue(&Deliver { email });
            }
            Ok(())
        })
        .await
}

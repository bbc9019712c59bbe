//! Once a day: the bytes of what was removed a week ago go, and their rows with them.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, sql};
use tenancy::files::{self, FileId};

use super::CustomerFileId;

/// How long what was removed can be had back.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
const MANY: i64 = 200;

sql! {
    fn lapsed(before: Timestamp, most: i64) -> Vec<CustomerFileId> = "
        select id from customer_file where tenant_id = $1 and removed_at < $2 order by removed_at limit $3";
    fn forget(id: CustomerFileId, before: Timestamp) -> u64 = "
        delete from customer_file where tenant_id = $1 and id = $2 and removed_at < $3";
}

pub(crate) async fn sweep(scope: Scope) -> Result<()> {
    let before = scope.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    loop {
        let old = scope.read(lapsed(before, MANY)).await?;
        for id in &old {
            // The row first, so that nobody takes back what has no bytes any more; it is only forgotten once they are gone.
            scope
                .write_with(async |tx: &mut TenantTx| {
                    if tx.run(forget(*id, before)).await? == 1 {
                        files::remove(scope.house(), scope.tenant().id, FileId(id.0)).await?;
                    }
                    Ok(())
                })
                .await?;
        }
        if old.len() < MANY as usize {
            return Ok(());
        }
    }
}

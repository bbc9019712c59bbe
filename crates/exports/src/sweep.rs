//! Once a day: files whose time is over go, what stands still is given up, and after a while nothing says that it was.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, row, sql};
use tenancy::files::{self, FileId};

use crate::{ExportId, ask};

/// How long one may still see that there was a file.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);
const MANY: i64 = 200;

row! { struct Old { id: ExportId, file_id: Option<FileId> } }

sql! {
    fn lapsed(now: Timestamp, before: Timestamp, most: i64) -> Vec<Old> = "
        select id, file_id from export
        where tenant_id = $1 and slot is null and file_id is not null and created_at < $3 and (status <> 'done' or expires_at <= $2)
        order by created_at, id limit $4";
    fn expire(id: ExportId, at: Timestamp) -> u64 = "
        update export set file_id = null, status = case when status = 'done' then 'expired' else status end, updated_at = $3
        where tenant_id = $1 and id = $2";
    fn forget(before: Timestamp, most: i64) -> u64 = "
        delete from export where tenant_id = $1 and id in (
          select e.id from export e where e.tenant_id = $1 and e.created_at < $2 and e.slot is null and e.file_id is null
          order by e.created_at, e.id limit $3)";
}

pub async fn sweep(scope: Scope) -> Result<()> {
    ask::give_up_stuck(&scope).await?;
    let (house, tenant, now) = (scope.house(), scope.tenant().id, scope.now());
    loop {
        let old = scope.read(lapsed(now, now, MANY)).await?;
        for one in &old {
            // The bytes first: should it break off here, the row still says that they are to go.
            if let Some(file) = one.file_id {
                files::remove(house, tenant, file).await?;
            }
            scope.write_with(async |tx: &mut TenantTx| tx.run(expire(one.id, now)).await).await?;
        }
        if old.len() < MANY as usize {
            break;
        }
    }
    let before = now.saturating_sub(REMEMBERED).unwrap_or(now);
    while scope.write_with(async |tx: &mut TenantTx| tx.run(forget(before, MANY)).await).await? as i64 == MANY {}
    Ok(())
}

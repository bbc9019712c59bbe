//! A company's turn, once a day: what is old goes to the archive, and what is in the archive for too long goes for good.
//! Every step is written down before the next begins, so a turn that ends anywhere is gone on with by the next one.
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, Scope, TenantTx, sql};
use uuid::Uuid;

use super::{
    Archive, ArchiveId, Storage, begun, odd, over,
    put::{FILE, old, put},
};

sql! {
    fn take_out(ids: Vec<Uuid>) -> u64 = "delete from audit where tenant_id = $1 and id = any($2)";
    fn emptied(id: ArchiveId, at: Timestamp) -> u64 = "update audit_archive set emptied_at = $3 where tenant_id = $1 and id = $2";
    fn given_up(id: ArchiveId, at: Timestamp) -> u64 = "
        update audit_archive set emptied_at = $3 where tenant_id = $1 and id = $2 and written_at is null";
    fn ended(id: ArchiveId, at: Timestamp) -> u64 = "update audit_archive set ended_at = $3 where tenant_id = $1 and id = $2";
}

/// Rows taken out by one transaction.
const BATCH: usize = 1000;

pub async fn run(scope: Scope) -> Result<()> {
    let storage = Storage::of(scope.house())?;
    for archive in scope.read(begun()).await? {
        match archive.sha256 {
            Some(_) => empty(&scope, &storage, &archive).await?,
            // Nobody knows how much of it was written. Who is writing it just now is told so at the next step.
            None => note(&scope, given_up(archive.id, scope.now())).await?,
        }
    }
    let before = |by: SignedDuration| scope.now().saturating_sub(by).map_err(|e| Error::Bug(e.to_string()));
    let wrong = loop {
        let rows = scope.read(old(before(storage.after)?, FILE)).await?;
        let full = rows.len() as i64 == FILE;
        // What was changed stays where it is, and is named again each day.
        let (good, bad): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_as_sealed());
        let none_left = good.is_empty() || !full;
        if !good.is_empty() {
            let archive = put(&scope, &storage, good).await?;
            empty(&scope, &storage, &archive).await?;
        }
        if none_left {
            break bad.len();
        }
    };
    for archive in scope.read(over(before(storage.kept)?)).await? {
        // The file first: a line that says so while it is still there would be a lie.
        storage.remove(&archive.path(&scope)).await?;
        note(&scope, ended(archive.id, scope.now())).await?;
    }
    match wrong {
        0 => Ok(()),
        wrong => Err(odd(&format!("{wrong} of its rows are not what was sealed"))),
    }
}

/// Takes the rows of a file out of the table, as they are in the file and no others.
async fn empty(scope: &Scope, storage: &Storage, archive: &Archive) -> Result<()> {
    let Some(lines) = archive.lines(scope, storage).await? else {
        return Err(odd(&format!("{} in the archive is gone, or not what was put there", archive.path(scope))));
    };
    let ids: Vec<Uuid> = lines.into_iter().map(|line| line.id).collect();
    for some in ids.chunks(BATCH) {
        note(scope, take_out(some.to_vec())).await?;
    }
    note(scope, emptied(archive.id, scope.now())).await
}

async fn note(scope: &Scope, step: kernel::tx::Statement<u64>) -> Result<()> {
    scope.write_with(async |tx: &mut TenantTx| tx.run(step).await).await.map(drop)
}

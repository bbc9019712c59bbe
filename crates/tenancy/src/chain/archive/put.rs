//! Putting rows into a file, which is read back and held against their seals before any of them may leave the table.
use jiff::Timestamp;
use kernel::{Error, Result, Scope, TenantTx, row, sql};
use uuid::Uuid;

use super::{Archive, ArchiveId, Kept, Storage, digest, link, odd};

row! {
    /// A row whose time in the table is over, with its seal.
    pub(super) struct Old { id: Uuid, at: Timestamp, at_us: i64, facts: String, number: i64, digest: String }
}
row! {
    struct Seal { number: i64, kind: String, entry: Uuid, digest: String, chain: String }
}

sql! {
    // What has no seal stays: `verify` names it.
    pub(super) fn old(before: Timestamp, limit: i64) -> Vec<Old> = "
        select a.id, a.at, (extract(epoch from a.at) * 1000000)::bigint as at_us,
          jsonb_build_array(a.actor_kind, a.actor_id, a.actor_name, a.action, a.subject, a.request_id, a.detail, a.via, a.session_id, a.address, a.agent, a.tx)::text as facts,
          s.number, s.digest
        from audit a join audit_seal s on s.tenant_id = $1 and s.kind = 'audit' and s.entry = a.id
        where a.tenant_id = $1 and a.at < $2 order by a.at, a.id limit $3";
    fn seals(after: i64, last: i64, limit: i64) -> Vec<Seal> = "
        select number, kind, entry, digest, chain from audit_seal
        where tenant_id = $1 and number > $2 and number <= $3 order by number limit $4";
    fn begin(id: ArchiveId, entries: i64, first_number: i64, last_number: i64, first_at: Timestamp, last_at: Timestamp, at: Timestamp) = "
        insert into audit_archive (tenant_id, id, entries, first_number, last_number, first_at, last_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    fn written(id: ArchiveId, sha256: String, at: Timestamp) -> u64 = "
        update audit_archive set sha256 = $3, written_at = $4
        where tenant_id = $1 and id = $2 and written_at is null and emptied_at is null";
}

/// Rows in a file: some megabytes, so that one can be held in memory.
pub(super) const FILE: i64 = 10_000;
const PAGE: i64 = 1000;

impl Old {
    pub(super) fn is_as_sealed(&self) -> bool {
        digest(self.id, self.at_us, &self.facts) == self.digest
    }
}

pub(super) async fn put(scope: &Scope, storage: &Storage, rows: Vec<Old>) -> Result<Archive> {
    let numbers = || rows.iter().map(|row| row.number);
    let (Some(first_number), Some(last_number)) = (numbers().min(), numbers().max()) else {
        return Err(Error::Bug("an archive of nothing".into()));
    };
    whole(scope, first_number, last_number).await?;
    let (entries, first_at, last_at) = (rows.len() as i64, rows[0].at, rows[rows.len() - 1].at);
    let id = ArchiveId::new();
    let mut archive = Archive { id, entries, first_number, last_number, sha256: None, ended_at: None };
    // Noted before it is there: a file that nobody knows of would be kept for ever.
    let noted = async |tx: &mut TenantTx| {
        let at = tx.now();
        tx.queue(begin(id, entries, first_number, last_number, first_at, last_at, at));
        Ok(())
    };
    scope.write_with(noted).await?;

    let line = |row: &Old| Kept { number: row.number, id: row.id, at_us: row.at_us, facts: row.facts.clone() };
    let sha256 = storage.put(&archive.path(scope), rows.iter().map(line).collect()).await?;
    archive.sha256 = Some(sha256.clone());
    let back = archive.lines(scope, storage).await?.unwrap_or_default();
    let same = back.len() == rows.len()
        && back
            .iter()
            .zip(&rows)
            .all(|(line, row)| line.id == row.id && digest(line.id, line.at_us, &line.facts) == row.digest);
    if !same {
        return Err(odd("what was read back from the archive is not what was sealed"));
    }
    let done = async |tx: &mut TenantTx| {
        let at = tx.now();
        tx.run(written(id, sha256, at)).await
    };
    match scope.write_with(done).await? {
        1 => Ok(archive),
        // Who gave it up may have looked for the file before it was there.
        _ => {
            storage.remove(&archive.path(scope)).await?;
            Err(Error::Bug("a file of the audit's archive was given up by another process while it was written".into()))
        }
    }
}

/// Whether the chain is unbroken from the seal before the first number to the last.
async fn whole(scope: &Scope, first: i64, last: i64) -> Result<()> {
    let mut before = first - 1;
    let mut chain = match scope.read(seals(before - 1, before, 1)).await?.pop() {
        Some(seal) => seal.chain,
        None if before == 0 => scope.tenant().id.to_string(),
        None => return Err(odd("the seal before it is missing")),
    };
    while before < last {
        let page = scope.read(seals(before, last, PAGE)).await?;
        for seal in &page {
            let Seal { number, kind, entry, digest, .. } = seal;
            if *number != before + 1 || link(&chain, *number, kind, *entry, digest) != seal.chain {
                return Err(odd("the chain of its seals is broken"));
            }
            (before, chain) = (*number, seal.chain.clone());
        }
        if page.is_empty() {
            return Err(odd("seals are missing"));
        }
    }
    Ok(())
}

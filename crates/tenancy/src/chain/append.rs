//! Sealing what has no seal yet.
use jiff::Timestamp;
use kernel::{Result, Scope, TenantTx, row, sql};
use uuid::Uuid;

use super::{audits, changes, digest, earlier, link};

row! { struct Last { number: i64, chain: String } }

sql! {
    pub(super) fn last() -> Option<Last> = "
        select number, chain from audit_seal where tenant_id = $1 order by number desc limit 1";
    pub(super) fn newest(kind: String) -> Option<Uuid> = "
        select entry from audit_seal where tenant_id = $1 and kind = $2 order by entry desc limit 1";
    fn append(numbers: Vec<i64>, kinds: Vec<String>, entries: Vec<Uuid>, digests: Vec<String>, chains: Vec<String>, at: Timestamp) -> u64 = "
        insert into audit_seal (tenant_id, number, kind, entry, digest, chain, at)
        select $1, s.number, s.kind, s.entry, s.digest, s.chain, $7
        from unnest($2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::text[]) as s (number, kind, entry, digest, chain)";
}

/// No transaction is open for as long as this: what is committed late is still found.
pub(super) const LATE: u64 = 600;
const MANY: i64 = 1000;

/// Seals all that is there. Two who do it at once take the same number, which one of them is refused.
pub async fn seal(scope: &Scope) -> Result<usize> {
    let mut sealed = 0;
    loop {
        let some = scope.write_with(async |tx: &mut TenantTx| batch(tx).await).await?;
        sealed += some;
        if (some as i64) < MANY {
            return Ok(sealed);
        }
    }
}

async fn batch(tx: &mut TenantTx) -> Result<usize> {
    let (last, audit, change) = tx.run((last(), newest("audit".into()), newest("record_change".into()))).await?;
    let from = |newest: Option<Uuid>| newest.map_or(Uuid::nil(), |id| earlier(id, LATE));
    let (told, changed) = tx.run((audits(from(audit), MANY), changes(from(change), MANY))).await?;
    let told = told.into_iter().map(|line| ("audit", line));
    let mut lines: Vec<_> = told.chain(changed.into_iter().map(|line| ("record_change", line))).collect();
    if lines.is_empty() {
        return Ok(0);
    }
    lines.sort_by_key(|(_, line)| line.id);
    let (mut number, mut chain) = last.map_or_else(|| (0, tx.tenant().to_string()), |last| (last.number, last.chain));
    let (mut numbers, mut kinds, mut entries, mut digests, mut chains) = (vec![], vec![], vec![], vec![], vec![]);
    for (kind, line) in &lines {
        let digest = digest(line.id, line.at_us, &line.facts);
        number += 1;
        chain = link(&chain, number, kind, line.id, &digest);
        numbers.push(number);
        kinds.push((*kind).to_owned());
        entries.push(line.id);
        digests.push(digest);
        chains.push(chain.clone());
    }
    let at = tx.now();
    tx.run(append(numbers, kinds, entries, digests, chains, at)).await?;
    Ok(lines.len())
}

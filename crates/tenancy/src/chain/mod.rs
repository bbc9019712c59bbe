//! The chain of seals over what was written down: who did what, and what each record was before and after.
//!
//! A seal holds a digest of its row and a hash over the chain so far; numbers count up without a gap. Rows are sealed shortly
//! after they were committed, not while they are written: a lock for each company would make its writers wait for one another.
mod append;
pub mod archive;
mod duty;
mod verify;

use kernel::{row, secret::hex, sql};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use append::seal;
pub use duty::keep;
pub use verify::{Fault, Finding, Report, verify};

row! {
    /// A row as it is sealed: everything in it, as PostgreSQL writes it, the time in microseconds.
    struct Line { id: Uuid, at_us: i64, facts: String }
}

sql! {
    fn audits(after: Uuid, limit: i64) -> Vec<Line> = "
        select a.id, (extract(epoch from a.at) * 1000000)::bigint as at_us,
          jsonb_build_array(a.actor_kind, a.actor_id, a.actor_name, a.action, a.subject, a.request_id, a.detail, a.via, a.session_id, a.address, a.agent, a.tx)::text as facts
        from audit a
        where a.tenant_id = $1 and a.id > $2 and not exists (
          select from audit_seal s where s.tenant_id = $1 and s.kind = 'audit' and s.entry = a.id)
        order by a.id limit $3";
    fn changes(after: Uuid, limit: i64) -> Vec<Line> = "
        select c.id, (extract(epoch from c.at) * 1000000)::bigint as at_us,
          jsonb_build_array(c.record, c.record_id, c.part_of, c.n, c.deed, c.before, c.after, c.tx)::text as facts
        from record_change c
        where c.tenant_id = $1 and c.id > $2 and not exists (
          select from audit_seal s where s.tenant_id = $1 and s.kind = 'record_change' and s.entry = c.id)
        order by c.id limit $3";
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts read the same.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

fn digest(id: Uuid, at_us: i64, facts: &str) -> String {
    hash(&[&id.to_string(), &at_us.to_string(), facts])
}

/// The link of one seal, upon the one before it; the first stands upon its company's id.
fn link(before: &str, number: i64, kind: &str, entry: Uuid, digest: &str) -> String {
    hash(&[before, &number.to_string(), kind, &entry.to_string(), digest])
}

/// An id that is older than all made later than `seconds` before this one.
fn earlier(id: Uuid, seconds: u64) -> Uuid {
    let millis = (id.as_u128() >> 80) as u64;
    Uuid::from_u128(u128::from(millis.saturating_sub(seconds * 1000)) << 80)
}

#[test]
fn earlier_ids_are_earlier_by_that_much() {
    let (now, minute) = (Uuid::now_v7(), earlier(Uuid::now_v7(), 60));
    assert!(minute < now && earlier(minute, 60) < minute);
    assert_eq!((now.as_u128() >> 80) - (earlier(now, 60).as_u128() >> 80), 60_000);
    assert_eq!(earlier(Uuid::nil(), 60), Uuid::nil());
}

#[test]
fn parts_cannot_be_moved_from_one_to_the_next() {
    assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    assert_eq!(hash(&["ab"]).len(), 64);
}

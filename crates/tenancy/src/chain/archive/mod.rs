//! Rows of the audit that are older than a year lie in files: which there are, and what has become of each.
mod export;
mod put;
mod read;
mod storage;
mod turn;

use jiff::Timestamp;
use kernel::{Error, Result, Scope, row, sql};

use super::{digest, link};
pub use export::{Gathered, gather};
pub(super) use read::{Fate, Reader};
use storage::Kept;
pub use storage::{AFTER_DAYS, KEPT_DAYS, Storage};
pub use turn::run;

kernel::id!(ArchiveId);

row! {
    /// One file.
    #[derive(Debug, Clone)]
    pub(super) struct Archive {
        pub id: ArchiveId,
        pub entries: i64,
        pub first_number: i64,
        pub last_number: i64,
        /// SHA-256 of the file, once it has been written.
        pub sha256: Option<String>,
        pub ended_at: Option<Timestamp>,
    }
}
row! {
    /// All that lies in the archive now.
    #[derive(Debug, Clone)]
    pub struct Extent {
        pub entries: i64,
        pub first_at: Option<Timestamp>,
        pub last_at: Option<Timestamp>,
    }
}

sql! {
    fn begun() -> Vec<Archive> = "
        select id, entries, first_number, last_number, sha256, ended_at from audit_archive
        where tenant_id = $1 and emptied_at is null order by last_number";
    // The last of its rows to be sealed is the last whose time is over: see `Reader::find`.
    fn over(before: Timestamp) -> Vec<Archive> = "
        select f.id, f.entries, f.first_number, f.last_number, f.sha256, f.ended_at from audit_archive f
        left join audit_seal s on s.tenant_id = $1 and s.number = f.last_number
        where f.tenant_id = $1 and f.emptied_at is not null and f.ended_at is null and (f.written_at is null or f.last_at < $2 and s.at < $2)
        order by f.last_number limit 100";
    fn holding(number: i64) -> Vec<Archive> = "
        select id, entries, first_number, last_number, sha256, ended_at from audit_archive
        where tenant_id = $1 and first_number <= $2 and last_number >= $2 and written_at is not null order by last_number";
    fn between(from: Timestamp, to: Timestamp) -> Vec<Archive> = "
        select id, entries, first_number, last_number, sha256, ended_at from audit_archive
        where tenant_id = $1 and first_at < $3 and last_at >= $2 and written_at is not null and ended_at is null order by last_number";
    fn all() -> Extent = "
        select coalesce(sum(entries), 0)::bigint as entries, min(first_at) as first_at, max(last_at) as last_at from audit_archive
        where tenant_id = $1 and written_at is not null and ended_at is null";
}

/// What lies there, or `None` while nothing does.
pub async fn extent(scope: &Scope) -> Result<Option<Extent>> {
    Ok(Some(scope.read(all()).await?).filter(|extent| extent.entries > 0))
}

impl Archive {
    /// Where its file lies. The company is the one in whose walls we are, whatever a row says: nobody's file but its own can be
    /// named. The id is new for each writing, so that no two writers meet in one file.
    fn path(&self, scope: &Scope) -> String {
        let Self { id, first_number, last_number, .. } = self;
        format!("{}/{first_number:012}-{last_number:012}-{id}.jsonl.gz", scope.tenant().id)
    }

    /// None when the file is gone, or is not what was put there.
    async fn lines(&self, scope: &Scope, storage: &Storage) -> Result<Option<Vec<Kept>>> {
        match &self.sha256 {
            Some(sha256) => storage.get(&self.path(scope), sha256).await,
            None => Ok(None),
        }
    }
}

/// In the words of whoever looks after the house.
fn odd(why: &str) -> Error {
    Error::Bug(format!("a part of the audit stays in the database, for {why}: run `tradewind audit verify`"))
}

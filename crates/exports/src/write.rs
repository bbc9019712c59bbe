//! The job that writes a file: page after page in the name of whoever asked, with what they may, reach and see when it runs.
//! Each attempt writes a file of its own, which counts when it is whole; what a dead worker left is taken away by the next.
use jiff::{SignedDuration, Timestamp};
use kernel::{CostsSee, Error, Permission, PricesSee, Result, Scope, TenantTx, job::Job, sql};
use serde::{Deserialize, Serialize};
use tenancy::files::{self, FileId};

use crate::{
    Export, ExportId, ExportsCreate,
    export::{ExportFailed, ExportFinished, find},
    format::{Format, Head, Writer},
    list::Entry,
};

/// For so long a file can be had.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How much a worker that died half way may be tried again.
const ATTEMPTS: i32 = 4;

#[derive(Debug, Serialize, Deserialize)]
pub struct WriteExport {
    pub export: ExportId,
}

impl Job for WriteExport {
    const KIND: &'static str = "exports.write";
    const ATTEMPTS: i32 = ATTEMPTS;
    fn key(&self) -> Option<String> {
        Some(self.export.to_string())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        write(&scope, self.export).await
    }
}

sql! {
    fn begin(id: ExportId, file: FileId, at: Timestamp) -> u64 = "
        update export set status = 'running', file_id = $3, attempts = attempts + 1, rows = 0, updated_at = $4
        where tenant_id = $1 and id = $2 and status in ('waiting', 'running')";
    fn advance(id: ExportId, file: FileId, rows: i64, at: Timestamp) -> u64 = "
        update export set rows = $4, updated_at = $5 where tenant_id = $1 and id = $2 and file_id = $3 and status = 'running'";
    fn finish(id: ExportId, file: FileId, rows: i64, bytes: i64, reach: String, prices: bool, costs: bool, at: Timestamp, expires_at: Timestamp) -> u64 = "
        update export set status = 'done', slot = null, rows = $4, bytes = $5, reach = $6, prices = $7, costs = $8, finished_at = $9, expires_at = $10, updated_at = $9
        where tenant_id = $1 and id = $2 and file_id = $3 and status = 'running'";
    fn fail(id: ExportId, file: FileId, why: String, at: Timestamp) -> u64 = "
        update export set status = 'failed', slot = null, file_id = null, problem = $4, finished_at = $5, updated_at = $5
        where tenant_id = $1 and id = $2 and file_id = $3 and status = 'running'";
}

/// How an attempt ended that did not break.
enum Ended {
    Written,
    /// It was stopped, or another worker writes it.
    Left,
    Refused(String),
}

async fn write(scope: &Scope, id: ExportId) -> Result<()> {
    let (house, tenant) = (scope.house(), scope.tenant().id);
    let file = FileId::new();
    let begun = scope
        .write_with(async |tx: &mut TenantTx| {
            let before = tx.run(find(id)).await?;
            let begun = tx.run(begin(id, file, now(scope))).await?;
            Ok(before.filter(|_| begun == 1))
        })
        .await?;
    // Stopped before it began, or gone.
    let Some(export) = begun else { return Ok(()) };
    if let Some(left) = export.file_id {
        files::remove(house, tenant, left).await?;
    }
    let asker = export.asker();
    let written = scope.in_the_name_of(&asker, |theirs| attempt(scope.clone(), theirs, export.clone(), file)).await;
    let why = match written {
        Ok(Some(Ended::Written)) => return Ok(()),
        Ok(Some(Ended::Left)) => return files::remove(house, tenant, file).await,
        Ok(Some(Ended::Refused(why))) => why,
        Ok(None) => "Whoever asked for it may not come in any more.".into(),
        Err(error) => {
            files::remove(house, tenant, file).await?;
            if export.attempts + 1 >= ATTEMPTS {
                give_up(scope, &export, file, "It could not be written. Export the list again.".into()).await?;
            }
            return Err(error);
        }
    };
    files::remove(house, tenant, file).await?;
    give_up(scope, &export, file, why).await
}

/// The time as it passes: a long list takes a while.
fn now(scope: &Scope) -> Timestamp {
    scope.house().clock().now()
}

async fn give_up(scope: &Scope, export: &Export, file: FileId, why: String) -> Result<()> {
    let told = ExportFailed { export: export.id, list: export.list.clone() };
    scope
        .write_with(async |tx: &mut TenantTx| {
            if tx.run(fail(export.id, file, why, now(scope))).await? == 1 {
                tx.tell(&told);
            }
            Ok(())
        })
        .await
}

async fn attempt(scope: Scope, theirs: Scope, export: Export, file: FileId) -> Result<Ended> {
    let Some(entry) = export.entry() else {
        return Ok(Ended::Refused("There is no such list any more.".into()));
    };
    for permission in [ExportsCreate::NAME, entry.permission] {
        if !theirs.may(permission) {
            return Ok(Ended::Refused(format!("It needs the permission `{permission}`, which whoever asked has not.")));
        }
    }
    let path = files::draft(scope.house(), scope.tenant().id, file).await?;
    let rows = match pages(&scope, &theirs, &export, entry, file, &path).await {
        Ok(Some(rows)) => rows,
        Ok(None) => return Ok(Ended::Left),
        // What the list refuses today it refuses the next time too.
        Err(error @ (Error::Invalid(_) | Error::Refused(_) | Error::Forbidden(_))) => {
            return Ok(Ended::Refused(error.problem().detail));
        }
        Err(error) => return Err(error),
    };
    let bytes = tokio::fs::metadata(&path).await.map_err(|e| Error::Bug(format!("a file of a list: {e}")))?.len();
    files::settle(scope.house(), scope.tenant().id, file).await?;
    let reach = theirs.within().map(|within| within.told().clone()).unwrap_or_default();
    let (prices, costs) = (theirs.can::<PricesSee>(), theirs.can::<CostsSee>());
    let told = ExportFinished { export: export.id, list: export.list.clone(), rows };
    let at = now(&scope);
    let ends = at.saturating_add(KEPT).unwrap_or(at);
    let kept = theirs
        .write_with(async |tx: &mut TenantTx| {
            let kept = tx.run(finish(export.id, file, rows, bytes as i64, reach, prices, costs, at, ends)).await?;
            if kept == 1 {
                tx.tell(&told);
            }
            Ok(kept)
        })
        .await?;
    Ok(if kept == 1 { Ended::Written } else { Ended::Left })
}

/// How many rows were written; nothing when it was stopped half way.
async fn pages(
    scope: &Scope,
    theirs: &Scope,
    export: &Export,
    entry: &Entry,
    file: FileId,
    path: &std::path::Path,
) -> Result<Option<i64>> {
    let zone = scope.tenant().locale.zone.clone();
    let head = Head { label: entry.label, headings: (entry.headings)(), zone };
    let mut writer = Writer::begin(export.format, path, head).await?;
    let (mut cursor, mut rows) = (None, 0);
    loop {
        let told = export.format == Format::Json;
        let (page, next) = (entry.page)(theirs.clone(), export.filter.clone(), cursor, told).await?;
        rows += page.len() as i64;
        writer.add(page).await?;
        let step = async |tx: &mut TenantTx| tx.run(advance(export.id, file, rows, now(scope))).await;
        if scope.write_with(step).await? == 0 {
            return Ok(None);
        }
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    writer.finish().await?;
    Ok(Some(rows))
}

//! Asking for a file of a list: three at a time for a company.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Asker, Checks, Error, Input, Result, Scope, TenantTx, Uuid, asker,
    http::{Accepted, Json, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Export, ExportId, ExportsCreate, Format, WriteExport,
    export::{ExportCreated, Shown, find},
    list::Entry,
};

/// How many are written at once for a company.
const AT_ONCE: i32 = 3;
/// What has not moved for so long lost its worker for good, and takes no place any more.
const STUCK: SignedDuration = SignedDuration::from_hours(2);

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewExport")]
pub struct New {
    /// `customers`, `items`, `appointments`, `work-orders` or `invoices`.
    pub list: String,
    pub format: Format,
    /// What the list itself may be asked for, without `limit` and `cursor`: `{"status": "archived"}`. All of it when not given.
    #[serde(default)]
    pub filter: Option<Value>,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        let filter = self.filter.as_ref().filter(|filter| !filter.is_null());
        let says = "Give the list's own question, such as {\"status\": \"active\"}, or leave it out.";
        let small = filter.is_none_or(|filter| filter.is_object() && filter.to_string().len() <= 2000);
        checks.that(small, "filter", "filter", says);
    }
}

sql! {
    fn insert(id: ExportId, list: String, format: Format, filter: Value, slot: i32, kind: asker::Kind, asker: Uuid, key: Option<Uuid>, at: Timestamp, by: Option<Uuid>) = "
        insert into export (tenant_id, id, list, format, filter, slot, asker_kind, asker_id, asker_key, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)";
    fn taken() -> Vec<i32> = "select coalesce(slot, 0) as slot from export where tenant_id = $1 and slot is not null order by slot limit 3";
    fn give_up(before: Timestamp, now: Timestamp, why: String) -> u64 = "
        update export set status = 'failed', slot = null, problem = $4, finished_at = $3, updated_at = $3
        where tenant_id = $1 and slot is not null and updated_at < $2";
}

pub async fn ask(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<Export> {
    let unknown = || Error::field("/list", "unknown", "There is no such list to take along.");
    let entry = Entry::find(&new.list).ok_or_else(unknown)?;
    if !scope.may(entry.permission) {
        return Err(Error::Forbidden(entry.permission));
    }
    let filter = new.filter.clone().filter(|filter| !filter.is_null()).unwrap_or_else(|| serde_json::json!({}));
    (entry.check)(&filter)?;
    let asker =
        Asker::of(scope).ok_or_else(|| Error::refused("Only people and keys of the company take lists along."))?;
    let (id, at) = (ExportId::new(), tx.now());
    let slot = match free(tx).await? {
        Some(slot) => slot,
        None => {
            give_up_stuck(scope).await?;
            let says =
                "Three lists are being written for your company already. Wait until one of them is ready, or stop it.";
            free(tx).await?.ok_or(Error::Conflict { code: "exports_at_once", message: says.into() })?
        }
    };
    let list = entry.name.to_owned();
    tx.queue(insert(id, list.clone(), new.format, filter, slot, asker.kind, asker.id, asker.key, at, tx.user()));
    tx.tell(&ExportCreated { export: id, list, format: new.format });
    tx.enqueue(&WriteExport { export: id });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

async fn free(tx: &mut TenantTx) -> Result<Option<i32>> {
    let taken = tx.run(taken()).await?;
    Ok((1..=AT_ONCE).find(|slot| !taken.contains(slot)))
}

/// By the house itself, for they may be others' exports.
pub(crate) async fn give_up_stuck(scope: &Scope) -> Result<()> {
    let (house, now) = (scope.house(), scope.now());
    let before = now.saturating_sub(STUCK).unwrap_or(now);
    let why = "It stood still for too long. Export the list again.";
    let errand = house.errand(scope.tenant().id, "exports").await?;
    errand.write_with(async |tx: &mut TenantTx| tx.run(give_up(before, now, why.into())).await).await?;
    Ok(())
}

pub async fn api(access: Access<ExportsCreate>, Json(new): Json<New>) -> Result<Repeatable<Accepted<Shown>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let export = ask(&access, tx, &new).await?;
            Ok(Accepted { location: format!("/api/v1/exports/{}", export.id), body: export.shown(&access)? })
        })
        .await
}

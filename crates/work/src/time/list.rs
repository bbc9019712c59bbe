//! Working time of some days: of one technician, of one job, or of everybody.
use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope,
    http::{Json, One, Path, Query},
    page::limit,
    sql,
};
use scheduling::{TechnicianId, say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Shown, TimeEntry, TimeEntryId, find, of_order};
use crate::{
    order::{self, WorkOrderId},
    permissions::TimeRead,
};

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    /// 1–200, 50 when not given.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// The first day, of the company's calendar; a week ago when not given.
    pub from: Option<Date>,
    /// The last day; today when not given. At most 92 days at a time.
    pub to: Option<Date>,
    pub technician_id: Option<TechnicianId>,
    pub work_order_id: Option<WorkOrderId>,
}

const MOST_DAYS: i32 = 92;

sql! {
    fn between(from: Timestamp, to: Timestamp, technician: Option<TechnicianId>, order: Option<WorkOrderId>, after: Timestamp, after_id: TimeEntryId, most: i64) -> Vec<TimeEntry> = "
        select e.id, e.technician_id, t.name as technician_name, e.appointment_id, e.order_id, w.number as order_number, w.title as order_title,
               e.kind, e.starts_at, e.ends_at, e.cost_minor, e.currency, e.reason, e.version, e.created_at, e.updated_at
        from time_entry e join technician t on t.tenant_id = $1 and t.id = e.technician_id
        left join work_order w on w.tenant_id = $1 and w.id = e.order_id
        where e.tenant_id = $1 and e.starts_at >= $2 and e.starts_at < $3 and ($4::uuid is null or e.technician_id = $4)
          and ($5::uuid is null or e.order_id = $5) and (e.starts_at, e.id) > ($6, $7)
        order by e.starts_at, e.id limit $8";
    /// Whatever of theirs reaches into that stretch.
    pub(super) fn touching(from: Timestamp, to: Timestamp, technician: TechnicianId) -> Vec<TimeEntry> = "
        select e.id, e.technician_id, t.name as technician_name, e.appointment_id, e.order_id, w.number as order_number, w.title as order_title,
               e.kind, e.starts_at, e.ends_at, e.cost_minor, e.currency, e.reason, e.version, e.created_at, e.updated_at
        from time_entry e join technician t on t.tenant_id = $1 and t.id = e.technician_id
        left join work_order w on w.tenant_id = $1 and w.id = e.order_id
        where e.tenant_id = $1 and e.starts_at >= $2::timestamptz - interval '7 days' and e.starts_at < $3 and (e.ends_at is null or e.ends_at > $2)
          and e.technician_id = $4
        order by e.starts_at, e.id limit 5000";
}

pub async fn list(scope: &Scope, query: &ListQuery) -> Result<Paged<TimeEntry>> {
    let most = limit(query.limit)?;
    let locale = &scope.tenant().locale;
    let today = scope.local_now().date();
    let to = query.to.unwrap_or(today);
    let from = query.from.unwrap_or_else(|| to.saturating_sub(6.days()));
    let days = to.since(from).map(|span| span.get_days()).unwrap_or(i32::MAX);
    if !(0..MOST_DAYS).contains(&days) {
        return Err(Error::field("/to", "range", "The last day is the first or a later one, at most 92 days in all."));
    }
    let (from, to) = (say::midnight(from, locale), say::midnight(to.saturating_add(1.days()), locale));
    let (after, id): (Timestamp, TimeEntryId) =
        Cursor::maybe(query.cursor.as_deref())?.unwrap_or((Timestamp::MIN, TimeEntryId(kernel::Uuid::nil())));
    let after = after.max(from.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(from));
    let more = most as i64 + 1;
    let rows = scope.read(between(from, to, query.technician_id, query.work_order_id, after, id, more)).await?;
    Ok(Paged::of(rows, most, |entry| (entry.starts_at, entry.id)))
}

pub async fn api(access: Access<TimeRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Shown>>> {
    let found = list(&access, &query).await?;
    Ok(Json(Paged { data: found.data.into_iter().map(Shown::from).collect(), next_cursor: found.next_cursor }))
}

/// All of one job: nobody works on one more often than is shown.
pub async fn api_of_job(access: Access<TimeRead>, Path(id): Path<WorkOrderId>) -> Result<Json<Paged<Shown>>> {
    let (found, entries) = access.read((order::find(id), of_order(id))).await?;
    found.ok_or(Error::NotFound)?;
    Ok(Json(Paged { data: entries.into_iter().map(Shown::from).collect(), next_cursor: None }))
}

pub async fn api_one(access: Access<TimeRead>, Path(id): Path<TimeEntryId>) -> Result<One<Shown>> {
    access.read(find(id)).await?.map(Shown::from).map(One).ok_or(Error::NotFound)
}

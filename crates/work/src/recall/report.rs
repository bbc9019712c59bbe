//! How many there are, by technician, by item and by category; and the jobs behind the numbers.
use catalog::{CategoryId, ItemId};
use customers::CustomerId;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use kernel::{
    Access, Error, Result, Scope, Uuid,
    http::{Json, Query},
    money::scale,
    row, sql,
};
use scheduling::TechnicianId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{WorkOrderId, order::follows::As, permissions::WorkRead};

/// A recall counts that came so many days after the job was finished, or earlier.
pub const WITHIN_DAYS: i64 = 30;
/// The days that are looked at when nobody says which.
pub const LATELY_DAYS: i64 = 90;
const MOST_DAYS: i64 = 400;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "RecallsAsked")]
pub struct Asked {
    /// Jobs that were finished from that day on; ninety days back when left out.
    pub from: Option<Date>,
    /// And up to that one; today when left out.
    pub to: Option<Date>,
    /// Who did the earlier job.
    pub technician_id: Option<TechnicianId>,
    /// What was sold on it.
    pub item_id: Option<ItemId>,
    pub category_id: Option<CategoryId>,
}

row! {
    struct Share { id: Option<Uuid>, name: Option<String>, finished: i64, recalled: i64 }
}
row! {
    /// A finished job and what came after it.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Recalled {
        pub id: WorkOrderId,
        pub number: i64,
        pub title: String,
        pub customer_id: CustomerId,
        pub customer_name: String,
        pub technician_name: Option<String>,
        pub completed_at: Timestamp,
        pub recall_id: WorkOrderId,
        pub recall_number: i64,
        #[serde(rename = "as")]
        pub follows_as: As,
        pub recalled_at: Timestamp,
    }
}

sql! {
    fn in_all(since: Timestamp, before: Timestamp, within: i32, technician: Option<TechnicianId>, item: Option<ItemId>, category: Option<CategoryId>) -> Vec<Share> = "
        select null::uuid as id, null::text as name, count(*) as finished, count(*) filter (where d.recalled) as recalled
        from (select w.id,
                     exists (select from work_order l where l.tenant_id = $1 and l.follows_id = w.id and l.follows_as in ('recall', 'warranty')
                             and l.status <> 'cancelled' and l.created_at <= w.completed_at + make_interval(days => $4)) as recalled
              from work_order w left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
              where w.tenant_id = $1 and w.completed_at >= $2 and w.completed_at < $3 and w.status = 'completed'
                and ($5::uuid is null or coalesce(w.technician_id, a.technician_id) = $5)
                and (($6::uuid is null and $7::uuid is null) or exists (select from line_item i join item b on b.tenant_id = $1 and b.id = i.item_id
                     where i.tenant_id = $1 and i.order_id = w.id and ($6::uuid is null or b.id = $6) and ($7::uuid is null or b.category_id = $7)))) d";
    fn by_technician(since: Timestamp, before: Timestamp, within: i32) -> Vec<Share> = "
        select d.technician_id as id, t.name, count(*) as finished, count(*) filter (where d.recalled) as recalled
        from (select coalesce(w.technician_id, a.technician_id) as technician_id,
                     exists (select from work_order l where l.tenant_id = $1 and l.follows_id = w.id and l.follows_as in ('recall', 'warranty')
                             and l.status <> 'cancelled' and l.created_at <= w.completed_at + make_interval(days => $4)) as recalled
              from work_order w left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
              where w.tenant_id = $1 and w.completed_at >= $2 and w.completed_at < $3 and w.status = 'completed') d
        left join technician t on t.tenant_id = $1 and t.id = d.technician_id
        group by d.technician_id, t.name order by count(*) filter (where d.recalled) desc, count(*) desc, d.technician_id limit 100";
    // A job with an item twice is one job with it.
    fn by_item(since: Timestamp, before: Timestamp, within: i32) -> Vec<Share> = "
        select d.item_id as id, b.name, count(*) as finished, count(*) filter (where d.recalled) as recalled
        from (select distinct w.id, i.item_id,
                     exists (select from work_order l where l.tenant_id = $1 and l.follows_id = w.id and l.follows_as in ('recall', 'warranty')
                             and l.status <> 'cancelled' and l.created_at <= w.completed_at + make_interval(days => $4)) as recalled
              from work_order w join line_item i on i.tenant_id = $1 and i.order_id = w.id and i.item_id is not null
              where w.tenant_id = $1 and w.completed_at >= $2 and w.completed_at < $3 and w.status = 'completed') d
        join item b on b.tenant_id = $1 and b.id = d.item_id
        group by d.item_id, b.name order by count(*) filter (where d.recalled) desc, count(*) desc, d.item_id limit 50";
    fn by_category(since: Timestamp, before: Timestamp, within: i32) -> Vec<Share> = "
        select d.category_id as id, g.name, count(*) as finished, count(*) filter (where d.recalled) as recalled
        from (select distinct w.id, b.category_id,
                     exists (select from work_order l where l.tenant_id = $1 and l.follows_id = w.id and l.follows_as in ('recall', 'warranty')
                             and l.status <> 'cancelled' and l.created_at <= w.completed_at + make_interval(days => $4)) as recalled
              from work_order w join line_item i on i.tenant_id = $1 and i.order_id = w.id
              join item b on b.tenant_id = $1 and b.id = i.item_id and b.category_id is not null
              where w.tenant_id = $1 and w.completed_at >= $2 and w.completed_at < $3 and w.status = 'completed') d
        join category g on g.tenant_id = $1 and g.id = d.category_id
        group by d.category_id, g.name order by count(*) filter (where d.recalled) desc, count(*) desc, d.category_id limit 50";
    // The first of them, where several came. Neither is null where it was finished and is followed; only the table does not say so.
    fn recalled(since: Timestamp, before: Timestamp, within: i32, technician: Option<TechnicianId>, item: Option<ItemId>, category: Option<CategoryId>) -> Vec<Recalled> = "
        select w.id, w.number, w.title, w.customer_id, c.name as customer_name, t.name as technician_name, coalesce(w.completed_at, w.updated_at) as completed_at,
               l.id as recall_id, l.number as recall_number, coalesce(l.follows_as, 'recall') as follows_as, l.created_at as recalled_at
        from work_order w
        left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        join customer c on c.tenant_id = $1 and c.id = w.customer_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(w.technician_id, a.technician_id)
        cross join lateral (
            select r.id, r.number, r.follows_as, r.created_at from work_order r
            where r.tenant_id = $1 and r.follows_id = w.id and r.follows_as in ('recall', 'warranty') and r.status <> 'cancelled'
              and r.created_at <= w.completed_at + make_interval(days => $4) order by r.number limit 1) l
        where w.tenant_id = $1 and w.completed_at >= $2 and w.completed_at < $3 and w.status = 'completed'
          and ($5::uuid is null or coalesce(w.technician_id, a.technician_id) = $5)
          and (($6::uuid is null and $7::uuid is null) or exists (select from line_item i join item b on b.tenant_id = $1 and b.id = i.item_id
               where i.tenant_id = $1 and i.order_id = w.id and ($6::uuid is null or b.id = $6) and ($7::uuid is null or b.category_id = $7)))
        order by w.completed_at desc, w.id limit 200";
}

/// So many finished, so many of them recalled.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RecallShare {
    /// Of the technician, item or category; none for nobody.
    pub id: Option<Uuid>,
    pub name: Option<String>,
    pub finished: i64,
    pub recalled: i64,
    /// Millionths: 50000 is 5 %.
    pub rate_ppm: i64,
}

impl RecallShare {
    fn of(row: Share) -> Self {
        let rate_ppm = if row.finished > 0 { scale(row.recalled, 1_000_000, row.finished) } else { 0 };
        Self { id: row.id, name: row.name, finished: row.finished, recalled: row.recalled, rate_ppm }
    }
    /// "2 of 41 finished jobs (4.8 %)".
    pub fn words(&self) -> String {
        let jobs = if self.finished == 1 { "finished job" } else { "finished jobs" };
        format!("{} of {} {jobs} ({})", self.recalled, self.finished, self.percent())
    }
    pub fn percent(&self) -> String {
        let tenths = scale(self.recalled, 1000, self.finished.max(1));
        format!("{}.{} %", tenths / 10, tenths % 10)
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Report {
    pub from: Date,
    pub to: Date,
    /// Of what was asked for.
    pub all: RecallShare,
    /// Of everybody and everything in these days, those with most recalls first.
    pub by_technician: Vec<RecallShare>,
    pub by_item: Vec<RecallShare>,
    pub by_category: Vec<RecallShare>,
    /// The jobs behind the number that was asked for, the latest first; at most 200.
    pub data: Vec<Recalled>,
}

pub async fn report(scope: &Scope, asked: &Asked) -> Result<Report> {
    let zone = &scope.tenant().locale.zone;
    let to = asked.to.unwrap_or_else(|| scope.local_now().date());
    let from = asked.from.unwrap_or_else(|| to.saturating_sub(LATELY_DAYS.days()));
    if to < from || to > from.saturating_add(MOST_DAYS.days()) {
        return Err(Error::field("/to", "range", "Ask for 400 days at most, the first before the last."));
    }
    let at = |day: Date| day.to_zoned(zone.clone()).map_or(Timestamp::MIN, |start| start.timestamp());
    let (since, before, within) = (at(from), at(to.saturating_add(1.days())), WITHIN_DAYS as i32);
    let (technician, item, category) = (asked.technician_id, asked.item_id, asked.category_id);
    let batch = (
        in_all(since, before, within, technician, item, category),
        by_technician(since, before, within),
        by_item(since, before, within),
        by_category(since, before, within),
        recalled(since, before, within, technician, item, category),
    );
    let (all, technicians, items, categories, data) = scope.read(batch).await?;
    let shares = |rows: Vec<Share>| rows.into_iter().map(RecallShare::of).collect::<Vec<_>>();
    let none = RecallShare { id: None, name: None, finished: 0, recalled: 0, rate_ppm: 0 };
    Ok(Report {
        from,
        to,
        all: shares(all).pop().unwrap_or(none),
        by_technician: shares(technicians),
        by_item: shares(items),
        by_category: shares(categories),
        data,
    })
}

/// Of the last ninety days: how many, whoever did them or one alone.
pub(super) async fn lately(scope: &Scope, technician: Option<TechnicianId>) -> Result<RecallShare> {
    let before = scope.now();
    let since = before.saturating_sub(SignedDuration::from_hours(24 * LATELY_DAYS)).unwrap_or(Timestamp::MIN);
    let rows = scope.read(in_all(since, before, WITHIN_DAYS as i32, technician, None, None)).await?;
    rows.into_iter().next().map(RecallShare::of).ok_or(Error::NotFound)
}

pub async fn api(access: Access<WorkRead>, Query(asked): Query<Asked>) -> Result<Json<Report>> {
    report(&access, &asked).await.map(Json)
}

//! The list of jobs: newest first, by state, customer or technician; or those that a number or a customer's name finds.
use customers::CustomerId;
use futures_util::future::BoxFuture;
use kernel::{
    Access, Cursor, Paged, Result, Scope,
    http::{Json, Query},
    module::Found,
    page::limit,
    sql,
};
use scheduling::TechnicianId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Shown, Status, WorkOrder};
use crate::permissions::WorkRead;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    /// 1–200, 50 when not given.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// A number, such as J-1042, or the beginning of a customer's name, street or telephone. The newest 50 are given.
    pub q: Option<String>,
    pub status: Option<Status>,
    pub customer_id: Option<CustomerId>,
    /// Who did it.
    pub technician_id: Option<TechnicianId>,
}

sql! {
    fn newest(before: i64, most: i64) -> Vec<WorkOrder> = "
        select w.id, w.number, w.customer_id, c.name as customer_name, w.location_id, w.appointment_id,
               a.status as visit_status, a.starts_at as visit_starts_at, a.ends_at as visit_ends_at,
               t.id as technician_id, t.name as technician_name, w.title, w.scope, w.status,
               w.started_at, w.completed_at, w.cancelled_at, w.cancel_reason, w.finished_anyway, w.held_for, w.held_note, w.follows_id, w.follows_as, l.lines, l.subtotal_minor, w.currency, w.version, w.created_at, w.updated_at
        from work_order w
        join customer c on c.tenant_id = $1 and c.id = w.customer_id
        left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(w.technician_id, a.technician_id)
        cross join lateral (
            select count(*) as lines, coalesce(sum(case
                when (select h.rules like '% half_even %' from tax_terms h where h.tenant_id = $1) and abs(i.unit_price_minor::numeric * i.quantity_milli) % 1000 = 500
                then 2 * round(i.unit_price_minor::numeric * i.quantity_milli / 2000)
                else round(i.unit_price_minor::numeric * i.quantity_milli / 1000) end), 0)::bigint as subtotal_minor
            from line_item i where i.tenant_id = $1 and i.order_id = w.id) l
        where w.tenant_id = $1 and w.number < $2 order by w.number desc limit $3";
    fn of_status(status: Status, before: i64, most: i64) -> Vec<WorkOrder> = "
        select w.id, w.number, w.customer_id, c.name as customer_name, w.location_id, w.appointment_id,
               a.status as visit_status, a.starts_at as visit_starts_at, a.ends_at as visit_ends_at,
               t.id as technician_id, t.name as technician_name, w.title, w.scope, w.status,
               w.started_at, w.completed_at, w.cancelled_at, w.cancel_reason, w.finished_anyway, w.held_for, w.held_note, w.follows_id, w.follows_as, l.lines, l.subtotal_minor, w.currency, w.version, w.created_at, w.updated_at
        from work_order w
        join customer c on c.tenant_id = $1 and c.id = w.customer_id
        left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(w.technician_id, a.technician_id)
        cross join lateral (
            select count(*) as lines, coalesce(sum(case
                when (select h.rules like '% half_even %' from tax_terms h where h.tenant_id = $1) and abs(i.unit_price_minor::numeric * i.quantity_milli) % 1000 = 500
                then 2 * round(i.unit_price_minor::numeric * i.quantity_milli / 2000)
                else round(i.unit_price_minor::numeric * i.quantity_milli / 1000) end), 0)::bigint as subtotal_minor
            from line_item i where i.tenant_id = $1 and i.order_id = w.id) l
        where w.tenant_id = $1 and w.status = $2 and w.number < $3 order by w.number desc limit $4";
    fn of_technician(technician: TechnicianId, status: Option<Status>, before: i64, most: i64) -> Vec<WorkOrder> = "
        select w.id, w.number, w.customer_id, c.name as customer_name, w.location_id, w.appointment_id,
               a.status as visit_status, a.starts_at as visit_starts_at, a.ends_at as visit_ends_at,
               t.id as technician_id, t.name as technician_name, w.title, w.scope, w.status,
               w.started_at, w.completed_at, w.cancelled_at, w.cancel_reason, w.finished_anyway, w.held_for, w.held_note, w.follows_id, w.follows_as, l.lines, l.subtotal_minor, w.currency, w.version, w.created_at, w.updated_at
        from work_order w
        join customer c on c.tenant_id = $1 and c.id = w.customer_id
        left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(w.technician_id, a.technician_id)
        cross join lateral (
            select count(*) as lines, coalesce(sum(case
                when (select h.rules like '% half_even %' from tax_terms h where h.tenant_id = $1) and abs(i.unit_price_minor::numeric * i.quantity_milli) % 1000 = 500
                then 2 * round(i.unit_price_minor::numeric * i.quantity_milli / 2000)
                else round(i.unit_price_minor::numeric * i.quantity_milli / 1000) end), 0)::bigint as subtotal_minor
            from line_item i where i.tenant_id = $1 and i.order_id = w.id) l
        where w.tenant_id = $1 and w.technician_id = $2 and ($3::text is null or w.status = $3) and w.number < $4 order by w.number desc limit $5";
    fn of_customers(customers: Vec<uuid::Uuid>, technician: Option<TechnicianId>, status: Option<Status>, before: i64, most: i64) -> Vec<WorkOrder> = "
        select w.id, w.number, w.customer_id, c.name as customer_name, w.location_id, w.appointment_id,
               a.status as visit_status, a.starts_at as visit_starts_at, a.ends_at as visit_ends_at,
               t.id as technician_id, t.name as technician_name, w.title, w.scope, w.status,
               w.started_at, w.completed_at, w.cancelled_at, w.cancel_reason, w.finished_anyway, w.held_for, w.held_note, w.follows_id, w.follows_as, l.lines, l.subtotal_minor, w.currency, w.version, w.created_at, w.updated_at
        from work_order w
        join customer c on c.tenant_id = $1 and c.id = w.customer_id
        left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(w.technician_id, a.technician_id)
        cross join lateral (
            select count(*) as lines, coalesce(sum(case
                when (select h.rules like '% half_even %' from tax_terms h where h.tenant_id = $1) and abs(i.unit_price_minor::numeric * i.quantity_milli) % 1000 = 500
                then 2 * round(i.unit_price_minor::numeric * i.quantity_milli / 2000)
                else round(i.unit_price_minor::numeric * i.quantity_milli / 1000) end), 0)::bigint as subtotal_minor
            from line_item i where i.tenant_id = $1 and i.order_id = w.id) l
        where w.tenant_id = $1 and w.customer_id = any($2::uuid[]) and ($3::uuid is null or w.technician_id = $3)
          and ($4::text is null or w.status = $4) and w.number < $5 order by w.number desc limit $6";
    fn numbered(number: i64) -> Option<WorkOrder> = "
        select w.id, w.number, w.customer_id, c.name as customer_name, w.location_id, w.appointment_id,
               a.status as visit_status, a.starts_at as visit_starts_at, a.ends_at as visit_ends_at,
               t.id as technician_id, t.name as technician_name, w.title, w.scope, w.status,
               w.started_at, w.completed_at, w.cancelled_at, w.cancel_reason, w.finished_anyway, w.held_for, w.held_note, w.follows_id, w.follows_as, l.lines, l.subtotal_minor, w.currency, w.version, w.created_at, w.updated_at
        from work_order w
        join customer c on c.tenant_id = $1 and c.id = w.customer_id
        left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(w.technician_id, a.technician_id)
        cross join lateral (
            select count(*) as lines, coalesce(sum(case
                when (select h.rules like '% half_even %' from tax_terms h where h.tenant_id = $1) and abs(i.unit_price_minor::numeric * i.quantity_milli) % 1000 = 500
                then 2 * round(i.unit_price_minor::numeric * i.quantity_milli / 2000)
                else round(i.unit_price_minor::numeric * i.quantity_milli / 1000) end), 0)::bigint as subtotal_minor
            from line_item i where i.tenant_id = $1 and i.order_id = w.id) l
        where w.tenant_id = $1 and w.number = $2";
}

pub async fn list(scope: &Scope, query: &ListQuery) -> Result<Paged<WorkOrder>> {
    let most = limit(query.limit)?;
    if let Some(asked) = query.q.as_deref().filter(|q| !q.trim().is_empty()) {
        let found = search(scope, asked, most.min(50) as i64).await?;
        let fits = |order: &WorkOrder| {
            query.status.is_none_or(|status| order.status == status)
                && query.customer_id.is_none_or(|customer| order.customer_id == customer)
                && query.technician_id.is_none_or(|technician| order.technician_id == Some(technician))
        };
        return Ok(Paged { data: found.into_iter().filter(fits).collect(), next_cursor: None });
    }
    let before: i64 = Cursor::maybe(query.cursor.as_deref())?.unwrap_or(i64::MAX);
    let more = most as i64 + 1;
    let rows = match (query.customer_id, query.technician_id, query.status) {
        (Some(customer), technician, status) => {
            scope.read(of_customers(vec![customer.into()], technician, status, before, more)).await?
        }
        (None, Some(technician), status) => scope.read(of_technician(technician, status, before, more)).await?,
        (None, None, Some(status)) => scope.read(of_status(status, before, more)).await?,
        (None, None, None) => scope.read(newest(before, more)).await?,
    };
    Ok(Paged::of(rows, most, |order| order.number))
}

/// "J-1042", "j1042" and "1042" are numbers; anything else is looked for among the customers.
pub async fn search(scope: &Scope, asked: &str, most: i64) -> Result<Vec<WorkOrder>> {
    let asked = asked.trim();
    let digits = asked.trim_start_matches(['J', 'j', '-', '#', ' ']);
    if let Ok(number) = digits.parse::<i64>()
        && let Some(order) = scope.read(numbered(number)).await?
    {
        return Ok(vec![order]);
    }
    let active = customers::customer::Status::Active;
    let people = customers::customer::list::search(scope, asked, active, None, 50).await?;
    let ids: Vec<uuid::Uuid> = people.into_iter().map(|customer| customer.id.into()).collect();
    match ids.is_empty() {
        true => Ok(vec![]),
        false => scope.read(of_customers(ids, None, None, i64::MAX, most)).await,
    }
}

/// The latest jobs of a customer.
pub async fn latest_of(scope: &Scope, customer: CustomerId, most: i64) -> Result<Vec<WorkOrder>> {
    scope.read(of_customers(vec![customer.into()], None, None, i64::MAX, most)).await
}

pub async fn api(access: Access<WorkRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Shown>>> {
    let found = list(&access, &query).await?;
    Ok(Json(Paged { data: found.data.into_iter().map(Shown::from).collect(), next_cursor: found.next_cursor }))
}

/// For the command palette: by number alone, since customers are found as customers there.
pub fn find(scope: Scope, asked: String) -> BoxFuture<'static, Result<Vec<Found>>> {
    Box::pin(async move {
        let digits = asked.trim().trim_start_matches(['J', 'j', '-', '#', ' ']);
        let Ok(number) = digits.parse::<i64>() else { return Ok(vec![]) };
        let order = scope.read(numbered(number)).await?;
        Ok(order
            .into_iter()
            .map(|order| Found {
                label: format!("{} {}", order.called(), order.title),
                hint: format!("{} · {}", order.customer_name, order.status.label()),
                href: format!("/jobs/{}", order.id),
                icon: "wrench",
            })
            .collect())
    })
}

//! Plans by state or customer, the newest first; and one of them.
use customers::CustomerId;
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope,
    http::{Json, One, Path, Query},
    page::limit,
    sql,
};

use super::{Plan, PlanId, Status, find};
use crate::permissions::MaintenanceRead;

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    pub status: Option<Status>,
    pub customer_id: Option<CustomerId>,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

sql! {
    fn list(before: PlanId, most: i64) -> Vec<Plan> = "
        select p.id, p.customer_id, c.name as customer_name, c.status <> 'active' as customer_archived, p.location_id,
               concat_ws(', ', l.street, l.unit, l.city) as place, p.item_id, i.name as item_name, p.technician_id,
               t.name as technician_name, p.note, p.rule, p.zone, p.starts_on, p.begins as time, p.ends_on, p.months, p.leeway_days,
               p.holidays, p.status, p.next_due, p.trouble, p.follows_id, p.version, p.created_at, p.updated_at
        from (select id from maintenance_plan where tenant_id = $1 and id < $2 order by id desc limit $3) k
        join maintenance_plan p on p.tenant_id = $1 and p.id = k.id
        join customer c on c.tenant_id = $1 and c.id = p.customer_id
        join location l on l.tenant_id = $1 and l.id = p.location_id
        join item i on i.tenant_id = $1 and i.id = p.item_id
        left join technician t on t.tenant_id = $1 and t.id = p.technician_id
        order by p.id desc";
    fn list_of_status(status: Status, before: PlanId, most: i64) -> Vec<Plan> = "
        select p.id, p.customer_id, c.name as customer_name, c.status <> 'active' as customer_archived, p.location_id,
               concat_ws(', ', l.street, l.unit, l.city) as place, p.item_id, i.name as item_name, p.technician_id,
               t.name as technician_name, p.note, p.rule, p.zone, p.starts_on, p.begins as time, p.ends_on, p.months, p.leeway_days,
               p.holidays, p.status, p.next_due, p.trouble, p.follows_id, p.version, p.created_at, p.updated_at
        from (select id from maintenance_plan where tenant_id = $1 and status = $2 and id < $3 order by id desc limit $4) k
        join maintenance_plan p on p.tenant_id = $1 and p.id = k.id
        join customer c on c.tenant_id = $1 and c.id = p.customer_id
        join location l on l.tenant_id = $1 and l.id = p.location_id
        join item i on i.tenant_id = $1 and i.id = p.item_id
        left join technician t on t.tenant_id = $1 and t.id = p.technician_id
        order by p.id desc";
    pub(crate) fn list_of_customer(customer: CustomerId, status: Option<Status>, before: PlanId, most: i64) -> Vec<Plan> = "
        select p.id, p.customer_id, c.name as customer_name, c.status <> 'active' as customer_archived, p.location_id,
               concat_ws(', ', l.street, l.unit, l.city) as place, p.item_id, i.name as item_name, p.technician_id,
               t.name as technician_name, p.note, p.rule, p.zone, p.starts_on, p.begins as time, p.ends_on, p.months, p.leeway_days,
               p.holidays, p.status, p.next_due, p.trouble, p.follows_id, p.version, p.created_at, p.updated_at
        from (select id from maintenance_plan where tenant_id = $1 and customer_id = $2 and ($3::text is null or status = $3) and id < $4
              order by id desc limit $5) k
        join maintenance_plan p on p.tenant_id = $1 and p.id = k.id
        join customer c on c.tenant_id = $1 and c.id = p.customer_id
        join location l on l.tenant_id = $1 and l.id = p.location_id
        join item i on i.tenant_id = $1 and i.id = p.item_id
        left join technician t on t.tenant_id = $1 and t.id = p.technician_id
        order by p.id desc";
}

pub async fn list_api(access: Access<MaintenanceRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Plan>>> {
    asked(&access, &query).await.map(Json)
}

pub(super) async fn asked(scope: &Scope, query: &ListQuery) -> Result<Paged<Plan>> {
    let most = limit(query.limit)?;
    let before = Cursor::maybe(query.cursor.as_deref())?.unwrap_or(PlanId::max());
    let more = most as i64 + 1;
    let rows = match (query.customer_id, query.status) {
        (Some(customer), status) => scope.read(list_of_customer(customer, status, before, more)).await?,
        (None, Some(status)) => scope.read(list_of_status(status, before, more)).await?,
        (None, None) => scope.read(list(before, more)).await?,
    };
    Ok(Paged::of(rows, most, |plan| plan.id))
}

/// The latest of a customer, for their page.
pub async fn of_customer(scope: &Scope, customer: CustomerId) -> Result<Vec<Plan>> {
    scope.read(list_of_customer(customer, None, PlanId::max(), 10)).await
}

pub async fn find_api(access: Access<MaintenanceRead>, Path(id): Path<PlanId>) -> Result<One<Plan>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}

//! What customers said, newest first: all, those nobody has seen to, by technician or customer; and one.
use customers::CustomerId;
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope,
    http::{Json, One, Path, Query},
    page, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Rating, RatingId};
use crate::{AppointmentId, TechnicianId, permissions::RatingsRead};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    pub technician_id: Option<TechnicianId>,
    pub customer_id: Option<CustomerId>,
    /// Those with few stars that nobody has seen to.
    pub waiting: Option<bool>,
}

sql! {
    pub(super) fn find(id: RatingId) -> Option<Rating> = "
        select r.id, r.appointment_id, a.title, c.id as customer_id, c.name as customer_name, r.technician_id, t.name as technician_name,
               r.stars, r.comment, r.low, r.seen_to_at, r.seen_to_by, r.version, r.created_at, r.updated_at
        from rating r
        join appointment a on a.tenant_id = $1 and a.id = r.appointment_id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = r.technician_id
        where r.tenant_id = $1 and r.id = $2";
    /// What was said of one visit.
    pub fn of_visit(visit: AppointmentId) -> Option<Rating> = "
        select r.id, r.appointment_id, a.title, c.id as customer_id, c.name as customer_name, r.technician_id, t.name as technician_name,
               r.stars, r.comment, r.low, r.seen_to_at, r.seen_to_by, r.version, r.created_at, r.updated_at
        from rating r
        join appointment a on a.tenant_id = $1 and a.id = r.appointment_id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = r.technician_id
        where r.tenant_id = $1 and r.appointment_id = $2";
    fn all(before: RatingId, most: i64) -> Vec<Rating> = "
        select r.id, r.appointment_id, a.title, c.id as customer_id, c.name as customer_name, r.technician_id, t.name as technician_name,
               r.stars, r.comment, r.low, r.seen_to_at, r.seen_to_by, r.version, r.created_at, r.updated_at
        from rating r
        join appointment a on a.tenant_id = $1 and a.id = r.appointment_id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = r.technician_id
        where r.tenant_id = $1 and r.id < $2 order by r.id desc limit $3";
    fn waiting(before: RatingId, most: i64) -> Vec<Rating> = "
        select r.id, r.appointment_id, a.title, c.id as customer_id, c.name as customer_name, r.technician_id, t.name as technician_name,
               r.stars, r.comment, r.low, r.seen_to_at, r.seen_to_by, r.version, r.created_at, r.updated_at
        from rating r
        join appointment a on a.tenant_id = $1 and a.id = r.appointment_id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = r.technician_id
        where r.tenant_id = $1 and r.id < $2 and r.low and r.seen_to_at is null order by r.id desc limit $3";
    fn of_technician(technician: TechnicianId, waiting: bool, before: RatingId, most: i64) -> Vec<Rating> = "
        select r.id, r.appointment_id, a.title, c.id as customer_id, c.name as customer_name, r.technician_id, t.name as technician_name,
               r.stars, r.comment, r.low, r.seen_to_at, r.seen_to_by, r.version, r.created_at, r.updated_at
        from rating r
        join appointment a on a.tenant_id = $1 and a.id = r.appointment_id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = r.technician_id
        where r.tenant_id = $1 and r.technician_id = $2 and r.id < $4 and (not $3 or (r.low and r.seen_to_at is null)) order by r.id desc limit $5";
    fn of_customer(customer: CustomerId, technician: Option<TechnicianId>, waiting: bool, before: RatingId, most: i64) -> Vec<Rating> = "
        select r.id, r.appointment_id, a.title, c.id as customer_id, c.name as customer_name, r.technician_id, t.name as technician_name,
               r.stars, r.comment, r.low, r.seen_to_at, r.seen_to_by, r.version, r.created_at, r.updated_at
        from appointment a
        join rating r on r.tenant_id = $1 and r.appointment_id = a.id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = r.technician_id
        where a.tenant_id = $1 and a.customer_id = $2 and ($3::uuid is null or r.technician_id = $3)
          and r.id < $5 and (not $4 or (r.low and r.seen_to_at is null)) order by r.id desc limit $6";
}

/// What a customer said lately.
pub fn latest_of_customer(customer: CustomerId, most: i64) -> kernel::Statement<Vec<Rating>> {
    of_customer(customer, None, false, RatingId::max(), most)
}

pub async fn list(scope: &Scope, ask: &Ask) -> Result<Paged<Rating>> {
    let limit = page::limit(ask.limit)?;
    let before = Cursor::maybe(ask.cursor.as_deref())?.unwrap_or(RatingId::max());
    let (more, waits) = (limit as i64 + 1, ask.waiting == Some(true));
    let rows = match (ask.customer_id, ask.technician_id, waits) {
        (Some(customer), technician, _) => scope.read(of_customer(customer, technician, waits, before, more)).await?,
        (None, Some(technician), _) => scope.read(of_technician(technician, waits, before, more)).await?,
        (None, None, true) => scope.read(waiting(before, more)).await?,
        (None, None, false) => scope.read(all(before, more)).await?,
    };
    Ok(Paged::of(rows, limit, |rating: &Rating| rating.id))
}

pub async fn api(access: Access<RatingsRead>, Query(ask): Query<Ask>) -> Result<Json<Paged<Rating>>> {
    list(&access, &ask).await.map(Json)
}

pub async fn api_one(access: Access<RatingsRead>, Path(id): Path<RatingId>) -> Result<One<Rating>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}

//! The technician's phone: my day, and one job with one button that is always the next verb.
//!
//! Only one's own: every statement here names the member who is signed in, so another's visit is not found.
pub mod asked;
pub mod clock;
pub mod job;
pub mod next;
mod parts;
pub mod pieces;
pub mod today;
pub mod verbs;

use customers::{CustomerId, location};
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, Scope, TenantTx, phone, row, sql};
use scheduling::appointment::Status;

use crate::{
    AppointmentId,
    order::{self, WorkOrder, WorkOrderId},
};

row! {
    /// One of my visits, with what is needed to get there.
    #[derive(Debug, Clone)]
    pub struct Visit {
        pub id: AppointmentId,
        pub customer_id: CustomerId,
        pub customer_name: String,
        pub phone: Option<String>,
        pub title: String,
        pub problem: Option<String>,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub window_starts: Option<Timestamp>,
        pub window_ends: Option<Timestamp>,
        pub status: Status,
        pub en_route_at: Option<Timestamp>,
        pub arrived_at: Option<Timestamp>,
        pub completed_at: Option<Timestamp>,
        pub street: Option<String>,
        pub unit: Option<String>,
        pub city: Option<String>,
        pub region: Option<String>,
        pub postal_code: Option<String>,
        pub access_notes: Option<String>,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub order_id: Option<WorkOrderId>,
        pub order_status: Option<order::Status>,
        /// Which of the job's.
        pub nth: Option<i32>,
        /// It ended with "come again".
        pub again_for: Option<order::rest::Why>,
    }
}

sql! {
    pub(crate) fn mine_between(member: uuid::Uuid, from: Timestamp, to: Timestamp) -> Vec<Visit> = "
        select a.id, c.id as customer_id, c.name as customer_name, c.phone, a.title, a.problem, v.starts_at, v.ends_at, a.window_starts, a.window_ends,
               a.status, a.en_route_at, a.arrived_at, a.completed_at, l.street, l.unit, l.city, l.region, l.postal_code, l.access_notes, l.latitude::float8 as latitude, l.longitude::float8 as longitude,
               w.id as order_id, w.status as order_status, j.nth, j.again_for
        from technician t
        cross join lateral (
            select m.id, m.starts_at, m.ends_at from appointment m
            where m.tenant_id = $1 and m.technician_id = t.id and m.starts_at >= $3 and m.starts_at < $4
            union all
            select o.appointment_id, o.starts_at, o.ends_at
            from occupancy o join appointment g on g.tenant_id = $1 and g.id = o.appointment_id
            where o.tenant_id = $1 and o.resource_id = t.id and o.starts_at >= $3 and o.starts_at < $4 and o.kind not in ('travel', 'buffer')
              and (g.technician_id is distinct from t.id or g.starts_at <> o.starts_at)) v
        join appointment a on a.tenant_id = $1 and a.id = v.id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join work_order_visit j on j.tenant_id = $1 and j.appointment_id = a.id
        left join work_order w on w.tenant_id = $1 and w.id = j.order_id
        where t.tenant_id = $1 and t.member_id = $2 and a.status not in ('held', 'cancelled')
        order by v.starts_at, a.id limit 200";
    pub(crate) fn mine(member: uuid::Uuid, id: AppointmentId) -> Option<Visit> = "
        select a.id, c.id as customer_id, c.name as customer_name, c.phone, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.en_route_at, a.arrived_at, a.completed_at, l.street, l.unit, l.city, l.region, l.postal_code, l.access_notes, l.latitude::float8 as latitude, l.longitude::float8 as longitude,
               w.id as order_id, w.status as order_status, j.nth, j.again_for
        from technician t
        join appointment a on a.tenant_id = $1 and a.id = $3
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join work_order_visit j on j.tenant_id = $1 and j.appointment_id = a.id
        left join work_order w on w.tenant_id = $1 and w.id = j.order_id
        where t.tenant_id = $1 and t.member_id = $2 and a.status <> 'held'
          and (a.technician_id = t.id or exists (select 1 from appointment_resource r where r.tenant_id = $1 and r.appointment_id = $3 and r.resource_id = t.id))";
    pub(super) fn is_technician(member: uuid::Uuid) -> Option<uuid::Uuid> = "
        select id from technician where tenant_id = $1 and member_id = $2 and active";
    fn has_a_day(member: uuid::Uuid) -> Option<uuid::Uuid> = "
        select m.id from member m
        where m.tenant_id = $1 and m.id = $2
          and (m.role = 'technician' or exists (select 1 from technician t where t.tenant_id = $1 and t.member_id = $2 and t.active))";
}

/// An owner may see a technician's day, and has one only with a lane of their own.
pub(crate) async fn goes_out(scope: Scope, user: uuid::Uuid) -> Result<bool> {
    scope.read(has_a_day(user)).await.map(|found| found.is_some())
}

impl Visit {
    pub fn is_over(&self) -> bool {
        !self.status.is_open() || self.order_status.is_some_and(order::Status::is_over)
    }
    pub fn under_way(&self) -> bool {
        matches!(self.status, Status::EnRoute | Status::OnSite)
    }
    /// "455 Prairie Dr, Springfield".
    pub fn place(&self) -> String {
        let parts = [self.street.as_deref(), self.unit.as_deref(), self.city.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
    /// A link that the phone opens in its map: the point, where somebody said it, else the address.
    pub fn map(&self) -> String {
        if let Some(point) = self.latitude.zip(self.longitude) {
            return location::map(point);
        }
        let all = [self.street.as_deref(), self.city.as_deref(), self.region.as_deref(), self.postal_code.as_deref()];
        let address = all.into_iter().flatten().collect::<Vec<_>>().join(", ");
        match address.is_empty() {
            true => String::new(),
            false => format!("https://www.google.com/maps/search/?api=1&query={}", ui::encode(&address)),
        }
    }
    /// For `tel:` and `sms:`.
    pub fn dial(&self, scope: &Scope) -> String {
        self.phone.as_deref().map(|typed| phone::dialled(typed, &scope.tenant().locale.country)).unwrap_or_default()
    }
}

/// Programs have no day of their own.
pub(crate) fn member(scope: &Scope) -> Result<uuid::Uuid> {
    scope.user().ok_or(Error::NotFound)
}

pub(crate) async fn own(tx: &mut TenantTx, scope: &Scope, visit: AppointmentId) -> Result<Visit> {
    tx.run(mine(member(scope)?, visit)).await?.ok_or(Error::NotFound)
}

/// My visit with its job, if it has one.
pub(crate) async fn with_job(scope: &Scope, visit: AppointmentId) -> Result<(Visit, Option<order::show::Whole>)> {
    let visit = scope.read(mine(member(scope)?, visit)).await?.ok_or(Error::NotFound)?;
    let whole = match visit.order_id {
        Some(order) => Some(order::show::whole(scope, order).await?),
        None => None,
    };
    Ok((visit, whole))
}

/// The job of my visit, made if it has none yet.
pub(crate) async fn own_order(tx: &mut TenantTx, scope: &Scope, visit: AppointmentId) -> Result<WorkOrder> {
    own(tx, scope, visit).await?;
    order::of_appointment(tx, visit, scope.tenant().locale.currency.code(), None, None).await
}

/// Today and the days ahead.
pub(crate) const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 7);

//! The visits of a job: somebody comes, a part is ordered, somebody comes again. Each has its technician, its time, its
//! notes and its end; scope, lines, checklists and the invoice are the job's.
pub mod book;
pub(crate) mod draw;
pub mod end;
pub(crate) mod page;
pub mod rule;

use jiff::Timestamp;
use kernel::{
    Access, Error, Paged, Result, TenantTx, Uuid,
    http::{Json, Path, Versioned},
    row, sql,
};
use scheduling::{AppointmentId, TechnicianId, appointment::Status};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    order::{self, WorkOrderId, rest::Why},
    permissions::WorkRead,
};
pub use rule::Step;

row! {
    /// One of the visits of a job. Who comes when is left out where the visit is not within reach.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct JobVisit {
        pub appointment_id: AppointmentId,
        pub work_order_id: WorkOrderId,
        /// The which of the job, from 1.
        pub nth: i32,
        pub status: Status,
        pub title: Option<String>,
        pub starts_at: Option<Timestamp>,
        pub ends_at: Option<Timestamp>,
        pub technician_id: Option<TechnicianId>,
        pub technician_name: Option<String>,
        /// When the work of this visit began.
        pub begun_at: Option<Timestamp>,
        /// It ended, and somebody has to come again: what the job waited for.
        pub again_for: Option<Why>,
        /// Why it was called off.
        pub cancel_reason: Option<String>,
    }
}
impl Versioned for JobVisit {
    /// What changes of it is the appointment's and the job's, which have versions.
    fn version(&self) -> i64 {
        1
    }
}

row! {
    /// Which of how many.
    #[derive(Debug, Clone, Copy)]
    pub struct Place {
        pub nth: i32,
        pub visits: i64,
    }
}

kernel::promise! {
    "work_order_visit_pkey": "", "This visit belongs to a job already.";
    "work_order_visit_nth_once": "", "Another visit of this job was booked at the same moment. Try again."
}

/// So many are shown, and so many are taken.
pub const MOST: usize = 50;

sql! {
    pub fn of(order: WorkOrderId) -> Vec<JobVisit> = "
        select v.appointment_id, v.order_id as work_order_id, v.nth, v.status, a.title, a.starts_at, a.ends_at,
               t.id as technician_id, t.name as technician_name, v.begun_at, v.again_for, a.cancel_reason
        from work_order_visit v
        join work_order w on w.tenant_id = $1 and w.id = v.order_id
        left join appointment a on a.tenant_id = $1 and a.id = v.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where v.tenant_id = $1 and v.order_id = $2 order by v.nth limit 50";
    /// As the rule looks at them: all of them, whoever asks.
    pub(crate) fn steps(order: WorkOrderId) -> Vec<Step> = "
        select appointment_id, nth, status, begun_at is not null as begun, again_for is not null as again
        from work_order_visit where tenant_id = $1 and order_id = $2 order by nth limit 50";
    pub(crate) fn place(appointment: AppointmentId) -> Option<Place> = "
        select v.nth, (select count(*) from work_order_visit o where o.tenant_id = $1 and o.order_id = v.order_id) as visits
        from work_order_visit v where v.tenant_id = $1 and v.appointment_id = $2";
    // Whoever adds one holds the job.
    fn tie(appointment: AppointmentId, order: WorkOrderId, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into work_order_visit (tenant_id, appointment_id, order_id, nth, status, created_at, created_by)
        select $1::uuid, a.id, $3::uuid, 1 + (select count(*) from work_order_visit v where v.tenant_id = $1 and v.order_id = $3)::integer,
               a.status, $4::timestamptz, $5::uuid
        from appointment a where a.tenant_id = $1 and a.id = $2";
    pub(crate) fn begin(appointment: AppointmentId, at: Timestamp) -> u64 = "
        update work_order_visit set begun_at = $3 where tenant_id = $1 and appointment_id = $2 and begun_at is null";
    fn point(order: WorkOrderId, appointment: AppointmentId, at: Timestamp) -> u64 = "
        update work_order set appointment_id = $3, version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2 and appointment_id is distinct from $3";
}

/// The job, which is held, names the visit that counts now.
pub(crate) async fn settle(tx: &mut TenantTx, id: WorkOrderId) -> Result<()> {
    let steps = tx.run(steps(id)).await?;
    match rule::counts(&steps) {
        Some(step) => turn_to(tx, id, step.appointment_id).await,
        None => Ok(()),
    }
}

/// The job, which is held, names this visit: somebody works at it.
pub(crate) async fn turn_to(tx: &mut TenantTx, id: WorkOrderId, visit: AppointmentId) -> Result<()> {
    let now = tx.now();
    tx.run(point(id, visit, now)).await.map(drop)
}

pub async fn api(access: Access<WorkRead>, Path(id): Path<WorkOrderId>) -> Result<Json<Paged<JobVisit>>> {
    let (found, data) = access.read((order::find(id), of(id))).await?;
    found.ok_or(Error::NotFound)?;
    Ok(Json(Paged { data, next_cursor: None }))
}

kernel::event! {
    pub struct VisitOfJobBooked = "work_order.visit_booked", seen by WorkRead { order: WorkOrderId, customer: customers::CustomerId, appointment: AppointmentId, number: i64, nth: i32, starts_at: Timestamp }
}
kernel::event! {
    /// The visit is over, the job is not.
    pub struct VisitOfJobEnded = "work_order.visit_ended", seen by WorkRead { order: WorkOrderId, customer: customers::CustomerId, appointment: AppointmentId, number: i64, nth: i32, again_for: Option<Why> }
}

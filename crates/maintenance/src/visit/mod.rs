//! A visit of a plan, by the day on which it falls due: what was booked, moved or skipped. Where there is no row, the plan alone says it.
mod ahead;
mod book;
mod change;
mod coming;
mod make;
mod page;

pub use ahead::{Ahead, Standing, ahead, ahead_api};
pub(crate) use book::{Wanted, book, is_taken};
pub use change::{Change, change, change_api};
pub use coming::{Coming, coming};
pub(crate) use make::{Made, make, wanted};
pub use make::{MakeVisits, make_all};
pub use page::{page, post};

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kernel::{row, sql, text_enum};
use scheduling::{AppointmentId, TechnicianId, appointment::Status};

use crate::plan::PlanId;

kernel::id!(VisitId);

text_enum! {
    /// `Changed`: not booked yet, and to be booked otherwise than the plan says.
    pub enum State {
        Changed = "changed": "Changed",
        Booked = "booked": "Booked",
        Skipped = "skipped": "Skipped",
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Visit {
        pub id: VisitId,
        pub due_on: Date,
        pub state: State,
        pub moved_on: Option<Date>,
        pub moved_to: Option<Time>,
        pub technician_id: Option<TechnicianId>,
        pub planned_at: Option<Timestamp>,
        pub appointment_id: Option<AppointmentId>,
        pub why: Option<String>,
        pub appointment_status: Option<Status>,
        pub starts_at: Option<Timestamp>,
        pub with_id: Option<TechnicianId>,
        pub with_name: Option<String>,
    }
}

impl Visit {
    /// Booked and still ahead: nobody has set out.
    pub fn is_movable(&self) -> bool {
        self.state == State::Booked && self.appointment_status.is_some_and(Status::is_movable)
    }
    /// Somebody has said of this one visit how it is to be, on its page or on the board.
    pub fn is_by_hand(&self) -> bool {
        self.moved_on.is_some()
            || self.moved_to.is_some()
            || self.technician_id.is_some()
            || self.starts_at != self.planned_at
    }
}

sql! {
    /// From that day on, in order.
    pub fn from(plan: PlanId, day: Date) -> Vec<Visit> = "
        select v.id, v.due_on, v.state, v.moved_on, v.moved_to, v.technician_id, v.planned_at, v.appointment_id, v.why,
               a.status as appointment_status, a.starts_at, t.id as with_id, t.name as with_name
        from maintenance_visit v
        left join appointment a on a.tenant_id = $1 and a.id = v.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(a.technician_id, case v.state when 'changed' then v.technician_id end)
        where v.tenant_id = $1 and v.plan_id = $2 and v.due_on >= $3 order by v.due_on limit 1000";
    /// The latest before that day, the last first.
    pub fn before(plan: PlanId, day: Date) -> Vec<Visit> = "
        select v.id, v.due_on, v.state, v.moved_on, v.moved_to, v.technician_id, v.planned_at, v.appointment_id, v.why,
               a.status as appointment_status, a.starts_at, t.id as with_id, t.name as with_name
        from maintenance_visit v
        left join appointment a on a.tenant_id = $1 and a.id = v.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(a.technician_id, case v.state when 'changed' then v.technician_id end)
        where v.tenant_id = $1 and v.plan_id = $2 and v.due_on < $3 order by v.due_on desc limit 5";
    pub(crate) fn insert(id: VisitId, plan: PlanId, due_on: Date, state: State, moved_on: Option<Date>, moved_to: Option<Time>, technician: Option<TechnicianId>,
              planned_at: Option<Timestamp>, appointment: Option<AppointmentId>, why: Option<String>, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into maintenance_visit (tenant_id, id, plan_id, due_on, state, moved_on, moved_to, technician_id, planned_at, appointment_id, why,
                                       created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)";
    pub(crate) fn update(id: VisitId, plan: PlanId, due_on: Date, state: State, moved_on: Option<Date>, moved_to: Option<Time>, technician: Option<TechnicianId>,
              planned_at: Option<Timestamp>, appointment: Option<AppointmentId>, why: Option<String>, at: Timestamp) -> u64 = "
        update maintenance_visit set plan_id = $3, due_on = $4, state = $5, moved_on = $6, moved_to = $7, technician_id = $8, planned_at = $9,
               appointment_id = $10, why = $11, version = version + 1, updated_at = $12
        where tenant_id = $1 and id = $2";
    pub(crate) fn drop(id: VisitId) -> u64 = "delete from maintenance_visit where tenant_id = $1 and id = $2";
}

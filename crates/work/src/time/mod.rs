//! Working time: on the way, at work, on a break; begun by the phone's verbs or written by hand, one thing at a time.
pub mod add;
pub mod change;
pub mod clock;
pub mod draw;
mod export;
pub mod list;
pub mod rate;
pub mod remove;
pub mod sheet;

use jiff::Timestamp;
use kernel::{Cost, Currency, Money, Uuid, http::Versioned, row, sql};
use scheduling::{AppointmentId, TechnicianId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{order::WorkOrderId, permissions::TimeRead};

kernel::id!(TimeEntryId);

kernel::text_enum! {
    pub enum Kind { Travel = "travel": "On the way", Work = "work": "At work", Break = "break": "Break" }
}

row! {
    /// As kept, with the names behind its references.
    #[derive(Debug, Clone)]
    pub struct TimeEntry {
        pub id: TimeEntryId,
        pub technician_id: TechnicianId,
        pub technician_name: String,
        pub appointment_id: Option<AppointmentId>,
        pub order_id: Option<WorkOrderId>,
        pub order_number: Option<i64>,
        pub order_title: Option<String>,
        pub kind: Kind,
        pub starts_at: Timestamp,
        pub ends_at: Option<Timestamp>,
        pub cost_minor: Option<i64>,
        pub currency: String,
        pub reason: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Shown {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A stretch of somebody's time, as it is told.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Shown {
    pub id: TimeEntryId,
    pub technician_id: TechnicianId,
    pub technician_name: String,
    pub appointment_id: Option<AppointmentId>,
    pub work_order_id: Option<WorkOrderId>,
    /// "J-1042".
    pub work_order: Option<String>,
    pub kind: Kind,
    pub starts_at: Timestamp,
    /// None: it is going on.
    pub ends_at: Option<Timestamp>,
    /// Whole minutes; none while it is going on.
    pub minutes: Option<i64>,
    /// What an hour of it costs, where that is known.
    pub hour_cost: Option<Cost>,
    /// Why it was written by hand, or changed.
    pub reason: Option<String>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl TimeEntry {
    /// Seconds until its end, or until now.
    pub fn seconds(&self, now: Timestamp) -> i64 {
        self.ends_at.unwrap_or(now).duration_since(self.starts_at).as_secs().max(0)
    }
    fn hour_cost(&self) -> Option<Cost> {
        let currency = Currency::of(&self.currency).unwrap_or(Currency::USD);
        self.cost_minor.map(|minor| Cost(Money::new(minor, currency)))
    }
}

impl From<TimeEntry> for Shown {
    fn from(entry: TimeEntry) -> Self {
        Self {
            minutes: entry.ends_at.map(|ends| entry.seconds(ends) / 60),
            hour_cost: entry.hour_cost(),
            id: entry.id,
            technician_id: entry.technician_id,
            technician_name: entry.technician_name,
            appointment_id: entry.appointment_id,
            work_order_id: entry.order_id,
            work_order: entry.order_number.map(crate::order::called),
            kind: entry.kind,
            starts_at: entry.starts_at,
            ends_at: entry.ends_at,
            reason: entry.reason,
            version: entry.version,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

kernel::promise! {
    "time_entry_one_at_a_time": "/starts_at", "They do something else at that time already. Look at their day, and change that first.";
    "time_entry_span": "/ends_at", "It ends before it begins.";
    "time_entry_running": "/starts_at", "Their clock runs already. Look at their day, and change that first.";
    "time_entry_placed": "/kind", "It belongs to no job; only a break does. Take it away and write it anew, for its job.";
    "time_entry_technician": "/technician_id", "There is no such technician.";
    "time_entry_order": "/work_order_id", "There is no such job."
}

kernel::event! { pub struct TimeBegun = "time_entry.begun", seen by TimeRead { entry: TimeEntryId, technician: TechnicianId, order: Option<WorkOrderId> } }
kernel::event! { pub struct TimeEnded = "time_entry.ended", seen by TimeRead { entry: TimeEntryId, technician: TechnicianId, order: Option<WorkOrderId> } }
kernel::event! { pub struct TimeAdded = "time_entry.added", seen by TimeRead { entry: TimeEntryId, technician: TechnicianId, order: Option<WorkOrderId> } }
kernel::event! { pub struct TimeChanged = "time_entry.changed", seen by TimeRead { entry: TimeEntryId, technician: TechnicianId, order: Option<WorkOrderId> } }
kernel::event! { pub struct TimeRemoved = "time_entry.removed", seen by TimeRead { entry: TimeEntryId, technician: TechnicianId, order: Option<WorkOrderId> } }

sql! {
    fn seen(id: Uuid) -> Option<TimeEntryId> = "select id from time_entry where tenant_id = $1 and id = $2";
    pub fn find(id: TimeEntryId) -> Option<TimeEntry> = "
        select e.id, e.technician_id, t.name as technician_name, e.appointment_id, e.order_id, w.number as order_number, w.title as order_title,
               e.kind, e.starts_at, e.ends_at, e.cost_minor, e.currency, e.reason, e.version, e.created_at, e.updated_at
        from time_entry e join technician t on t.tenant_id = $1 and t.id = e.technician_id
        left join work_order w on w.tenant_id = $1 and w.id = e.order_id
        where e.tenant_id = $1 and e.id = $2";
    pub fn of_order(order: WorkOrderId) -> Vec<TimeEntry> = "
        select e.id, e.technician_id, t.name as technician_name, e.appointment_id, e.order_id, w.number as order_number, w.title as order_title,
               e.kind, e.starts_at, e.ends_at, e.cost_minor, e.currency, e.reason, e.version, e.created_at, e.updated_at
        from time_entry e join technician t on t.tenant_id = $1 and t.id = e.technician_id
        left join work_order w on w.tenant_id = $1 and w.id = e.order_id
        where e.tenant_id = $1 and e.order_id = $2 order by e.starts_at, e.id limit 500";
}
kernel::heard! { "time_entry." by who sees seen }

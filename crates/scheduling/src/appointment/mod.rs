//! An appointment: who comes to whom, where, for what and when. The one calendar of the company.
mod along;
pub mod along_page;
mod assign;
mod book;
mod cancel;
mod export;
mod follow;
mod list;
mod r#move;
pub mod move_page;
pub mod new_page;
mod place;
mod progress;
pub mod ways;
mod wishes;

pub use along::{Along, Day, along_api, bring_along, days_of, of as along, whole_api};
pub use assign::{Assign, assign, assign_api};
pub use book::{New, book, book_api};
pub use cancel::{Cancel, cancel, cancel_api};
pub use list::{
    Stretch, ahead_of_customer, find_api, last_of_customer, list_api, of_day, of_later_days, of_technician_day,
    stretches, unassigned,
};
pub use r#move::{Move, move_api, move_to};
pub use place::{Place, Settled, settle, why_of};
pub use progress::{complete_api, confirm_api, en_route_api, no_show_api, set_status, start_api};

use catalog::ItemId;
use customers::{CustomerId, LocationId};
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, http::Versioned, row, sql, text_enum};

use crate::{overlap::OverlapId, permissions::BoardRead, technician::TechnicianId};

kernel::id!(AppointmentId);

text_enum! {
    pub enum Status {
        Requested = "requested": "Requested",
        Confirmed = "confirmed": "Confirmed",
        EnRoute = "en_route": "En route",
        OnSite = "on_site": "On site",
        Completed = "completed": "Completed",
        Cancelled = "cancelled": "Cancelled",
        NoShow = "no_show": "No-show",
    }
}

impl Status {
    /// What may come next. A step that was made already is no fault: it is simply made.
    pub fn may_become(self, next: Self) -> bool {
        use Status::*;
        match self {
            Requested => matches!(next, Confirmed | EnRoute | OnSite | Cancelled | NoShow),
            Confirmed => matches!(next, EnRoute | OnSite | Completed | Cancelled | NoShow),
            EnRoute => matches!(next, OnSite | Completed | Confirmed | Cancelled | NoShow),
            OnSite => matches!(next, Completed),
            Completed | Cancelled | NoShow => false,
        }
    }
    /// Still ahead or under way.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Confirmed | Self::EnRoute | Self::OnSite)
    }
    /// Nobody has set out yet, so that time and technician may change.
    pub fn is_movable(self) -> bool {
        matches!(self, Self::Requested | Self::Confirmed)
    }
}

text_enum! {
    /// By which door it came.
    pub enum Source { Office = "office": "Office", Online = "online": "Booked online", Api = "api": "API", Plan = "plan": "Maintenance plan" }
}

text_enum! {
    pub enum CancelledBy { Customer = "customer": "The customer", Company = "company": "The company" }
}

row! {
    #[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    pub struct Appointment {
        pub id: AppointmentId,
        pub customer_id: CustomerId,
        pub customer_name: String,
        pub location_id: Option<LocationId>,
        /// The service of the price book.
        pub item_id: Option<ItemId>,
        /// None while nobody is assigned.
        pub technician_id: Option<TechnicianId>,
        pub technician_name: Option<String>,
        /// What is to be done, in a few words.
        pub title: String,
        /// In the customer's words.
        pub problem: Option<String>,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        /// The window promised to the customer for the arrival.
        pub window_starts: Option<Timestamp>,
        pub window_ends: Option<Timestamp>,
        pub status: Status,
        pub source: Source,
        pub en_route_at: Option<Timestamp>,
        pub arrived_at: Option<Timestamp>,
        pub completed_at: Option<Timestamp>,
        pub cancel_reason: Option<String>,
        /// Who called it off.
        pub cancelled_by: Option<CancelledBy>,
        /// Set when it was planned on purpose over something else that the technician does.
        pub overlap_id: Option<OverlapId>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Appointment {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Appointment {
    pub fn minutes(&self) -> i64 {
        i64::from(self.ends_at.duration_since(self.starts_at).as_mins() as i32)
    }
    /// Whether the promise is, or will be, broken: nobody has arrived, and the plan or the clock is past the window.
    pub fn is_late(&self, now: Timestamp) -> bool {
        let waiting = matches!(self.status, Status::Requested | Status::Confirmed | Status::EnRoute);
        waiting && self.window_ends.is_some_and(|ends| self.starts_at > ends || now > ends)
    }
}

sql! {
    pub(crate) fn seen(id: uuid::Uuid) -> Option<AppointmentId> = "select id from appointment where tenant_id = $1 and id = $2";
}
kernel::reach! { "appointment" = "Appointments":
    own "Those in their own lane of the board",
    team "Those in the lanes of their team's technicians",
    all "Every appointment, also those nobody is assigned to",
    roles [Technician = Own], shows ["customer"]
}
// What is given to another lane leaves a screen, which must look again though it no longer sees what.
kernel::heard! {
    "appointment." by who sees seen;
    "appointment.assigned" by who sees seen, or at least that;
    "appointment.moved" by who sees seen, or at least that;
    "technician." by everybody;
    "service_area." by everybody;
    "scheduling." by everybody;
    "booking." by everybody;
    "resource." by everybody;
    "skill." by everybody
}

kernel::promise! {
    "occupancy_no_overlap": "", "The technician is taken at that time. Choose another time or another technician.";
    "appointment_customer": "/customer_id", "There is no such customer.";
    "appointment_location": "/location_id", "There is no such address of this customer.";
    "appointment_item": "/item_id", "There is no such service in the price book.";
    "appointment_technician": "/technician_id", "There is no such technician.";
    "appointment_length": "/ends_at", "An appointment takes at most 24 hours, and ends after it starts.";
    "appointment_window": "/window_ends", "The promised window ends after it starts.";
}

kernel::event! {
    pub struct AppointmentBooked = "appointment.booked", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId>, starts_at: Timestamp, source: Source }
}
kernel::event! {
    pub struct AppointmentAssigned = "appointment.assigned", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId>, starts_at: Timestamp }
}
kernel::event! {
    pub struct AppointmentChanged = "appointment.changed", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId> }
}
kernel::event! {
    pub struct AppointmentMoved = "appointment.moved", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId>, starts_at: Timestamp, was: Timestamp }
}
kernel::event! {
    pub struct AppointmentConfirmed = "appointment.confirmed", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, starts_at: Timestamp }
}
kernel::event! {
    pub struct AppointmentEnRoute = "appointment.en_route", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId> }
}
kernel::event! {
    pub struct AppointmentStarted = "appointment.started", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId> }
}
kernel::event! {
    pub struct AppointmentCompleted = "appointment.completed", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId> }
}
kernel::event! {
    pub struct AppointmentCancelled = "appointment.cancelled", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, starts_at: Timestamp, fee_minor: i64 }
}
kernel::event! {
    /// Its customer added a photo.
    pub struct AppointmentPhotographed = "appointment.photographed", seen by BoardRead { appointment: AppointmentId }
}
kernel::event! {
    pub struct AppointmentMissed = "appointment.no_show", seen by BoardRead { appointment: AppointmentId, customer: CustomerId, starts_at: Timestamp }
}

sql! {
    // The customer's id is read from the customer: a hold has none yet, and a hold is no appointment to anybody.
    pub fn find(id: AppointmentId) -> Option<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.id = $2 and a.status <> 'held'";
    fn lock(id: AppointmentId) -> Option<AppointmentId> = "
        select id from appointment where tenant_id = $1 and id = $2 and status <> 'held' for no key update";
}

/// The appointment as it is, locked against others until the end of the transaction. `version` is the one the caller saw,
/// where the caller has to have seen one.
async fn hold_still(tx: &mut TenantTx, id: AppointmentId, version: Option<i64>) -> Result<Appointment> {
    let (_, found) = tx.run((lock(id), find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    match version {
        Some(version) if version != found.version => Err(Error::Stale(Some(found.version))),
        _ => Ok(found),
    }
}

#[test]
fn what_is_over_stays_over() {
    for over in [Status::Completed, Status::Cancelled, Status::NoShow] {
        assert!(Status::ALL.iter().all(|next| !over.may_become(*next)), "{over}");
    }
    assert!(Status::OnSite.may_become(Status::Completed) && !Status::OnSite.may_become(Status::Cancelled));
}

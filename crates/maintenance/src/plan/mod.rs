//! A maintenance plan: one service that comes round at one place of a customer, until somebody ends it.
mod all_page;
mod change;
mod create;
mod edit_page;
mod fields;
mod follow;
mod lines;
mod list;
mod new_page;
mod outcome;
mod rest;
mod rest_page;
mod settle;
mod show_page;
mod terms;
pub mod turn;

pub use all_page::{page as all, rows};
pub use change::{Change, change, change_api};
pub use create::{New, create, create_api};
pub use edit_page::{page as edit, post as edit_post};
pub(crate) use lines::{draw as draw_lines, frame, when};
pub(crate) use list::list_of_customer;
pub use list::{find_api, list_api, of_customer};
pub use new_page::{page as new, post as new_post};
pub use outcome::{Deed, Line, Outcome};
pub(crate) use outcome::{line, tried};
pub use rest::{End, Pause, Resume, end, end_api, pause, pause_api, resume, resume_api};
pub use rest_page::{end as end_page, end_post, pause as pause_page, pause_post, resume_post};
pub use show_page::page as show;
pub use terms::Terms;

use catalog::ItemId;
use customers::{CustomerId, LocationId};
use jiff::{
    Span, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use kernel::{Error, Result, TenantTx, http::Versioned, row, sql, text_enum};
use scheduling::TechnicianId;

use crate::{permissions::MaintenanceRead, recurrence::Season};

kernel::id!(PlanId);

/// Visits are booked so many days ahead.
pub const HORIZON_DAYS: i64 = 60;
/// One visit is asked about and changed so many years ahead at most.
const NEAR_YEARS: i64 = 5;

text_enum! {
    pub enum Status { Active = "active": "Active", Paused = "paused": "Paused", Ended = "ended": "Ended" }
}
text_enum! {
    /// What becomes of a visit that falls on a public holiday.
    pub enum Holidays {
        Work = "work": "Come anyway",
        Skip = "skip": "Leave the visit out",
        Move = "move": "Move it within the leeway",
    }
}

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Plan {
        pub id: PlanId,
        pub customer_id: CustomerId,
        pub customer_name: String,
        /// An archived customer gets no visits.
        pub customer_archived: bool,
        pub location_id: LocationId,
        /// The place in one line.
        pub place: String,
        pub item_id: ItemId,
        pub item_name: String,
        /// Who is sent where they are free; otherwise a visit waits in the tray.
        pub technician_id: Option<TechnicianId>,
        pub technician_name: Option<String>,
        /// For whoever goes there.
        pub note: Option<String>,
        /// RFC 5545, counted from `starts_on`.
        pub rule: String,
        /// IANA's name of the clock that `time` is told by.
        pub zone: String,
        /// The day on which it began; it never changes.
        pub starts_on: Date,
        pub time: Time,
        /// The last day on which a visit may fall due.
        pub ends_on: Option<Date>,
        /// The months in which visits are made; none: all of them.
        pub months: Vec<i32>,
        /// So many days may a visit be made before or after the day on which it falls due.
        pub leeway_days: i32,
        pub holidays: Holidays,
        pub status: Status,
        /// The next day that falls due and has no visit yet.
        pub next_due: Option<Date>,
        /// Why no visit could be made of late.
        pub trouble: Option<String>,
        /// The plan of which this one is the rest, changed from some day on.
        pub follows_id: Option<PlanId>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Plan {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Plan {
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone()).date()
    }
    /// The last day for which visits are booked now.
    pub fn horizon(&self, now: Timestamp) -> Date {
        self.today(now).saturating_add(Span::new().days(HORIZON_DAYS))
    }
    pub fn season<'a>(&'a self, country: &'a str) -> Season<'a> {
        Season {
            rule: &self.rule,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            months: &self.months,
            leeway_days: self.leeway_days,
            holidays: self.holidays,
            country,
        }
    }
    /// Whether a day is near enough to be asked about: nothing is worked out for longer than that.
    pub fn is_near(&self, day: Date, now: Timestamp) -> bool {
        let (today, far) = (self.today(now), Span::new().years(NEAR_YEARS));
        (today.saturating_sub(far)..=today.saturating_add(far)).contains(&day)
    }
    /// Why there is no visit on a day: of a plan that rests or has ended, what is booked is all there is.
    pub(crate) fn has_none(&self) -> Error {
        match self.status {
            Status::Active => Error::NotFound,
            other => Error::refused(format!(
                "This plan is {}, and nothing is booked for that day.",
                other.label().to_lowercase()
            )),
        }
    }
    pub fn is_running(&self) -> bool {
        self.status == Status::Active && !self.customer_archived
    }
}

kernel::heard! { "maintenance_plan." by who sees seen }

kernel::promise! {
    "maintenance_plan_customer": "/customer_id", "There is no such customer.";
    "maintenance_plan_location": "/location_id", "There is no such address of this customer.";
    "maintenance_plan_item": "/item_id", "There is no such service in the price book.";
    "maintenance_plan_technician": "/technician_id", "There is no such technician.";
    "maintenance_plan_end": "/ends_on", "A plan does not end before it begins.";
    "maintenance_visit_technician": "/technician_id", "There is no such technician.";
    "maintenance_visit_once": "", "This visit was made at the same moment by somebody else. Load the page again.";
}

kernel::event! {
    pub struct PlanCreated = "maintenance_plan.created", seen by MaintenanceRead { plan: PlanId, customer: CustomerId, follows: Option<PlanId> }
}
kernel::event! {
    pub struct PlanChanged = "maintenance_plan.changed", seen by MaintenanceRead { plan: PlanId, customer: CustomerId }
}
kernel::event! {
    pub struct PlanPaused = "maintenance_plan.paused", seen by MaintenanceRead { plan: PlanId, customer: CustomerId }
}
kernel::event! {
    pub struct PlanResumed = "maintenance_plan.resumed", seen by MaintenanceRead { plan: PlanId, customer: CustomerId }
}
kernel::event! {
    pub struct PlanEnded = "maintenance_plan.ended", seen by MaintenanceRead { plan: PlanId, customer: CustomerId, ends_on: Date }
}
kernel::event! {
    pub struct VisitChanged = "maintenance_plan.visit_changed", seen by MaintenanceRead { plan: PlanId, customer: CustomerId, due_on: Date, skipped: bool }
}

sql! {
    fn seen(id: uuid::Uuid) -> Option<PlanId> = "select id from maintenance_plan where tenant_id = $1 and id = $2";
    pub fn find(id: PlanId) -> Option<Plan> = "
        select p.id, p.customer_id, c.name as customer_name, c.status <> 'active' as customer_archived, p.location_id,
               concat_ws(', ', l.street, l.unit, l.city) as place, p.item_id, i.name as item_name, p.technician_id,
               t.name as technician_name, p.note, p.rule, p.zone, p.starts_on, p.begins as time, p.ends_on, p.months, p.leeway_days,
               p.holidays, p.status, p.next_due, p.trouble, p.follows_id, p.version, p.created_at, p.updated_at
        from maintenance_plan p
        join customer c on c.tenant_id = $1 and c.id = p.customer_id
        join location l on l.tenant_id = $1 and l.id = p.location_id
        join item i on i.tenant_id = $1 and i.id = p.item_id
        left join technician t on t.tenant_id = $1 and t.id = p.technician_id
        where p.tenant_id = $1 and p.id = $2";
    // The customer first, as a merge and whoever archives them do it, so that none waits for the other.
    fn lock_customer(id: PlanId) -> Option<CustomerId> = "
        select c.id from maintenance_plan p join customer c on c.tenant_id = $1 and c.id = p.customer_id
        where p.tenant_id = $1 and p.id = $2 for share of c";
    fn lock(id: PlanId) -> Option<PlanId> = "select id from maintenance_plan where tenant_id = $1 and id = $2 for no key update";
}

/// The plan as it is, locked against others until the end of the transaction. `version` is the one that the caller saw, where the caller
/// has to have seen one.
pub async fn hold_still(tx: &mut TenantTx, id: PlanId, version: Option<i64>) -> Result<Plan> {
    let (_, _, found) = tx.run((lock_customer(id), lock(id), find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    match version {
        Some(version) if version != found.version => Err(Error::Stale(Some(found.version))),
        _ => Ok(found),
    }
}

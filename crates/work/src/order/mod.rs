//! A work order, which everybody calls a job: what was done for whom, by whom, and what of it is charged.
pub mod anyway;
pub mod cancel;
pub mod change;
pub mod create;
mod export;
pub mod finish;
mod follow;
pub mod follows;
pub mod list;
pub mod reopen;
pub mod rest;
pub mod show;
pub mod start;

use customers::{CustomerId, LocationId};
use jiff::Timestamp;
use kernel::{Currency, Error, Money, Result, TenantTx, http::Versioned, row, sql};
use scheduling::{AppointmentId, TechnicianId, appointment};
use schemars::JsonSchema;
use serde::Serialize;

pub use crate::line::of as lines;
pub use cancel::{Cancel, cancel};
pub use change::{Change, change};
pub use create::{New, create, of_appointment};
pub use finish::finish;
pub use start::start;

use crate::{permissions::WorkRead, visit};

kernel::id!(WorkOrderId);
kernel::text_enum! {
    pub enum Status {
        Open = "open": "Open",
        InProgress = "in_progress": "In progress",
        OnHold = "on_hold": "On hold",
        Completed = "completed": "Completed",
        Cancelled = "cancelled": "Cancelled",
    }
}

impl Status {
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct WorkOrder {
        pub id: WorkOrderId,
        /// Counts up within the company: J-1042.
        pub number: i64,
        pub customer_id: CustomerId,
        pub customer_name: String,
        pub location_id: Option<LocationId>,
        /// The visit it is done on; of several, the one that counts now.
        pub appointment_id: Option<AppointmentId>,
        pub visit_status: Option<appointment::Status>,
        pub visit_starts_at: Option<Timestamp>,
        pub visit_ends_at: Option<Timestamp>,
        /// Who is to do it, or did.
        pub technician_id: Option<TechnicianId>,
        pub technician_name: Option<String>,
        pub title: String,
        /// What is to be done, at length.
        pub scope: Option<String>,
        pub status: Status,
        pub started_at: Option<Timestamp>,
        pub completed_at: Option<Timestamp>,
        pub cancelled_at: Option<Timestamp>,
        pub cancel_reason: Option<String>,
        /// Why it was finished although required questions were open.
        pub finished_anyway: Option<String>,
        /// What it waits for, when it is on hold.
        pub held_for: Option<rest::Why>,
        pub held_note: Option<String>,
        /// The earlier job that it follows, and as what.
        pub follows_id: Option<WorkOrderId>,
        pub follows_as: Option<follows::As>,
        /// How many lines it has.
        pub lines: i64,
        #[serde(skip)]
        pub subtotal_minor: i64,
        #[serde(skip)]
        pub currency: String,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Versioned for WorkOrder {
    fn version(&self) -> i64 {
        self.version
    }
}

impl WorkOrder {
    /// "J-1042".
    pub fn called(&self) -> String {
        called(self.number)
    }
    pub fn currency(&self) -> Currency {
        Currency::of(&self.currency).unwrap_or(Currency::USD)
    }
    pub fn subtotal(&self) -> Money {
        Money::new(self.subtotal_minor, self.currency())
    }
}

pub fn called(number: i64) -> String {
    format!("J-{number}")
}

/// A job as it is told: its lines' sum beside it, before tax.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Shown {
    #[serde(flatten)]
    pub order: WorkOrder,
    pub subtotal: Money,
}

impl From<WorkOrder> for Shown {
    fn from(order: WorkOrder) -> Self {
        Self { subtotal: order.subtotal(), order }
    }
}

impl Versioned for Shown {
    fn version(&self) -> i64 {
        self.order.version
    }
}

sql! {
    fn first() -> Option<WorkOrderId> = "select id from work_order where tenant_id = $1 limit 1";
}

/// Whether there is one at all.
pub async fn any(scope: kernel::Scope) -> kernel::Result<bool> {
    Ok(scope.read(first()).await?.is_some())
}

sql! {
    fn seen(id: uuid::Uuid) -> Option<WorkOrderId> = "select id from work_order where tenant_id = $1 and id = $2";
}
kernel::reach! { "work_order" = "Jobs":
    own "Those they carry out, or whose visit is in their lane",
    team "Those their team's technicians carry out, or whose visit is in their lanes",
    all "Every job",
    roles [Technician = Own], shows ["customer"]
}
kernel::heard! { "work_order." by who sees seen }

kernel::promise! {
    "work_order_customer": "/customer_id", "There is no such customer.";
    "work_order_location": "/location_id", "There is no such address of this customer.";
    "work_order_appointment": "/appointment_id", "There is no such appointment.";
    "work_order_appointment_once": "/appointment_id", "This visit has a job already.";
    "work_order_number_once": "", "Another job was made at the same moment. Save again."
}

kernel::event! { pub struct WorkOrderCreated = "work_order.created", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64 } }
kernel::event! { pub struct WorkOrderChanged = "work_order.changed", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64 } }
kernel::event! { pub struct WorkOrderStarted = "work_order.started", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64 } }
kernel::event! { pub struct WorkOrderCompleted = "work_order.completed", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64 } }
kernel::event! { pub struct WorkOrderFinishedAnyway = "work_order.finished_anyway", seen by WorkRead { order: WorkOrderId, customer: CustomerId, number: i64 } }
kernel::event! { pub struct WorkOrderHeld = "work_order.held", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64, reason: rest::Why } }
kernel::event! { pub struct WorkOrderResumed = "work_order.resumed", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64 } }
kernel::event! { pub struct WorkOrderReopened = "work_order.reopened", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64 } }
kernel::event! { pub struct WorkOrderCancelled = "work_order.cancelled", seen by WorkRead { order: WorkOrderId, customer: CustomerId, appointment: Option<AppointmentId>, number: i64 } }

sql! {
    pub fn find(id: WorkOrderId) -> Option<WorkOrder> = "
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
        where w.tenant_id = $1 and w.id = $2";
    pub fn id_of_appointment(appointment: AppointmentId) -> Option<WorkOrderId> = "
        select order_id from work_order_visit where tenant_id = $1 and appointment_id = $2";
    // Whoever changes a job or its lines holds its row, so that nothing is added to a job that is being finished.
    fn lock(id: WorkOrderId) -> Option<WorkOrderId> = "
        select id from work_order where tenant_id = $1 and id = $2 for no key update";
    // A visit and its job are locked in this order by everybody: the visit first.
    fn lock_visit(id: AppointmentId) -> Option<AppointmentId> = "
        select id from appointment where tenant_id = $1 and id = $2 and status <> 'held' for no key update";
    // And of several visits the earlier id first.
    fn lock_visits_of(id: WorkOrderId) -> Vec<AppointmentId> = "
        select a.id from work_order_visit v join appointment a on a.tenant_id = $1 and a.id = v.appointment_id
        where v.tenant_id = $1 and v.order_id = $2 and v.status in ('requested', 'confirmed', 'en_route', 'on_site') order by a.id for no key update of a";
    fn lock_visit_of(id: WorkOrderId) -> Option<AppointmentId> = "
        select a.id from work_order w join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        where w.tenant_id = $1 and w.id = $2 for no key update of a";
}

/// The job as it is, held with its visit until the transaction ends.
pub async fn hold(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let (_, _, found) = tx.run((lock_visit_of(id), lock(id), find(id))).await?;
    found.ok_or(Error::NotFound)
}

/// The job of a visit at which somebody works: held with that visit, which counts from now on unless it is over.
pub(crate) async fn hold_at(tx: &mut TenantTx, visit: AppointmentId) -> Result<WorkOrder> {
    let (_, id) = tx.run((lock_visit(visit), id_of_appointment(visit))).await?;
    let id = id.ok_or(Error::NotFound)?;
    let (_, steps, found) = tx.run((lock(id), visit::steps(id), find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    let open = steps.iter().any(|step| step.appointment_id == visit && step.status.is_open());
    if !open || found.appointment_id == Some(visit) {
        return Ok(found);
    }
    visit::turn_to(tx, id, visit).await?;
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

/// The job held with all of its visits that are not over.
async fn hold_whole(tx: &mut TenantTx, id: WorkOrderId) -> Result<(WorkOrder, Vec<visit::Step>)> {
    let (_, _, steps, found) = tx.run((lock_visits_of(id), lock(id), visit::steps(id), find(id))).await?;
    found.map(|order| (order, steps)).ok_or(Error::NotFound)
}

/// The job alone.
pub(crate) async fn hold_row(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let (_, found) = tx.run((lock(id), find(id))).await?;
    found.ok_or(Error::NotFound)
}

/// The same for changes that end with the job; refused when it is over.
pub(crate) async fn hold_open(tx: &mut TenantTx, id: WorkOrderId) -> Result<WorkOrder> {
    let found = hold_row(tx, id).await?;
    match found.status.is_over() {
        true => Err(Error::refused(format!(
            "{} is {} and cannot be changed any more.",
            found.called(),
            found.status.label().to_lowercase()
        ))),
        false => Ok(found),
    }
}

/// Tells whoever looks at the job that something of it is different now.
pub(crate) fn tell_changed(tx: &mut TenantTx, order: &WorkOrder) {
    tx.tell(&WorkOrderChanged {
        order: order.id,
        customer: order.customer_id,
        appointment: order.appointment_id,
        number: order.number,
    });
}

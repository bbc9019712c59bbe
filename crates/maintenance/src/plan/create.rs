//! Begins a plan: its first visits are booked at once.
use catalog::ItemId;
use customers::{CustomerId, LocationId, customer};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
};
use scheduling::TechnicianId;

use super::{Holidays, Plan, PlanCreated, PlanId, Status, Terms, find, terms::known};
use crate::{permissions::MaintenanceWrite, visit};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub customer_id: CustomerId,
    /// The day from which the rule counts. It never changes.
    pub starts_on: Date,
    /// IANA's name of the clock that counts, such as America/Chicago; the company's when not given.
    pub zone: Option<String>,
    /// One of the customer's service locations.
    pub location_id: LocationId,
    /// A service of the price book; a visit takes as long as it says there.
    pub item_id: ItemId,
    /// Who is sent where they are free; otherwise a visit waits in the tray of the board.
    pub technician_id: Option<TechnicianId>,
    /// For whoever goes there.
    pub note: Option<String>,
    /// RFC 5545 without COUNT, UNTIL and times of day: `FREQ=MONTHLY;INTERVAL=6;BYDAY=1TU`.
    pub rule: String,
    /// When a visit begins, on the clock of the zone.
    pub time: Time,
    /// The last day on which a visit may fall due.
    pub ends_on: Option<Date>,
    /// The months in which visits are made, 1 to 12; none: all of them.
    #[serde(default)]
    pub months: Vec<i32>,
    /// So many days may a visit be made before or after, up to 14: for holidays, and to find the technician free.
    pub leeway_days: Option<i32>,
    /// What becomes of a visit on a public holiday of the company's country; `work` when not given.
    pub holidays: Option<Holidays>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("zone", &mut self.zone, 64);
        let known = self.zone.as_deref().is_none_or(|zone| zone.contains('/') && TimeZone::get(zone).is_ok());
        checks.that(known, "zone", "zone", "There is no such time zone. One is such as America/Chicago.");
        let mut terms = self.terms();
        terms.check(checks);
        (self.note, self.months) = (terms.note, terms.months);
    }
}
impl New {
    fn terms(&self) -> Terms {
        Terms {
            location_id: self.location_id,
            item_id: self.item_id,
            technician_id: self.technician_id,
            note: self.note.clone(),
            rule: self.rule.clone(),
            time: self.time,
            ends_on: self.ends_on,
            months: self.months.clone(),
            leeway_days: self.leeway_days,
            holidays: self.holidays,
        }
    }
}

sql! {
    fn insert(id: PlanId, customer: CustomerId, location: LocationId, item: ItemId, technician: Option<TechnicianId>, note: Option<String>,
              rule: String, zone: String, starts_on: Date, begins: Time, ends_on: Option<Date>, months: Vec<i32>, leeway_days: i32,
              holidays: Holidays, status: Status, next_due: Option<Date>, follows: Option<PlanId>, at: jiff::Timestamp, by: Option<uuid::Uuid>) = "
        insert into maintenance_plan (tenant_id, id, customer_id, location_id, item_id, technician_id, note, rule, zone, starts_on, begins,
                                      ends_on, months, leeway_days, holidays, status, next_due, follows_id, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)";
}

/// Where a plan comes from: for whom, on which clock, and of which it is the rest.
pub(super) struct Origin {
    pub customer: CustomerId,
    pub zone: String,
    pub starts_on: Date,
    pub status: Status,
    pub follows: Option<PlanId>,
}

/// Writes the plan down; its terms are settled already.
pub(super) async fn enter(tx: &mut TenantTx, origin: &Origin, terms: &Terms) -> Result<Plan> {
    let id = PlanId::new();
    tx.tell(&PlanCreated { plan: id, customer: origin.customer, follows: origin.follows });
    let (now, by) = (tx.now(), tx.user());
    let row = insert(
        id,
        origin.customer,
        terms.location_id,
        terms.item_id,
        terms.technician_id,
        terms.note.clone(),
        terms.rule.clone(),
        origin.zone.clone(),
        origin.starts_on,
        terms.time,
        terms.ends_on,
        terms.months.clone(),
        terms.leeway_days.unwrap_or(0),
        terms.holidays.unwrap_or(Holidays::Work),
        origin.status,
        Some(origin.starts_on),
        origin.follows,
        now,
        by,
    );
    let (_, found) = tx.run((row, find(id))).await?;
    found.ok_or_else(|| Error::field("/customer_id", "missing", "There is no such customer."))
}

pub async fn create(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<Plan> {
    let locale = &scope.tenant().locale;
    let missing = || Error::field("/customer_id", "missing", "There is no such customer.");
    let who = tx.run(customer::maybe(new.customer_id)).await?.ok_or_else(missing)?;
    if who.status == customer::Status::Archived {
        return Err(Error::refused(format!("{} is archived and gets no visits. Bring them back first.", who.name)));
    }
    let terms = new.terms();
    known(tx, new.customer_id, &terms).await?;
    let terms = terms.settled(new.starts_on, &locale.country)?;
    let zone = new.zone.clone().or_else(|| locale.zone.iana_name().map(str::to_owned)).unwrap_or_else(|| "UTC".into());
    let origin =
        Origin { customer: new.customer_id, zone, starts_on: new.starts_on, status: Status::Active, follows: None };
    let plan = enter(tx, &origin, &terms).await?;
    visit::make(tx, &plan, locale).await?;
    tx.run(find(plan.id)).await?.ok_or(Error::NotFound)
}

pub async fn create_api(access: Access<MaintenanceWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Plan>>> {
    access
        .once(async |tx| {
            let made = create(&access, tx, &new).await?;
            Ok(Created { location: format!("/api/v1/maintenance-plans/{}", made.id), body: made })
        })
        .await
}

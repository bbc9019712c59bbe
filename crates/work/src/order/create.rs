//! A new job: from a visit, whose booked service becomes its first line, or by itself.
use catalog::item::{self, Item};
use customers::{CustomerId, LocationId};
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
};
use scheduling::{
    Appointment, AppointmentId, appointment,
    terms::{self, Agreed},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shown, WorkOrder, WorkOrderCreated, WorkOrderId, find, id_of_appointment, lock_visit};
use crate::{line, permissions::WorkWrite};

/// Either a visit, or a customer and what is to be done.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// The visit it is done on. A visit has one job: asked for again, the same is given.
    pub appointment_id: Option<AppointmentId>,
    /// Needed without a visit.
    pub customer_id: Option<CustomerId>,
    pub location_id: Option<LocationId>,
    /// Needed without a visit.
    pub title: Option<String>,
    pub scope: Option<String>,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("title", &mut self.title, 200);
        checks.optional("scope", &mut self.scope, 5000);
        match self.appointment_id {
            Some(_) => {
                let sentence = "A visit knows its customer and address; leave these out.";
                checks.that(self.customer_id.is_none() && self.location_id.is_none(), "customer_id", "twice", sentence);
            }
            None => {
                checks.that(
                    self.customer_id.is_some(),
                    "customer_id",
                    "required",
                    "Say for which customer, or for which visit.",
                );
                checks.that(self.title.is_some(), "title", "required", "Say in a few words what is to be done.");
            }
        }
    }
}

sql! {
    fn take_number(first: i64) -> i64 = "
        insert into work_order_counter (tenant_id, next) values ($1, $2 + 1)
        on conflict (tenant_id) do update set next = work_order_counter.next + 1
        returning next - 1";
    fn location_of(customer: CustomerId, location: LocationId) -> Option<LocationId> = "
        select id from location where tenant_id = $1 and customer_id = $2 and id = $3";
    fn insert(id: WorkOrderId, number: i64, customer: CustomerId, location: Option<LocationId>, appointment: Option<AppointmentId>, title: String, scope: Option<String>, currency: String, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into work_order (tenant_id, id, number, customer_id, location_id, appointment_id, title, scope, currency, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)";
}

const FIRST: i64 = 1001;

/// `currency` is the company's.
pub async fn create(tx: &mut TenantTx, new: New, currency: &str) -> Result<WorkOrder> {
    if let Some(appointment) = new.appointment_id {
        return of_appointment(tx, appointment, currency, new.title, new.scope).await;
    }
    let (Some(customer), Some(title)) = (new.customer_id, new.title) else {
        return Err(Error::field("/customer_id", "required", "Say for which customer, or for which visit."));
    };
    if let Some(location) = new.location_id
        && tx.run(location_of(customer, location)).await?.is_none()
    {
        return Err(Error::field("/location_id", "missing", "There is no such address of this customer."));
    }
    add(tx, customer, new.location_id, None, title, new.scope, currency).await
}

/// The job of a visit: made on first asking, the same ever after. The booked service is its first line.
pub async fn of_appointment(
    tx: &mut TenantTx,
    id: AppointmentId,
    currency: &str,
    title: Option<String>,
    scope: Option<String>,
) -> Result<WorkOrder> {
    let (_, visit, existing) = tx.run((lock_visit(id), appointment::find(id), id_of_appointment(id))).await?;
    let visit = visit.ok_or(Error::NotFound)?;
    if let Some(existing) = existing {
        return tx.run(find(existing)).await?.ok_or(Error::NotFound);
    }
    if matches!(visit.status, appointment::Status::Cancelled | appointment::Status::NoShow) {
        return Err(Error::refused("This visit did not take place. Book a new one, and the job goes with it."));
    }
    let title: String = title.unwrap_or(visit.title).chars().take(200).collect();
    let scope = scope.or_else(|| visit.problem.map(|problem| problem.chars().take(5000).collect()));
    let order = add(tx, visit.customer_id, visit.location_id, Some(id), title, scope, currency).await?;
    let service = match visit.item_id {
        Some(item) => tx.run(item::find(item)).await?,
        None => None,
    };
    if let Some(service) = &service {
        line::add::from_book(tx, &order, service, 1000).await?;
    }
    let extra = agreed_extra(tx, &order, id, service.as_ref()).await?;
    match service.is_some() || extra {
        true => tx.run(find(order.id)).await?.ok_or(Error::NotFound),
        false => Ok(order),
    }
}

/// What was agreed for a visit beyond the price of its service is a line of its own, taxed as the service.
async fn agreed_extra(
    tx: &mut TenantTx,
    order: &WorkOrder,
    visit: AppointmentId,
    service: Option<&Item>,
) -> Result<bool> {
    let agreed = tx.run(terms::of_visit(visit)).await?.filter(|agreed| agreed.currency == order.currency);
    let Some((name, amount)) = agreed.as_ref().and_then(Agreed::surcharge) else { return Ok(false) };
    line::add::surcharge(tx, order, name, amount.minor, service.and_then(|service| service.tax_rate_id)).await?;
    Ok(true)
}

pub(crate) async fn extra_of_visit(tx: &mut TenantTx, order: &WorkOrder, visit: &Appointment) -> Result<()> {
    let service = match visit.item_id {
        Some(item) => tx.run(item::find(item)).await?,
        None => None,
    };
    agreed_extra(tx, order, visit.id, service.as_ref()).await.map(drop)
}

async fn add(
    tx: &mut TenantTx,
    customer: CustomerId,
    location: Option<LocationId>,
    appointment: Option<AppointmentId>,
    title: String,
    scope: Option<String>,
    currency: &str,
) -> Result<WorkOrder> {
    let number = tx.run(take_number(FIRST)).await?;
    let id = WorkOrderId::new();
    let (at, by) = (tx.now(), tx.user());
    let insert = insert(id, number, customer, location, appointment, title, scope, currency.into(), at, by);
    // The visit it is made of is its first: a trigger ties it, whichever version of the program makes the job.
    let (_, found) = tx.run((insert, find(id))).await?;
    tx.tell(&WorkOrderCreated { order: id, customer, appointment, number });
    found.ok_or(Error::NotFound)
}

pub async fn api(access: Access<WorkWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Shown>>> {
    let currency = access.tenant().locale.currency;
    access
        .once(async |tx: &mut TenantTx| {
            let order = create(tx, new.clone(), currency.code()).await?;
            Ok(Created { location: format!("/api/v1/work-orders/{}", order.id), body: Shown::from(order) })
        })
        .await
}

//! Adding a piece of equipment to a customer.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Equipment, EquipmentAdded, EquipmentId, at, of_customer, words};
use crate::{
    CustomerId, LocationId,
    customer::{self, words as customer_words},
    location,
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Which of the customer's locations; not needed where there is one.
    pub location_id: Option<LocationId>,
    pub name: String,
    pub make: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub installed_on: Option<Date>,
    pub warranty_until: Option<Date>,
    pub notes: Option<String>,
    pub removed_on: Option<Date>,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "what it is, such as Furnace");
        checks.optional("make", &mut self.make, 80);
        checks.optional("model", &mut self.model, 80);
        checks.optional("serial", &mut self.serial, 80);
        checks.optional("notes", &mut self.notes, 2000);
        check_dates(checks, self.installed_on, self.warranty_until, self.removed_on);
    }
}

/// Of what is not given, nothing is asked.
pub(super) fn check_dates(checks: &mut Checks, installed: Option<Date>, warranty: Option<Date>, removed: Option<Date>) {
    let after = |day: Option<Date>| installed.zip(day).is_none_or(|(installed, day)| day >= installed);
    checks.that(after(warranty), "warranty_until", "order", "The warranty ends after the day it was installed.");
    checks.that(after(removed), "removed_on", "order", "It was taken out after the day it was installed.");
}

sql! {
    fn insert(id: EquipmentId, customer: CustomerId, location: LocationId, name: String, make: Option<String>, model: Option<String>, serial: Option<String>, installed_on: Option<Date>, warranty_until: Option<Date>, notes: Option<String>, removed_on: Option<Date>, words: String, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into equipment (tenant_id, id, customer_id, location_id, name, make, model, serial, installed_on, warranty_until, notes, removed_on, words, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15)";
}

pub async fn create(tx: &mut TenantTx, customer: CustomerId, new: New) -> Result<Equipment> {
    let read = (customer::find(customer), location::of_customer(customer), of_customer(customer));
    let (customer, locations, all) = tx.run(read).await?;
    if all.len() >= 500 {
        return Err(Error::refused("A customer has at most 500 pieces of equipment."));
    }
    let equipment = Equipment {
        id: EquipmentId::new(),
        customer_id: customer.id,
        location_id: at(new.location_id, &locations)?,
        name: new.name,
        make: new.make,
        model: new.model,
        serial: new.serial,
        installed_on: new.installed_on,
        warranty_until: new.warranty_until,
        notes: new.notes,
        removed_on: new.removed_on,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    let one = equipment.clone();
    let words = words(one.make.as_deref(), one.model.as_deref(), one.serial.as_deref());
    let statement = insert(
        one.id,
        one.customer_id,
        one.location_id,
        one.name,
        one.make,
        one.model,
        one.serial,
        one.installed_on,
        one.warranty_until,
        one.notes,
        one.removed_on,
        words,
        tx.now(),
        tx.user(),
    );
    tx.queue(statement);
    customer_words::renew(tx, &customer).await?;
    tx.tell(&EquipmentAdded { customer: customer.id, equipment: equipment.id });
    Ok(equipment)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(customer): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Equipment>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let equipment = create(tx, customer, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/equipment/{}", equipment.id), body: equipment })
        })
        .await
}

//! Changing a piece of equipment, up to the day it is taken out: what is absent stays, what is empty goes.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Equipment, EquipmentChanged, EquipmentId, EquipmentRemoved, at, create::check_dates, find, words};
use crate::{
    LocationId,
    customer::{
        self,
        change::{given, keeping_empty, merged},
        words as customer_words,
    },
    location,
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub location_id: Option<LocationId>,
    pub name: Option<String>,
    #[serde(deserialize_with = "given")]
    pub make: Option<String>,
    #[serde(deserialize_with = "given")]
    pub model: Option<String>,
    #[serde(deserialize_with = "given")]
    pub serial: Option<String>,
    #[serde(deserialize_with = "chosen")]
    pub installed_on: Option<Option<Date>>,
    #[serde(deserialize_with = "chosen")]
    pub warranty_until: Option<Option<Date>>,
    #[serde(deserialize_with = "given")]
    pub notes: Option<String>,
    /// The day it was taken out; `null` when it is there after all.
    #[serde(deserialize_with = "chosen")]
    pub removed_on: Option<Option<Date>>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 80, "what it is, such as Furnace");
        }
        for (name, value, most) in [
            ("make", &mut self.make, 80),
            ("model", &mut self.model, 80),
            ("serial", &mut self.serial, 80),
            ("notes", &mut self.notes, 2000),
        ] {
            keeping_empty(value, |value| checks.optional(name, value, most));
        }
    }
}

sql! {
    fn update(id: EquipmentId, seen: i64, location: LocationId, name: String, make: Option<String>, model: Option<String>, serial: Option<String>, installed_on: Option<Date>, warranty_until: Option<Date>, notes: Option<String>, removed_on: Option<Date>, words: String, at: Timestamp) -> Option<Equipment> = "
        update equipment set location_id = $4, name = $5, make = $6, model = $7, serial = $8, installed_on = $9, warranty_until = $10, notes = $11, removed_on = $12, words = $13, updated_at = $14, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, customer_id, location_id, name, make, model, serial, installed_on, warranty_until, notes, removed_on, version, created_at, updated_at";
}

pub async fn change(tx: &mut TenantTx, id: EquipmentId, seen: i64, change: Change) -> Result<Equipment> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let read = (customer::find(now.customer_id), location::of_customer(now.customer_id));
    let (customer, locations) = tx.run(read).await?;
    let place = at(Some(change.location_id.unwrap_or(now.location_id)), &locations)?;
    let (installed, warranty, removed) = (
        change.installed_on.unwrap_or(now.installed_on),
        change.warranty_until.unwrap_or(now.warranty_until),
        change.removed_on.unwrap_or(now.removed_on),
    );
    let mut checks = Checks::default();
    check_dates(&mut checks, installed, warranty, removed);
    checks.done()?;
    let (make, model) = (merged(now.make, change.make), merged(now.model, change.model));
    let serial = merged(now.serial, change.serial);
    let known_by = words(make.as_deref(), model.as_deref(), serial.as_deref());
    let statement = update(
        id,
        seen,
        place,
        change.name.unwrap_or(now.name),
        make,
        model,
        serial,
        installed,
        warranty,
        merged(now.notes, change.notes),
        removed,
        known_by,
        tx.now(),
    );
    let equipment = tx.run(statement).await?.ok_or(Error::Stale(Some(now.version)))?;
    customer_words::renew(tx, &customer).await?;
    match now.removed_on.is_none() && removed.is_some() {
        true => tx.tell(&EquipmentRemoved { customer: customer.id, equipment: id }),
        false => tx.tell(&EquipmentChanged { customer: customer.id, equipment: id }),
    }
    Ok(equipment)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<EquipmentId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Equipment>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

tenancy::put_back! { "equipment", CustomersWrite, ["name", "make", "model", "serial", "installed_on", "warranty_until", "notes", "removed_on"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        scope.write_with(async move |tx: &mut TenantTx| {
            let now = tx.run(find(EquipmentId(id))).await?.ok_or(Error::NotFound)?;
            change(tx, now.id, now.version, input).await.map(drop)
        }).await
    }
}

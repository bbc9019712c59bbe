//! Adding a service location to a customer.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Location, LocationId, geo, line, of_customer, repeat_first};
use crate::{
    CustomerId,
    customer::{self, CustomerUpdated, words},
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub label: Option<String>,
    pub street: String,
    pub unit: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    /// ISO 3166, two letters; "US" when not given.
    pub country: Option<String>,
    pub access_notes: Option<String>,
    /// Degrees to the north, negative to the south; with `longitude` or not at all.
    pub latitude: Option<f64>,
    /// Degrees to the east, negative to the west.
    pub longitude: Option<f64>,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("label", &mut self.label, 80);
        checks.text("street", &mut self.street, 200, "street and house number");
        checks.optional("unit", &mut self.unit, 80);
        checks.optional("city", &mut self.city, 120);
        checks.optional("region", &mut self.region, 80);
        checks.optional("postal_code", &mut self.postal_code, 20);
        check_country(checks, &mut self.country);
        checks.optional("access_notes", &mut self.access_notes, 2000);
        check_point(checks, &mut self.latitude, &mut self.longitude);
    }
}

pub fn check_country(checks: &mut Checks, country: &mut Option<String>) {
    checks.optional("country", country, 2);
    if let Some(code) = country {
        *code = code.to_uppercase();
        let two = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        checks.that(two, "country", "country", "The country is two letters, such as US or CA.");
    }
}

pub(super) fn check_point(checks: &mut Checks, latitude: &mut Option<f64>, longitude: &mut Option<f64>) {
    let whole = latitude.is_some() == longitude.is_some();
    checks.that(whole, "longitude", "half", "Give latitude and longitude, or neither.");
    match latitude.zip(*longitude).map(geo::settled) {
        None => {}
        Some(Ok(point)) => (*latitude, *longitude) = (Some(point.0), Some(point.1)),
        Some(Err(says)) => drop(checks.that(false, "latitude", "range", says)),
    }
}

impl New {
    pub(crate) fn line(&self) -> String {
        line(&self.street, self.unit.as_deref(), self.city.as_deref())
    }
}

sql! {
    fn insert(id: LocationId, customer: CustomerId, label: Option<String>, street: String, unit: Option<String>, city: Option<String>, region: Option<String>, postal_code: Option<String>, country: String, access_notes: Option<String>, latitude: Option<f64>, longitude: Option<f64>, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into location (tenant_id, id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, latitude, longitude, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15)";
}

impl New {
    pub(crate) fn at(self, customer: CustomerId, now: Timestamp) -> Location {
        Location {
            id: LocationId::new(),
            customer_id: customer,
            label: self.label,
            street: self.street,
            unit: self.unit,
            city: self.city,
            region: self.region,
            postal_code: self.postal_code,
            country: self.country.unwrap_or_else(|| "US".into()),
            access_notes: self.access_notes,
            latitude: self.latitude,
            longitude: self.longitude,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Queues the row; place, words and event are the caller's.
pub(crate) fn add(tx: &mut TenantTx, location: Location) {
    let statement = insert(
        location.id,
        location.customer_id,
        location.label,
        location.street,
        location.unit,
        location.city,
        location.region,
        location.postal_code,
        location.country,
        location.access_notes,
        location.latitude,
        location.longitude,
        tx.now(),
        tx.user(),
    );
    tx.queue(statement);
}

pub async fn create(tx: &mut TenantTx, customer: CustomerId, new: New) -> Result<Location> {
    let (customer, locations) = tx.run((customer::find(customer), of_customer(customer))).await?;
    if locations.len() >= 500 {
        return Err(Error::refused("A customer has at most 500 locations."));
    }
    let location = new.at(customer.id, tx.now());
    add(tx, location.clone());
    repeat_first(tx, customer.id).await?;
    words::renew(tx, &customer).await?;
    tx.tell(&CustomerUpdated { customer: customer.id, number: customer.number });
    Ok(location)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(customer): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Location>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let new =
                New { country: new.country.clone().or(Some(access.tenant().locale.country.clone())), ..new.clone() };
            let location = create(tx, customer, new).await?;
            Ok(Created { location: format!("/api/v1/customers/{customer}/locations"), body: location })
        })
        .await
}

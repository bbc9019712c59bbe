//! Changing a service location: what is absent stays, what is empty goes.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Location, LocationId,
    create::{check_country, check_point},
    find, repeat_first,
};
use crate::{
    customer::{
        self, CustomerUpdated,
        change::{given, keeping_empty, merged},
        words,
    },
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    #[serde(deserialize_with = "given")]
    pub label: Option<String>,
    pub street: Option<String>,
    #[serde(deserialize_with = "given")]
    pub unit: Option<String>,
    #[serde(deserialize_with = "given")]
    pub city: Option<String>,
    #[serde(deserialize_with = "given")]
    pub region: Option<String>,
    #[serde(deserialize_with = "given")]
    pub postal_code: Option<String>,
    pub country: Option<String>,
    #[serde(deserialize_with = "given")]
    pub access_notes: Option<String>,
    #[serde(deserialize_with = "chosen")]
    pub latitude: Option<Option<f64>>,
    #[serde(deserialize_with = "chosen")]
    pub longitude: Option<Option<f64>>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(street) = &mut self.street {
            checks.text("street", street, 200, "street and house number");
        }
        check_country(checks, &mut self.country);
        for (name, value, most) in [
            ("label", &mut self.label, 80),
            ("unit", &mut self.unit, 80),
            ("city", &mut self.city, 120),
            ("region", &mut self.region, 80),
            ("postal_code", &mut self.postal_code, 20),
            ("access_notes", &mut self.access_notes, 2000),
        ] {
            keeping_empty(value, |value| checks.optional(name, value, most));
        }
    }
}

sql! {
    fn update(id: LocationId, seen: i64, label: Option<String>, street: String, unit: Option<String>, city: Option<String>, region: Option<String>, postal_code: Option<String>, country: String, access_notes: Option<String>, latitude: Option<f64>, longitude: Option<f64>, at: Timestamp) -> Option<Location> = "
        update location set label = $4, street = $5, unit = $6, city = $7, region = $8, postal_code = $9, country = $10, access_notes = $11, latitude = $12, longitude = $13, updated_at = $14, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, latitude::float8 as latitude, longitude::float8 as longitude, version, created_at, updated_at";
}

/// Half a point is refused only once it is known what was there.
fn point(latitude: Option<f64>, longitude: Option<f64>) -> Result<(Option<f64>, Option<f64>)> {
    let (mut checks, mut point) = (Checks::default(), (latitude, longitude));
    check_point(&mut checks, &mut point.0, &mut point.1);
    checks.done().map(|()| point)
}

pub async fn change(tx: &mut TenantTx, id: LocationId, seen: i64, change: Change) -> Result<Location> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let (latitude, longitude) =
        point(change.latitude.unwrap_or(now.latitude), change.longitude.unwrap_or(now.longitude))?;
    let statement = update(
        id,
        seen,
        merged(now.label, change.label),
        change.street.unwrap_or(now.street),
        merged(now.unit, change.unit),
        merged(now.city, change.city),
        merged(now.region, change.region),
        merged(now.postal_code, change.postal_code),
        change.country.unwrap_or(now.country),
        merged(now.access_notes, change.access_notes),
        latitude,
        longitude,
        tx.now(),
    );
    let (location, customer) = tx.run((statement, customer::find(now.customer_id))).await?;
    let location = location.ok_or(Error::Stale(Some(now.version)))?;
    repeat_first(tx, customer.id).await?;
    words::renew(tx, &customer).await?;
    tx.tell(&CustomerUpdated { customer: customer.id, number: customer.number });
    Ok(location)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<LocationId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Location>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

tenancy::put_back! { "location", CustomersWrite, ["label", "street", "unit", "city", "region", "postal_code", "country", "access_notes", "latitude", "longitude"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        scope.write_with(async move |tx: &mut TenantTx| {
            let now = tx.run(find(LocationId(id))).await?.ok_or(Error::NotFound)?;
            change(tx, now.id, now.version, input).await.map(drop)
        }).await
    }
}

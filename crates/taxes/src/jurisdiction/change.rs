//! Changing a jurisdiction, or taking it out of use. Papers that are there keep their taxes.
use catalog::CatalogWrite;
use customers::location::check_country;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{Jurisdiction, JurisdictionChanged, JurisdictionId, OF_COUNTRY, check_codes, check_words, find};

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "JurisdictionChange")]
pub struct Change {
    pub name: Option<String>,
    /// An empty text: everywhere.
    pub country: Option<String>,
    pub regions: Option<Vec<String>>,
    pub cities: Option<Vec<String>>,
    pub postal_codes: Option<Vec<String>>,
    pub active: Option<bool>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 60, "the jurisdiction a name, such as State of Texas");
        }
        let mut country = self.country.take();
        if country.as_deref().is_some_and(|code| !code.trim().is_empty()) {
            check_country(checks, &mut country);
        }
        self.country = country.map(|code| code.trim().to_owned());
        for (field, list, most) in [("regions", &mut self.regions, 50), ("cities", &mut self.cities, 500)] {
            if let Some(list) = list {
                check_words(checks, field, list, most);
            }
        }
        if let Some(codes) = &mut self.postal_codes {
            check_codes(checks, codes);
        }
    }
}

sql! {
    fn update(id: JurisdictionId, seen: i64, name: String, name_key: String, country: String, regions: Vec<String>, cities: Vec<String>, postal_codes: Vec<String>, active: bool, at: Timestamp) -> Option<Jurisdiction> = "
        update jurisdiction set name = $4, name_key = $5, country = $6, regions = $7, cities = $8, postal_codes = $9, active = $10,
               updated_at = $11, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, name, country, regions, cities, postal_codes, active, version, created_at, updated_at";
}

pub async fn change(tx: &mut TenantTx, id: JurisdictionId, seen: i64, change: Change) -> Result<Jurisdiction> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let name = change.name.unwrap_or(now.name);
    let country = change.country.unwrap_or(now.country);
    let regions = change.regions.unwrap_or(now.regions);
    let cities = change.cities.unwrap_or(now.cities);
    let codes = change.postal_codes.unwrap_or(now.postal_codes);
    if country.is_empty() && !(regions.is_empty() && cities.is_empty() && codes.is_empty()) {
        return Err(Error::field("/country", "required", OF_COUNTRY));
    }
    tx.tell(&JurisdictionChanged { jurisdiction: id, name: name.clone() });
    let (key, active) = (fold(&name), change.active.unwrap_or(now.active));
    let changed = tx.run(update(id, seen, name, key, country, regions, cities, codes, active, tx.now())).await?;
    changed.ok_or(Error::Stale(Some(now.version)))
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<JurisdictionId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Jurisdiction>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

tenancy::put_back! { "jurisdiction", CatalogWrite, ["name", "country", "regions", "cities", "postal_codes", "active"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        let id = JurisdictionId(id);
        scope.write_with(async move |tx: &mut TenantTx| {
            let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
            change(tx, id, now.version, input).await.map(drop)
        }).await
    }
}

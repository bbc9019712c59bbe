//! Adding a jurisdiction.
use catalog::CatalogWrite;
use customers::location::check_country;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{Jurisdiction, JurisdictionAdded, JurisdictionId, MOST, OF_COUNTRY, check_codes, check_words, count, find};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewJurisdiction")]
pub struct New {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
    /// ISO 3166, two letters; everywhere when left out.
    #[serde(default)]
    pub country: Option<String>,
    /// States, provinces or counties, in every way they are written.
    #[serde(default)]
    pub regions: Vec<String>,
    #[serde(default)]
    pub cities: Vec<String>,
    /// "787*" stands for all that begin so.
    #[serde(default)]
    pub postal_codes: Vec<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "the jurisdiction a name, such as State of Texas");
        check_country(checks, &mut self.country);
        check_words(checks, "regions", &mut self.regions, 50);
        check_words(checks, "cities", &mut self.cities, 500);
        check_codes(checks, &mut self.postal_codes);
        let anywhere = self.regions.is_empty() && self.cities.is_empty() && self.postal_codes.is_empty();
        checks.that(anywhere || self.country.is_some(), "country", "required", OF_COUNTRY);
    }
}

sql! {
    fn insert(id: JurisdictionId, name: String, name_key: String, country: String, regions: Vec<String>, cities: Vec<String>, postal_codes: Vec<String>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into jurisdiction (tenant_id, id, name, name_key, country, regions, cities, postal_codes, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<Jurisdiction> {
    if tx.run(count()).await? >= MOST {
        return Err(Error::refused(format!("There are at most {MOST} jurisdictions.")));
    }
    let id = JurisdictionId::new();
    tx.tell(&JurisdictionAdded { jurisdiction: id, name: new.name.clone() });
    let (key, country) = (fold(&new.name), new.country.unwrap_or_default());
    let insert = insert(id, new.name, key, country, new.regions, new.cities, new.postal_codes, tx.now(), tx.user());
    let (_, found) = tx.run((insert, find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Jurisdiction>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let body = create(tx, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/jurisdictions/{}", body.id), body })
        })
        .await
}

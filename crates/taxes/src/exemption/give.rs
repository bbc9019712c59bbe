//! Exempting a customer. Papers from now on carry no such tax; those that are there stay.
use catalog::CatalogWrite;
use customers::{CustomerId, customer};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{Exemption, ExemptionId, TaxExemptionGiven, find, of};
use crate::jurisdiction::JurisdictionId;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewTaxExemption")]
pub struct New {
    /// The number of the certificate.
    #[serde(default)]
    #[schemars(required)]
    pub certificate: String,
    #[serde(default)]
    pub reason: Option<String>,
    /// Of the taxes of this jurisdiction alone; of all when left out.
    #[serde(default)]
    pub jurisdiction_id: Option<JurisdictionId>,
    /// Today when left out.
    #[serde(default)]
    pub from_on: Option<Date>,
    /// The day from which it counts no more.
    #[serde(default)]
    pub until_on: Option<Date>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("certificate", &mut self.certificate, 60, "the number of the certificate");
        checks.optional("reason", &mut self.reason, 300);
        for (field, day) in [("from_on", self.from_on), ("until_on", self.until_on)] {
            let days = day.is_none_or(|on| (1990..=2200).contains(&on.year()));
            checks.that(days, field, "range", "Give a day between 1990 and 2200.");
        }
    }
}

sql! {
    fn insert(id: ExemptionId, customer: CustomerId, jurisdiction: Option<JurisdictionId>, certificate: String, reason: Option<String>, from: Date, until: Option<Date>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into tax_exemption (tenant_id, id, customer_id, jurisdiction_id, certificate, reason, from_on, until_on, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
}

pub async fn give(tx: &mut TenantTx, customer: CustomerId, new: New) -> Result<Exemption> {
    let (_, all) = tx.run((customer::find(customer), of(customer))).await?;
    if all.len() >= 100 {
        return Err(Error::refused("A customer has at most 100 exemptions, old ones included."));
    }
    let from = new.from_on.unwrap_or(tx.today());
    if new.until_on.is_some_and(|until| until <= from) {
        return Err(Error::field("/until_on", "order", "It ends after its first day."));
    }
    let id = ExemptionId::new();
    tx.tell(&TaxExemptionGiven { exemption: id, customer });
    let (at, by) = (tx.now(), tx.user());
    let insert = insert(id, customer, new.jurisdiction_id, new.certificate, new.reason, from, new.until_on, at, by);
    let (_, found) = tx.run((insert, find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Exemption>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let body = give(tx, id, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/customers/{id}/tax-exemptions"), body })
        })
        .await
}

//! Changing or archiving a tax rate. What was sold before keeps the rate it was sold at.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Status, TaxRate, TaxRateId, TaxRateUpdated, find, unset_standard};
use crate::permissions::CatalogWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    /// Millionths: 8.25 % is 82500.
    pub rate_ppm: Option<i64>,
    pub standard: Option<bool>,
    pub status: Option<Status>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 80, "a name");
        }
        let rate = self.rate_ppm.unwrap_or(0);
        checks.range("rate_ppm", rate, 0, 1_000_000, "The rate is 0 to 1,000,000 millionths; 8.25 % is 82500.");
    }
}

sql! {
    fn update(id: TaxRateId, seen: i64, name: String, rate_ppm: i64, standard: bool, status: Status, at: Timestamp) -> Option<TaxRate> = "
        update tax_rate set name = $4, rate_ppm = $5, standard = $6, status = $7, updated_at = $8, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, name, rate_ppm, standard, status, version, created_at, updated_at";
    fn used(id: TaxRateId) -> bool = "
        select exists (select 1 from item where tenant_id = $1 and tax_rate_id = $2 and status = 'active')";
}

pub async fn change(tx: &mut TenantTx, id: TaxRateId, seen: i64, change: Change) -> Result<TaxRate> {
    let (now, used) = tx.run((find(id), used(id))).await?;
    let now = now.ok_or(Error::NotFound)?;
    let status = change.status.unwrap_or(now.status);
    if status == Status::Archived && now.status == Status::Active && used {
        return Err(Error::refused(format!(
            "{} is still on items of the price book. Give those another tax first.",
            now.name
        )));
    }
    let standard = change.standard.unwrap_or(now.standard) && status == Status::Active;
    if standard {
        tx.run(unset_standard(id)).await?;
    }
    let (name, rate) = (change.name.unwrap_or(now.name), change.rate_ppm.unwrap_or(now.rate_ppm));
    let changed = tx.run(update(id, seen, name, rate, standard, status, tx.now())).await?;
    let rate = changed.ok_or(Error::Stale(Some(now.version)))?;
    tx.tell(&TaxRateUpdated { tax_rate: id, rate_ppm: rate.rate_ppm });
    Ok(rate)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<TaxRateId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<TaxRate>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

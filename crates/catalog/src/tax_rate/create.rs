//! Adding a tax rate.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Status, TaxRate, TaxRateCreated, TaxRateId, active, unset_standard};
use crate::permissions::CatalogWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
    /// Millionths: 8.25 % is 82500.
    pub rate_ppm: i64,
    #[serde(default)]
    pub standard: bool,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name");
        checks.range(
            "rate_ppm",
            self.rate_ppm,
            0,
            1_000_000,
            "The rate is 0 to 1,000,000 millionths; 8.25 % is 82500.",
        );
    }
}

sql! {
    fn insert(id: TaxRateId, name: String, rate_ppm: i64, standard: bool, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into tax_rate (tenant_id, id, name, rate_ppm, standard, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $6, $7)";
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<TaxRate> {
    let (id, now) = (TaxRateId::new(), tx.now());
    if tx.run(active()).await?.len() >= 100 {
        return Err(Error::refused("There are at most 100 tax rates. Archive one that is no longer used."));
    }
    if new.standard {
        tx.run(unset_standard(id)).await?;
    }
    tx.queue(insert(id, new.name.clone(), new.rate_ppm, new.standard, now, tx.user()));
    tx.tell(&TaxRateCreated { tax_rate: id, rate_ppm: new.rate_ppm });
    Ok(TaxRate {
        id,
        name: new.name,
        rate_ppm: new.rate_ppm,
        standard: new.standard,
        status: Status::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<TaxRate>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let rate = create(tx, new.clone()).await?;
            Ok(Created { location: "/api/v1/tax-rates".into(), body: rate })
        })
        .await
}

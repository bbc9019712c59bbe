//! Adding a labor rate.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Cost, Error, Input, Money, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{LaborRate, LaborRateCreated, LaborRateId, active, find, unset_standard};
use crate::{
    item::create::{check_cost, check_price, in_currency},
    permissions::CatalogWrite,
    price::reprice::Reprice,
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
    /// For an hour.
    pub price: Money,
    /// What an hour costs the company.
    pub cost: Option<Cost>,
    #[serde(default)]
    pub standard: bool,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name");
        check_price(checks, self.price);
        check_cost(checks, self.cost);
    }
}

sql! {
    fn insert(id: LaborRateId, name: String, name_key: String, price_minor: i64, cost_minor: Option<i64>, currency: String, standard: bool, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into labor_rate (tenant_id, id, name, name_key, price_minor, cost_minor, currency, standard, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<LaborRate> {
    let (id, now) = (LaborRateId::new(), tx.now());
    if tx.run(active()).await?.len() >= 100 {
        return Err(Error::refused("There are at most 100 labor rates. Archive one that is no longer used."));
    }
    if new.standard {
        tx.run(unset_standard(id)).await?;
        tx.enqueue(&Reprice::now());
    }
    let (cost, currency) = (new.cost.map(|cost| cost.0.minor), new.price.currency.code().to_owned());
    tx.queue(insert(
        id,
        new.name.clone(),
        fold(&new.name),
        new.price.minor,
        cost,
        currency,
        new.standard,
        now,
        tx.user(),
    ));
    tx.tell(&LaborRateCreated { labor_rate: id });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<LaborRate>>> {
    in_currency(&access, Some(new.price), new.cost)?;
    access
        .once(async |tx: &mut TenantTx| {
            let rate = create(tx, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/labor-rates/{}", rate.id), body: rate })
        })
        .await
}

//! Changing or archiving a labor rate. What is priced by it is reckoned anew; what was sold stays as it was sold.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Cost, Error, Input, Money, Result, TenantTx, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{LaborRate, LaborRateId, LaborRateUpdated, Status, find, unset_standard};
use crate::{
    item::create::{check_cost, check_price, in_currency},
    permissions::CatalogWrite,
    price::reprice::Reprice,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    pub price: Option<Money>,
    #[serde(deserialize_with = "chosen")]
    pub cost: Option<Option<Cost>>,
    pub standard: Option<bool>,
    pub status: Option<Status>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 80, "a name");
        }
        if let Some(price) = self.price {
            check_price(checks, price);
        }
        check_cost(checks, self.cost.flatten());
    }
}

sql! {
    fn update(id: LaborRateId, seen: i64, name: String, name_key: String, price_minor: i64, cost_minor: Option<i64>, standard: bool, status: Status, at: Timestamp) -> Option<LaborRate> = "
        update labor_rate set name = $4, name_key = $5, price_minor = $6, cost_minor = $7, standard = $8, status = $9, updated_at = $10, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, name, price_minor, cost_minor, currency, standard, status, version, created_at, updated_at";
    fn used(id: LaborRateId) -> bool = "
        select exists (select 1 from item where tenant_id = $1 and labor_rate_id = $2 and status = 'active')";
}

pub async fn change(tx: &mut TenantTx, id: LaborRateId, seen: i64, change: Change) -> Result<LaborRate> {
    let (now, used) = tx.run((find(id), used(id))).await?;
    let now = now.ok_or(Error::NotFound)?;
    let status = change.status.unwrap_or(now.status);
    if status == Status::Archived && now.status == Status::Active && used {
        return Err(Error::refused(format!(
            "{} is still on services of the price book. Give those another rate first.",
            now.name
        )));
    }
    let standard = change.standard.unwrap_or(now.standard) && status == Status::Active;
    if standard {
        tx.run(unset_standard(id)).await?;
    }
    let price = change.price.map_or(now.price_minor, |price| price.minor);
    let cost = change.cost.map_or(now.cost_minor, |cost| cost.map(|cost| cost.0.minor));
    let name = change.name.unwrap_or(now.name);
    let key = fold(&name);
    let changed = tx.run(update(id, seen, name, key, price, cost, standard, status, tx.now())).await?;
    let rate = changed.ok_or(Error::Stale(Some(now.version)))?;
    tx.tell(&LaborRateUpdated { labor_rate: id });
    tx.enqueue(&Reprice::now());
    Ok(rate)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<LaborRateId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<LaborRate>> {
    let seen = version.required()?;
    in_currency(&access, input.price, input.cost.flatten())?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

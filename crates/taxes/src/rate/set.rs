//! Saying a rate from a day on: the one before ends then, and one that is planned for later still begins.
use catalog::{CatalogWrite, TaxRateId, tax_rate};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{JurisdictionRateSet, Rate, RateId, ends, find, of, remove};
use crate::jurisdiction::{self, JurisdictionId};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewJurisdictionRate")]
pub struct New {
    /// The tax of the price book it is the rate of.
    pub tax_rate_id: TaxRateId,
    /// As papers say it; as the jurisdiction is called when left out.
    #[serde(default)]
    pub name: Option<String>,
    /// Millionths: 8.25 % is 82500.
    pub rate_ppm: i64,
    /// It is also on the taxes of wider jurisdictions.
    #[serde(default)]
    pub compound: bool,
    /// The first day; today when left out.
    #[serde(default)]
    pub from_on: Option<Date>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("name", &mut self.name, 60);
        let says = "The rate is 0 to 1,000,000 millionths; 8.25 % is 82500.";
        checks.range("rate_ppm", self.rate_ppm, 0, 1_000_000, says);
        let days = self.from_on.is_none_or(|on| (1990..=2200).contains(&on.year()));
        checks.that(days, "from_on", "range", "Give a day between 1990 and 2200.");
    }
}

sql! {
    fn insert(id: RateId, jurisdiction: JurisdictionId, tax: TaxRateId, name: String, rate_ppm: i64, compound: bool, from: Date, until: Option<Date>, gave_way: bool, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into jurisdiction_rate (tenant_id, id, jurisdiction_id, tax_rate_id, name, rate_ppm, compound, from_on, until_on, gave_way, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)";
}

pub async fn set(tx: &mut TenantTx, jurisdiction: JurisdictionId, new: New) -> Result<Rate> {
    let read = (jurisdiction::hold(jurisdiction), of(jurisdiction), tax_rate::find(new.tax_rate_id));
    let (held, rates, tax) = tx.run(read).await?;
    held.ok_or(Error::NotFound)?;
    if tax.is_none_or(|tax| tax.status != tax_rate::Status::Active) {
        return Err(Error::field("/tax_rate_id", "missing", "There is no such tax in the price book."));
    }
    if rates.len() >= 300 {
        return Err(Error::refused("A jurisdiction has at most 300 rates, old ones included."));
    }
    let (from, at, by) = (new.from_on.unwrap_or(tx.today()), tx.now(), tx.user());
    let of_tax = || rates.iter().filter(|rate| rate.tax_rate_id == new.tax_rate_id);
    let later = of_tax().map(|rate| rate.from_on).filter(|day| *day > from).min();
    let at_once = of_tax().find(|rate| rate.from_on == from);
    let before = of_tax().find(|rate| rate.from_on < from && rate.until_on.is_none_or(|until| until > from));
    // Until the next begins, or until the one whose place it takes would have ended.
    let until = [later, at_once.or(before).and_then(|rate| rate.until_on)].into_iter().flatten().min();
    let gives_way = at_once.or(before).map_or(later.is_some(), |rate| rate.gave_way);
    // At most one of them is there; it makes room before the new one comes.
    let room =
        at_once.map(|same| remove(same.id)).into_iter().chain(before.map(|before| ends(before.id, from, true, at)));
    let room: Vec<_> = room.collect();
    let id = RateId::new();
    let name = new.name.unwrap_or_default();
    let insert =
        insert(id, jurisdiction, new.tax_rate_id, name, new.rate_ppm, new.compound, from, until, gives_way, at, by);
    let (_, _, found) = tx.run((room, insert, find(jurisdiction, id))).await?;
    tx.tell(&JurisdictionRateSet { jurisdiction, tax: new.tax_rate_id, rate_ppm: new.rate_ppm, from_on: from });
    found.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<JurisdictionId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Rate>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let body = set(tx, id, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/jurisdictions/{id}/rates"), body })
        })
        .await
}

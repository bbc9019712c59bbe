//! Ending a rate: from a day on the tax is not levied there. One that has not begun by then is taken back: what ended for it goes on.
use catalog::{CatalogWrite, TaxRateId};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Json, NoContent, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{JurisdictionRateEnded, RateId, ends, find, remove};
use crate::jurisdiction::{self, JurisdictionId};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "EndOfRate")]
pub struct End {
    /// The day from which it counts no more; today when left out.
    pub on: Option<Date>,
}
impl Input for End {
    fn check(&mut self, checks: &mut Checks) {
        let days = self.on.is_none_or(|on| (1990..=2200).contains(&on.year()));
        checks.that(days, "on", "range", "Give a day between 1990 and 2200.");
    }
}

sql! {
    fn goes_on(jurisdiction: JurisdictionId, tax: TaxRateId, from: Date, until: Option<Date>, gave_way: bool, at: Timestamp) -> u64 = "
        update jurisdiction_rate set until_on = $5, gave_way = $6, updated_at = $7, version = version + 1
        where tenant_id = $1 and jurisdiction_id = $2 and tax_rate_id = $3 and until_on = $4 and gave_way";
}

pub async fn end(tx: &mut TenantTx, jurisdiction: JurisdictionId, id: RateId, end: &End) -> Result<()> {
    let (held, rate) = tx.run((jurisdiction::hold(jurisdiction), find(jurisdiction, id))).await?;
    held.ok_or(Error::NotFound)?;
    let rate = rate.ok_or(Error::NotFound)?;
    let on = end.on.unwrap_or(tx.today());
    if rate.until_on.is_some_and(|until| until <= on) {
        return Err(Error::field("/on", "ended", "It ends before that day already."));
    }
    let now = tx.now();
    match on <= rate.from_on {
        true => {
            let goes_on = goes_on(jurisdiction, rate.tax_rate_id, rate.from_on, rate.until_on, rate.gave_way, now);
            tx.run((remove(id), goes_on)).await?.0
        }
        false => tx.run(ends(id, on, false, now)).await?,
    };
    tx.tell(&JurisdictionRateEnded { jurisdiction, tax: rate.tax_rate_id, rate_ppm: rate.rate_ppm, until_on: on });
    Ok(())
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path((jurisdiction, id)): Path<(JurisdictionId, RateId)>,
    Json(input): Json<End>,
) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| end(tx, jurisdiction, id, &input).await.map(|()| NoContent)).await
}

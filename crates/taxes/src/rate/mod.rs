//! At which rate a jurisdiction levies a tax, from which day on.
mod end;
mod set;

use catalog::{CatalogRead, TaxRateId};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Error, Paged, Result,
    http::{Json, Path, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use end::{End, api as end_api, end};
pub use set::{New, api as set_api, set};

use crate::jurisdiction::{self, JurisdictionId};

kernel::id!(RateId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    #[schemars(rename = "JurisdictionRate")]
    pub struct Rate {
        pub id: RateId,
        pub jurisdiction_id: JurisdictionId,
        /// The tax of the price book it is the rate of.
        pub tax_rate_id: TaxRateId,
        pub tax: String,
        /// As papers say it; empty: as the jurisdiction is called.
        pub name: String,
        /// Millionths: 8.25 % is 82500.
        pub rate_ppm: i64,
        /// It is also on the taxes of wider jurisdictions.
        pub compound: bool,
        /// The first day.
        pub from_on: Date,
        /// The day from which it counts no more; none: until further notice.
        pub until_on: Option<Date>,
        /// It ends because another begins then, and goes on should that one be taken back.
        pub gave_way: bool,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Rate {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    pub fn of(jurisdiction: JurisdictionId) -> Vec<Rate> = "
        select r.id, r.jurisdiction_id, r.tax_rate_id, t.name as tax, r.name, r.rate_ppm, r.compound, r.from_on, r.until_on, r.gave_way, r.version, r.created_at, r.updated_at
        from jurisdiction_rate r join tax_rate t on t.tenant_id = $1 and t.id = r.tax_rate_id
        where r.tenant_id = $1 and r.jurisdiction_id = $2 order by r.from_on desc, t.name, r.id limit 300";
    /// Those that count on a day, of all jurisdictions.
    pub fn on(on: Date) -> Vec<Rate> = "
        select r.id, r.jurisdiction_id, r.tax_rate_id, t.name as tax, r.name, r.rate_ppm, r.compound, r.from_on, r.until_on, r.gave_way, r.version, r.created_at, r.updated_at
        from jurisdiction_rate r join tax_rate t on t.tenant_id = $1 and t.id = r.tax_rate_id
        where r.tenant_id = $1 and r.from_on <= $2 and (r.until_on is null or r.until_on > $2) order by t.name, r.id limit 2000";
    fn find(jurisdiction: JurisdictionId, id: RateId) -> Option<Rate> = "
        select r.id, r.jurisdiction_id, r.tax_rate_id, t.name as tax, r.name, r.rate_ppm, r.compound, r.from_on, r.until_on, r.gave_way, r.version, r.created_at, r.updated_at
        from jurisdiction_rate r join tax_rate t on t.tenant_id = $1 and t.id = r.tax_rate_id
        where r.tenant_id = $1 and r.jurisdiction_id = $2 and r.id = $3";
    fn remove(id: RateId) -> u64 = "delete from jurisdiction_rate where tenant_id = $1 and id = $2";
    fn ends(id: RateId, until: Date, gave_way: bool, at: Timestamp) -> u64 = "
        update jurisdiction_rate set until_on = $3, gave_way = $4, updated_at = $5, version = version + 1 where tenant_id = $1 and id = $2";
}

kernel::event! { pub struct JurisdictionRateSet = "jurisdiction.rate_set", seen by CatalogRead { jurisdiction: JurisdictionId, tax: TaxRateId, rate_ppm: i64, from_on: Date } }
kernel::event! { pub struct JurisdictionRateEnded = "jurisdiction.rate_ended", seen by CatalogRead { jurisdiction: JurisdictionId, tax: TaxRateId, rate_ppm: i64, until_on: Date } }
kernel::promise! {
    "jurisdiction_rate_one_at_a_time": "/from_on", "Another rate was set for these days at the same moment. Load the page again.";
    "jurisdiction_rate_tax": "/tax_rate_id", "There is no such tax in the price book."
}

pub async fn list_api(access: Access<CatalogRead>, Path(id): Path<JurisdictionId>) -> Result<Json<Paged<Rate>>> {
    let (found, data) = access.read((jurisdiction::find(id), of(id))).await?;
    found.ok_or(Error::NotFound)?;
    Ok(Json(Paged { data, next_cursor: None }))
}

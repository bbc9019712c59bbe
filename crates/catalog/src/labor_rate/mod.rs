//! What an hour of work sells for, by name: standard, after hours, senior. What it costs the company is for who may see costs.
pub mod change;
pub mod create;
pub(crate) mod form;

use jiff::Timestamp;
use kernel::{
    Access, Cost, Currency, Money, Paged, Result,
    http::{Json, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

pub use change::{Change, change};
pub use create::{New, create};

pub use crate::category::Status;
use crate::permissions::CatalogRead;

kernel::id!(LaborRateId);

row! {
    /// As kept. On the wire the amounts have their currency.
    #[derive(Debug, Clone)]
    pub struct LaborRate {
        pub id: LaborRateId,
        pub name: String,
        pub price_minor: i64,
        pub cost_minor: Option<i64>,
        pub currency: String,
        pub standard: bool,
        pub status: Status,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for LaborRate {
    fn version(&self) -> i64 {
        self.version
    }
}
impl LaborRate {
    fn own_currency(&self) -> Currency {
        Currency::of(&self.currency).unwrap_or(Currency::USD)
    }
    pub fn price(&self) -> Money {
        Money::new(self.price_minor, self.own_currency())
    }
    pub fn cost(&self) -> Option<Cost> {
        self.cost_minor.map(|minor| Cost(Money::new(minor, self.own_currency())))
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LaborRate")]
struct Wire<'a> {
    id: LaborRateId,
    name: &'a str,
    /// For an hour.
    price: Money,
    /// What an hour costs the company, if it is known.
    cost: Option<Cost>,
    /// Counts for services that name no other; at most one is.
    standard: bool,
    status: Status,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}
impl Serialize for LaborRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            id: self.id,
            name: &self.name,
            price: self.price(),
            cost: self.cost(),
            standard: self.standard,
            status: self.status,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
        .serialize(serializer)
    }
}
impl JsonSchema for LaborRate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LaborRate".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

sql! {
    pub fn active() -> Vec<LaborRate> = "
        select id, name, price_minor, cost_minor, currency, standard, status, version, created_at, updated_at
        from labor_rate where tenant_id = $1 and status = 'active' order by name_key limit 100";
    pub fn find(id: LaborRateId) -> Option<LaborRate> = "
        select id, name, price_minor, cost_minor, currency, standard, status, version, created_at, updated_at
        from labor_rate where tenant_id = $1 and id = $2";
    fn unset_standard(but: LaborRateId) -> u64 = "
        update labor_rate set standard = false where tenant_id = $1 and standard and id <> $2";
}

kernel::event! { pub struct LaborRateCreated = "labor_rate.created", seen by CatalogRead { labor_rate: LaborRateId } }
kernel::event! { pub struct LaborRateUpdated = "labor_rate.updated", seen by CatalogRead { labor_rate: LaborRateId } }

kernel::promise! {
    "labor_rate_one_standard": "", "Another rate was made the standard at the same moment. Save again.";
    "labor_rate_name_once": "/name", "There is a labor rate of this name already."
}

/// All active ones: at most 100, so there is one page of them.
pub async fn api_list(access: Access<CatalogRead>) -> Result<Json<Paged<LaborRate>>> {
    let data = access.read(active()).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}

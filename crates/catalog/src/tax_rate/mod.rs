//! A tax on what is sold. The rate is in millionths: 8.25 % is 82,500.
pub mod change;
pub mod create;
pub(crate) mod form;

use jiff::Timestamp;
use kernel::{
    Access, Paged, Result, decimal,
    http::{Json, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{Change, change};
pub use create::{New, create};

pub use crate::category::Status;
use crate::permissions::CatalogRead;

kernel::id!(TaxRateId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct TaxRate {
        pub id: TaxRateId,
        pub name: String,
        /// Millionths: 8.25 % is 82500.
        pub rate_ppm: i64,
        /// Proposed for new items; at most one is.
        pub standard: bool,
        pub status: Status,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for TaxRate {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    pub fn active() -> Vec<TaxRate> = "
        select id, name, rate_ppm, standard, status, version, created_at, updated_at
        from tax_rate where tenant_id = $1 and status = 'active' order by id limit 100";
    pub fn find(id: TaxRateId) -> Option<TaxRate> = "
        select id, name, rate_ppm, standard, status, version, created_at, updated_at
        from tax_rate where tenant_id = $1 and id = $2";
    fn unset_standard(but: TaxRateId) -> u64 = "
        update tax_rate set standard = false where tenant_id = $1 and standard and id <> $2";
}

kernel::event! { pub struct TaxRateCreated = "tax_rate.created", seen by CatalogRead { tax_rate: TaxRateId, rate_ppm: i64 } }
kernel::event! { pub struct TaxRateUpdated = "tax_rate.updated", seen by CatalogRead { tax_rate: TaxRateId, rate_ppm: i64 } }

kernel::promise! { "tax_rate_one_standard": "", "Another rate was made the standard at the same moment. Save again." }

/// All active ones: at most 100, so there is one page of them.
pub async fn api_list(access: Access<CatalogRead>) -> Result<Json<Paged<TaxRate>>> {
    let data = access.read(active()).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}

pub use kernel::decimal::percent;

/// 82,500 for "8.25", "8,25" or "8.25 %"; below a thousand per cent.
pub fn millionths(percent: &str) -> Option<i64> {
    decimal::millionths(percent).filter(|ppm| *ppm < 10_000_000)
}

/// The same, and whole per cents up to 10,000: markups go beyond a thousand, taxes do not.
pub fn far_millionths(percent: &str) -> Option<i64> {
    let plain = percent.trim().trim_end_matches('%').trim();
    let whole = || plain.parse::<i64>().ok().filter(|whole| (0..=10_000).contains(whole)).map(|whole| whole * 10_000);
    millionths(plain).or_else(whole)
}

#[test]
fn a_rate_has_an_end() {
    assert_eq!((millionths("8.25 %"), far_millionths("9000")), (Some(82_500), Some(90_000_000)));
    for bad in ["", "%", "-1", "1e3", "8.25001", "1000.5", "x"] {
        assert_eq!(millionths(bad), None, "{bad}");
    }
}

//! A tax on what is sold. The rate is in millionths: 8.25 % is 82,500.
pub mod change;
pub mod create;
pub(crate) mod form;

use jiff::Timestamp;
use kernel::{
    Access, Paged, Result,
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

/// "8.25" for 82,500 millionths: without needless zeros.
pub fn percent(rate_ppm: i64) -> String {
    let text = format!("{}.{:04}", rate_ppm / 10_000, rate_ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// 82,500 for "8.25", "8,25" or "8.25 %"; at most four digits behind the point.
pub fn millionths(percent: &str) -> Option<i64> {
    let text = percent.trim().trim_end_matches('%').trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty())
        || whole.len() > 3
        || fraction.len() > 4
        || !digits(whole)
        || !digits(fraction)
    {
        return None;
    }
    format!("{whole}{fraction:0<4}").parse().ok()
}

/// The same, and whole per cents up to 10,000: markups go beyond a thousand, taxes do not.
pub fn far_millionths(percent: &str) -> Option<i64> {
    let plain = percent.trim().trim_end_matches('%').trim();
    let whole = || plain.parse::<i64>().ok().filter(|whole| (0..=10_000).contains(whole)).map(|whole| whole * 10_000);
    millionths(plain).or_else(whole)
}

#[test]
fn percents_are_read_as_they_are_written() {
    for (text, ppm) in
        [("8.25", 82_500), ("8,25 %", 82_500), ("0", 0), ("19", 190_000), (".5", 5_000), ("6.0001", 60_001)]
    {
        assert_eq!(millionths(text), Some(ppm), "{text}");
        assert_eq!(millionths(&percent(ppm)), Some(ppm), "{text}");
    }
    for bad in ["", "%", "-1", "1e3", "8.25001", "1000.5", "x"] {
        assert_eq!(millionths(bad), None, "{bad}");
    }
    assert_eq!((percent(82_500), percent(190_000), percent(0)), ("8.25".into(), "19".into(), "0".into()));
}

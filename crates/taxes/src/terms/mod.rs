//! How papers are added up: whether prices have their taxes in them, what becomes of half a cent, and where tax is rounded.
mod change;
mod page;

use kernel::{
    Access, Result,
    http::{One, Versioned},
    row, sql,
    sum::Rules,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{Change, api as change_api, change};
pub use page::{page, post};

use catalog::CatalogRead;

kernel::id!(TermsId);

row! {
    pub(crate) struct Kept { pub id: TermsId, pub rules: Rules, pub version: i64 }
}

sql! {
    /// None as long as nobody said otherwise.
    pub fn rules() -> Option<Rules> = "select rules from tax_terms where tenant_id = $1";
    pub(crate) fn kept() -> Option<Kept> = "select id, rules, version from tax_terms where tenant_id = $1";
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "TaxTerms")]
pub struct Terms {
    #[serde(flatten)]
    pub rules: Rules,
    /// Zero as long as nobody said otherwise.
    pub version: i64,
}

impl Terms {
    pub(crate) fn of(kept: Option<Kept>) -> Self {
        kept.map_or(Self { rules: Rules::default(), version: 0 }, |kept| Self {
            rules: kept.rules,
            version: kept.version,
        })
    }
}
impl Versioned for Terms {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! { pub struct TaxTermsChanged = "tax_terms.changed", seen by CatalogRead { terms: TermsId, rules: String } }
kernel::promise! { "tax_terms_once": "", "Somebody else saved this at the same moment. Load the page again." }

pub async fn api(access: Access<CatalogRead>) -> Result<One<Terms>> {
    Ok(One(Terms::of(access.read(kept()).await?)))
}

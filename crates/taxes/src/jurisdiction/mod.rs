//! Who levies taxes, and where: a country, a region of it, towns, postal codes. What is left empty does not matter.
mod change;
mod create;
mod page;

use catalog::CatalogRead;
use customers::location::postal;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Paged, Result,
    http::{Json, One, Path, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{Change, api as change_api, change};
pub use create::{New, api as create_api, create};
pub use page::{edit, edit_post, end_post, new, new_post, rate_post};

kernel::id!(JurisdictionId);

/// A company that needs more asks a tax service.
pub(crate) const MOST: i64 = 500;

row! { pub(crate) struct Named { pub id: JurisdictionId, pub name: String } }

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Jurisdiction {
        pub id: JurisdictionId,
        pub name: String,
        /// ISO 3166, two letters; empty: everywhere.
        pub country: String,
        /// States, provinces or counties, in every way they are written; small letters. None: all of them.
        pub regions: Vec<String>,
        pub cities: Vec<String>,
        /// "787*" stands for all that begin so.
        pub postal_codes: Vec<String>,
        /// What is not in use levies nothing.
        pub active: bool,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Jurisdiction {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    pub fn find(id: JurisdictionId) -> Option<Jurisdiction> = "
        select id, name, country, regions, cities, postal_codes, active, version, created_at, updated_at
        from jurisdiction where tenant_id = $1 and id = $2";
    /// Until the transaction ends nobody else changes its rates.
    pub fn hold(id: JurisdictionId) -> Option<JurisdictionId> = "
        select id from jurisdiction where tenant_id = $1 and id = $2 for no key update";
    pub(crate) fn count() -> i64 = "select count(*) as all_of_them from jurisdiction where tenant_id = $1";
    /// Those in use, without where they are: that may be long.
    pub(crate) fn in_use() -> Vec<Named> = "
        select id, name from jurisdiction where tenant_id = $1 and active order by name_key, id limit 500";
    /// The widest first.
    pub fn list() -> Vec<Jurisdiction> = "
        select id, name, country, regions, cities, postal_codes, active, version, created_at, updated_at
        from jurisdiction where tenant_id = $1
        order by (country <> '')::int + (cardinality(regions) > 0)::int + (cardinality(cities) + cardinality(postal_codes) > 0)::int, name_key, id limit 500";
}

kernel::event! { pub struct JurisdictionAdded = "jurisdiction.added", seen by CatalogRead { jurisdiction: JurisdictionId, name: String } }
kernel::event! { pub struct JurisdictionChanged = "jurisdiction.changed", seen by CatalogRead { jurisdiction: JurisdictionId, name: String } }
kernel::promise! { "jurisdiction_name_once": "/name", "There is a jurisdiction of that name already." }

/// As the database compares addresses: small letters, nothing around.
fn word(text: &str) -> String {
    text.trim().to_lowercase()
}

fn check_words(checks: &mut Checks, field: &str, list: &mut Vec<String>, most: usize) {
    for one in list.iter_mut() {
        *one = word(one);
    }
    list.retain(|one| !one.is_empty());
    list.sort_unstable();
    list.dedup();
    checks.that(list.len() <= most, field, "too_many", format!("At most {most} of them."));
    checks.that(list.iter().all(|one| one.chars().count() <= 80), field, "too_long", "At most 80 characters each.");
}

fn check_codes(checks: &mut Checks, list: &mut Vec<String>) {
    postal::tidy(list);
    checks.that(list.len() <= postal::MOST, "postal_codes", "too_many", "At most 2,000 postal codes.");
    postal::check(checks, list);
}

const OF_COUNTRY: &str = "Say in which country these are.";

pub async fn list_api(access: Access<CatalogRead>) -> Result<Json<Paged<Jurisdiction>>> {
    Ok(Json(Paged { data: access.read(list()).await?, next_cursor: None }))
}

pub async fn find_api(access: Access<CatalogRead>, Path(id): Path<JurisdictionId>) -> Result<One<Jurisdiction>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}

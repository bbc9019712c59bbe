//! Service locations: where the work is done, and how to get in.
mod change;
mod create;
pub(crate) mod form;
pub(crate) mod geo;
pub mod postal;
mod written;

use jiff::Timestamp;
use kernel::{Result, TenantTx, http::Versioned, row, sql, text::fold};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use change::{Change, change};
pub(crate) use create::add;
pub use create::{New, check_country, create};
pub(crate) use form::address;
pub use form::{edit, new, post, post_edit};
pub use geo::{Point, map, read as read_point, write as write_point};
pub use written::place_line;

pub use change::api as api_change;
pub use create::api as api_create;

use crate::{CustomerId, customer};

kernel::id!(LocationId);

row! {
    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub struct Location {
        pub id: LocationId,
        pub customer_id: CustomerId,
        /// What people call it, such as "Lake house".
        pub label: Option<String>,
        pub street: String,
        pub unit: Option<String>,
        pub city: Option<String>,
        /// State, province or county.
        pub region: Option<String>,
        pub postal_code: Option<String>,
        /// ISO 3166, two letters.
        pub country: String,
        /// Gate code, dog, where to park.
        pub access_notes: Option<String>,
        /// Degrees to the north, negative to the south; given with `longitude` or not at all.
        pub latitude: Option<f64>,
        /// Degrees to the east, negative to the west.
        pub longitude: Option<f64>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Versioned for Location {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Location {
    /// "12 Elm St, Springfield": as short as people say it.
    pub fn line(&self) -> String {
        line(&self.street, self.unit.as_deref(), self.city.as_deref())
    }
    pub fn point(&self) -> Option<geo::Point> {
        self.latitude.zip(self.longitude)
    }
    /// All of it in one line, as a map understands it.
    pub fn address(&self) -> String {
        let street = [Some(self.street.as_str()), self.unit.as_deref()].into_iter().flatten().collect::<Vec<_>>();
        let place =
            place_line(&self.country, self.city.as_deref(), self.region.as_deref(), self.postal_code.as_deref());
        [street.join(", "), place, self.country.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

pub(crate) fn line(street: &str, unit: Option<&str>, city: Option<&str>) -> String {
    [Some(street), unit, city].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

sql! {
    pub fn find(id: LocationId) -> Option<Location> = "
        select id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, latitude::float8 as latitude, longitude::float8 as longitude, version, created_at, updated_at
        from location where tenant_id = $1 and id = $2";
    /// In order; no customer has more than are shown.
    pub fn of_customer(customer: CustomerId) -> Vec<Location> = "
        select id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, latitude::float8 as latitude, longitude::float8 as longitude, version, created_at, updated_at
        from location where tenant_id = $1 and customer_id = $2 order by position, id limit 500";
    /// Of a page of customers.
    pub(crate) fn of_customers(customers: Vec<uuid::Uuid>) -> Vec<Location> = "
        select l.id, l.customer_id, l.label, l.street, l.unit, l.city, l.region, l.postal_code, l.country, l.access_notes, l.latitude, l.longitude, l.version, l.created_at, l.updated_at
        from unnest($2::uuid[]) asked(id) cross join lateral (
            select id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, latitude::float8 as latitude, longitude::float8 as longitude, position, version, created_at, updated_at
            from location where tenant_id = $1 and customer_id = asked.id order by position, id limit 1000) l
        order by l.customer_id, l.position, l.id limit 100000";
    fn set_place(customer: CustomerId, place: Option<String>, city: Option<String>, city_key: Option<String>) -> u64 = "
        update customer set place = $3, city = $4, city_key = $5 where tenant_id = $1 and id = $2";
}

/// The customer's own line of the list follows the first location.
pub(crate) async fn repeat_first(tx: &mut TenantTx, customer: CustomerId) -> Result<()> {
    let first = tx.run(of_customer(customer)).await?.into_iter().next();
    let city = first.as_ref().and_then(|location| location.city.clone());
    tx.run(set_place(customer, first.as_ref().map(Location::line), city.clone(), city.as_deref().map(fold))).await?;
    Ok(())
}

/// All locations of a customer: at most 500, so there is one page of them.
pub async fn api_list(
    access: kernel::Access<crate::CustomersRead>,
    kernel::http::Path(customer): kernel::http::Path<CustomerId>,
) -> Result<kernel::http::Json<kernel::Paged<Location>>> {
    let (_, data) = access.read((customer::find(customer), of_customer(customer))).await?;
    Ok(kernel::http::Json(kernel::Paged { data, next_cursor: None }))
}

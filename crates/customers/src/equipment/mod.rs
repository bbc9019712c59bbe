//! Equipment: what is installed at a customer's, by whom it was made, its serial number and its warranty.
mod change;
mod create;
mod form;
mod list;
mod show;

use jiff::{Timestamp, civil::Date};
use kernel::{Error, Result, http::Versioned, row, sql, text::fold};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

pub use change::{Change, api as api_change, change};
pub use create::{New, api as api_create, create};
pub use form::{edit, new, post, post_edit};
pub(crate) use list::card;
pub use list::{api as api_list, api_one};
pub use show::page;

use crate::{CustomerId, CustomersRead, LocationId, customer::seen};

kernel::id!(EquipmentId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Equipment {
        pub id: EquipmentId,
        pub customer_id: CustomerId,
        pub location_id: LocationId,
        /// What people call it, such as "Furnace".
        pub name: String,
        pub make: Option<String>,
        pub model: Option<String>,
        pub serial: Option<String>,
        pub installed_on: Option<Date>,
        /// The last day on which the maker pays.
        pub warranty_until: Option<Date>,
        pub notes: Option<String>,
        /// Since then it is not there any more.
        pub removed_on: Option<Date>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Versioned for Equipment {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Equipment {
    /// "Carrier 59TP6A": who made it, and what.
    pub fn made(&self) -> String {
        made(self.make.as_deref(), self.model.as_deref())
    }
}

/// The same of who has no more of it than that.
pub fn made(make: Option<&str>, model: Option<&str>) -> String {
    [make, model].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

sql! {
    pub fn find(id: EquipmentId) -> Option<Equipment> = "
        select id, customer_id, location_id, name, make, model, serial, installed_on, warranty_until, notes, removed_on, version, created_at, updated_at
        from equipment where tenant_id = $1 and id = $2";
    /// In the order in which they came; no customer has more than are shown.
    pub fn of_customer(customer: CustomerId) -> Vec<Equipment> = "
        select id, customer_id, location_id, name, make, model, serial, installed_on, warranty_until, notes, removed_on, version, created_at, updated_at
        from equipment where tenant_id = $1 and customer_id = $2 order by id limit 500";
    pub(crate) fn words_of(customer: CustomerId) -> Vec<String> = "
        select words from equipment where tenant_id = $1 and customer_id = $2 order by id limit 500";
}

kernel::event! { pub struct EquipmentAdded = "equipment.added", seen by CustomersRead { customer: CustomerId, equipment: EquipmentId } }
kernel::event! { pub struct EquipmentChanged = "equipment.changed", seen by CustomersRead { customer: CustomerId, equipment: EquipmentId } }
kernel::event! { pub struct EquipmentRemoved = "equipment.removed", seen by CustomersRead { customer: CustomerId, equipment: EquipmentId } }
kernel::heard! { "equipment." by who sees seen }

crate::story! {
    "equipment.added" => |told| Some(crate::timeline::Story::of(told)?.icon("wrench").text("Equipment added"));
    "equipment.removed" => |told| Some(crate::timeline::Story::of(told)?.icon("wrench").text("Equipment taken out"));
}

kernel::promise! {
    "equipment_dates": "/installed_on", "It was installed before its warranty ends and before it is taken out. Look at the dates.";
    "equipment_location": "/location_id", "This customer has no location with that id."
}

/// The words by which its owner is found. A serial number is found in one piece too, however it is written.
pub(crate) fn words(make: Option<&str>, model: Option<&str>, serial: Option<&str>) -> String {
    let mut words = BTreeSet::new();
    for text in [make, model, serial].into_iter().flatten() {
        let folded = fold(text);
        words.insert(folded.replace(' ', ""));
        words.extend(folded.split(' ').map(str::to_owned));
    }
    let words = words.into_iter().filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(40).collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// It stands at one of the customer's own places; who has one place need not say which.
fn at(given: Option<LocationId>, locations: &[crate::Location]) -> Result<LocationId> {
    let wrong = |says: &str| Err(Error::field("/location_id", "unknown", says));
    match (given, locations) {
        (Some(id), all) if all.iter().any(|location| location.id == id) => Ok(id),
        (Some(_), _) => wrong("This customer has no location with that id."),
        (None, [only]) => Ok(only.id),
        (None, []) => wrong("Add a location first: equipment stands somewhere."),
        (None, _) => wrong("Say at which of the customer's locations it stands."),
    }
}

#[test]
fn a_serial_number_is_found_however_it_is_written() {
    let words = words(Some("Carrier"), Some("59TP6A-080"), Some("SN 4417 X"));
    for word in ["carrier", "59tp6a", "080", "59tp6a080", "sn4417x", "4417"] {
        assert!(words.split(' ').any(|known| known == word), "{word}: {words}");
    }
}

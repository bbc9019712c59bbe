//! By which headings an export of another system is known, and what its columns hold.
use kernel::text::fold;

use super::field::Field;

kernel::text_enum! {
    /// Where a file comes from.
    pub enum Source {
        Jobber = "jobber": "Jobber",
        HousecallPro = "housecall_pro": "Housecall Pro",
        ServiceTitan = "servicetitan": "ServiceTitan",
        HubSpot = "hubspot": "HubSpot",
        QuickBooks = "quickbooks": "QuickBooks",
        Other = "other": "Another system or a spreadsheet",
    }
}

impl Source {
    /// Whether a line is a place: its exports have one for each of a customer's.
    pub(super) fn tells_places(self) -> bool {
        matches!(self, Self::Jobber | Self::ServiceTitan)
    }
}

struct Format {
    source: Source,
    /// Headings that others hardly have, folded, and how many of them are enough.
    tells: &'static [&'static str],
    enough: usize,
    /// What its headings mean, where that is not what they mean elsewhere.
    headings: &'static [(Field, &'static [&'static str])],
}

const FORMATS: &[Format] = &[
    Format {
        source: Source::Jobber,
        tells: &["j id"],
        enough: 1,
        headings: &[
            (Field::ExternalId, &["j id"]),
            (Field::Phone, &["main phone s", "mobile phone s", "work phone s", "home phone s", "other phone s"]),
            (Field::Email, &["e mails"]),
            (Field::PlaceName, &["service property name", "property name"]),
            (Field::Street, &["service street 1", "billing street 1"]),
            (Field::Unit, &["service street 2", "billing street 2"]),
            (Field::City, &["service city", "billing city"]),
            (Field::Region, &["service state", "service province", "billing state", "billing province"]),
            (
                Field::PostalCode,
                &["service zip code", "service postal code", "billing zip code", "billing postal code"],
            ),
            (Field::Country, &["service country", "billing country"]),
        ],
    },
    Format {
        source: Source::HousecallPro,
        tells: &[
            "mobile number",
            "home number",
            "work number",
            "additional emails",
            "do not service",
            "display name",
            "street line 1",
            "address 1 street line 1",
            "lead source",
        ],
        enough: 4,
        headings: &[
            (Field::Phone, &["mobile number", "home number", "work number"]),
            (Field::Email, &["email", "additional emails"]),
            (Field::Street, &["street line 1", "address 1 street line 1"]),
            (Field::Unit, &["street line 2", "address 1 street line 2"]),
            (Field::City, &["address 1 city"]),
            (Field::Region, &["address 1 state"]),
            (Field::PostalCode, &["address 1 postal code", "address 1 zip code", "address 1 zip"]),
            (Field::AccessNotes, &["address 1 notes", "address notes"]),
            (Field::Notes, &["customer notes"]),
        ],
    },
    Format {
        source: Source::ServiceTitan,
        tells: &[
            "location id",
            "location name",
            "location street",
            "location address",
            "location city",
            "location zip",
            "business unit",
            "do not mail",
        ],
        enough: 3,
        headings: &[
            (Field::Name, &["customer name"]),
            (Field::Phone, &["customer phone", "customer phone number"]),
            (Field::Email, &["customer email"]),
            (Field::PlaceName, &["location name"]),
            (Field::Street, &["location street", "location address"]),
            (Field::Unit, &["location unit"]),
            (Field::City, &["location city"]),
            (Field::Region, &["location state"]),
            (Field::PostalCode, &["location zip", "location zip code", "location postal code"]),
            (Field::Country, &["location country"]),
            (Field::AccessNotes, &["location notes"]),
        ],
    },
    Format {
        source: Source::HubSpot,
        tells: &[
            "record id",
            "contact owner",
            "company owner",
            "lead status",
            "lifecycle stage",
            "marketing contact status",
            "associated company",
            "last activity date",
            "create date",
        ],
        enough: 2,
        headings: &[
            (Field::ExternalId, &["record id"]),
            (Field::Company, &["company name", "associated company"]),
            (Field::Phone, &["phone number", "mobile phone number"]),
            (Field::Street, &["street address"]),
            (Field::Unit, &["street address 2"]),
            (Field::Region, &["state region"]),
            (Field::Country, &["country region"]),
        ],
    },
    Format {
        source: Source::QuickBooks,
        tells: &[
            "customer full name",
            "phone numbers",
            "bill address",
            "ship address",
            "open balance",
            "balance total",
            "alt phone",
            "account no",
            "resale num",
            "sales tax code",
        ],
        enough: 2,
        headings: &[
            (Field::Name, &["customer full name", "customer"]),
            (Field::ContactName, &["full name", "primary contact"]),
            (Field::Phone, &["phone numbers", "main phone", "alt phone"]),
            (Field::Email, &["main email"]),
            (Field::Address, &["ship address", "shipping address", "bill address", "billing address"]),
            (Field::ExternalId, &["account no"]),
        ],
    },
];

pub(super) fn recognise(columns: &[String]) -> Source {
    let headings: Vec<String> = columns.iter().map(|column| fold(column)).collect();
    let told = |format: &&Format| {
        format.tells.iter().filter(|tell| headings.iter().any(|heading| heading == *tell)).count() >= format.enough
    };
    FORMATS.iter().find(told).map_or(Source::Other, |format| format.source)
}

/// What the headings mean in its exports, the best of each field first.
pub(super) fn headings(source: Source) -> &'static [(Field, &'static [&'static str])] {
    FORMATS.iter().find(|format| format.source == source).map_or(&[], |format| format.headings)
}

/// A column of the other system's own: "CFT[Gate code]" is the client's, "PFT[Filter size]" the property's.
pub(super) fn own_field(column: &str) -> Option<(Field, &str)> {
    let (kind, rest) = column.trim().split_once('[')?;
    let name = rest.strip_suffix(']')?;
    match kind.trim() {
        "CFT" => Some((Field::Notes, name)),
        "PFT" => Some((Field::AccessNotes, name)),
        _ => None,
    }
}

/// Exports end with a line of sums, which is nobody.
pub(super) fn is_totals(source: Source, cells: &[String]) -> bool {
    let first = cells.iter().find(|cell| !cell.is_empty()).map(|cell| fold(cell)).unwrap_or_default();
    let word = first.split(' ').next().unwrap_or_default();
    let sums = first.split(' ').skip(1).all(|rest| rest.bytes().all(|b| b.is_ascii_digit()) || is_counted(rest));
    source != Source::Other
        && matches!(word, "total" | "totals")
        && sums
        && !cells.iter().any(|cell| cell.contains('@'))
}

fn is_counted(word: &str) -> bool {
    matches!(word, "clients" | "customers" | "properties" | "contacts" | "records" | "rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(columns: &[&str]) -> Source {
        recognise(&columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn exports_are_known_by_their_headings() {
        assert_eq!(of(&["J-ID", "Display Name", "Service Street 1"]), Source::Jobber);
        assert_eq!(
            of(&["First Name", "Mobile Number", "Home Number", "Display Name", "Lead Source"]),
            Source::HousecallPro
        );
        assert_eq!(of(&["Customer ID", "Location Name", "Location Street", "Location City"]), Source::ServiceTitan);
        assert_eq!(of(&["Record ID", "First Name", "Lead Status"]), Source::HubSpot);
        assert_eq!(of(&["Customer full name", "Phone numbers", "Bill address"]), Source::QuickBooks);
        assert_eq!(of(&["Name", "Billing address", "Shipping address", "Phone"]), Source::Other);
    }

    #[test]
    fn sums_are_nobody() {
        let line = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        assert!(is_totals(Source::Jobber, &line(&["", "Totals", "12"])));
        assert!(is_totals(Source::QuickBooks, &line(&["TOTAL", "", "$1,200.00"])));
        assert!(is_totals(Source::Jobber, &line(&["Total: 12 clients"])));
        assert!(!is_totals(Source::Jobber, &line(&["Total Wine", "12"])));
        assert!(!is_totals(Source::Jobber, &line(&["7", "Total", "12"])), "somebody's id");
        assert!(!is_totals(Source::Other, &line(&["Total", "12"])), "a name, for all we know");
    }
}

//! What a column of a file can hold, and how its heading and its first lines tell.
use kernel::text::fold;
use sheets::cell::is_nothing;

use super::{
    format::{Source, headings, own_field},
    looks::looks_like,
};

kernel::text_enum! {
    pub enum Field {
        Name = "name": "Customer's name",
        FirstName = "first_name": "First name",
        LastName = "last_name": "Last name",
        Company = "company": "Company",
        Email = "email": "Email",
        Phone = "phone": "Phone",
        PlaceName = "place_name": "Name of the place",
        Address = "address": "Whole address in one cell",
        Street = "street": "Street and number",
        Unit = "unit": "Unit or floor",
        City = "city": "City",
        Region = "region": "State",
        PostalCode = "postal_code": "Postal code",
        Country = "country": "Country",
        AccessNotes = "access_notes": "How to get in",
        ContactName = "contact_name": "Contact's name",
        Notes = "notes": "Notes",
        Tags = "tags": "Tags, parted by commas",
        ExternalId = "external_id": "Id in the other system",
    }
}

impl Field {
    /// What one may have several of, in several columns: the first stands where it belongs, the others among the notes.
    pub(super) fn takes_many(self) -> bool {
        matches!(self, Self::Email | Self::Phone | Self::Notes | Self::AccessNotes | Self::Tags)
    }
}

/// Headings of the exports people come with, folded; the best of each field first.
const HEADINGS: &[(Field, &[&str])] = &[
    (
        Field::Name,
        &[
            "customer name",
            "client name",
            "display name",
            "full name",
            "account name",
            "name",
            "customer",
            "client",
            "kunde",
        ],
    ),
    (Field::FirstName, &["first name", "firstname", "given name", "vorname", "first"]),
    (Field::LastName, &["last name", "lastname", "surname", "family name", "nachname", "last"]),
    (
        Field::Company,
        &["company", "company name", "business", "business name", "organization", "organisation", "firma"],
    ),
    (Field::Email, &["email", "e mail", "email address", "e mail address", "main email", "primary email", "mail"]),
    (
        Field::Phone,
        &[
            "phone",
            "phone number",
            "main phone",
            "primary phone",
            "telephone",
            "tel",
            "mobile",
            "mobile phone",
            "cell",
            "cell phone",
            "telefon",
        ],
    ),
    (
        Field::Street,
        &[
            "service street",
            "service address",
            "property address",
            "street",
            "street address",
            "address 1",
            "address line 1",
            "address",
            "bill address",
            "strasse",
        ],
    ),
    (Field::Unit, &["unit", "address 2", "address line 2", "apt", "suite", "street 2", "service unit"]),
    (Field::City, &["service city", "property city", "city", "town", "ort", "stadt"]),
    (Field::Region, &["service state", "state", "region", "province", "county", "state province"]),
    (
        Field::PostalCode,
        &["service zip", "zip", "zip code", "zipcode", "postal code", "postcode", "zip postal code", "plz"],
    ),
    (Field::PlaceName, &["place", "property", "location name", "property name", "site", "site name"]),
    (Field::Address, &["full address", "whole address"]),
    (Field::Country, &["country", "country code", "land"]),
    (Field::AccessNotes, &["access notes", "gate code", "access", "directions", "how to get in"]),
    (Field::ContactName, &["contact", "contact name", "primary contact", "contact person"]),
    (Field::Notes, &["notes", "note", "comments", "comment", "remarks", "description", "private notes"]),
    (Field::Tags, &["tags", "tag", "labels", "label", "customer tags", "categories", "groups", "schlagworte"]),
    (
        Field::ExternalId,
        &[
            "external id",
            "customer id",
            "client id",
            "customer number",
            "customer no",
            "account number",
            "account id",
            "id",
        ],
    ),
];

/// What each column most likely holds: by its heading in the exports of its source, then anywhere, then by what its first
/// lines look like. Each field once, but for those one may have several of.
pub(super) fn guess(columns: &[String], source: Source, sample: &[Vec<String>]) -> Vec<Option<Field>> {
    let mut mapping: Vec<Option<Field>> =
        columns.iter().map(|column| own_field(column).map(|(field, _)| field)).collect();
    let folded: Vec<String> = columns.iter().map(|column| fold(column)).collect();
    for (field, known) in headings(source).iter().chain(HEADINGS) {
        for heading in *known {
            for (n, _) in folded.iter().enumerate().filter(|(_, column)| column == heading) {
                let free = field.takes_many() || !mapping.contains(&Some(*field));
                if let Some(slot @ None) = mapping.get_mut(n).filter(|_| free) {
                    *slot = Some(*field);
                }
            }
        }
    }
    // A whole address says nothing beside its parts.
    if mapping.contains(&Some(Field::Street)) {
        mapping.iter_mut().filter(|field| **field == Some(Field::Address)).for_each(|field| *field = None);
    }
    for n in 0..columns.len() {
        let cells: Vec<&str> =
            sample.iter().filter_map(|line| line.get(n)).map(String::as_str).filter(|cell| !is_nothing(cell)).collect();
        if mapping.get(n).is_some_and(Option::is_none) {
            let looks = looks_like(&cells).filter(|field| fits(*field, &mapping));
            mapping.get_mut(n).into_iter().for_each(|slot| *slot = looks);
        }
    }
    mapping
}

/// Whether what a column looks like says something that no heading has said.
fn fits(field: Field, mapping: &[Option<Field>]) -> bool {
    let named = |field: Field| mapping.contains(&Some(field));
    let by_name = [Field::Name, Field::FirstName, Field::LastName, Field::Company].into_iter().any(named);
    match field {
        Field::Name => !by_name,
        Field::Street => !named(Field::Street) && !named(Field::Address),
        // Five digits may be anything unless there is a street beside them.
        Field::PostalCode => !named(Field::PostalCode) && named(Field::Street),
        other => !named(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(columns: &[&str], sample: &[&[&str]]) -> Vec<Option<Field>> {
        let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
        let columns = owned(columns);
        let source = super::super::format::recognise(&columns);
        guess(&columns, source, &sample.iter().map(|line| owned(line)).collect::<Vec<_>>())
    }

    #[test]
    fn headings_of_other_systems_are_understood() {
        let columns =
            ["Customer ID", "Display Name", "E-mail", "Mobile Phone", "Service Street", "ZIP", "Phone", "Shoe size"];
        let meant = [
            Some(Field::ExternalId),
            Some(Field::Name),
            Some(Field::Email),
            Some(Field::Phone),
            Some(Field::Street),
            Some(Field::PostalCode),
            Some(Field::Phone),
            None,
        ];
        assert_eq!(guessed(&columns, &[]), meant);
        let jobber = ["J-ID", "Billing Street 1", "Service Street 1", "CFT[Gate code]", "PFT[Filter]", "CFT"];
        let meant =
            [Some(Field::ExternalId), None, Some(Field::Street), Some(Field::Notes), Some(Field::AccessNotes), None];
        assert_eq!(guessed(&jobber, &[]), meant);
    }

    #[test]
    fn what_no_heading_says_the_first_lines_show() {
        let sample: [&[&str]; 3] = [
            &["Ana Rivera", "ana@x.example", "(217) 555-0101", "12 Elm St", "62701", "4711", "Springfield"],
            &["Bo Chen", "n/a", "217-555-0102", "400 Market St", "62702-1234", "4712", "Salem"],
            &["Łukasz Nowak", "l@x.example", "", "7 Lake Shore", "62629", "4713", "Salem"],
        ];
        let meant = [
            Some(Field::Name),
            Some(Field::Email),
            Some(Field::Phone),
            Some(Field::Street),
            Some(Field::PostalCode),
            None,
            None,
        ];
        assert_eq!(guessed(&["a", "b", "c", "d", "e", "f", "g"], &sample), meant);
        assert_eq!(guessed(&["x", "y"], &[&["12345", "yes"]]), [None, None]);
    }

    #[test]
    fn no_heading_breaks_the_guess() {
        use proptest::prelude::*;
        let words =
            ["Name", "e mail", "Address", "CFT[", "]", "a@b.co", "217 555 0199", "é", "\u{feff}", " ", "[", "-"];
        let cell = prop::collection::vec(prop::sample::select(words.to_vec()), 0..6).prop_map(|all| all.concat());
        let cell = prop_oneof![cell, any::<String>()];
        let table = prop::collection::vec(prop::collection::vec(cell, 0..8), 1..6);
        proptest::test_runner::TestRunner::default()
            .run(&table, |table| {
                let source = super::super::format::recognise(&table[0]);
                prop_assert_eq!(guess(&table[0], source, &table[1..]).len(), table[0].len());
                for cell in table.iter().flatten() {
                    use super::super::cell;
                    let _ = (cell::emails(cell), cell::phones(cell), cell::address(cell));
                }
                Ok(())
            })
            .unwrap();
    }
}

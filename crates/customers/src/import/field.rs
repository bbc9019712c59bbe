//! What a column of a file can hold, and how its heading tells.
use kernel::text::fold;

kernel::text_enum! {
    pub enum Field {
        Name = "name": "Customer's name",
        FirstName = "first_name": "First name",
        LastName = "last_name": "Last name",
        Company = "company": "Company",
        Email = "email": "Email",
        Phone = "phone": "Phone",
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

/// Headings of the exports people come with, folded.
const HEADINGS: &[(Field, &[&str])] = &[
    (
        Field::Name,
        &[
            "name",
            "customer",
            "customer name",
            "client",
            "client name",
            "full name",
            "display name",
            "account name",
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
            "street",
            "address",
            "address 1",
            "address line 1",
            "street address",
            "service address",
            "service street",
            "property address",
            "bill address",
            "strasse",
        ],
    ),
    (Field::Unit, &["unit", "address 2", "address line 2", "apt", "suite", "street 2", "service unit"]),
    (Field::City, &["city", "town", "service city", "property city", "ort", "stadt"]),
    (Field::Region, &["state", "region", "province", "county", "service state", "state province"]),
    (
        Field::PostalCode,
        &["zip", "zip code", "zipcode", "postal code", "postcode", "service zip", "zip postal code", "plz"],
    ),
    (Field::Country, &["country", "country code", "land"]),
    (Field::AccessNotes, &["access notes", "gate code", "access", "directions", "how to get in"]),
    (Field::ContactName, &["contact", "contact name", "primary contact", "contact person"]),
    (Field::Notes, &["notes", "note", "comments", "comment", "remarks", "description", "private notes"]),
    (Field::Tags, &["tags", "tag", "labels", "label", "customer tags", "categories", "groups", "schlagworte"]),
    (
        Field::ExternalId,
        &[
            "id",
            "external id",
            "customer id",
            "client id",
            "customer number",
            "account number",
            "account id",
            "customer no",
        ],
    ),
];

/// Each field once: the first column whose heading means it.
pub(super) fn guess(columns: &[String]) -> Vec<Option<Field>> {
    let mut taken = vec![];
    columns
        .iter()
        .map(|column| {
            let heading = fold(column);
            let field =
                HEADINGS.iter().find(|(_, known)| known.contains(&heading.as_str())).map(|(field, _)| *field)?;
            let free = !taken.contains(&field);
            taken.push(field);
            free.then_some(field)
        })
        .collect()
}

#[test]
fn headings_of_other_systems_are_understood() {
    let columns: Vec<String> =
        ["Customer ID", "Display Name", "E-mail", "Mobile Phone", "Service Street", "ZIP", "Phone", "Shoe size"]
            .map(String::from)
            .into();
    let guessed = [
        Some(Field::ExternalId),
        Some(Field::Name),
        Some(Field::Email),
        Some(Field::Phone),
        Some(Field::Street),
        Some(Field::PostalCode),
        None,
        None,
    ];
    assert_eq!(guess(&columns), guessed);
}

//! A line of a file as the customer it means.
use kernel::{
    Input,
    text::{digits, fold},
};

use super::field::Field;
use crate::{
    contact,
    customer::{Kind, New},
    location,
};

/// Checked as any other new customer is, or the sentence that says why not.
pub(super) fn customer(mapping: &[Option<Field>], cells: &[String], country: &str) -> Result<New, String> {
    if cells.len() > mapping.len() && cells[mapping.len()..].iter().any(|cell| !cell.is_empty()) {
        return Err(format!("This line has {} cells, the first line names {} columns.", cells.len(), mapping.len()));
    }
    let get = |field: Field| {
        let at = mapping.iter().position(|column| *column == Some(field))?;
        cells.get(at).filter(|cell| !cell.is_empty()).cloned()
    };
    let person = [get(Field::FirstName), get(Field::LastName)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let person = Some(person).filter(|person| !person.is_empty());
    let company = get(Field::Company);
    let name = company.clone().or_else(|| get(Field::Name)).or_else(|| person.clone());
    // With a company the person is whom to ask for.
    let contact =
        get(Field::ContactName).or_else(|| if company.is_some() { person.or_else(|| get(Field::Name)) } else { None });
    let place = [Field::Street, Field::Unit, Field::City, Field::Region, Field::PostalCode, Field::AccessNotes];
    let location = place.into_iter().any(|part| get(part).is_some()).then(|| location::New {
        label: None,
        street: get(Field::Street).unwrap_or_default(),
        unit: get(Field::Unit),
        city: get(Field::City),
        region: get(Field::Region),
        postal_code: get(Field::PostalCode),
        country: Some(get(Field::Country).map_or_else(|| country.to_owned(), |name| code(&name))),
        access_notes: get(Field::AccessNotes),
    });
    let new = New {
        name: name.clone().unwrap_or_default(),
        kind: company.is_some().then_some(Kind::Company),
        email: get(Field::Email),
        phone: get(Field::Phone),
        notes: get(Field::Notes),
        external_id: get(Field::ExternalId),
        assigned_to: None,
        tags: tags(get(Field::Tags)),
        location,
        contact: contact
            .filter(|contact| Some(contact) != name.as_ref())
            .map(|name| contact::New { name, ..contact::New::default() }),
    };
    new.checked().map_err(|error| error.problem().detail)
}

/// "VIP, Net 30; Dog": other systems part them by semicolons or bars.
fn tags(cell: Option<String>) -> Vec<String> {
    let cell = cell.unwrap_or_default();
    cell.split([',', ';', '|']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The commonest ways of writing a country out; anything else must be the two letters.
fn code(name: &str) -> String {
    match fold(name).as_str() {
        "usa" | "united states" | "united states of america" => "US".into(),
        "canada" => "CA".into(),
        "united kingdom" | "uk" | "great britain" => "GB".into(),
        "germany" | "deutschland" => "DE".into(),
        "australia" => "AU".into(),
        "mexico" => "MX".into(),
        _ => name.to_owned(),
    }
}

/// By what a line is told from others of its file, the surest first: id, e-mail, phone with name, or name with place.
pub(super) fn identities(new: &New) -> Vec<String> {
    let name = fold(&new.name);
    let bare = new.external_id.is_none() && new.email.is_none() && new.phone.is_none();
    let place = || new.location.as_ref().map(|location| fold(&location.line())).unwrap_or_default();
    [
        new.external_id.as_ref().map(|id| format!("id {id}")),
        new.email.as_ref().map(|email| format!("email {}", email.to_lowercase())),
        new.phone.as_ref().map(|phone| format!("phone {} {name}", digits(phone))),
        bare.then(|| format!("name {name} {}", place())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[Field], cells: &[&str]) -> Result<New, String> {
        let mapping: Vec<_> = fields.iter().copied().map(Some).collect();
        customer(&mapping, &cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>(), "US")
    }

    #[test]
    fn a_company_has_its_person_as_contact() {
        let fields = [Field::FirstName, Field::LastName, Field::Company, Field::Street, Field::Country];
        let new = read(&fields, &["Ana", "Rivera", "Rivera LLC", "12 Elm St", "USA"]).unwrap();
        assert_eq!((new.name.as_str(), new.kind), ("Rivera LLC", Some(Kind::Company)));
        assert_eq!(new.contact.unwrap().name, "Ana Rivera");
        assert_eq!(new.location.unwrap().country.as_deref(), Some("US"));
    }

    #[test]
    fn tags_are_parted_however_the_other_system_did() {
        let new = read(&[Field::Name, Field::Tags], &["A", "VIP, Net 30;; Dog | "]).unwrap();
        assert_eq!(new.tags, ["VIP", "Net 30", "Dog"]);
        assert!(read(&[Field::Name, Field::Tags], &["A", "VIP, --"]).unwrap_err().contains("letters and figures"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(read(&[Field::Email], &["a@b.co"]).unwrap_err(), "Give a name.");
        assert!(read(&[Field::Name, Field::Email], &["A", "not one"]).unwrap_err().contains("e-mail"));
        assert!(read(&[Field::Name], &["A", "b"]).unwrap_err().contains("2 cells"));
        assert!(read(&[Field::Name, Field::City], &["A", "Springfield"]).unwrap_err().contains("street"));
    }
}

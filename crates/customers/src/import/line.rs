//! A line of a file as the customer it means.
use kernel::{
    Input, phone,
    text::{digits, fold},
};

use serde_json::{Map, Value};
use sheets::cell::is_nothing;
use std::collections::HashMap;

use super::{
    Import,
    cell::{Address, address, emails, phones},
    field::Field,
    format::{Source, own_field},
    holds::Holds,
    typed::typed,
};
use crate::{
    contact, custom,
    customer::{Kind, New},
    location,
};

/// How the lines of a file are to be understood.
#[derive(Debug)]
pub(super) struct Reading {
    pub source: Source,
    columns: Vec<String>,
    mapping: Vec<Option<Holds>>,
    country: String,
    /// The company's own fields.
    own: Vec<custom::Field>,
}

impl Reading {
    pub fn of(import: &Import, own: Vec<custom::Field>) -> Self {
        let country = import.country.clone();
        Self { source: import.source, columns: import.columns(), mapping: import.mapping(), country, own }
    }

    /// The cells that hold a field and say something, each with its column.
    fn all<'a>(&'a self, cells: &'a [String], field: Field) -> impl Iterator<Item = (&'a str, &'a str)> {
        let is_name =
            matches!(field, Field::Name | Field::FirstName | Field::LastName | Field::Company | Field::ContactName);
        let is_held = move |held: &Option<Holds>| matches!(held, Some(Holds::Known(known)) if *known == field);
        let held = self.mapping.iter().zip(&self.columns).zip(cells).filter(move |((held, _), _)| is_held(held));
        held.map(|((_, column), cell)| (column.as_str(), cell.as_str()))
            .filter(move |(_, cell)| !cell.is_empty() && (is_name || !is_nothing(cell)))
    }

    fn get(&self, cells: &[String], field: Field) -> Option<String> {
        self.all(cells, field).next().map(|(_, cell)| cell.to_owned())
    }

    /// "Gate code: 4471" where a column has a name of its own; as it stands where it is the only one.
    fn notes(&self, cells: &[String], field: Field) -> Vec<String> {
        let only = self.mapping.iter().flatten().filter(|held| **held == Holds::Known(field)).count() == 1;
        let said = self.all(cells, field).map(|(column, cell)| match own_field(column) {
            Some((_, name)) => format!("{name}: {cell}"),
            None if only => cell.to_owned(),
            None => format!("{column}: {cell}"),
        });
        said.collect()
    }

    /// What stands in the company's own fields, or the column that holds what does not fit there.
    fn custom(&self, cells: &[String]) -> Result<Map<String, Value>, String> {
        let mut values = Map::new();
        for ((held, column), cell) in self.mapping.iter().zip(&self.columns).zip(cells) {
            let Some(Holds::Own(key)) = held.as_ref().filter(|_| !cell.is_empty()) else { continue };
            let wrong = |says: &str| format!("Column “{column}”: {says}");
            let Some(field) = self.own.iter().find(|field| field.key == *key) else {
                return Err(wrong("The field that it was matched with was deleted. Match the columns again."));
            };
            if let Some(value) = typed(field, cell, &self.country) {
                values.insert(key.clone(), custom::value_of(field, &value).map_err(|says| wrong(&says))?);
            }
        }
        Ok(values)
    }

    /// What somebody new would lack, as it is asked for whenever a customer is added.
    pub fn lacks(&self, new: &New) -> Option<String> {
        custom::settle(&self.own, new.custom.clone(), true).err().map(|error| error.problem().detail)
    }

    /// The place of a line, if it names one.
    fn location(&self, cells: &[String]) -> Option<location::New> {
        let whole = self.get(cells, Field::Address).map(|cell| address(&cell)).unwrap_or_default();
        let part = |field, whole: Option<String>| self.get(cells, field).or(whole);
        let Address { street, unit, city, region, postal_code, country } = whole;
        let country = part(Field::Country, country).map_or_else(|| self.country.clone(), |name| code(&name));
        let street = part(Field::Street, Some(street)).unwrap_or_default();
        let [unit, city] = [part(Field::Unit, unit), part(Field::City, city)];
        let [region, postal_code] = [part(Field::Region, region), part(Field::PostalCode, postal_code)];
        let named = !street.is_empty() || [&unit, &city, &region, &postal_code].iter().any(|part| part.is_some());
        named.then(|| location::New {
            label: self.get(cells, Field::PlaceName),
            street,
            unit,
            city,
            region,
            postal_code,
            country: Some(country),
            access_notes: joined(self.notes(cells, Field::AccessNotes)),
            ..location::New::default()
        })
    }

    /// Checked as any other new customer is, or the sentence that says why not.
    pub fn customer(&self, cells: &[String]) -> Result<New, String> {
        let width = self.mapping.len();
        if cells.len() > width && cells[width..].iter().any(|cell| !cell.is_empty()) {
            return Err(format!("This line has {} cells, the first line names {width} columns.", cells.len()));
        }
        let get = |field| self.get(cells, field);
        let person = [get(Field::FirstName), get(Field::LastName)].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let person = Some(person).filter(|person| !person.is_empty());
        let company = get(Field::Company);
        let name = company.clone().or_else(|| get(Field::Name)).or_else(|| person.clone());
        // With a company the person is whom to ask for.
        let of_company = || company.as_ref().and(person.clone().or_else(|| get(Field::Name)));
        let contact = get(Field::ContactName).or_else(of_company);
        let mut mails =
            self.all(cells, Field::Email).flat_map(|(_, cell)| emails(cell)).collect::<Vec<_>>().into_iter();
        let mut calls = self
            .all(cells, Field::Phone)
            .flat_map(|(_, cell)| phones(cell))
            .map(|typed| phone::written(&typed, &self.country))
            .collect::<Vec<_>>()
            .into_iter();
        let (email, phone) = (mails.next(), calls.next());
        let mut location = self.location(cells);
        let mut notes = self.notes(cells, Field::Notes);
        notes.extend(others("Other phone", calls.filter(|other| phone.as_deref().map(digits) != Some(digits(other)))));
        notes.extend(others("Other e-mail", mails.filter(|other| Some(other) != email.as_ref())));
        match &mut location {
            // What the place is called says nothing if it is called like its customer.
            Some(place) => place.label = place.label.take().filter(|label| Some(label) != name.as_ref()),
            None => notes.extend(self.notes(cells, Field::AccessNotes)),
        }
        let new = New {
            name: name.clone().unwrap_or_default(),
            kind: company.is_some().then_some(Kind::Company),
            email,
            phone,
            notes: joined(notes),
            external_id: get(Field::ExternalId),
            tags: self.all(cells, Field::Tags).flat_map(|(_, cell)| tags(cell)).collect(),
            custom: self.custom(cells)?,
            location,
            contact: contact
                .filter(|contact| Some(contact) != name.as_ref())
                .map(|name| contact::New { name, ..contact::New::default() }),
            ..New::default()
        };
        new.checked().map_err(|error| error.problem().detail)
    }
}

fn joined(lines: Vec<String>) -> Option<String> {
    Some(lines.join("\n")).filter(|text| !text.is_empty())
}

/// "Other phone: (217) 555-0102, (217) 555-0103"; each once.
fn others(what: &str, values: impl Iterator<Item = String>) -> Option<String> {
    let mut all: Vec<String> = vec![];
    values.for_each(|value| {
        if !all.contains(&value) {
            all.push(value)
        }
    });
    (!all.is_empty()).then(|| format!("{what}: {}", all.join(", ")))
}

/// "VIP, Net 30; Dog": other systems part them by semicolons or bars.
fn tags(cell: &str) -> Vec<String> {
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

/// The places of a customer who has an id there, so that each is brought once.
pub(super) fn place_of_id(new: &New) -> Option<String> {
    let place = new.location.as_ref()?;
    Some(format!("place {} {}", new.external_id.as_ref()?, fold(&place.line())))
}

/// Whether the same id was on an earlier line; another customer may have its e-mail or phone.
pub(super) fn is_of_id(new: &New, seen: &HashMap<String, i32>) -> bool {
    new.external_id.as_ref().is_some_and(|id| seen.contains_key(&format!("id {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[Field], cells: &[&str]) -> Result<New, String> {
        let mapping: Vec<_> = fields.iter().map(|field| Some(Holds::Known(*field))).collect();
        let columns = mapping.iter().enumerate().map(|(n, _)| format!("PFT[Own {n}]")).collect();
        let reading = Reading { source: Source::Other, columns, mapping, country: "US".into(), own: vec![] };
        reading.customer(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
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

    #[test]
    fn what_one_has_several_of_stands_among_the_notes() {
        let fields = [Field::Name, Field::Phone, Field::Phone, Field::Email, Field::AccessNotes];
        let cells = ["Ana", "(217) 555-0101, 217 555 0102", "217-555-0101", "a@x.example; b@x.example", "4471"];
        let new = read(&fields, &cells).unwrap();
        assert_eq!((new.phone.as_deref(), new.email.as_deref()), (Some("(217) 555-0101"), Some("a@x.example")));
        let notes = "Other phone: (217) 555-0102\nOther e-mail: b@x.example\nOwn 4: 4471";
        assert_eq!(new.notes.as_deref(), Some(notes));
        let placed = read(&[Field::Name, Field::Street, Field::AccessNotes], &["Ana", "12 Elm St", "4471"]).unwrap();
        assert_eq!(placed.location.unwrap().access_notes.as_deref(), Some("Own 2: 4471"));
    }

    #[test]
    fn nothing_is_written_in_many_ways() {
        let new = read(&[Field::Name, Field::Email, Field::Phone, Field::City], &["Null", "n/a", "NONE", "-"]).unwrap();
        assert_eq!((new.name.as_str(), new.email, new.phone, new.location.is_none()), ("Null", None, None, true));
    }
}

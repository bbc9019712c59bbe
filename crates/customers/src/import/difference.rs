//! What a line says otherwise than what is known.
use kernel::text::fold;

use super::{decide::Known, format::Source};
use crate::{
    CustomerId, LocationId, contact, customer,
    customer::New,
    location::{self, Location},
};

/// What a line would change; nothing of it is set when all is the same.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub customer: Option<customer::Change>,
    pub location: Option<(LocationId, location::Change)>,
    pub new_location: Option<location::New>,
    pub new_contact: Option<contact::New>,
    pub new_tags: Vec<String>,
    /// The id by which the source of the file knows them, which was not known yet.
    pub elsewhere: Option<String>,
}

impl Difference {
    pub fn is_none(&self) -> bool {
        self.is_of_tags() && self.new_tags.is_empty()
    }
    /// Whom which tags would be given.
    pub fn of_tags(&self, customer: CustomerId) -> Option<(CustomerId, Vec<String>)> {
        (!self.new_tags.is_empty()).then(|| (customer, self.new_tags.clone()))
    }
    /// Nothing else would change.
    pub fn is_of_tags(&self) -> bool {
        self.customer.is_none()
            && self.location.is_none()
            && self.new_location.is_none()
            && self.new_contact.is_none()
            && self.elsewhere.is_none()
    }
}

/// A cell that is empty says nothing: only what the file holds can change anything.
fn differs(now: &Option<String>, sent: &Option<String>) -> Option<String> {
    sent.clone().filter(|sent| now.as_ref() != Some(sent))
}

pub(super) fn difference(known: &Known, new: &New, source: Source) -> Difference {
    let now = &known.customer;
    let change = customer::Change {
        name: Some(new.name.clone()).filter(|name| *name != now.name),
        kind: new.kind.filter(|kind| *kind != now.kind),
        email: differs(&now.email, &new.email),
        phone: differs(&now.phone, &new.phone),
        notes: differs(&now.notes, &new.notes),
        external_id: differs(&now.external_id, &new.external_id).filter(|_| source == Source::Other),
        custom: new.custom.clone().into_iter().filter(|(key, value)| now.custom.0.get(key) != Some(value)).collect(),
        ..customer::Change::default()
    };
    let any = change.name.is_some()
        || change.kind.is_some()
        || !change.custom.is_empty()
        || [&change.email, &change.phone, &change.notes, &change.external_id].iter().any(|value| value.is_some());
    let (location, new_location) = match &new.location {
        Some(place) => places_difference(&known.locations, place, source),
        None => (None, None),
    };
    let new_contact = new
        .contact
        .clone()
        .filter(|contact| known.contacts.iter().all(|known| fold(&known.name) != fold(&contact.name)));
    let has = |tag: &String| now.tags.iter().any(|known| fold(known) == fold(tag));
    let new_tags = new.tags.iter().filter(|tag| !has(tag)).cloned().collect();
    let known_as = |id: &String| source == Source::Other || known.elsewhere.contains(id);
    let elsewhere = new.external_id.clone().filter(|id| !known_as(id));
    Difference { customer: any.then_some(change), location, new_location, new_contact, new_tags, elsewhere }
}

type OfPlaces = (Option<(LocationId, location::Change)>, Option<location::New>);

/// The place that is meant is the one that is called so; else, where a customer has one, it has moved.
fn places_difference(known: &[Location], new: &location::New, source: Source) -> OfPlaces {
    let same = known.iter().find(|known| fold(&known.line()) == fold(&new.line()));
    match same.or_else(|| known.first().filter(|_| !source.tells_places())) {
        Some(now) => (place_difference(now, new).map(|change| (now.id, change)), None),
        None => (None, Some(new.clone())),
    }
}

fn place_difference(now: &Location, new: &location::New) -> Option<location::Change> {
    let change = location::Change {
        label: differs(&now.label, &new.label),
        street: Some(new.street.clone()).filter(|street| *street != now.street),
        unit: differs(&now.unit, &new.unit),
        city: differs(&now.city, &new.city),
        region: differs(&now.region, &new.region),
        postal_code: differs(&now.postal_code, &new.postal_code),
        country: new.country.clone().filter(|country| *country != now.country),
        access_notes: differs(&now.access_notes, &new.access_notes),
        ..location::Change::default()
    };
    let parts = [
        &change.label,
        &change.street,
        &change.unit,
        &change.city,
        &change.region,
        &change.postal_code,
        &change.country,
        &change.access_notes,
    ];
    parts.iter().any(|part| part.is_some()).then_some(change)
}

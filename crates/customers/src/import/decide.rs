//! What becomes of each line of a batch: somebody new, somebody known with other values, or nothing.
use kernel::{
    Result, TenantTx, sql,
    text::{digits, fold},
};
use std::collections::HashMap;
use uuid::Uuid;

use crate::{
    contact::{self, Contact},
    customer::{self, Customer, New},
    location::{self, Location},
};

sql! {
    /// All who could be meant by these ids, addresses, numbers, or names (of lines that have nothing better).
    fn candidates(external_ids: Vec<String>, emails: Vec<String>, phones: Vec<String>, names: Vec<String>) -> Vec<Customer> = "
        select c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.version, c.created_at, c.updated_at
        from customer c join (
            select id from customer where tenant_id = $1 and external_id = any($2)
            union select id from customer where tenant_id = $1 and email_key = any($3)
            union select id from customer where tenant_id = $1 and phone_key = any($4)
            union select id from customer where tenant_id = $1 and name_key = any($5)
            limit 20000) found on found.id = c.id
        where c.tenant_id = $1 order by c.id";
    fn locations_of(customers: Vec<Uuid>) -> Vec<Location> = "
        select id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, version, created_at, updated_at
        from location where tenant_id = $1 and customer_id = any($2) order by position desc, id desc";
    fn contacts_of(customers: Vec<Uuid>) -> Vec<Contact> = "
        select id, customer_id, name, role, email, phone, version, created_at, updated_at
        from contact where tenant_id = $1 and customer_id = any($2) order by position, id";
}

/// A line's customer, as the database knows them, with their first location.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub customer: Customer,
    pub location: Option<Location>,
    pub contacts: Vec<Contact>,
}

#[derive(Debug)]
pub(super) enum Decision {
    New,
    Known { known: Box<Known>, change: Box<Difference> },
}

/// What a line would change; nothing of it is set when all is the same.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub customer: Option<customer::Change>,
    pub location: Option<location::Change>,
    pub new_location: Option<location::New>,
    pub new_contact: Option<contact::New>,
}

impl Difference {
    pub fn is_none(&self) -> bool {
        self.customer.is_none() && self.location.is_none() && self.new_location.is_none() && self.new_contact.is_none()
    }
}

/// Those of the database who may be meant by a batch.
#[derive(Default)]
pub(super) struct Crowd {
    all: HashMap<Uuid, Known>,
    order: Vec<Uuid>,
}

impl Crowd {
    pub async fn of(tx: &mut TenantTx, lines: &[&New]) -> Result<Self> {
        let ids = lines.iter().filter_map(|new| new.external_id.clone()).collect();
        let emails = lines.iter().filter_map(|new| new.email.as_ref().map(|email| email.to_lowercase())).collect();
        let phones = lines.iter().filter_map(|new| new.phone.as_deref().map(digits)).collect();
        let names =
            lines.iter().filter(|new| new.email.is_none() && new.phone.is_none()).map(|new| fold(&new.name)).collect();
        let customers = tx.run(candidates(ids, emails, phones, names)).await?;
        let order: Vec<Uuid> = customers.iter().map(|customer| customer.id.into()).collect();
        let (locations, contacts) = tx.run((locations_of(order.clone()), contacts_of(order.clone()))).await?;
        let mut all: HashMap<Uuid, Known> = customers
            .into_iter()
            .map(|customer| (customer.id.into(), Known { customer, location: None, contacts: vec![] }))
            .collect();
        for location in locations {
            if let Some(known) = all.get_mut(&location.customer_id.into()) {
                known.location = Some(location);
            }
        }
        for contact in contacts {
            if let Some(known) = all.get_mut(&contact.customer_id.into()) {
                known.contacts.push(contact);
            }
        }
        Ok(Self { all, order })
    }

    /// The id of the other system says it for certain; an e-mail belongs to one customer; a phone is shared by people
    /// of other names; a bare name counts with the same place.
    pub fn decide(&self, new: &New) -> Decision {
        let known = || self.order.iter().filter_map(|id| self.all.get(id));
        let own = |known: &&Known| match (&known.customer.external_id, &new.external_id) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let name = fold(&new.name);
        let same_name = |known: &&Known| fold(&known.customer.name) == name;
        let phone = new.phone.as_deref().map(digits);
        let place = new.location.as_ref().map(|location| fold(&location.line()));
        let bare = new.email.is_none() && new.phone.is_none();
        let found = known()
            .find(|k| new.external_id.is_some() && k.customer.external_id == new.external_id)
            .or_else(|| known().filter(own).find(|k| new.email.is_some() && same_text(&k.customer.email, &new.email)))
            .or_else(|| {
                let theirs = |k: &&Known| phone.is_some() && k.customer.phone.as_deref().map(digits) == phone;
                known().filter(own).find(|k| theirs(k) && same_name(k))
            })
            .or_else(|| {
                let there = |k: &&Known| place.is_none() || k.customer.place.as_deref().map(fold) == place;
                known().filter(own).find(|k| bare && same_name(k) && there(k))
            });
        match found {
            Some(known) => Decision::Known { change: Box::new(difference(known, new)), known: Box::new(known.clone()) },
            None => Decision::New,
        }
    }
}

fn same_text(a: &Option<String>, b: &Option<String>) -> bool {
    a.as_ref().map(|text| text.to_lowercase()) == b.as_ref().map(|text| text.to_lowercase())
}

/// A cell that is empty says nothing: only what the file holds can change anything.
fn differs(now: &Option<String>, sent: &Option<String>) -> Option<String> {
    sent.clone().filter(|sent| now.as_ref() != Some(sent))
}

fn difference(known: &Known, new: &New) -> Difference {
    let now = &known.customer;
    let change = customer::Change {
        name: Some(new.name.clone()).filter(|name| *name != now.name),
        kind: new.kind.filter(|kind| *kind != now.kind),
        email: differs(&now.email, &new.email),
        phone: differs(&now.phone, &new.phone),
        notes: differs(&now.notes, &new.notes),
        external_id: differs(&now.external_id, &new.external_id),
    };
    let any = change.name.is_some()
        || change.kind.is_some()
        || [&change.email, &change.phone, &change.notes, &change.external_id].iter().any(|value| value.is_some());
    let (location, new_location) = match (&known.location, &new.location) {
        (Some(now), Some(new)) => (place_difference(now, new), None),
        (None, Some(new)) => (None, Some(new.clone())),
        _ => (None, None),
    };
    let new_contact = new
        .contact
        .clone()
        .filter(|contact| known.contacts.iter().all(|known| fold(&known.name) != fold(&contact.name)));
    Difference { customer: any.then_some(change), location, new_location, new_contact }
}

fn place_difference(now: &Location, new: &location::New) -> Option<location::Change> {
    let change = location::Change {
        label: None,
        street: Some(new.street.clone()).filter(|street| *street != now.street),
        unit: differs(&now.unit, &new.unit),
        city: differs(&now.city, &new.city),
        region: differs(&now.region, &new.region),
        postal_code: differs(&now.postal_code, &new.postal_code),
        country: new.country.clone().filter(|country| *country != now.country),
        access_notes: differs(&now.access_notes, &new.access_notes),
    };
    let parts = [
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

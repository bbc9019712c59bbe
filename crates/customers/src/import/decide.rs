//! What becomes of each line of a batch: somebody new, somebody known with other values, or nothing.
use kernel::{
    Result, TenantTx, sql,
    text::{digits, fold},
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use crate::{
    CustomerId,
    contact::{self, Contact},
    customer::{self, Customer, New, reach},
    location::{self, Location},
};

sql! {
    // All who could be meant by these keys: ids, addresses, numbers, or names (of lines that have nothing better).
    fn meant(keys: Vec<String>) -> Vec<CustomerId> = "
        select distinct r.customer_id from unnest($2::text[]) a(key) cross join lateral (
            select customer_id from customer_reach where tenant_id = $1 and key = a.key limit 1000) r
        limit 20000";
    // A list of ids, not a probe for each: should a plan that was made for other companies take a wrong index, it reads the
    // rows of this one once.
    pub(super) fn those(ids: Vec<Uuid>) -> Vec<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, merged_into, version, created_at, updated_at
        from customer where tenant_id = $1 and id = any($2) order by id";
    fn first_locations(customers: Vec<Uuid>) -> Vec<Location> = "
        select distinct on (customer_id) id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, version, created_at, updated_at
        from location where tenant_id = $1 and customer_id = any($2) order by customer_id, position, id";
    pub(super) fn contacts_of(customers: Vec<Uuid>) -> Vec<Contact> = "
        select id, customer_id, name, role, email, phone, version, created_at, updated_at
        from contact where tenant_id = $1 and customer_id = any($2) order by customer_id, position, id";
}

/// The keys under which the customer of a line would be known: a name alone says little beside anything better.
fn asked(new: &New) -> impl Iterator<Item = String> {
    let bare = new.email.is_none() && new.phone.is_none();
    let keys = [
        new.external_id.as_deref().map(reach::id_key),
        new.email.as_deref().map(reach::email_key),
        new.phone.as_deref().map(|phone| reach::phone_key(phone, &new.name)),
        bare.then(|| reach::name_key(&new.name)),
    ];
    keys.into_iter().flatten()
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
    pub new_tags: Vec<String>,
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
        self.customer.is_none() && self.location.is_none() && self.new_location.is_none() && self.new_contact.is_none()
    }
}

/// Those of the database who may be meant by a batch, in the order of their ids, and where each is by what a line can say.
#[derive(Default)]
pub(super) struct Crowd {
    all: Vec<Known>,
    by_external_id: HashMap<String, usize>,
    by_email: HashMap<String, Vec<usize>>,
    by_phone: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Crowd {
    pub async fn of(tx: &mut TenantTx, lines: &[&New]) -> Result<Self> {
        let keys: HashSet<String> = lines.iter().flat_map(|new| asked(new)).collect();
        let ids: Vec<Uuid> = tx.run(meant(keys.into_iter().collect())).await?.into_iter().map(Uuid::from).collect();
        let mut crowd = Self::default();
        if ids.is_empty() {
            return Ok(crowd);
        }
        let batch = (those(ids.clone()), first_locations(ids.clone()), contacts_of(ids));
        let (customers, locations, contacts) = tx.run(batch).await?;
        let at: HashMap<Uuid, usize> = customers.iter().enumerate().map(|(n, c)| (c.id.into(), n)).collect();
        customers.into_iter().for_each(|customer| crowd.admit(customer));
        for location in locations {
            if let Some(known) = at.get(&location.customer_id.into()).and_then(|n| crowd.all.get_mut(*n)) {
                known.location = Some(location);
            }
        }
        for contact in contacts {
            if let Some(known) = at.get(&contact.customer_id.into()).and_then(|n| crowd.all.get_mut(*n)) {
                known.contacts.push(contact);
            }
        }
        Ok(crowd)
    }

    fn admit(&mut self, customer: Customer) {
        let n = self.all.len();
        if let Some(id) = &customer.external_id {
            self.by_external_id.insert(id.clone(), n);
        }
        if let Some(email) = &customer.email {
            self.by_email.entry(email.to_lowercase()).or_default().push(n);
        }
        if let Some(phone) = &customer.phone {
            self.by_phone.entry(digits(phone)).or_default().push(n);
        }
        self.by_name.entry(fold(&customer.name)).or_default().push(n);
        self.all.push(Known { customer, location: None, contacts: vec![] });
    }

    /// The id of the other system says it for certain; an e-mail belongs to one customer; a phone is shared by people
    /// of other names; a bare name counts with the same place.
    pub fn decide(&self, new: &New) -> Decision {
        let own = |known: &&Known| match (&known.customer.external_id, &new.external_id) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let name = fold(&new.name);
        let same_name = |known: &&Known| fold(&known.customer.name) == name;
        let place = new.location.as_ref().map(|location| fold(&location.line()));
        let there = |known: &&Known| place.is_none() || known.customer.place.as_deref().map(fold) == place;
        let by_id = || self.all.get(*self.by_external_id.get(new.external_id.as_ref()?)?);
        let by_email = || self.these(&self.by_email, &new.email.as_ref()?.to_lowercase()).find(own);
        let by_phone =
            || self.these(&self.by_phone, &digits(new.phone.as_ref()?)).filter(own).find(|known| same_name(known));
        let bare = new.email.is_none() && new.phone.is_none();
        let by_name = || self.these(&self.by_name, &name).filter(|_| bare).filter(own).find(|known| there(known));
        match by_id().or_else(by_email).or_else(by_phone).or_else(by_name) {
            Some(known) => Decision::Known { change: Box::new(difference(known, new)), known: Box::new(known.clone()) },
            None => Decision::New,
        }
    }

    fn these(&self, by: &HashMap<String, Vec<usize>>, key: &str) -> impl Iterator<Item = &Known> {
        by.get(key).cloned().unwrap_or_default().into_iter().filter_map(|n| self.all.get(n))
    }
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
        assigned_to: None,
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
    let has = |tag: &String| now.tags.iter().any(|known| fold(known) == fold(tag));
    let new_tags = new.tags.iter().filter(|tag| !has(tag)).cloned().collect();
    Difference { customer: any.then_some(change), location, new_location, new_contact, new_tags }
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

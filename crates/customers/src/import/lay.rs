//! Known customers with all that is theirs, locked, while lines of a file are laid over them or taken off again.
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, sql, text::fold};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::{decide::contacts_of, deed::Before, difference::Difference};
use crate::{
    contact::Contact,
    customer::{self, Customer, change::merged, reach},
    location::{self, Location},
};

sql! {
    // Each list of ids narrows its table by itself, so that no plan can read the table once for each of them. The rows stay
    // locked: what is read after this is what will be changed.
    fn lock(ids: Vec<Uuid>) -> Vec<Held> = "
        select id, words from customer where tenant_id = $1 and id = any($2) order by id for update";
    pub(super) fn locations_of(customers: Vec<Uuid>) -> Vec<Location> = "
        select id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, latitude::float8 as latitude, longitude::float8 as longitude, version, created_at, updated_at
        from location where tenant_id = $1 and customer_id = any($2) order by customer_id, position, id";
    fn equipment_of(customers: Vec<Uuid>) -> Vec<Held> = "
        select customer_id as id, words from equipment where tenant_id = $1 and customer_id = any($2) order by customer_id, id";
}
kernel::row! {
    struct Held {
        id: Uuid,
        words: String,
    }
}

/// A customer while lines of the file are laid over what is kept: two lines may mean the same.
pub(super) struct Amended {
    pub customer: Customer,
    /// The words and keys by which they are found until now.
    pub words: Vec<String>,
    pub keys: Vec<String>,
    pub locations: Vec<Location>,
    pub contacts: Vec<Contact>,
    /// The words by which what is installed is found.
    pub equipment: Vec<String>,
}

/// What is to be written beside the customers themselves.
#[derive(Default)]
pub(super) struct Rows {
    pub changed_locations: HashSet<Uuid>,
    pub new_locations: HashSet<Uuid>,
    pub gone_locations: Vec<Uuid>,
    pub new_contacts: Vec<Contact>,
    pub gone_contacts: Vec<Uuid>,
}

pub(super) const MOST_LOCATIONS: usize = 500;

/// Those of these who are there.
pub(super) async fn load(tx: &mut TenantTx, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Amended>> {
    let mut all: HashMap<Uuid, Amended> = HashMap::new();
    if ids.is_empty() {
        return Ok(all);
    }
    let read = (
        lock(ids.clone()),
        customer::those(ids.clone()),
        locations_of(ids.clone()),
        contacts_of(ids.clone()),
        equipment_of(ids),
    );
    let (held, customers, locations, contacts, equipment) = tx.run(read).await?;
    let mut words: HashMap<Uuid, String> = held.into_iter().map(|held| (held.id, held.words)).collect();
    for customer in customers {
        let id = Uuid::from(customer.id);
        let words = words.remove(&id).unwrap_or_default().split(' ').map(str::to_owned).collect();
        let keys = reach::keys(&customer);
        all.insert(id, Amended { customer, words, keys, locations: vec![], contacts: vec![], equipment: vec![] });
    }
    for location in locations {
        all.entry(location.customer_id.into()).and_modify(|known| known.locations.push(location));
    }
    for contact in contacts {
        all.entry(contact.customer_id.into()).and_modify(|known| known.contacts.push(contact));
    }
    for Held { id, words } in equipment {
        all.entry(id).and_modify(|known| known.equipment.push(words));
    }
    Ok(all)
}

impl Amended {
    pub fn lay(&mut self, change: Difference, at: Timestamp, rows: &mut Rows) -> Result<()> {
        if self.customer.merged_into.is_some() {
            return Err(Error::refused(format!("{} was merged with another customer meanwhile.", self.customer.name)));
        }
        let Difference { customer, location, new_location, new_contact, new_tags: _, elsewhere: _ } = change;
        let now = &mut self.customer;
        if let Some(change) = customer {
            now.kind = change.kind.unwrap_or(now.kind);
            now.name = change.name.unwrap_or_else(|| now.name.clone());
            now.email = merged(now.email.take(), change.email);
            now.phone = merged(now.phone.take(), change.phone);
            now.notes = merged(now.notes.take(), change.notes);
            now.external_id = merged(now.external_id.take(), change.external_id);
            now.custom = now.custom.clone().with(change.custom);
        }
        if let Some((id, change)) = location {
            for now in self.locations.iter_mut().filter(|location| location.id == id) {
                overlay(now, change.clone());
                rows.changed_locations.insert(now.id.into());
            }
        }
        if let Some(new) = new_location.filter(|new| self.locations.iter().all(|known| known.line() != new.line())) {
            if self.locations.len() >= MOST_LOCATIONS {
                return Err(Error::refused("A customer has at most 500 locations."));
            }
            let new = new.at(now.id, at);
            rows.new_locations.insert(new.id.into());
            self.locations.push(new);
        }
        let others = |name: &str| self.contacts.iter().all(|known| fold(&known.name) != fold(name));
        if let Some(new) = new_contact.filter(|new| others(&new.name)) {
            if self.contacts.len() >= 100 {
                return Err(Error::refused(
                    "A customer has at most 100 contacts. Remove one that is no longer needed first.",
                ));
            }
            let new = new.of(now.id, at);
            rows.new_contacts.push(new.clone());
            self.contacts.push(new);
        }
        self.follow_place();
        Ok(())
    }

    /// As a file found them. Contacts are only ever added by one.
    pub fn put_back(&mut self, before: &Before, rows: &mut Rows) {
        let now = &mut self.customer;
        now.kind = before.kind;
        now.name = before.name.clone();
        now.email = before.email.clone();
        now.phone = before.phone.clone();
        now.notes = before.notes.clone();
        now.external_id = before.external_id.clone();
        if let Some(custom) = &before.custom {
            now.custom = custom.clone();
        }
        let there = |id: Uuid| before.locations.iter().find(|location| Uuid::from(location.id) == id);
        rows.gone_locations.extend(self.locations.iter().map(|l| l.id.into()).filter(|id| there(*id).is_none()));
        self.locations.retain(|location| there(location.id.into()).is_some());
        for now in &mut self.locations {
            if let Some(before) = there(now.id.into()).filter(|before| before.version != now.version) {
                *now = Location { version: now.version, ..before.clone() };
                rows.changed_locations.insert(now.id.into());
            }
        }
        let there = |contact: &Contact| before.contacts.contains(&contact.id.into());
        rows.gone_contacts.extend(self.contacts.iter().filter(|contact| !there(contact)).map(|c| Uuid::from(c.id)));
        self.contacts.retain(there);
        self.follow_place();
    }

    fn follow_place(&mut self) {
        let first = self.locations.first();
        self.customer.place = first.map(Location::line);
        self.customer.city = first.and_then(|location| location.city.clone());
    }
}

fn overlay(now: &mut Location, change: location::Change) {
    now.label = merged(now.label.take(), change.label);
    now.street = change.street.unwrap_or_else(|| now.street.clone());
    now.unit = merged(now.unit.take(), change.unit);
    now.city = merged(now.city.take(), change.city);
    now.region = merged(now.region.take(), change.region);
    now.postal_code = merged(now.postal_code.take(), change.postal_code);
    now.country = change.country.unwrap_or_else(|| now.country.clone());
    now.access_notes = merged(now.access_notes.take(), change.access_notes);
}

//! Bringing many known customers up to date at once: a statement for each table, however many they are.
use jiff::Timestamp;
use kernel::{
    Error, Result, TenantTx, sql,
    text::{digits, fold},
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::decide::{Difference, Known, contacts_of, those};
use crate::{
    contact::Contact,
    customer::{
        Customer, CustomerUpdated,
        bring::{column, insert_all_contacts, insert_all_locations, insert_reach, insert_words},
        change::merged,
        reach, words,
    },
    location::{self, Location},
};

type Texts = Vec<String>;
type Maybes = Vec<Option<String>>;

sql! {
    // Each list of ids narrows its table by itself, so that no plan can read the table once for each of them. The rows stay
    // locked: what is read after this is what will be changed.
    fn lock(ids: Vec<Uuid>) -> Vec<Held> = "
        select id, words from customer where tenant_id = $1 and id = any($2) order by id for update";
    fn locations_of(customers: Vec<Uuid>) -> Vec<Location> = "
        select id, customer_id, label, street, unit, city, region, postal_code, country, access_notes, version, created_at, updated_at
        from location where tenant_id = $1 and customer_id = any($2) order by customer_id, position, id";
    fn equipment_of(customers: Vec<Uuid>) -> Vec<Held> = "
        select customer_id as id, words from equipment where tenant_id = $1 and customer_id = any($2) order by customer_id, id";
    fn update(ids: Vec<Uuid>, kinds: Texts, names: Texts, name_keys: Texts, emails: Maybes, email_keys: Maybes, phones: Maybes, phone_keys: Maybes, notes: Maybes, external_ids: Maybes, places: Maybes, cities: Maybes, city_keys: Maybes, words: Texts, at: Timestamp) -> u64 = "
        update customer c set kind = n.kind, name = n.name, name_key = n.name_key, email = n.email, email_key = n.email_key, phone = n.phone, phone_key = n.phone_key,
          notes = n.notes, external_id = n.external_id, place = n.place, city = n.city, city_key = n.city_key, words = n.words, updated_at = $16, version = c.version + 1
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
          n(id, kind, name, name_key, email, email_key, phone, phone_key, notes, external_id, place, city, city_key, words)
        where c.tenant_id = $1 and c.id = any($2) and c.id = n.id";
    fn update_locations(ids: Vec<Uuid>, streets: Texts, units: Maybes, cities: Maybes, regions: Maybes, postal_codes: Maybes, countries: Texts, access_notes: Maybes, at: Timestamp) -> u64 = "
        update location l set street = n.street, unit = n.unit, city = n.city, region = n.region, postal_code = n.postal_code, country = n.country,
          access_notes = n.access_notes, updated_at = $10, version = l.version + 1
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
          n(id, street, unit, city, region, postal_code, country, access_notes)
        where l.tenant_id = $1 and l.id = any($2) and l.id = n.id";
    // One of these for each word, all in one go: with a list, all words of the company could be read instead.
    fn forget_word(id: Uuid, word: String) -> u64 = "
        delete from customer_word where tenant_id = $1 and word = $3 and customer_id = $2";
}
kernel::row! {
    struct Held {
        id: Uuid,
        words: String,
    }
}

/// A customer while lines of the file are laid over what is kept: two lines may mean the same.
struct Amended {
    customer: Customer,
    before: Vec<String>,
    keys: Vec<String>,
    locations: Vec<Location>,
    contacts: Vec<Contact>,
    /// The words by which what is installed is found.
    equipment: Vec<String>,
}

/// What is to be written beside the customers themselves.
#[derive(Default)]
struct Rows {
    changed_locations: HashSet<Uuid>,
    new_locations: HashSet<Uuid>,
    new_contacts: Vec<Contact>,
}

pub(super) async fn amend(tx: &mut TenantTx, changes: Vec<(Known, Difference)>) -> Result<()> {
    let ids: HashSet<Uuid> = changes.iter().map(|(known, _)| known.customer.id.into()).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let read =
        (lock(ids.clone()), those(ids.clone()), locations_of(ids.clone()), contacts_of(ids.clone()), equipment_of(ids));
    let (held, customers, locations, contacts, equipment) = tx.run(read).await?;
    let mut words: HashMap<Uuid, String> = held.into_iter().map(|held| (held.id, held.words)).collect();
    let mut all: HashMap<Uuid, Amended> = HashMap::new();
    for customer in customers {
        let id = Uuid::from(customer.id);
        let before = words.remove(&id).unwrap_or_default().split(' ').map(str::to_owned).collect();
        let keys = reach::keys(&customer);
        all.insert(id, Amended { customer, before, keys, locations: vec![], contacts: vec![], equipment: vec![] });
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
    let mut rows = Rows::default();
    for (known, change) in changes {
        if let Some(now) = all.get_mut(&known.customer.id.into()) {
            now.lay(&known, change, tx.now(), &mut rows)?;
        }
    }
    write(tx, all.into_values().collect(), rows).await
}

impl Amended {
    fn lay(&mut self, known: &Known, change: Difference, at: Timestamp, rows: &mut Rows) -> Result<()> {
        let Difference { customer, location, new_location, new_contact, new_tags: _ } = change;
        let now = &mut self.customer;
        if let Some(change) = customer {
            now.kind = change.kind.unwrap_or(now.kind);
            now.name = change.name.unwrap_or_else(|| now.name.clone());
            now.email = merged(now.email.take(), change.email);
            now.phone = merged(now.phone.take(), change.phone);
            now.notes = merged(now.notes.take(), change.notes);
            now.external_id = merged(now.external_id.take(), change.external_id);
        }
        let id = known.location.as_ref().map(|location| location.id);
        let meant = self.locations.iter_mut().find(|location| Some(location.id) == id);
        if let (Some(now), Some(change)) = (meant, location) {
            overlay(now, change);
            rows.changed_locations.insert(now.id.into());
        }
        if let Some(new) = new_location.filter(|new| self.locations.iter().all(|known| known.line() != new.line())) {
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
        let first = self.locations.first();
        now.place = first.map(Location::line);
        now.city = first.and_then(|location| location.city.clone());
        Ok(())
    }
}

fn overlay(now: &mut Location, change: location::Change) {
    now.street = change.street.unwrap_or_else(|| now.street.clone());
    now.unit = merged(now.unit.take(), change.unit);
    now.city = merged(now.city.take(), change.city);
    now.region = merged(now.region.take(), change.region);
    now.postal_code = merged(now.postal_code.take(), change.postal_code);
    now.country = change.country.unwrap_or_else(|| now.country.clone());
    now.access_notes = merged(now.access_notes.take(), change.access_notes);
}

/// What came, each with whose it is.
type Come = (Vec<Uuid>, Texts);

/// What went, and what came is added to the others'.
fn turnover(id: Uuid, before: &[String], now: &[String], come: &mut Come) -> Texts {
    for new in now.iter().filter(|new| !before.contains(new)) {
        come.0.push(id);
        come.1.push(new.clone());
    }
    before.iter().filter(|old| !old.is_empty() && !now.contains(old)).cloned().collect()
}

async fn write(tx: &mut TenantTx, all: Vec<Amended>, rows: Rows) -> Result<()> {
    let (now, user) = (tx.now(), tx.user());
    let (mut new_words, mut new_keys, mut texts) = (Come::default(), Come::default(), vec![]);
    let (mut changed, mut new) = (vec![], vec![]);
    let (mut lost_words, mut lost_keys) = (vec![], vec![]);
    for amended in &all {
        let id = Uuid::from(amended.customer.id);
        let words = words::of(&amended.customer, &amended.contacts, &amended.locations, &amended.equipment);
        for word in turnover(id, &amended.before, &words, &mut new_words) {
            lost_words.push(forget_word(id, word));
        }
        for key in turnover(id, &amended.keys, &reach::keys(&amended.customer), &mut new_keys) {
            lost_keys.push(reach::forget(amended.customer.id, key));
        }
        texts.push(words.join(" "));
        for location in &amended.locations {
            let id = Uuid::from(location.id);
            if rows.new_locations.contains(&id) {
                new.push(location.clone());
            } else if rows.changed_locations.contains(&id) {
                changed.push(location.clone());
            }
        }
    }
    let customers: Vec<Customer> = all.into_iter().map(|amended| amended.customer).collect();
    tx.run((lost_words, lost_keys, update_all(&customers, texts, now))).await?;
    if !changed.is_empty() {
        tx.run(update_all_locations(&changed, now)).await?;
    }
    if !new.is_empty() {
        tx.queue(insert_all_locations(new, now, user));
    }
    if !rows.new_contacts.is_empty() {
        tx.queue(insert_all_contacts(rows.new_contacts, now, user));
    }
    tx.queue(insert_words(new_words.0, new_words.1));
    tx.queue(insert_reach(new_keys.0, new_keys.1));
    for customer in customers {
        tx.tell(&CustomerUpdated { customer: customer.id, number: customer.number });
    }
    Ok(())
}

fn update_all(all: &[Customer], words: Texts, at: Timestamp) -> kernel::tx::Statement<u64> {
    update(
        column(all, |c| c.id.into()),
        column(all, |c| c.kind.to_string()),
        column(all, |c| c.name.clone()),
        column(all, |c| fold(&c.name)),
        column(all, |c| c.email.clone()),
        column(all, |c| c.email.as_deref().map(str::to_lowercase)),
        column(all, |c| c.phone.clone()),
        column(all, |c| c.phone.as_deref().map(digits)),
        column(all, |c| c.notes.clone()),
        column(all, |c| c.external_id.clone()),
        column(all, |c| c.place.clone()),
        column(all, |c| c.city.clone()),
        column(all, |c| c.city.as_deref().map(fold)),
        words,
        at,
    )
}

fn update_all_locations(all: &[Location], at: Timestamp) -> kernel::tx::Statement<u64> {
    update_locations(
        column(all, |l| l.id.into()),
        column(all, |l| l.street.clone()),
        column(all, |l| l.unit.clone()),
        column(all, |l| l.city.clone()),
        column(all, |l| l.region.clone()),
        column(all, |l| l.postal_code.clone()),
        column(all, |l| l.country.clone()),
        column(all, |l| l.access_notes.clone()),
        at,
    )
}

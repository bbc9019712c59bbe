//! Bringing many known customers up to date at once: a statement for each table, however many they are.
use jiff::Timestamp;
use kernel::{
    Result, TenantTx, sql,
    text::{digits, fold},
};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::{
    decide::Known,
    deed::{Before, Deed, digest},
    difference::Difference,
    lay::{Amended, Rows, load},
};
use crate::{
    customer::{
        Customer, CustomerUpdated,
        bring::{insert_all_contacts, insert_all_locations, insert_reach, insert_words},
        reach, words,
    },
    location::Location,
};

type Texts = Vec<String>;

sql! {
    // One of these for each row, all in one go: of a company that the statistics do not know yet the planner expects one customer, and
    // would hold every customer against every line of a list.
    fn update(id: Uuid, kind: String, name: String, name_key: String, email: Option<String>, email_key: Option<String>, phone: Option<String>, phone_key: Option<String>, notes: Option<String>, external_id: Option<String>, place: Option<String>, city: Option<String>, city_key: Option<String>, words: String, custom: Value, at: Timestamp) -> u64 = "
        update customer set kind = $3, name = $4, name_key = $5, email = $6, email_key = $7, phone = $8, phone_key = $9, notes = $10, external_id = $11,
          place = $12, city = $13, city_key = $14, words = $15, custom = $16, updated_at = $17, version = version + 1
        where tenant_id = $1 and id = $2";
    fn update_location(id: Uuid, street: String, unit: Option<String>, city: Option<String>, region: Option<String>, postal_code: Option<String>, country: String, access_notes: Option<String>, label: Option<String>, at: Timestamp) -> u64 = "
        update location set street = $3, unit = $4, city = $5, region = $6, postal_code = $7, country = $8, access_notes = $9, label = $10, updated_at = $11, version = version + 1
        where tenant_id = $1 and id = $2";
    fn remove_location(id: Uuid) -> u64 = "delete from location where tenant_id = $1 and id = $2";
    fn remove_contact(id: Uuid) -> u64 = "delete from contact where tenant_id = $1 and id = $2";
    // One of these for each word, all in one go: with a list, all words of the company could be read instead.
    fn forget_word(id: Uuid, word: String) -> u64 = "
        delete from customer_word where tenant_id = $1 and word = $3 and customer_id = $2";
}

/// What was done with each.
pub(super) async fn amend(tx: &mut TenantTx, changes: Vec<(Known, Difference)>) -> Result<Vec<Deed>> {
    let ids: HashSet<Uuid> = changes.iter().map(|(known, _)| known.customer.id.into()).collect();
    let mut all = load(tx, ids.into_iter().collect()).await?;
    let found: HashMap<Uuid, Before> =
        all.iter().map(|(id, now)| (*id, Before::of(&now.customer, &now.locations, &now.contacts))).collect();
    let mut rows = Rows::default();
    for (known, change) in changes {
        if let Some(now) = all.get_mut(&known.customer.id.into()) {
            now.lay(change, tx.now(), &mut rows)?;
        }
    }
    let standing = write(tx, all.into_values().collect(), rows).await?;
    let deed =
        |Standing { customer, version, parts }| Some(Deed::changed(customer, found.get(&customer)?, version, parts));
    Ok(standing.into_iter().filter_map(deed).collect())
}

/// How somebody was left.
pub(super) struct Standing {
    pub customer: Uuid,
    pub version: i64,
    pub parts: Uuid,
}

impl Standing {
    fn of(amended: &Amended, rows: &Rows) -> Self {
        let Amended { customer, locations, contacts, .. } = amended;
        let changed = |id| i64::from(rows.changed_locations.contains(&id));
        let locations = locations.iter().map(|l| (Uuid::from(l.id), l.version + changed(l.id.into())));
        let contacts = contacts.iter().map(|contact| (Uuid::from(contact.id), contact.version));
        let parts = digest(locations.chain(contacts).collect());
        Self { customer: customer.id.into(), version: customer.version + 1, parts }
    }
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

pub(super) async fn write(tx: &mut TenantTx, all: Vec<Amended>, rows: Rows) -> Result<Vec<Standing>> {
    if all.is_empty() {
        return Ok(vec![]);
    }
    let (now, user) = (tx.now(), tx.user());
    let (mut new_words, mut new_keys, mut texts) = (Come::default(), Come::default(), vec![]);
    let (mut changed, mut new) = (vec![], vec![]);
    let (mut lost_words, mut lost_keys) = (vec![], vec![]);
    let standing = all.iter().map(|amended| Standing::of(amended, &rows)).collect();
    for amended in &all {
        let id = Uuid::from(amended.customer.id);
        let words = words::of(&amended.customer, &amended.contacts, &amended.locations, &amended.equipment);
        for word in turnover(id, &amended.words, &words, &mut new_words) {
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
    for amended in &all {
        let customer = &amended.customer;
        tx.tell(&CustomerUpdated { customer: customer.id, number: customer.number });
    }
    let customers: Vec<_> =
        all.into_iter().zip(texts).map(|(amended, words)| update_one(amended.customer, words, now)).collect();
    let places: Vec<_> = changed.into_iter().map(|location| move_one(location, now)).collect();
    tx.run((lost_words, lost_keys, customers, places)).await?;
    let locations: Vec<_> = rows.gone_locations.into_iter().map(remove_location).collect();
    let contacts: Vec<_> = rows.gone_contacts.into_iter().map(remove_contact).collect();
    tx.run((locations, contacts)).await?;
    if !new.is_empty() {
        tx.queue(insert_all_locations(new, now, user));
    }
    if !rows.new_contacts.is_empty() {
        tx.queue(insert_all_contacts(rows.new_contacts, now, user));
    }
    tx.queue(insert_words(new_words.0, new_words.1));
    tx.queue(insert_reach(new_keys.0, new_keys.1));
    Ok(standing)
}

fn update_one(c: Customer, words: String, at: Timestamp) -> kernel::tx::Statement<u64> {
    let (name_key, email_key) = (fold(&c.name), c.email.as_deref().map(str::to_lowercase));
    let (phone_key, city_key) = (c.phone.as_deref().map(digits), c.city.as_deref().map(fold));
    update(
        c.id.into(),
        c.kind.to_string(),
        c.name,
        name_key,
        c.email,
        email_key,
        c.phone,
        phone_key,
        c.notes,
        c.external_id,
        c.place,
        c.city,
        city_key,
        words,
        c.custom.0.into(),
        at,
    )
}

fn move_one(l: Location, at: Timestamp) -> kernel::tx::Statement<u64> {
    update_location(
        l.id.into(),
        l.street,
        l.unit,
        l.city,
        l.region,
        l.postal_code,
        l.country,
        l.access_notes,
        l.label,
        at,
    )
}

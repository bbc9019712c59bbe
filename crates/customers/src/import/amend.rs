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
        bring::{column, insert_all_contacts, insert_all_locations, insert_reach, insert_words},
        reach, words,
    },
    location::Location,
};

type Texts = Vec<String>;
type Maybes = Vec<Option<String>>;

sql! {
    fn update(ids: Vec<Uuid>, kinds: Texts, names: Texts, name_keys: Texts, emails: Maybes, email_keys: Maybes, phones: Maybes, phone_keys: Maybes, notes: Maybes, external_ids: Maybes, places: Maybes, cities: Maybes, city_keys: Maybes, words: Texts, custom: Vec<Value>, at: Timestamp) -> u64 = "
        update customer c set kind = n.kind, name = n.name, name_key = n.name_key, email = n.email, email_key = n.email_key, phone = n.phone, phone_key = n.phone_key,
          notes = n.notes, external_id = n.external_id, place = n.place, city = n.city, city_key = n.city_key, words = n.words, custom = n.custom, updated_at = $17, version = c.version + 1
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::jsonb[])
          n(id, kind, name, name_key, email, email_key, phone, phone_key, notes, external_id, place, city, city_key, words, custom)
        where c.tenant_id = $1 and c.id = any($2) and c.id = n.id";
    fn update_locations(ids: Vec<Uuid>, streets: Texts, units: Maybes, cities: Maybes, regions: Maybes, postal_codes: Maybes, countries: Texts, access_notes: Maybes, labels: Maybes, at: Timestamp) -> u64 = "
        update location l set street = n.street, unit = n.unit, city = n.city, region = n.region, postal_code = n.postal_code, country = n.country,
          access_notes = n.access_notes, label = n.label, updated_at = $11, version = l.version + 1
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
          n(id, street, unit, city, region, postal_code, country, access_notes, label)
        where l.tenant_id = $1 and l.id = any($2) and l.id = n.id";
    fn remove_locations(ids: Vec<Uuid>) -> u64 = "
        delete from location where tenant_id = $1 and id = any($2)";
    fn remove_contacts(ids: Vec<Uuid>) -> u64 = "
        delete from contact where tenant_id = $1 and id = any($2)";
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
    let customers: Vec<Customer> = all.into_iter().map(|amended| amended.customer).collect();
    tx.run((lost_words, lost_keys, update_all(&customers, texts, now))).await?;
    if !changed.is_empty() {
        tx.run(update_all_locations(&changed, now)).await?;
    }
    if !rows.gone_locations.is_empty() || !rows.gone_contacts.is_empty() {
        tx.run((remove_locations(rows.gone_locations), remove_contacts(rows.gone_contacts))).await?;
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
    Ok(standing)
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
        column(all, |c| c.custom.0.clone().into()),
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
        column(all, |l| l.label.clone()),
        at,
    )
}

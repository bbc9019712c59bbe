//! Adding many customers at once, as an import does: a statement for each table, however many there are.
use jiff::Timestamp;
use kernel::{
    TenantTx, sql,
    text::{digits, fold},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Customer, CustomerId, New, reach, words};
use crate::{
    contact::Contact,
    location::{self, Location},
};

type Texts = Vec<String>;
type Maybes = Vec<Option<String>>;

sql! {
    fn insert(ids: Vec<Uuid>, numbers: Vec<i64>, kinds: Texts, names: Texts, name_keys: Texts, emails: Maybes, email_keys: Maybes, phones: Maybes, phone_keys: Maybes, notes: Maybes, external_ids: Maybes, places: Maybes, cities: Maybes, city_keys: Maybes, words: Texts, custom: Vec<Value>, at: Timestamp, created_by: Option<Uuid>) = "
        insert into customer (tenant_id, id, number, kind, name, name_key, email, email_key, phone, phone_key, notes, external_id, place, city, city_key, words, custom, created_at, updated_at, created_by)
        select $1::uuid, n.*, $18::timestamptz, $18::timestamptz, $19::uuid
        from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::jsonb[]) n";
    fn insert_locations(ids: Vec<Uuid>, customers: Vec<Uuid>, streets: Texts, units: Maybes, cities: Maybes, regions: Maybes, postal_codes: Maybes, countries: Texts, access_notes: Maybes, labels: Maybes, at: Timestamp, created_by: Option<Uuid>) = "
        insert into location (tenant_id, id, customer_id, street, unit, city, region, postal_code, country, access_notes, label, created_at, updated_at, created_by)
        select $1::uuid, n.*, $12::timestamptz, $12::timestamptz, $13::uuid
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) n";
    fn insert_contacts(ids: Vec<Uuid>, customers: Vec<Uuid>, names: Texts, roles: Maybes, emails: Maybes, phones: Maybes, at: Timestamp, created_by: Option<Uuid>) = "
        insert into contact (tenant_id, id, customer_id, name, role, email, phone, created_at, updated_at, created_by)
        select $1::uuid, n.*, $8::timestamptz, $8::timestamptz, $9::uuid
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[]) n";
    // In the order of the index, so that neighbours in it are written together.
    pub(crate) fn insert_words(ids: Vec<Uuid>, words: Texts) = "
        insert into customer_word (tenant_id, word, customer_id)
        select $1::uuid, w.word, n.id from unnest($2::uuid[], $3::text[]) n(id, words)
        cross join lateral unnest(string_to_array(n.words, ' ')) w(word) order by w.word, n.id
        on conflict (tenant_id, word, customer_id) do nothing";
    pub(crate) fn insert_reach(ids: Vec<Uuid>, keys: Texts) = "
        insert into customer_reach (tenant_id, key, customer_id)
        select $1::uuid, n.key, n.id from unnest($2::uuid[], $3::text[]) n(id, key) order by n.key, n.id
        on conflict (tenant_id, key, customer_id) do nothing";
}

/// Somebody who was added, with the ids of their place and contact.
#[derive(Debug)]
pub(crate) struct Brought {
    pub id: CustomerId,
    pub parts: Vec<Uuid>,
}

/// Queues all of them, each with more places than their first, with numbers from `first` on. What is told of them is the caller's.
pub(crate) fn bring(tx: &mut TenantTx, all: Vec<(New, Vec<location::New>)>, first: i64) -> Vec<Brought> {
    let (now, user) = (tx.now(), tx.user());
    let (mut customers, mut locations, mut contacts, mut words) = (vec![], vec![], vec![], vec![]);
    let mut brought = vec![];
    for ((new, more), number) in all.into_iter().zip(first..) {
        let id = CustomerId::new();
        let places = new.location.clone().into_iter().chain(more);
        let location: Vec<Location> = places.map(|place| place.at(id, now)).collect();
        let contact: Vec<Contact> = new.contact.clone().map(|person| person.of(id, now)).into_iter().collect();
        let customer = new.into_customer(id, number, now);
        words.push(words::of(&customer, &contact, &location, &[]).join(" "));
        let parts = location.iter().map(|l| l.id.into()).chain(contact.iter().map(|c| c.id.into())).collect();
        brought.push(Brought { id, parts });
        customers.push(customer);
        locations.extend(location);
        contacts.extend(contact);
    }
    if brought.is_empty() {
        return brought;
    }
    let uuids = column(&customers, |customer| customer.id.into());
    let (known, keys) =
        customers.iter().flat_map(|c| reach::keys(c).into_iter().map(|key| (Uuid::from(c.id), key))).unzip();
    tx.queue(insert_words(uuids.clone(), words.clone()));
    tx.queue(insert_reach(known, keys));
    tx.queue(insert_all(uuids, customers, words, now, user));
    if !locations.is_empty() {
        tx.queue(insert_all_locations(locations, now, user));
    }
    if !contacts.is_empty() {
        tx.queue(insert_all_contacts(contacts, now, user));
    }
    brought
}

/// A column of the rows.
pub(crate) fn column<R, T>(rows: &[R], cell: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}

fn insert_all(
    ids: Vec<Uuid>,
    all: Vec<Customer>,
    words: Texts,
    at: Timestamp,
    user: Option<Uuid>,
) -> kernel::tx::Statement<()> {
    insert(
        ids,
        column(&all, |c| c.number),
        column(&all, |c| c.kind.to_string()),
        column(&all, |c| c.name.clone()),
        column(&all, |c| fold(&c.name)),
        column(&all, |c| c.email.clone()),
        column(&all, |c| c.email.as_deref().map(str::to_lowercase)),
        column(&all, |c| c.phone.clone()),
        column(&all, |c| c.phone.as_deref().map(digits)),
        column(&all, |c| c.notes.clone()),
        column(&all, |c| c.external_id.clone()),
        column(&all, |c| c.place.clone()),
        column(&all, |c| c.city.clone()),
        column(&all, |c| c.city.as_deref().map(fold)),
        words,
        column(&all, |c| c.custom.0.clone().into()),
        at,
        user,
    )
}

pub(crate) fn insert_all_locations(all: Vec<Location>, at: Timestamp, user: Option<Uuid>) -> kernel::tx::Statement<()> {
    insert_locations(
        column(&all, |l| l.id.into()),
        column(&all, |l| l.customer_id.into()),
        column(&all, |l| l.street.clone()),
        column(&all, |l| l.unit.clone()),
        column(&all, |l| l.city.clone()),
        column(&all, |l| l.region.clone()),
        column(&all, |l| l.postal_code.clone()),
        column(&all, |l| l.country.clone()),
        column(&all, |l| l.access_notes.clone()),
        column(&all, |l| l.label.clone()),
        at,
        user,
    )
}

pub(crate) fn insert_all_contacts(all: Vec<Contact>, at: Timestamp, user: Option<Uuid>) -> kernel::tx::Statement<()> {
    insert_contacts(
        column(&all, |c| c.id.into()),
        column(&all, |c| c.customer_id.into()),
        column(&all, |c| c.name.clone()),
        column(&all, |c| c.role.clone()),
        column(&all, |c| c.email.clone()),
        column(&all, |c| c.phone.clone()),
        at,
        user,
    )
}

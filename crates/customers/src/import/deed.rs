//! What an import did with each customer, and how it left them: by that it is undone, unless somebody was there since.
use kernel::{Result, TenantTx, row, sql};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

use super::{ImportId, decide::contacts_of, lay::locations_of};
use crate::{
    contact::Contact,
    custom::Custom,
    customer::{self, Customer, Kind, bring::Brought, bring::column},
    location::Location,
};

row! {
    #[derive(Debug, Clone)]
    pub(super) struct Deed {
        pub customer_id: Uuid,
        pub made: bool,
        pub before: Option<String>,
        /// The version at which the customer was left.
        pub stands_at: i64,
        pub parts: Uuid,
    }
}

/// A customer as a file found them: all of them and theirs that a file can change.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Before {
    pub kind: Kind,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub notes: Option<String>,
    pub external_id: Option<String>,
    pub tags: Vec<String>,
    /// Not written down by those that ran before a file could say anything of it.
    #[serde(default)]
    pub custom: Option<Custom>,
    pub locations: Vec<Location>,
    pub contacts: Vec<Uuid>,
    /// How they stood, so that what an earlier import left is known again after this one is undone.
    pub version: i64,
    pub parts: Uuid,
}

impl Before {
    pub fn of(customer: &Customer, locations: &[Location], contacts: &[Contact]) -> Self {
        let Customer { kind, name, email, phone, notes, external_id, tags, custom, version, .. } = customer.clone();
        Self {
            kind,
            name,
            email,
            phone,
            notes,
            external_id,
            tags,
            custom: Some(custom),
            locations: locations.to_vec(),
            contacts: contacts.iter().map(|contact| contact.id.into()).collect(),
            version,
            parts: digest_of(locations, contacts),
        }
    }
}

/// The first 16 bytes are enough: it is held against one other.
pub(super) fn digest(mut parts: Vec<(Uuid, i64)>) -> Uuid {
    parts.sort_unstable();
    let mut hash = Sha256::new();
    for (id, version) in parts {
        hash.update(id.as_bytes());
        hash.update(version.to_be_bytes());
    }
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    Uuid::from_bytes(bytes)
}

pub(super) fn digest_of(locations: &[Location], contacts: &[Contact]) -> Uuid {
    let locations = locations.iter().map(|location| (location.id.into(), location.version));
    digest(locations.chain(contacts.iter().map(|contact| (contact.id.into(), contact.version))).collect())
}

impl Deed {
    pub fn made(new: Brought) -> Self {
        let parts = digest(new.parts.into_iter().map(|id| (id, 1)).collect());
        Self { customer_id: new.id.into(), made: true, before: None, stands_at: 1, parts }
    }
    pub fn changed(customer: Uuid, before: &Before, stands_at: i64, parts: Uuid) -> Self {
        let before = serde_json::to_string(before).unwrap_or_default();
        Self { customer_id: customer, made: false, before: Some(before), stands_at, parts }
    }
    pub fn found(&self) -> Option<Before> {
        self.before.as_ref().and_then(|before| serde_json::from_str(before).ok())
    }
}

sql! {
    // What was found is what the first line of the file found; how they stand is how the last one left them.
    fn insert(import: ImportId, customers: Vec<Uuid>, before: Vec<Option<String>>, stand_at: Vec<i64>, parts: Vec<Uuid>) = "
        insert into import_deed (tenant_id, import_id, customer_id, made, before, stands_at, parts)
        select $1::uuid, $2::uuid, n.customer_id, n.before is null, n.before, n.stands_at, n.parts
        from unnest($3::uuid[], $4::text[], $5::bigint[], $6::uuid[]) n(customer_id, before, stands_at, parts)
        order by n.customer_id
        on conflict (tenant_id, import_id, customer_id) do update set stands_at = excluded.stands_at, parts = excluded.parts";
}

/// Those who only get tags: as they are before they do.
pub(super) async fn of_tagged(tx: &mut TenantTx, ids: Vec<Uuid>) -> Result<Vec<Deed>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let (customers, locations, contacts) =
        tx.run((customer::those(ids.clone()), locations_of(ids.clone()), contacts_of(ids))).await?;
    let mut parts: HashMap<Uuid, (Vec<Location>, Vec<Contact>)> = HashMap::new();
    for location in locations {
        parts.entry(location.customer_id.into()).or_default().0.push(location);
    }
    for contact in contacts {
        parts.entry(contact.customer_id.into()).or_default().1.push(contact);
    }
    let deeds = customers.into_iter().map(|customer| {
        let (locations, contacts) = parts.remove(&customer.id.into()).unwrap_or_default();
        let before = Before::of(&customer, &locations, &contacts);
        Deed::changed(customer.id.into(), &before, before.version, before.parts)
    });
    Ok(deeds.collect())
}

/// Queues them, each with the version at which tags left the customer.
pub(super) fn keep(tx: &mut TenantTx, import: ImportId, mut deeds: Vec<Deed>, tagged: &[Customer]) {
    let versions: HashMap<Uuid, i64> = tagged.iter().map(|customer| (customer.id.into(), customer.version)).collect();
    for deed in &mut deeds {
        deed.stands_at = versions.get(&deed.customer_id).copied().unwrap_or(deed.stands_at);
    }
    if !deeds.is_empty() {
        tx.queue(insert(
            import,
            column(&deeds, |deed| deed.customer_id),
            column(&deeds, |deed| deed.before.clone()),
            column(&deeds, |deed| deed.stands_at),
            column(&deeds, |deed| deed.parts),
        ));
    }
}

//! What becomes of each line of a batch: somebody new, somebody known with other values, or nothing.
use kernel::{
    Result, TenantTx, sql,
    text::{digits, fold},
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::{
    difference::{Difference, difference},
    elsewhere,
    format::Source,
    lay::locations_of,
};
use crate::{
    CustomerId,
    contact::Contact,
    customer::{self, Customer, New, reach},
    location::{self, Location},
};

sql! {
    // All who could be meant by these keys: ids, addresses, numbers, or names (of lines that have nothing better).
    fn meant(keys: Vec<String>) -> Vec<Meant> = "
        select a.key, r.customer_id from unnest($2::text[]) a(key) cross join lateral (
            select customer_id from customer_reach where tenant_id = $1 and key = a.key limit 1000) r
        limit 20000";
    pub(super) fn contacts_of(customers: Vec<Uuid>) -> Vec<Contact> = "
        select id, customer_id, name, role, email, phone, version, created_at, updated_at
        from contact where tenant_id = $1 and customer_id = any($2) order by customer_id, position, id";
}

kernel::row! {
    struct Meant {
        key: String,
        customer_id: CustomerId,
    }
}

/// The keys under which the customer of a line would be known: a name alone says little beside anything better.
fn asked(new: &New, source: Source) -> impl Iterator<Item = String> {
    let bare = new.email.is_none() && new.phone.is_none();
    let keys = [
        new.external_id.as_deref().filter(|_| source == Source::Other).map(reach::id_key),
        new.email.as_deref().map(reach::email_key),
        new.phone.as_deref().map(|phone| reach::phone_key(phone, &new.name)),
        bare.then(|| reach::name_key(&new.name)),
    ];
    keys.into_iter().flatten()
}

/// A line's customer, as the database knows them, and by which ids the source of the file does.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub customer: Customer,
    pub locations: Vec<Location>,
    pub contacts: Vec<Contact>,
    pub elsewhere: Vec<String>,
    /// Where in the crowd.
    at: usize,
}

#[derive(Debug)]
pub(super) enum Decision {
    New,
    Known {
        known: Box<Known>,
        change: Box<Difference>,
    },
    /// One more place of whom an earlier line, which is in this batch too, brings.
    Another {
        of: i32,
        place: Box<location::New>,
    },
}

/// Those of the database who may be meant by a batch, in the order of their ids, and where each is by what a line can say.
pub(super) struct Crowd {
    source: Source,
    all: Vec<Known>,
    by_external_id: HashMap<String, usize>,
    by_email: HashMap<String, Vec<usize>>,
    by_phone: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    /// Keys of whoever became part of them by a merge.
    by_merge: HashMap<String, usize>,
}

impl Crowd {
    pub async fn of(tx: &mut TenantTx, source: Source, lines: &[&New]) -> Result<Self> {
        let keys: HashSet<String> = lines.iter().flat_map(|new| asked(new, source)).collect();
        let theirs = match source {
            Source::Other => vec![],
            _ => lines.iter().filter_map(|new| new.external_id.clone()).collect(),
        };
        let (meant, known) = tx.run((meant(keys.into_iter().collect()), elsewhere::known(source, theirs))).await?;
        let ids: HashSet<Uuid> =
            meant.iter().map(|one| one.customer_id.0).chain(known.iter().map(|one| one.customer_id)).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut crowd = Self {
            source,
            all: vec![],
            by_external_id: HashMap::new(),
            by_email: HashMap::new(),
            by_phone: HashMap::new(),
            by_name: HashMap::new(),
            by_merge: HashMap::new(),
        };
        if ids.is_empty() {
            return Ok(crowd);
        }
        let batch =
            (customer::those(ids.clone()), locations_of(ids.clone()), contacts_of(ids.clone()), elsewhere::of(ids));
        let (customers, locations, contacts, elsewhere) = tx.run(batch).await?;
        let at: HashMap<Uuid, usize> = customers.iter().enumerate().map(|(n, c)| (c.id.into(), n)).collect();
        customers.into_iter().for_each(|customer| crowd.admit(customer));
        for Meant { key, customer_id } in meant {
            let Some(n) = at.get(&customer_id.0).copied() else { continue };
            if crowd.all.get(n).is_some_and(|known| !reach::keys(&known.customer).contains(&key)) {
                crowd.by_merge.insert(key, n);
            }
        }
        for location in locations {
            if let Some(known) = at.get(&location.customer_id.into()).and_then(|n| crowd.all.get_mut(*n)) {
                known.locations.push(location);
            }
        }
        for contact in contacts {
            if let Some(known) = at.get(&contact.customer_id.into()).and_then(|n| crowd.all.get_mut(*n)) {
                known.contacts.push(contact);
            }
        }
        for one in elsewhere.into_iter().filter(|one| one.source == source) {
            let Some(n) = at.get(&one.customer_id).copied() else { continue };
            if let Some(known) = crowd.all.get_mut(n) {
                known.elsewhere.push(one.external_id.clone());
                crowd.by_external_id.insert(one.external_id, n);
            }
        }
        Ok(crowd)
    }

    fn admit(&mut self, customer: Customer) {
        let n = self.all.len();
        if let Some(id) = customer.external_id.as_ref().filter(|_| self.source == Source::Other) {
            self.by_external_id.insert(id.clone(), n);
        }
        if let Some(email) = &customer.email {
            self.by_email.entry(email.to_lowercase()).or_default().push(n);
        }
        if let Some(phone) = &customer.phone {
            self.by_phone.entry(digits(phone)).or_default().push(n);
        }
        self.by_name.entry(fold(&customer.name)).or_default().push(n);
        self.all.push(Known { customer, locations: vec![], contacts: vec![], elsewhere: vec![], at: n });
    }

    /// The id of the other system says it for certain; an e-mail belongs to one customer; a phone is shared by people
    /// of other names; a bare name counts with the same place.
    pub fn decide(&mut self, new: &New) -> Decision {
        let decision = self.found(new);
        // Further lines with the same id mean the same customer.
        if let (Decision::Known { known, .. }, Some(id)) = (&decision, &new.external_id) {
            self.by_external_id.insert(id.clone(), known.at);
        }
        decision
    }

    fn found(&self, new: &New) -> Decision {
        let own = |known: &&Known| match (&new.external_id, self.source) {
            (Some(ours), Source::Other) => known.customer.external_id.as_ref().is_none_or(|theirs| theirs == ours),
            (Some(ours), _) => known.elsewhere.is_empty() || known.elsewhere.contains(ours),
            (None, _) => true,
        };
        let name = fold(&new.name);
        let same_name = |known: &&Known| fold(&known.customer.name) == name;
        let place = new.location.as_ref().map(|location| fold(&location.line()));
        let there = |known: &&Known| place.is_none() || known.customer.place.as_deref().map(fold) == place;
        let by_email = || self.these(&self.by_email, &new.email.as_ref()?.to_lowercase()).find(own);
        let by_phone =
            || self.these(&self.by_phone, &digits(new.phone.as_ref()?)).filter(own).find(|known| same_name(known));
        let bare = new.email.is_none() && new.phone.is_none();
        let by_name = || self.these(&self.by_name, &name).filter(|_| bare).filter(own).find(|known| there(known));
        let own = by_email().or_else(by_phone).or_else(by_name);
        let merged = asked(new, self.source).find_map(|key| self.all.get(*self.by_merge.get(&key)?));
        match (self.by_id(new), own, merged) {
            // What a file says of somebody who became part of another is no news of that other.
            (None, None, Some(known)) => self.known(known, Difference::default()),
            (Some(by_id), None, Some(known)) if by_id.at == known.at => self.known(known, Difference::default()),
            (Some(known), ..) | (None, Some(known), _) => self.known(known, difference(known, new, self.source)),
            (None, None, None) => Decision::New,
        }
    }

    fn known(&self, known: &Known, change: Difference) -> Decision {
        Decision::Known { change: Box::new(change), known: Box::new(known.clone()) }
    }

    fn by_id(&self, new: &New) -> Option<&Known> {
        self.all.get(*self.by_external_id.get(new.external_id.as_ref()?)?)
    }

    /// A line after line `of` about the same customer, with another place of theirs.
    pub fn another(&self, new: &New, of: i32, place: location::New) -> Decision {
        let Some(known) = self.by_id(new) else { return Decision::Another { of, place: Box::new(place) } };
        let there = known.locations.iter().any(|known| fold(&known.line()) == fold(&place.line()));
        let new_location = (!there).then_some(place);
        self.known(known, Difference { new_location, ..Difference::default() })
    }

    fn these(&self, by: &HashMap<String, Vec<usize>>, key: &str) -> impl Iterator<Item = &Known> {
        by.get(key).cloned().unwrap_or_default().into_iter().filter_map(|n| self.all.get(n))
    }
}

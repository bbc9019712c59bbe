//! Tags added to those that customers have: as a file brings them, or with a customer who is new.
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, Uuid, sql, text::fold};

use std::collections::HashMap;

use super::{MOST_OF_ONE, known_or_made, settle::settle_here};
use crate::{
    CustomerId,
    customer::{Customer, held},
};

sql! {
    fn add_pairs(customers: Vec<Uuid>, tags: Vec<Uuid>, at: Timestamp, created_by: Option<Uuid>) -> u64 = "
        insert into customer_tag (tenant_id, customer_id, tag_id, status, name_key, created_at, created_by)
        select $1, c.id, p.tag, c.status, c.name_key, $4, $5
        from unnest($2::uuid[], $3::uuid[]) p(customer, tag) join customer c on c.tenant_id = $1 and c.id = p.customer
        where c.id = any($2)
        on conflict (tenant_id, customer_id, tag_id) do nothing";
}

/// Each customer with the names of what they get; names that nobody has had yet become tags. Those who changed.
pub(crate) async fn give_more(tx: &mut TenantTx, all: &[(CustomerId, Vec<String>)]) -> Result<Vec<Customer>> {
    let names: Vec<String> = all.iter().flat_map(|(_, names)| names.iter().cloned()).collect();
    if names.is_empty() {
        return Ok(vec![]);
    }
    let tags: HashMap<String, Uuid> =
        known_or_made(tx, &names).await?.into_iter().map(|tag| (fold(&tag.name), tag.id.0)).collect();
    let pairs = all.iter().flat_map(|(id, names)| names.iter().map(move |name| (id.0, fold(name))));
    let (customers, given): (Vec<Uuid>, Vec<Uuid>) = pairs.filter_map(|(id, key)| Some((id, *tags.get(&key)?))).unzip();
    let ids: Vec<CustomerId> = all.iter().map(|(id, _)| *id).collect();
    let lock = held(ids.iter().map(|id| id.0).collect());
    tx.run((lock, add_pairs(customers, given, tx.now(), tx.user()))).await?;
    let changed = settle_here(tx, &ids).await?;
    match changed.iter().any(|customer| customer.tags.len() > MOST_OF_ONE) {
        true => Err(Error::refused("A customer has at most 20 tags. Take off one that is no longer needed first.")),
        false => Ok(changed),
    }
}

//! Customers of an import as they were before it: removed, archived or put back, a statement for each table.
use kernel::{Result, TenantTx, sql};
use std::collections::HashMap;
use uuid::Uuid;

use super::{
    ImportId, amend,
    deed::Before,
    elsewhere,
    lay::{Amended, Rows},
};
use crate::{
    customer::{self, CustomerArchived, archive, bring::column, reach, words},
    tag,
};

sql! {
    // Parts first, so that each is remembered as its own.
    fn remove_contacts(customers: Vec<Uuid>) -> u64 = "delete from contact where tenant_id = $1 and customer_id = any($2)";
    fn remove_locations(customers: Vec<Uuid>) -> u64 = "delete from location where tenant_id = $1 and customer_id = any($2)";
    fn remove_entries(customers: Vec<Uuid>) -> u64 = "delete from timeline_entry where tenant_id = $1 and customer_id = any($2)";
    fn remove_tags(customers: Vec<Uuid>) -> u64 = "delete from customer_tag where tenant_id = $1 and customer_id = any($2)";
    fn remove(customers: Vec<Uuid>) -> u64 = "delete from customer where tenant_id = $1 and id = any($2)";
    // Who is as an earlier import left them again is so for that one too.
    fn stand_again(but: ImportId, customers: Vec<Uuid>, stood_at: Vec<i64>, had: Vec<Uuid>, stand_at: Vec<i64>, have: Vec<Uuid>) -> u64 = "
        update import_deed d set stands_at = n.stands_at, parts = n.have
        from unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::bigint[], $7::uuid[]) n(customer_id, stood_at, had, stands_at, have)
        where d.tenant_id = $1 and d.customer_id = any($3) and d.customer_id = n.customer_id and d.import_id <> $2
          and d.stands_at = n.stood_at and d.parts = n.had and d.outcome = 'standing'";
}

pub(super) async fn remove_all(tx: &mut TenantTx, all: &[Amended]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let ids = column(all, |now| Uuid::from(now.customer.id));
    let words: Vec<_> = all.iter().map(|now| words::forget(now.customer.id)).collect();
    let keys: Vec<_> =
        all.iter().flat_map(|now| now.keys.iter().map(|key| reach::forget(now.customer.id, key.clone()))).collect();
    tx.run((words, keys)).await?;
    let parts = (remove_contacts(ids.clone()), remove_locations(ids.clone()), remove_entries(ids.clone()));
    tx.run((parts, remove_tags(ids.clone()), remove(ids))).await?;
    Ok(())
}

pub(super) async fn archive_all(tx: &mut TenantTx, all: Vec<Amended>) -> Result<()> {
    let now = tx.now();
    let set: Vec<_> =
        all.iter().map(|one| archive::set(one.customer.id, customer::Status::Archived, Some(now), now)).collect();
    if !set.is_empty() {
        tx.run(set).await?;
    }
    for Amended { customer, .. } in all {
        tx.tell(&CustomerArchived { customer: customer.id, number: customer.number });
    }
    Ok(())
}

pub(super) async fn put_back_all(tx: &mut TenantTx, id: ImportId, all: Vec<(Amended, Before)>) -> Result<()> {
    let (mut rows, mut tags, mut found, mut amended) = (Rows::default(), vec![], HashMap::new(), vec![]);
    for (mut now, before) in all {
        now.put_back(&before, &mut rows);
        let given: Vec<String> = now.customer.tags.iter().filter(|tag| !before.tags.contains(tag)).cloned().collect();
        if !given.is_empty() {
            tags.push((now.customer.id, given));
        }
        found.insert(Uuid::from(now.customer.id), (before.version, before.parts));
        amended.push(now);
    }
    let mut standing = amend::write(tx, amended, rows).await?;
    let untagged: HashMap<Uuid, i64> =
        tag::take_back(tx, &tags).await?.into_iter().map(|customer| (customer.id.into(), customer.version)).collect();
    for one in &mut standing {
        one.version = untagged.get(&one.customer).copied().unwrap_or(one.version);
    }
    if standing.is_empty() {
        return Ok(());
    }
    let forgotten = elsewhere::forget(id, column(&standing, |one| one.customer));
    let was = |one: &amend::Standing| found.get(&one.customer).copied().unwrap_or_default();
    let again = stand_again(
        id,
        column(&standing, |one| one.customer),
        column(&standing, |one| was(one).0),
        column(&standing, |one| was(one).1),
        column(&standing, |one| one.version),
        column(&standing, |one| one.parts),
    );
    tx.run((forgotten, again)).await.map(drop)
}

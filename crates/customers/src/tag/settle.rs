//! What stands with customers of their tags, and the words by which they are found, brought in line with the tags they have.
use jiff::Timestamp;
use kernel::{Result, Scope, TenantTx, job::Job, sql};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::customer::{Customer, CustomerId, words};

sql! {
    fn lock(ids: Vec<Uuid>) -> Vec<CustomerId> = "
        select id from customer where tenant_id = $1 and id = any($2) order by id for update";
    fn write(ids: Vec<Uuid>, at: Timestamp) -> Vec<Customer> = "
        update customer c set tags = n.tags, updated_at = $3, version = c.version + 1
        from (select k.id, array(
            select t.name from customer_tag g join tag t on t.tenant_id = $1 and t.id = g.tag_id
            where g.tenant_id = $1 and g.customer_id = k.id order by t.name_key) as tags from unnest($2::uuid[]) k(id)) n
        where c.tenant_id = $1 and c.id = any($2) and c.id = n.id and c.tags is distinct from n.tags
        returning c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.assigned_to, c.tags, c.custom, c.merged_into, c.version, c.created_at, c.updated_at";
}

/// So many in one transaction; of more, jobs see to the rest.
const AT_ONCE: usize = 200;

/// Those who changed by it.
pub(super) async fn settle_here(tx: &mut TenantTx, ids: &[CustomerId]) -> Result<Vec<Customer>> {
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let (_, changed) = tx.run((lock(uuids.clone()), write(uuids, tx.now()))).await?;
    words::renew_all(tx, &changed).await?;
    Ok(changed)
}

/// The first 200 at once, the rest soon after COMMIT. Those who changed at once.
pub(crate) async fn settle(tx: &mut TenantTx, ids: &[CustomerId]) -> Result<Vec<Customer>> {
    let (first, rest) = ids.split_at(ids.len().min(AT_ONCE));
    for customers in rest.chunks(AT_ONCE) {
        tx.enqueue(&Retag { customers: customers.to_vec() });
    }
    if first.is_empty() { Ok(vec![]) } else { settle_here(tx, first).await }
}

/// Done twice, it changes nothing the second time.
#[derive(Debug, Serialize, Deserialize)]
pub struct Retag {
    customers: Vec<CustomerId>,
}

impl Job for Retag {
    const KIND: &'static str = "customers.retag";

    async fn run(self, scope: Scope) -> Result<()> {
        scope.retrying(async |tx: &mut TenantTx| settle_here(tx, &self.customers).await.map(drop)).await
    }
}

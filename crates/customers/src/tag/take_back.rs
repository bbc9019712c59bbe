//! Tags taken off those who got them from a file.
use kernel::{Result, TenantTx, Uuid, sql, text::fold};

use super::settle::settle_here;
use crate::{CustomerId, customer::Customer};

sql! {
    fn take_off(customers: Vec<Uuid>, keys: Vec<String>) -> u64 = "
        delete from customer_tag g using unnest($2::uuid[], $3::text[]) p(customer, key)
        join tag t on t.tenant_id = $1 and t.name_key = p.key
        where g.tenant_id = $1 and g.customer_id = any($2) and g.customer_id = p.customer and g.tag_id = t.id";
}

/// Each customer with the names of what they lose. Whoever calls has locked them. Those who changed.
pub(crate) async fn take_back(tx: &mut TenantTx, all: &[(CustomerId, Vec<String>)]) -> Result<Vec<Customer>> {
    if all.is_empty() {
        return Ok(vec![]);
    }
    let pairs = all.iter().flat_map(|(id, names)| names.iter().map(move |name| (id.0, fold(name))));
    let (customers, keys) = pairs.unzip();
    tx.run(take_off(customers, keys)).await?;
    let ids: Vec<CustomerId> = all.iter().map(|(id, _)| *id).collect();
    settle_here(tx, &ids).await
}

//! By what a customer is known again: id elsewhere, e-mail, phone, name. The booking page and messages know no more, an
//! import asks for thousands at once.
use kernel::{
    Result, TenantTx, sql,
    text::{digits, fold},
};

use super::{Customer, CustomerId};

sql! {
    /// The oldest active customer with this address (lower case) or these digits; pass "" for what is not known.
    pub fn find_by_reach(email_key: String, phone_key: String) -> Option<Customer> = "
        select c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.assigned_to, c.tags, c.custom, c.merged_into, c.version, c.created_at, c.updated_at
        from (
            (select customer_id, 1 as rank from customer_reach
            where tenant_id = $1 and $2::text <> '' and key = 'email ' || $2 limit 1000)
            union all
            (select customer_id, 2 as rank from customer_reach
            where tenant_id = $1 and $3::text <> '' and key >= 'phone ' || $3 || ' ' and key < 'phone ' || $3 || '!' limit 1000)) r
        join customer c on c.tenant_id = $1 and c.id = r.customer_id and c.status = 'active'
        order by r.rank, c.id limit 1";
    pub(crate) fn add(id: CustomerId, keys: Vec<String>) = "
        insert into customer_reach (tenant_id, key, customer_id)
        select $1::uuid, k.key, $2::uuid from unnest($3::text[]) k(key)
        on conflict (tenant_id, key, customer_id) do nothing";
    pub(crate) fn forget(id: CustomerId, key: String) -> u64 = "
        delete from customer_reach where tenant_id = $1 and key = $3 and customer_id = $2";
}

pub(crate) fn id_key(external_id: &str) -> String {
    format!("id {external_id}")
}
pub(crate) fn email_key(email: &str) -> String {
    format!("email {}", email.to_lowercase())
}
/// The name stands behind the digits: a number in hundreds of files ("000 000") still finds whom it means.
pub(crate) fn phone_key(phone: &str, name: &str) -> String {
    format!("phone {} {}", digits(phone), fold(name))
}
pub(crate) fn name_key(name: &str) -> String {
    format!("name {}", fold(name))
}

pub(crate) fn keys(customer: &Customer) -> Vec<String> {
    let Customer { name, email, phone, external_id, .. } = customer;
    let keys = [
        external_id.as_deref().map(id_key),
        email.as_deref().map(email_key),
        phone.as_deref().map(|phone| phone_key(phone, name)),
        Some(name_key(name)),
    ];
    keys.into_iter().flatten().collect()
}

/// Queues the keys of a new customer.
pub(crate) fn make(tx: &mut TenantTx, customer: &Customer) {
    tx.queue(add(customer.id, keys(customer)));
}

/// The keys of one who was `before` and is `now`.
pub(crate) async fn keep(tx: &mut TenantTx, before: &Customer, now: &Customer) -> Result<()> {
    let (old, new) = (keys(before), keys(now));
    let gone: Vec<_> = old.iter().filter(|key| !new.contains(key)).map(|key| forget(now.id, key.clone())).collect();
    if !gone.is_empty() {
        tx.run(gone).await?;
    }
    let come: Vec<String> = new.into_iter().filter(|key| !old.contains(key)).collect();
    if !come.is_empty() {
        tx.queue(add(now.id, come));
    }
    Ok(())
}

//! Archiving a customer, and bringing one back: nothing is deleted, so there is always a way back.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Redirect, Repeatable},
    sql,
};

use super::{Customer, CustomerArchived, CustomerId, CustomerRestored, Status, maybe};
use crate::permissions::CustomersWrite;

sql! {
    pub(crate) fn set(id: CustomerId, status: Status, archived_at: Option<Timestamp>, at: Timestamp) -> Option<Customer> = "
        update customer set status = $3, archived_at = $4, updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2 and status <> $3 and status <> 'merged'
        returning id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at";
}

/// Archived already is archived: twice is once.
pub async fn archive(tx: &mut TenantTx, id: CustomerId) -> Result<Customer> {
    let now = tx.now();
    match tx.run(set(id, Status::Archived, Some(now), now)).await? {
        Some(customer) => {
            tx.tell(&CustomerArchived { customer: id, number: customer.number });
            Ok(customer)
        }
        None => tx.run(maybe(id)).await?.ok_or(Error::NotFound),
    }
}

pub async fn restore(tx: &mut TenantTx, id: CustomerId) -> Result<Customer> {
    let now = tx.now();
    match tx.run(set(id, Status::Active, None, now)).await? {
        Some(customer) => {
            tx.tell(&CustomerRestored { customer: id, number: customer.number });
            Ok(customer)
        }
        None => tx.run(maybe(id)).await?.ok_or(Error::NotFound),
    }
}

pub async fn api(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Repeatable<One<Customer>>> {
    access.once(async |tx: &mut TenantTx| archive(tx, id).await.map(One)).await
}

pub async fn api_restore(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
) -> Result<Repeatable<One<Customer>>> {
    access.once(async |tx: &mut TenantTx| restore(tx, id).await.map(One)).await
}

pub async fn post(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let customer = archive(tx, id).await?;
            let undo = format!("/customers/{id}/restore");
            Ok(Redirect::to("/customers").toast_undo(&format!("{} is archived.", customer.name), &undo))
        })
        .await
}

pub async fn post_restore(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let customer = restore(tx, id).await?;
            Ok(Redirect::to(format!("/customers/{id}")).toast(&format!("{} is back.", customer.name)))
        })
        .await
}

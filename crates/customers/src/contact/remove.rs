//! Removing a contact who has left.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path, Redirect, Repeatable},
    sql,
};

use super::{ContactId, find};
use crate::{
    CustomerId,
    customer::{self, CustomerUpdated, words},
    permissions::CustomersWrite,
};

sql! {
    fn delete(id: ContactId) -> u64 = "delete from contact where tenant_id = $1 and id = $2";
}

/// The customer it belonged to.
pub async fn remove(tx: &mut TenantTx, id: ContactId) -> Result<CustomerId> {
    let contact = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let (customer, _) = tx.run((customer::find(contact.customer_id), delete(id))).await?;
    words::renew(tx, &customer).await?;
    tx.tell(&CustomerUpdated { customer: customer.id, number: customer.number });
    Ok(customer.id)
}

pub async fn api_delete(access: Access<CustomersWrite>, Path(id): Path<ContactId>) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(tx, id).await.map(|_| NoContent)).await
}

pub async fn post_remove(access: Access<CustomersWrite>, Path(id): Path<ContactId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let customer = remove(tx, id).await?;
            Ok(Redirect::to(format!("/customers/{customer}")).toast("The contact is removed."))
        })
        .await
}

//! Removing a file: out of sight at once and back by one press, until its bytes are swept away.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, One, Path, Redirect, Repeatable},
    sql,
};

use super::{CustomerFile, CustomerFileId, FileRemoved, FileRestored, MOST, count, find};
use crate::{CustomerId, customer, permissions::CustomersWrite};

sql! {
    fn hide(id: CustomerFileId, at: Timestamp) -> u64 = "
        update customer_file set removed_at = $3, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and removed_at is null";
    fn show(customer: CustomerId, id: CustomerFileId, at: Timestamp) -> Option<CustomerFile> = "
        update customer_file set removed_at = null, updated_at = $4, version = version + 1
        where tenant_id = $1 and customer_id = $2 and id = $3 and removed_at is not null
        returning id, customer_id, location_id, name, caption, media_type, size, author, version, created_at, updated_at";
}

pub async fn remove(tx: &mut TenantTx, customer: CustomerId, id: CustomerFileId) -> Result<CustomerFile> {
    let (_, file) = tx.run((customer::find(customer), find(customer, id))).await?;
    let file = file.ok_or(Error::NotFound)?;
    tx.run(hide(id, tx.now())).await?;
    tx.tell(&FileRemoved { customer, file: id });
    Ok(file)
}

/// Twice is once.
pub async fn restore(tx: &mut TenantTx, customer: CustomerId, id: CustomerFileId) -> Result<CustomerFile> {
    let read = (customer::find(customer), find(customer, id), count(customer));
    let (_, there, kept) = tx.run(read).await?;
    if let Some(there) = there {
        return Ok(there);
    }
    let file = tx.run(show(customer, id, tx.now())).await?.ok_or(Error::NotFound)?;
    if kept >= MOST {
        return Err(Error::refused(format!("A customer has at most {MOST} files. Remove another first.")));
    }
    tx.tell(&FileRestored { customer, file: id });
    Ok(file)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(tx, customer, id).await.map(|_| NoContent)).await
}

pub async fn api_restore(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
) -> Result<Repeatable<One<CustomerFile>>> {
    access.once(async |tx: &mut TenantTx| restore(tx, customer, id).await.map(One)).await
}

pub async fn post_remove(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let file = remove(tx, customer, id).await?;
            let (says, undo) = (format!("{} is removed.", file.title()), format!("{}/restore", file.href()));
            Ok(Redirect::to(format!("/customers/{customer}/files")).toast_undo(&says, &undo))
        })
        .await
}

pub async fn post_restore(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let file = restore(tx, customer, id).await?;
            let says = format!("{} is back.", file.title());
            Ok(Redirect::to(format!("/customers/{customer}/files")).toast(&says))
        })
        .await
}

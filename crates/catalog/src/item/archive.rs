//! Taking an item out of the price book, and putting it back.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Redirect, Repeatable},
    sql,
};

use super::{Item, ItemArchived, ItemId, ItemRestored, Status, find};
use crate::permissions::CatalogWrite;

sql! {
    fn set(id: ItemId, status: Status, at: Timestamp) -> u64 = "
        update item set status = $3, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = $2 and status <> $3";
}

/// Archived already is archived: twice is once.
pub async fn archive(tx: &mut TenantTx, id: ItemId) -> Result<Item> {
    let (touched, item) = tx.run((set(id, Status::Archived, tx.now()), find(id))).await?;
    if touched > 0 {
        tx.tell(&ItemArchived { item: id });
    }
    item.ok_or(Error::NotFound)
}

pub async fn restore(tx: &mut TenantTx, id: ItemId) -> Result<Item> {
    let (touched, item) = tx.run((set(id, Status::Active, tx.now()), find(id))).await?;
    if touched > 0 {
        tx.tell(&ItemRestored { item: id });
    }
    item.ok_or(Error::NotFound)
}

pub async fn api(access: Access<CatalogWrite>, Path(id): Path<ItemId>) -> Result<Repeatable<One<Item>>> {
    access.once(async |tx: &mut TenantTx| archive(tx, id).await.map(One)).await
}

pub async fn api_restore(access: Access<CatalogWrite>, Path(id): Path<ItemId>) -> Result<Repeatable<One<Item>>> {
    access.once(async |tx: &mut TenantTx| restore(tx, id).await.map(One)).await
}

pub async fn post(access: Access<CatalogWrite>, Path(id): Path<ItemId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let item = archive(tx, id).await?;
            let undo = format!("/price-book/{id}/restore");
            Ok(Redirect::to("/price-book").toast_undo(&format!("{} is out of the price book.", item.name), &undo))
        })
        .await
}

pub async fn post_restore(access: Access<CatalogWrite>, Path(id): Path<ItemId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let item = restore(tx, id).await?;
            Ok(Redirect::to("/price-book").toast(&format!("{} is back in the price book.", item.name)))
        })
        .await
}

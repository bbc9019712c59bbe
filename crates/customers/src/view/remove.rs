//! Deleting a view: the customers it showed are as they were.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path, Repeatable},
    sql,
};

use super::{View, ViewDeleted, ViewId, find, may_share};
use crate::permissions::CustomersRead;

sql! {
    fn delete(id: ViewId) -> u64 = "delete from saved_view where tenant_id = $1 and id = $2";
}

pub async fn remove(tx: &mut TenantTx, access: &Access<CustomersRead>, id: ViewId) -> Result<View> {
    let view: View = tx.run(find(id, tx.user())).await?.ok_or(Error::NotFound)?.into();
    may_share(access, view.shared)?;
    tx.run(delete(id)).await?;
    tx.tell(&ViewDeleted { view: id, shared: view.shared });
    Ok(view)
}

pub async fn api(access: Access<CustomersRead>, Path(id): Path<ViewId>) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(tx, &access, id).await.map(|_| NoContent)).await
}

//! Taking a markup away: the next wider one counts.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path, Redirect, Repeatable},
    sql,
};

use super::{MarkupId, MarkupRemoved};
use crate::{permissions::CatalogWrite, price::reprice::Reprice};

sql! {
    fn delete(id: MarkupId) -> u64 = "delete from markup where tenant_id = $1 and id = $2";
}

pub async fn remove(tx: &mut TenantTx, id: MarkupId) -> Result<()> {
    if tx.run(delete(id)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&MarkupRemoved { markup: id });
    tx.enqueue(&Reprice::now());
    Ok(())
}

pub async fn api(access: Access<CatalogWrite>, Path(id): Path<MarkupId>) -> Result<NoContent> {
    access.retrying(async |tx: &mut TenantTx| remove(tx, id).await).await.map(|()| NoContent)
}

pub async fn post(access: Access<CatalogWrite>, Path(id): Path<MarkupId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            remove(tx, id).await?;
            Ok(Redirect::to("/price-book/markups").toast("Markup removed: the next wider one counts"))
        })
        .await
}

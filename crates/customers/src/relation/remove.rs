//! Taking a connection away: both customers stay as they are.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path, Repeatable},
    row, sql,
};

use super::{RelationId, RelationRemoved};
use crate::{CustomerId, permissions::CustomersWrite};

row! { struct Ends { customer_id: CustomerId, other_id: CustomerId } }

sql! {
    fn delete(id: RelationId) -> Option<Ends> = "
        delete from customer_relation where tenant_id = $1 and id = $2 returning customer_id, other_id";
}

/// `of` is the customer on whose page it is taken away: at either end.
pub async fn remove(tx: &mut TenantTx, id: RelationId, of: Option<CustomerId>) -> Result<()> {
    let Ends { customer_id, other_id } = tx.run(delete(id)).await?.ok_or(Error::NotFound)?;
    if of.is_some_and(|of| of != customer_id && of != other_id) {
        return Err(Error::NotFound);
    }
    tx.tell(&RelationRemoved { customer: customer_id, other: other_id, relation: id });
    Ok(())
}

pub async fn api(access: Access<CustomersWrite>, Path(id): Path<RelationId>) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(tx, id, None).await.map(|()| NoContent)).await
}

//! Throwing a draft away. It never had a number, so nothing is missing afterwards.
use kernel::{
    Result, TenantTx,
    access::Access,
    http::{IfMatch, NoContent, Path},
    sql,
};

use super::{edit::must_be_draft, hold, lines};
use crate::{CustomerId, InvoiceId, permissions::InvoicesWrite};

sql! {
    fn delete(id: InvoiceId) -> u64 = "
        delete from invoice where tenant_id = $1 and id = $2 and status = 'draft'";
}

kernel::event! {
    /// A draft was thrown away.
    pub struct InvoiceDiscarded = "invoice.discarded", seen by crate::permissions::InvoicesRead { invoice: InvoiceId, customer: CustomerId }
}

pub async fn discard(tx: &mut TenantTx, id: InvoiceId, version: Option<i64>) -> Result<()> {
    let (found, _) = hold(tx, id, version).await?;
    must_be_draft(&found)?;
    tx.tell(&InvoiceDiscarded { invoice: id, customer: found.customer_id });
    tx.run((lines::clear(id), delete(id))).await?;
    Ok(())
}

pub async fn api(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, version: IfMatch) -> Result<NoContent> {
    let version = version.required()?;
    access.retrying(async |tx| discard(tx, id, Some(version)).await).await?;
    Ok(NoContent)
}

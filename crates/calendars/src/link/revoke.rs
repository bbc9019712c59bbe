//! Revokes an address: whoever has it reads nothing any more.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path, Repeatable},
    sql,
};

use super::{Link, LinkId, LinkRevoked, find};
use crate::permissions::CalendarsShare;

sql! {
    fn delete(id: LinkId) -> u64 = "delete from calendar_link where tenant_id = $1 and id = $2";
}

pub async fn revoke(tx: &mut TenantTx, id: LinkId) -> Result<Link> {
    let (found, gone) = tx.run((find(id), delete(id))).await?;
    let link = found.filter(|_| gone == 1).ok_or(Error::NotFound)?;
    tx.tell(&LinkRevoked { link: id, technician: link.technician_id, reader: link.customer_id });
    Ok(link)
}

pub async fn revoke_api(access: Access<CalendarsShare>, Path(id): Path<LinkId>) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| revoke(tx, id).await.map(|_| NoContent)).await
}

//! A new secret in the place of the old one, which opens nothing from then on.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{One, Path},
    secret::{draw, hash},
    sql,
};

use super::{LinkId, LinkRenewed, Made, find, url};
use crate::permissions::CalendarsShare;

sql! {
    fn update(id: LinkId, token_hash: String, at: Timestamp) -> u64 = "
        update calendar_link set token_hash = $3, renewed_at = $4, version = version + 1, updated_at = $4 where tenant_id = $1 and id = $2";
}

pub async fn renew(scope: &Scope, tx: &mut TenantTx, id: LinkId) -> Result<Made> {
    let (token, now) = (draw(), tx.now());
    let (renewed, found) = tx.run((update(id, hash(&token), now), find(id))).await?;
    let link = found.filter(|_| renewed == 1).ok_or(Error::NotFound)?;
    tx.tell(&LinkRenewed { link: id, technician: link.technician_id, reader: link.customer_id });
    Ok(Made { link, url: url(scope, &token) })
}

/// Not kept with an idempotency key: the answer holds the secret, and nothing may keep that.
pub async fn renew_api(access: Access<CalendarsShare>, Path(id): Path<LinkId>) -> Result<One<Made>> {
    access.retrying(async |tx: &mut TenantTx| renew(&access, tx, id).await).await.map(One)
}

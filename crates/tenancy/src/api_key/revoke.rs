//! Ends a key at once and for good.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Repeatable},
    sql,
};

use super::{ApiKey, ApiKeyId, ApiKeyRevoked};
use crate::ApiKeysManage;

sql! {
    fn end(id: ApiKeyId, at: Timestamp) -> u64 = "
        update api_key set revoked_at = $3, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and revoked_at is null";
}

pub async fn revoke(tx: &mut TenantTx, id: ApiKeyId) -> Result<ApiKey> {
    let at = tx.now();
    if tx.run(end(id, at)).await? == 1 {
        tx.tell(&ApiKeyRevoked { key: id });
    }
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(access: Access<ApiKeysManage>, Path(id): Path<ApiKeyId>) -> Result<Repeatable<One<ApiKey>>> {
    let done = access.once(async |tx: &mut TenantTx| revoke(tx, id).await.map(One)).await;
    access.house().forget_principals();
    done
}

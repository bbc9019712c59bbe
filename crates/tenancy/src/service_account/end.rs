//! Ends an account's access, with all of its keys, or gives it back.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{One, Path, Repeatable},
    sql,
};

use super::{ServiceAccount, ServiceAccountDeactivated, ServiceAccountId, ServiceAccountReactivated};
use crate::ApiKeysManage;

sql! {
    fn set(id: ServiceAccountId, active: bool, at: Timestamp) -> u64 = "
        update service_account set active = $3, version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2 and active <> $3";
}

pub async fn set_active(
    scope: &Scope,
    tx: &mut TenantTx,
    id: ServiceAccountId,
    active: bool,
) -> Result<ServiceAccount> {
    let account = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    super::may_give(scope, account.role)?;
    let at = tx.now();
    if tx.run(set(id, active, at)).await? == 1 {
        match active {
            true => tx.tell(&ServiceAccountReactivated { account: id }),
            false => tx.tell(&ServiceAccountDeactivated { account: id }),
        }
    }
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn deactivate_api(
    access: Access<ApiKeysManage>,
    Path(id): Path<ServiceAccountId>,
) -> Result<Repeatable<One<ServiceAccount>>> {
    let done = access.once(async |tx: &mut TenantTx| set_active(&access, tx, id, false).await.map(One)).await;
    access.house().forget_principals();
    done
}

pub async fn reactivate_api(
    access: Access<ApiKeysManage>,
    Path(id): Path<ServiceAccountId>,
) -> Result<Repeatable<One<ServiceAccount>>> {
    access.once(async |tx: &mut TenantTx| set_active(&access, tx, id, true).await.map(One)).await
}

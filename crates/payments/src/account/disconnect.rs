//! Takes no cards any more. What was paid stays; the keys are gone.
use kernel::{Access, Error, Result, Scope, TenantTx, http::NoContent};

use super::{ProviderDisconnected, connect, kept};
use crate::{on_file::remove, permissions::PaymentsManage};

pub async fn disconnect(scope: &Scope) -> Result<()> {
    let before = scope.read(kept(scope.now())).await?.ok_or(Error::NotFound)?;
    scope
        .retrying(async |tx: &mut TenantTx| {
            if tx.run(connect::forget(before.id)).await? != 1 {
                return Err(Error::NotFound);
            }
            tx.run(connect::forget_secrets()).await?;
            remove::all(tx).await?;
            tx.tell(&ProviderDisconnected { account: before.id, name: before.name.clone() });
            Ok(())
        })
        .await?;
    connect::leave(scope, &before).await;
    Ok(())
}

pub async fn api(access: Access<PaymentsManage>) -> Result<NoContent> {
    disconnect(&access).await.map(|()| NoContent)
}

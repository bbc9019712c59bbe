//! When keys were last used: noted in memory with each request that looks one up, written down together.
use jiff::Timestamp;
use kernel::{House, Result, TenantTx, sql};
use std::{collections::HashMap, sync::Mutex};
use uuid::Uuid;

use super::ApiKeyId;

type Noted = HashMap<Uuid, HashMap<ApiKeyId, Timestamp>>;

/// Kept by the house.
#[derive(Default)]
pub struct Used(Mutex<Noted>);

sql! {
    fn used(ids: Vec<Uuid>, ats: Vec<Timestamp>) -> u64 = "
        update api_key k set last_used_at = u.at
        from unnest($2::uuid[], $3::timestamptz[]) as u(id, at)
        where k.tenant_id = $1 and k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)";
}

impl Used {
    pub(super) fn note(&self, tenant: Uuid, key: ApiKeyId, at: Timestamp) {
        let mut noted = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let last = noted.entry(tenant).or_default().entry(key).or_insert(at);
        *last = at.max(*last);
    }
    fn take(&self) -> Noted {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(|e| e.into_inner()))
    }
}

/// One statement for each company whose keys were used since the last time. A process does it every ten seconds and when it
/// ends; what one that was killed had noted is lost.
pub async fn write_down(house: &House) -> Result<()> {
    let Some(used_keys) = house.kept::<Used>() else { return Ok(()) };
    for (tenant, keys) in used_keys.take() {
        let written = async {
            let scope = house.errand(tenant, "api keys").await?;
            let (ids, ats) = keys.iter().map(|(id, at)| (id.0, *at)).unzip();
            scope.write_with(async |tx: &mut TenantTx| tx.run(used(ids, ats)).await).await
        };
        if let Err(error) = written.await {
            // The next use is noted again; a company that was deleted meanwhile needs it no more.
            tracing::debug!(%error, %tenant, "when keys were used could not be written down");
        }
    }
    Ok(())
}

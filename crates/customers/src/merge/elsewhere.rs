//! The ids by which other systems know whoever goes: an import of theirs finds whoever stays, and the one who came back.
use kernel::{Result, TenantTx, row, sql};
use serde::{Deserialize, Serialize};

use crate::CustomerId;

row! {
    /// An id in a system.
    #[derive(Debug, Clone, Serialize, Deserialize)]
    pub(super) struct Known { source: String, external_id: String }
}

sql! {
    fn give(from: CustomerId, to: CustomerId) -> Vec<Known> = "
        update external_id set customer_id = $3 where tenant_id = $1 and customer_id = $2 returning source, external_id";
    fn give_back(from: CustomerId, to: CustomerId, sources: Vec<String>, ids: Vec<String>) -> u64 = "
        update external_id e set customer_id = $3 from unnest($4::text[], $5::text[]) k(source, external_id)
        where e.tenant_id = $1 and e.customer_id = $2 and e.source = k.source and e.external_id = k.external_id";
}

pub(super) async fn over(tx: &mut TenantTx, gone: CustomerId, stays: CustomerId) -> Result<Vec<Known>> {
    tx.run(give(gone, stays)).await
}

/// But for those that a file has brought to somebody else since.
pub(super) async fn back(tx: &mut TenantTx, stayed: CustomerId, gone: CustomerId, known: &[Known]) -> Result<()> {
    if known.is_empty() {
        return Ok(());
    }
    let sources = known.iter().map(|one| one.source.clone()).collect();
    let ids = known.iter().map(|one| one.external_id.clone()).collect();
    tx.run(give_back(stayed, gone, sources, ids)).await.map(drop)
}

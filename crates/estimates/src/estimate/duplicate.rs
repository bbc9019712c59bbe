//! The same once more: a draft of its own with everything of another, for the same customer.
use kernel::{
    Result, TenantTx,
    access::Access,
    http::{Created, Path, Repeatable},
};
use std::collections::HashMap;

use super::{Estimate, draft, find, hold_whole};
use crate::{EstimateId, EstimateLineId, OptionId, permissions::EstimatesWrite};

pub async fn duplicate(tx: &mut TenantTx, id: EstimateId) -> Result<EstimateId> {
    let (found, mut options, mut lines) = hold_whole(tx, id, None).await?;
    let anew: HashMap<OptionId, OptionId> = options.iter().map(|option| (option.id, OptionId::new())).collect();
    let new = |old: OptionId| anew.get(&old).copied().unwrap_or(old);
    options.iter_mut().for_each(|option| option.id = new(option.id));
    for line in &mut lines {
        line.id = EstimateLineId::new();
        line.option_id = new(line.option_id);
    }
    draft::copy(tx, found, &options, lines).await
}

pub async fn api(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>) -> Result<Repeatable<Created<Estimate>>> {
    access
        .once(async |tx| {
            let id = duplicate(tx, id).await?;
            let body = find(tx, id).await?;
            Ok(Created { location: format!("/api/v1/estimates/{id}"), body })
        })
        .await
}

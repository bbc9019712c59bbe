//! Not on call after all.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path},
    sql,
};

use super::{OnCallChanged, OnCallId};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

sql! {
    fn delete(technician: TechnicianId, id: OnCallId) -> u64 = "delete from on_call where tenant_id = $1 and technician_id = $2 and id = $3";
}

pub async fn remove(tx: &mut TenantTx, technician: TechnicianId, id: OnCallId) -> Result<()> {
    if tx.run(delete(technician, id)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&OnCallChanged { technician, on_call: id });
    Ok(())
}

pub async fn remove_api(
    access: Access<TechniciansWrite>,
    Path((technician, id)): Path<(TechnicianId, OnCallId)>,
) -> Result<NoContent> {
    access.retrying(async |tx| remove(tx, technician, id).await).await.map(|()| NoContent)
}

//! Takes time off back.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path},
    sql,
};

use super::{TimeOffChanged, TimeOffId};
use crate::{busy, permissions::TechniciansWrite, technician::TechnicianId};

sql! {
    fn delete(technician: TechnicianId, id: TimeOffId) -> u64 = "delete from time_off where tenant_id = $1 and technician_id = $2 and id = $3";
}

pub async fn remove(tx: &mut TenantTx, technician: TechnicianId, id: TimeOffId) -> Result<()> {
    if tx.run(delete(technician, id)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&TimeOffChanged { technician, time_off: id });
    busy::lay(tx, technician).await
}

pub async fn remove_api(
    access: Access<TechniciansWrite>,
    Path((technician, id)): Path<(TechnicianId, TimeOffId)>,
) -> Result<NoContent> {
    access.retrying(async |tx| remove(tx, technician, id).await).await.map(|()| NoContent)
}

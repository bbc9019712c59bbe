//! The day is as every week again.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path},
    sql,
};

use super::{ExceptionId, ExceptionsChanged};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

sql! {
    fn delete(technician: TechnicianId, id: ExceptionId) -> u64 = "delete from shift_exception where tenant_id = $1 and technician_id = $2 and id = $3";
}

pub async fn remove(tx: &mut TenantTx, technician: TechnicianId, id: ExceptionId) -> Result<()> {
    if tx.run(delete(technician, id)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&ExceptionsChanged { technician, exception: id });
    Ok(())
}

pub async fn remove_api(
    access: Access<TechniciansWrite>,
    Path((technician, id)): Path<(TechnicianId, ExceptionId)>,
) -> Result<NoContent> {
    access.retrying(async |tx| remove(tx, technician, id).await).await.map(|()| NoContent)
}

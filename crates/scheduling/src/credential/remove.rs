//! Takes a licence off a technician.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path},
    sql,
};

use super::{CredentialId, CredentialsChanged};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

sql! {
    fn delete(technician: TechnicianId, id: CredentialId) -> u64 = "delete from credential where tenant_id = $1 and technician_id = $2 and id = $3";
}

pub async fn remove(tx: &mut TenantTx, technician: TechnicianId, id: CredentialId) -> Result<()> {
    if tx.run(delete(technician, id)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&CredentialsChanged { technician, credential: id });
    Ok(())
}

pub async fn remove_api(
    access: Access<TechniciansWrite>,
    Path((technician, id)): Path<(TechnicianId, CredentialId)>,
) -> Result<NoContent> {
    access.retrying(async |tx| remove(tx, technician, id).await).await.map(|()| NoContent)
}

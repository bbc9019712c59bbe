//! Forgets a technician's own calendar and all the times that were read from it.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Form, NoContent, Nothing, Path, Redirect, Repeatable, Typed},
    sql,
};
use scheduling::{TechnicianId, TechniciansWrite, busy, technician};

use super::BusyCalendarRemoved;

sql! {
    fn delete(technician: TechnicianId) -> u64 = "delete from busy_calendar where tenant_id = $1 and technician_id = $2";
}

pub async fn remove(tx: &mut TenantTx, technician: TechnicianId) -> Result<()> {
    if tx.run(delete(technician)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&BusyCalendarRemoved { technician });
    busy::replace(tx, technician, &[]).await
}

pub async fn remove_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(tx, id).await.map(|()| NoContent)).await
}

pub async fn remove_post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                tx.run(technician::find(id)).await?.ok_or(Error::NotFound)?;
                // Pressed twice, or by two: it is gone either way.
                match remove(tx, id).await {
                    Err(Error::NotFound) => {}
                    other => other?,
                }
                Ok(Redirect::to(format!("/technicians/{id}/busy-calendar")).toast("The calendar is not read any more."))
            })
            .await
    };
    form.then(work).await?.map_err(Typed::refused)
}

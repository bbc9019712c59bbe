//! Saying that two who look alike are two: they are not suggested again.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{NoContent, Path, Redirect, Repeatable},
    row, sql,
};
use uuid::Uuid;

use super::{DuplicateDismissed, DuplicateId};
use crate::{CustomerId, customer, permissions::CustomersMerge};

row! { struct Pair { one_id: CustomerId, other_id: CustomerId } }

sql! {
    fn write(id: DuplicateId, one: CustomerId, other: CustomerId, at: Timestamp, by: Option<Uuid>) -> DuplicateId = "
        insert into duplicate (tenant_id, id, one_id, other_id, score, reasons, decision, created_at, decided_at, decided_by)
        values ($1, $2, $3, $4, 0, '{}', 'apart', $5, $5, $6)
        on conflict (tenant_id, one_id, other_id) do update set decision = 'apart', decided_at = $5, decided_by = $6
        returning id";
    fn pair(id: DuplicateId) -> Option<Pair> = "
        select one_id, other_id from duplicate where tenant_id = $1 and id = $2";
}

pub async fn apart(tx: &mut TenantTx, one: CustomerId, other: CustomerId) -> Result<()> {
    tx.run((customer::find(one), customer::find(other))).await?;
    if one == other {
        return Err(Error::refused("These are not two customers but one. Choose another one."));
    }
    set_apart(tx, one, other).await
}

pub async fn set_apart(tx: &mut TenantTx, one: CustomerId, other: CustomerId) -> Result<()> {
    let (one, other) = (one.min(other), one.max(other));
    let id = tx.run(write(DuplicateId::new(), one, other, tx.now(), tx.user())).await?;
    tx.tell(&DuplicateDismissed { duplicate: id, customer: one, other });
    Ok(())
}

async fn dismiss(tx: &mut TenantTx, id: DuplicateId) -> Result<()> {
    let Pair { one_id, other_id } = tx.run(pair(id)).await?.ok_or(Error::NotFound)?;
    set_apart(tx, one_id, other_id).await
}

pub async fn api(access: Access<CustomersMerge>, Path(id): Path<DuplicateId>) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| dismiss(tx, id).await.map(|()| NoContent)).await
}

pub async fn post(access: Access<CustomersMerge>, Path(id): Path<DuplicateId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            dismiss(tx, id).await?;
            Ok(Redirect::to("/customers/duplicates").toast("They stay two, and are not suggested again."))
        })
        .await
}

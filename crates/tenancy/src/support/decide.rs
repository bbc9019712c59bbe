//! The company was asked first, and answers.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Redirect, Repeatable},
    sql,
};

use super::{Visit, VisitAgreed, VisitId, VisitRefused, find};
use crate::SupportManage;

sql! {
    fn agreed(id: VisitId, at: Timestamp) -> u64 = "
        update support_visit set agreed_at = $3, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and agreed_at is null and ended_at is null and lapses_at > $3";
    fn refused(id: VisitId, at: Timestamp) -> u64 = "
        update support_visit set ended_at = $3, ended_by = 'refused', updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and agreed_at is null and ended_at is null and lapses_at > $3";
}

async fn decide(tx: &mut TenantTx, id: VisitId, agrees: bool) -> Result<Visit> {
    let at = tx.now();
    let visit = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let done = match agrees {
        true => tx.run(agreed(id, at)).await?,
        false => tx.run(refused(id, at)).await?,
    };
    match (done, agrees) {
        (1, true) => tx.tell(&VisitAgreed { visit: id }),
        (1, false) => tx.tell(&VisitRefused { visit: id }),
        // The same answer once more.
        _ if agrees && visit.agreed_at.is_some() && visit.ended_at.is_none() => {}
        _ if !agrees && visit.ended_by.as_deref() == Some("refused") => {}
        _ => return Err(Error::refused("This visit waits for no answer any more.")),
    }
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn agree_api(access: Access<SupportManage>, Path(id): Path<VisitId>) -> Result<Repeatable<One<Visit>>> {
    access.once(async |tx: &mut TenantTx| decide(tx, id, true).await.map(One)).await
}

pub async fn refuse_api(access: Access<SupportManage>, Path(id): Path<VisitId>) -> Result<Repeatable<One<Visit>>> {
    access.once(async |tx: &mut TenantTx| decide(tx, id, false).await.map(One)).await
}

pub async fn agree_post(access: Access<SupportManage>, Path(id): Path<VisitId>) -> Result<Redirect> {
    let visit = access.retrying(async |tx: &mut TenantTx| decide(tx, id, true).await).await?;
    let words = format!("{} may look in for {} minutes.", visit.operator_name, visit.minutes);
    Ok(Redirect::to(format!("/settings/support/{id}")).toast(&words))
}

pub async fn refuse_post(access: Access<SupportManage>, Path(id): Path<VisitId>) -> Result<Redirect> {
    let visit = access.retrying(async |tx: &mut TenantTx| decide(tx, id, false).await).await?;
    let words = format!("{} stays out.", visit.operator_name);
    Ok(Redirect::to(format!("/settings/support/{id}")).toast(&words))
}

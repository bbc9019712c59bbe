//! Bills a plan no longer: what has begun is still billed as agreed, what would begin next is not.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Form, IfMatch, Nothing, One, Path, Redirect, Repeatable},
};
use maintenance::{PlanId, plan::hold_still};

use super::{PlanBillingStopped, billed, close, next_boundary, of_plan, show};
use crate::permissions::RecurringWrite;

pub async fn stop(tx: &mut TenantTx, id: PlanId, seen: Option<i64>) -> Result<()> {
    hold_still(tx, id, None).await?;
    let (rows, last) = tx.run((of_plan(id), billed(id, 1))).await?;
    let now = rows.into_iter().find(|row| row.until_on.is_none());
    let now = now.ok_or_else(|| Error::refused("This plan is not billed."))?;
    if seen.is_some_and(|seen| seen != now.version) {
        return Err(Error::Stale(Some(now.version)));
    }
    let today = tx.today();
    let begins = match now.from_on > today {
        true => now.from_on,
        false => next_boundary(&now, last.first().map(|period| period.ends_on), today),
    };
    let until_on = begins.yesterday().unwrap_or(begins);
    close(tx, &now, until_on).await?;
    tx.tell(&PlanBillingStopped { plan: id, until_on });
    Ok(())
}

pub async fn api(
    access: Access<RecurringWrite>,
    Path(id): Path<PlanId>,
    version: IfMatch,
) -> Result<Repeatable<One<show::Plan>>> {
    access
        .once(async |tx: &mut TenantTx| {
            stop(tx, id, version.0).await?;
            show::view(&access, tx, id).await.map(One)
        })
        .await
}

pub async fn post(
    access: Access<RecurringWrite>,
    Path(id): Path<PlanId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let version = form.version()?;
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                stop(tx, id, Some(version)).await?;
                Ok(Redirect::to(format!("/maintenance/{id}")).toast("The plan is not billed any more."))
            })
            .await
    };
    form.then(work).await?.map_err(|typed| typed.refused())
}

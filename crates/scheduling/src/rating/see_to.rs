//! Somebody of the office has called, or done whatever helps: a low rating no longer waits.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Form, Nothing, One, Path, Redirect, Repeatable},
    sql,
};

use super::{Rating, RatingId, RatingSeenTo, list::find};
use crate::permissions::RatingsWrite;

sql! {
    fn update(id: RatingId, at: Timestamp, by: String) -> u64 = "
        update rating set seen_to_at = $3, seen_to_by = $4, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and low and seen_to_at is null";
}

/// Once is enough: a second time changes nothing.
pub async fn see_to(tx: &mut TenantTx, id: RatingId, by: &str) -> Result<Rating> {
    let found = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    if !found.low {
        return Err(Error::refused("This customer was content; there is nothing to see to."));
    }
    let by: String = by.chars().take(200).collect();
    let now = tx.now();
    if tx.run(update(id, now, by)).await? == 1 {
        tx.tell(&RatingSeenTo { rating: id, appointment: found.appointment_id });
    }
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(access: Access<RatingsWrite>, Path(id): Path<RatingId>) -> Result<Repeatable<One<Rating>>> {
    let by = access.actor().name().to_owned();
    access.once(async |tx| see_to(tx, id, &by).await.map(One)).await
}

pub async fn post(
    access: Access<RatingsWrite>,
    Path(id): Path<RatingId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let by = access.actor().name().to_owned();
    let outcome = form
        .then(async |_: Nothing| {
            access
                .once(async |tx| {
                    let rating = see_to(tx, id, &by).await?;
                    Ok(Redirect::to("/ratings?waiting=true").toast(&format!("Seen to: {}", rating.customer_name)))
                })
                .await
        })
        .await?;
    outcome.map_err(|typed| typed.refused())
}

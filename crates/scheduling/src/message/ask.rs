//! Asks how it was, some time after a visit is done: a turn every quarter of an hour, which sends what is due and was not sent.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, sql};

use super::{Kind, Messages, kept, tell::send};
use crate::appointment::AppointmentId;

/// So many in one turn; the next turn takes the rest.
const AT_ONCE: i64 = 200;

sql! {
    fn due(since: Timestamp, until: Timestamp, most: i64) -> Vec<AppointmentId> = "
        select a.id from appointment a
        where a.tenant_id = $1 and a.starts_at > $2 and a.starts_at <= $3 and a.status = 'completed' and a.completed_at <= $3
          and not exists (select from visit_told t where t.tenant_id = $1 and t.appointment_id = a.id and t.kind = 'completed')
          and not exists (select from rating r where r.tenant_id = $1 and r.appointment_id = a.id)
          and exists (select from customer c where c.tenant_id = $1 and c.id = a.customer_id and c.email is not null)
        order by a.starts_at limit $4";
}

pub async fn ask(scope: Scope) -> Result<()> {
    let settings = Messages::of(scope.read(kept()).await?);
    if settings.on(Kind::Completed).is_none() || settings.ask_hours == 0 {
        return Ok(());
    }
    let (now, hours) = (scope.now(), i64::from(settings.ask_hours));
    let ago = |hours| now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now);
    // A visit takes a day at most, and is asked about for three.
    for id in scope.read(due(ago(hours + 96), ago(hours), AT_ONCE)).await? {
        scope.retrying(async |tx| send(&scope, tx, id, Kind::Completed).await).await?;
    }
    Ok(())
}

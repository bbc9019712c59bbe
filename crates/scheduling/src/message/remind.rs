//! Reminds of visits that are ahead: a turn every quarter of an hour, which sends what is due and was not sent.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, sql};

use super::{Kind, Messages, kept, tell::send};
use crate::appointment::AppointmentId;

/// So many in one turn; the next turn takes the rest.
const AT_ONCE: i64 = 200;

sql! {
    // Whoever books within the time of the reminder has just been told.
    fn due(now: Timestamp, until: Timestamp, hours: i32, most: i64) -> Vec<AppointmentId> = "
        select a.id from appointment a
        where a.tenant_id = $1 and a.starts_at > $2 and a.starts_at <= $3 and a.status = 'confirmed'
          and a.created_at < a.starts_at - make_interval(hours => $4::int)
          and not exists (select from visit_told t where t.tenant_id = $1 and t.appointment_id = a.id and t.kind = 'reminder' and t.starts_at = a.starts_at)
          and exists (select from customer c where c.tenant_id = $1 and c.id = a.customer_id and c.email is not null)
        order by a.starts_at limit $5";
}

pub async fn remind(scope: Scope) -> Result<()> {
    let settings = Messages::of(scope.read(kept()).await?);
    if settings.on(Kind::Reminder).is_none() {
        return Ok(());
    }
    let (now, hours) = (scope.now(), settings.reminder_hours);
    let until = now.saturating_add(SignedDuration::from_hours(hours.into())).unwrap_or(now);
    for id in scope.read(due(now, until, hours, AT_ONCE)).await? {
        scope.retrying(async |tx| send(&scope, tx, id, Kind::Reminder).await).await?;
    }
    Ok(())
}

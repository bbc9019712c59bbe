//! What comes round every hour: estimates whose day is over end, and three days before that their customers hear a word, once.
use customers::{CustomerId, customer};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use kernel::{Result, Scope, TenantTx, row, sql};

use super::{RevisionId, content::Content, letter};
use crate::{EstimateId, estimate::hold};

/// So many in one turn; the next takes the rest.
const AT_ONCE: i64 = 200;
const DAYS_BEFORE: i64 = 3;

row! {
    struct Due { id: EstimateId, revision_id: RevisionId, customer_id: CustomerId, content: String, sent_to: Option<String> }
}

sql! {
    fn over(today: Date, most: i64) -> Vec<EstimateId> = "
        select id from estimate where tenant_id = $1 and status in ('sent', 'viewed') and valid_until < $2 order by valid_until, id limit $3";
    fn expire(id: EstimateId, at: Timestamp) -> u64 = "
        update estimate set status = 'expired', updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('sent', 'viewed')";
    // Whoever got it within the last two days has just read until when it is good.
    fn due(today: Date, until: Date, sent_before: Timestamp, most: i64) -> Vec<Due> = "
        select e.id, r.id as revision_id, e.customer_id, r.content, r.sent_to
        from estimate e join estimate_revision r on r.tenant_id = $1 and r.estimate_id = e.id and r.number = e.revision
        where e.tenant_id = $1 and e.status in ('sent', 'viewed') and e.valid_until >= $2 and e.valid_until <= $3
          and e.sent_at < $4 and r.reminded_at is null and r.sent_to is not null
        order by e.valid_until, e.id limit $5";
    fn remind(revision: RevisionId, at: Timestamp) -> u64 = "
        update estimate_revision set reminded_at = $3 where tenant_id = $1 and id = $2 and reminded_at is null";
}

kernel::event! {
    /// The day until which it was good is over.
    pub struct EstimateExpired = "estimate.expired", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, number: String, total_minor: i64, currency: String,
    }
}

pub async fn turn(scope: Scope) -> Result<()> {
    let today = scope.local_now().date();
    for id in scope.read(over(today, AT_ONCE)).await? {
        scope.retrying(async |tx| end(tx, id, today).await).await?;
    }
    let lately = scope.now().saturating_sub(SignedDuration::from_hours(48)).unwrap_or(Timestamp::MIN);
    let due = due(today, today.saturating_add(DAYS_BEFORE.days()), lately, AT_ONCE);
    for one in scope.read(due).await? {
        scope.retrying(async |tx| say(&scope, tx, &one).await).await?;
    }
    Ok(())
}

async fn end(tx: &mut TenantTx, id: EstimateId, today: Date) -> Result<()> {
    let found = hold(tx, id, None).await?;
    // It was approved, or taken up again, since it was looked for.
    if !found.status.is_open() || found.valid_until.is_none_or(|day| day >= today) {
        return Ok(());
    }
    let now = tx.now();
    tx.run(expire(id, now)).await?;
    tx.tell(&EstimateExpired {
        estimate: id,
        customer: found.customer_id,
        number: found.called(),
        total_minor: found.total_minor,
        currency: found.currency,
    });
    Ok(())
}

async fn say(scope: &Scope, tx: &mut TenantTx, due: &Due) -> Result<()> {
    let found = hold(tx, due.id, None).await?;
    let content = Content::read(&due.content)?;
    let now = tx.now();
    if !found.status.is_open() || found.revision != content.revision || tx.run(remind(due.revision_id, now)).await? == 0
    {
        return Ok(());
    }
    let who = tx.run(customer::maybe(due.customer_id)).await?;
    let (Some(who), Some(email)) = (who, &due.sent_to) else { return Ok(()) };
    let letter = letter::of(scope, &content, email, &who.name, letter::Why::EndsSoon, None)?;
    mail::send(tx, letter).await.map(drop)
}

//! Reminds of invoices that are late: a turn every hour of the company's day, which sends what is due and was not sent.
use jiff::civil::Date;
use kernel::{Result, Scope, row, sql};

use super::{Kind, insert, letter, terms};
use crate::{
    CustomerId, InvoiceId, InvoiceLetterId,
    invoice::{Status, view},
};

/// So many in one turn; the next takes the rest.
const AT_ONCE: i64 = 100;

kernel::event! {
    /// The customer was reminded of a late invoice.
    pub struct InvoiceReminded = "invoice.reminded", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, number: String, stage: i32,
    }
}

row! {
    struct Late { id: InvoiceId, stage: i32, email: String }
}

sql! {
    // Those alone whose next reminder is due, so that who has had all of them does not stand before the others. Nobody is written to
    // twice within three days, whatever the letters were.
    fn late(today: Date, days: Vec<i32>, quiet_since: jiff::Timestamp, most: i64) -> Vec<Late> = "
        select i.id, coalesce(l.stage, 0)::int4 as stage, coalesce(c.email, '') as email
        from invoice i
        join customer c on c.tenant_id = $1 and c.id = i.customer_id and c.email is not null
        left join lateral (select max(r.stage) as stage, max(r.created_at) as at from invoice_letter r where r.tenant_id = $1 and r.invoice_id = i.id) l on true
        where i.tenant_id = $1 and i.status in ('issued', 'part_paid') and i.due_on < $2 and (l.at is null or l.at < $4)
          and i.due_on <= $2 - ($3::int4[])[coalesce(l.stage, 0) + 1]
        order by i.due_on, i.id limit $5";
}

pub async fn remind(scope: Scope) -> Result<()> {
    let days = scope.read(terms::kept()).await?.map(|kept| (kept.days, kept.words));
    let Some((days, words)) = days.filter(|(days, _)| !days.is_empty()) else { return Ok(()) };
    // By day, as an office writes.
    let local = scope.local_now();
    if !(8..18).contains(&local.hour()) {
        return Ok(());
    }
    let today = local.date();
    let quiet = scope.now().saturating_sub(jiff::SignedDuration::from_hours(72)).unwrap_or(scope.now());
    // One that cannot be sent keeps nobody else from being reminded.
    let mut outcome = Ok(());
    for late in scope.read(late(today, days, quiet, AT_ONCE)).await? {
        if let Err(error) = one(&scope, &late, words.as_deref(), today).await {
            tracing::warn!(%error, tenant = %scope.tenant().id, invoice = %late.id, "a reminder was not sent");
            outcome = Err(error);
        }
    }
    outcome
}

async fn one(scope: &Scope, late: &Late, words: Option<&str>, today: Date) -> Result<()> {
    let invoice = view(scope, late.id).await?;
    // Paid a moment ago.
    if !matches!(invoice.head.status, Status::Issued | Status::PartPaid)
        || invoice.head.due_on.is_none_or(|due| due >= today)
    {
        return Ok(());
    }
    let (customer, number) = (invoice.head.customer_id, invoice.head.number.clone().unwrap_or_default());
    let stage = late.stage + 1;
    let letter = letter(scope, invoice, &late.email, stage, words).await?;
    scope
        .retrying(async |tx| {
            let (at, by) = (tx.now(), tx.user());
            let insert = insert(InvoiceLetterId::new(), late.id, Kind::Reminder, stage, late.email.clone(), at, by);
            if tx.run(insert).await? == 0 {
                return Ok(());
            }
            tx.tell(&InvoiceReminded { invoice: late.id, customer, number: number.clone(), stage });
            mail::send(tx, letter.clone()).await.map(drop)
        })
        .await
}

//! Earns what is due: each part by a voucher of its own, on its day or the first one that is open in the books.
use jiff::{Timestamp, civil::Date};
use kernel::{Result, Scope, TenantTx, job::Job, row, sql};

use super::{Part, parts_of};
use crate::{
    DeferralPartId, InvoiceId,
    invoice::hold,
    ledger::{self, close, post},
};

/// So many invoices at most in one turn; the next takes the rest.
const AT_ONCE: i64 = 200;

row! { struct Visit { completed_at: Option<Timestamp> } }

sql! {
    // What is paid for a visit waits until that is done.
    fn due(today: Date, most: i64) -> Vec<InvoiceId> = "
        select d.invoice_id
        from (select p.deferral_id from deferral_part p
              where p.tenant_id = $1 and p.earns_on <= $2 and p.earned_on is null and p.returned_minor < p.amount_minor
                and not exists (
                  select from deferral f
                  join plan_period q on q.tenant_id = $1 and q.invoice_id = f.invoice_id
                  join plan_billing b on b.tenant_id = $1 and b.id = q.billing_id and b.rhythm = 'visit'
                  left join maintenance_visit v on v.tenant_id = $1 and v.plan_id = q.plan_id and v.due_on = q.starts_on
                  left join appointment a on a.tenant_id = $1 and a.id = v.appointment_id
                  where f.tenant_id = $1 and f.id = p.deferral_id and a.status is distinct from 'completed')
              order by p.earns_on, p.id limit $3) n
        join deferral d on d.tenant_id = $1 and d.id = n.deferral_id
        group by d.invoice_id order by d.invoice_id";
    // The visit that an invoice in advance is for, if it is for one.
    fn visit_of(invoice: InvoiceId) -> Option<Visit> = "
        select a.completed_at from plan_period q
        join plan_billing b on b.tenant_id = $1 and b.id = q.billing_id and b.rhythm = 'visit'
        left join maintenance_visit v on v.tenant_id = $1 and v.plan_id = q.plan_id and v.due_on = q.starts_on
        left join appointment a on a.tenant_id = $1 and a.id = v.appointment_id and a.status = 'completed'
        where q.tenant_id = $1 and q.invoice_id = $2 limit 1";
    fn set_earned(id: DeferralPartId, on: Date) -> u64 = "
        update deferral_part set earned_on = $3 where tenant_id = $1 and id = $2 and earned_on is null";
}

kernel::event! {
    /// What was paid in advance is earned, for a month.
    pub struct RevenueEarned = "ledger.earned", seen by crate::permissions::LedgerRead { invoice: InvoiceId, minor: i64, currency: String, on: Date }
}

/// The next turn, when one was not enough.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct EarnDeferred {}
impl Job for EarnDeferred {
    const KIND: &'static str = "billing.earn_deferred";
    fn key(&self) -> Option<String> {
        Some("turn".into())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        earn_all(scope).await
    }
}

pub async fn earn_all(scope: Scope) -> Result<()> {
    let today = scope.local_now().date();
    let due = scope.read(due(today, AT_ONCE)).await?;
    for invoice in &due {
        scope.retrying(async |tx| earn(tx, *invoice, today).await).await?;
    }
    if i64::try_from(due.len()).is_ok_and(|done| done == AT_ONCE) {
        scope
            .write_with(async |tx| {
                tx.enqueue(&EarnDeferred {});
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// All that is due of one invoice, which is held: whoever gives it back waits, or has done so.
async fn earn(tx: &mut TenantTx, invoice: InvoiceId, today: Date) -> Result<()> {
    let (found, _) = hold(tx, invoice, None).await?;
    let (parts, open, visit) = tx.run((parts_of(invoice), close::first_open(), visit_of(invoice))).await?;
    let done = match visit {
        // Taken up again just now.
        Some(Visit { completed_at: None }) => return Ok(()),
        Some(Visit { completed_at: Some(at) }) => tx.company().map(|of| at.to_zoned(of.locale.zone.clone()).date()),
        None => None,
    };
    let is_due = |part: &&Part| part.earned_on.is_none() && part.left() > 0 && part.earns_on <= today;
    let mut earned = 0;
    for part in parts.iter().filter(is_due) {
        // Not before it was billed or done, nor on a day that is closed.
        let on = [open, found.issued_on, done].into_iter().flatten().fold(part.earns_on, Date::max);
        if tx.run(set_earned(part.id, on)).await? != 1 {
            continue;
        }
        let voucher = post::Voucher {
            kind: ledger::Kind::Earned,
            posted_on: on,
            subject: part.id.0,
            invoice: Some(invoice),
            currency: found.currency.clone(),
            memo: format!("Earned of {}, {}", found.called(), part.earns_on.strftime("%b %Y")),
        };
        let entries = [
            post::Entry::debit(ledger::DEFERRED, part.left(), String::new()),
            post::Entry::credit(ledger::REVENUE, part.left(), String::new()),
        ];
        post::post(tx, voucher, &entries).await?;
        earned += part.left();
    }
    if earned > 0 {
        tx.tell(&RevenueEarned { invoice, minor: earned, currency: found.currency, on: today });
    }
    Ok(())
}

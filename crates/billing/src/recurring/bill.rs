//! Bills what has come round: a period at a time, each in a transaction of its own that holds the plan and its terms, so that two who do
//! it at once bill nothing twice. Behind the lock stands a constraint: one row for a plan and the first day of a period.
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{Error, Result, Scope, TenantTx, job::Job, row, sql};
use maintenance::{
    Plan,
    plan::{Status, hold_still, turn::rests},
};

use super::{Billing, Period, PlanBilled, SendBilled, keep_period, lines, locked, set_next};
use crate::{
    PlanBillingId, PlanPeriodId,
    deferral::Prepaid,
    invoice::{
        draft::{DraftInput, draft_by},
        head,
        issue::issue_for,
    },
};

/// So many invoices at most in one turn; the next takes the rest.
const AT_ONCE: usize = 50;
/// What could not be billed is tried again after so long.
const REST: SignedDuration = SignedDuration::from_hours(20);
/// Visits are looked at so far back.
const BACK_DAYS: i64 = 400;

row! { struct Visit { id: PlanBillingId, due_on: Date } }

sql! {
    fn due(today: Date, now: Timestamp, most: i64) -> Vec<PlanBillingId> = "
        select b.id from plan_billing b
        join maintenance_plan p on p.tenant_id = $1 and p.id = b.plan_id and p.status <> 'paused'
        join customer c on c.tenant_id = $1 and c.id = p.customer_id and c.status = 'active'
        where b.tenant_id = $1 and b.due_on <= $2 and (b.retry_at is null or b.retry_at <= $3)
        order by b.due_on, b.id limit $4";
    // In advance on the day it falls due, afterwards once somebody was there.
    fn visits(since: Date, today: Date, now: Timestamp, most: i64) -> Vec<Visit> = "
        select b.id, v.due_on from plan_billing b
        join maintenance_plan p on p.tenant_id = $1 and p.id = b.plan_id and p.status <> 'paused'
        join customer c on c.tenant_id = $1 and c.id = p.customer_id and c.status = 'active'
        join maintenance_visit v on v.tenant_id = $1 and v.plan_id = b.plan_id and v.due_on between greatest(b.from_on, $2::date) and least(b.until_on, $3::date)
        join appointment a on a.tenant_id = $1 and a.id = v.appointment_id
        where b.tenant_id = $1 and b.rhythm = 'visit' and (b.retry_at is null or b.retry_at <= $4) and v.state = 'booked'
          and (a.status = 'completed' or (b.in_advance and a.status not in ('cancelled', 'no_show', 'held')))
          and not exists (select from plan_period d where d.tenant_id = $1 and d.plan_id = v.plan_id and d.starts_on = v.due_on)
        order by v.due_on, b.id limit $5";
    fn is_billed(plan: maintenance::PlanId, day: Date) -> bool = "
        select exists (select 1 from plan_period where tenant_id = $1 and plan_id = $2 and starts_on = $3) as billed";
    fn set_trouble(id: PlanBillingId, trouble: String, retry_at: Timestamp) -> u64 = "
        update plan_billing set trouble = $3, retry_at = $4 where tenant_id = $1 and id = $2";
    fn plan_of(id: PlanBillingId) -> Option<maintenance::PlanId> = "select plan_id from plan_billing where tenant_id = $1 and id = $2";
}

/// The next turn, when one was not enough.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct BillPlans {}
impl Job for BillPlans {
    const KIND: &'static str = "billing.bill_plans";
    fn key(&self) -> Option<String> {
        Some("turn".into())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        bill_all(scope).await
    }
}

/// One turn: what has waited longest first.
pub async fn bill_all(scope: Scope) -> Result<()> {
    let (now, today) = (scope.now(), scope.local_now().date());
    let since = today.saturating_sub(Span::new().days(BACK_DAYS));
    let most = AT_ONCE as i64;
    let (due, visits) = scope.read((due(today, now, most), visits(since, today, now, most))).await?;
    let (mut billed, mut failed) = (0, None);
    'turn: for id in &due {
        loop {
            if billed == AT_ONCE {
                break 'turn;
            }
            match one(&scope, *id, None, today).await {
                Ok(true) => billed += 1,
                Ok(false) => break,
                Err(error) => {
                    failed = troubled(&scope, *id, error).await?.or(failed);
                    break;
                }
            }
        }
    }
    for visit in &visits {
        if billed == AT_ONCE {
            break;
        }
        match one(&scope, visit.id, Some(visit.due_on), today).await {
            Ok(done) => billed += usize::from(done),
            Err(error) => failed = troubled(&scope, visit.id, error).await?.or(failed),
        }
    }
    if billed == AT_ONCE {
        scope
            .write_with(async |tx| {
                tx.enqueue(&BillPlans {});
                Ok(())
            })
            .await?;
    }
    failed.map_or(Ok(()), Err)
}

/// Says on the plan's page why; gives back what nobody but the house can mend.
async fn troubled(scope: &Scope, id: PlanBillingId, error: Error) -> Result<Option<Error>> {
    if error.is_broken("plan_period_once") {
        return Ok(None);
    }
    let problem = error.problem();
    let says = match problem.status {
        404 => return Ok(None),
        409 | 422 => problem.errors.first().map_or(problem.detail.clone(), |field| field.message.clone()),
        _ => "It could not be billed; the house has noted why, and tries again.".to_owned(),
    };
    let retry_at = scope.now().saturating_add(REST).unwrap_or(scope.now());
    let says: String = says.chars().take(500).collect();
    scope.write_with(async |tx| tx.run(set_trouble(id, says.clone(), retry_at)).await).await?;
    Ok((problem.status >= 500).then_some(error))
}

/// Bills the next period, or that visit; false, where there is nothing to bill.
async fn one(scope: &Scope, id: PlanBillingId, visit: Option<Date>, today: Date) -> Result<bool> {
    scope
        .retrying(async |tx| {
            let Some(plan) = tx.run(plan_of(id)).await? else { return Ok(false) };
            let plan = hold_still(tx, plan, None).await?;
            let billing = tx.run(locked(id)).await?.ok_or(Error::NotFound)?;
            if plan.status == Status::Paused {
                return Ok(false);
            }
            match visit {
                Some(day) => {
                    if !billing.has(day) || tx.run(is_billed(plan.id, day)).await? {
                        return Ok(false);
                    }
                    bill(tx, &billing, &plan, Period { starts_on: day, ends_on: day }, today).await?;
                    let at = tx.now();
                    tx.run(set_next(id, None, None, at)).await?;
                    Ok(true)
                }
                None => next(tx, &billing, &plan, today).await,
            }
        })
        .await
}

/// The first period that is due and in which the plan did not rest when it began.
async fn next(tx: &mut TenantTx, billing: &Billing, plan: &Plan, today: Date) -> Result<bool> {
    let Some(rounds) = billing.rounds() else { return Ok(false) };
    let rests = tx.run(rests(plan.id)).await?;
    let (mut next, at) = (billing.next_on.zip(billing.due_on), tx.now());
    while let Some((starts_on, due_on)) = next {
        if plan.ends_on.is_some_and(|ends| ends < starts_on) {
            // Of a plan that has ended nothing comes any more; one whose end is said may still be changed.
            if plan.status == Status::Ended {
                tx.run(set_next(billing.id, None, None, at)).await?;
            }
            return Ok(false);
        }
        let n = rounds.at(starts_on);
        if due_on > today {
            tx.run(set_next(billing.id, Some(starts_on), Some(due_on), at)).await?;
            return Ok(false);
        }
        next = billing.next_from(rounds.nth(n + 1));
        if rests.iter().any(|rest| rest.has(starts_on)) {
            continue;
        }
        bill(tx, billing, plan, rounds.period(n), today).await?;
        tx.run(set_next(billing.id, next.map(|next| next.0), next.map(|next| next.1), at)).await?;
        return Ok(true);
    }
    tx.run(set_next(billing.id, None, None, at)).await?;
    Ok(false)
}

/// One invoice, issued today and never for a day before.
async fn bill(tx: &mut TenantTx, billing: &Billing, plan: &Plan, period: Period, today: Date) -> Result<()> {
    let (basis, lines) = lines::of_period(tx, billing, plan, period).await?;
    let currency = super::money(tx, 0).currency;
    let input = DraftInput { terms_days: Some(billing.terms_days), ..DraftInput::of(plan.customer_id, lines) };
    let invoice = draft_by(tx, currency, &basis, input)?;
    let (at, by) = (tx.now(), tx.user());
    tx.queue(keep_period(PlanPeriodId::new(), billing.id, plan.id, period.starts_on, period.ends_on, invoice, at, by));
    let prepaid = billing.in_advance.then(|| match billing.rounds() {
        Some(rounds) => Prepaid::of(plan.id, rounds, period),
        None => Prepaid::of_visit(plan.id, period),
    });
    issue_for(tx, invoice, None, today, prepaid.as_ref()).await?;
    let issued = tx.run(head(invoice)).await?.ok_or(Error::NotFound)?;
    tx.tell(&PlanBilled {
        plan: plan.id,
        invoice,
        customer: plan.customer_id,
        number: issued.called(),
        starts_on: period.starts_on,
        ends_on: period.ends_on,
    });
    if billing.sends {
        tx.enqueue(&SendBilled { invoice });
    }
    Ok(())
}

//! A plan that ends says what was paid in advance; one that goes on as another is billed on by it, as if nothing had happened.
use futures_util::future::BoxFuture;
use jiff::civil::Date;
use kernel::{Money, Result, Scope, TenantTx, money::allocate, row, sql};
use maintenance::{
    Plan, PlanId,
    plan::turn::{FOLLOWINGS, Turn},
};

use super::{Billing, close, of_plan, set::enter};
use crate::{PlanBillingId, written};

row! {
    struct Ahead { starts_on: Date, ends_on: Date, number: Option<String>, total_minor: i64, paid: bool }
}

sql! {
    // Not what was billed once it was over, nor what counts for nothing.
    fn in_advance(plan: PlanId, after: Date) -> Vec<Ahead> = "
        select p.starts_on, p.ends_on, i.number, i.total_minor - coalesce(g.minor, 0)::bigint as total_minor, i.status = 'paid' as paid
        from plan_period p
        join plan_billing b on b.tenant_id = $1 and b.id = p.billing_id and b.in_advance
        join invoice i on i.tenant_id = $1 and i.id = p.invoice_id and i.status <> 'void'
        left join lateral (select sum(n.total_minor) as minor from credit_note n where n.tenant_id = $1 and n.invoice_id = i.id) g on true
        where p.tenant_id = $1 and p.plan_id = $2 and p.ends_on > $3 order by p.starts_on limit 50";
}

fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days())).max(0)
}

/// "INV-0007 covers …".
fn says(scope: &Scope, plan_ends: Date, one: Ahead) -> Option<String> {
    if one.total_minor <= 0 {
        return None;
    }
    // By days: those up to the last one, and those after it.
    let (whole, after) =
        (days(one.starts_on, one.ends_on) + 1, days(plan_ends.max(one.starts_on.yesterday().ok()?), one.ends_on));
    let left = *allocate(one.total_minor, &[after, whole - after]).first()?;
    let money = |minor| written::money(scope.tenant(), Money::new(minor, scope.tenant().locale.currency));
    let state = if one.paid { "is paid and" } else { "is not paid yet and" };
    Some(format!(
        "{} over {} {state} covers the time up to {}. By days, {} of it is for after the plan’s last day: give back what you agree on by a credit note.",
        one.number.unwrap_or_default(),
        money(one.total_minor),
        written::day(one.ends_on),
        money(left)
    ))
}

/// From that day on the terms are the other plan's; months go on being counted from where they were.
async fn hand_over(tx: &mut TenantTx, plan: &Plan, to: PlanId, from: Date) -> Result<()> {
    for row in tx.run(of_plan(plan.id)).await? {
        if row.until_on.is_some_and(|until| until < from) {
            continue;
        }
        let (from_on, until_on) = (row.from_on.max(from), row.until_on);
        close(tx, &row, from.yesterday().unwrap_or(from)).await?;
        let rest =
            Billing { id: PlanBillingId::new(), plan_id: to, from_on, until_on, trouble: None, version: 1, ..row };
        let next = rest.next_from(from_on);
        let rest = Billing { next_on: next.map(|next| next.0), due_on: next.map(|next| next.1), ..rest };
        enter(tx, &rest);
    }
    Ok(())
}

fn follow<'a>(
    scope: &'a Scope,
    tx: &'a mut TenantTx,
    plan: &'a Plan,
    turn: Turn,
) -> BoxFuture<'a, Result<Vec<String>>> {
    Box::pin(async move {
        match turn {
            Turn::Ended => {
                let Some(ends) = plan.ends_on else { return Ok(vec![]) };
                let ahead = tx.run(in_advance(plan.id, ends)).await?;
                Ok(ahead.into_iter().filter_map(|one| says(scope, ends, one)).collect())
            }
            Turn::GoesOn { to, from } => hand_over(tx, plan, to, from).await.map(|()| vec![]),
        }
    })
}
#[linkme::distributed_slice(FOLLOWINGS)]
static FOLLOWS: maintenance::plan::turn::Following = follow;

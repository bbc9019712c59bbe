//! Where a plan turns: it rests, goes on, ends, or goes on as another one. Contexts above follow it in the same transaction.
use futures_util::future::BoxFuture;
use jiff::{Timestamp, civil::Date};
use kernel::{Result, Scope, TenantTx, row, sql};

use super::{Plan, PlanId, Status};

kernel::id!(RestId);

/// What happened to a plan, which is as it is now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// Its last day is said.
    Ended,
    /// From that day on it is another one.
    GoesOn { to: PlanId, from: Date },
}

/// What a context above makes of it, and what it has to say to whoever does it.
pub type Following = for<'a> fn(&'a Scope, &'a mut TenantTx, &'a Plan, Turn) -> BoxFuture<'a, Result<Vec<String>>>;

#[linkme::distributed_slice]
pub static FOLLOWINGS: [Following];

pub(super) async fn turned(scope: &Scope, tx: &mut TenantTx, plan: &Plan, turn: Turn) -> Result<Vec<String>> {
    let mut says = vec![];
    for follow in FOLLOWINGS {
        says.extend(follow(scope, tx, plan, turn).await?);
    }
    Ok(says)
}

row! {
    /// From that day on, until before the other.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Rest { pub from_on: Date, pub until_on: Option<Date> }
}

impl Rest {
    pub fn has(&self, day: Date) -> bool {
        self.from_on <= day && self.until_on.is_none_or(|until| day < until)
    }
}

sql! {
    /// All the times it rested, in order.
    pub fn rests(plan: PlanId) -> Vec<Rest> = "
        select from_on, until_on from maintenance_rest where tenant_id = $1 and plan_id = $2 order by from_on, id limit 1000";
    fn begin(id: RestId, plan: PlanId, from_on: Date, at: Timestamp) = "
        insert into maintenance_rest (tenant_id, id, plan_id, from_on, created_at) values ($1, $2, $3, $4, $5)";
    fn over(plan: PlanId, until_on: Date) -> u64 = "
        update maintenance_rest set until_on = greatest(from_on, $3::date) where tenant_id = $1 and plan_id = $2 and until_on is null";
}

/// Keeps since when a plan rests, that goes by a new status.
pub(super) async fn kept(tx: &mut TenantTx, plan: &Plan, was: Option<Status>) -> Result<()> {
    let today = plan.today(tx.now());
    let at = tx.now();
    match (was == Some(Status::Paused), plan.status == Status::Paused) {
        (false, true) => tx.queue(begin(RestId::new(), plan.id, today, at)),
        (true, false) => drop(tx.run(over(plan.id, today)).await?),
        _ => {}
    }
    Ok(())
}

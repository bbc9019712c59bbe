//! What plans were paid in advance for: billed, earned, given back and left, held against the account's balance.
use jiff::civil::Date;
use kernel::{Access, Money, Result, Scope, http::Json, row, sql};
use maintenance::PlanId;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    CustomerId,
    ledger::{self, trial_balance::balance},
    permissions::LedgerRead,
};

row! {
    struct Row {
        plan_id: PlanId, plan: String, customer_id: CustomerId, customer: String, billed_minor: i64, earned_minor: i64, returned_minor: i64,
        left_minor: i64, until_on: Date,
    }
}
row! { struct Sums { billed_minor: i64, earned_minor: i64, returned_minor: i64, left_minor: i64 } }

sql! {
    // Per plan, those with most left first. What was earned and taken back again counts as given back.
    fn by_plan() -> Vec<Row> = "
        select p.id as plan_id, i.name as plan, c.id as customer_id, c.name as customer,
               sum(d.amount_minor)::bigint as billed_minor, (sum(s.earned) - sum(d.reversed_minor))::bigint as earned_minor,
               (sum(s.returned) + sum(d.reversed_minor))::bigint as returned_minor, sum(s.waits)::bigint as left_minor, max(d.ends_on) as until_on
        from deferral d
        cross join lateral (
          select coalesce(sum(q.amount_minor - q.returned_minor) filter (where q.earned_on is not null), 0) as earned, coalesce(sum(q.returned_minor), 0) as returned,
                 coalesce(sum(q.amount_minor - q.returned_minor) filter (where q.earned_on is null), 0) as waits
          from deferral_part q where q.tenant_id = $1 and q.deferral_id = d.id) s
        join maintenance_plan p on p.tenant_id = $1 and p.id = d.plan_id
        join item i on i.tenant_id = $1 and i.id = p.item_id
        join customer c on c.tenant_id = $1 and c.id = p.customer_id
        where d.tenant_id = $1 group by p.id, i.name, c.id, c.name order by sum(s.waits) desc, p.id limit 1000";
    fn all() -> Sums = "
        select coalesce(sum(d.amount_minor), 0)::bigint as billed_minor, coalesce(sum(s.earned) - sum(d.reversed_minor), 0)::bigint as earned_minor,
               coalesce(sum(s.returned) + sum(d.reversed_minor), 0)::bigint as returned_minor, coalesce(sum(s.waits), 0)::bigint as left_minor
        from deferral d
        cross join lateral (
          select coalesce(sum(q.amount_minor - q.returned_minor) filter (where q.earned_on is not null), 0) as earned, coalesce(sum(q.returned_minor), 0) as returned,
                 coalesce(sum(q.amount_minor - q.returned_minor) filter (where q.earned_on is null), 0) as waits
          from deferral_part q where q.tenant_id = $1 and q.deferral_id = d.id) s
        where d.tenant_id = $1";
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "DeferredSums")]
pub struct Deferred {
    /// Before tax.
    pub billed: Money,
    pub earned: Money,
    pub given_back: Money,
    /// Still to be earned.
    pub left: Money,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeferredPlan {
    pub plan_id: PlanId,
    pub plan: String,
    pub customer_id: CustomerId,
    pub customer_name: String,
    /// The last day that is billed.
    pub until_on: Date,
    #[serde(flatten)]
    pub deferred: Deferred,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeferredRevenue {
    pub all: Deferred,
    /// What the account says; the same as what is left of all.
    pub account: Money,
    /// Those with most left first; at most 1,000.
    pub data: Vec<DeferredPlan>,
}

pub(super) async fn report(scope: &Scope) -> Result<DeferredRevenue> {
    let (rows, sums, account) = scope.read((by_plan(), all(), balance(ledger::DEFERRED.to_owned()))).await?;
    let currency = scope.tenant().locale.currency;
    let money = |minor| Money::new(minor, currency);
    let deferred = |billed, earned, returned, left| Deferred {
        billed: money(billed),
        earned: money(earned),
        given_back: money(returned),
        left: money(left),
    };
    let plan = |row: Row| DeferredPlan {
        plan_id: row.plan_id,
        plan: row.plan,
        customer_id: row.customer_id,
        customer_name: row.customer,
        until_on: row.until_on,
        deferred: deferred(row.billed_minor, row.earned_minor, row.returned_minor, row.left_minor),
    };
    Ok(DeferredRevenue {
        all: deferred(sums.billed_minor, sums.earned_minor, sums.returned_minor, sums.left_minor),
        account: money(account),
        data: rows.into_iter().map(plan).collect(),
    })
}

pub async fn api(access: Access<LedgerRead>) -> Result<Json<DeferredRevenue>> {
    report(&access).await.map(Json)
}

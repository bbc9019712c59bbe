//! What the plans of a customer are to bring and is not booked yet, for whoever shows it as a series.
use customers::CustomerId;
use jiff::Span;
use kernel::{Result, Scope, row, sql};

use super::{Ahead, Standing, ahead::of_rows, from};
use crate::plan::{self, Plan, PlanId, Status};

const PLANS: i64 = 50;
const VISITS: usize = 1000;
const AHEAD_YEARS: i64 = 2;

#[derive(Debug, Clone)]
pub struct Coming {
    pub plan: Plan,
    /// How long a visit takes.
    pub minutes: i32,
    /// In order.
    pub visits: Vec<Ahead>,
}

row! { struct Lasts { id: PlanId, minutes: i32 } }
sql! {
    fn lasts(customer: CustomerId) -> Vec<Lasts> = "
        select p.id, i.duration_minutes as minutes from maintenance_plan p join item i on i.tenant_id = $1 and i.id = p.item_id
        where p.tenant_id = $1 and p.customer_id = $2 order by p.id desc limit 500";
}

/// Two years of it, of the plans that run; a plan of which nothing is to come has no part in it.
pub async fn coming(scope: &Scope, customer: CustomerId) -> Result<Vec<Coming>> {
    let now = scope.now();
    let of_customer = plan::list_of_customer(customer, Some(Status::Active), PlanId::max(), PLANS);
    let (mut plans, lasts) = scope.read((of_customer, lasts(customer))).await?;
    plans.retain(Plan::is_running);
    if plans.is_empty() {
        return Ok(vec![]);
    }
    let kept = scope.read(plans.iter().map(|plan| from(plan.id, plan.today(now))).collect::<Vec<_>>()).await?;
    let country = &scope.tenant().locale.country;
    let mut all = vec![];
    for (plan, kept) in plans.into_iter().zip(kept) {
        let until = plan.today(now).saturating_add(Span::new().years(AHEAD_YEARS));
        let mut visits = of_rows(&plan, &kept, country, now, until, VISITS);
        visits.retain(|visit| matches!(visit.standing, Standing::Due | Standing::Changed));
        let minutes = lasts.iter().find(|lasts| lasts.id == plan.id).map_or(0, |lasts| lasts.minutes);
        if !visits.is_empty() && minutes > 0 {
            all.push(Coming { plan, minutes, visits });
        }
    }
    Ok(all)
}

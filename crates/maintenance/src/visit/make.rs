//! Books what falls due within the horizon: a plan at a time, each in a transaction of its own that holds the plan, so that two who do
//! it at once make nothing twice. Behind the lock stands a constraint: one visit for a plan and a day.
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{Error, Result, Scope, TenantTx, job::Job, sql, tenant::Locale};
use scheduling::Appointment;
use std::collections::HashMap;

use super::{State, Visit, VisitId, Wanted, book, from, insert, update};
use crate::{
    plan::{HORIZON_DAYS, Plan, PlanId, hold_still},
    recurrence::{self, Due, FURTHEST_YEARS},
};

/// So many plans at most in one turn, and so many visits of each.
const TURN: i64 = 100;
const AT_ONCE: usize = 40;
const REST: SignedDuration = SignedDuration::from_hours(20);

sql! {
    fn waiting(until: Date, now: Timestamp, most: i64) -> Vec<PlanId> = "
        select p.id from maintenance_plan p join customer c on c.tenant_id = $1 and c.id = p.customer_id and c.status = 'active'
        where p.tenant_id = $1 and p.status = 'active' and p.next_due <= $2 and (p.retry_at is null or p.retry_at <= $3)
        order by p.next_due, p.id limit $4";
    fn over(before: Date, at: Timestamp, most: i64) -> u64 = "
        update maintenance_plan set status = 'ended', next_due = null, version = version + 1, updated_at = $3
        where tenant_id = $1 and id in (select id from maintenance_plan where tenant_id = $1 and status = 'active' and ends_on < $2 order by ends_on, id limit $4)";
    fn set_next(id: PlanId, next_due: Option<Date>) -> u64 = "
        update maintenance_plan set next_due = $3, trouble = null, retry_at = null where tenant_id = $1 and id = $2";
    fn set_trouble(id: PlanId, trouble: String, retry_at: Timestamp) -> u64 = "
        update maintenance_plan set trouble = $3, retry_at = $4 where tenant_id = $1 and id = $2";
}

/// The next turn, when one was not enough.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct MakeVisits {}
impl Job for MakeVisits {
    const KIND: &'static str = "maintenance.make_visits";
    fn key(&self) -> Option<String> {
        Some("turn".into())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        make_all(scope).await
    }
}

/// One turn: the plans that have waited longest.
pub async fn make_all(scope: Scope) -> Result<()> {
    let locale = &scope.tenant().locale;
    let now = scope.now();
    // Somewhere it is tomorrow already; each plan counts by its own clock.
    let today = scope.local_now().date();
    let until = today.saturating_add(Span::new().days(HORIZON_DAYS + 1));
    let yesterday = today.saturating_sub(Span::new().days(1));
    let plans = scope
        .write_with(async |tx| Ok(tx.run((over(yesterday, now, TURN), waiting(until, now, TURN))).await?.1))
        .await?;
    let mut failed = None;
    for id in &plans {
        let made = scope
            .retrying(async |tx| {
                let plan = hold_still(tx, *id, None).await?;
                make(tx, &plan, locale).await
            })
            .await;
        let Err(error) = made else { continue };
        let problem = error.problem();
        let says = match problem.status {
            404 => continue,
            409 | 422 => problem.errors.first().map_or(problem.detail.clone(), |field| field.message.clone()),
            _ => "The visits could not be booked; the house has noted why, and tries again.".to_owned(),
        };
        let retry_at = now.saturating_add(REST).unwrap_or(now);
        let says: String = says.chars().take(500).collect();
        scope.write_with(async |tx| tx.run(set_trouble(*id, says.clone(), retry_at)).await).await?;
        if problem.status >= 500 {
            failed = Some(error);
        }
    }
    if i64::try_from(plans.len()).is_ok_and(|done| done == TURN) {
        scope
            .write_with(async |tx| {
                tx.enqueue(&MakeVisits {});
                Ok(())
            })
            .await?;
    }
    failed.map_or(Ok(()), Err)
}

/// Books what this plan, which is held, has due within the horizon; gives what was booked.
pub(crate) async fn make(tx: &mut TenantTx, plan: &Plan, locale: &Locale) -> Result<Vec<Made>> {
    if !plan.is_running() {
        return Ok(vec![]);
    }
    let (now, season) = (tx.now(), plan.season(&locale.country));
    let (today, horizon) = (plan.today(now), plan.horizon(now));
    let known: HashMap<Date, Visit> =
        tx.run(from(plan.id, today)).await?.into_iter().map(|visit| (visit.due_on, visit)).collect();
    let (mut made, mut last, mut full) = (vec![], today.saturating_sub(Span::new().days(1)), false);
    for due in recurrence::due(&season, today, horizon) {
        if made.len() == AT_ONCE {
            full = true;
            break;
        }
        last = due.due_on;
        let row = known.get(&due.due_on);
        if row.is_some_and(|row| row.state != State::Changed) {
            continue;
        }
        let Some(wanted) = wanted(plan, &due, row) else { continue };
        if wanted.starts_at(plan) < now {
            continue;
        }
        let visit = book(tx, plan, &wanted, locale).await?;
        keep(tx, plan.id, &due, row, &visit).await?;
        made.push(Made { due, visit });
    }
    let next = if full { last } else { horizon.max(last) };
    following(tx, plan, next, locale).await?;
    Ok(made)
}

pub(crate) struct Made {
    pub due: Due,
    pub visit: Appointment,
}

/// How a visit is to be made: as the plan says, but for what was said of it alone.
pub(crate) fn wanted(plan: &Plan, due: &Due, row: Option<&Visit>) -> Option<Wanted> {
    let said = row.filter(|row| row.state != State::Skipped);
    let moved = said.and_then(|row| row.moved_on);
    Some(Wanted {
        on: moved.or(due.on)?,
        time: said.and_then(|row| row.moved_to).unwrap_or(plan.time),
        technician: said.and_then(|row| row.technician_id).or(plan.technician_id),
        fixed: moved.is_some(),
    })
}

/// Keeps which appointment it became; a row that said how it was to be is that visit's from now on.
async fn keep(tx: &mut TenantTx, plan: PlanId, due: &Due, row: Option<&Visit>, visit: &Appointment) -> Result<()> {
    let (now, by) = (tx.now(), tx.user());
    let (planned, booked, why) = (Some(visit.starts_at), Some(visit.id), due.why.clone());
    match row {
        None => {
            tx.queue(insert(
                VisitId::new(),
                plan,
                due.due_on,
                State::Booked,
                None,
                None,
                None,
                planned,
                booked,
                why,
                now,
                by,
            ));
        }
        Some(row) => {
            let (on, to, who) = (row.moved_on, row.moved_to, row.technician_id);
            tx.run(update(row.id, plan, due.due_on, State::Booked, on, to, who, planned, booked, why, now)).await?;
        }
    }
    Ok(())
}

/// Notes the first day after `after` that falls due and is not settled yet: then the plan has its turn again.
pub(crate) async fn following(tx: &mut TenantTx, plan: &Plan, after: Date, locale: &Locale) -> Result<()> {
    let season = plan.season(&locale.country);
    let from = after.saturating_add(Span::new().days(1));
    let until = from.saturating_add(Span::new().years(FURTHEST_YEARS));
    let next = recurrence::due(&season, from, until).next().map(|due| due.due_on);
    match tx.run(set_next(plan.id, next)).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

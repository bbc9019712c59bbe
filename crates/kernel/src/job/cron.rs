//! Work that comes round: when its time is there, one process makes a job of it for each tenant that is open.
use jiff::Timestamp;
use std::time::Duration;
use uuid::Uuid;

use super::perform::later;
use crate::{House, Result, row, sql};

/// What the kinds of such jobs begin with; the name of the work follows.
pub(crate) const CRON: &str = "cron:";

row! { struct Due { name: String, next_run_at: Timestamp } }

sql! {
    #![ops]
    fn know(names: Vec<String>, firsts: Vec<Timestamp>) -> u64 = "
        insert into ops.cron (name, next_run_at) select name, first from unnest($1::text[], $2::timestamptz[]) as known (name, first)
        on conflict (name) do nothing";
    fn due(names: Vec<String>, now: Timestamp) -> Option<Due> = "
        select name, next_run_at from ops.cron where name = any($1) and next_run_at <= $2
        order by next_run_at limit 1 for update skip locked";
    fn ran(name: String, now: Timestamp, next: Timestamp) -> u64 = "
        update ops.cron set last_run_at = $2, next_run_at = $3 where name = $1";
    fn fan_out(ids: Vec<Uuid>, tenants: Vec<Uuid>, kind: String, key: String, now: Timestamp) -> u64 = "
        insert into ops.job (tenant_id, id, kind, key, run_at, max_attempts, created_at)
        select tenant_id, id, $3::text, $4::text, $5::timestamptz, 3, $5::timestamptz from unnest($1::uuid[], $2::uuid[]) as open (id, tenant_id)
        on conflict do nothing";
}
sql! {
    #![control]
    fn open_tenants(after: Uuid) -> Vec<Uuid> = "
        select id from ctl.tenant where status in ('trial', 'active') and id > $1 order by id limit 1000";
}

/// Writes down when each comes round first: one period from now.
pub(super) async fn learn(house: &House) -> Result<()> {
    let now = house.clock().now();
    let crons = &house.modules().crons;
    let names = crons.iter().map(|cron| cron.name.to_owned()).collect();
    let firsts = crons.iter().map(|cron| next(now, now, cron.seconds)).collect();
    house.ops().run(know(names, firsts)).await.map(drop)
}

/// Makes the jobs of everything that is due. The lock on its line keeps other processes away until all jobs are there;
/// a process that dies half way leaves it due.
pub(super) async fn ring(house: &House) -> Result<()> {
    let names: Vec<String> = house.modules().crons.iter().map(|cron| cron.name.to_owned()).collect();
    while !names.is_empty() {
        let now = house.clock().now();
        let rang = house
            .ops()
            .with(async |tx| {
                let Some(Due { name, next_run_at }) = tx.run(due(names.clone(), now)).await? else { return Ok(false) };
                let mut after = Uuid::nil();
                loop {
                    let tenants = house.control().run(open_tenants(after)).await?;
                    let Some(last) = tenants.last().copied() else { break };
                    after = last;
                    let ids = tenants.iter().map(|_| Uuid::now_v7()).collect();
                    tx.run(fan_out(ids, tenants, format!("{CRON}{name}"), name.clone(), now)).await?;
                }
                let seconds = house.modules().crons.iter().find(|cron| cron.name == name).map_or(3600, |c| c.seconds);
                tx.run(ran(name, now, next(next_run_at, now, seconds))).await?;
                Ok(true)
            })
            .await?;
        if !rang {
            break;
        }
        house.0.nudge.notify_one();
    }
    Ok(())
}

/// One tenant's turn of one recurring work, now: for tests and for "run it once" of an operator.
pub async fn now_for(house: &House, tenant: Uuid, name: &str) -> Result<()> {
    let (id, kind) = (vec![Uuid::now_v7()], format!("{CRON}{name}"));
    house.ops().run(fan_out(id, vec![tenant], kind, name.into(), house.clock().now())).await.map(drop)
}

/// What was missed while nobody was there comes round once, not as often as it was missed.
fn next(planned: Timestamp, now: Timestamp, seconds: i64) -> Timestamp {
    let period = Duration::from_secs(seconds.max(1).unsigned_abs());
    let next = later(planned, period);
    if next > now { next } else { later(now, period) }
}

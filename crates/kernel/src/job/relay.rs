//! Moves committed events from the outbox to subscribers and live screens: gives each its number, in the order in which
//! commits became visible, and makes a job for each who wants to hear of it, in one transaction.
use jiff::Timestamp;
use std::{collections::HashMap, time::Duration};
use tokio::sync::watch;
use uuid::Uuid;

use super::perform::later;
use crate::{House, Result, row, sql};

/// What the kinds of a subscriber's jobs begin with; its name follows.
pub(crate) const SUBSCRIBER: &str = "subscriber:";

row! { struct Numbered { id: Uuid, tenant_id: Uuid, kind: String } }

sql! {
    #![ops]
    fn take_turn() -> Option<i64> = "select seq from ops.relay where one for update skip locked";
    fn await_turn() -> Option<i64> = "select seq from ops.relay where one for update";
    fn number(last: i64, many: i64, now: Timestamp) -> Vec<Numbered> = "
        with waiting as materialized (select tenant_id, id from ops.outbox where seq is null order by id limit $2),
        numbered as (select tenant_id, id, $1::bigint + row_number() over (order by id) as seq from waiting)
        update ops.outbox as o set seq = n.seq, relayed_at = $3 from numbered as n
        where o.tenant_id = n.tenant_id and o.id = n.id returning o.id, o.tenant_id, o.kind";
    fn number_of(last: i64, tenant: Uuid, now: Timestamp) -> Vec<Numbered> = "
        with waiting as materialized (select tenant_id, id from ops.outbox where seq is null and tenant_id = $2 order by id limit 1000),
        numbered as (select tenant_id, id, $1::bigint + row_number() over (order by id) as seq from waiting)
        update ops.outbox as o set seq = n.seq, relayed_at = $3 from numbered as n
        where o.tenant_id = n.tenant_id and o.id = n.id returning o.id, o.tenant_id, o.kind";
    fn advance(by: i64) -> u64 = "update ops.relay set seq = seq + $1 where one";
    // One event is told as it is, several as a list.
    fn deliver(ids: Vec<Uuid>, tenants: Vec<Uuid>, events: Vec<Uuid>, kinds: Vec<String>, now: Timestamp) -> u64 = "
        insert into ops.job (tenant_id, id, kind, body, run_at, created_at)
        select told.tenant_id, told.id, told.kind, case when jsonb_array_length(told.body) = 1 then told.body -> 0 else told.body end, $5::timestamptz, $5::timestamptz
        from (
          select o.tenant_id, wanted.id, wanted.kind,
            jsonb_agg(jsonb_build_object('id', o.id, 'at', o.at, 'kind', o.kind, 'subject', o.subject, 'body', o.body) order by o.seq) as body
          from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as wanted (id, tenant_id, event, kind)
          join ops.outbox as o on o.tenant_id = wanted.tenant_id and o.id = wanted.event
          group by o.tenant_id, wanted.id, wanted.kind) as told";

    // Of the oldest five thousand those that are old enough: never a walk over the rest.
    fn trim_events(before: Timestamp) -> u64 = "
        delete from ops.outbox where seq in (
          select seq from (select seq, relayed_at from ops.outbox where seq is not null order by seq limit 5000) as oldest where relayed_at < $1)";
    fn trim_jobs(done_before: Timestamp, dead_before: Timestamp) -> u64 = "
        delete from ops.job where id in (
          (select id from ops.job where state = 'done' and finished_at < $1 order by finished_at limit 5000)
          union all
          (select id from ops.job where state = 'dead' and finished_at < $2 order by finished_at limit 1000))";
}

const MANY: i64 = 1000;
/// As long as a screen may have been away and still be told what it missed.
const EVENTS_ARE_KEPT: Duration = Duration::from_secs(26 * 3600);
const DONE_IS_KEPT: Duration = Duration::from_secs(3600);
const DEAD_IS_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// Runs until `shutdown`. Any number of processes may: one at a time has the turn.
pub async fn run(house: House, mut shutdown: watch::Receiver<bool>) {
    let mut trimmed: Option<tokio::time::Instant> = None;
    loop {
        let busy = match relay(&house, None, false).await {
            Ok(moved) => moved as i64 == MANY,
            Err(error) => {
                tracing::warn!(%error, "relaying events failed; it is tried again in a second");
                false
            }
        };
        if trimmed.is_none_or(|at| at.elapsed() > Duration::from_secs(60)) {
            trimmed = Some(tokio::time::Instant::now());
            if let Err(error) = trim(&house).await {
                tracing::warn!(%error, "trimming what is done failed; it is tried again in a minute");
            }
        }
        tokio::select! {
            () = super::stopped(&mut shutdown) => return,
            () = house.hub().told() => {}
            () = tokio::time::sleep(Duration::from_secs(if busy { 0 } else { 1 })) => {}
        }
    }
}

/// One batch, at most a thousand: of all tenants or of one. Returns how many events moved; none when another process has
/// the turn and this one need not wait for it.
pub(super) async fn relay(house: &House, tenant: Option<Uuid>, wait: bool) -> Result<usize> {
    let now = house.clock().now();
    let moved = house
        .ops()
        .with(async |tx| {
            // The lock first, in a statement of its own: the next one sees what the last holder committed.
            let last = if wait { tx.run(await_turn()).await? } else { tx.run(take_turn()).await? };
            let Some(last) = last else { return Ok(0) };
            let events = match tenant {
                None => tx.run(number(last, MANY, now)).await?,
                Some(tenant) => tx.run(number_of(last, tenant, now)).await?,
            };
            if events.is_empty() {
                return Ok(0);
            }
            let (mut ids, mut tenants, mut whats, mut kinds) = (vec![], vec![], vec![], vec![]);
            let mut together: HashMap<(&str, Uuid), (Uuid, usize)> = HashMap::new();
            for event in &events {
                let wanting = house.modules().subscribers.iter().filter(|s| s.kinds.contains(&event.kind.as_str()));
                for subscriber in wanting {
                    let (job, told) = together.entry((subscriber.name, event.tenant_id)).or_default();
                    if *told % subscriber.at_once == 0 {
                        *job = Uuid::now_v7();
                    }
                    *told += 1;
                    ids.push(*job);
                    tenants.push(event.tenant_id);
                    whats.push(event.id);
                    kinds.push(format!("{SUBSCRIBER}{}", subscriber.name));
                }
            }
            tx.run((deliver(ids, tenants, whats, kinds, now), advance(events.len() as i64))).await?;
            Ok(events.len())
        })
        .await?;
    if moved > 0 {
        house.0.nudge.notify_one();
        house.hub().relayed();
    }
    Ok(moved)
}

async fn trim(house: &House) -> Result<()> {
    let ago = |long: Duration| later(house.clock().now(), Duration::ZERO).checked_sub(long).unwrap_or(Timestamp::MIN);
    while house.ops().run(trim_events(ago(EVENTS_ARE_KEPT))).await? == 5000 {}
    while house.ops().run(trim_jobs(ago(DONE_IS_KEPT), ago(DEAD_IS_KEPT))).await? >= 5000 {}
    Ok(())
}

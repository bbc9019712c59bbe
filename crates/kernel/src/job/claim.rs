//! Taking work from the queue: the next tenants' turns, what is due, what a dead worker left.
use jiff::Timestamp;
use uuid::Uuid;

use crate::{House, Result, row, sql};

row! {
    #[derive(Debug, Clone)]
    pub(super) struct Claimed {
        pub tenant_id: Uuid,
        pub id: Uuid,
        pub kind: String,
        pub body: serde_json::Value,
        pub attempts: i32,
    }
}

sql! {
    #![ops]
    // Steps from tenant to tenant along the index `job_ready` (one probe each), then takes the oldest of each: with
    // `free` slots and `n` tenants in sight, `free / n` of each. What one tenant has waiting costs the others nothing.
    fn claim(after: Uuid, free: i64, busy: Vec<Uuid>, share: i64, worker: Uuid, until: Timestamp) -> Vec<Claimed> = "
        with recursive lane as (
          (select tenant_id, 1::bigint as nth from ops.job where state = 'ready' and tenant_id > $1 order by tenant_id limit 1)
          union all
          select next.tenant_id, lane.nth + 1
          from lane cross join lateral (
            select tenant_id from ops.job where state = 'ready' and tenant_id > lane.tenant_id order by tenant_id limit 1) as next
          where lane.nth < $2::bigint + cardinality($3::uuid[])),
        open as materialized (select tenant_id from lane where tenant_id <> all($3::uuid[]) order by nth limit $2::bigint),
        picked as materialized (
          select turn.tenant_id, turn.id
          from open cross join lateral (
            select tenant_id, id from ops.job where state = 'ready' and tenant_id = open.tenant_id order by run_at, id
            limit (select least($4::bigint, greatest(1, $2::bigint / greatest(1, count(*)))) from open) for update skip locked) as turn)
        update ops.job as j set state = 'running', leased_by = $5, lease_until = $6, attempts = j.attempts + 1
        from picked where j.id = picked.id
        returning j.tenant_id, j.id, j.kind, j.body, j.attempts";

    // The same for a worker that takes certain kinds alone: each step is one probe of `job_kind` for each kind, so what waits
    // for other workers, however much, is not walked over.
    fn claim_kinds(after: Uuid, free: i64, busy: Vec<Uuid>, share: i64, worker: Uuid, until: Timestamp, kinds: Vec<String>) -> Vec<Claimed> = "
        with recursive mine as materialized (select kind from unnest($7::text[]) as own (kind)),
        lane as (
          (select first.tenant_id, 1::bigint as nth from mine cross join lateral (
             select tenant_id from ops.job where state = 'ready' and kind = mine.kind and tenant_id > $1 order by tenant_id limit 1) as first
           order by first.tenant_id limit 1)
          union all
          select next.tenant_id, lane.nth + 1
          from lane cross join lateral (
            select first.tenant_id from mine cross join lateral (
              select tenant_id from ops.job where state = 'ready' and kind = mine.kind and tenant_id > lane.tenant_id order by tenant_id limit 1) as first
            order by first.tenant_id limit 1) as next
          where lane.nth < $2::bigint + cardinality($3::uuid[])),
        open as materialized (select tenant_id from lane where tenant_id <> all($3::uuid[]) order by nth limit $2::bigint),
        part as materialized (select least($4::bigint, greatest(1, $2::bigint / greatest(1, count(*)))) as most from open),
        near as materialized (
          select open.tenant_id, turn.id, turn.run_at
          from open cross join mine cross join lateral (
            select id, run_at from ops.job where state = 'ready' and kind = mine.kind and tenant_id = open.tenant_id order by run_at, id
            limit (select most from part) for update skip locked) as turn),
        picked as materialized (
          select id from (select id, row_number() over (partition by tenant_id order by run_at, id) as nth from near) as ranked
          where nth <= (select most from part))
        update ops.job as j set state = 'running', leased_by = $5, lease_until = $6, attempts = j.attempts + 1
        from picked where j.id = picked.id
        returning j.tenant_id, j.id, j.kind, j.body, j.attempts";

    fn claim_of(tenant: Uuid, many: i64, worker: Uuid, until: Timestamp) -> Vec<Claimed> = "
        with picked as materialized (
          select id from ops.job where state = 'ready' and tenant_id = $1 order by run_at, id limit $2 for update skip locked)
        update ops.job as j set state = 'running', leased_by = $3, lease_until = $4, attempts = j.attempts + 1
        from picked where j.id = picked.id
        returning j.tenant_id, j.id, j.kind, j.body, j.attempts";

    // What is planned under a key whose twin waits already is done with: the twin does the work.
    fn promote(now: Timestamp, many: i64) -> u64 = "
        with due as materialized (
          select id from ops.job where state = 'later' and run_at <= $1 order by run_at limit $2 for update skip locked)
        update ops.job as j set
          state = case when twin.there then 'done' else 'ready' end,
          finished_at = case when twin.there then $1::timestamptz end
        from due, ops.job as self cross join lateral (select exists (
          select from ops.job as t where t.tenant_id = self.tenant_id and t.kind = self.kind and t.key = self.key and t.state = 'ready') as there) as twin
        where j.id = due.id and self.id = due.id";

    fn promote_of(tenant: Uuid, now: Timestamp) -> u64 = "
        update ops.job as j set
          state = case when twin.there then 'done' else 'ready' end,
          finished_at = case when twin.there then $2::timestamptz end
        from ops.job as self cross join lateral (select exists (
          select from ops.job as t where t.tenant_id = self.tenant_id and t.kind = self.kind and t.key = self.key and t.state = 'ready') as there) as twin
        where j.id = self.id and self.tenant_id = $1 and j.state = 'later' and (j.run_at <= $2 or j.attempts > 0)";

    // A lease that ran out counts as an attempt: a job that kills its worker dies in the end.
    fn reclaim(now: Timestamp, many: i64) -> u64 = "
        with lost as materialized (
          select tenant_id, id, kind, key from ops.job where state = 'running' and lease_until <= $1
          order by lease_until limit $2 for update skip locked),
        seen as (
          select lost.id, lost.key is not null and (
            row_number() over (partition by tenant_id, kind, key order by id) > 1
            or exists (select from ops.job as t where t.tenant_id = lost.tenant_id and t.kind = lost.kind and t.key = lost.key and t.state = 'ready')) as twin
          from lost)
        update ops.job as j set
          state = case when j.attempts >= j.max_attempts then 'dead' when seen.twin then 'done' else 'ready' end,
          finished_at = case when j.attempts >= j.max_attempts or seen.twin then $1::timestamptz end,
          last_error = case when j.attempts > 0 then 'its worker stopped answering' else j.last_error end,
          leased_by = null, lease_until = null
        from seen where j.id = seen.id";

    fn tenants_with_work() -> Vec<Uuid> = "
        select distinct tenant_id from ops.job where state in ('ready', 'later') order by tenant_id";
}

/// Where a worker is in its round of the tenants.
#[derive(Debug, Default)]
pub(super) struct Round(Uuid);

impl Round {
    /// At most about `free` jobs; at the end of the round it begins again with the first tenant.
    pub(super) async fn claim(
        &mut self,
        house: &House,
        free: usize,
        busy: Vec<Uuid>,
        share: usize,
        worker: Uuid,
        until: Timestamp,
    ) -> Result<Vec<Claimed>> {
        let (free, share) = (free as i64, share as i64);
        loop {
            let begun = self.0;
            let claimed = match &house.modules().kinds {
                None => house.ops().run(claim(begun, free, busy.clone(), share, worker, until)).await?,
                Some(kinds) => {
                    let mine = claim_kinds(begun, free, busy.clone(), share, worker, until, kinds.clone());
                    house.ops().run(mine).await?
                }
            };
            self.0 = claimed.iter().map(|job| job.tenant_id).max().unwrap_or_default();
            if !claimed.is_empty() || begun.is_nil() {
                return Ok(claimed);
            }
        }
    }
}

pub(super) async fn of_tenant(house: &House, tenant: Uuid, worker: Uuid, until: Timestamp) -> Result<Vec<Claimed>> {
    house.ops().run(claim_of(tenant, 16, worker, until)).await
}

/// Work whose time has come, and work of workers that are gone, may be claimed again.
pub(super) async fn wake(house: &House) -> Result<u64> {
    let now = house.clock().now();
    let promoted = house.ops().run(promote(now, MANY)).await?;
    Ok(promoted + house.ops().run(reclaim(now, MANY)).await?)
}

/// For tests: also what waits for another try, whatever the time.
pub(super) async fn wake_of(house: &House, tenant: Uuid) -> Result<u64> {
    house.ops().run(promote_of(tenant, house.clock().now())).await
}

pub(super) async fn waiting_tenants(house: &House) -> Result<Vec<Uuid>> {
    house.ops().run(tenants_with_work()).await
}

const MANY: i64 = 1000;

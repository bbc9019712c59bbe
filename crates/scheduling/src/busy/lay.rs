//! Writes busy times down, all of a technician's at once, and lays them where nothing else is: after they were read, and after a visit
//! came, went or moved.
use jiff::{Span, Timestamp};
use kernel::{Result, Scope, TenantTx, Uuid, job::Told, sql};

use super::{BusyChanged, MOST};
use crate::{appointment::ways, say, technician::TechnicianId};

sql! {
    // Nobody plans for them meanwhile.
    fn queue_up(technician: TechnicianId) -> Option<TechnicianId> = "
        select id from resource where tenant_id = $1 and id = $2 for no key update";
    fn forget(technician: TechnicianId) -> u64 = "delete from busy_time where tenant_id = $1 and technician_id = $2";
    fn keep(technician: TechnicianId, starts: Vec<Timestamp>, ends: Vec<Timestamp>) -> u64 = "
        insert into busy_time (tenant_id, technician_id, starts_at, ends_at)
        select $1::uuid, $2::uuid, b.starts_at, b.ends_at from unnest($3::timestamptz[], $4::timestamptz[]) b(starts_at, ends_at)";
    // Those that lie as they should, and those that should lie somewhere.
    fn amiss(technician: TechnicianId) -> i64 = "
        with wanted as (
            select lower(f.free) as starts_at, upper(f.free) as ends_at
            from busy_time b
            cross join lateral (
                select unnest(tstzmultirange(tstzrange(b.starts_at, b.ends_at)) - coalesce((
                    select range_agg(o.during) from occupancy o
                    where o.tenant_id = $1 and o.resource_id = $2 and o.ends_at > b.starts_at and o.starts_at < b.ends_at
                      and o.kind not in ('on_call', 'travel', 'busy')), '{}'::tstzmultirange)) as free) f
            where b.tenant_id = $1 and b.technician_id = $2),
        laid as (select starts_at, ends_at from occupancy where tenant_id = $1 and resource_id = $2 and kind = 'busy')
        select count(*) from ((select starts_at, ends_at from wanted except select starts_at, ends_at from laid)
                              union all (select starts_at, ends_at from laid except select starts_at, ends_at from wanted)) d";
    fn take_up(technician: TechnicianId) -> u64 = "delete from occupancy where tenant_id = $1 and resource_id = $2 and kind = 'busy'";
    fn clear(technician: TechnicianId, from: Timestamp, until: Timestamp) -> u64 = "
        delete from occupancy where tenant_id = $1 and resource_id = $2 and kind = 'busy' and ends_at > $3 and starts_at < $4";
    // The way to a visit is no obstacle; it is found anew for what lies there then.
    fn clear_ways(technician: TechnicianId) -> u64 = "
        delete from occupancy o using busy_time b
        where o.tenant_id = $1 and o.resource_id = $2 and o.kind = 'travel'
          and b.tenant_id = $1 and b.technician_id = $2 and o.ends_at > b.starts_at and o.starts_at < b.ends_at";
    fn put_down(technician: TechnicianId) -> u64 = "
        insert into occupancy (tenant_id, id, resource_id, kind, starts_at, ends_at)
        select $1::uuid, gen_random_uuid(), $2::uuid, 'busy', lower(f.free), upper(f.free)
        from busy_time b
        cross join lateral (
            select unnest(tstzmultirange(tstzrange(b.starts_at, b.ends_at)) - coalesce((
                select range_agg(o.during) from occupancy o
                where o.tenant_id = $1 and o.resource_id = $2 and o.ends_at > b.starts_at and o.starts_at < b.ends_at
                  and o.kind not in ('on_call', 'travel', 'busy')), '{}'::tstzmultirange)) as free) f
        where b.tenant_id = $1 and b.technician_id = $2";
    fn touched(from: Vec<Timestamp>, until: Vec<Timestamp>) -> Vec<Uuid> = "
        select distinct b.technician_id from unnest($2::timestamptz[], $3::timestamptz[]) d(starts_at, ends_at)
        join busy_time b on b.tenant_id = $1 and b.ends_at > d.starts_at and b.starts_at < d.ends_at
        order by b.technician_id limit 500";
}

/// `times` are all that there are from now on: sorted, apart from each other, at most `MOST`.
pub async fn replace(tx: &mut TenantTx, technician: TechnicianId, times: &[(Timestamp, Timestamp)]) -> Result<()> {
    let (starts, ends) = times.iter().take(MOST).copied().unzip();
    tx.run((forget(technician), keep(technician, starts, ends))).await?;
    lay(tx, technician).await
}

/// Days off come before it.
pub(crate) fn make_room(technician: TechnicianId, from: Timestamp, until: Timestamp) -> kernel::Statement<u64> {
    clear(technician, from, until)
}

/// Where they are laid already, nothing is written and nothing told.
pub(crate) async fn lay(tx: &mut TenantTx, technician: TechnicianId) -> Result<()> {
    let (_, amiss) = tx.run((queue_up(technician), amiss(technician))).await?;
    if amiss == 0 {
        return Ok(());
    }
    tx.tell(&BusyChanged { technician });
    tx.run((take_up(technician), clear_ways(technician), put_down(technician))).await.map(drop)
}

/// After visits came, went or moved: the busy times of those days come back where they went, and make room where they came.
pub async fn again(scope: Scope, told: Vec<Told>) -> Result<()> {
    let locale = scope.tenant().locale.clone();
    let one = Span::new().days(1);
    let days = ways::days(&told, &locale).into_iter();
    let (from, until) =
        days.map(|day| (say::midnight(day, &locale), say::midnight(day.saturating_add(one), &locale))).unzip();
    for technician in scope.read(touched(from, until)).await? {
        let technician = TechnicianId(technician);
        if scope.read(amiss(technician)).await? > 0 {
            scope.retrying(async |tx: &mut TenantTx| lay(tx, technician).await).await?;
        }
    }
    Ok(())
}

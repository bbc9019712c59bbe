//! The way to each visit as rows of whose time is taken: laid anew after a visit came, went or moved.
//! The rows follow what is planned and never stand against it; whether somebody can be there in time is judged before.
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{Result, Scope, Uuid, job::Told, row, sql, tenant::Locale};

use crate::{
    area,
    availability::{Roster, Spot, Travel},
    road, rule, say,
};

/// After these, the ways of a day are other ones.
pub const MOVED: [&str; 6] = [
    "appointment.booked",
    "appointment.assigned",
    "appointment.moved",
    "appointment.changed",
    "appointment.cancelled",
    "appointment.no_show",
];
/// So many events of a company are heard at once.
pub const AT_ONCE: usize = 50;
/// And of so many days at most; those further on are laid when something happens on them.
const MOST_DAYS: usize = 60;

kernel::id!(WayId);

row! {
    struct Stop {
        resource_id: Uuid,
        appointment_id: Uuid,
        overlap_id: Option<Uuid>,
        starts_at: Timestamp,
        ends_at: Timestamp,
        before: i32,
        after: i32,
        postal_code: Option<String>,
        latitude: Option<f64>,
        longitude: Option<f64>,
    }
}

impl Stop {
    fn spot(&self) -> Spot {
        Spot { postal_code: self.postal_code.clone(), latitude: self.latitude, longitude: self.longitude }
    }
}

sql! {
    fn stops(from: Timestamp, until: Timestamp) -> Vec<Stop> = "
        select o.resource_id, a.id as appointment_id, o.overlap_id, o.starts_at, o.ends_at, a.buffer_before as before, a.buffer_after as after,
               l.postal_code, l.latitude::float8 as latitude, l.longitude::float8 as longitude
        from occupancy o
        join technician t on t.tenant_id = $1 and t.id = o.resource_id
        join appointment a on a.tenant_id = $1 and a.id = o.appointment_id
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        where o.tenant_id = $1 and o.starts_at >= $2 and o.starts_at < $3 and o.kind in ('requested', 'confirmed', 'en_route', 'on_site', 'completed')
        order by o.resource_id, o.starts_at limit 5000";
    // Nobody plans for them meanwhile.
    fn queue_up(ids: Vec<Uuid>) -> Vec<Uuid> = "select id from resource where tenant_id = $1 and id = any($2) order by id for no key update";
    fn clear(from: Timestamp, until: Timestamp) -> u64 = "
        delete from occupancy where tenant_id = $1 and kind = 'travel' and starts_at >= $2 and starts_at < $3";
    // Only where the time is free: time off and what somebody's own calendar says come before it.
    fn lay(ids: Vec<Uuid>, resources: Vec<Uuid>, appointments: Vec<Uuid>, starts: Vec<Timestamp>, ends: Vec<Timestamp>) -> u64 = "
        insert into occupancy (tenant_id, id, resource_id, kind, appointment_id, starts_at, ends_at)
        select $1::uuid, w.id, w.resource_id, 'travel', w.appointment_id, w.starts_at, w.ends_at
        from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::timestamptz[]) w(id, resource_id, appointment_id, starts_at, ends_at)
        where not exists (select from occupancy o where o.tenant_id = $1 and o.resource_id = w.resource_id and o.ends_at > w.starts_at
                          and o.starts_at < w.ends_at and o.kind <> 'on_call')";
}

/// The days of the events, each once.
pub(crate) fn days(told: &[Told], locale: &Locale) -> Vec<Date> {
    let moments = told.iter().flat_map(|one| ["starts_at", "was"].map(|key| one.body.get(key)).into_iter().flatten());
    let moments = moments.filter_map(|at| at.as_str()?.parse::<Timestamp>().ok());
    let mut days: Vec<Date> = moments.map(|at| say::local(at, locale).date()).collect();
    days.sort_unstable();
    days.dedup();
    days.truncate(MOST_DAYS);
    days
}

/// From where to where, one technician after the other.
fn legs(stops: &[Stop]) -> Vec<(Spot, Spot)> {
    let pair = |pair: &[Stop]| match pair {
        [a, b] if a.resource_id == b.resource_id => Some((a.spot(), b.spot())),
        _ => None,
    };
    stops.windows(2).filter_map(pair).collect()
}

/// From one stop to the next, as far as there is room between them.
fn between(stops: &[Stop], travel: &Travel) -> Vec<(Uuid, Uuid, Timestamp, Timestamp)> {
    let minutes = |minutes: i64| SignedDuration::from_mins(minutes);
    let way = |pair: &[Stop]| {
        let [a, b] = pair else { return None };
        if a.resource_id != b.resource_id || a.overlap_id.is_some() || b.overlap_id.is_some() {
            return None;
        }
        let leaves = a.ends_at.checked_add(minutes(a.after.into())).ok()?;
        let arrives = b.starts_at.checked_sub(minutes(b.before.into())).ok()?;
        let takes = minutes(travel.minutes(&a.spot(), &b.spot()));
        let starts = arrives.checked_sub(takes).ok()?.max(leaves);
        (starts < arrives).then_some((b.resource_id, b.appointment_id, starts, arrives))
    };
    stops.windows(2).filter_map(way).collect()
}

pub async fn lay_ways(scope: Scope, told: Vec<Told>) -> Result<()> {
    let locale = scope.tenant().locale.clone();
    let (rules, areas, table) = scope.read((rule::find(), area::in_use(), area::legs())).await?;
    let mut roster = Roster { rules: rules.unwrap_or_default(), areas, legs: table, ..Roster::default() };
    for day in days(&told, &locale) {
        let (from, until) =
            (say::midnight(day, &locale), say::midnight(day.saturating_add(Span::new().days(1)), &locale));
        // A visit that comes in between meanwhile is estimated by distance, and its own event lays the day anew.
        let planned = scope.read(stops(from, until)).await?;
        roster.roads = road::between(&scope, &legs(&planned)).await?;
        let travel = roster.travel();
        scope
            .retrying(async |tx| {
                let found = tx.run(stops(from, until)).await?;
                let mut who: Vec<Uuid> = found.iter().map(|stop| stop.resource_id).collect();
                who.dedup();
                // What was planned while this waited is read again.
                let (_, _, found) = tx.run((queue_up(who), clear(from, until), stops(from, until))).await?;
                let ways = between(&found, &travel);
                let ids = ways.iter().map(|_| WayId::new().0).collect();
                let resources = ways.iter().map(|way| way.0).collect();
                let appointments = ways.iter().map(|way| way.1).collect();
                let (starts, ends) = ways.iter().map(|way| (way.2, way.3)).unzip();
                tx.run(lay(ids, resources, appointments, starts, ends)).await.map(drop)
            })
            .await?;
    }
    Ok(())
}

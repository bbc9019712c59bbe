//! What stands in whose calendar.
use customers::CustomerId;
use jiff::Timestamp;
use kernel::{Error, Result, Scope, Uuid, row, sql};
use scheduling::{TechnicianId, appointment::Status};

use super::{
    AHEAD, BACK,
    series::{self, Series},
    write::Event,
};
use crate::link::Whose;

row! {
    struct Visit {
        id: Uuid,
        /// 0 is the first day; the days after it are counted.
        day: i64,
        title: String,
        customer_name: String,
        place: Option<String>,
        starts_at: Timestamp,
        ends_at: Timestamp,
        status: Status,
        /// Everybody who goes, the lead first.
        with: Option<String>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}
row! { struct Off { id: Uuid, reason: String, starts_at: Timestamp, ends_at: Timestamp, version: i64, created_at: Timestamp, updated_at: Timestamp } }
row! { struct Named { name: String } }

sql! {
    // By the appointment and not by the time it takes, for what is cancelled takes none and shall be seen as cancelled.
    fn of_technician(technician: TechnicianId, from: Timestamp, until: Timestamp) -> Vec<Visit> = "
        select a.id, d.day, a.title, c.name as customer_name, nullif(concat_ws(', ', l.street, l.unit, l.city, l.region, l.postal_code), '') as place,
               d.starts_at, d.ends_at, a.status, nullif(concat_ws(', ', t.name, w.names), '') as with, a.version, a.created_at, a.updated_at
        from (select id from appointment where tenant_id = $1 and technician_id = $2 and starts_at < $4 and starts_at >= $3 - interval '62 days'
              union
              select r.appointment_id from appointment_resource r join appointment b on b.tenant_id = $1 and b.id = r.appointment_id
              where r.tenant_id = $1 and r.resource_id = $2 and b.starts_at < $4 and b.starts_at >= $3 - interval '62 days') own
        join appointment a on a.tenant_id = $1 and a.id = own.id and a.status <> 'held'
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        left join lateral (select string_agg(x.name, ', ' order by x.kind, x.name) as names from appointment_resource r
                           join resource x on x.tenant_id = $1 and x.id = r.resource_id where r.tenant_id = $1 and r.appointment_id = a.id) w on true
        cross join lateral (select 0::bigint as day, a.starts_at, a.ends_at
                            union all
                            select row_number() over (order by s.starts_at), s.starts_at, s.ends_at from appointment_day s
                            where s.tenant_id = $1 and s.appointment_id = a.id) d
        where d.starts_at < $4 and d.ends_at > $3
        order by d.starts_at, a.id, d.day limit 2000";
    fn of_customer(customer: CustomerId, from: Timestamp, until: Timestamp) -> Vec<Visit> = "
        select a.id, d.day, a.title, c.name as customer_name, nullif(concat_ws(', ', l.street, l.unit, l.city, l.region, l.postal_code), '') as place,
               d.starts_at, d.ends_at, a.status, t.name as with, a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        cross join lateral (select 0::bigint as day, coalesce(a.window_starts, a.starts_at) as starts_at, coalesce(a.window_ends, a.ends_at) as ends_at
                            union all
                            select row_number() over (order by s.starts_at), s.starts_at, s.ends_at from appointment_day s
                            where s.tenant_id = $1 and s.appointment_id = a.id) d
        where a.tenant_id = $1 and a.customer_id = $2 and a.status <> 'held' and a.starts_at < $4 and a.starts_at >= $3 - interval '62 days'
          and d.starts_at < $4 and d.ends_at > $3
        order by d.starts_at, a.id, d.day limit 2000";
    fn off(technician: TechnicianId, from: Timestamp, until: Timestamp) -> Vec<Off> = "
        select id, reason, starts_at, ends_at, version, created_at, updated_at from time_off
        where tenant_id = $1 and technician_id = $2 and ends_at > $3 and starts_at < $4 order by starts_at, id limit 500";
    fn technician(id: TechnicianId) -> Option<Named> = "select name from technician where tenant_id = $1 and id = $2 and active";
    fn customer(id: CustomerId) -> Option<Named> = "select name from customer where tenant_id = $1 and id = $2 and status = 'active'";
}

/// RFC 5545 knows three.
fn status(status: Status) -> &'static str {
    match status {
        Status::Requested => "TENTATIVE",
        Status::Cancelled | Status::NoShow => "CANCELLED",
        _ => "CONFIRMED",
    }
}

pub struct Content {
    pub title: String,
    pub events: Vec<Event>,
    pub series: Vec<Series>,
}

/// What is in the calendar. Whoever is gone has none.
pub async fn of(scope: &Scope, whose: Whose) -> Result<Content> {
    let now = scope.now();
    let (from, until) = (now.saturating_sub(BACK).unwrap_or(now), now.saturating_add(AHEAD).unwrap_or(now));
    let company = &scope.tenant().name;
    let slug = &scope.tenant().slug;
    let uid = |id: Uuid, day: i64| if day == 0 { format!("{id}@{slug}") } else { format!("{id}-{day}@{slug}") };
    match whose {
        Whose::Technician(id) => {
            let (who, visits, off) =
                scope.read((technician(id), of_technician(id, from, until), off(id, from, until))).await?;
            let who = who.ok_or(Error::NotFound)?;
            let visits = visits.into_iter().map(|one| Event {
                uid: uid(one.id, one.day),
                sequence: one.version - 1,
                starts_at: one.starts_at,
                ends_at: one.ends_at,
                changed_at: one.updated_at,
                created_at: one.created_at,
                status: status(one.status),
                summary: format!("{}: {}", one.customer_name, one.title),
                place: one.place,
                says: one.with.map(|names| format!("Goes: {names}")),
                url: Some(format!("{}/appointments/{}", scope.house().origin(&scope.host()), one.id)),
            });
            let off = off.into_iter().map(|one| Event {
                uid: uid(one.id, 0),
                sequence: one.version - 1,
                starts_at: one.starts_at,
                ends_at: one.ends_at,
                changed_at: one.updated_at,
                created_at: one.created_at,
                status: "CONFIRMED",
                summary: one.reason,
                place: None,
                says: Some("Time off".into()),
                url: None,
            });
            let title = format!("{} · {company}", who.name);
            Ok(Content { title, events: visits.chain(off).collect(), series: vec![] })
        }
        Whose::Customer(id) => {
            let (who, visits) = scope.read((customer(id), of_customer(id, from, until))).await?;
            who.ok_or(Error::NotFound)?;
            let visits = visits.into_iter().map(|one| Event {
                uid: uid(one.id, one.day),
                sequence: one.version - 1,
                starts_at: one.starts_at,
                ends_at: one.ends_at,
                changed_at: one.updated_at,
                created_at: one.created_at,
                status: status(one.status),
                summary: format!("{company}: {}", one.title),
                place: one.place,
                says: one.with.map(|name| format!("{name} comes.")),
                url: None,
            });
            let mut content = Content { title: company.clone(), events: visits.collect(), series: vec![] };
            for coming in maintenance::visit::coming(scope, id).await? {
                let (series, others) = series::of(&coming, scope.tenant());
                content.series.extend(series);
                content.events.extend(others);
            }
            Ok(content)
        }
    }
}

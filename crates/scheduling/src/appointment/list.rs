//! Appointments of a stretch of time, by technician or customer; and one of them.
use customers::CustomerId;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope,
    http::{Json, One, Path, Query},
    page::limit,
    row, sql,
};
use tenancy::history::{self, AsOf, Past};

use super::{Appointment, AppointmentId, Status, find};
use crate::{permissions::BoardRead, resource::ResourceId, technician::TechnicianId};

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Those that start at or after; now when not given.
    pub from: Option<Timestamp>,
    /// Those that start before; a month after `from` when not given, and at most 92 days after it.
    pub to: Option<Timestamp>,
    pub technician_id: Option<TechnicianId>,
    pub customer_id: Option<CustomerId>,
    pub status: Option<Status>,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

row! {
    /// A part of somebody's day that an appointment takes.
    #[derive(Debug, Clone)]
    pub struct Stretch {
        pub resource_id: ResourceId,
        pub appointment_id: Option<AppointmentId>,
        pub kind: String,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub overlap_reason: Option<String>,
        pub overlap_author: Option<String>,
        /// A calendar of their own says that they are busy then.
        pub busy: bool,
    }
}

impl Stretch {
    /// What else is there at the same time, for whoever looks at the board.
    pub fn at_once(&self) -> Option<String> {
        match (&self.overlap_reason, self.busy) {
            (Some(reason), _) => {
                let author = self.overlap_author.as_deref().unwrap_or("somebody");
                Some(format!("Planned at once with something else by {author}: {reason}"))
            }
            (None, true) => Some("Busy then in their own calendar".into()),
            (None, false) => None,
        }
    }
}

sql! {
    fn list(from: Timestamp, to: Timestamp, technician: Option<TechnicianId>, customer: Option<CustomerId>, status: Option<Status>,
            after: Timestamp, after_id: AppointmentId, most: i64) -> Vec<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.status <> 'held' and a.starts_at >= $2 and a.starts_at < $3
          and ($4::uuid is null or a.technician_id = $4) and ($5::uuid is null or a.customer_id = $5)
          and ($6::text is null or a.status = $6) and (a.starts_at, a.id) > ($7, $8)
        order by a.starts_at, a.id limit $9";
    fn list_of_customer(customer: CustomerId, from: Timestamp, to: Timestamp, status: Option<Status>, after: Timestamp, after_id: AppointmentId, most: i64) -> Vec<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.customer_id = $2 and a.status <> 'held' and a.starts_at >= $3 and a.starts_at < $4
          and ($5::text is null or a.status = $5) and (a.starts_at, a.id) > ($6, $7)
        order by a.starts_at, a.id limit $8";
    /// Whoever and whatever is at appointments in the stretch, and when; what lies around the visits too.
    pub fn stretches(from: Timestamp, to: Timestamp, a_day_before: Timestamp) -> Vec<Stretch> = "
        select o.resource_id, o.appointment_id, o.kind, o.starts_at, o.ends_at, v.reason as overlap_reason, v.author as overlap_author,
               o.overlap_id is null and o.kind in ('requested', 'confirmed', 'en_route', 'on_site') and exists (
                   select from busy_time b where b.tenant_id = $1 and b.technician_id = o.resource_id and b.starts_at < o.ends_at and b.ends_at > o.starts_at) as busy
        from occupancy o left join overlap v on v.tenant_id = $1 and v.id = o.overlap_id
        where o.tenant_id = $1 and o.starts_at >= $4 and o.starts_at < $3 and o.ends_at > $2 and o.appointment_id is not null
        order by o.starts_at, o.id limit 8000";
    /// Those of which a later day touches the stretch.
    pub fn of_later_days(from: Timestamp, to: Timestamp, a_day_before: Timestamp) -> Vec<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from (select distinct appointment_id from appointment_day
              where tenant_id = $1 and starts_at >= $4 and starts_at < $3 and ends_at > $2 limit 500) d
        join appointment a on a.tenant_id = $1 and a.id = d.appointment_id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.status <> 'held' order by a.starts_at, a.id";
    /// All that touch the stretch, at most 2,000; `a_day_before` is `from` less 24 hours, the longest an appointment takes.
    pub fn of_day(from: Timestamp, to: Timestamp, a_day_before: Timestamp) -> Vec<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.status <> 'held' and a.technician_id is not null
          and a.starts_at >= $4 and a.starts_at < $3 and a.ends_at > $2
        order by a.starts_at, a.id limit 2000";
    /// One technician's, in order: what the phone shows.
    pub fn of_technician_day(technician: TechnicianId, from: Timestamp, to: Timestamp, a_day_before: Timestamp) -> Vec<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.technician_id = $2 and a.status <> 'held'
          and a.starts_at >= $5 and a.starts_at < $4 and a.ends_at > $3
        order by a.starts_at, a.id limit 200";
    /// The tray: nobody's jobs, the most pressing first.
    pub fn unassigned(from: Timestamp, to: Timestamp) -> Vec<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.technician_id is null and a.status in ('requested', 'confirmed')
          and a.starts_at >= $2 and a.starts_at < $3
        order by a.starts_at, a.id limit 100";
    pub fn ahead_of_customer(customer: CustomerId, from: Timestamp) -> Vec<Appointment> = "
        select a.id, c.id as customer_id, c.name as customer_name, a.location_id, a.item_id, a.technician_id,
               t.name as technician_name, a.title, a.problem, a.starts_at, a.ends_at, a.window_starts, a.window_ends,
               a.status, a.source, a.en_route_at, a.arrived_at, a.completed_at, a.cancel_reason, a.cancelled_by, a.overlap_id,
               a.version, a.created_at, a.updated_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.customer_id = $2 and a.starts_at >= $3
          and a.status in ('requested', 'confirmed', 'en_route', 'on_site')
        order by a.starts_at, a.id limit 5";
    pub fn last_of_customer(customer: CustomerId, until: Timestamp) -> Option<Timestamp> = "
        select starts_at from appointment where tenant_id = $1 and customer_id = $2 and starts_at < $3 and status = 'completed'
        order by starts_at desc limit 1";
}

pub async fn list_api(access: Access<BoardRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Appointment>>> {
    asked(&access, &query).await.map(Json)
}

pub(super) async fn asked(scope: &Scope, query: &ListQuery) -> Result<Paged<Appointment>> {
    let most = limit(query.limit)?;
    let from = query.from.unwrap_or(scope.now());
    let to = query.to.or_else(|| from.checked_add(SignedDuration::from_hours(24 * 31)).ok()).unwrap_or(from);
    if to.duration_since(from) > SignedDuration::from_hours(24 * 92) {
        return Err(Error::field("/to", "range", "Ask for at most 92 days at a time."));
    }
    let after: Option<(Timestamp, AppointmentId)> = Cursor::maybe(query.cursor.as_deref())?;
    let (after, after_id) = after.unwrap_or((Timestamp::UNIX_EPOCH, AppointmentId(uuid::Uuid::nil())));
    let more = most as i64 + 1;
    let rows = match query.customer_id {
        Some(customer) if query.technician_id.is_none() => {
            scope.read(list_of_customer(customer, from, to, query.status, after, after_id, more)).await?
        }
        customer => {
            scope.read(list(from, to, query.technician_id, customer, query.status, after, after_id, more)).await?
        }
    };
    Ok(Paged::of(rows, most, |a| (a.starts_at, a.id)))
}

pub async fn find_api(
    access: Access<BoardRead>,
    Path(id): Path<AppointmentId>,
    Query(asked): Query<AsOf>,
) -> Result<One<Appointment>> {
    match asked.as_of {
        None => access.read(find(id)).await?.map(One).ok_or(Error::NotFound),
        Some(at) => Past::of(&access, at, async |past: &mut Past<'_>| as_of(past, id).await).await.map(One),
    }
}

/// As it was; a hold was no appointment then either.
pub async fn as_of(past: &mut Past<'_>, id: AppointmentId) -> Result<Appointment> {
    let state = past.one("appointment", id.0).await?;
    let customer = past.name(history::id_in(&state, "customer_id")).await?.ok_or(Error::NotFound)?;
    let technician = past.name(history::id_in(&state, "technician_id")).await?;
    if state.get("status").and_then(|status| status.as_str()) == Some("held") {
        return Err(Error::NotFound);
    }
    history::shaped(history::with(history::with(state, "customer_name", customer), "technician_name", technician))
}

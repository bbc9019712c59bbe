//! Visits at which a technician is busy by their own calendar: the visit stays, and somebody must decide.
use jiff::Timestamp;
use kernel::{row, sql};

use crate::{appointment::AppointmentId, technician::TechnicianId};

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Conflict {
        pub appointment_id: AppointmentId,
        pub technician_id: TechnicianId,
        pub technician_name: String,
        pub customer_name: String,
        /// The visit, or the day of it.
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
    }
}

sql! {
    /// Those ahead, of one technician or of all; but for those of which somebody said why two are planned at once.
    pub fn conflicts(technician: Option<TechnicianId>, from: Timestamp) -> Vec<Conflict> = "
        select a.id as appointment_id, t.id as technician_id, t.name as technician_name, c.name as customer_name, o.starts_at, o.ends_at
        from (select distinct o.resource_id, o.appointment_id, o.starts_at, o.ends_at
              from busy_time b
              join occupancy o on o.tenant_id = $1 and o.resource_id = b.technician_id and o.ends_at > b.starts_at and o.starts_at < b.ends_at
              where b.tenant_id = $1 and b.ends_at > $3 and ($2::uuid is null or b.technician_id = $2) and o.ends_at > $3
                and o.overlap_id is null and o.kind in ('requested', 'confirmed', 'en_route', 'on_site')) o
        join technician t on t.tenant_id = $1 and t.id = o.resource_id
        join appointment a on a.tenant_id = $1 and a.id = o.appointment_id
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        order by o.starts_at, a.id limit 50";
}

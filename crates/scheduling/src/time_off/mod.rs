//! Time off: vacation, training, lunch; nothing is offered in it.
mod add;
mod remove;

pub use add::{New, add, add_api};
pub use remove::{remove, remove_api};

use jiff::Timestamp;
use kernel::{
    Access, Error, Paged, Result,
    http::{Json, Path, Versioned},
    row, sql,
};

use crate::{
    permissions::BoardRead,
    technician::{self, TechnicianId},
};

kernel::id!(TimeOffId);

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct TimeOff {
        pub id: TimeOffId,
        pub technician_id: TechnicianId,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub reason: String,
        pub version: i64,
    }
}
impl Versioned for TimeOff {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "time_off_technician": "", "There is no such technician.";
    "time_off_length": "/ends_at", "Time off ends after it starts.";
}

kernel::event! {
    pub struct TimeOffChanged = "technician.time_off_changed", seen by BoardRead { technician: TechnicianId, time_off: TimeOffId }
}

sql! {
    /// What the board shows, with what somebody's own calendar says: only when, for nothing else of it is known.
    pub fn between(from: Timestamp, until: Timestamp) -> Vec<TimeOff> = "
        select id, technician_id, starts_at, ends_at, reason, version from time_off
        where tenant_id = $1 and ends_at > $2 and starts_at < $3
        union all
        select id, resource_id, starts_at, ends_at, 'Own calendar', 1::int8 from occupancy
        where tenant_id = $1 and kind = 'busy' and ends_at > $2 and starts_at < $3 order by starts_at, id";
    /// What is still ahead, at most 200.
    pub fn ahead(technician: TechnicianId, from: Timestamp) -> Vec<TimeOff> = "
        select id, technician_id, starts_at, ends_at, reason, version from time_off
        where tenant_id = $1 and technician_id = $2 and ends_at > $3 order by starts_at, id limit 200";
}

pub async fn list_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<Paged<TimeOff>>> {
    let (found, data) = access.read((technician::find(id), ahead(id, access.now()))).await?;
    found.map(|_| Json(Paged { data, next_cursor: None })).ok_or(Error::NotFound)
}

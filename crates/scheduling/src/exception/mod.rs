//! Days that differ from a technician's week: other hours, or none.
mod add;
mod remove;

pub use add::{New, add, add_api};
pub use remove::{remove, remove_api};

use jiff::civil::{Date, Time};
use kernel::{
    Access, Error, Paged, Result,
    http::{Json, Path, Versioned},
    row, sql,
};

use crate::{
    permissions::BoardRead,
    technician::{self, TechnicianId},
};

kernel::id!(ExceptionId);

row! {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
    pub struct Exception {
        pub id: ExceptionId,
        pub technician_id: TechnicianId,
        pub on_day: Date,
        /// None: does not work that day.
        pub starts: Option<Time>,
        /// At or before the start: on the next day.
        pub ends: Option<Time>,
        pub reason: Option<String>,
        pub version: i64,
    }
}

impl Versioned for Exception {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "shift_exception_technician": "", "There is no such technician.";
    "shift_exception_once": "/on_day", "That day is written down already. Remove the other one first.";
    "shift_exception_hours": "/ends", "Give both times, or none for a day without work.";
}

kernel::event! {
    pub struct ExceptionsChanged = "technician.exceptions_changed", seen by BoardRead { technician: TechnicianId, exception: ExceptionId }
}

sql! {
    pub fn between(from: Date, until: Date) -> Vec<Exception> = "
        select id, technician_id, on_day, starts, ends, reason, version from shift_exception
        where tenant_id = $1 and on_day between $2 and $3 order by technician_id, on_day, starts limit 5000";
    /// What is ahead, at most 200.
    pub fn ahead(technician: TechnicianId, from: Date) -> Vec<Exception> = "
        select id, technician_id, on_day, starts, ends, reason, version from shift_exception
        where tenant_id = $1 and technician_id = $2 and on_day >= $3 order by on_day, starts limit 200";
}

pub async fn list_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<Paged<Exception>>> {
    let (found, data) = access.read((technician::find(id), ahead(id, access.local_now().date()))).await?;
    found.map(|_| Json(Paged { data, next_cursor: None })).ok_or(Error::NotFound)
}

//! On call: outside the shift, but reachable, and may be sent when something cannot wait.
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

kernel::id!(OnCallId);

row! {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
    pub struct OnCall {
        pub id: OnCallId,
        pub technician_id: TechnicianId,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub note: Option<String>,
        pub version: i64,
    }
}

impl Versioned for OnCall {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "on_call_technician": "", "There is no such technician.";
    "on_call_length": "/ends_at", "On call ends after it starts, at most 31 days later.";
}

kernel::event! {
    pub struct OnCallChanged = "technician.on_call_changed", seen by BoardRead { technician: TechnicianId, on_call: OnCallId }
}

sql! {
    /// What is ahead, at most 200.
    pub fn ahead(technician: TechnicianId, from: Timestamp) -> Vec<OnCall> = "
        select id, technician_id, starts_at, ends_at, note, version from on_call
        where tenant_id = $1 and technician_id = $2 and ends_at > $3 order by starts_at, id limit 200";
}

pub async fn list_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<Paged<OnCall>>> {
    let (found, data) = access.read((technician::find(id), ahead(id, access.now()))).await?;
    found.map(|_| Json(Paged { data, next_cursor: None })).ok_or(Error::NotFound)
}

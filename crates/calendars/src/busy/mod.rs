//! A technician's own calendar, from which it is read when they are busy. Its address is a secret, kept sealed and never shown again;
//! of what stands in it only the times are kept.
mod event;
mod fetch;
mod moment;
mod page;
mod read;
mod remove;
mod set;

pub use fetch::{FetchCalendar, fetch_all, fetch_api, fetch_post};
pub use page::{hand, page, panel, part, post, setup};
pub use read::{Found, Stretch, Unreadable, read};
pub use remove::{remove, remove_api, remove_post};
pub use set::{Set, set, set_api};

use jiff::Timestamp;
use kernel::{
    Access, Error, House, Result, Scope,
    http::{Json, Path},
    row, sql,
};
use outbound::Door;
use scheduling::{BoardRead, TechnicianId, busy::Conflict, technician};
use std::sync::Arc;

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct BusyCalendar {
        pub technician_id: TechnicianId,
        /// The server at which it lies. The address itself is a secret and is shown to nobody.
        pub host: String,
        /// When it was last looked at, and when it was last read.
        pub looked_at: Option<Timestamp>,
        pub fetched_at: Option<Timestamp>,
        /// Why it could not be read the last time. What was read before still counts.
        pub trouble: Option<String>,
        /// Busy times ahead, within 90 days.
        pub times: i64,
        pub created_at: Timestamp,
    }
}

/// With the visits at which its owner is busy.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct Shown {
    #[serde(flatten)]
    pub calendar: BusyCalendar,
    /// The visit stays; somebody must decide.
    pub conflicts: Vec<Conflict>,
}

kernel::promise! {
    "busy_calendar_technician": "", "There is no such technician.";
    "busy_time_technician": "", "There is no such technician.";
}

kernel::event! {
    pub struct BusyCalendarSet = "technician.busy_calendar_set", seen by BoardRead { technician: TechnicianId }
}
kernel::event! {
    pub struct BusyCalendarRemoved = "technician.busy_calendar_removed", seen by BoardRead { technician: TechnicianId }
}
kernel::event! {
    pub struct BusyCalendarRead = "technician.busy_calendar_read", seen by BoardRead { technician: TechnicianId }
}

sql! {
    pub fn find(technician: TechnicianId, now: Timestamp) -> Option<BusyCalendar> = "
        select b.technician_id, b.host, b.looked_at, b.fetched_at, b.trouble,
               (select count(*) from busy_time t where t.tenant_id = $1 and t.technician_id = $2 and t.ends_at > $3) as times, b.created_at
        from busy_calendar b where b.tenant_id = $1 and b.technician_id = $2";
}

/// The one way out of the house; where none was put in at the start, one that reaches nothing nearby.
pub(crate) fn door(house: &House) -> Result<Arc<Door>> {
    if house.kept::<Door>().is_none() {
        house.keep(Door::new().map_err(Error::Bug)?);
    }
    house.kept::<Door>().ok_or_else(|| Error::Bug("the door went missing".into()))
}

type State = (technician::Technician, Option<BusyCalendar>, Vec<Conflict>);

async fn state(scope: &Scope, id: TechnicianId) -> Result<State> {
    let now = scope.now();
    let (found, calendar, conflicts) =
        scope.read((technician::find(id), find(id, now), scheduling::busy::conflicts(Some(id), now))).await?;
    Ok((found.ok_or(Error::NotFound)?, calendar, conflicts))
}

pub async fn find_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<Shown>> {
    let (_, calendar, conflicts) = state(&access, id).await?;
    Ok(Json(Shown { calendar: calendar.ok_or(Error::NotFound)?, conflicts }))
}

//! When technicians are busy by a calendar of their own: from when to when, and never with what.
//! What was there before stays: a busy time is cut around visits and days off, and comes back where they go away.
mod conflict;
mod lay;

pub use conflict::{Conflict, conflicts};
pub use lay::{again, replace};
pub(crate) use lay::{lay, make_room};

use jiff::Timestamp;
use kernel::sql;

use crate::{permissions::BoardRead, technician::TechnicianId};

/// So many for one technician.
pub const MOST: usize = 2000;

kernel::event! {
    pub struct BusyChanged = "technician.busy_changed", seen by BoardRead { technician: TechnicianId }
}

sql! {
    /// How many busy times are ahead.
    pub fn count(technician: TechnicianId, from: Timestamp) -> i64 = "
        select count(*) from busy_time where tenant_id = $1 and technician_id = $2 and ends_at > $3";
}

//! When technicians are busy by a calendar of their own: from when to when, and never with what.
//! What was there before stays: a busy time is cut around visits and days off, and comes back where they go away.
mod conflict;
mod lay;

pub use conflict::{Conflict, conflicts};
pub use lay::{again, replace};
pub(crate) use lay::{lay, make_room};

use crate::{permissions::BoardRead, technician::TechnicianId};

/// So many for one technician.
pub const MOST: usize = 2000;

kernel::event! {
    pub struct BusyChanged = "technician.busy_changed", seen by BoardRead { technician: TechnicianId }
}

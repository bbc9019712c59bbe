//! When somebody can come: shifts, less time off, less what is taken, for those with the skills.
mod ask;
mod slots;

pub use ask::{Asked, Free, ask, ask_api, roster};
pub use slots::{Roster, Slot, Taken};

use jiff::SignedDuration;

/// Nobody is sent out with less notice than this by the booking page.
pub const LEAD: SignedDuration = SignedDuration::from_hours(2);
/// How far ahead the booking page goes.
pub const HORIZON_DAYS: i64 = 30;
/// Slots begin at full and half hours of the company's clock.
pub const GRID_MINUTES: i64 = 30;
/// Days that one question may cover.
pub const MOST_DAYS: i64 = 14;

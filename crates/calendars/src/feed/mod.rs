//! A feed: what stands in the calendar of one technician or customer, from a month ago to four months ahead.
mod clock;
mod events;
mod get;
mod write;

pub use get::get;

use jiff::SignedDuration;

/// How far a feed goes back and ahead.
pub const BACK: SignedDuration = SignedDuration::from_hours(24 * 31);
pub const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 124);

//! A feed: what stands in the calendar of one technician or customer, from a month ago to four months ahead; and what a
//! customer's maintenance plans are to bring, for two years.
mod clock;
mod events;
mod get;
mod series;
mod write;

pub use get::get;

use jiff::SignedDuration;

/// How far a feed goes back and ahead.
pub const BACK: SignedDuration = SignedDuration::from_hours(24 * 31);
pub const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 124);

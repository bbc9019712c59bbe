//! When somebody can come: hours, less what is taken, for those with the skills, the licences and the area, with the way there.
mod ask;
mod lane;
mod roster;
mod slots;
mod spot;
mod verdict;
mod why;
pub mod why_page;

pub use ask::{Asked, Free, Notice, ask, ask_api};
pub use lane::{Days, Lane, Visit};
pub use roster::{Candidate, Question, Roster, Taken, read};
pub use slots::{Found, Slot};
pub use spot::{Estimator, GreatCircle, Spot, Table, Travel, kilometres};
pub use verdict::{Finding, Judge, Other, Rule};
pub use why::{Reasons, WhyQuery, reasons, why_api};

/// Slots begin at full and half hours of the company's clock.
pub const GRID_MINUTES: i64 = 30;
/// Days that one question may cover.
pub const MOST_DAYS: i64 = 14;

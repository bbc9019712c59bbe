//! The dispatch board: everybody's day on one screen, and what nobody has yet.
mod day;
mod drop;
mod lanes;
mod list;
mod page;
mod pane;
mod tray;
mod week;

pub use day::{Loaded, load, minute_of};
pub use drop::{drop_api, verb};
pub use lanes::lanes_part;
pub use page::{job, page};

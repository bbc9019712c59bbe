//! The dispatch board: everybody's day on one screen, and what nobody has yet.
mod drop;
mod lanes;
mod list;
mod page;
mod pane;

pub use drop::{drop_api, verb};
pub use lanes::{Loaded, lanes_part, load, minute_of};
pub use page::{job, page};

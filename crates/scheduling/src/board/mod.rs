//! The dispatch board: everybody's day on one screen, and what nobody has yet.
mod day;
mod drop;
mod lanes;
mod list;
pub mod map;
mod only;
mod page;
mod pane;
mod tray;
mod viewers;
mod week;

pub use day::{Loaded, load, minute_of};
pub use drop::{drop_api, verb};
pub use lanes::lanes_part;
pub use only::Only;
pub use page::{job, page};
pub use viewers::here;
pub use week::week_part;

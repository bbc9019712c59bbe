//! What is missing before work can be offered: found from the tables, each with a deed that mends it.
mod find;
mod fix;
mod page;

pub use find::{Fault, Kind, api, faults};
pub use fix::{Fix, post};
pub use page::{hand, page};

//! A visit as its customer sees it: by the page that ends a booking, and by the link in the letters that tell of it.
mod cancel;
mod link;
pub mod photo;
mod reschedule;
mod show;

pub use cancel::{page as cancel, post as cancel_post};
pub(crate) use link::{opened, sealed};
pub use link::{path, read};
pub use reschedule::{page as reschedule, post as reschedule_post};
pub(crate) use show::{Visit, draw, file, find};
pub use show::{ics, page as show, saying};

/// Where others draw on the page of a visit's link what is to be paid beforehand: for whoever has it.
pub const ON_VISIT: &str = "visit.link";
/// And where they say, before it is called off, what becomes of what was paid.
pub const ON_CANCEL: &str = "visit.cancel";

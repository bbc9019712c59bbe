//! The booking page: a customer books a visit at midnight, on a phone, without an account and without JavaScript.
//! What was said so far travels in a cookie of the page's own; only the chosen time is kept here, held for ten minutes.
mod again;
mod calendar;
pub mod code;
mod done;
mod draft;
mod hold;
mod offer;
mod place;
mod service;
mod take;
mod when;
mod you;

pub use again::again;
pub(crate) use calendar::{Calendar, calendar, offered_in};
pub use done::{ics, page as done};
pub use draft::HOW_PAID;
pub use hold::{HELD_MINUTES, expire_all, hold};
pub(crate) use place::form_of;
pub use place::{page as place, post as place_post};
pub use service::{page as service, post as service_post};
pub use when::{WhenQuery, page as when, post as when_post};
pub use you::{page as you, post as you_post};

const STEPS: [&str; 4] = ["Place", "Service", "When", "You"];

//! Today: the first page, made of panels and figures that the contexts register.
//!
//! A context takes part in three ways:
//! - A panel of the kernel in one of the slots `today.hand`, `today.day`, `today.money`
//!   (`Module::panel::<P>("today.hand", order, draw)`). `today.hand` draws any number of [`hand::item`]s and nothing else;
//!   `today.day` and `today.money` draw whole [`card`]s.
//! - A figure of the summary: [`figure!`]. It shows in `GET /api/v1/insights/summary` to those who hold its permission.
//! - Nothing else: the steps for a new company (`start`) look for themselves at what is set up.
mod card;
pub mod figure;
pub mod hand;
mod home;
mod permissions;
mod start;
mod summary;
mod today;

pub use card::card;
pub use figure::{FIGURES, Figure, Value};
pub use permissions::DashboardRead;

use kernel::Module;

pub fn module() -> Module {
    Module::new("insights")
        .get("/", today::page, "Today")
        .get("/today/part", today::part, "Today's parts alone")
        .get("/api/v1/insights/summary", summary::api, "The figures of the business")
        .nav::<DashboardRead>(10, "Today", "/", "sun", 'd')
}

#[doc(hidden)]
pub mod __ {
    pub use {kernel::Permission, linkme};
}

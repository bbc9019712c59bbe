//! Work that did not hold: of the jobs that were finished in some days, those whose recall or warranty job came within thirty days.
mod page;
mod panels;
mod report;

pub use page::page;
pub use panels::technician;
pub use report::{Asked, Report, api, report};

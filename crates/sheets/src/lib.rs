//! Tables that others wrote: files of unknown encoding and separator, workbooks, and what their cells say.
pub mod cell;
mod choose;
mod decode;
mod read;
mod refused;
mod workbook;

pub use choose::{Part, as_json, chosen};
pub use read::{MOST_COLUMNS, Numbered, Sheet, look, weight};
pub use refused::Refused;

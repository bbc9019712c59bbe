//! HTTP as the house speaks it: arguments, answers, refusals, limits, and the layers around every route.
pub mod arrive;
mod body;
mod form;
pub mod limit;
mod once;
mod paced;
mod reply;
pub mod serve;
mod spool;
mod streamed;

pub use arrive::POLICY;
pub use body::{File, IfMatch, Json, Path, Query, Raw, Upload};
pub use form::{Form, Nothing, Typed};
pub use once::Repeatable;
pub use reply::{Accepted, Answer, Created, Download, Either, NoContent, One, Page, Redirect, Stored, Text, Versioned};
pub use spool::{LargestFile, Spool, Spooled, SpooledAll, scratch};
pub use streamed::Streamed;

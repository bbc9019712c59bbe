//! The link by which a customer says how it was: it names the visit and is sealed with a key of its own, so that it opens nothing else.
use kernel::{Result, Scope};

use crate::{AppointmentId, visit};

const PURPOSE: &str = "links to ratings";

/// "/rate/…", at the company's address.
pub fn path(scope: &Scope, visit: AppointmentId) -> Result<String> {
    Ok(format!("/rate/{}", visit::sealed(scope, PURPOSE, visit)?))
}

/// Which visit it is about; what is not ours is not found.
pub fn read(scope: &Scope, token: &str) -> Result<AppointmentId> {
    visit::opened(scope, PURPOSE, token)
}

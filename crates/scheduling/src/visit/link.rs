//! The link to a visit: it names the visit and is sealed with a key of this installation, so that nobody finds another's by guessing.
//! Nothing of it is kept. It counts as long as the visit can be seen.
use kernel::{Error, Result, Scope, Uuid};
use tenancy::{must_be_tag, tag};

use crate::appointment::AppointmentId;

const PURPOSE: &str = "links to visits";

/// The visit and its seal, as one word of an address. Tenant, visit and purpose are sealed in: it opens nothing else, here or elsewhere.
pub(crate) fn sealed(scope: &Scope, purpose: &'static str, visit: AppointmentId) -> Result<String> {
    Ok(format!("{}{}", visit.0.simple(), tag(scope, purpose, visit.0.as_bytes())?))
}

/// Which visit such a word names; what is not ours is not found.
pub(crate) fn opened(scope: &Scope, purpose: &'static str, token: &str) -> Result<AppointmentId> {
    let (id, sealed) = token.split_at_checked(32).ok_or(Error::NotFound)?;
    let visit = AppointmentId(Uuid::try_parse(id).map_err(|_| Error::NotFound)?);
    must_be_tag(scope, purpose, visit.0.as_bytes(), sealed)?;
    Ok(visit)
}

/// "/visit/…", at the company's address.
pub fn path(scope: &Scope, visit: AppointmentId) -> Result<String> {
    Ok(format!("/visit/{}", sealed(scope, PURPOSE, visit)?))
}

/// Whose visit it opens; what is not ours is not found.
pub fn read(scope: &Scope, token: &str) -> Result<AppointmentId> {
    opened(scope, PURPOSE, token)
}

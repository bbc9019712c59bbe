//! The link to a visit: it names the visit and is sealed with a key of this installation, so that nobody finds another's by guessing.
//! Nothing of it is kept. It counts as long as the visit can be seen.
use aws_lc_rs::hmac;
use kernel::{Error, Result, Scope, Uuid};

use crate::appointment::AppointmentId;

const PURPOSE: &str = "links to visits";
/// 160 bits of the seal are enough against guessing, and keep the address short.
const TAG: usize = 20;

/// Tenant and visit are sealed in: a link opens nothing else, here or elsewhere.
fn tag(scope: &Scope, purpose: &str, visit: AppointmentId) -> Result<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &tenancy::derived(scope.house(), purpose)?);
    let ids = [scope.tenant().id.as_bytes().as_slice(), visit.0.as_bytes()].concat();
    let sealed = hmac::sign(&key, &ids);
    Ok(sealed.as_ref().iter().take(TAG).map(|byte| format!("{byte:02x}")).collect())
}

/// The visit and its seal, as one word of an address. What is sealed for one purpose opens no other.
pub(crate) fn sealed(scope: &Scope, purpose: &str, visit: AppointmentId) -> Result<String> {
    Ok(format!("{}{}", visit.0.simple(), tag(scope, purpose, visit)?))
}

/// Which visit such a word names; what is not ours is not found.
pub(crate) fn opened(scope: &Scope, purpose: &str, token: &str) -> Result<AppointmentId> {
    let (id, sealed) = token.split_at_checked(32).ok_or(Error::NotFound)?;
    let visit = AppointmentId(Uuid::try_parse(id).map_err(|_| Error::NotFound)?);
    let tag = tag(scope, purpose, visit)?;
    let good = aws_lc_rs::constant_time::verify_slices_are_equal(sealed.as_bytes(), tag.as_bytes()).is_ok();
    good.then_some(visit).ok_or(Error::NotFound)
}

/// "/visit/…", at the company's address.
pub fn path(scope: &Scope, visit: AppointmentId) -> Result<String> {
    Ok(format!("/visit/{}", sealed(scope, PURPOSE, visit)?))
}

/// Whose visit it opens; what is not ours is not found.
pub fn read(scope: &Scope, token: &str) -> Result<AppointmentId> {
    opened(scope, PURPOSE, token)
}

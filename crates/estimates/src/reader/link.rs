//! The link to an estimate: it names estimate and revision, and is sealed with a key of this installation, so that nobody finds
//! another's by guessing. Nothing of it is kept.
use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use kernel::{Error, Result, Scope, Uuid};

use crate::EstimateId;

const PURPOSE: &str = "links to estimates";
/// 160 bits of the seal are enough against guessing, and keep the address short.
const TAG: usize = 20;
const NAMED: usize = 32 + 4;

/// Tenant, estimate and revision are sealed in: a link opens nothing else, here or elsewhere.
fn tag(scope: &Scope, named: &str) -> Result<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &tenancy::derived(scope.house(), PURPOSE)?);
    let sealed = hmac::sign(&key, &[scope.tenant().id.as_bytes(), named.as_bytes()].concat());
    Ok(sealed.as_ref().iter().take(TAG).map(|byte| format!("{byte:02x}")).collect())
}

/// "/estimate/…", at the company's address.
pub fn path(scope: &Scope, estimate: EstimateId, revision: i32) -> Result<String> {
    let named = format!("{}{revision:04x}", estimate.0.simple());
    Ok(format!("/estimate/{named}{}", tag(scope, &named)?))
}

/// The whole address, to be handed over.
pub fn url(scope: &Scope, estimate: EstimateId, revision: i32) -> Result<String> {
    Ok(scope.house().url(Some(&scope.tenant().slug), &path(scope, estimate, revision)?))
}

/// Which it opens; what is not ours is not found.
pub fn read(scope: &Scope, token: &str) -> Result<(EstimateId, i32)> {
    let (named, sealed) = token.split_at_checked(NAMED).ok_or(Error::NotFound)?;
    let tag = tag(scope, named)?;
    verify_slices_are_equal(sealed.as_bytes(), tag.as_bytes()).map_err(|_| Error::NotFound)?;
    let (id, revision) = named.split_at_checked(32).ok_or(Error::NotFound)?;
    let revision = i32::from_str_radix(revision, 16).map_err(|_| Error::NotFound)?;
    Ok((EstimateId(Uuid::try_parse(id).map_err(|_| Error::NotFound)?), revision))
}

//! The link to an estimate: it names estimate and revision, and is sealed with a key of this installation, so that nobody finds
//! another's by guessing. Nothing of it is kept.
use kernel::{Error, Result, Scope, Uuid};
use tenancy::{must_be_tag, tag};

use crate::EstimateId;

const PURPOSE: &str = "links to estimates";
const NAMED: usize = 32 + 4;

/// "/estimate/…", at the company's address. Tenant, estimate and revision are sealed in: it opens nothing else, here or elsewhere.
pub fn path(scope: &Scope, estimate: EstimateId, revision: i32) -> Result<String> {
    let named = format!("{}{revision:04x}", estimate.0.simple());
    Ok(format!("/estimate/{named}{}", tag(scope, PURPOSE, named.as_bytes())?))
}

/// The whole address, to be handed over.
pub fn url(scope: &Scope, estimate: EstimateId, revision: i32) -> Result<String> {
    Ok(scope.house().url(Some(&scope.tenant().slug), &path(scope, estimate, revision)?))
}

/// Which it opens; what is not ours is not found.
pub fn read(scope: &Scope, token: &str) -> Result<(EstimateId, i32)> {
    let (named, sealed) = token.split_at_checked(NAMED).ok_or(Error::NotFound)?;
    must_be_tag(scope, PURPOSE, named.as_bytes(), sealed)?;
    let (id, revision) = named.split_at_checked(32).ok_or(Error::NotFound)?;
    let revision = i32::from_str_radix(revision, 16).map_err(|_| Error::NotFound)?;
    Ok((EstimateId(Uuid::try_parse(id).map_err(|_| Error::NotFound)?), revision))
}

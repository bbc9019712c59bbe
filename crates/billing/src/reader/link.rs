//! The link to an issued invoice: it names the invoice and is sealed with a key of this installation, so that nobody finds another's
//! by guessing. Nothing of it is kept.
use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use kernel::{Error, Result, Scope, Uuid};

use crate::InvoiceId;

const PURPOSE: &str = "links to invoices";
/// 160 bits of the seal are enough against guessing, and keep the address short.
const TAG: usize = 20;

/// Tenant and invoice are sealed in: a link opens nothing else, here or elsewhere.
fn tag(scope: &Scope, named: &str) -> Result<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &tenancy::derived(scope.house(), PURPOSE)?);
    let sealed = hmac::sign(&key, &[scope.tenant().id.as_bytes(), named.as_bytes()].concat());
    Ok(sealed.as_ref().iter().take(TAG).map(|byte| format!("{byte:02x}")).collect())
}

/// "/invoice/…", at the company's address.
pub fn path(scope: &Scope, invoice: InvoiceId) -> Result<String> {
    let named = invoice.0.simple().to_string();
    Ok(format!("/invoice/{named}{}", tag(scope, &named)?))
}

/// The whole address, to be handed over.
pub fn url(scope: &Scope, invoice: InvoiceId) -> Result<String> {
    Ok(scope.house().url(Some(&scope.tenant().slug), &path(scope, invoice)?))
}

/// Which it opens; what is not ours is not found.
pub fn read(scope: &Scope, token: &str) -> Result<InvoiceId> {
    let (named, sealed) = token.split_at_checked(32).ok_or(Error::NotFound)?;
    let tag = tag(scope, named)?;
    verify_slices_are_equal(sealed.as_bytes(), tag.as_bytes()).map_err(|_| Error::NotFound)?;
    Ok(InvoiceId(Uuid::try_parse(named).map_err(|_| Error::NotFound)?))
}

//! The link to an issued invoice: it names the invoice and is sealed with a key of this installation, so that nobody finds another's
//! by guessing. Nothing of it is kept.
use kernel::{Error, Result, Scope, Uuid};
use tenancy::{must_be_tag, tag};

use crate::InvoiceId;

const PURPOSE: &str = "links to invoices";

/// "/invoice/…", at the company's address. Tenant and invoice are sealed in: it opens nothing else, here or elsewhere.
pub fn path(scope: &Scope, invoice: InvoiceId) -> Result<String> {
    let named = invoice.0.simple().to_string();
    Ok(format!("/invoice/{named}{}", tag(scope, PURPOSE, named.as_bytes())?))
}

/// The whole address, to be handed over.
pub fn url(scope: &Scope, invoice: InvoiceId) -> Result<String> {
    Ok(scope.house().url(Some(&scope.tenant().slug), &path(scope, invoice)?))
}

/// Which it opens; what is not ours is not found.
pub fn read(scope: &Scope, token: &str) -> Result<InvoiceId> {
    let (named, sealed) = token.split_at_checked(32).ok_or(Error::NotFound)?;
    must_be_tag(scope, PURPOSE, named.as_bytes(), sealed)?;
    Ok(InvoiceId(Uuid::try_parse(named).map_err(|_| Error::NotFound)?))
}

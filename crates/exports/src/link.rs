//! The link to a file: it says which export and until when, and is sealed with a key of this installation. It opens nothing by
//! itself: whoever follows it must be signed in and may read the list.
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use kernel::{Result, Scope};

use crate::{Export, ExportId};

const PURPOSE: &str = "links to exports";

fn key(scope: &Scope) -> Result<hmac::Key> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &tenancy::derived(scope.house(), PURPOSE)?))
}

/// Tenant, export, file and end are sealed in: a link opens nothing else, here or elsewhere, and not for longer.
fn sealed(scope: &Scope, export: &Export, ends: i64) -> Vec<u8> {
    let file = export.file_id.map(|file| file.0).unwrap_or_default();
    let ids = [scope.tenant().id, export.id.0, file];
    ids.iter().flat_map(|id| *id.as_bytes()).chain(ends.to_be_bytes()).collect()
}

pub(crate) fn to(scope: &Scope, export: &Export) -> Result<String> {
    let ends = export.expires_at.map_or(0, Timestamp::as_second);
    let tag = hmac::sign(&key(scope)?, &sealed(scope, export, ends));
    let token = URL_SAFE_NO_PAD.encode([ends.to_be_bytes().as_slice(), tag.as_ref()].concat());
    Ok(path(export.id, &token))
}

fn path(id: ExportId, token: &str) -> String {
    format!("/api/v1/exports/{id}/file?token={token}")
}

/// Whether the token is one of this export's, and not over.
pub(crate) fn holds(scope: &Scope, export: &Export, token: &str) -> Result<bool> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return Ok(false) };
    let Some((ends, tag)) = bytes.split_first_chunk::<8>() else { return Ok(false) };
    let ends = i64::from_be_bytes(*ends);
    let good = hmac::verify(&key(scope)?, &sealed(scope, export, ends), tag).is_ok();
    Ok(good && ends > scope.now().as_second())
}

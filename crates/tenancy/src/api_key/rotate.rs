//! A new key in the place of an old one, which goes on opening for a while, so that programs can change over without a gap.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Created, Json, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ApiKeyId, ApiKeyRotated, Made, create};
use crate::ApiKeysManage;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// How long the old key goes on opening: 0 to 168 hours, 24 when not given.
    pub overlap_hours: Option<i64>,
}
impl Input for Rotation {
    fn check(&mut self, checks: &mut Checks) {
        let fits = self.overlap_hours.is_none_or(|hours| (0..=168).contains(&hours));
        checks.that(fits, "overlap_hours", "range", "The old key can go on for 0 to 168 hours.");
    }
}

sql! {
    fn hold(id: ApiKeyId) -> Option<ApiKeyId> = "select id from api_key where tenant_id = $1 and id = $2 for update";
    fn replace(id: ApiKeyId, by: ApiKeyId, until: Timestamp, at: Timestamp) -> u64 = "
        update api_key set replaced_by = $3, expires_at = least(expires_at, $4), updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2";
}

/// The new key may what the old one may, for as long as that was made for.
pub async fn rotate(scope: &Scope, tx: &mut TenantTx, id: ApiKeyId, rotation: &Rotation) -> Result<Made> {
    tx.run(hold(id)).await?.ok_or(Error::NotFound)?;
    let old = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    let at = tx.now();
    if old.replaced_by.is_some() {
        return Err(Error::refused("This key has been replaced already. Replace the one that came after it."));
    }
    if !old.opens(at) {
        return Err(Error::refused("This key opens nothing any more. Make a new one."));
    }
    let span = old.expires_at.map(|end| end.duration_since(old.created_at));
    let new = super::New {
        name: old.name,
        scopes: old.scopes,
        expires_at: span.and_then(|span| at.saturating_add(span).ok()),
        service_account_id: old.service_account_id,
    };
    let made = create::insert_new(scope, tx, &new).await?;
    let until = at.saturating_add(SignedDuration::from_hours(rotation.overlap_hours.unwrap_or(24))).unwrap_or(at);
    tx.run(replace(id, made.api_key.id, until, at)).await?;
    tx.tell(&ApiKeyRotated { key: made.api_key.id, replaces: id });
    Ok(made)
}

/// Not kept with an idempotency key: the answer holds the secret.
pub async fn api(
    access: Access<ApiKeysManage>,
    Path(id): Path<ApiKeyId>,
    Json(rotation): Json<Rotation>,
) -> Result<Created<Made>> {
    let body = access.retrying(async |tx: &mut TenantTx| rotate(&access, tx, id, &rotation).await).await?;
    access.house().forget_principals();
    Ok(Created { location: format!("/api/v1/api-keys/{}", body.api_key.id), body })
}

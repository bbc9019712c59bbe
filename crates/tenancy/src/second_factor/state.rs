//! How one's second step stands.
use jiff::Timestamp;
use kernel::{Access, Result, http::Json};
use schemars::JsonSchema;
use serde::Serialize;

use super::factor;
use crate::{AccountOwn, account::member};

#[derive(Serialize, JsonSchema)]
pub struct SecondStep {
    /// Whether signing in asks for a code.
    on: bool,
    /// When the secret of the authenticator was drawn.
    since: Option<Timestamp>,
    recovery_codes_left: i64,
}

pub async fn api(access: Access<AccountOwn>) -> Result<Json<SecondStep>> {
    let found = access.read(factor(member(&access)?)).await?.filter(|factor| factor.confirmed);
    Ok(Json(SecondStep {
        on: found.is_some(),
        since: found.as_ref().map(|factor| factor.created_at),
        recovery_codes_left: found.map(|factor| factor.codes_left).unwrap_or_default(),
    }))
}

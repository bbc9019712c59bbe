//! A password for a pair of tokens.
use kernel::{Checks, Error, Input, Result, TenantTx, Visitor, http::Json};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Tokens;
use crate::sign_in;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    email: String,
    password: String,
}
impl Input for Ask {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("email", &mut self.email, 254, "the e-mail address");
        checks.that(
            !self.password.is_empty() && self.password.len() <= 800,
            "password",
            "required",
            "Give the password.",
        );
    }
}

pub async fn issue(visitor: Visitor, Json(ask): Json<Ask>) -> Result<Json<Tokens>> {
    let Some(member) = sign_in::verified(&visitor, &ask.email, ask.password).await? else {
        return Err(Error::Unauthenticated);
    };
    let work = async |tx: &mut TenantTx| {
        tx.run(super::clear(member.id, tx.now())).await?;
        super::pair(&visitor, tx, member.id, &member.role, Uuid::now_v7()).await
    };
    visitor.write_with(work).await.map(Json)
}

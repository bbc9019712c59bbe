//! The signing secret by hand, where the key may not tell the provider where to tell us.
use jiff::SignedDuration;
use kernel::{Access, Checks, Error, Input, Result, Scope, TenantTx, http::Json};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{Shown, SigningSecretSet, close, connect, kept};
use crate::permissions::PaymentsManage;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SigningSecret {
    /// As Stripe shows it for the endpoint: `whsec_…`.
    pub secret: String,
}
impl Input for SigningSecret {
    fn check(&mut self, checks: &mut Checks) {
        self.secret = self.secret.trim().to_owned();
        let fits = |text: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '/' | '=' | '-');
            text.starts_with("whsec_") && (16..=255).contains(&text.len()) && text.chars().all(plain)
        };
        checks.that(fits(&self.secret), "secret", "secret", "A signing secret of Stripe begins with whsec_.");
    }
}

/// The one before stays good for a day.
pub async fn set(scope: &Scope, input: &SigningSecret) -> Result<Shown> {
    scope
        .retrying(async |tx: &mut TenantTx| {
            let now = tx.now();
            let found = tx.run(kept(now)).await?.ok_or_else(|| Error::refused("Connect Stripe with its key first."))?;
            let until = now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(now);
            tx.run(connect::outdate(until)).await?;
            let id = Uuid::now_v7();
            tx.run(connect::keep_secret(id, close(scope, id, &input.secret)?, true, now)).await?;
            tx.tell(&SigningSecretSet { account: found.id });
            tx.run(kept(now)).await?.map(Shown::from).ok_or(Error::NotFound)
        })
        .await
}

pub async fn api(access: Access<PaymentsManage>, Json(input): Json<SigningSecret>) -> Result<Json<Shown>> {
    set(&access, &input).await.map(Json)
}

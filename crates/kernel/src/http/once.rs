//! Once means once: an idempotency key is kept in the transaction of the effect itself, with the answer.
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use std::{future::Future, marker::PhantomData};

use super::{Answer, Stored};
use crate::{
    Error, FieldError, Result, Scope, TenantTx,
    openapi::{Describe, Operation},
    row, sql,
    tx::Sent,
};

row! {
    struct Kept {
        fingerprint: String,
        status: i32,
        headers: serde_json::Value,
        body: String,
    }
}

sql! {
    fn find(principal: String, route: String, key: String, since: Timestamp) -> Option<Kept> = "
        select fingerprint, status, headers, body from idempotency
        where tenant_id = $1 and principal = $2 and route = $3 and key = $4 and created_at > $5";
    fn keep(principal: String, route: String, key: String, fingerprint: String, status: i32, headers: serde_json::Value, body: String, created_at: Timestamp) = "
        insert into idempotency (tenant_id, principal, route, key, fingerprint, status, headers, body, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

/// The answer of work that may be asked for twice: made now, or made before and given again.
pub struct Repeatable<R> {
    stored: Stored,
    answer: PhantomData<fn() -> R>,
}
impl<R> IntoResponse for Repeatable<R> {
    fn into_response(self) -> Response {
        self.stored.into_response()
    }
}
impl<R: Describe> Describe for Repeatable<R> {
    fn describe(operation: &mut Operation) {
        R::describe(operation);
        operation.once = true;
    }
}

const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
const CONSTRAINT: &str = "idempotency_pkey";

impl Scope {
    /// Does the work in one transaction. With an `Idempotency-Key` (or a form's `_key`) the answer is kept beside the effect:
    /// whoever comes again with the key gets that answer, and nothing happens twice. Deadlocks are tried again.
    pub fn once<R: Answer>(
        &self,
        work: impl AsyncFn(&mut TenantTx) -> Result<R> + Send + Sync,
    ) -> impl Future<Output = Result<Repeatable<R>>> + Send {
        Sent::of(self.once_only(work))
    }

    async fn once_only<R: Answer>(
        &self,
        work: impl AsyncFn(&mut TenantTx) -> Result<R> + Send + Sync,
    ) -> Result<Repeatable<R>> {
        let state = self.once_state();
        let Some(key) = state.key.get() else {
            let stored = self.retrying(async |tx: &mut TenantTx| work(tx).await?.stored()).await?;
            return Ok(Repeatable { stored, answer: PhantomData });
        };
        let principal =
            format!("{}:{}", self.actor().kind(), self.actor().id().map(|id| id.to_string()).unwrap_or_default());
        let route = state.route.get().cloned().unwrap_or_default();
        let fingerprint = state.fingerprint.get().cloned().unwrap_or_default();
        let ask = || {
            find(principal.clone(), route.clone(), key.clone(), self.now().saturating_sub(DAY).unwrap_or(self.now()))
        };
        let outcome = self
            .retrying(async |tx: &mut TenantTx| {
                if let Some(kept) = tx.run(ask()).await? {
                    return again(kept, &fingerprint);
                }
                let stored = work(tx).await?.stored()?;
                let headers = serde_json::to_value(&stored.headers).unwrap_or_default();
                let (status, body) = (i32::from(stored.status), stored.body.clone());
                tx.queue(keep(
                    principal.clone(),
                    route.clone(),
                    key.clone(),
                    fingerprint.clone(),
                    status,
                    headers,
                    body,
                    self.now(),
                ));
                Ok(stored)
            })
            .await;
        // A twin that ran beside this one may have made the work fail in its own way; its answer counts.
        let stored = match outcome {
            Err(error)
                if error.is_broken(CONSTRAINT)
                    || matches!(
                        error,
                        Error::Broken { .. } | Error::Refused(_) | Error::Conflict { .. } | Error::Ask { .. }
                    ) =>
            {
                match self.read(ask()).await? {
                    Some(kept) => again(kept, &fingerprint)?,
                    None => return Err(error),
                }
            }
            outcome => outcome?,
        };
        Ok(Repeatable { stored, answer: PhantomData })
    }
}

fn again(kept: Kept, fingerprint: &str) -> Result<Stored> {
    if kept.fingerprint != fingerprint {
        return Err(Error::Invalid(vec![FieldError {
            pointer: "/Idempotency-Key".into(),
            code: "key_reused".into(),
            message: "This Idempotency-Key was used for another request. Take a new one.".into(),
        }]));
    }
    let mut headers: Vec<(String, String)> = serde_json::from_value(kept.headers).unwrap_or_default();
    headers.push(("idempotency-replayed".into(), "true".into()));
    Ok(Stored { status: u16::try_from(kept.status).unwrap_or(200), headers, body: kept.body })
}

//! Recognises whoever comes: a session's cookie, an API key, an access token.
use futures_util::future::BoxFuture;
use kernel::{Asker, Clock, Credential, Desk, House, Principal, Result, Scope, TenantTx};
use std::sync::Arc;
use uuid::Uuid;

use crate::{
    AuditRead, api_key, asker, secret, session, support,
    token::{self, Keys},
};

kernel::event! {
    /// A good key or token of this company was shown at another company's address; it was refused there.
    pub struct AccessCrossed = "access.crossed", seen by AuditRead { actor: Uuid }
}

pub struct Authenticator {
    keys: Arc<Keys>,
    clock: Clock,
}

impl Authenticator {
    /// The signing keys lie in the registry, sealed by the installation's secret; who needs the first one makes it.
    pub fn new(control: Desk, secrets: &walls::Secrets, clock: Clock) -> Self {
        Self { keys: Arc::new(Keys::new(control, secrets)), clock }
    }

    /// Hands a house the same keys, and a place to note which API keys were used. Once, when it is built.
    pub fn furnish(&self, house: &House) {
        house.keep(self.keys.clone());
        house.keep(api_key::Used::default());
    }
}

impl kernel::access::Authenticator for Authenticator {
    fn tenant_of<'a>(&'a self, credential: &'a Credential) -> BoxFuture<'a, Result<Option<Uuid>>> {
        Box::pin(async move {
            match credential {
                Credential::Session(_) | Credential::Visit(_) => Ok(None),
                Credential::ApiKey(key) => api_key::tenant_of(key).map(Some),
                Credential::Token(token) => self.keys.tenant_of(token, self.clock.now()).await.map(Some),
            }
        })
    }

    fn crossed(&self, scope: Scope, host: String) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let actor = scope.actor().id().unwrap_or_default();
            // The address is what they typed, not a fact of our own: it stays in the audit.
            let detail = serde_json::json!({ "address_tried": host.chars().take(253).collect::<String>() });
            scope
                .write_with(async move |tx: &mut TenantTx| {
                    tx.tell_with(&AccessCrossed { actor }, Some(detail));
                    Ok(())
                })
                .await
        })
    }

    fn principal<'a>(&'a self, scope: Scope, credential: &'a Credential) -> BoxFuture<'a, Result<Option<Principal>>> {
        Box::pin(async move {
            match credential {
                Credential::Session(cookie) => session::recognise(&scope, &secret::hash(cookie)).await,
                Credential::Visit(cookie) => support::recognise(&scope, cookie).await,
                Credential::ApiKey(key) => api_key::recognise(&scope, key).await,
                Credential::Token(text) => match self.keys.read(text, scope.now()).await? {
                    Some(claims) => token::recognise(&scope, &claims).await,
                    None => Ok(None),
                },
            }
        })
    }

    fn again<'a>(&'a self, scope: Scope, asker: &'a Asker) -> BoxFuture<'a, Result<Option<Principal>>> {
        Box::pin(async move { asker::again(&scope, asker).await })
    }

    fn looked(&self, scope: Scope, visit: Uuid, route: String, path: String) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { support::looked(&scope, support::VisitId(visit), route, path).await })
    }
}

//! Recognises whoever comes: a session's cookie, an API key, an access token.
use futures_util::future::BoxFuture;
use kernel::{Credential, Principal, Result, Scope};
use std::path::Path;
use uuid::Uuid;

use crate::{
    api_key, secret, session,
    token::{self, Keys},
};

pub struct Authenticator {
    keys: Keys,
}

impl Authenticator {
    /// With the signing keys in `<data_dir>/keys`; the first start makes one.
    pub fn open(data_dir: &Path) -> Result<Self> {
        Ok(Self { keys: Keys::open(data_dir)? })
    }
}

impl kernel::access::Authenticator for Authenticator {
    fn tenant_of(&self, credential: &Credential) -> Result<Option<Uuid>> {
        match credential {
            Credential::Session(_) => Ok(None),
            Credential::ApiKey(key) => api_key::tenant_of(key).map(Some),
            Credential::Token(token) => self.keys.tenant_of(token).map(Some),
        }
    }

    fn principal<'a>(&'a self, scope: Scope, credential: &'a Credential) -> BoxFuture<'a, Result<Option<Principal>>> {
        Box::pin(async move {
            match credential {
                Credential::Session(cookie) => session::recognise(&scope, &secret::hash(cookie)).await,
                Credential::ApiKey(key) => api_key::recognise(&scope, key).await,
                Credential::Token(text) => match self.keys.read(text, scope.now()) {
                    Some(claims) => token::recognise(&scope, &claims).await,
                    None => Ok(None),
                },
            }
        })
    }
}

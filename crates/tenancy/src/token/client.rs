//! Which program asks: told from another by its address and what it calls itself. Kept as a hash; it proves nothing.
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use kernel::{
    Error, House, Result,
    openapi::{Describe, Operation},
};

use crate::secret;

pub struct Client(String);

impl Client {
    /// The same for the same program at the same address.
    pub(super) fn print(&self, peer: &str) -> String {
        secret::hash(format!("{peer}\n{}", self.0))
    }
}

impl FromRequestParts<House> for Client {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &House) -> Result<Self> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self(agent.to_owned()))
    }
}
impl Describe for Client {
    fn describe(_: &mut Operation) {}
}

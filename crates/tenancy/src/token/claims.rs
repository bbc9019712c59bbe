//! What an access token says, and how long it may say it.
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub const ISSUER: &str = "tradewind";
pub const AUDIENCE: &str = "tradewind-api";
pub const KIND: &str = "at+jwt";
/// How long an access token is good.
pub const LIFE: SignedDuration = SignedDuration::from_mins(15);

/// What an access token says. Times are whole seconds; a number in quotes is not a number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The member.
    pub sub: Uuid,
    /// The company.
    pub tid: Uuid,
    pub roles: Vec<String>,
    pub iat: i64,
    pub exp: i64,
    pub iss: String,
    pub aud: String,
    pub jti: Uuid,
    /// The family it was given with: ends that one, so does this.
    pub sid: Uuid,
}

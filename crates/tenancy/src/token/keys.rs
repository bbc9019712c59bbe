//! The keys that sign access tokens, as a process remembers them: what another process did to them is seen within seconds.
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use kernel::{Desk, Error, House, Result};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use uuid::Uuid;

use super::{
    claims::Claims,
    ring::{self, Ring},
    rotate,
    seal::Seal,
};

/// How old the memory may be: with the time a withdrawal needs it stays below the five seconds that are promised.
const BELIEF: Duration = Duration::from_secs(3);
/// How old when a token names a key that is not known: another process may just have made it. Made-up names cost ten looks
/// in a second, however many there are.
const DOUBT: Duration = Duration::from_millis(100);

pub struct Keys {
    desk: Desk,
    seal: Seal,
    succession: hmac::Key,
    known: Mutex<Option<(Instant, Arc<Ring>)>>,
    looking: tokio::sync::Mutex<()>,
}

impl Keys {
    /// They lie in the registry, sealed. Nothing is read before somebody comes.
    pub fn new(desk: Desk, secrets: &walls::Secrets) -> Self {
        let succession = hmac::Key::new(hmac::HMAC_SHA256, &secrets.derive("refresh tokens"));
        Self {
            desk,
            seal: Seal::of(secrets),
            succession,
            known: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
        }
    }

    /// Those of this house.
    pub fn of(house: &House) -> Result<Arc<Self>> {
        house
            .kept::<Arc<Self>>()
            .map(|keys| (*keys).clone())
            .ok_or_else(|| Error::Bug("the house was not handed its signing keys (Authenticator::furnish)".into()))
    }

    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }
    pub(super) fn seal(&self) -> &Seal {
        &self.seal
    }

    /// The refresh token that follows upon this one under that id: who asks twice gets the same, though neither is kept.
    pub(super) fn successor(&self, token: &str, id: Uuid) -> String {
        let mark = hmac::sign(&self.succession, [id.as_bytes().as_slice(), token.as_bytes()].concat().as_slice());
        URL_SAFE_NO_PAD.encode(mark.as_ref())
    }

    pub async fn sign(&self, claims: &Claims, now: Timestamp) -> Result<String> {
        let mut ring = self.ring(now, BELIEF).await?;
        if ring.signing(now).is_none() {
            // The first start, or the last key was withdrawn.
            rotate::make(self, now, now).await?;
            ring = self.ring(now, BELIEF).await?;
        }
        ring.sign(claims, now)
    }

    /// The claims, if one of our keys signed them and they are in time.
    pub async fn read(&self, token: &str, now: Timestamp) -> Result<Option<Claims>> {
        let claims = self.signed(token, now).await?;
        Ok(claims.filter(|claims| claims.exp > now.as_second() && claims.iat <= now.as_second() + 60))
    }

    /// The company named by a token that we signed, in time or not.
    pub async fn tenant_of(&self, token: &str, now: Timestamp) -> Result<Uuid> {
        self.signed(token, now).await?.map(|claims| claims.tid).ok_or(Error::Unauthenticated)
    }

    async fn signed(&self, token: &str, now: Timestamp) -> Result<Option<Claims>> {
        let Some(kid) = ring::named(token) else { return Ok(None) };
        let mut ring = self.ring(now, BELIEF).await?;
        if !ring.knows(&kid) {
            ring = self.ring(now, DOUBT).await?;
        }
        Ok(ring.read(token, &kid, now))
    }

    pub async fn public(&self, now: Timestamp) -> Result<JwkSet> {
        let ring = self.ring(now, BELIEF).await?;
        Ok(JwkSet { keys: ring.public(now) })
    }

    /// What was changed here is seen here at once.
    pub(super) fn forget(&self) {
        *self.known.lock().unwrap_or_else(|e| e.into_inner()) = None;
    }

    fn remembered(&self, most: Duration) -> Option<Arc<Ring>> {
        let known = self.known.lock().unwrap_or_else(|e| e.into_inner());
        known.as_ref().filter(|(at, _)| at.elapsed() <= most).map(|(_, ring)| ring.clone())
    }

    /// No older than `most`; one looks, the others wait for what it sees.
    async fn ring(&self, now: Timestamp, most: Duration) -> Result<Arc<Ring>> {
        if let Some(ring) = self.remembered(most) {
            return Ok(ring);
        }
        let _only = self.looking.lock().await;
        if let Some(ring) = self.remembered(most.max(Duration::from_millis(1))) {
            return Ok(ring);
        }
        let before = self.remembered(Duration::MAX);
        let ring = match self.desk.run(rotate::all()).await {
            Ok(rows) => Arc::new(Ring::of(rows, &self.seal, before.as_deref(), now)),
            Err(error) => {
                // What was true a moment ago serves until the database answers again.
                tracing::warn!(%error, "the signing keys could not be looked at");
                before.ok_or(error)?
            }
        };
        *self.known.lock().unwrap_or_else(|e| e.into_inner()) = Some((Instant::now(), ring.clone()));
        Ok(ring)
    }
}

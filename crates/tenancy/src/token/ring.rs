//! The keys of a moment, opened: which one signs, which ones verify, and what they believe.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};
use kernel::{Error, Result};
use serde::Deserialize;
use std::sync::Arc;

use super::{
    claims::{AUDIENCE, Claims, ISSUER, KIND},
    rotate::Stored,
    seal::Seal,
};

/// All that a header of ours holds. A token that brings its own key, or an address of one, has a field too many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

struct Halves {
    sign: EncodingKey,
    verify: DecodingKey,
    public: Jwk,
}

struct Key {
    stored: Stored,
    halves: Arc<Halves>,
}

impl Key {
    fn verifies(&self, now: Timestamp) -> bool {
        self.stored.verifies_until.is_none_or(|until| until > now)
    }
}

/// By number: the last is the newest.
pub struct Ring(Vec<Key>);

impl Ring {
    /// What the memory of before had opened is not opened again. One that does not open is left out: it was sealed by another
    /// secret, and `doctor` says so.
    pub(super) fn of(rows: Vec<Stored>, seal: &Seal, before: Option<&Self>, now: Timestamp) -> Self {
        let open = |stored: Stored| {
            let known = before.and_then(|ring| ring.0.iter().find(|key| key.stored.kid == stored.kid));
            let halves = match known {
                Some(key) => Some(key.halves.clone()),
                None => {
                    seal.open(&stored.kid, &stored.sealed).and_then(|pem| read(&pem).ok()).map(|(_, h)| Arc::new(h))
                }
            };
            if halves.is_none() && stored.verifies_until.is_none_or(|until| until > now) {
                tracing::error!(
                    kid = stored.kid,
                    "a signing key does not open: it was sealed under another secret. All processes need the same file `secret`; if the old one is lost, run `tradewind keys rotate --now`"
                );
            }
            halves.map(|halves| Key { stored, halves })
        };
        Self(rows.into_iter().filter_map(open).collect())
    }

    /// The newest whose time has come. Before the first one's time that one, so that a clock that is late does not shut the house.
    pub(super) fn signing(&self, now: Timestamp) -> Option<&Stored> {
        self.signer(now).map(|key| &key.stored)
    }

    fn signer(&self, now: Timestamp) -> Option<&Key> {
        let good = || self.0.iter().filter(|key| key.verifies(now));
        good().rfind(|key| key.stored.signs_from <= now).or_else(|| good().next())
    }

    pub(super) fn sign(&self, claims: &Claims, now: Timestamp) -> Result<String> {
        let key = self.signer(now).ok_or_else(|| {
            Error::Bug("there is no key to sign tokens with: run `tradewind keys rotate --now`".into())
        })?;
        let kid = Some(key.stored.kid.clone());
        let header = Header { typ: Some(KIND.into()), kid, ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &key.halves.sign).map_err(|e| Error::Bug(format!("signing a token: {e}")))
    }

    pub(super) fn knows(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.stored.kid == kid)
    }

    /// One algorithm, one kind, a key we know by its name: nothing in the token chooses how it is verified.
    pub(super) fn read(&self, token: &str, kid: &str, now: Timestamp) -> Option<Claims> {
        let key = self.0.iter().find(|key| key.stored.kid == kid && key.verifies(now))?;
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Time is the house's, not the machine's: `Keys::read` compares it.
        rules.validate_exp = false;
        jsonwebtoken::decode::<Claims>(token, &key.halves.verify, &rules).ok().map(|data| data.claims)
    }

    /// What others verify by, those to come among them: who keeps the list for a while has them before they sign.
    pub(super) fn public(&self, now: Timestamp) -> Vec<Jwk> {
        self.0.iter().filter(|key| key.verifies(now)).map(|key| key.halves.public.clone()).collect()
    }
}

/// The key a token of our kind names in its header.
pub(super) fn named(token: &str) -> Option<String> {
    let head = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let head: Head = serde_json::from_slice(&head).ok()?;
    (head.alg == "RS256" && head.typ == KIND).then_some(head.kid)
}

/// Its name, which is its thumbprint, and both halves.
fn read(pem: &[u8]) -> Result<(String, Halves)> {
    let bad = |e: jsonwebtoken::errors::Error| Error::Bug(format!("a signing key is unreadable: {e}"));
    let sign = EncodingKey::from_rsa_pem(pem).map_err(bad)?;
    let mut public = Jwk::from_encoding_key(&sign, Algorithm::RS256).map_err(bad)?;
    let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(bad)?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    let verify = DecodingKey::from_jwk(&public).map_err(bad)?;
    Ok((kid, Halves { sign, verify, public }))
}

/// The name a key of that PEM goes by.
pub(super) fn kid(pem: &str) -> Result<String> {
    read(pem.as_bytes()).map(|(kid, _)| kid)
}

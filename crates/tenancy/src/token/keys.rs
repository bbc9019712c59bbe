//! The keys that sign access tokens: made at the first start, kept in `<data_dir>/keys`, published as a JWK set.
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use kernel::{Error, House, Result};
use serde::{Deserialize, Serialize};
use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc};
use uuid::Uuid;

pub const ISSUER: &str = "tradewind";
pub const AUDIENCE: &str = "tradewind-api";
const KIND: &str = "at+jwt";
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
}

/// All that a header of ours holds. A token that brings its own key, or an address of one, has a field too many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

struct Key {
    kid: String,
    sign: EncodingKey,
    verify: DecodingKey,
    public: Jwk,
}

/// The newest signs; all of them verify, so that a key can be replaced without ending what the last one signed.
pub struct Keys(Vec<Key>);

impl Keys {
    pub fn open(data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join("keys");
        let at = |e: std::io::Error| {
            Error::Bug(format!("{}: {e}. Make the folder writable for the user that runs tradewind", folder.display()))
        };
        fs::create_dir_all(&folder).map_err(at)?;
        let mut files = list(&folder).map_err(at)?;
        if files.is_empty() {
            make(&folder)?;
            files = list(&folder).map_err(at)?;
        }
        let keys: Result<Vec<Key>> = files.iter().map(|file| read(&fs::read(file).map_err(at)?)).collect();
        Ok(Self(keys?))
    }

    /// Those of this house, read once.
    pub fn of(house: &House) -> Result<Arc<Self>> {
        if house.kept::<Self>().is_none() {
            house.keep(Self::open(house.data_dir())?);
        }
        house.kept::<Self>().ok_or_else(|| Error::Bug("the signing keys went missing".into()))
    }

    pub fn sign(&self, claims: &Claims) -> Result<String> {
        let key = self.0.last().ok_or_else(|| Error::Bug("there is no key to sign tokens with".into()))?;
        let header = Header { typ: Some(KIND.into()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &key.sign).map_err(|e| Error::Bug(format!("signing a token: {e}")))
    }

    /// The claims, if one of our keys signed them and they are in time.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<Claims> {
        self.signed(token).filter(|claims| claims.exp > now.as_second() && claims.iat <= now.as_second() + 60)
    }

    /// The company named by a token that we signed, in time or not.
    pub fn tenant_of(&self, token: &str) -> Result<Uuid> {
        self.signed(token).map(|claims| claims.tid).ok_or(Error::Unauthenticated)
    }

    /// One algorithm, one kind, a key we know by its name: nothing in the token chooses how it is verified.
    fn signed(&self, token: &str) -> Option<Claims> {
        let head = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
        let head: Head = serde_json::from_slice(&head).ok()?;
        if head.alg != "RS256" || head.typ != KIND {
            return None;
        }
        let key = self.0.iter().find(|key| key.kid == head.kid)?;
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Time is the house's, not the machine's: `read` compares it.
        rules.validate_exp = false;
        jsonwebtoken::decode::<Claims>(token, &key.verify, &rules).ok().map(|data| data.claims)
    }

    pub fn public(&self) -> JwkSet {
        JwkSet { keys: self.0.iter().map(|key| key.public.clone()).collect() }
    }
}

/// By name, which begins with when it was made: the last is the newest.
fn list(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let all: std::io::Result<Vec<_>> = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect();
    let mut files: Vec<_> = all?.into_iter().filter(|path| path.extension().is_some_and(|e| e == "pem")).collect();
    files.sort();
    Ok(files)
}

fn make(folder: &Path) -> Result<()> {
    let bug = |what: &str| Error::Bug(format!("making a signing key: {what}"));
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| bug("no randomness"))?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| bug("it does not encode"))?;
    let body = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    let text = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    // Written whole under another name first: a reader never finds half a key. A v7 id sorts by time.
    let name = Uuid::now_v7();
    let draft = folder.join(format!("{name}.draft"));
    let written = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, folder.join(format!("{name}.pem")))
    });
    written.map_err(|e| bug(&e.to_string()))
}

fn read(pem: &[u8]) -> Result<Key> {
    let bad = |e: jsonwebtoken::errors::Error| Error::Bug(format!("a signing key is unreadable: {e}"));
    let sign = EncodingKey::from_rsa_pem(pem).map_err(bad)?;
    let mut public = Jwk::from_encoding_key(&sign, Algorithm::RS256).map_err(bad)?;
    let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(bad)?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    let verify = DecodingKey::from_jwk(&public).map_err(bad)?;
    Ok(Key { kid, sign, verify, public })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(now: i64) -> serde_json::Value {
        serde_json::json!({ "sub": Uuid::now_v7(), "tid": Uuid::now_v7(), "roles": ["owner"], "iat": now, "exp": now + 900, "iss": ISSUER, "aud": AUDIENCE, "jti": Uuid::now_v7() })
    }
    fn part(value: &serde_json::Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    #[test]
    fn only_what_we_signed_for_this_purpose_is_believed() {
        let folder = std::env::temp_dir().join(format!("tenancy-keys-{}", std::process::id()));
        let keys = Keys::open(&folder).unwrap();
        let other = Keys::open(&folder.join("other")).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let good = claims(now.as_second());
        let key = &keys.0[0];
        let sealed = |head: Header, claims: &serde_json::Value| jsonwebtoken::encode(&head, claims, &key.sign).unwrap();
        let head = || Header { typ: Some(KIND.into()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::RS256) };
        let with = |name: &str, value: serde_json::Value| {
            let mut changed = good.clone();
            changed[name] = value;
            sealed(head(), &changed)
        };
        // The control: what is refused below differs from this in one thing.
        let token = sealed(head(), &good);
        assert!(keys.read(&token, now).is_some());
        assert_eq!(keys.tenant_of(&token).unwrap().to_string(), good["tid"].as_str().unwrap());
        assert!(
            keys.0.len() == 1 && Keys::open(&folder).unwrap().read(&token, now).is_some(),
            "a restart keeps the key"
        );

        let rsa_body = token.split('.').nth(1).unwrap();
        let plain =
            |head: serde_json::Value| format!("{}.{rsa_body}.{}", part(&head), token.split('.').nth(2).unwrap());
        let public = serde_json::to_vec(&key.public).unwrap();
        let mut hs = Header::new(Algorithm::HS256);
        (hs.typ, hs.kid) = (Some(KIND.into()), Some(key.kid.clone()));
        let kid = serde_json::json!(key.kid);
        let refused = [
            (
                "no algorithm",
                format!("{}.{rsa_body}.", part(&serde_json::json!({ "alg": "none", "typ": KIND, "kid": kid }))),
            ),
            (
                "HS256 with the public key",
                jsonwebtoken::encode(&hs, &good, &EncodingKey::from_secret(&public)).unwrap(),
            ),
            ("RS512", sealed(Header { alg: Algorithm::RS512, ..head() }, &good)),
            (
                "a key of its own",
                plain(serde_json::json!({ "alg": "RS256", "typ": KIND, "kid": kid, "jwk": key.public })),
            ),
            (
                "an address of a key",
                plain(serde_json::json!({ "alg": "RS256", "typ": KIND, "kid": kid, "jku": "https://example.com" })),
            ),
            (
                "x5u",
                plain(serde_json::json!({ "alg": "RS256", "typ": KIND, "kid": kid, "x5u": "https://example.com" })),
            ),
            ("an unknown kid", sealed(Header { kid: Some("x".into()), ..head() }, &good)),
            ("no kid", sealed(Header { kid: None, ..head() }, &good)),
            ("another kind", sealed(Header { typ: Some("JWT".into()), ..head() }, &good)),
            ("another issuer", with("iss", "someone".into())),
            ("another audience", with("aud", "elsewhere".into())),
            ("several audiences", with("aud", serde_json::json!([AUDIENCE, "elsewhere"]))),
            ("a time in quotes", with("exp", "1900000000".into())),
            ("over", with("exp", now.as_second().into())),
            ("from the future", with("iat", (now.as_second() + 3600).into())),
            ("another's key", other.sign(&serde_json::from_value(good.clone()).unwrap()).unwrap()),
            ("a changed body", {
                let mut changed = good.clone();
                changed["sub"] = serde_json::json!(Uuid::now_v7());
                let parts: Vec<&str> = token.split('.').collect();
                format!("{}.{}.{}", parts[0], part(&changed), parts[2])
            }),
            ("nothing", String::new()),
            ("dots", "..".into()),
        ];
        for (what, token) in refused {
            assert!(keys.read(&token, now).is_none(), "{what}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}

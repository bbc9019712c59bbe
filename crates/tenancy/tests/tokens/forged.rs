//! Tokens that somebody made up: each differs from a good one in one thing, and none is believed.
use super::{access_token, bearer, tokens};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use harness::{TestHouse, in_both_placements, start};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tenancy::token::{self, Keys};

/// The house's own key, as a thief of database and secret has it: so the forgeries are good but for the one thing.
async fn own_key(house: &TestHouse, kid: &str) -> (EncodingKey, String) {
    let all = token::list(&Keys::of(&house.house).unwrap()).await.unwrap();
    let sealed = STANDARD.decode(&all.iter().find(|key| key.kid == kid).unwrap().sealed).unwrap();
    let key = RandomizedNonceKey::new(&AES_256_GCM, &house.ground.secrets.derive("signing keys")).unwrap();
    let (nonce, inside) = sealed.split_at(NONCE_LEN);
    let mut inside = inside.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
    let pem = key.open_in_place(nonce, Aad::from(kid.as_bytes()), &mut inside).unwrap().to_vec();
    (EncodingKey::from_rsa_pem(&pem).unwrap(), String::from_utf8(pem).unwrap())
}

/// A key of the forger's own.
fn strange_key() -> EncodingKey {
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa::{KeyPair, KeySize},
    };
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()));
    EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
fn signed(message: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    format!("{message}.{}", jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap())
}
fn with(value: &Value, name: &str, new: Value) -> Value {
    let mut changed = value.clone();
    changed[name] = new;
    changed
}
fn without(value: &Value, name: &str) -> Value {
    let mut changed = value.clone();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

struct Forger {
    own: EncodingKey,
    strange: EncodingKey,
    /// What everybody may know of the own key.
    public: Value,
    head: Value,
    claims: Value,
    good: String,
    /// The company, another member of it, and a family of theirs.
    now: i64,
    other_tenant: String,
    other_sid: String,
}

impl Forger {
    fn by_own(&self, head: &Value, claims: &Value) -> String {
        signed(&format!("{}.{}", part(head), part(claims)), &self.own, Algorithm::RS256)
    }
    fn head(&self, name: &str, new: Value) -> String {
        self.by_own(&with(&self.head, name, new), &self.claims)
    }
    fn claim(&self, name: &str, new: Value) -> String {
        self.by_own(&self.head, &with(&self.claims, name, new))
    }
    fn as_algorithm(&self, name: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
        let message = format!("{}.{}", part(&with(&self.head, "alg", json!(name))), part(&self.claims));
        signed(&message, key, algorithm)
    }

    fn algorithms(&self) -> Vec<(String, String)> {
        let mut all = vec![];
        let signature = self.good.rsplit('.').next().unwrap();
        for name in ["none", "None", "NONE", "nOnE", ""] {
            let message = format!("{}.{}", part(&with(&self.head, "alg", json!(name))), part(&self.claims));
            all.push((format!("alg {name:?}, unsigned"), format!("{message}.")));
            all.push((format!("alg {name:?}, with a signature"), format!("{message}.{signature}")));
        }
        // The oldest trick: what is public taken for a shared secret, in each form it is found in.
        let modulus = URL_SAFE_NO_PAD.decode(self.public["n"].as_str().unwrap()).unwrap();
        let secrets = [
            ("the JWK", self.public.to_string().into_bytes()),
            ("the JWK set", json!({ "keys": [self.public] }).to_string().into_bytes()),
            ("the modulus", modulus),
            ("the modulus as text", self.public["n"].as_str().unwrap().as_bytes().to_vec()),
            ("the kid", self.head["kid"].as_str().unwrap().as_bytes().to_vec()),
            ("nothing", vec![]),
        ];
        for (what, secret) in secrets {
            let key = EncodingKey::from_secret(&secret);
            for (name, algorithm) in
                [("HS256", Algorithm::HS256), ("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)]
            {
                all.push((format!("{name} with {what}"), self.as_algorithm(name, &key, algorithm)));
            }
            // And said to be what it is not.
            all.push((format!("RS256 that is HS256 with {what}"), self.as_algorithm("RS256", &key, Algorithm::HS256)));
        }
        let others = [
            ("RS384", Algorithm::RS384),
            ("RS512", Algorithm::RS512),
            ("PS256", Algorithm::PS256),
            ("PS384", Algorithm::PS384),
            ("PS512", Algorithm::PS512),
        ];
        for (name, algorithm) in others {
            all.push((name.into(), self.as_algorithm(name, &self.own, algorithm)));
            all.push((format!("RS256 that is {name}"), self.as_algorithm("RS256", &self.own, algorithm)));
        }
        for name in ["rs256", "RS256 ", "ES256", "EdDSA", "RSA-OAEP", "dir"] {
            all.push((format!("alg {name:?}"), self.as_algorithm(name, &self.own, Algorithm::RS256)));
        }
        all
    }

    fn headers(&self) -> Vec<(String, String)> {
        let strange_jwk =
            serde_json::to_value(jsonwebtoken::jwk::Jwk::from_encoding_key(&self.strange, Algorithm::RS256).unwrap())
                .unwrap();
        let by_strange =
            |head: &Value| signed(&format!("{}.{}", part(head), part(&self.claims)), &self.strange, Algorithm::RS256);
        let mut all = vec![
            ("a strange key under our name".into(), by_strange(&self.head)),
            ("a strange key brought along".into(), by_strange(&with(&self.head, "jwk", strange_jwk.clone()))),
            (
                "a strange key brought along, no kid".into(),
                by_strange(&with(&without(&self.head, "kid"), "jwk", strange_jwk.clone())),
            ),
            ("our own key brought along".into(), self.head("jwk", self.public.clone())),
        ];
        let extra = [
            ("jwk", strange_jwk),
            ("jku", json!("https://evil.example/jwks.json")),
            ("x5u", json!("https://evil.example/cert.pem")),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("abc")),
            ("crit", json!(["exp"])),
            ("crit", json!(["unknown"])),
            ("crit", json!([])),
            ("b64", json!(false)),
            ("cty", json!("JWT")),
            ("zip", json!("DEF")),
            ("nonce", json!("x")),
        ];
        for (name, value) in extra {
            all.push((format!("{name}: {value}"), self.head(name, value.clone())));
            if name.starts_with('j') || name.starts_with('x') {
                all.push((format!("{name}: {value}, by a strange key"), by_strange(&with(&self.head, name, value))));
            }
        }
        let kid = self.head["kid"].as_str().unwrap();
        for other in [
            "",
            "x",
            "../../../../dev/null",
            "/proc/sys/kernel/randomize_va_space",
            "' or '1'='1",
            "x' union select 'k",
            "%",
            "\0",
        ] {
            all.push((format!("kid {other:?}"), self.head("kid", json!(other))));
        }
        for other in [
            json!(format!("{kid} ")),
            json!(kid.to_uppercase()),
            json!(null),
            json!(1),
            json!([kid]),
            json!({ "$ne": "" }),
        ] {
            all.push((format!("kid {other}"), self.head("kid", other)));
        }
        for other in [
            json!("JWT"),
            json!("jwt"),
            json!("AT+JWT"),
            json!("application/at+jwt"),
            json!("rt+jwt"),
            json!(""),
            json!(null),
            json!(1),
        ] {
            all.push((format!("typ {other}"), self.head("typ", other)));
        }
        for other in [json!(null), json!(256), json!(["RS256"])] {
            all.push((format!("alg {other}"), self.head("alg", other)));
        }
        for name in ["alg", "typ", "kid"] {
            all.push((format!("no {name}"), self.by_own(&without(&self.head, name), &self.claims)));
        }
        let twice = format!(r#"{{"alg":"none","alg":"RS256","typ":"at+jwt","kid":"{kid}"}}"#);
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(twice), part(&self.claims));
        all.push(("alg twice".into(), signed(&message, &self.own, Algorithm::RS256)));
        all
    }

    fn statements(&self) -> Vec<(String, String)> {
        let now = self.now;
        let nobody = json!(kernel::Uuid::now_v7());
        let wrong = [
            (
                "iss",
                vec![
                    json!("someone"),
                    json!("Tradewind"),
                    json!("https://tradewind"),
                    json!(["tradewind", "x"]),
                    json!(null),
                    json!(1),
                ],
            ),
            (
                "aud",
                vec![
                    json!("elsewhere"),
                    json!(["tradewind-api", "elsewhere"]),
                    json!(["tradewind-api"]),
                    json!([]),
                    json!(null),
                    json!(""),
                ],
            ),
            (
                "exp",
                vec![
                    json!((now + 900).to_string()),
                    json!(format!("{}", i64::MAX)),
                    json!(null),
                    json!(true),
                    json!(-1),
                    json!(0),
                    json!(now),
                    json!(now - 1),
                    json!(1e300),
                    json!([now + 900]),
                ],
            ),
            ("iat", vec![json!(now.to_string()), json!(now + 3600), json!(null), json!("yesterday")]),
            ("sub", vec![nobody.clone(), json!("owner"), json!(""), json!(1), json!(null)]),
            ("tid", vec![nobody.clone(), json!(self.other_tenant), json!(""), json!(null), json!("*")]),
            ("jti", vec![json!(null), json!(1), json!("")]),
            ("sid", vec![nobody, json!(self.other_sid), json!(null), json!("")]),
            ("roles", vec![json!("owner"), json!(null), json!({ "owner": true })]),
        ];
        let mut all = vec![];
        for (name, values) in wrong {
            all.push((format!("no {name}"), self.by_own(&self.head, &without(&self.claims, name))));
            all.extend(values.into_iter().map(|value| (format!("{name}: {value}"), self.claim(name, value))));
        }
        for body in ["", "null", "[]", "\"text\"", "{", "{}{}"] {
            let message = format!("{}.{}", part(&self.head), URL_SAFE_NO_PAD.encode(body));
            all.push((format!("the body is {body:?}"), signed(&message, &self.own, Algorithm::RS256)));
        }
        all
    }

    fn shapes(&self) -> Vec<(String, String)> {
        let parts: Vec<&str> = self.good.split('.').collect();
        let (head, body, signature) = (parts[0], parts[1], parts[2]);
        let raw = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let flipped = |at: usize| {
            let mut bytes = raw.clone();
            bytes[at] ^= 1;
            URL_SAFE_NO_PAD.encode(bytes)
        };
        let grown = part(&with(&self.claims, "roles", json!(["owner", "admin"])));
        let zeros = URL_SAFE_NO_PAD.encode(vec![0_u8; 256]);
        let ones = URL_SAFE_NO_PAD.encode([vec![0_u8; 255], vec![1]].concat());
        let all = [
            ("nothing", String::new()),
            ("dots", "..".into()),
            ("no signature", format!("{head}.{body}.")),
            ("no third part", format!("{head}.{body}")),
            ("a fourth part", format!("{}.x", self.good)),
            ("five parts, as if encrypted", format!("{head}.{body}.{signature}.{body}.{signature}")),
            ("an empty first part", format!(".{}", self.good)),
            ("an empty body", format!("{head}..{signature}")),
            ("another body under the same signature", format!("{head}.{grown}.{signature}")),
            ("the first bit of the signature", format!("{head}.{body}.{}", flipped(0))),
            ("the last bit of the signature", format!("{head}.{body}.{}", flipped(raw.len() - 1))),
            ("a short signature", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(&raw[..255]))),
            ("a long signature", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([raw.as_slice(), &[0]].concat()))),
            ("a signature of zeros", format!("{head}.{body}.{zeros}")),
            ("a signature of one", format!("{head}.{body}.{ones}")),
            ("padding", format!("{head}.{body}.{}", URL_SAFE.encode(&raw))),
            ("the wrong alphabet", format!("{head}.{body}.{}+/", &signature[..signature.len() - 2])),
            ("parts exchanged", format!("{body}.{head}.{signature}")),
            ("in capitals", self.good.to_uppercase()),
            ("a space behind the first part", self.good.replacen('.', " .", 1)),
            ("a header that is no JSON", format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode("alg=RS256"))),
            ("a header that is a list", format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode("[\"RS256\"]"))),
            ("as JSON", json!({ "protected": head, "payload": body, "signature": signature }).to_string()),
            ("very long", format!("{head}.{}.{signature}", "A".repeat(7000))),
            ("too long", "A".repeat(9000)),
        ];
        all.map(|(what, token)| (what.to_owned(), token)).to_vec()
    }
}

#[tokio::test]
async fn no_forged_token_is_believed() {
    let house = start(vec![]).await;
    let strange = strange_key();
    in_both_placements(&house, async |acme| {
        let neighbour = house.company("pooled").await;
        let good = access_token(&tokens(&acme).await);
        let viewer = acme.person("viewer").await;
        let read = |token: &str, at: usize| -> Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
        };
        let (head, claims) = (read(&good, 0), read(&good, 1));
        let said: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(said.len(), 9, "sub, tid, roles, iat, exp, iss, aud, jti, sid: {said:?}");
        assert_eq!((&head["alg"], &head["typ"]), (&json!("RS256"), &json!("at+jwt")));
        let kid = head["kid"].as_str().unwrap();
        let jwks = house.outside().get("/.well-known/jwks.json").await;
        let public = jwks.body["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap().clone();
        let (own, pem) = own_key(&house, kid).await;
        assert!(pem.contains("PRIVATE KEY") && !good.contains(kid));
        let (_, of_viewer) = viewer.credential.clone().unwrap();
        let forger = Forger {
            own,
            strange: strange.clone(),
            public,
            now: claims["iat"].as_i64().unwrap(),
            other_tenant: neighbour.id.to_string(),
            other_sid: read(of_viewer.strip_prefix("Bearer ").unwrap(), 1)["sid"].as_str().unwrap().to_owned(),
            head: head.clone(),
            claims: claims.clone(),
            good: good.clone(),
        };

        let status = async |token: &str| bearer(acme.visitor(), token).get("/api/v1/members").await.status;
        // The controls: the real one, one that the forger makes without a fault, and a viewer's that calls itself the owner's.
        assert_eq!(status(&good).await, 200);
        assert_eq!(status(&forger.by_own(&head, &claims)).await, 200);
        let viewer_token = read(of_viewer.strip_prefix("Bearer ").unwrap(), 1);
        let boasting = forger.by_own(&head, &with(&viewer_token, "roles", json!(["owner"])));
        let boasting = bearer(acme.visitor(), &boasting);
        assert_eq!(boasting.get("/api/v1/members").await.status, 200);
        assert_eq!(boasting.get("/api/v1/api-keys").await.status, 403, "rights come from the rows, not from the token");

        let all = [forger.algorithms(), forger.headers(), forger.statements(), forger.shapes()].concat();
        assert!(all.len() >= 150, "only {} forgeries", all.len());
        for (what, token) in &all {
            let answer = bearer(acme.visitor(), token).get("/api/v1/members").await;
            assert!(matches!(answer.status, 401 | 403), "{what}: {} {}", answer.status, answer.text);
            // Where no address names the company, the token must not either.
            let outside = bearer(house.outside(), token).get("/api/v1/members").await;
            assert!(outside.status == 401 || what.starts_with("tid"), "{what}: {} {}", outside.status, outside.text);
            assert!(!outside.text.contains("@"), "{what} shows somebody: {}", outside.text);
        }
        assert_eq!(status(&good).await, 200, "and the good one is as good as before");
        println!("{} forged tokens refused in {}", all.len(), acme.placement);
    })
    .await;
}

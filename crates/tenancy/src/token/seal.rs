//! Seals a signing key for its way into the database: who reads the table, or a backup of it, cannot sign.
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Error, Result};

/// One key for this one purpose, from the installation's secret.
pub struct Seal([u8; 32]);

impl Seal {
    pub fn of(secrets: &walls::Secrets) -> Self {
        Self(secrets.derive("signing keys"))
    }

    fn key(&self) -> Result<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0).map_err(|_| Error::Bug("AES-256-GCM takes no key".into()))
    }

    /// `name` is bound in: a sealed key put under another name does not open.
    pub fn close(&self, name: &str, text: &str) -> Result<String> {
        let mut inside = text.as_bytes().to_vec();
        let nonce = self
            .key()?
            .seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut inside)
            .map_err(|_| Error::Bug("a signing key could not be sealed".into()))?;
        Ok(STANDARD.encode([nonce.as_ref().as_slice(), &inside].concat()))
    }

    /// Nothing when it was sealed under another secret, for another name, or changed since.
    pub fn open(&self, name: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, inside) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut inside = inside.to_vec();
        let text = self.key().ok()?.open_in_place(nonce, Aad::from(name.as_bytes()), &mut inside).ok()?;
        Some(text.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_secret_and_name_open_it() {
        let seal = |digit: &str| Seal::of(&walls::Secrets::from_hex(&digit.repeat(64)).unwrap());
        let closed = seal("1").close("a", "the key").unwrap();
        assert_eq!(seal("1").open("a", &closed).unwrap(), b"the key");
        assert_ne!(closed, seal("1").close("a", "the key").unwrap(), "a nonce of its own each time");
        assert!(seal("2").open("a", &closed).is_none(), "another secret");
        assert!(seal("1").open("b", &closed).is_none(), "another name");
        let mut bytes = STANDARD.decode(&closed).unwrap();
        for i in 0..bytes.len() {
            bytes[i] ^= 1;
            assert!(seal("1").open("a", &STANDARD.encode(&bytes)).is_none(), "byte {i} changed");
            bytes[i] ^= 1;
        }
        for bad in ["", "AAAA", "not base64!"] {
            assert!(seal("1").open("a", bad).is_none());
        }
    }
}

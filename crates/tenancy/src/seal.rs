//! Secrets that must be read again are kept sealed: with a key of this installation, for one row alone.
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Error, House, Result};
use std::sync::Arc;
use uuid::Uuid;

use crate::company::Keyring;

pub struct Seal(RandomizedNonceKey);

impl Seal {
    /// That of this house, made once of the installation's secret.
    pub fn of(house: &House) -> Result<Arc<Self>> {
        if house.kept::<Self>().is_none() {
            house.keep(Self::with(&derived(house, "seal of second factors")?)?);
        }
        house.kept::<Self>().ok_or_else(|| Error::Bug("the seal went missing".into()))
    }

    fn with(key: &[u8; 32]) -> Result<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Self).map_err(|_| Error::Bug("the seal has no key".into()))
    }

    /// `whose` is sealed in: what was taken from one row opens in no other.
    pub fn close(&self, whose: (Uuid, Uuid), secret: &[u8]) -> Result<String> {
        let mut text = secret.to_vec();
        let nonce = self.0.seal_in_place_append_tag(aad(whose), &mut text);
        let nonce = nonce.map_err(|_| Error::Bug("a secret could not be sealed".into()))?;
        Ok(STANDARD.encode([&nonce.as_ref()[..], &text].concat()))
    }

    pub fn open(&self, whose: (Uuid, Uuid), sealed: &str) -> Result<Vec<u8>> {
        let broken = || Error::Bug("a sealed secret does not open: was the installation's secret replaced?".into());
        let bytes = STANDARD.decode(sealed).map_err(|_| broken())?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut text = text.to_vec();
        let opened = self.0.open_in_place(nonce, aad(whose), &mut text).map_err(|_| broken())?;
        Ok(opened.to_vec())
    }
}

/// A key of this installation for one purpose alone.
pub fn derived(house: &House, purpose: &str) -> Result<[u8; 32]> {
    let secrets = match house.kept::<Keyring>() {
        Some(keyring) => keyring.secrets.clone(),
        None => walls::Secrets::load_or_create(house.data_dir()).map_err(|e| Error::Bug(e.to_string()))?,
    };
    Ok(secrets.derive(purpose))
}

fn aad((tenant, member): (Uuid, Uuid)) -> Aad<[u8; 32]> {
    let mut both = [0; 32];
    both[..16].copy_from_slice(tenant.as_bytes());
    both[16..].copy_from_slice(member.as_bytes());
    Aad::from(both)
}

#[test]
fn what_is_sealed_opens_for_its_owner_alone() {
    let seal = Seal::with(&[7; 32]).unwrap();
    let (tenant, ana, bo) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let sealed = seal.close((tenant, ana), b"twenty bytes of chance").unwrap();
    assert_ne!(sealed, seal.close((tenant, ana), b"twenty bytes of chance").unwrap(), "never the same twice");
    assert_eq!(seal.open((tenant, ana), &sealed).unwrap(), b"twenty bytes of chance");
    assert!(seal.open((tenant, bo), &sealed).is_err());
    assert!(seal.open((bo, ana), &sealed).is_err());
    assert!(Seal::with(&[8; 32]).unwrap().open((tenant, ana), &sealed).is_err());
    for bad in ["", "AAAA", "not base64!"] {
        assert!(seal.open((tenant, ana), bad).is_err(), "{bad}");
    }
}

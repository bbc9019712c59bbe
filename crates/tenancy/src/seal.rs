//! Secrets that must be read again are kept sealed: with a key of this installation, for one row alone.
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    constant_time::verify_slices_are_equal,
    hmac,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Error, House, Result, Scope, secret::hex};
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

/// 160 bits are enough against guessing, and keep an address short.
const TAG: usize = 20;

/// What seals a link, so that nobody finds another's by guessing and nothing of it has to be kept: in hex, of what it names and of
/// the company, for one purpose alone.
pub fn tag(scope: &Scope, purpose: &str, named: &[u8]) -> Result<String> {
    Ok(tag_by(&derived(scope.house(), purpose)?, scope.tenant().id, named))
}

/// Whether it is; anything else is not found.
pub fn must_be_tag(scope: &Scope, purpose: &str, named: &[u8], given: &str) -> Result<()> {
    let tag = tag(scope, purpose, named)?;
    verify_slices_are_equal(given.as_bytes(), tag.as_bytes()).map_err(|_| Error::NotFound)
}

fn tag_by(key: &[u8; 32], tenant: Uuid, named: &[u8]) -> String {
    let sealed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &[tenant.as_bytes(), named].concat());
    hex(&sealed.as_ref()[..TAG])
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

/// Links that are with customers already open what they opened: reckoned here once, and elsewhere by another program.
#[test]
fn a_link_is_sealed_as_ever() {
    let id = |last: u128| Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0000_0000 + last);
    let (key, tenant) = ([7; 32], id(1));
    let estimate = format!("{}0003", id(2).simple());
    assert_eq!(tag_by(&key, tenant, estimate.as_bytes()), "8266a1d26ce72f8f8c6b3931207f2beb6eace0cb");
    assert_eq!(tag_by(&key, tenant, id(2).as_bytes()), "e5938dba2b27b83580013c11e73ebf17bbafe7cc");
    assert_ne!(tag_by(&key, id(3), id(2).as_bytes()), tag_by(&key, tenant, id(2).as_bytes()));
}

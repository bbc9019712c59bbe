//! One secret per installation; the passwords of all login roles follow from it and are stored nowhere.

use crate::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::{fs, io, path::Path};

#[derive(Clone)]
pub struct Secrets([u8; 32]);

impl Secrets {
    /// Reads `<data_dir>/secret`, or makes it, readable for its owner alone. Nodes that share a PostgreSQL share this file.
    pub fn load_or_create(data_dir: &Path) -> Result<Secrets> {
        let path = data_dir.join("secret");
        let at = |source| Error::Secret { path: path.clone(), source };
        loop {
            match fs::read_to_string(&path) {
                Ok(text) => return Secrets::from_hex(text.trim()).ok_or(Error::SecretShape { path }),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(at(e)),
            }
            fs::create_dir_all(data_dir).map_err(at)?;
            // Written whole under another name, then linked: of two first starts one wins and both read the same.
            let draft = data_dir.join(format!("secret.{}.{:08x}", std::process::id(), rand::random::<u32>()));
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(at)?;
            let written = file.write_all(hex(&rand::random::<[u8; 32]>()).as_bytes()).and_then(|()| file.sync_all());
            let linked = written.and_then(|()| match fs::hard_link(&draft, &path) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            });
            let _ = fs::remove_file(&draft);
            linked.map_err(at)?;
        }
    }

    /// From 64 hexadecimal digits, where the secret comes from somewhere else than a file.
    pub fn from_hex(digits: &str) -> Option<Secrets> {
        let mut secret = [0; 32];
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        for (i, byte) in secret.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).ok()?;
        }
        Some(Secrets(secret))
    }

    /// The password of a login role.
    pub fn password(&self, role: &str) -> String {
        hex(&self.derive(role))
    }

    /// A key of its own for each purpose: who learns one learns no other.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0); // HMAC fills its key up with zeros to a block.
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_belongs_to_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("walls-secret-{}", std::process::id()));
        let made: Vec<_> = (0..8)
            .map(|_| {
                std::thread::spawn({
                    let folder = folder.clone();
                    move || Secrets::load_or_create(&folder).unwrap().password("tw_app")
                })
            })
            .collect();
        let mut passwords: Vec<_> = made.into_iter().map(|made| made.join().unwrap()).collect();
        passwords.dedup();
        assert_eq!(passwords.len(), 1, "eight first starts at once agree");
        assert_eq!(fs::metadata(folder.join("secret")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no draft is left");
        fs::write(folder.join("secret"), "short").unwrap();
        assert!(matches!(Secrets::load_or_create(&folder), Err(Error::SecretShape { .. })));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_password_is_the_hmac_of_the_name() {
        // RFC 4231 wants other key lengths; this value is from `openssl dgst -sha256 -mac hmac -macopt hexkey:00…00`.
        let secrets = Secrets::from_hex(&"0".repeat(64)).unwrap();
        assert_eq!(secrets.password("tw_app"), "8eb561d063a07b45e26e0f2228d5b247b56e8cf7ecc087d05fdc94190ee8e851");
        assert_ne!(secrets.password("tw_app"), secrets.password("tw_job"));
        assert_eq!(format!("{secrets:?}"), "Secrets(…)");
    }
}

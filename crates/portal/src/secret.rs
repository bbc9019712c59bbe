//! Secrets of links and cookies: drawn, written in 64 letters, and kept as hashes alone.
use sha2::{Digest, Sha256};

pub const LETTERS: usize = 64;

pub fn draw() -> String {
    let bytes: [u8; 32] = rand::random();
    written(&bytes)
}

/// It has 256 bits of its own, so a plain hash is enough and one look-up finds it.
pub fn hash(secret: &str) -> String {
    written(&Sha256::digest(secret.as_bytes()))
}

fn written(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

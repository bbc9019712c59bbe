//! Bytes in letters, what stands for bytes, and secrets of links: drawn, written in 64 letters, and kept as hashes alone.
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Of a secret that is drawn here.
pub const LETTERS: usize = 64;

/// 256 bits of chance, as text for an address.
pub fn draw() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// SHA-256. A secret with 256 bits of its own needs no slower one, and one look-up finds it.
pub fn hash(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

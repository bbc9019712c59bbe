//! Secrets that are shown once and kept as hashes: how they are drawn, written and compared.
use rand::RngExt as _;
use uuid::Uuid;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 43 letters and digits: 256 bits.
pub fn draw() -> String {
    let mut chance = rand::rng();
    (0..43).map(|_| char::from(DIGITS[chance.random_range(0..62)])).collect()
}

pub use kernel::secret::hash;

/// An id in 22 letters and digits.
pub fn short(id: Uuid) -> String {
    let mut rest = id.as_u128();
    let mut out = [b'0'; 22];
    for place in out.iter_mut().rev() {
        *place = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    out.iter().map(|b| char::from(*b)).collect()
}

pub fn long(text: &str) -> Option<Uuid> {
    if text.len() != 22 {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|d| *d == byte)? as u128;
        value = value.checked_mul(62)?.checked_add(digit)?;
    }
    Some(Uuid::from_u128(value))
}

#[test]
fn an_id_survives_being_written_short() {
    for id in [Uuid::nil(), Uuid::max(), Uuid::now_v7()] {
        assert_eq!(long(&short(id)), Some(id));
    }
    for bad in ["", "zzzzzzzzzzzzzzzzzzzzzz", "000000000000000000000", "00000000000000000000-0"] {
        assert_eq!(long(bad), None, "{bad}");
    }
}

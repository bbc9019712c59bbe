//! Passwords: Argon2id, two at a time and off the threads that serve, at the same cost whether the account exists or not.
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use kernel::{Checks, Error, Result};
use std::sync::LazyLock;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// 19 MB each: a crowd at the door waits here instead of taking the machine's memory and all its cores.
static DOOR: Semaphore = Semaphore::const_new(2);

fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).map_err(|e| Error::Bug(format!("Argon2 parameters: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

pub async fn hash(password: String) -> Result<String> {
    let _place = DOOR.acquire().await.map_err(|_| Error::Busy)?;
    spawn_blocking(move || seal(&password)).await.map_err(|e| Error::Bug(e.to_string()))?
}

fn seal(password: &str) -> Result<String> {
    let hash: PasswordHash = argon()?.hash_password(password.as_bytes()).map_err(|e| Error::Bug(e.to_string()))?;
    Ok(hash.to_string())
}

/// Compared with when there is no account or no password yet, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| seal("nobody has this password").unwrap_or_default());

/// Whether the password is the one behind `kept`. Without `kept` it is not, at the same cost.
pub async fn matches(password: String, kept: Option<String>) -> Result<bool> {
    let _place = DOOR.acquire().await.map_err(|_| Error::Busy)?;
    let compare = move || {
        let real = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODY.clone());
        let parsed = PasswordHash::new(&kept).map_err(|e| Error::Bug(format!("a kept password is unreadable: {e}")))?;
        Ok(argon()?.verify_password(password.as_bytes(), &parsed).is_ok() && real)
    };
    spawn_blocking(compare).await.map_err(|e| Error::Bug(e.to_string()))?
}

/// Long rather than odd: ten characters at least, none of the few that everybody tries first.
pub fn check(checks: &mut Checks, field: &str, password: &str) {
    let length = password.chars().count();
    checks.that(length >= 10, field, "too_short", "Take at least 10 characters; a few words in a row are fine.");
    checks.that(length <= 200, field, "too_long", "At most 200 characters.");
    let plain = password.to_lowercase();
    let same = plain.chars().all(|c| plain.starts_with(c));
    let common = ["password", "1234567890", "qwertyuiop", "tradewind", "letmein"]
        .iter()
        .any(|c| plain.trim_end_matches(|x: char| x.is_ascii_digit() || x == '!') == *c || plain == *c);
    checks.that(
        !same && !common,
        field,
        "common",
        "This one is guessed within seconds. Take a few words that only you would put together.",
    );
}

#[tokio::test]
async fn only_the_right_password_opens_and_nobody_has_none() {
    let kept = hash("correct horse battery".into()).await.unwrap();
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    assert!(matches("correct horse battery".into(), Some(kept.clone())).await.unwrap());
    assert!(!matches("correct horse".into(), Some(kept)).await.unwrap());
    assert!(!matches("nobody has this password".into(), None).await.unwrap());
}

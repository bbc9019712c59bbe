//! New keys for old ones, on schedule or by command, without ending what the old ones signed.
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, House, Result, row, sql};
use std::time::Duration;
use tokio::sync::watch;

use super::{Keys, claims::LIFE, ring};

/// A key signs no longer than this, then the next one does.
pub const AGE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// So long a new key is shown before it signs: twice as long as others may keep the list of keys.
pub const SHOWN_BEFORE: SignedDuration = SignedDuration::from_mins(10);
/// So long where tokens are verified by this house alone: by then each of its processes has looked.
const SOON: SignedDuration = SignedDuration::from_secs(5);
/// Clocks of two machines may be so far apart.
const APART: SignedDuration = SignedDuration::from_secs(60);
/// What is over is still listed for a month.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often a worker looks whether it is time.
const LOOK: Duration = Duration::from_secs(3600);

row! {
    #[derive(Debug, Clone)]
    pub struct Stored {
        pub number: i32,
        pub kid: String,
        pub sealed: String,
        pub created_at: Timestamp,
        pub signs_from: Timestamp,
        pub verifies_until: Option<Timestamp>,
    }
}

sql! {
    #![control]
    pub(super) fn all() -> Vec<Stored> = "
        select number, kid, sealed, created_at, signs_from, verifies_until from ctl.signing_key order by number";
    fn keep(number: i32, kid: String, sealed: String, at: Timestamp, signs_from: Timestamp) -> u64 = "
        insert into ctl.signing_key (number, kid, sealed, created_at, signs_from) values ($1, $2, $3, $4, $5)
        on conflict (number) do nothing";
    fn bound(number: i32, until: Timestamp) -> u64 = "
        update ctl.signing_key set verifies_until = $2 where number < $1 and verifies_until is null";
    fn end(kid: String, at: Timestamp) -> u64 = "
        update ctl.signing_key set verifies_until = $2 where kid = $1 and (verifies_until is null or verifies_until > $2)";
    fn clear(over_before: Timestamp) -> u64 = "delete from ctl.signing_key where verifies_until < $1";
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

/// The keys there are, the oldest first.
pub async fn list(keys: &Keys) -> Result<Vec<Stored>> {
    keys.desk().run(all()).await
}

/// Whether it was sealed by this installation's secret.
pub fn opens(keys: &Keys, key: &Stored) -> bool {
    keys.seal().open(&key.kid, &key.sealed).is_some()
}

/// The next key. It signs in ten minutes, or in five seconds where tokens are verified by this house alone. None when another
/// process was faster: then there is a new key too.
pub async fn rotate(keys: &Keys, now: Timestamp, soon: bool) -> Result<Option<Stored>> {
    make(keys, now, later(now, if soon { SOON } else { SHOWN_BEFORE })).await
}

/// Ends a key that somebody else may know: what it signed is refused within five seconds, and another signs.
pub async fn withdraw(keys: &Keys, kid: &str, now: Timestamp) -> Result<()> {
    let all = list(keys).await?;
    let Some(ended) = all.iter().find(|key| key.kid == kid) else {
        return Err(Error::refused("There is no key of that name; `tradewind keys list` shows all."));
    };
    // Those that have a successor are bound to end; only one without bounds can go on signing.
    let another =
        all.iter().any(|key| key.number != ended.number && key.verifies_until.is_none() && key.signs_from <= now);
    if !another {
        make(keys, now, now).await?;
    }
    keys.desk().run(end(kid.to_owned(), now)).await?;
    keys.forget();
    Ok(())
}

pub(super) async fn make(keys: &Keys, now: Timestamp, signs_from: Timestamp) -> Result<Option<Stored>> {
    let number = list(keys).await?.last().map_or(1, |newest| newest.number + 1);
    let pem = tokio::task::spawn_blocking(draw).await.map_err(|e| Error::Bug(e.to_string()))??;
    let kid = ring::kid(&pem)?;
    let sealed = keys.seal().close(&kid, &pem)?;
    let until = later(signs_from, LIFE + APART);
    let kept = keys
        .desk()
        .with(async |tx| {
            let kept = tx.run(keep(number, kid.clone(), sealed.clone(), now, signs_from)).await? == 1;
            if kept {
                tx.run(bound(number, until)).await?;
            }
            Ok(kept)
        })
        .await?;
    keys.forget();
    Ok(kept.then_some(Stored { number, kid, sealed, created_at: now, signs_from, verifies_until: None }))
}

/// RSA of 2048 bits, as PKCS 8 in PEM.
fn draw() -> Result<String> {
    let bug = |what: &str| Error::Bug(format!("making a signing key: {what}"));
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| bug("no randomness"))?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| bug("it does not encode"))?;
    let body = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}

/// Rotates when the newest key is old, and clears away what has been over for long. True when there is a new one.
pub async fn when_due(house: &House) -> Result<bool> {
    let (keys, now) = (Keys::of(house)?, house.clock().now());
    let newest = list(&keys).await?.last().map(|key| key.signs_from);
    let due = newest.is_some_and(|from| now.duration_since(from) >= AGE);
    let rotated = due && rotate(&keys, now, false).await?.is_some();
    keys.desk().run(clear(now.saturating_sub(KEPT).unwrap_or(now))).await?;
    Ok(rotated)
}

/// The schedule: all workers look, and of those that rotate at once one does.
pub fn duty(house: House, mut stopped: watch::Receiver<bool>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        loop {
            match when_due(&house).await {
                Ok(true) => tracing::info!(
                    "a new key signs access tokens in ten minutes; the old one verifies until its tokens are over"
                ),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "whether the signing key is due could not be found out"),
            }
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    })
}

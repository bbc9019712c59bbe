//! How a delivery ended: sent, to be tried again, held, or failed with a sentence; written down where the version is still ours.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, sql};

use super::{
    EmailFailed, EmailHeld, EmailId, EmailSent, State,
    deliver::{Deliver, HANDING, Mail},
};
use crate::{block, post::Said};

sql! {
    fn settle(id: EmailId, seen: i64, state: State, attempts: i32, problem: String, answer: String, next_try_at: Option<Timestamp>, sent_at: Option<Timestamp>, at: Timestamp) -> u64 = "
        update email set state = $4, attempts = $5, problem = $6, answer = $7, next_try_at = $8, sent_at = $9, version = version + 1, updated_at = $10
        where tenant_id = $1 and id = $2 and version = $3";
    fn forget(id: EmailId) -> u64 = "
        update email set parts = '[]' where tenant_id = $1 and id = $2 and confidential";
}

/// From the first failure to the last try sixteen hours pass: greylisting takes minutes, a relay's bad night hours.
const PAUSES: [i64; 8] = [1, 5, 15, 30, 60, 120, 240, 480];

pub(super) async fn sent(scope: &Scope, id: EmailId, mail: &Mail, answer: String) -> Result<()> {
    let told = EmailSent { email: id, about_kind: mail.about_kind.clone(), about: mail.about_id };
    let now = scope.now();
    scope
        .retrying(async |tx: &mut TenantTx| {
            let row = settle(
                id,
                mail.version + 1,
                State::Sent,
                mail.attempts + 1,
                String::new(),
                answer.clone(),
                None,
                Some(now),
                now,
            );
            if tx.run((row, forget(id))).await?.0 == 1 {
                tx.tell(&told);
            }
            Ok(())
        })
        .await
}

pub(super) async fn failed(
    scope: &Scope,
    id: EmailId,
    mail: &Mail,
    attempts: i32,
    version: i64,
    said: Said,
) -> Result<()> {
    let now = scope.now();
    let pause = usize::try_from(attempts - 1).ok().and_then(|n| PAUSES.get(n));
    let (state, problem, again, gone) = match (said, pause) {
        (Said::Later(says), Some(minutes)) => {
            (State::Queued, says, Some(later(now, SignedDuration::from_mins(*minutes), id)), false)
        }
        (Said::Later(says), None) => {
            (State::Failed, format!("{says} It was tried {attempts} times in sixteen hours."), None, false)
        }
        (Said::Never { sentence, no_such_address }, _) => (State::Failed, sentence, None, no_such_address),
        (Said::Unsure(says), _) => (State::Failed, says, None, false),
    };
    scope
        .retrying(async |tx: &mut TenantTx| {
            let row = settle(id, version, state, attempts, problem.clone(), String::new(), again, None, now);
            if tx.run(row).await? != 1 {
                return Ok(());
            }
            if let Some(at) = again {
                tx.enqueue_at(&Deliver { email: id }, at);
            } else {
                tx.run(forget(id)).await?;
                tx.tell(&EmailFailed { email: id, about_kind: mail.about_kind.clone(), about: mail.about_id });
            }
            if gone {
                block::bounced(tx, &mail.to_key, &problem).await?;
            }
            Ok(())
        })
        .await
}

/// Ended, or put off, before a server was spoken to.
pub(super) async fn end(
    scope: &Scope,
    id: EmailId,
    mail: &Mail,
    state: State,
    problem: String,
    again: Option<Timestamp>,
) -> Result<()> {
    let now = scope.now();
    scope
        .retrying(async |tx: &mut TenantTx| {
            let row = settle(id, mail.version, state, mail.attempts, problem.clone(), String::new(), again, None, now);
            if tx.run(row).await? != 1 {
                return Ok(());
            }
            match (state, again) {
                (_, Some(at)) => tx.enqueue_at(&Deliver { email: id }, at),
                (State::Failed, _) => {
                    tx.tell(&EmailFailed { email: id, about_kind: mail.about_kind.clone(), about: mail.about_id })
                }
                _ => tx.tell(&EmailHeld { email: id, about_kind: mail.about_kind.clone(), about: mail.about_id }),
            }
            Ok(())
        })
        .await
}

/// A worker may still be at it; if not, it died in the window.
pub(super) async fn left_behind(scope: &Scope, id: EmailId, mail: &Mail) -> Result<()> {
    let over = mail.handed_at.unwrap_or(scope.now()).saturating_add(HANDING).unwrap_or(Timestamp::MAX);
    if over > scope.now() {
        return scope
            .write_with(async |tx: &mut TenantTx| {
                tx.enqueue_at(&Deliver { email: id }, over);
                Ok(())
            })
            .await;
    }
    let says = "Tradewind was interrupted while the mail was being handed over, so it may have arrived or not. \
                Ask before sending it again.";
    failed(scope, id, mail, mail.attempts, mail.version, Said::Unsure(says.into())).await
}

/// A little later for each mail by itself, so that what failed together does not come back together.
pub(super) fn later(now: Timestamp, pause: SignedDuration, id: EmailId) -> Timestamp {
    let spread = i64::from(id.0.as_u128() as u16) * pause.as_secs() / (5 * i64::from(u16::MAX));
    now.saturating_add(pause + SignedDuration::from_secs(spread)).unwrap_or(Timestamp::MAX)
}

//! Handing one mail to the mail server.
//!
//! At most once, as far as SMTP permits. The row says `sending` before the first byte of the mail leaves and `sent` after
//! the server took it. Who dies in between leaves `sending` behind, and nobody knows whether the mail arrived: then the
//! row fails with a sentence that says so, for a person to decide, and is not sent again by itself. The window is the
//! handing over alone: connecting, logging in and naming the recipient come before it and may be repeated.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, job::Job, row, sql};
use serde::{Deserialize, Serialize};

use super::{EmailFailed, EmailHeld, EmailId, EmailSent, Purpose, State};
use crate::{
    Address,
    block::{self, unsubscribe},
    letter::{Letterhead, Part, first_link, line},
    post::{Kept, Post, Said, Way, message},
    setting::{self, Setting},
};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Deliver {
    pub email: EmailId,
}

row! {
    struct Mail {
        to_address: String,
        to_key: String,
        to_name: String,
        subject: String,
        purpose: Purpose,
        about_kind: String,
        about_id: Option<kernel::Uuid>,
        confidential: bool,
        parts: serde_json::Value,
        state: State,
        attempts: i32,
        next_try_at: Option<Timestamp>,
        handed_at: Option<Timestamp>,
        version: i64,
    }
}
row! { struct File { name: String, media_type: String, bytes: Vec<u8> } }

sql! {
    fn mail(id: EmailId) -> Option<Mail> = "
        select to_address, to_key, to_name, subject, purpose, about_kind, about_id, confidential, parts, state, attempts, next_try_at, handed_at, version
        from email where tenant_id = $1 and id = $2";
    fn files(id: EmailId) -> Vec<File> = "
        select name, media_type, bytes from email_attachment where tenant_id = $1 and email_id = $2 order by id";
    fn handed_since(since: Timestamp, most: i64) -> i64 = "
        select count(*) from (select from email where tenant_id = $1 and handed_at > $2 limit $3) as handed";
    // Whoever is second finds another version, and lets go.
    fn claim(id: EmailId, seen: i64, text: Option<String>, html: Option<String>, at: Timestamp) -> u64 = "
        update email set state = 'sending', text = $4, html = $5, handed_at = $6, attempts = attempts + 1, problem = '',
          next_try_at = null, version = version + 1, updated_at = $6
        where tenant_id = $1 and id = $2 and version = $3 and state in ('queued', 'held')";
    fn settle(id: EmailId, seen: i64, state: State, attempts: i32, problem: String, answer: String, next_try_at: Option<Timestamp>, sent_at: Option<Timestamp>, at: Timestamp) -> u64 = "
        update email set state = $4, attempts = $5, problem = $6, answer = $7, next_try_at = $8, sent_at = $9, version = version + 1, updated_at = $10
        where tenant_id = $1 and id = $2 and version = $3";
    fn forget(id: EmailId) -> u64 = "
        update email set parts = '[]' where tenant_id = $1 and id = $2 and confidential";
}

/// From the first failure to the last try sixteen hours pass: greylisting takes minutes, a relay's bad night hours.
const PAUSES: [i64; 8] = [1, 5, 15, 30, 60, 120, 240, 480];
/// Longer than any server may take to answer; whoever still says `sending` then is gone.
pub(super) const HANDING: SignedDuration = SignedDuration::from_mins(10);

impl Job for Deliver {
    const KIND: &'static str = "mail.deliver";

    fn key(&self) -> Option<String> {
        Some(self.email.to_string())
    }

    async fn run(self, scope: Scope) -> Result<()> {
        let id = self.email;
        let now = scope.now();
        let batch = (mail(id), files(id), setting::find());
        let (mail, files, setting) = scope.read(batch).await?;
        let Some(mail) = mail else { return Ok(()) };
        match mail.state {
            State::Sent | State::Failed => return Ok(()),
            State::Sending => return left_behind(&scope, id, &mail).await,
            // An earlier job has planned another for then.
            State::Queued | State::Held if mail.next_try_at.is_none_or(|at| at > now) => return Ok(()),
            State::Queued | State::Held => {}
        }
        let post = Post::of(scope.house());
        let Some(to) = Address::parse(&mail.to_address) else {
            return end(&scope, id, &mail, State::Failed, "This is no e-mail address.".into(), None).await;
        };
        if let Some(says) = block::stands_against(&scope, &mail.to_key, mail.purpose).await? {
            return end(&scope, id, &mail, State::Held, says, None).await;
        }
        if matches!(post.way, Way::Nowhere) {
            let says = "No mail server is set up, so nothing is sent. The operator sets TRADEWIND_SMTP_URL.".into();
            return end(&scope, id, &mail, State::Held, says, None).await;
        }
        let most = i64::from(post.hourly) * if mail.purpose == Purpose::Transactional { 2 } else { 1 };
        // Workers count at the same time, so a few more than the limit may go; it guards against thousands.
        if scope.read(handed_since(now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(now), most)).await?
            >= most
        {
            let says =
                format!("More than {most} e-mails went out within an hour; this one follows when the hour is over.");
            let again = later(now, SignedDuration::from_mins(15), id);
            return end(&scope, id, &mail, State::Held, says, Some(again)).await;
        }
        hand(&scope, &post, id, &mail, &to, &setting.unwrap_or_default(), files).await
    }
}

async fn hand(
    scope: &Scope,
    post: &Post,
    id: EmailId,
    mail: &Mail,
    to: &Address,
    setting: &Setting,
    files: Vec<File>,
) -> Result<()> {
    let link = match mail.purpose {
        Purpose::Transactional => None,
        _ => Some(unsubscribe::link(scope, id).await?),
    };
    let head = letterhead(scope, setting, link.clone());
    let parts: Vec<Part> = serde_json::from_value(mail.parts.clone()).unwrap_or_default();
    let written = head.write(&mail.subject, &parts);
    let sender = line(&format!("{} via {}", head.company, post.platform), 150);
    let kept = (!mail.confidential).then(|| (written.text.clone(), written.html.clone()));
    let smtp = match &post.way {
        Way::Smtp(smtp) => smtp,
        Way::Here(here) => {
            if !claimed(scope, id, mail, kept).await? {
                return Ok(());
            }
            here.keep(Kept {
                id,
                company: scope.tenant().name.clone(),
                from: format!("{sender} <{}>", post.from),
                to: format!("{} <{}>", mail.to_name, mail.to_address),
                subject: mail.subject.clone(),
                text: written.text,
                html: written.html,
                link: first_link(&head, &parts),
                at: scope.now(),
            });
            return sent(scope, id, mail, "Kept in the mailbox of this development server; it went to nobody.".into())
                .await;
        }
        Way::Nowhere => return Ok(()),
    };
    let envelope = message::Envelope {
        id,
        from: &post.from,
        sender,
        to,
        to_name: &mail.to_name,
        reply_to: Address::parse(setting.reply_to.as_deref().unwrap_or(&scope.tenant().letterhead.email)),
        subject: &mail.subject,
        at: scope.now(),
        unsubscribe: link.as_deref(),
        list: link
            .is_some()
            .then(|| format!("{}.{}.{}", mail.purpose, scope.tenant().slug, scope.house().base_domain())),
    };
    let attachments = files.into_iter().map(|file| (file.name, file.media_type, file.bytes)).collect();
    let bytes = message::build(&envelope, written.text, written.html, attachments)?;
    let open = match smtp.open(&post.from, to, bytes.is_ascii()).await {
        Ok(open) => open,
        Err(said) => return failed(scope, id, mail, mail.attempts + 1, mail.version, said).await,
    };
    // From here on it may arrive. Another worker that was quicker has changed the version: then the line is dropped.
    if !claimed(scope, id, mail, kept).await? {
        return Ok(());
    }
    match open.hand_over(&bytes).await {
        Ok(answer) => sent(scope, id, mail, answer).await,
        Err(said) => failed(scope, id, mail, mail.attempts + 1, mail.version + 1, said).await,
    }
}

pub(super) fn letterhead(scope: &Scope, setting: &Setting, unsubscribe: Option<String>) -> Letterhead {
    let tenant = scope.tenant();
    Letterhead {
        company: line(setting.sender_name.as_deref().unwrap_or(&tenant.name), 80),
        hue: tenant.brand.hue,
        foot: if setting.foot.is_empty() { setting::foot(tenant) } else { setting.foot.clone() },
        url: scope.house().url(Some(&tenant.slug), ""),
        unsubscribe,
    }
}

async fn claimed(scope: &Scope, id: EmailId, mail: &Mail, kept: Option<(String, String)>) -> Result<bool> {
    let (text, html) = kept.unzip();
    let rows =
        scope.write_with(async |tx: &mut TenantTx| tx.run(claim(id, mail.version, text, html, tx.now())).await).await?;
    Ok(rows == 1)
}

async fn sent(scope: &Scope, id: EmailId, mail: &Mail, answer: String) -> Result<()> {
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

async fn failed(scope: &Scope, id: EmailId, mail: &Mail, attempts: i32, version: i64, said: Said) -> Result<()> {
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
async fn end(
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
async fn left_behind(scope: &Scope, id: EmailId, mail: &Mail) -> Result<()> {
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
fn later(now: Timestamp, pause: SignedDuration, id: EmailId) -> Timestamp {
    let spread = i64::from(id.0.as_u128() as u16) * pause.as_secs() / (5 * i64::from(u16::MAX));
    now.saturating_add(pause + SignedDuration::from_secs(spread)).unwrap_or(Timestamp::MAX)
}

//! Handing one mail to the mail server.
//!
//! At most once, as far as SMTP permits. The row says `sending` before the first byte of the mail leaves and `sent` after
//! the server took it. Who dies in between leaves `sending` behind, and nobody knows whether the mail arrived: then the
//! row fails with a sentence that says so, for a person to decide, and is not sent again by itself. The window is the
//! handing over alone: connecting, logging in and naming the recipient come before it and may be repeated.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, job::Job, row, sql};
use serde::{Deserialize, Serialize};

use super::{
    EmailId, Purpose, State,
    settle::{end, failed, later, left_behind, sent},
};
use crate::{
    Address, Reader,
    block::{self, unsubscribe},
    letter::{Letterhead, Part, first_link, line},
    objection,
    post::{Kept, Post, Way, message},
    setting::{self, Setting},
};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Deliver {
    pub email: EmailId,
}

row! {
    pub(super) struct Mail {
        pub(super) to_address: String,
        pub(super) to_key: String,
        pub(super) to_name: String,
        pub(super) subject: String,
        pub(super) purpose: Purpose,
        pub(super) about_kind: String,
        pub(super) about_id: Option<kernel::Uuid>,
        pub(super) confidential: bool,
        pub(super) parts: serde_json::Value,
        pub(super) state: State,
        pub(super) attempts: i32,
        pub(super) next_try_at: Option<Timestamp>,
        pub(super) handed_at: Option<Timestamp>,
        pub(super) version: i64,
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
        select count(*) from (select from email where tenant_id = $1 and handed_at > $2 order by handed_at desc limit $3) as handed";
    // Whoever is second finds another version, and lets go.
    fn claim(id: EmailId, seen: i64, text: Option<String>, html: Option<String>, at: Timestamp) -> u64 = "
        update email set state = 'sending', text = $4, html = $5, handed_at = $6, attempts = attempts + 1, problem = '',
          next_try_at = null, version = version + 1, updated_at = $6
        where tenant_id = $1 and id = $2 and version = $3 and state in ('queued', 'held')";
}

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
        let reader = Reader {
            address: mail.to_address.clone(),
            key: mail.to_key.clone(),
            purpose: mail.purpose,
            about: mail.about_id.map(|id| (mail.about_kind.clone(), id)),
        };
        if let Some(says) = objection::stands_against(&scope, reader).await? {
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

//! A lost password: whoever asks is told the same, after the same work, whether the address is anybody's here or not.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Checks, Input, Result, Role, Scope, TenantTx, Visitor,
    http::{Form, Page},
    job::Job,
    row, sql,
};
use mail::Letter;
use maud::html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{Filled, button, field, form, link_button};

use super::mail_link::{self, Purpose};
use crate::{AuditRead, MemberId, member::email_key, shell};

kernel::id!(ResetRequestId);

kernel::event! {
    pub struct ResetSent = "password.reset_sent", seen by AuditRead { member: MemberId }
}

/// So many letters an hour to one person: whoever asks in their name cannot fill their mailbox.
const LETTERS: i64 = 3;

row! { struct Asked { email_key: String } }
row! { struct Known { id: MemberId, name: String, email: String, role: String } }

sql! {
    fn keep(id: ResetRequestId, email_key: String, at: Timestamp) = "
        insert into reset_request (tenant_id, id, email_key, created_at) values ($1, $2, $3, $4)";
    fn asked(id: ResetRequestId) -> Option<Asked> = "
        delete from reset_request where tenant_id = $1 and id = $2 returning email_key";
    fn by_email(email_key: String) -> Option<Known> = "
        select id, name, email, role from member where tenant_id = $1 and email_key = $2 and active for update";
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgot {
    #[serde(default)]
    email: String,
}
impl Input for Forgot {
    fn check(&mut self, checks: &mut Checks) {
        checks.must_be_email("email", &mut self.email, "Give your e-mail address.");
    }
}

pub async fn page(visitor: Visitor) -> Result<Page> {
    Ok(draw(&visitor, &Filled::default()))
}

fn draw(visitor: &Visitor, filled: &Filled) -> Page {
    let fields = html! {
        p.soft { "We send you a link with which you choose a new one. It is good for an hour." }
        (field::email(filled, "email", "Email").required().autocomplete("username").focus())
        (form::actions(html! { (button("Send the link").primary().large()) (link_button("Back to sign-in", "/sign-in").quiet()) }))
    };
    shell::card(visitor, "Choose a new password", form::form("/forgot", filled, fields), html! {})
}

pub async fn post(visitor: Visitor, form: Form<Forgot>) -> Result<Page> {
    let outcome = form
        .then(async |input: Forgot| {
            visitor.house().limits().careful("forgot", &visitor.peer)?;
            visitor
                .write_with(async |tx: &mut TenantTx| {
                    let (id, at) = (ResetRequestId::new(), tx.now());
                    tx.queue(keep(id, email_key(&input.email), at));
                    tx.enqueue(&SendReset { request: id });
                    Ok(())
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(()) => {
            let says = html! {
                p { "If somebody signs in here with that address, a letter is on its way to it. The link in it is good for an hour." }
                p.soft."mt-4" { "Nothing there after a few minutes? Look among the junk, or ask an owner or admin of " (visitor.tenant().name) " for a link." }
                p."mt-6" { (link_button("Back to sign-in", "/sign-in")) }
            };
            shell::card(&visitor, "Look into your mail", says, html! {})
        }
        Err(typed) => Page { status: 422, ..draw(&visitor, &shell::filled(typed)) },
    })
}

/// Looks up whose address it is, out of sight of whoever asked, and writes to them.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReset {
    request: ResetRequestId,
}

impl Job for SendReset {
    const KIND: &'static str = "tenancy.send_reset";

    async fn run(self, scope: Scope) -> Result<()> {
        scope.retrying(async |tx: &mut TenantTx| send(&scope, tx, self.request).await).await
    }
}

async fn send(scope: &Scope, tx: &mut TenantTx, request: ResetRequestId) -> Result<()> {
    let Some(asked) = tx.run(asked(request)).await? else { return Ok(()) };
    let found = tx.run(by_email(asked.email_key)).await?.filter(|known| known.role != Role::Customer.as_str());
    let Some(known) = found else { return Ok(()) };
    let since = tx.now().saturating_sub(SignedDuration::from_hours(1)).unwrap_or(tx.now());
    if tx.run(mail_link::lately(known.id, Purpose::Reset, since)).await? >= LETTERS {
        return Ok(());
    }
    let token = mail_link::draw(tx, known.id, Purpose::Reset, &known.email);
    let company = &scope.tenant().name;
    let letter = Letter::to(&known.email, &known.name, format!("A new password for {company}"))
        .confidential()
        .about("member", known.id)
        .greeting(format!("Hello {},", known.name))
        .paragraph(format!(
            "somebody asked for a new password for your account at {company}. Choose it here, within the hour:"
        ))
        .button("Choose a new password", format!("/reset?t={token}"))
        .small("If that was not you, do nothing: your password stays as it is, and whoever asked learned nothing.");
    mail::send(tx, letter).await?;
    tx.tell(&ResetSent { member: known.id });
    Ok(())
}

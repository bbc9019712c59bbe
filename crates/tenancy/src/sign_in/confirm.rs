//! Proving that one reads mail at an address: the one that is there, or a new one that then takes its place.
use jiff::Timestamp;
use kernel::{
    Input, Result, Scope, TenantTx, Visitor,
    http::{Either, Form, Page, Query, Redirect},
    sql,
};
use mail::Letter;
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};

use super::{
    mail_link::{self, MailLink, Purpose},
    welcome::Asked,
};
use crate::{AuditRead, MemberId, member::email_key, shell};

kernel::event! {
    pub struct EmailVerified = "member.email_verified", seen by AuditRead { member: MemberId }
}
kernel::event! {
    pub struct EmailChanged = "member.email_changed", seen by AuditRead { member: MemberId }
}

sql! {
    fn verify(id: MemberId, sent_to: String, at: Timestamp) -> u64 = "
        update member set email_verified_at = $4, updated_at = $4 where tenant_id = $1 and id = $2 and email = $3";
    fn change(id: MemberId, email: String, email_key: String, at: Timestamp) -> u64 = "
        update member set email = $3, email_key = $4, email_verified_at = $5, version = version + 1, updated_at = $5
        where tenant_id = $1 and id = $2";
}

/// A letter to the address that somebody has, or to the one they want.
pub(crate) async fn ask(
    scope: &Scope,
    tx: &mut TenantTx,
    member: MemberId,
    name: &str,
    email: &str,
    purpose: Purpose,
) -> Result<()> {
    let token = mail_link::draw(tx, member, purpose, email);
    let company = &scope.tenant().name;
    let words = match purpose {
        Purpose::Change => format!("confirm that you want to sign in to {company} with this address from now on."),
        _ => format!(
            "confirm that this is your address at {company}. Then a lost password is no trouble: we know where to write."
        ),
    };
    let letter = Letter::to(email, name, format!("Confirm your address for {company}"))
        .confidential()
        .about("member", member)
        .greeting(format!("Hello {name},"))
        .paragraph(words)
        .button("Confirm this address", format!("/confirm?t={token}"))
        .small("The link is good for three days. If you did not expect this letter, do nothing.");
    mail::send(tx, letter).await.map(drop)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    /// Read before the rest is checked: without a good link there is no form to show again.
    #[serde(rename = "t")]
    _t: Option<String>,
}
impl Input for Confirmed {
    fn check(&mut self, _: &mut kernel::Checks) {}
}

pub async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Page> {
    let token = asked.t.unwrap_or_default();
    let link = mail_link::find(&visitor, &token, &[Purpose::Verify, Purpose::Change]).await?;
    Ok(draw(&visitor, &link, &token, &Filled::default()))
}

fn draw(visitor: &Visitor, link: &MailLink, token: &str, filled: &Filled) -> Page {
    let fields = html! {
        (field::hidden("t", token))
        @if link.purpose == Purpose::Change {
            p.soft { "From now on you sign in with " b { (link.sent_to) } " instead of " (link.email) "." }
        } @else {
            p.soft { "Hello " (link.name) ". " b { (link.sent_to) } " is your address." }
        }
        (form::actions(html! { (button("Confirm").primary().large()) }))
    };
    shell::card(visitor, "Confirm your address", form::form("/confirm", filled, fields), html! {})
}

pub async fn post(visitor: Visitor, form: Form<Confirmed>) -> Result<Either<Redirect, Page>> {
    let token = form.value("t").unwrap_or_default().to_owned();
    let link = mail_link::find(&visitor, &token, &[Purpose::Verify, Purpose::Change]).await?;
    let outcome = form
        .then(async |_| visitor.write_with(async |tx: &mut TenantTx| confirm(&visitor, tx, &link).await).await)
        .await?;
    visitor.house().forget_principals();
    Ok(match outcome {
        Ok(()) => Either::Done(Redirect::to("/account").toast("Address confirmed.")),
        Err(typed) => {
            let filled = shell::faults(typed);
            Either::Again(Page { status: 422, ..draw(&visitor, &link, &token, &filled) })
        }
    })
}

async fn confirm(scope: &Scope, tx: &mut TenantTx, link: &MailLink) -> Result<()> {
    mail_link::take(tx, link).await?;
    let at = tx.now();
    if link.purpose == Purpose::Verify {
        tx.run(verify(link.member, link.sent_to.clone(), at)).await?;
        tx.tell(&EmailVerified { member: link.member });
        return Ok(());
    }
    tx.run(change(link.member, link.sent_to.clone(), email_key(&link.sent_to), at)).await?;
    // Links that went to the old address open nothing any more.
    mail_link::void(tx, link.member).await?;
    let company = &scope.tenant().name;
    let letter = Letter::to(&link.email, &link.name, format!("Your address at {company} was changed"))
        .about("member", link.member)
        .greeting(format!("Hello {},", link.name))
        .paragraph(format!("from now on you sign in to {company} with another address than this one."))
        .small("If that was not you, tell an owner or admin at once: they can end what is open under your name.");
    mail::send(tx, letter).await?;
    tx.tell(&EmailChanged { member: link.member });
    Ok(())
}

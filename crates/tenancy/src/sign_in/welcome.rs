//! The link that works once: somebody invited chooses a password; the owner of a new company goes straight in.
use jiff::Timestamp;
use kernel::{
    Checks, Error, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Page, Query, Redirect},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};

use super::{confirm, enter::enter, mail_link::Purpose};
use crate::{
    MemberId,
    member::{InvitationId, MemberJoined, withdraw},
    password, secret, session, shell,
};

row! {
    struct Waiting {
        id: InvitationId,
        member_id: MemberId,
        purpose: String,
        mailed: bool,
        name: String,
        email: String,
    }
}

sql! {
    fn waiting(token_hash: String, now: Timestamp) -> Option<Waiting> = "
        select i.id, i.member_id, i.purpose, i.mailed, m.name, m.email
        from invitation i join member m on m.tenant_id = $1 and m.id = i.member_id
        where i.tenant_id = $1 and i.token_hash = $2 and i.used_at is null and i.expires_at > $3 and m.active";
    fn take(id: InvitationId, now: Timestamp) -> u64 = "
        update invitation set used_at = $3 where tenant_id = $1 and id = $2 and used_at is null";
    fn set_password(id: MemberId, password_hash: String, at: Timestamp, proved: bool) -> u64 = "
        update member set password_hash = $3, version = version + 1, updated_at = $4,
          email_verified_at = case when $5 then coalesce(email_verified_at, $4) else email_verified_at end
        where tenant_id = $1 and id = $2";
}

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// The secret of the link.
    pub(super) t: Option<String>,
}

/// Looking at the link uses nothing up: mail programs look at links too.
pub async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Page> {
    let token = asked.t.unwrap_or_default();
    let found = find(&visitor, &token).await?;
    Ok(draw(&visitor, &found, &token, &Filled::default()))
}

async fn find(visitor: &Visitor, token: &str) -> Result<Waiting> {
    visitor.house().limits().careful("welcome", &visitor.peer)?;
    let over = || Error::Conflict {
        code: "link_used",
        message: "This link was used or is too old. Sign in, or ask an owner or admin for a new one.".into(),
    };
    visitor.read(waiting(secret::hash(token), visitor.now())).await?.ok_or_else(over)
}

fn draw(visitor: &Visitor, found: &Waiting, token: &str, filled: &Filled) -> Page {
    let company = &visitor.tenant().name;
    let fields = html! {
        (field::hidden("t", token))
        @if found.purpose == "invite" {
            p.soft { "Hello " (found.name) ". Choose a password; your sign-in name is " b { (found.email) } "." }
            input type="hidden" name="email" autocomplete="username" value=(found.email) disabled;
            (field::password(filled, "password", "Password", "new-password").required().focus().hint("At least 10 characters; a few words in a row are fine"))
            (form::actions(html! { (button("Set password and go in").primary().large()) }))
        } @else {
            p.soft { "Hello " (found.name) ". " (company) " is ready." }
            (form::actions(html! { (button(format!("Open {company}")).primary().large()) }))
        }
    };
    shell::card(visitor, &format!("Welcome to {company}"), form::form("/welcome", filled, fields), html! {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Read before the rest is checked: without a good link there is no form to show again.
    #[serde(rename = "t")]
    _t: Option<String>,
    password: Option<String>,
}
impl Input for Taken {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(password) = &self.password {
            password::check(checks, "password", password);
        }
    }
}

pub async fn post(visitor: Visitor, form: Form<Taken>) -> Result<Either<Redirect, Page>> {
    let token = form.value("t").unwrap_or_default().to_owned();
    let found = find(&visitor, &token).await?;
    let outcome = form
        .then(async |input: Taken| {
            let hash = match (&*found.purpose, input.password) {
                ("invite", Some(password)) => Some(password::hash(password).await?),
                ("invite", None) => return Err(Error::field("/password", "required", "Choose a password.")),
                _ => None,
            };
            visitor
                .write_with(async |tx: &mut TenantTx| {
                    let at = tx.now();
                    if tx.run(take(found.id, at)).await? == 0 {
                        return Err(Error::refused("This link was just used. Sign in instead."));
                    }
                    if let Some(hash) = hash {
                        tx.run(set_password(found.member_id, hash, at, found.mailed)).await?;
                        // The link that was shown and the one that was mailed are one invitation.
                        tx.run(withdraw(found.member_id)).await?;
                        session::end_all(tx, found.member_id, None).await?;
                        tx.tell(&MemberJoined { member: found.member_id });
                    } else {
                        confirm::ask(&visitor, tx, found.member_id, &found.name, &found.email, Purpose::Verify).await?;
                    }
                    enter(&visitor, tx, found.member_id, "/").await
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(entered) => Either::Done(entered.onward(visitor.house())),
        Err(typed) => {
            let filled = shell::faults(typed);
            Either::Again(Page { status: 422, ..draw(&visitor, &found, &token, &filled) })
        }
    })
}

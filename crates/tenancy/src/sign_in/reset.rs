//! A new password, by the link of a letter. Everything that was open under the old one ends.
use jiff::Timestamp;
use kernel::{
    Checks, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Page, Query, Redirect},
    sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};

use super::{
    enter::enter,
    mail_link::{self, MailLink, Purpose},
    welcome::Asked,
};
use crate::{AuditRead, MemberId, password, session, shell};

kernel::event! {
    pub struct PasswordReset = "password.reset", seen by AuditRead { member: MemberId }
}

sql! {
    // The letter was read at that address, so it is theirs, unless it was changed since.
    fn set_password(id: MemberId, password_hash: String, at: Timestamp, sent_to: String) -> u64 = "
        update member set password_hash = $3, version = version + 1, updated_at = $4,
          email_verified_at = case when email = $5 then coalesce(email_verified_at, $4) else email_verified_at end
        where tenant_id = $1 and id = $2";
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Read before the rest is checked: without a good link there is no form to show again.
    #[serde(rename = "t")]
    _t: Option<String>,
    #[serde(default)]
    password: String,
}
impl Input for Chosen {
    fn check(&mut self, checks: &mut Checks) {
        password::check(checks, "password", &self.password);
    }
}

pub async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Page> {
    let token = asked.t.unwrap_or_default();
    let link = mail_link::find(&visitor, &token, &[Purpose::Reset]).await?;
    Ok(draw(&visitor, &link, &token, &Filled::default()))
}

fn draw(visitor: &Visitor, link: &MailLink, token: &str, filled: &Filled) -> Page {
    let fields = html! {
        (field::hidden("t", token))
        p.soft { "Hello " (link.name) ". Your sign-in name is " b { (link.email) } ". Every place where you are signed in is signed out." }
        input type="hidden" name="email" autocomplete="username" value=(link.email) disabled;
        (field::password(filled, "password", "A new password", "new-password").required().focus().hint("At least 10 characters; a few words in a row are fine"))
        (form::actions(html! { (button("Set password and go in").primary().large()) }))
    };
    shell::card(visitor, "Choose a new password", form::form("/reset", filled, fields), html! {})
}

pub async fn post(visitor: Visitor, form: Form<Chosen>) -> Result<Either<Redirect, Page>> {
    let token = form.value("t").unwrap_or_default().to_owned();
    let link = mail_link::find(&visitor, &token, &[Purpose::Reset]).await?;
    let outcome = form
        .then(async |input: Chosen| {
            let hash = password::hash(input.password).await?;
            visitor
                .write_with(async |tx: &mut TenantTx| {
                    mail_link::take(tx, &link).await?;
                    let at = tx.now();
                    tx.run(set_password(link.member, hash, at, link.sent_to.clone())).await?;
                    session::end_all(tx, link.member, None).await?;
                    tx.tell(&PasswordReset { member: link.member });
                    enter(&visitor, tx, link.member, "/").await
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(entered) => Either::Done(entered.onward(visitor.house())),
        Err(typed) => {
            let filled = shell::faults(typed);
            Either::Again(Page { status: 422, ..draw(&visitor, &link, &token, &filled) })
        }
    })
}

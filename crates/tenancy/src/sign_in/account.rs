//! One's own account: who one is here, the password, where else one is signed in.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Page, Redirect},
    sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};

use crate::{
    AccountOwn, MemberId, password, session,
    shell::{self, Frame},
};

sql! {
    fn kept(id: MemberId) -> Option<String> = "
        select coalesce(password_hash, '') from member where tenant_id = $1 and id = $2";
    fn set_password(id: MemberId, password_hash: String, at: Timestamp) -> u64 = "
        update member set password_hash = $3, updated_at = $4 where tenant_id = $1 and id = $2";
    fn elsewhere(id: MemberId, seen_after: Timestamp) -> i64 = "
        select count(*) from session where tenant_id = $1 and member_id = $2 and last_seen_at > $3";
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}
impl Input for NewPassword {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(
            !self.current.is_empty() && self.current.len() <= 800,
            "current",
            "required",
            "Give the password you have now.",
        );
        password::check(checks, "password", &self.password);
    }
}

/// Keys have no account page; only people do.
fn member(access: &Access<AccountOwn>) -> Result<MemberId> {
    access
        .user()
        .map(MemberId)
        .ok_or_else(|| Error::refused("This is for people who sign in; an API key has no account."))
}

pub async fn account(access: Access<AccountOwn>) -> Result<Page> {
    draw(&access, &Filled::default()).await
}

async fn draw(access: &Access<AccountOwn>, filled: &Filled) -> Result<Page> {
    let id = member(access)?;
    let since = access.now().saturating_sub(session::IDLE).unwrap_or(access.now());
    let others = access.read(elsewhere(id, since)).await? - 1;
    let who = access.principal().map(|p| (p.actor.name().to_owned(), p.email.clone())).unwrap_or_default();
    let body = html! {
        div.form-narrow {
            div."mb-6"."flex"."items-center"."justify-between"."gap-4" {
                p.soft."min-w-0" { b { (who.0) } " · " (who.1) }
                (form::verb_form("/sign-out", html! { (button("Sign out").icon("log-out")) }))
            }
            (form::form("/account/password", filled, html! {
                (form::part("Change your password", "Every other place where you are signed in is signed out.", html! {
                    (field::password(filled, "current", "The password you have now", "current-password").required())
                    (field::password(filled, "password", "A new one", "new-password").required().hint("At least 10 characters; a few words in a row are fine"))
                }))
                (form::actions(html! { (button("Change password").primary()) }))
            }))
            @if others > 0 {
                p.soft."mt-6"."mb-2" { "You are signed in at " (others) @if others == 1 { " other place." } @else { " other places." } }
                (form::verb_form("/account/elsewhere", html! { (button("Sign out everywhere else")) }))
            }
        }
    };
    Ok(shell::page(access, Frame { title: "Your account".into(), active: "/account", body, ..Frame::default() }))
}

pub async fn change_password(access: Access<AccountOwn>, form: Form<NewPassword>) -> Result<Either<Redirect, Page>> {
    let id = member(&access)?;
    let outcome = form
        .then(async |input: NewPassword| {
            access.house().limits().careful("password", &id.to_string())?;
            let old = access.read(kept(id)).await?.filter(|hash| !hash.is_empty());
            if !password::matches(input.current, old).await? {
                return Err(Error::field("/current", "mismatch", "That is not the password you have now."));
            }
            let hash = password::hash(input.password).await?;
            let session = access.principal().and_then(|p| p.session);
            access
                .retrying(async |tx: &mut TenantTx| {
                    let at = tx.now();
                    tx.run(set_password(id, hash.clone(), at)).await?;
                    session::end_all(tx, id, session).await
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(()) => {
            access.house().forget_principals();
            Either::Done(Redirect::to("/account").toast("Password changed. Other places are signed out."))
        }
        Err(typed) => {
            let filled = Filled { values: Default::default(), errors: typed.errors };
            Either::Again(Page { status: 422, ..draw(&access, &filled).await? })
        }
    })
}

pub async fn end_others(access: Access<AccountOwn>) -> Result<Redirect> {
    let (id, session) = (member(&access)?, access.principal().and_then(|p| p.session));
    access.retrying(async |tx: &mut TenantTx| session::end_all(tx, id, session).await).await?;
    access.house().forget_principals();
    Ok(Redirect::to("/account").toast("Signed out everywhere else."))
}

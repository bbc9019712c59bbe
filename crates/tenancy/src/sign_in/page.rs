//! The page where one signs in, and the way out.
use kernel::{
    Checks, Error, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Page, Query, Redirect, arrive::COOKIE},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};

use super::{enter::enter, own_path};
use crate::{passkey, session, shell};

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// Where to go afterwards; a path of this address.
    next: Option<String>,
}

pub async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Either<Redirect, Page>> {
    let next = own_path(asked.next.as_deref());
    Ok(match visitor.principal() {
        Some(_) => Either::Done(Redirect::to(next)),
        None => Either::Again(draw(&visitor, &Filled::default(), &next)),
    })
}

pub(crate) fn draw(visitor: &Visitor, filled: &Filled, next: &str) -> Page {
    let fields = html! {
        (field::hidden("next", next))
        (field::email(filled, "email", "Email").required().autocomplete("username webauthn").focus())
        (field::password(filled, "password", "Password", "current-password").required())
        (form::actions(html! { (button("Sign in").primary().large()) }))
    };
    let foot = html! { a.link href="/forgot" { "Lost your password?" } " No account yet? An owner or admin of " (visitor.tenant().name) " can invite you." };
    let both = html! { (form::form("/sign-in", filled, fields)) (passkey::sign_in_part(next, !filled.is_wrong())) };
    shell::card(visitor, "Sign in", both, foot)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    /// Read before the rest is checked, so that it survives a wrong password.
    #[serde(rename = "next")]
    _next: Option<String>,
}
impl Input for SignIn {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("email", &mut self.email, 254, "your e-mail address");
        checks.that(!self.password.is_empty(), "password", "required", "Give your password.");
        checks.that(self.password.len() <= 800, "password", "too_long", "No password of ours is that long.");
    }
}

pub async fn post(visitor: Visitor, form: Form<SignIn>) -> Result<Either<Redirect, Page>> {
    let next = own_path(form.value("next"));
    let email = form.value("email").unwrap_or_default().to_owned();
    let outcome = form
        .then(async |input: SignIn| {
            let known = super::verified(&visitor, &input.email, input.password).await?;
            let known = known
                .ok_or_else(|| Error::field("/password", "mismatch", "The address or the password is not right."))?;
            visitor.write_with(async |tx: &mut TenantTx| enter(&visitor, tx, known.id, &next).await).await
        })
        .await;
    let outcome = match outcome {
        Err(Error::TooMany { retry_after }) => return Ok(Either::Again(wait(&visitor, email, &next, retry_after))),
        other => other?,
    };
    Ok(match outcome {
        Ok(entered) => Either::Done(entered.onward(visitor.house())),
        Err(typed) => {
            let mut filled = shell::filled(typed);
            filled.values = [("email".to_owned(), email)].into();
            Either::Again(Page { status: 422, ..draw(&visitor, &filled, &next) })
        }
    })
}

/// Too many were wrong. What can be done is said here; the house's plain refusal says only how long to wait.
fn wait(visitor: &Visitor, email: String, next: &str, seconds: u64) -> Page {
    let minutes = seconds.div_ceil(60);
    let plural = if minutes == 1 { "" } else { "s" };
    let says = format!(
        "Too many wrong passwords were tried. Try again in {minutes} minute{plural}, use a browser in which you have signed in before, or choose a new password by letter."
    );
    let filled = Filled { values: [("email".to_owned(), email)].into(), errors: vec![(String::new(), says)] };
    Page { status: 429, ..draw(visitor, &filled, next) }
}

pub async fn sign_out(visitor: Visitor) -> Result<Redirect> {
    if let Some(token) = visitor.cookie(COOKIE) {
        visitor.write_with(async |tx: &mut TenantTx| session::end(tx, &token).await).await?;
        visitor.house().forget_principals();
    }
    Ok(Redirect::to("/sign-in").cookie(session::no_cookie()).toast("Signed out."))
}

//! The door for those who run the house: address, password and code together, and one answer whichever is wrong.
use jiff::Timestamp;
use kernel::{
    Checks, Error, Input, Outside, Result, TenantTx,
    http::{Either, Form, Page, Redirect},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};
use uuid::Uuid;

use super::{frame, session};
use crate::{
    guard::{Guard, Limit},
    member::email_key,
    onboarding::nobodys,
    password,
    seal::Seal,
    second_factor::{authenticator, code_field, codes},
    shell,
};

row! {
    struct Known {
        id: Uuid,
        password_hash: Option<String>,
        sealed: String,
        /// The given code is one of those for the day the phone is lost.
        spare: bool,
    }
}

sql! {
    #![control]
    fn by_key(email_key: String, code_hash: String) -> Option<Known> = "
        select o.id, o.password_hash, o.sealed,
          exists(select from ctl.operator_code c where c.operator_id = o.id and c.code_hash = $2 and c.used_at is null) as spare
        from ctl.operator o where o.email_key = $1 and o.disabled_at is null and o.confirmed_at is not null";
    fn take_step(id: Uuid, step: i64, at: Timestamp) -> u64 = "
        update ctl.operator set last_step = $2, updated_at = $3 where id = $1 and last_step < $2 and disabled_at is null and confirmed_at is not null";
    fn take_code(operator_id: Uuid, code_hash: String, at: Timestamp) -> u64 = "
        update ctl.operator_code set used_at = $3 where operator_id = $1 and code_hash = $2 and used_at is null";
}

pub async fn page(outside: Outside) -> Result<Either<Redirect, Page>> {
    nobodys(&outside)?;
    Ok(match session::current(&outside).await? {
        Some(_) => Either::Done(Redirect::to("/operator")),
        None => Either::Again(draw(&outside, &Filled::default())),
    })
}

fn draw(outside: &Outside, filled: &Filled) -> Page {
    let fields = html! {
        (field::email(filled, "email", "Email").required().autocomplete("username").focus())
        (field::password(filled, "password", "Password", "current-password").required())
        (code_field(filled, "Code"))
        (form::actions(html! { (button("Sign in").primary().large()) }))
    };
    let foot = html! { "The code is the six digits of your authenticator, or a recovery code. Looking for your company? " a.link href="/start" { "Find it here" } "." };
    frame::card(outside, "Those who run Tradewind", form::form("/operator/sign-in", filled, fields), foot)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}
impl Input for SignIn {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("email", &mut self.email, 254, "your e-mail address");
        checks.that(!self.password.is_empty(), "password", "required", "Give your password.");
        checks.that(self.password.len() <= 800, "password", "too_long", "No password of ours is that long.");
        checks.text("code", &mut self.code, 40, "the code");
    }
}

pub async fn post(outside: Outside, form: Form<SignIn>) -> Result<Either<Redirect, Page>> {
    nobodys(&outside)?;
    let email = form.value("email").unwrap_or_default().to_owned();
    let outcome = form
        .then(async |input: SignIn| {
            let wrong = || Error::field("", "mismatch", "The address, the password or the code is not right.");
            let operator = verified(&outside, input).await?.ok_or_else(wrong)?;
            session::begin(&outside, operator).await
        })
        .await;
    let outcome = match outcome {
        Err(Error::TooMany { retry_after }) => {
            let says = format!("Too many were wrong. Try again in {} min.", retry_after.div_ceil(60));
            let filled = Filled { values: [("email".to_owned(), email)].into(), errors: vec![(String::new(), says)] };
            return Ok(Either::Again(Page { status: 429, ..draw(&outside, &filled) }));
        }
        other => other?,
    };
    Ok(match outcome {
        Ok(cookie) => Either::Done(Redirect::to("/operator").cookie(cookie)),
        Err(typed) => {
            let mut filled = shell::faults(typed);
            filled.values = [("email".to_owned(), email)].into();
            Either::Again(Page { status: 422, ..draw(&outside, &filled) })
        }
    })
}

/// At the same cost whether there is such an account or not; what is used up is used up only when all is right.
async fn verified(outside: &Outside, input: SignIn) -> Result<Option<Uuid>> {
    let (house, key) = (&outside.house, email_key(&input.email));
    let now = house.clock().now();
    house.limits().careful("operator-sign-in", &outside.peer)?;
    let (account, both) = (format!("operator:{key}"), format!("operator:{}:{key}", outside.peer));
    let keys =
        [(Limit::AccountFromAddress, both.as_str()), (Limit::Account, account.as_str()), (Limit::Company, "operator")];
    let attempt = Guard::of(house)?.attempt(now, &keys)?;
    let code_hash = codes::hash(&input.code);
    let known = house.control().run(by_key(key, code_hash.clone())).await?;
    let step = match &known {
        Some(known) => step_of(outside, known.id, &known.sealed, &input.code)?,
        None => None,
    };
    let kept = known.as_ref().and_then(|known| known.password_hash.clone());
    let right = password::matches(input.password, kept).await?;
    let Some(known) = known.filter(|known| right && (step.is_some() || known.spare)) else { return Ok(None) };
    let taken = house
        .control()
        .with(async |tx: &mut TenantTx| match step {
            Some(step) => tx.run(take_step(known.id, step, now)).await,
            None => tx.run(take_code(known.id, code_hash.clone(), now)).await,
        })
        .await?;
    if taken != 1 {
        return Ok(None);
    }
    attempt.succeeded();
    tracing::info!(operator = %known.id, peer = outside.peer, spare = step.is_none(), "an operator signed in");
    Ok(Some(known.id))
}

/// Which step of the authenticator shows these digits, if any near now does.
pub(super) fn step_of(outside: &Outside, id: Uuid, sealed: &str, given: &str) -> Result<Option<i64>> {
    let digits: String = given.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let secret = Seal::of(&outside.house)?.open((Uuid::nil(), id), sealed)?;
    let seconds = u64::try_from(outside.house.clock().now().as_second()).unwrap_or_default();
    let step = authenticator(secret, "Tradewind", "operator")?.check(&digits, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

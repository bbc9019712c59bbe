//! Half signed in: the password was right, the second step is to come. Nothing opens but the page that asks for it.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Checks, Error, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Page, Redirect},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};

use super::enter::whole;
use crate::{
    MemberId,
    guard::{Guard, Limit},
    passkey,
    second_factor::{check, code_field},
    secret, shell,
};

kernel::id!(HalfId);

const COOKIE: &str = "__Host-tradewind-half";
const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// So many codes for one password.
const TRIES: i32 = 5;

row! {
    pub(crate) struct Half {
        id: HalfId,
        pub member: MemberId,
        pub next: String,
    }
}

sql! {
    fn keep(id: HalfId, member_id: MemberId, token_hash: String, next: String, ends_at: Timestamp, at: Timestamp) = "
        insert into half_sign_in (tenant_id, id, member_id, token_hash, next, ends_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    fn clear(member_id: MemberId, now: Timestamp) -> u64 = "
        delete from half_sign_in where tenant_id = $1 and member_id = $2 and ends_at < $3";
    fn waiting(token_hash: String, now: Timestamp, most: i32) -> Option<Half> = "
        select h.id, h.member_id as member, h.next
        from half_sign_in h join member m on m.tenant_id = $1 and m.id = h.member_id
        where h.tenant_id = $1 and h.token_hash = $2 and h.ends_at > $3 and h.tries < $4 and m.active";
    fn tried(id: HalfId, most: i32) -> u64 = "
        update half_sign_in set tries = tries + 1 where tenant_id = $1 and id = $2 and tries < $3";
    fn done(id: HalfId) -> u64 = "delete from half_sign_in where tenant_id = $1 and id = $2";
}

fn cookie(token: &str, seconds: i64) -> String {
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

/// The cookie that leads to the second step and nowhere else.
pub(super) async fn begin(tx: &mut TenantTx, member: MemberId, next: &str) -> Result<String> {
    let (token, now) = (secret::draw(), tx.now());
    let ends_at = now.saturating_add(LIFE).unwrap_or(now);
    tx.queue(keep(HalfId::new(), member, secret::hash(&token), next.to_owned(), ends_at, now));
    tx.run(clear(member, now)).await?;
    Ok(cookie(&token, LIFE.as_secs()))
}

pub(crate) async fn half(visitor: &Visitor) -> Result<Option<Half>> {
    let Some(token) = visitor.cookie(COOKIE).filter(|token| token.len() == 43) else { return Ok(None) };
    visitor.read(waiting(secret::hash(&token), visitor.now(), TRIES)).await
}

pub(crate) fn from_the_start(says: &str) -> Redirect {
    Redirect::to("/sign-in").cookie(no_half()).toast(says)
}

/// Takes the cookie away.
pub(crate) fn no_half() -> String {
    cookie("", 0)
}

/// Counts a try; false when there were too many, or it is done already.
pub(crate) async fn try_once(tx: &mut TenantTx, half: &Half) -> Result<bool> {
    Ok(tx.run(tried(half.id, TRIES)).await? == 1)
}

/// The other half was given.
pub(crate) async fn finish(tx: &mut TenantTx, half: &Half) -> Result<()> {
    tx.run(done(half.id)).await.map(drop)
}

pub async fn page(visitor: Visitor) -> Result<Either<Redirect, Page>> {
    Ok(match half(&visitor).await? {
        Some(half) => Either::Again(draw(&visitor, &half, &Filled::default()).await?),
        None => Either::Done(Redirect::to("/sign-in")),
    })
}

pub(crate) async fn draw(visitor: &Visitor, half: &Half, filled: &Filled) -> Result<Page> {
    let fields = html! {
        p.soft { "Give the six digits that your authenticator shows, or one of your recovery codes." }
        (code_field(filled, "Code"))
        (field::checkbox(filled, "remember", "Do not ask in this browser for 30 days"))
        (form::actions(html! { (button("Sign in").primary().large()) }))
    };
    let foot =
        html! { "Phone and codes lost? An owner or admin of " (visitor.tenant().name) " can remove the second step." };
    let both = html! { (form::form("/sign-in/second", filled, fields)) (passkey::second_part(visitor, half).await?) };
    Ok(shell::card(visitor, "One more step", both, foot))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Second {
    #[serde(default)]
    code: String,
    /// Ticked or absent.
    remember: Option<String>,
}
impl Input for Second {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("code", &mut self.code, 40, "the code");
    }
}

pub async fn post(visitor: Visitor, form: Form<Second>) -> Result<Either<Redirect, Page>> {
    let Some(half) = half(&visitor).await? else {
        return Ok(Either::Done(from_the_start("That took too long. Sign in again.")));
    };
    let outcome = form
        .then(async |input: Second| {
            let attempt =
                Guard::of(visitor.house())?.attempt(visitor.now(), &[(Limit::SecondStep, &half.member.to_string())])?;
            let entered = visitor
                .write_with(async |tx: &mut TenantTx| {
                    // Counted first, and kept though the answer is a refusal.
                    if !try_once(tx, &half).await? || !check(&visitor, tx, half.member, &input.code).await? {
                        return Ok(None);
                    }
                    finish(tx, &half).await?;
                    whole(&visitor, tx, half.member, &half.next, input.remember.is_some()).await.map(Some)
                })
                .await?;
            let wrong = || {
                Error::field("/code", "mismatch", "That code is not right, or was used before. Wait for the next one.")
            };
            let entered = entered.ok_or_else(wrong)?;
            attempt.succeeded();
            Ok(entered)
        })
        .await?;
    Ok(match outcome {
        Ok(entered) => Either::Done(entered.onward(visitor.house()).cookie(no_half())),
        Err(typed) => Either::Again(Page { status: 422, ..draw(&visitor, &half, &shell::faults(typed)).await? }),
    })
}

//! Proving an e-mail address before a visit is booked: six digits are sent to it, and whoever has them books.
//! What was typed on the page before waits with the held time, and goes when that goes.
use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Checks, Error, Input, Result, Scope, TenantTx, Visitor,
    http::{Either, Form, Page, Redirect, Repeatable},
    row,
    secret::hash,
    sql,
};
use mail::{Letter, Purpose};
use maud::html;
use rand::RngExt;
use tenancy::shell;
use ui::{Filled, field, form};

use super::{
    HELD_MINUTES, STEPS,
    draft::Draft,
    hold::{Held, find_held},
    place::form_of,
    you::{YouForm, book, gone, mark, start_again},
};
use crate::{appointment::AppointmentId, neighbours::service_of, terms};

row! {
    /// Who wants to book the held time.
    #[derive(Debug, Clone)]
    pub(super) struct Proof {
        pub name: String,
        pub email: String,
        pub phone: Option<String>,
        pub problem: Option<String>,
        code_hash: String,
        tries: i32,
        sent: i32,
    }
}

/// So often a code may be typed wrongly; then another one must be sent.
const TRIES: i32 = 5;
/// So many letters go out for one held time.
const LETTERS: i32 = 4;

sql! {
    fn of_hold(token_hash: String) -> Option<Proof> = "
        select p.name, p.email, p.phone, p.problem, p.code_hash, p.tries, p.sent from booking_proof p
        join appointment a on a.tenant_id = $1 and a.id = p.appointment_id
        where p.tenant_id = $1 and a.token_hash = $2 and a.status = 'held'";
    fn keep(hold: AppointmentId, name: String, email: String, phone: Option<String>, problem: Option<String>, code_hash: String, at: Timestamp) -> u64 = "
        insert into booking_proof (tenant_id, appointment_id, name, email, phone, problem, code_hash, tries, sent, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, 0, 1, $8)
        on conflict (tenant_id, appointment_id) do update set name = $3, email = $4, phone = $5, problem = $6, code_hash = $7, tries = 0,
               sent = booking_proof.sent + 1
        where booking_proof.sent < 4";
    /// Once it is booked, nothing waits any more.
    pub(super) fn forget(hold: AppointmentId) -> u64 = "delete from booking_proof where tenant_id = $1 and appointment_id = $2";
    fn tried(hold: AppointmentId) -> u64 = "
        update booking_proof set tries = tries + 1 where tenant_id = $1 and appointment_id = $2 and tries < 5";
    fn hold_on(hold: AppointmentId, until: Timestamp) -> u64 = "
        update appointment set expires_at = $3 where tenant_id = $1 and id = $2 and status = 'held' and expires_at < $3";
}

/// The secret of the hold goes into it, so that the table alone tells nobody a code.
fn code_hash(token: &str, code: &str) -> String {
    hash(format!("{token} {code}"))
}

fn waits() -> Error {
    Error::refused("We have sent several codes already. Call us, and we book it together.")
}

/// Keeps what was typed and sends a code; the time is held for ten more minutes from now, once.
pub(super) async fn send(scope: &Scope, tx: &mut TenantTx, token: &str, you: &YouForm) -> Result<()> {
    let email = you.email.clone().ok_or_else(|| {
        Error::field("/email", "required", "Give an e-mail address: we send you a code, and with it you book.")
    })?;
    let now = tx.now();
    let (held, before) = tx.run((find_held(hash(token), now), of_hold(hash(token)))).await?;
    let held = held.ok_or_else(gone)?;
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
    let row = keep(
        held.id,
        you.name.clone(),
        email.clone(),
        you.phone.clone(),
        you.problem.clone(),
        code_hash(token, &code),
        now,
    );
    if tx.run(row).await? == 0 {
        return Err(waits());
    }
    if before.is_none() {
        let until = now.saturating_add(SignedDuration::from_mins(HELD_MINUTES)).unwrap_or(now);
        tx.run(hold_on(held.id, until)).await?;
    }
    let letter = Letter::to(&email, &you.name, format!("Your code: {code}"))
        .purpose(Purpose::Transactional)
        .confidential()
        .greeting(format!("Hello {},", you.name))
        .paragraph(format!("Your code for booking a visit of {} is {code}.", scope.tenant().name))
        .small("Nobody books a visit with it but you. If you have not asked for it, you need not do anything.");
    mail::send(tx, letter).await.map(drop)
}

pub async fn page(visitor: Visitor) -> Result<Either<Redirect, Page>> {
    draw(&visitor, &Filled::default()).await
}

async fn draw(visitor: &Visitor, values: &Filled) -> Result<Either<Redirect, Page>> {
    let Some((draft, token)) = drafted(visitor) else { return Ok(Either::Done(Redirect::to("/book"))) };
    let (held, proof, service, kept) = visitor
        .read((find_held(hash(&token), visitor.now()), of_hold(hash(&token)), service_of(draft.item), terms::kept()))
        .await?;
    let (Some(held), Some(proof)) = (held, proof) else { return Ok(Either::Done(Redirect::to("/book/you"))) };
    let body = html! {
        (ui::steps(&STEPS, 3))
        (ui::question("Which code did we send you?", &format!("Six digits, to {}. It may take a minute.", proof.email)))
        (form_of("/book/code", values, html! {
            (field::text(values, "code", "Code").required().most(12).autocomplete("one-time-code").attr("inputmode", "numeric").focus())
            (ui::onward(Some("/book/you"), "Book the visit", html! {}))
        }))
        div."mt-4"."flex"."flex-wrap"."gap-2" {
            @if proof.sent < LETTERS { (form::verb_form("/book/code/again", html! { (ui::button("Send another code").quiet()) })) }
            (ui::link_button("Use another address", "/book/you").quiet())
        }
    };
    let aside = draft.summary(visitor, service.as_ref(), mark(visitor, &held));
    let page = shell::public(visitor, "Which code did we send you?", body, aside);
    Ok(Either::Again(terms::framed(page, &terms::sites_in(kept))))
}

fn drafted(visitor: &Visitor) -> Option<(Draft, String)> {
    Draft::of(visitor).and_then(|draft| draft.token.clone().map(|token| (draft, token)))
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}
impl Input for CodeForm {
    fn check(&mut self, checks: &mut Checks) {
        self.code.retain(|c| !c.is_whitespace() && c != '-');
        let six = self.code.len() == 6 && self.code.bytes().all(|b| b.is_ascii_digit());
        checks.that(six, "code", "code", "The code has six digits; it is in the letter that we sent you.");
    }
}

/// What came of a code: it must be kept that it was tried, whatever is answered.
enum Tried {
    Booked,
    Wrong,
    TooOften,
}

async fn attempt(tx: &mut TenantTx, (draft, token): &(Draft, String), code: &str, country: &str) -> Result<Tried> {
    let (held, proof) = tx.run((find_held(hash(token), tx.now()), of_hold(hash(token)))).await?;
    let (held, proof): (Held, Proof) = held.zip(proof).ok_or_else(gone)?;
    // Counted before it is looked at, so that many at once are not tried for one.
    if proof.tries >= TRIES || tx.run(tried(held.id)).await? == 0 {
        return Ok(Tried::TooOften);
    }
    let meant = code_hash(token, code);
    if verify_slices_are_equal(meant.as_bytes(), proof.code_hash.as_bytes()).is_err() {
        return Ok(Tried::Wrong);
    }
    let you = YouForm::of(proof.name, proof.email, proof.phone, proof.problem);
    book(tx, draft, token, &you, country).await.map(|()| Tried::Booked)
}

pub async fn post(visitor: Visitor, form: Form<CodeForm>) -> Result<Either<Redirect, Page>> {
    let Some(drafted) = drafted(&visitor) else { return Ok(Either::Done(Redirect::to("/book"))) };
    visitor.house().limits().careful("book", &visitor.peer)?;
    let outcome = form
        .then(async |input: CodeForm| {
            let country = visitor.tenant().locale.country.clone();
            let sites = terms::sites(&visitor).await?;
            match visitor.retrying(async |tx| attempt(tx, &drafted, &input.code, &country).await).await? {
                Tried::Booked => {
                    Ok(Redirect::to(format!("/book/done/{}", drafted.1)).cookie(Draft::forget(&visitor, &sites)))
                }
                Tried::Wrong => Err(Error::field("/code", "wrong", "That is not the code of the last letter.")),
                Tried::TooOften => {
                    Err(Error::field("/code", "too_often", "That was wrong too often. Have another code sent."))
                }
            }
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => Ok(match draw(&visitor, &shell::filled(typed)).await? {
            Either::Again(page) => Either::Again(Page { status: 422, ..page }),
            onward => onward,
        }),
    }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainForm {}
impl Input for AgainForm {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn again(visitor: Visitor, form: Form<AgainForm>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let Some((_, token)) = drafted(&visitor) else {
        return Err(start_again());
    };
    visitor.house().limits().careful("book", &visitor.peer)?;
    let outcome = form
        .then(async |_| {
            visitor
                .once(async |tx| {
                    let proof = tx.run(of_hold(hash(&token))).await?.ok_or_else(gone)?;
                    let you = YouForm::of(proof.name, proof.email, proof.phone, proof.problem);
                    send(&visitor, tx, &token, &you).await?;
                    Ok(Redirect::to("/book/code").toast("Another code is on its way"))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => match draw(&visitor, &shell::filled(typed)).await? {
            Either::Again(page) => Ok(Either::Again(Page { status: 422, ..page })),
            Either::Done(_) => Err(gone()),
        },
    }
}

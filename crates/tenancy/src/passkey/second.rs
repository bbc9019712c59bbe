//! A passkey instead of the six digits, after the password.
use kernel::{
    Error, Result, TenantTx, Visitor,
    http::{Either, Form, Json, Page, Redirect},
};
use maud::{Markup, html};
use ui::{button, form};
use webauthn_rs::prelude::{PasskeyAuthentication, PublicKeyCredential};

use super::{
    broken,
    ceremony::{self, Kind, PasskeyQuestion},
    key, keys_of, not_taken, relying, settle,
    sign_in::Shown,
    written,
};
use crate::{
    guard::{Guard, Limit},
    shell,
    sign_in::{
        enter,
        second::{self, Half, half},
    },
};

/// Under the form of the code, for those who have one here.
pub(crate) async fn part(visitor: &Visitor, half: &Half) -> Result<Markup> {
    if visitor.read(keys_of(half.member, visitor.host())).await?.is_empty() {
        return Ok(html! {});
    }
    Ok(html! {
        form.form method="post" action="/sign-in/second/passkey" data-form data-island="passkey" data-options="/sign-in/second/options" hidden {
            (form::key())
            input type="hidden" name="ceremony";
            input type="hidden" name="credential";
            p.says.is-bad role="alert" data-says {}
            (form::actions(html! { (button("Use a passkey instead").large().icon("key-round")) }))
        }
    })
}

pub async fn options(visitor: Visitor) -> Result<Json<PasskeyQuestion>> {
    visitor.house().limits().careful("passkey", &visitor.peer)?;
    let half = half(&visitor).await?.ok_or(Error::Unauthenticated)?;
    let here = visitor.read(keys_of(half.member, visitor.host())).await?;
    let keys = here.iter().map(super::Kept::passkey).collect::<Result<Vec<_>>>()?;
    if keys.is_empty() {
        return Err(Error::refused("You have no passkey here. Give a code."));
    }
    let (options, state) = relying(&visitor)?.start_passkey_authentication(&keys).map_err(broken)?;
    let options = serde_json::to_value(options).map_err(broken)?;
    ceremony::ask(&visitor, Kind::Second, Some(half.member), &state, options).await.map(Json)
}

pub async fn post(visitor: Visitor, form: Form<Shown>) -> Result<Either<Redirect, Page>> {
    let Some(half) = half(&visitor).await? else {
        return Ok(Either::Done(second::from_the_start("That took too long. Sign in again.")));
    };
    let outcome = form
        .then(async |shown: Shown| {
            let attempt =
                Guard::of(visitor.house())?.attempt(visitor.now(), &[(Limit::SecondStep, &half.member.to_string())])?;
            let entered = check(&visitor, &half, &shown).await?.ok_or_else(not_taken)?;
            attempt.succeeded();
            Ok(entered)
        })
        .await?;
    Ok(match outcome {
        Ok(entered) => Either::Done(entered.onward(visitor.house()).cookie(second::no_half())),
        Err(typed) => {
            Either::Again(Page { status: 422, ..second::draw(&visitor, &half, &shell::faults(typed)).await? })
        }
    })
}

async fn check(visitor: &Visitor, half: &Half, shown: &Shown) -> Result<Option<enter::Entered>> {
    let (kind, member) = (Kind::Second, half.member);
    let state = ceremony::answered::<PasskeyAuthentication>(visitor, kind, Some(member), &shown.ceremony).await?;
    let (Some(state), Some(answer)) = (state, ceremony::read::<PublicKeyCredential>(&shown.credential)) else {
        return Ok(None);
    };
    let (relying, id) = (relying(visitor)?, written(answer.get_credential_id()));
    visitor
        .write_with(async |tx: &mut TenantTx| {
            // Counted first, and kept though the answer is a refusal.
            if !second::try_once(tx, half).await? {
                return Ok(None);
            }
            let Some(kept) = tx.run(key(id, member, visitor.host())).await? else { return Ok(None) };
            let outcome = relying.finish_passkey_authentication(&answer, &state);
            match settle(tx, &kept, outcome).await? {
                true => {
                    second::finish(tx, half).await?;
                    enter::whole(visitor, tx, member, &half.next, false).await.map(Some)
                }
                false => Ok(None),
            }
        })
        .await
}

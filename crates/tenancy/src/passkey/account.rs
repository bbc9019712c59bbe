//! Passkeys under Your account: the list, adding one, and the page of one.
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Path, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, card, field, form, link_button, note};

use super::{
    Passkey, PasskeyId,
    add::{self, NewPasskey},
    all_of, list, one_of,
};
use crate::{
    AccountOwn, MemberId,
    account::{Part, draw, member},
    session::agent,
    shell::{self, Frame},
};

/// Shown while the browser is asked whether it can, and where it cannot.
const CANNOT: &str =
    "This browser cannot make passkeys. A newer one can, on a device with a screen lock or with a security key.";

pub(crate) async fn part(access: &Access<AccountOwn>, id: MemberId, filled: &Filled) -> Result<Markup> {
    let all = access.read(all_of(id)).await?;
    let name = if filled.is_wrong() { filled.value("name").to_owned() } else { agent::device(access.agent()) };
    Ok(html! {
        div."mt-6" #passkeys { (card::card("Passkeys", "", None, card::card_body(html! {
            p.soft."mb-2" { "A passkey lets you in by your fingerprint, face or PIN on this device, without password or code." }
            @for passkey in &all {
                (card::line("key-round", &passkey.name, &said(access, passkey), html! {
                    (link_button("Change", format!("/account/passkeys/{}", passkey.id)).small().attr("aria-label", format!("Change {}", passkey.name)))
                }))
            }
            noscript { (note("info", html! { p { "Adding a passkey needs JavaScript." } })) }
            div data-cannot hidden { (note("info", html! { p { (CANNOT) } })) }
            form.form."mt-4" method="post" action="/account/passkeys" data-form data-island="passkey" data-options="/api/v1/account/passkeys/options" data-makes novalidate hidden {
                (form::key())
                (form::summary(filled))
                input type="hidden" name="ceremony";
                input type="hidden" name="credential";
                (field::password(&Filled::default(), "current", "Your password", "current-password").id("passkey-current").required())
                (field::text(&Filled::default(), "name", "What to call it").value(name).most(60).id("passkey-name"))
                p.says.is-bad role="alert" data-says {}
                (form::actions(html! { (button("Add a passkey").icon("key-round")) }))
            }
        }))) }
    })
}

fn said(scope: &Scope, passkey: &Passkey) -> String {
    let moment = |at| shell::moment(scope.tenant(), at);
    let used = passkey.last_used_at.map_or("not used yet".to_owned(), |at| format!("last used {}", moment(at)));
    let here = if passkey.host == scope.host() { String::new() } else { format!(", for {}", passkey.host) };
    format!("made {}, {used}{here}", moment(passkey.created_at))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// The question that is answered.
    #[serde(default)]
    ceremony: String,
    /// What the device answered, as JSON.
    #[serde(default)]
    credential: String,
    name: Option<String>,
}
impl Input for Made {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("ceremony", &mut self.ceremony, 40, "the question that is answered");
        checks.text("credential", &mut self.credential, 20_000, "what the device answered");
        checks.optional("name", &mut self.name, 60);
    }
}

pub async fn add_post(access: Access<AccountOwn>, form: Form<Made>) -> Result<Either<Redirect, Page>> {
    let outcome = form
        .then(async |made: Made| {
            let credential = super::ceremony::read(&made.credential);
            let credential = credential
                .ok_or_else(|| Error::field("/credential", "invalid", "What the device answered cannot be read."))?;
            add::add(&access, NewPasskey { ceremony: made.ceremony, credential, name: made.name }).await
        })
        .await?;
    Ok(match outcome {
        Ok(made) => Either::Done(Redirect::to("/account").toast(&format!("{} lets you in from now on.", made.name))),
        Err(typed) => {
            let filled = shell::filled(typed);
            Either::Again(Page { status: 422, ..draw(&access, Part::Passkey, &filled).await? })
        }
    })
}

pub async fn page(access: Access<AccountOwn>, Path(id): Path<PasskeyId>) -> Result<Page> {
    let owner = member(&access)?;
    let passkey = access.read(one_of(id, owner)).await?.ok_or(Error::NotFound)?;
    Ok(show(&access, &passkey, &Filled::of([("name", passkey.name.clone())])))
}

fn show(access: &Access<AccountOwn>, passkey: &Passkey, filled: &Filled) -> Page {
    let body = html! {
        div.form-narrow {
            p.soft."mb-6" { "For " (passkey.host) ", " (said(access, passkey)) "." }
            (form::form(&format!("/account/passkeys/{}", passkey.id), filled, html! {
                (field::hidden("version", passkey.version.to_string()))
                (field::text(filled, "name", "What to call it").required().most(60))
                (form::actions(html! { (button("Save name").primary()) (link_button("Back", "/account").quiet()) }))
            }))
            div."mt-6" { (card::card("Remove it", "", None, card::card_body(html! {
                p.soft."mb-2" { "Then it lets nobody in any more. Delete it on the device too, or the device goes on offering it." }
                (form::verb_form(&format!("/account/passkeys/{}/remove", passkey.id), html! { (button("Remove passkey").danger()) }))
            }))) }
        }
    };
    let crumbs = vec![("Your account".to_owned(), "/account".to_owned())];
    shell::page(access, Frame { title: "Passkey".into(), active: "/account", crumbs, body, ..Frame::default() })
}

pub async fn rename_post(
    access: Access<AccountOwn>,
    Path(id): Path<PasskeyId>,
    form: Form<list::PasskeyName>,
) -> Result<Either<Redirect, Page>> {
    let owner = member(&access)?;
    let passkey = access.read(one_of(id, owner)).await?.ok_or(Error::NotFound)?;
    let version = form.version();
    let outcome =
        form.then(async |input: list::PasskeyName| list::rename(&access, id, version?, input.name).await).await?;
    Ok(match outcome {
        Ok(_) => Either::Done(Redirect::to("/account").toast("Name saved.")),
        Err(typed) => Either::Again(Page { status: 422, ..show(&access, &passkey, &shell::filled(typed)) }),
    })
}

pub async fn remove_post(access: Access<AccountOwn>, Path(id): Path<PasskeyId>) -> Result<Redirect> {
    list::remove(&access, id).await?;
    Ok(Redirect::to("/account").toast("The passkey lets nobody in any more."))
}

//! The page of one's own account.
use kernel::{Access, Error, Result, http::Page};
use maud::{Markup, html};
use ui::{Filled, button, card, field, form, link_button, note, tag};

use super::{Account, account, companies, member, places};
use crate::{
    AccountOwn, passkey,
    shell::{self, Frame},
};

/// Which of the forms is shown again with what is wrong in it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Password,
    Email,
    #[cfg(feature = "passkeys")]
    Passkey,
}

pub async fn page(access: Access<AccountOwn>) -> Result<Page> {
    draw(&access, Part::Password, &Filled::default()).await
}

pub(crate) async fn draw(access: &Access<AccountOwn>, part: Part, filled: &Filled) -> Result<Page> {
    let id = member(access)?;
    let me = access.read(account(id)).await?.ok_or(Error::NotFound)?;
    let places = places::places(access, id).await?;
    let others = companies::elsewhere(access, id).await?;
    let nothing = Filled::default();
    #[cfg(feature = "passkeys")]
    let wrong = if part == Part::Passkey { filled } else { &nothing };
    #[cfg(not(feature = "passkeys"))]
    let wrong = &nothing;
    let passkeys = passkey::account_part(access, id, wrong).await?;
    let of = |one: Part| if one == part { filled } else { &nothing };
    // What is wrong leads to the field of the form that was sent.
    let current = |one: Part, id: &str| if one == part { field::id_of("current") } else { id.to_owned() };
    let body = html! {
        div.form-narrow {
            div."mb-6"."flex"."items-center"."justify-between"."gap-4" {
                p.soft."min-w-0" { b { (me.name) } " · " (me.email) }
                (form::verb_form("/sign-out", html! { (button("Sign out").icon("log-out")) }))
            }
            @if !me.email_verified { div."mb-6" { (unproved(&me)) } }
            @if !others.is_empty() { div."mb-6" { (card::card("Your other companies", "", None, card::card_body(html! {
                p.soft."mb-2" { "Each has its own address and its own sign-in, so what you do in one tab stays in its company." }
                @for (name, href) in &others { p."mt-2" { (link_button(name, href)) } }
            }))) } }
            (places_part(access, &places))
            (passkeys)
            div."mt-6" { (card::card("Second step", "", None, card::card_body(html! {
                @if me.second_factor {
                    p.soft."mb-2" { "On: signing in asks for a code of your authenticator." }
                    (link_button("Codes and turning it off", "/account/second-step"))
                } @else {
                    p.soft."mb-2" { "Off: your password alone lets you in." }
                    (link_button("Set up a second step", "/account/second-step"))
                }
            }))) }
            div."mt-6" { (form::form("/account/password", of(Part::Password), html! {
                (form::part("Change your password", "Every other place where you are signed in is signed out.", html! {
                    (field::password(of(Part::Password), "current", "The password you have now", "current-password").id(current(Part::Password, "password-current")).required())
                    (field::password(of(Part::Password), "password", "A new one", "new-password").required().hint("At least 10 characters; a few words in a row are fine"))
                }))
                (form::actions(html! { (button("Change password").primary()) }))
            })) }
            div."mt-6" { (form::form("/account/email", of(Part::Email), html! {
                (form::part("Change your address", "We write to the new address. It takes the old one's place when you open the link.", html! {
                    (field::email(of(Part::Email), "email", "The new address").required().autocomplete("email"))
                    (field::password(of(Part::Email), "current", "Your password", "current-password").id(current(Part::Email, "email-current")).required())
                }))
                (form::actions(html! { (button("Send the link")) }))
            })) }
        }
    };
    Ok(shell::page(access, Frame { title: "Your account".into(), active: "/account", body, ..Frame::default() }))
}

fn unproved(me: &Account) -> Markup {
    note(
        "info",
        html! {
            p { "We do not know yet whether letters to " b { (me.email) } " reach you. If you lose your password, that is where the way back in goes." }
            div."mt-2" { (form::verb_form("/account/email/confirm", html! { (button("Send a link to confirm it").small()) })) }
        },
    )
}

fn places_part(access: &Access<AccountOwn>, places: &[places::Place]) -> Markup {
    html! {
        (card::card("Where you are signed in", "", None, card::card_body(html! {
            @if places.is_empty() { p.soft { "In no browser; you are here with a token." } }
            @for place in places {
                (card::line("monitor", &place.device, &said(access, place), html! {
                    @if place.current { (tag("Here")) } @else {
                        (form::verb_form(&format!("/account/places/{}/end", place.id), html! {
                            (button("Sign out").small().attr("aria-label", format!("Sign out {}", place.device)))
                        }))
                    }
                }))
            }
            @if places.iter().any(|place| !place.current) {
                div."mt-2" { (form::verb_form("/account/elsewhere", html! { (button("Sign out everywhere else")) })) }
            }
        })))
    }
}

fn said(access: &Access<AccountOwn>, place: &places::Place) -> String {
    let seen = shell::moment(access.tenant(), place.last_seen_at);
    match place.address.as_str() {
        "" => format!("last used {seen}"),
        address => format!("from {address}, last used {seen}"),
    }
}

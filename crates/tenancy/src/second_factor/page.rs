//! The page of one's second step: how it stands, the code to scan, the codes to keep.
use jiff::{SignedDuration, Timestamp};
use kernel::{Access, Error, Result, http::Page};
use maud::{Markup, PreEscaped, html};
use qrcode::{QrCode, render::svg};
use totp_rs::Totp;
use ui::{Filled, button, card, field, form, link_button, note};

use super::{Factor, factor};
use crate::{
    AccountOwn, MemberId,
    account::{self, member},
    shell::{self, Frame},
};

/// Which form is shown again with what is wrong in it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Begin,
    Confirm,
    Codes,
    Off,
}

/// A secret that nobody has confirmed is shown for a quarter of an hour.
pub(super) const FRESH: SignedDuration = SignedDuration::from_mins(15);

pub(super) fn fresh(factor: &Factor, now: Timestamp) -> bool {
    !factor.confirmed && now.duration_since(factor.created_at) < FRESH
}

pub async fn page(access: Access<AccountOwn>) -> Result<Page> {
    draw(&access, Part::Begin, &Filled::default()).await
}

pub(super) async fn draw(access: &Access<AccountOwn>, part: Part, filled: &Filled) -> Result<Page> {
    let id = member(access)?;
    let (found, me) = access.read((factor(id), account::account(id))).await?;
    let me = me.ok_or(Error::NotFound)?;
    let nothing = Filled::default();
    let of = |one: Part| if one == part { filled } else { &nothing };
    let body = match found {
        Some(factor) if factor.confirmed => on(&factor, of(Part::Codes), of(Part::Off)),
        Some(factor) if fresh(&factor, access.now()) => scan(access, id, &factor, &me.email, of(Part::Confirm))?,
        _ => start(if part == Part::Confirm { filled } else { of(Part::Begin) }),
    };
    Ok(frame(access, html! { (form::unsaid(filled, &body)) (body) }))
}

fn frame(access: &Access<AccountOwn>, body: Markup) -> Page {
    let crumbs = vec![("Your account".to_owned(), "/account".to_owned())];
    let body = html! { div.form-narrow { (body) } };
    shell::page(access, Frame { title: "Second step".into(), active: "/account", crumbs, body, ..Frame::default() })
}

fn start(filled: &Filled) -> Markup {
    html! {
        p."mb-2" { "With a second step, a password that somebody saw or guessed lets nobody in: signing in also asks for six digits that your phone shows." }
        p.soft."mb-6" { "You need an authenticator, an app that makes such codes; most password managers do so too." }
        (form::form("/account/second-step/begin", filled, html! {
            (field::password(filled, "current", "Your password", "current-password").required())
            (form::actions(html! { (button("Set up a second step").primary()) (link_button("Not now", "/account").quiet()) }))
        }))
    }
}

fn scan(access: &Access<AccountOwn>, id: MemberId, factor: &Factor, email: &str, filled: &Filled) -> Result<Markup> {
    let picture = to_scan(&factor.totp(access, id, email)?)?;
    Ok(html! {
        (picture)
        div."mt-6" { (form::form("/account/second-step/confirm", filled, html! {
            (code_field(filled, "The six digits it shows now"))
            (form::actions(html! { (button("Turn on").primary()) (link_button("Not now", "/account").quiet()) }))
        })) }
    })
}

/// What the authenticator takes in: by its camera, or typed.
pub(crate) fn to_scan(totp: &Totp) -> Result<Markup> {
    let address = totp.to_url().map_err(|e| Error::Bug(format!("the second factor: {e}")))?;
    let code = QrCode::new(address.as_bytes()).map_err(|e| Error::Bug(format!("the code to scan: {e}")))?;
    let picture = code.render::<svg::Color>().min_dimensions(220, 220).build();
    // It stands in the page, where an XML declaration may not.
    let picture = picture.split_once("?>").map_or(picture.as_str(), |(_, rest)| rest);
    let secret: Vec<String> =
        totp.secret().to_base32().as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    Ok(html! {
        p."mb-2" { "Scan this with the authenticator:" }
        div."mb-6" role="img" aria-label="The code to scan; the same is below in letters" { (PreEscaped(picture)) }
        p.soft."mb-2" { "Or type it in there:" }
        (card::copy(&secret.join(" "), "the secret"))
    })
}

pub(crate) fn code_field(filled: &Filled, label: &str) -> Markup {
    html! { (field::text(filled, "code", label).required().autocomplete("one-time-code").most(40)) }
}

fn on(factor: &Factor, codes: &Filled, off: &Filled) -> Markup {
    let current = |filled: &Filled, id: &str| if filled.is_wrong() { field::id_of("current") } else { id.to_owned() };
    html! {
        p."mb-2" { "Your second step is on. Signing in asks for a code of your authenticator." }
        p.soft."mb-6" { (left(factor.codes_left)) }
        (form::form("/account/second-step/codes", codes, html! {
            (form::part("New recovery codes", "For the day the phone is lost. Those you have now are void then.", html! {
                (field::password(codes, "current", "Your password", "current-password").id(current(codes, "codes-current")).required())
            }))
            (form::actions(html! { (button("Make new codes")) }))
        }))
        div."mt-6" { (form::form("/account/second-step/off", off, html! {
            (form::part("Turn it off", "Then your password alone lets you in.", html! {
                (field::password(off, "current", "Your password", "current-password").id(current(off, "off-current")).required())
                (code_field(off, "A code of the authenticator, or a recovery code"))
            }))
            (form::actions(html! { (button("Turn off").danger()) }))
        })) }
    }
}

fn left(codes: i64) -> String {
    match codes {
        0 => "No recovery code is left: make new ones.".into(),
        1 => "One recovery code is left: make new ones soon.".into(),
        n => format!("{n} recovery codes are left."),
    }
}

/// They are in this answer and nowhere else.
pub(super) fn show_codes(access: &Access<AccountOwn>, codes: &[String]) -> Page {
    let body = html! {
        (note("info", html! { p { "Your second step is on. Keep these codes where you keep other important papers: each lets you in once when the phone is lost. They are shown this once." } }))
        div."mt-6" { (card::copy_lines(codes, "the recovery codes")) }
        p."mt-6" { (link_button("I have kept them", "/account").primary()) }
    };
    frame(access, body)
}

//! Settings: with which account cards are taken, and how we hear of what happens there.
use kernel::{
    Access, Result, Scope,
    http::{Either, Form, Nothing, Page, Redirect},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, button, field, form};

use super::{Hears, Shown, connect, disconnect, kept, secret};
use crate::permissions::PaymentsManage;

const HERE: &str = "/settings/card-payments";

pub async fn page(access: Access<PaymentsManage>) -> Result<Page> {
    draw(&access, &Filled::default(), "").await
}

/// `act` is the form that came back with something to mend.
async fn draw(scope: &Scope, filled: &Filled, act: &str) -> Result<Page> {
    let found = scope.read(kept(scope.now())).await?.map(Shown::from);
    let blank = Filled::default();
    let of = |name: &str| if act == name { filled } else { &blank };
    let body = html! {
        @match &found { Some(shown) => { (stands(scope, shown)) }, None => (none_yet()) }
        div.mt-6 { (key_form(found.is_some(), of("key"))) }
        // What was refused is said beside what was typed, even where the form has no use yet.
        @if found.is_some() || act == "secret" { (secret_form(scope, of("secret"))) }
        @if found.is_some() { (end()) }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame = Frame { title: "Card payments".into(), active: "/settings", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(if filled.is_wrong() { Page { status: 422, ..page } } else { page })
}

fn none_yet() -> Markup {
    let says = "Connect your Stripe account, and customers can pay invoices by card from the link in the letter. Until then everything else works as it does: they see the invoice there, and you record payments by hand.";
    ui::note("info", html! { p.strong { "No cards are taken yet" } p { (says) } })
}

fn stands(scope: &Scope, shown: &Shown) -> Markup {
    let zone = scope.tenant().locale.zone.clone();
    let since = billing::written::day(shown.connected_at.to_zoned(zone).date());
    html! {
        @if !shown.live { (ui::note("warn", html! { p.strong { "This is a key for tests" } p { "Customers can try the way with cards of Stripe's test list; no money moves." } })) }
        @if let Some(trouble) = &shown.trouble {
            (ui::note("warn", html! { p.strong { "Stripe could not be told where to tell us" } p { (trouble) } p { "Payments are found within a quarter of an hour all the same. To hear of them at once, set the endpoint up by hand below." } }))
        }
        (ui::card::section("Stripe", html! { @if shown.live { (ui::tag("Live")) } @else { (ui::tag("Test")) } }, ui::card::facts(&[
            ("Account", html! { (shown.name) @if let Some(id) = &shown.account { " " span.dim { (id) } } }),
            ("Key", html! { "ends in " span.num { (shown.key_ends_in) } }),
            ("News", html! { (shown.hears.label()) }),
            ("Since", html! { (since) }),
        ])))
    }
}

fn key_form(connected: bool, filled: &Filled) -> Markup {
    let title = if connected { "Another key" } else { "Connect Stripe" };
    let says = "In Stripe under Developers, API keys. A restricted key needs to write Checkout Sessions, Customers, Payment Intents, Payment Methods, Setup Intents, Refunds and Webhook Endpoints, and to read Balance Transactions, Charges, Disputes and Payouts.";
    // What was typed is a secret: the field does not have it again.
    form::form(
        HERE,
        filled,
        form::part(
            title,
            says,
            html! {
                (field::password(filled, "key", "Secret key", "off").required().most(255).hint("Kept sealed; shown to nobody again."))
                (form::actions(html! { (button(if connected { "Change the key" } else { "Connect" }).primary()) }))
            },
        ),
    )
}

fn secret_form(scope: &Scope, filled: &Filled) -> Markup {
    let url = scope.house().url(Some(&scope.tenant().slug), "/webhooks/stripe");
    let fields = html! {
        p.t13.soft { "Endpoint: " code.break-all { (url) } }
        (field::password(filled, "secret", "Signing secret", "off").required().most(255).hint("Begins with whsec_. The one before stays good for a day."))
        (form::actions(html! { (button("Save the secret")) }))
    };
    let says = "Only where Stripe could not be told by itself: add the endpoint in Stripe under Developers, Webhooks, and copy its signing secret.";
    form::form(&format!("{HERE}/secret"), filled, form::part("Endpoint by hand", says, fields))
}

fn end() -> Markup {
    form::form(
        &format!("{HERE}/disconnect"),
        &Filled::default(),
        form::part(
            "Disconnect",
            "Nobody can pay by card then, and the cards that customers keep are forgotten. What was paid stays in the books; what is still on its way at Stripe is no longer heard of.",
            html! { (form::actions(html! { (button("Disconnect Stripe").danger().icon("unplug")) })) },
        ),
    )
}

pub async fn connect_post(
    access: Access<PaymentsManage>,
    form: Form<connect::Connect>,
) -> Result<Either<Redirect, Page>> {
    let work = async |input: connect::Connect| connect::connect(&access, &input).await;
    match form.then(work).await? {
        Ok(shown) => {
            let says = if shown.hears == Hears::Asks { "Connected; see what is left to do" } else { "Connected" };
            Ok(Either::Done(Redirect::to(HERE).toast(says)))
        }
        Err(typed) => draw(&access, &shell::filled(typed), "key").await.map(Either::Again),
    }
}

pub async fn secret_post(
    access: Access<PaymentsManage>,
    form: Form<secret::SigningSecret>,
) -> Result<Either<Redirect, Page>> {
    let work = async |input: secret::SigningSecret| secret::set(&access, &input).await;
    match form.then(work).await? {
        Ok(_) => Ok(Either::Done(Redirect::to(HERE).toast("Saved"))),
        Err(typed) => draw(&access, &shell::filled(typed), "secret").await.map(Either::Again),
    }
}

pub async fn disconnect_post(access: Access<PaymentsManage>, form: Form<Nothing>) -> Result<Redirect> {
    let work = async |_: Nothing| disconnect::disconnect(&access).await;
    form.then(work).await?.map_err(kernel::http::Typed::refused)?;
    Ok(Redirect::to(HERE).toast("Disconnected"))
}

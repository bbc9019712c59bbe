//! The link of the letter: a page with one button, for mail programs open links by themselves, and only the button signs in.
use kernel::{
    Result, TenantTx, Visitor,
    http::{Either, Form, Nothing, Page, Path, Redirect},
};
use maud::html;
use tenancy::shell;
use ui::{button, form, link_button};

use crate::{
    events::PortalSignedIn,
    guest, link,
    session::{self, TOLD},
    terms,
};

fn too_old(visitor: &Visitor) -> Page {
    let says = html! {
        p { "This link was used, or is too old." }
        p."mt-6" { (link_button("Send me another one", "/portal/sign-in").primary()) }
    };
    Page { status: 410, ..shell::card(visitor, "This link opens nothing any more", says, html! {}) }
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    terms::open(&visitor).await?;
    visitor.house().limits().careful("portal-enter", &visitor.peer)?;
    let Some(link) = link::find(&visitor, &token).await? else { return Ok(too_old(&visitor)) };
    let body = html! {
        p { "You are about to sign in as " b { (link.email_key) } "." }
        form.form."mt-4" method="post" action={ "/portal/enter/" (token) } data-form {
            (form::key())
            (form::actions(html! { (button("Sign in").primary().large()) }))
        }
    };
    Ok(shell::card(&visitor, "Your pages", body, html! {}))
}

/// Not kept with an idempotency key: the answer holds the secret of the session.
pub async fn post(visitor: Visitor, Path(token): Path<String>, _: Form<Nothing>) -> Result<Either<Redirect, Page>> {
    terms::open(&visitor).await?;
    visitor.house().limits().careful("portal-enter", &visitor.peer)?;
    let Some(link) = link::find(&visitor, &token).await? else { return Ok(Either::Again(too_old(&visitor))) };
    let cookie = visitor
        .retrying(async |tx: &mut TenantTx| {
            link::take(tx, &link).await?;
            let customers = tx.run(guest::reached(link.email_key.clone())).await?;
            customers.iter().take(TOLD).for_each(|one| tx.tell(&PortalSignedIn { customer: one.id }));
            session::begin(tx, &visitor, &link.email_key).await
        })
        .await?;
    Ok(Either::Done(Redirect::to("/portal").cookie(cookie)))
}

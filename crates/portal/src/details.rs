//! What the company knows of the customer; what is wrong in it is told to the office, who changes it.
use customers::{
    CustomerId, contact, customer, location,
    timeline::{self, NewNote},
};
use kernel::{
    Checks, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use mail::Letter;
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::filled;
use ui::{Filled, button, card, field, form};

use crate::{
    events::PortalChangeAsked,
    frame::{self, Place, base},
    guest::{self, Guest, Reached},
};

async fn draw(visitor: &Visitor, here: &(Guest, Reached), values: &Filled) -> Result<Page> {
    let mine = &here.1;
    let (found, people, places) =
        visitor.read((customer::find(mine.id), contact::of_customer(mine.id), location::of_customer(mine.id))).await?;
    let facts = [("Name", Some(found.name)), ("Email", found.email), ("Phone", found.phone)];
    let facts: Vec<_> = facts.into_iter().filter_map(|(name, value)| Some((name, html! { (value?) }))).collect();
    let body = html! {
        div.card.portal-paper { (card::facts(&facts)) }
        @if !places.is_empty() {
            h2.portal-h { "Where we come" }
            ul.portal-list { @for place in &places { (frame::row("map-pin", None, &place.line(), place.label.as_deref().unwrap_or_default(), html! {})) } }
        }
        @if !people.is_empty() {
            h2.portal-h { "Whom we ask for" }
            ul.portal-list { @for one in &people {
                @let small = [one.role.as_deref(), one.phone.as_deref(), one.email.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
                (frame::row("circle-user", None, &one.name, &small, html! {}))
            } }
        }
        h2.portal-h { "Something is wrong here?" }
        (form::form(&format!("{}/details", base(mine)), values, html! {
            (field::textarea(values, "change", "What shall we change?").required().rows(4).most(2000).hint("A new telephone number, another address, somebody else to ask for. We change it and call if something is unclear."))
            (form::actions(html! { (button("Send").primary()) }))
        }))
    };
    let page = frame::page(visitor, here, Place::Details, "Your details", "", body);
    Ok(if values.is_wrong() { Page { status: 422, ..page } } else { page })
}

pub async fn page(visitor: Visitor, Path(customer): Path<CustomerId>) -> Result<Page> {
    let here = guest::at(&visitor, customer).await?;
    draw(&visitor, &here, &Filled::default()).await
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    #[serde(default)]
    change: String,
}
impl Input for Wish {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("change", &mut self.change, 2000, "what we shall change");
    }
}

/// A note on the customer's page, at its top until somebody takes it down, and a letter to the office where it has an address.
async fn ask(visitor: &Visitor, tx: &mut TenantTx, (guest, mine): &(Guest, Reached), wish: &str) -> Result<()> {
    let note = NewNote { body: format!("Asked for in the portal, by {}:\n{wish}", guest.email) };
    let entry = timeline::write(tx, mine.id, "Customer portal", note).await?;
    // Of more than a few none stands out; the note is there all the same.
    if tx.run(timeline::pinned(mine.id)).await?.len() < 5 {
        timeline::pin(tx, mine.id, entry.id).await?;
    }
    let office = &visitor.tenant().letterhead.email;
    if !office.is_empty() {
        let letter = Letter::to(office, &visitor.tenant().name, format!("{} asks for a change", mine.name))
            .about("customer", mine.id)
            .greeting("Hello,")
            .paragraph(format!("{} wrote in the customer portal:", guest.email))
            .paragraph(wish)
            .button("Open the customer", format!("/customers/{}", mine.id));
        mail::send(tx, letter).await?;
    }
    tx.tell(&PortalChangeAsked { customer: mine.id, entry: entry.id });
    Ok(())
}

pub async fn post(
    visitor: Visitor,
    Path(customer): Path<CustomerId>,
    form: Form<Wish>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    visitor.house().limits().careful("portal-details", &visitor.peer)?;
    let here = guest::at(&visitor, customer).await?;
    let to = format!("{}/details", base(&here.1));
    let outcome = form
        .then(async |wish: Wish| {
            visitor
                .once(async |tx: &mut TenantTx| {
                    ask(&visitor, tx, &here, &wish.change).await?;
                    Ok(Redirect::to(to.clone()).toast("We have it, and change it"))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => draw(&visitor, &here, &filled(typed)).await.map(Either::Again),
    }
}

//! The pages on which a contact is added and changed.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::shell;
use ui::{Filled, button, field, form, link_button};

use super::{Change, Contact, ContactId, New, change, create, find};
use crate::{
    CustomerId,
    customer::{self, Customer, beneath::beneath},
    permissions::CustomersWrite,
};

fn fields(filled: &Filled, version: Option<i64>, back: &str, verb: &str) -> Markup {
    html! {
        @if let Some(version) = version { (field::hidden("version", version.to_string())) }
        (field::text(filled, "name", "Name").required().most(200).focus())
        (field::text(filled, "role", "Role").placeholder("Owner").most(80))
        (form::pair(html! {
            (field::tel(filled, "phone", "Phone").most(40))
            (field::email(filled, "email", "Email").most(254))
        }))
        (form::actions(html! { (button(verb).primary()) (link_button("Cancel", back).quiet()) }))
    }
}

fn draw(access: &Access<CustomersWrite>, customer: &Customer, contact: Option<&Contact>, filled: &Filled) -> Page {
    let back = format!("/customers/{}", customer.id);
    let (title, action, verb) = match contact {
        Some(contact) => ("Change contact", format!("/customers/contacts/{}/edit", contact.id), "Save contact"),
        None => ("New contact", format!("{back}/contacts/new"), "Add contact"),
    };
    let version = contact.map(|contact| contact.version);
    let body = html! {
        (form::form(&action, filled, fields(filled, version, &back, verb)))
        @if let Some(contact) = contact {
            div.form-acts { (form::verb_form(&format!("/customers/contacts/{}/remove", contact.id), html! { (button("Remove contact").danger().icon("trash-2")) })) }
        }
    };
    beneath(access, customer, title, body, filled)
}

pub async fn new(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Page> {
    let customer = access.read(customer::find(id)).await?;
    Ok(draw(&access, &customer, None, &Filled::default()))
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<New>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |new: New| {
        access
            .once(async |tx: &mut TenantTx| {
                let contact = create(tx, id, new.clone()).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast(&format!("{} is added.", contact.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let customer = access.read(customer::find(id)).await?;
            Ok(Either::Again(draw(&access, &customer, None, &shell::filled(typed))))
        }
    }
}

async fn of(access: &Access<CustomersWrite>, id: ContactId) -> Result<(Contact, Customer)> {
    access
        .read_with(async |tx: &mut TenantTx| {
            let contact = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
            let customer = tx.run(customer::find(contact.customer_id)).await?;
            Ok((contact, customer))
        })
        .await
}

pub async fn edit(access: Access<CustomersWrite>, Path(id): Path<ContactId>) -> Result<Page> {
    let (contact, customer) = of(&access, id).await?;
    let filled = Filled::of([
        ("name", contact.name.clone()),
        ("role", contact.role.clone().unwrap_or_default()),
        ("phone", contact.phone.clone().unwrap_or_default()),
        ("email", contact.email.clone().unwrap_or_default()),
    ]);
    Ok(draw(&access, &customer, Some(&contact), &filled))
}

/// A form says all there is: what came empty is taken away.
pub async fn post_edit(
    access: Access<CustomersWrite>,
    Path(id): Path<ContactId>,
    form: Form<New>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |new: New| {
        let whole = Change {
            name: Some(new.name),
            role: Some(new.role.unwrap_or_default()),
            email: Some(new.email.unwrap_or_default()),
            phone: Some(new.phone.unwrap_or_default()),
        };
        access
            .once(async |tx: &mut TenantTx| {
                let contact = change(tx, id, seen, whole.clone()).await?;
                Ok(Redirect::to(format!("/customers/{}", contact.customer_id))
                    .toast(&format!("{} is saved.", contact.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (contact, customer) = of(&access, id).await?;
            Ok(Either::Again(draw(&access, &customer, Some(&contact), &shell::filled(typed))))
        }
    }
}

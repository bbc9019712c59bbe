//! The page on which a note is corrected or taken away.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell;
use ui::{Filled, button, field, form, link_button};

use super::{
    Entry, EntryId, NewNote,
    amend::{amend, find, remove},
};
use crate::{
    CustomerId,
    customer::{self, Customer, beneath::beneath},
    permissions::CustomersWrite,
};

fn draw(access: &Access<CustomersWrite>, customer: &Customer, note: &Entry, filled: &Filled) -> Page {
    let back = format!("/customers/{}", customer.id);
    let at = format!("{back}/notes/{}", note.id);
    let fields = html! {
        (field::hidden("version", note.version.to_string()))
        (field::textarea(filled, "body", "Note").hint("Only the team sees it. That it was changed is shown.").rows(6).most(10_000).required().focus())
        (form::actions(html! { (button("Save note").primary()) (link_button("Cancel", back).quiet()) }))
    };
    let body = html! {
        (form::form(&format!("{at}/edit"), filled, fields))
        div.form-acts { (form::verb_form(&format!("{at}/remove"), html! { (button("Remove note").danger().icon("trash-2")) })) }
    };
    beneath(access, customer, "Change note", body, filled)
}

async fn known(access: &Access<CustomersWrite>, customer: CustomerId, id: EntryId) -> Result<(Customer, Entry)> {
    let (customer, note) = access.read((customer::find(customer), find(customer, id))).await?;
    Ok((customer, note.ok_or(Error::NotFound)?))
}

pub async fn edit(access: Access<CustomersWrite>, Path((customer, id)): Path<(CustomerId, EntryId)>) -> Result<Page> {
    let (customer, note) = known(&access, customer, id).await?;
    let filled = Filled::of([("body", note.detail.clone().unwrap_or_default())]);
    Ok(draw(&access, &customer, &note, &filled))
}

pub async fn post_edit(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
    form: Form<NewNote>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |words: NewNote| {
        access
            .once(async |tx: &mut TenantTx| {
                amend(&access, tx, customer, id, seen, words.clone()).await?;
                Ok(Redirect::to(format!("/customers/{customer}")).toast("The note is saved."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (customer, note) = known(&access, customer, id).await?;
            Ok(Either::Again(draw(&access, &customer, &note, &shell::filled(typed))))
        }
    }
}

pub async fn post_remove(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            remove(&access, tx, customer, id).await?;
            Ok(Redirect::to(format!("/customers/{customer}")).toast("The note is removed."))
        })
        .await
}

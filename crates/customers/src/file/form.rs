//! The page on which a file is named and removed.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{Filled, button, field, form, link_button};

use super::{Change, CustomerFile, CustomerFileId, card::about, change, find};
use crate::{
    CustomerId, LocationId,
    customer::{self, Customer, beneath::beneath},
    location::{self, Location},
    permissions::CustomersWrite,
};

/// A form says all there is: what came empty is taken away.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub caption: Option<String>,
    pub location_id: Option<LocationId>,
}

impl Input for Words {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("caption", &mut self.caption, 120);
    }
}

struct Known {
    customer: Customer,
    file: CustomerFile,
    places: Vec<Location>,
}

async fn known(access: &Access<CustomersWrite>, customer: CustomerId, id: CustomerFileId) -> Result<Known> {
    let read = (customer::find(customer), find(customer, id), location::of_customer(customer));
    let (customer, file, places) = access.read(read).await?;
    Ok(Known { customer, file: file.ok_or(Error::NotFound)?, places })
}

fn draw(access: &Access<CustomersWrite>, known: &Known, filled: &Filled) -> Page {
    let Known { customer, file, places } = known;
    let back = format!("/customers/{}/files", customer.id);
    let fields = html! {
        (field::hidden("version", file.version.to_string()))
        (field::text(filled, "caption", "What it is").placeholder(&file.name).hint(format!("It is saved as {}.", file.name)).most(120).focus())
        @if !places.is_empty() { (field::select(filled, "location_id", "It is about", &about(places))) }
        (form::actions(html! { (button("Save").primary()) (link_button("Cancel", back).quiet()) }))
    };
    let body = html! {
        (form::form(&format!("{}/edit", file.href()), filled, fields))
        div.form-acts { (form::verb_form(&format!("{}/remove", file.href()), html! { (button("Remove file").danger().icon("trash-2")) })) }
    };
    beneath(access, customer, "Change file", body, filled)
}

pub async fn edit(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
) -> Result<Page> {
    let known = known(&access, customer, id).await?;
    let place = known.file.location_id.map(|id| id.to_string()).unwrap_or_default();
    let filled = Filled::of([("caption", known.file.caption.clone().unwrap_or_default()), ("location_id", place)]);
    Ok(draw(&access, &known, &filled))
}

pub async fn post_edit(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
    form: Form<Words>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |words: Words| {
        let whole = Change { caption: Some(words.caption.unwrap_or_default()), location_id: Some(words.location_id) };
        access
            .once(async |tx: &mut TenantTx| {
                let file = change(tx, customer, id, Some(seen), whole.clone()).await?;
                let to = format!("/customers/{customer}/files");
                Ok(Redirect::to(to).toast(&format!("{} is saved.", file.title())))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let known = known(&access, customer, id).await?;
            Ok(Either::Again(draw(&access, &known, &shell::filled(typed))))
        }
    }
}

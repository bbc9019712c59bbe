//! The page on which a customer is connected with another: look for them, then say what they are.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{Filled, button, field, form, link_button};

use super::{Kind, New, RelationId, add, remove};
use crate::{
    CustomerId,
    customer::{
        Customer,
        another::{self, Whom},
        beneath::beneath,
        find,
    },
    permissions::CustomersWrite,
};

/// What nobody has chosen yet is no kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationForm {
    customer_id: CustomerId,
    kind: Option<Kind>,
    note: Option<String>,
}
impl Input for RelationForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.kind.is_some(), "kind", "required", "Say what they are to each other.");
        checks.optional("note", &mut self.note, 200);
    }
}

fn draw(access: &Access<CustomersWrite>, customer: &Customer, other: &Customer, filled: &Filled) -> Page {
    let back = format!("/customers/{}", customer.id);
    let mut kinds = vec![("", "Choose")];
    kinds.extend(Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())));
    let body = form::form(
        &format!("{back}/relations/new"),
        filled,
        html! {
            (field::hidden("customer_id", other.id.to_string()))
            (field::select(filled, "kind", &format!("What {} is to {}", other.name, customer.name), &kinds).required())
            (field::text(filled, "note", "Note").placeholder("Unit 4, since 2021").most(200).autocomplete("off"))
            (form::actions(html! { (button("Connect").primary()) (link_button("Somebody else", format!("{back}/relations/new")).quiet()) (link_button("Cancel", back.clone()).quiet()) }))
        },
    );
    beneath(access, customer, &format!("Connect with {}", other.name), body, filled)
}

pub async fn new(access: Access<CustomersWrite>, Path(id): Path<CustomerId>, Query(whom): Query<Whom>) -> Result<Page> {
    let here = format!("/customers/{id}/relations/new");
    let Some(other) = whom.customer_id else {
        return another::choose(&access, id, whom.q.as_ref(), &here, ("Connect with another customer", "Choose")).await;
    };
    let (customer, other) = access.read((find(id), find(other))).await?;
    if customer.id == other.id {
        return Err(Error::refused("A customer is not connected with itself. Choose another one."));
    }
    Ok(draw(&access, &customer, &other, &Filled::default()))
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<RelationForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let other: Option<CustomerId> = form.value("customer_id").and_then(|other| other.parse().ok());
    let work = async |form: RelationForm| {
        let RelationForm { customer_id, kind, note } = form;
        let new = New { customer_id, kind: kind.unwrap_or(Kind::Other), note };
        access
            .once(async |tx: &mut TenantTx| {
                let relation = add(tx, id, new.clone()).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast(&format!("Connected with {}.", relation.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (customer, other) = access.read((find(id), find(other.ok_or(Error::NotFound)?))).await?;
            Ok(Either::Again(draw(&access, &customer, &other, &shell::filled(typed))))
        }
    }
}

pub async fn post_remove(
    access: Access<CustomersWrite>,
    Path((customer, relation)): Path<(CustomerId, RelationId)>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            remove(tx, relation, Some(customer)).await?;
            Ok(Redirect::to(format!("/customers/{customer}")).toast("They are no longer connected."))
        })
        .await
}

//! The page on which two customers stand side by side: merged there, or said to be two.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{
    Filled, button, field, form, link_button,
    table::{Column, nothing, plain},
};

use super::{Pick, Picks, Side, make};
use crate::{
    Contact, CustomerId, Equipment, Location, contact,
    customer::{
        Customer,
        another::{self, Whom},
        beneath::beneath,
        find,
    },
    duplicate, equipment, location,
    permissions::CustomersMerge,
};

/// A form is flat: whose value stays, by field, and who of the two.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeForm {
    customer_id: CustomerId,
    stays: Option<Side>,
    name: Option<Side>,
    kind: Option<Side>,
    email: Option<Side>,
    phone: Option<Side>,
    notes: Option<Pick>,
    external_id: Option<Side>,
    assigned_to: Option<Side>,
}
impl Input for MergeForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.stays.is_some(), "stays", "required", "Say who of the two stays.");
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApartForm {
    customer_id: CustomerId,
}
impl Input for ApartForm {
    fn check(&mut self, _: &mut Checks) {}
}

struct One {
    customer: Customer,
    contacts: Vec<Contact>,
    locations: Vec<Location>,
    equipment: Vec<Equipment>,
}

async fn one(scope: &Scope, id: CustomerId) -> Result<One> {
    let read = (find(id), contact::of_customer(id), location::of_customer(id), equipment::of_customer(id));
    let (customer, contacts, locations, equipment) = scope.read(read).await?;
    Ok(One { customer, contacts, locations, equipment })
}

fn called(customer: &Customer) -> String {
    format!("{} #{}", customer.name, customer.number)
}

/// The lines of both, one beside the other.
fn side_by_side(one: &One, other: &One) -> Markup {
    let text = |value: Option<&String>| html! { @match value { Some(value) => (value), None => (nothing("none")) } };
    let many = |many: usize| html! { span.num { (many) } };
    let row = |label: &str, of: &dyn Fn(&One) -> Markup| {
        // A long address breaks rather than push the other out of a phone's screen.
        let (a, b) = (html! { span.wrap-anywhere { (of(one)) } }, html! { span.wrap-anywhere { (of(other)) } });
        let differs = a.0 != b.0;
        vec![html! { @if differs { b { (label) } } @else { (label) } }, a, b]
    };
    let rows = vec![
        row("Name", &|of| html! { (of.customer.name) }),
        row("Kind", &|of| html! { (of.customer.kind.label()) }),
        row("Phone", &|of| text(of.customer.phone.as_ref())),
        row("Email", &|of| text(of.customer.email.as_ref())),
        row("Place", &|of| text(of.customer.place.as_ref())),
        row("Notes", &|of| text(of.customer.notes.as_ref())),
        row("Other id", &|of| text(of.customer.external_id.as_ref())),
        row(
            "Tags",
            &|of| html! { @if of.customer.tags.is_empty() { (nothing("none")) } @else { (of.customer.tags.join(", ")) } },
        ),
        row("Status", &|of| html! { (of.customer.status.label()) }),
        row("Locations", &|of| many(of.locations.len())),
        row("Contacts", &|of| many(of.contacts.len())),
        row("Equipment", &|of| many(of.equipment.len())),
    ];
    let number = |of: &One| Column::text(format!("#{}", of.customer.number));
    let columns = [Column::text("What"), number(one), number(other)];
    plain("The two side by side; what differs is bold", &columns, &rows)
}

/// Only what both have, and have otherwise, is to be chosen: of the rest there is one value.
fn choices(filled: &Filled, one: &Customer, other: &Customer) -> Markup {
    let owner = |customer: &Customer| called(customer);
    let (kind, others) = (one.kind.label().to_owned(), other.kind.label().to_owned());
    let all = [
        ("name", "Name", Some(&one.name), Some(&other.name)),
        ("kind", "Kind", Some(&kind), Some(&others)),
        ("phone", "Phone", one.phone.as_ref(), other.phone.as_ref()),
        ("email", "Email", one.email.as_ref(), other.email.as_ref()),
        ("external_id", "Id in another system", one.external_id.as_ref(), other.external_id.as_ref()),
    ];
    let chosen = |name: &str| if filled.value(name).is_empty() { "this" } else { "" };
    html! {
        @for (name, label, a, b) in all {
            @if let (Some(a), Some(b)) = (a, b) { @if a != b {
                @let options = [("this".to_owned(), a.clone(), owner(one)), ("other".into(), b.clone(), owner(other))];
                (field::choices(filled, name, label, &options).value(chosen(name)))
            } }
        }
        @if let (Some(a), Some(b)) = (&one.notes, &other.notes) { @if a != b {
            @let short = |text: &String| text.chars().take(200).collect::<String>();
            @let options = [("both".to_owned(), "Both, one under the other".into(), String::new()), ("this".into(), short(a), owner(one)), ("other".into(), short(b), owner(other))];
            (field::choices(filled, "notes", "Notes", &options).value(if filled.value("notes").is_empty() { "both" } else { "" }))
        } }
        @if one.assigned_to.is_some() && other.assigned_to.is_some() && one.assigned_to != other.assigned_to {
            @let options = [("this".to_owned(), format!("As {}", called(one)), String::new()), ("other".into(), format!("As {}", called(other)), String::new())];
            (field::choices(filled, "assigned_to", "Looked after by", &options).value(chosen("assigned_to")))
        }
    }
}

fn draw(access: &Access<CustomersMerge>, one: &One, other: &One, filled: &Filled) -> Page {
    let (a, b) = (&one.customer, &other.customer);
    let here = format!("/customers/{}", a.id);
    let first = if a.number <= b.number { "this" } else { "other" };
    let who = |customer: &Customer| {
        let since = customer.created_at.to_zoned(access.tenant().locale.zone.clone());
        format!("since {}", since.strftime("%-d %b %Y"))
    };
    let stays = [("this".to_owned(), called(a), who(a)), ("other".into(), called(b), who(b))];
    let body = html! { div.form-narrow {
        p.soft."mb-6" { "If these are one, they are merged: visits, jobs, invoices, payments, equipment, contacts, locations, notes, tags and consent of both are then with whoever stays. Issued invoices keep what is printed on them. A merge can be taken back." }
        (side_by_side(one, other))
        div."mt-6" { (form::form(&format!("{here}/merge"), filled, html! {
            (field::hidden("customer_id", b.id.to_string()))
            (field::choices(filled, "stays", "Who stays", &stays).required().value(if filled.value("stays").is_empty() { first } else { "" }))
            (choices(filled, a, b))
            (form::actions(html! { (button("Merge").primary().icon("git-merge")) (link_button("Cancel", here.clone()).quiet()) }))
        })) }
        div."mt-6" { (form::verb_form(&format!("{here}/apart"), html! {
            (field::hidden("customer_id", b.id.to_string()))
            (button("They are two").icon("users")) " " span.dim.t12 { "Not suggested again." }
        })) }
    } };
    beneath(access, a, "Merge customers", body, filled)
}

pub async fn page(
    access: Access<CustomersMerge>,
    Path(id): Path<CustomerId>,
    Query(whom): Query<Whom>,
) -> Result<Page> {
    let Some(other) = whom.customer_id else {
        let here = format!("/customers/{id}/merge");
        return another::choose(&access, id, whom.q.as_ref(), &here, ("Merge with another customer", "Compare")).await;
    };
    let (one, other) = (one(&access, id).await?, one(&access, other).await?);
    if one.customer.id == other.customer.id {
        return Err(Error::refused("A customer is not merged with itself. Choose another one."));
    }
    Ok(draw(&access, &one, &other, &Filled::default()))
}

pub async fn post(
    access: Access<CustomersMerge>,
    Path(id): Path<CustomerId>,
    form: Form<MergeForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let other = form.value("customer_id").and_then(|other| other.parse().ok());
    let author = access.actor().name().to_owned();
    let work = async |form: MergeForm| {
        let MergeForm { customer_id, stays, name, kind, email, phone, notes, external_id, assigned_to } = form;
        let picks = Picks { name, kind, email, phone, notes, external_id, assigned_to };
        let (stays, gone, picks) = match stays {
            Some(Side::Other) => (customer_id, id, picks.flipped()),
            _ => (id, customer_id, picks),
        };
        access
            .once(async |tx: &mut TenantTx| {
                let customer = make(tx, stays, gone, picks, &author).await?;
                let says = format!("They are one now: {}. This can be taken back below.", called(&customer));
                Ok(Redirect::to(format!("/customers/{}", customer.id)).toast(&says))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let other: CustomerId = other.ok_or(Error::NotFound)?;
            let (one, other) = (one(&access, id).await?, one(&access, other).await?);
            Ok(Either::Again(draw(&access, &one, &other, &shell::filled(typed))))
        }
    }
}

/// Two after all.
pub async fn post_apart(
    access: Access<CustomersMerge>,
    Path(id): Path<CustomerId>,
    form: Form<ApartForm>,
) -> Result<Repeatable<Redirect>> {
    let work = async |form: ApartForm| {
        access
            .once(async |tx: &mut TenantTx| {
                duplicate::apart(tx, id, form.customer_id).await?;
                Ok(Redirect::to("/customers/duplicates").toast("They stay two, and are not suggested again."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(done),
        Err(typed) => Err(typed.refused()),
    }
}

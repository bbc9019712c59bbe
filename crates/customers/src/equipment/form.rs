//! The pages on which equipment is added and changed.
use jiff::civil::Date;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell;
use ui::{Filled, button, field, form, link_button};

use super::{Change, Equipment, EquipmentId, New, change, create, find};
use crate::{
    CustomerId, Location,
    customer::{self, Customer, beneath::beneath},
    location,
    permissions::CustomersWrite,
};

fn draw(
    access: &Access<CustomersWrite>,
    customer: &Customer,
    places: &[Location],
    known: Option<&Equipment>,
    filled: &Filled,
) -> Page {
    let back = format!("/customers/{}", customer.id);
    let (title, action, verb) = match known {
        Some(known) => ("Change equipment", format!("/customers/equipment/{}/edit", known.id), "Save equipment"),
        None => ("New equipment", format!("{back}/equipment/new"), "Add equipment"),
    };
    let choices: Vec<(String, String)> = places.iter().map(|place| (place.id.to_string(), place.line())).collect();
    let body = form::form(
        &action,
        filled,
        html! {
            @if let Some(known) = known { (field::hidden("version", known.version.to_string())) }
            (field::text(filled, "name", "What it is").required().placeholder("Furnace").most(80))
            (form::pair(html! {
                (field::text(filled, "make", "Make").placeholder("Carrier").most(80))
                (field::text(filled, "model", "Model").placeholder("59TP6A").most(80))
            }))
            (field::text(filled, "serial", "Serial number").hint("The customer is found by it.").most(80))
            @if choices.len() > 1 { (field::select(filled, "location_id", "Where it stands", &choices)) }
            (form::pair(html! {
                (field::date(filled, "installed_on", "Installed on"))
                (field::date(filled, "warranty_until", "Under warranty until"))
            }))
            (field::textarea(filled, "notes", "Notes").hint("Filter size, where the shut-off is.").rows(2).most(2000))
            @if known.is_some() { (field::date(filled, "removed_on", "Taken out on").hint("Its history stays with the customer.")) }
            (form::actions(html! { (button(verb).primary()) (link_button("Cancel", back).quiet()) }))
        },
    );
    beneath(access, customer, title, body, filled)
}

pub async fn new(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Page> {
    let (customer, places) = access.read((customer::find(id), location::of_customer(id))).await?;
    Ok(draw(&access, &customer, &places, None, &Filled::default()))
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<New>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |new: New| {
        access
            .once(async |tx: &mut TenantTx| {
                let equipment = create(tx, id, new.clone()).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast(&format!("{} is added.", equipment.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (customer, places) = access.read((customer::find(id), location::of_customer(id))).await?;
            Ok(Either::Again(draw(&access, &customer, &places, None, &shell::filled(typed))))
        }
    }
}

async fn of(access: &Access<CustomersWrite>, id: EquipmentId) -> Result<(Equipment, Customer, Vec<Location>)> {
    access
        .read_with(async |tx: &mut TenantTx| {
            let known = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
            let read = (customer::find(known.customer_id), location::of_customer(known.customer_id));
            let (customer, places) = tx.run(read).await?;
            Ok((known, customer, places))
        })
        .await
}

pub async fn edit(access: Access<CustomersWrite>, Path(id): Path<EquipmentId>) -> Result<Page> {
    let (known, customer, places) = of(&access, id).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let day = |value: Option<Date>| value.map(|day| day.to_string()).unwrap_or_default();
    let filled = Filled::of([
        ("name", known.name.clone()),
        ("make", text(&known.make)),
        ("model", text(&known.model)),
        ("serial", text(&known.serial)),
        ("location_id", known.location_id.to_string()),
        ("installed_on", day(known.installed_on)),
        ("warranty_until", day(known.warranty_until)),
        ("notes", text(&known.notes)),
        ("removed_on", day(known.removed_on)),
    ]);
    Ok(draw(&access, &customer, &places, Some(&known), &filled))
}

/// A form says all there is: what came empty is taken away.
pub async fn post_edit(
    access: Access<CustomersWrite>,
    Path(id): Path<EquipmentId>,
    form: Form<New>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |new: New| {
        let whole = |value: Option<String>| Some(value.unwrap_or_default());
        let whole = Change {
            location_id: new.location_id,
            name: Some(new.name),
            make: whole(new.make),
            model: whole(new.model),
            serial: whole(new.serial),
            installed_on: Some(new.installed_on),
            warranty_until: Some(new.warranty_until),
            notes: whole(new.notes),
            removed_on: Some(new.removed_on),
        };
        access
            .once(async |tx: &mut TenantTx| {
                let known = change(tx, id, seen, whole.clone()).await?;
                let to = format!("/customers/{}", known.customer_id);
                Ok(Redirect::to(to).toast(&format!("{} is saved.", known.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (known, customer, places) = of(&access, id).await?;
            Ok(Either::Again(draw(&access, &customer, &places, Some(&known), &shell::filled(typed))))
        }
    }
}

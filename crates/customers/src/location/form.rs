//! The pages on which a service location is added and changed.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{Filled, button, field, form, link_button};

use super::{Change, Location, LocationId, New, change, create, find, geo};
use crate::{
    CustomerId,
    customer::{self, Customer, beneath::beneath},
    permissions::CustomersWrite,
};

/// What is typed of a location: all there is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LocationForm {
    label: Option<String>,
    #[schemars(required)]
    street: String,
    unit: Option<String>,
    city: Option<String>,
    region: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    access_notes: Option<String>,
    /// As a map copies it.
    point: Option<String>,
    #[serde(skip)]
    new: New,
}

impl Input for LocationForm {
    fn check(&mut self, checks: &mut Checks) {
        let LocationForm { label, street, unit, city, region, postal_code, country, access_notes, mut point, .. } =
            std::mem::take(self);
        checks.optional("point", &mut point, 500);
        let point = point.and_then(|text| match geo::read(&text) {
            Ok(point) => Some(point),
            Err(says) => {
                checks.that(false, "point", "point", says);
                None
            }
        });
        let (latitude, longitude) = point.unzip();
        self.new = New { label, street, unit, city, region, postal_code, country, access_notes, latitude, longitude };
        self.new.check(checks);
    }
}

/// The parts of an address; `prefix` is "location." inside the form of a customer.
pub(crate) fn address(filled: &Filled, prefix: &str) -> Markup {
    let name = |field: &str| format!("{prefix}{field}");
    html! {
        (field::text(filled, &name("street"), "Street and number").autocomplete("address-line1").most(200))
        (form::pair(html! {
            (field::text(filled, &name("unit"), "Unit or floor").autocomplete("address-line2").most(80))
            (field::text(filled, &name("city"), "City").autocomplete("address-level2").most(120))
        }))
        (form::pair(html! {
            (field::text(filled, &name("region"), "State").autocomplete("address-level1").most(80))
            (field::text(filled, &name("postal_code"), "Postal code").autocomplete("postal-code").most(20))
        }))
        (field::textarea(filled, &name("access_notes"), "How to get in").hint("Gate code, dog, where to park. The technician sees it.").rows(2).most(2000))
    }
}

fn draw(access: &Access<CustomersWrite>, customer: &Customer, location: Option<&Location>, filled: &Filled) -> Page {
    let back = format!("/customers/{}", customer.id);
    let (title, action, verb) = match location {
        Some(location) => ("Change location", format!("/customers/locations/{}/edit", location.id), "Save location"),
        None => ("New location", format!("{back}/locations/new"), "Add location"),
    };
    let body = form::form(
        &action,
        filled,
        html! {
            @if let Some(location) = location { (field::hidden("version", location.version.to_string())) }
            (field::text(filled, "label", "What people call it").placeholder("Lake house").most(80))
            (address(filled, ""))
            (field::text(filled, "country", "Country").hint("Two letters, such as US.").most(2))
            div data-island="here" data-field="point" {
                (field::text(filled, "point", "Point on the map").placeholder("40.7128, -74.0060").hint("Where the address does not lead to it. Paste it as a map copies it, or a link to a map.").most(500).autocomplete("off"))
                div."pt-2" { (button("This is the place").icon("navigation").plain().attr("hidden", "")) }
            }
            (form::actions(html! { (button(verb).primary()) (link_button("Cancel", back).quiet()) }))
        },
    );
    beneath(access, customer, title, body, filled)
}

pub async fn new(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Page> {
    let customer = access.read(customer::find(id)).await?;
    let filled = Filled::of([("country", access.tenant().locale.country.clone())]);
    Ok(draw(&access, &customer, None, &filled))
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<LocationForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |LocationForm { new, .. }: LocationForm| {
        access
            .once(async |tx: &mut TenantTx| {
                let location = create(tx, id, new.clone()).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast(&format!("{} is added.", location.line())))
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

async fn of(access: &Access<CustomersWrite>, id: LocationId) -> Result<(Location, Customer)> {
    access
        .read_with(async |tx: &mut TenantTx| {
            let location = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
            let customer = tx.run(customer::find(location.customer_id)).await?;
            Ok((location, customer))
        })
        .await
}

pub async fn edit(access: Access<CustomersWrite>, Path(id): Path<LocationId>) -> Result<Page> {
    let (location, customer) = of(&access, id).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let filled = Filled::of([
        ("label", text(&location.label)),
        ("street", location.street.clone()),
        ("unit", text(&location.unit)),
        ("city", text(&location.city)),
        ("region", text(&location.region)),
        ("postal_code", text(&location.postal_code)),
        ("country", location.country.clone()),
        ("access_notes", text(&location.access_notes)),
        ("point", location.point().map(geo::write).unwrap_or_default()),
    ]);
    Ok(draw(&access, &customer, Some(&location), &filled))
}

/// A form says all there is: what came empty is taken away.
pub async fn post_edit(
    access: Access<CustomersWrite>,
    Path(id): Path<LocationId>,
    form: Form<LocationForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |LocationForm { new, .. }: LocationForm| {
        let whole = |value: Option<String>| Some(value.unwrap_or_default());
        let whole = Change {
            label: whole(new.label),
            street: Some(new.street),
            unit: whole(new.unit),
            city: whole(new.city),
            region: whole(new.region),
            postal_code: whole(new.postal_code),
            country: new.country,
            access_notes: whole(new.access_notes),
            latitude: Some(new.latitude),
            longitude: Some(new.longitude),
        };
        access
            .once(async |tx: &mut TenantTx| {
                let location = change(tx, id, seen, whole.clone()).await?;
                let to = format!("/customers/{}", location.customer_id);
                Ok(Redirect::to(to).toast(&format!("{} is saved.", location.line())))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (location, customer) = of(&access, id).await?;
            Ok(Either::Again(draw(&access, &customer, Some(&location), &shell::filled(typed))))
        }
    }
}

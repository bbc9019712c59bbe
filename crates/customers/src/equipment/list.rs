//! What a customer has installed: in the API, and as a card beside the customer.
use jiff::civil::Date;
use kernel::{
    Access, Error, Paged, Result, Scope,
    http::{Json, One, Path},
};
use maud::{Markup, html};
use ui::card as cards;

use super::{Equipment, EquipmentId, find, of_customer};
use crate::{CustomerId, CustomersRead, CustomersWrite, Location, customer};

/// All of a customer: at most 500, so there is one page of them.
pub async fn api(access: Access<CustomersRead>, Path(customer): Path<CustomerId>) -> Result<Json<Paged<Equipment>>> {
    let (_, data) = access.read((customer::find(customer), of_customer(customer))).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn api_one(access: Access<CustomersRead>, Path(id): Path<EquipmentId>) -> Result<One<Equipment>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}

/// "under warranty until Mar 2031": whether the maker pays decides what a visit costs.
fn warranty(until: Date, today: Date) -> Markup {
    let day = until.strftime("%b %Y").to_string();
    match until >= today {
        true => html! { span.tone-good { "under warranty until " (day) } },
        false => html! { "warranty over since " (day) },
    }
}

fn facts(one: &Equipment, place: Option<&str>, today: Date) -> Markup {
    let made = one.made();
    let serial = one.serial.as_ref().map(|serial| format!("serial {serial}"));
    let installed = one.installed_on.map(|day| format!("installed {}", day.strftime("%b %Y")));
    let removed = one.removed_on.map(|day| format!("taken out {}", day.strftime("%b %Y")));
    let plain = [Some(made).filter(|made| !made.is_empty()), serial, installed, removed, place.map(str::to_owned)];
    let plain = plain.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    html! {
        (plain)
        @if let Some(until) = one.warranty_until.filter(|_| one.removed_on.is_none()) { @if !plain.is_empty() { " · " } (warranty(until, today)) }
        @if let Some(notes) = &one.notes { br; (notes) }
    }
}

/// What is there first; what was taken out is folded away.
pub(crate) fn card(scope: &Scope, customer: CustomerId, all: &[Equipment], locations: &[Location]) -> Markup {
    let (may, today) = (scope.can::<CustomersWrite>(), scope.local_now().date());
    let place = |one: &Equipment| {
        let several = locations.len() > 1;
        locations.iter().find(|location| several && location.id == one.location_id).map(Location::line)
    };
    let line = |one: &Equipment| {
        let open = html! { a.link.t12 href=(format!("/customers/equipment/{}", one.id)) { "Open" } };
        cards::line_with("wrench", &one.name, facts(one, place(one).as_deref(), today), open)
    };
    let (gone, there): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.removed_on.is_some_and(|day| day <= today));
    let add = html! { @if may && !locations.is_empty() {
        (ui::link_button("Add equipment", format!("/customers/{customer}/equipment/new")).small().quiet().icon_only("plus"))
    } };
    cards::section(
        "Equipment",
        add,
        html! {
            @for one in &there { (line(one)) }
            @if there.is_empty() { p.dim.t13 { @if locations.is_empty() { "None yet. Add a location first." } @else { "None yet. Make, model and serial number help before anybody drives out." } } }
            @if !gone.is_empty() { details.fold { summary.t13.dim { "Taken out (" (gone.len()) ")" } @for one in &gone { (line(one)) } } }
        },
    )
}

//! The page of a piece of equipment: what is known of it, and what other contexts tell of it, such as who serviced it when.
use jiff::civil::Date;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Page, Path},
};
use maud::{Markup, html};
use tenancy::shell;
use ui::{Filled, card, link_button};

use super::{EquipmentId, find};
use crate::{
    customer::{self, beneath::beneath},
    location,
    permissions::{CustomersRead, CustomersWrite},
};

pub async fn page(access: Access<CustomersRead>, Path(id): Path<EquipmentId>) -> Result<Page> {
    let (known, customer, places) = access
        .read_with(async |tx: &mut TenantTx| {
            let known = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
            let read = (customer::find(known.customer_id), location::of_customer(known.customer_id));
            let (customer, places) = tx.run(read).await?;
            Ok((known, customer, places))
        })
        .await?;
    let day = |day: Date| html! { span.num { (day.strftime("%-d %b %Y").to_string()) } };
    let text = |text: &String| html! { (text) };
    let place = places.iter().find(|place| place.id == known.location_id).map(|place| html! { (place.line()) });
    let facts: Vec<(&str, Markup)> = [
        ("Make", known.make.as_ref().map(text)),
        ("Model", known.model.as_ref().map(text)),
        ("Serial number", known.serial.as_ref().map(text)),
        ("Where it stands", place),
        ("Installed on", known.installed_on.map(day)),
        ("Under warranty until", known.warranty_until.map(day)),
        ("Taken out on", known.removed_on.map(day)),
        ("Notes", known.notes.as_ref().map(text)),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.map(|value| (name, value)))
    .collect();
    let more = shell::panels(&access, "equipment.main", id.into(), &format!("/customers/equipment/{id}")).await;
    let change = html! { @if access.can::<CustomersWrite>() { (link_button("Change", format!("/customers/equipment/{id}/edit")).icon("pencil")) } };
    let body = html! { div.form-narrow.grid."gap-6" {
        (card::record_name(&known.name, &known.made(), html! {}, change))
        (card::section("Facts", html! {}, card::facts(&facts)))
        @for part in &more { (part) }
    } };
    Ok(beneath(&access, &customer, &known.name, body, &Filled::default()))
}

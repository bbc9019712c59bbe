//! The booking page with what somebody had before: where, and what. Nothing of it is believed more than what a visitor types.
use catalog::ItemId;
use customers::Location;
use kernel::{Result, Visitor, http::Redirect};

use super::draft::Draft;
use crate::{neighbours::services_online, terms};

/// As far along as what is known leads; without a whole address to the first question.
pub async fn again(visitor: &Visitor, place: Option<&Location>, item: Option<ItemId>) -> Result<Redirect> {
    let whole = place.and_then(|place| Some((place, place.city.clone()?, place.postal_code.clone()?)));
    let Some((place, city, postal_code)) = whole else { return Ok(Redirect::to("/book")) };
    let (offered, kept) = visitor.read((services_online(), terms::kept())).await?;
    let item = item.filter(|item| offered.iter().any(|service| service.id == *item));
    let draft = Draft {
        begun: visitor.now(),
        street: place.street.clone(),
        unit: place.unit.clone(),
        city,
        region: place.region.clone(),
        postal_code,
        item,
        token: None,
    };
    let to = if item.is_some() { "/book/when" } else { "/book/service" };
    Ok(Redirect::to(to).cookie(draft.cookie(visitor, &terms::sites_in(kept))))
}

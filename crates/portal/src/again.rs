//! The same once more: the booking page with the place and the service of a visit that was.
use catalog::ItemId;
use customers::{CustomerId, LocationId, location};
use kernel::{
    Error, Result, Visitor,
    http::{Form, Nothing, Path, Redirect},
    row, sql,
};
use scheduling::{AppointmentId, booking};

use crate::guest;

row! { struct Was { item_id: Option<ItemId>, location_id: Option<LocationId> } }

sql! {
    fn was(customer: CustomerId, visit: AppointmentId) -> Option<Was> = "
        select item_id, location_id from appointment where tenant_id = $1 and customer_id = $2 and id = $3 and status <> 'held'";
}

pub async fn post(
    visitor: Visitor,
    Path((customer, visit)): Path<(CustomerId, AppointmentId)>,
    _: Form<Nothing>,
) -> Result<Redirect> {
    let (_, mine) = guest::at(&visitor, customer).await?;
    let was = visitor.read(was(mine.id, visit)).await?.ok_or(Error::NotFound)?;
    let place = match was.location_id {
        Some(id) => visitor.read(location::find(id)).await?.filter(|place| place.customer_id == mine.id),
        None => None,
    };
    booking::again(&visitor, place.as_ref(), was.item_id).await
}

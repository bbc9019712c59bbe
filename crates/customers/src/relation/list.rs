//! With whom a customer is connected, read from their end.
use kernel::{
    Access, Paged, Result,
    http::{Json, Path},
};

use super::{Relation, of_customer};
use crate::{CustomerId, customer::find, permissions::CustomersRead};

/// All: so few that there is one page of them.
pub async fn api(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Json<Paged<Relation>>> {
    let (_, data) = access.read((find(id), of_customer(id))).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}

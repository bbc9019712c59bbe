//! What a customer prefers, for programs; where nothing was said, all of it is empty and the version is 0.
use kernel::{
    Access, Error, Result,
    http::{One, Path},
};

use super::{Preferences, of_customer};
use crate::{CustomerId, customer::find, permissions::CustomersRead};

pub async fn api(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<One<Preferences>> {
    let (_, known) = access.read((find(id), of_customer(id))).await?;
    known.map(One).ok_or(Error::NotFound)
}

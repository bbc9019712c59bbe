//! A file itself. What somebody has uploaded is saved, never opened as a page of the company's: see `http::Download`.
use kernel::{
    Access, Error, Result,
    http::{Path, Streamed},
};
use tenancy::files::{self, FileId};

use super::{CustomerFileId, find};
use crate::{CustomerId, customer, permissions::CustomersRead};

pub async fn get(
    access: Access<CustomersRead>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
) -> Result<Streamed> {
    let (_, file) = access.read((customer::find(customer), find(customer, id))).await?;
    let file = file.ok_or(Error::NotFound)?;
    let bytes = files::read(access.house(), access.tenant().id, FileId(id.0)).await?;
    Ok(Streamed { name: file.name, media_type: file.media_type, file: bytes, bytes: file.size as u64 })
}

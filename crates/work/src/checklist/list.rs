//! All checklists, and one of them.
use kernel::{
    Access, Error, Paged, Result,
    http::{Json, One, Path},
};

use super::{Checklist, ChecklistId, all, find};
use crate::permissions::WorkRead;

/// At most 200, so there is one page of them.
pub async fn api(access: Access<WorkRead>) -> Result<Json<Paged<Checklist>>> {
    let data = access.read(all()).await?.into_iter().map(Checklist::from).collect();
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn api_one(access: Access<WorkRead>, Path(id): Path<ChecklistId>) -> Result<One<Checklist>> {
    access.read(find(id)).await?.map(Checklist::from).map(One).ok_or(Error::NotFound)
}

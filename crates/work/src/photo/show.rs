//! The picture itself, for whoever sees the job.
use kernel::{
    Access, Error, Result, Scope,
    http::{Download, Path},
};
use tenancy::files::{self, FileId};

use super::{PhotoId, file_of};
use crate::{order::WorkOrderId, permissions::WorkRead};

/// For whom the caller has seen to it that they may see the job.
pub(crate) async fn show(scope: &Scope, file: Option<FileId>) -> Result<Download> {
    let file = file.ok_or(Error::NotFound)?;
    let file = scope.read(files::find(file)).await?.ok_or(Error::NotFound)?;
    let bytes = files::open(scope.house(), scope.tenant().id, &file).await?;
    Ok(Download { name: file.name, media_type: file.media_type, bytes, inline: false })
}

pub async fn get(access: Access<WorkRead>, Path((order, id)): Path<(WorkOrderId, PhotoId)>) -> Result<Download> {
    let file = access.read(file_of(order, id)).await?;
    show(&access, file).await
}

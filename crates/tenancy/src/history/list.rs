//! The changes of a record, newest first.
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope,
    http::{Json, Path, Query},
    page::{self, Asked},
};
use uuid::Uuid;

use super::{Change, of_record};
use crate::AuditRead;

pub(super) async fn list(scope: &Scope, record: Uuid, asked: &Asked) -> Result<Paged<Change>> {
    let limit = page::limit(asked.limit)?;
    let before = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(Uuid::max());
    let found = scope.read(of_record(record, before, limit as i64 + 1)).await?;
    Ok(Paged::of(found, limit, |change| change.id))
}

pub async fn api(
    access: Access<AuditRead>,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Json<Paged<Change>>> {
    let found = list(&access, id, &asked).await?;
    // What has no history is no record that anybody may ask about.
    match found.data.is_empty() && asked.cursor.is_none() {
        true => Err(Error::NotFound),
        false => Ok(Json(found)),
    }
}

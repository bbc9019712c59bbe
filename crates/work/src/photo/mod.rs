//! Photos of a job: pictures by their first bytes, at most 10 MB, seen by whoever sees the job.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Created, Download, Path, Repeatable, Upload, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use tenancy::files::{self, FileId};

use crate::{
    order::{self, WorkOrderId, tell_changed},
    permissions::{WorkRead, WorkWrite},
};

kernel::id!(PhotoId);

/// Bytes. Phones make pictures of 3 to 8 MB.
pub const MOST_BYTES: usize = 10 << 20;
const MOST_PHOTOS: usize = 100;

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Photo {
        pub id: PhotoId,
        #[serde(skip)]
        pub file_id: FileId,
        pub caption: String,
        pub created_at: Timestamp,
    }
}
impl Versioned for Photo {
    /// A photo does not change.
    fn version(&self) -> i64 {
        1
    }
}

sql! {
    pub fn of(order: WorkOrderId) -> Vec<Photo> = "
        select id, file_id, caption, created_at from photo where tenant_id = $1 and order_id = $2 order by id limit 100";
    pub(crate) fn file_of(order: WorkOrderId, id: PhotoId) -> Option<FileId> = "
        select file_id from photo where tenant_id = $1 and order_id = $2 and id = $3";
    fn insert(id: PhotoId, order: WorkOrderId, file: FileId, caption: String, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into photo (tenant_id, id, order_id, file_id, caption, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7)";
}

/// The picture of the field `photo` (or `file`), with the words of the field `caption`.
pub async fn keep(scope: &Scope, tx: &mut TenantTx, order: WorkOrderId, upload: &Upload) -> Result<Photo> {
    keep_called(scope, tx, order, upload, None).await
}

/// The same under these words, whatever the field says.
pub(crate) async fn keep_called(
    scope: &Scope,
    tx: &mut TenantTx,
    order: WorkOrderId,
    upload: &Upload,
    called: Option<String>,
) -> Result<Photo> {
    let file = upload.file("photo").or_else(|| upload.file("file"));
    let file = file.ok_or_else(|| Error::field("/photo", "required", "Choose a picture to send."))?;
    let media_type = files::checked_picture(&file.bytes, MOST_BYTES, "photo")?;
    let said = || upload.field("caption").unwrap_or("").trim().chars().filter(|c| !c.is_control()).take(80).collect();
    let caption: String = called.unwrap_or_else(said);
    let (found, kept) = tx.run((order::find(order), of(order))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if kept.len() >= MOST_PHOTOS {
        return Err(Error::refused(format!("A job has at most {MOST_PHOTOS} photos.")));
    }
    let caption = if caption.is_empty() { format!("Photo {}", kept.len() + 1) } else { caption };
    let file_id = files::keep(scope.house(), tx, &file.name, media_type, "photo", &file.bytes).await?;
    let photo = Photo { id: PhotoId::new(), file_id, caption, created_at: tx.now() };
    let by = tx.user();
    tx.queue(insert(photo.id, order, file_id, photo.caption.clone(), photo.created_at, by));
    tell_changed(tx, &found);
    Ok(photo)
}

/// The picture itself, for whom the caller has seen to it that they may see the job.
pub(crate) async fn show(scope: &Scope, file: Option<FileId>) -> Result<Download> {
    let file = file.ok_or(Error::NotFound)?;
    let file = scope.read(files::find(file)).await?.ok_or(Error::NotFound)?;
    let bytes = files::open(scope.house(), scope.tenant().id, &file).await?;
    Ok(Download { name: file.name, media_type: file.media_type, bytes, inline: false })
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(order): Path<WorkOrderId>,
    upload: Upload,
) -> Result<Repeatable<Created<Photo>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let photo = keep(&access, tx, order, &upload).await?;
            Ok(Created { location: format!("/api/v1/work-orders/{order}/photos/{}", photo.id), body: photo })
        })
        .await
}

pub async fn get(access: Access<WorkRead>, Path((order, id)): Path<(WorkOrderId, PhotoId)>) -> Result<Download> {
    let file = access.read(file_of(order, id)).await?;
    show(&access, file).await
}

//! Keeping a photo: looked at and drawn anew before anything is held, so that nothing of the camera's notes is left.
use bytes::Bytes;
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Created, Path, Repeatable, Upload},
    sql,
};
use tenancy::files::{self, FileId};

use super::{Label, MOST_BYTES, Photo, PhotoId, count};
use crate::{
    order::{self, WorkOrderId, tell_changed},
    permissions::WorkWrite,
};

const MOST_PHOTOS: i64 = 100;

/// A picture as it will be kept, with its words.
#[derive(Debug, Clone)]
pub struct Picture {
    pub bytes: Bytes,
    pub label: Label,
    /// Empty: it is numbered.
    pub caption: String,
}

sql! {
    fn insert(id: PhotoId, order: WorkOrderId, file: FileId, label: Label, caption: String, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into photo (tenant_id, id, order_id, file_id, label, caption, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

pub(super) fn tidy(caption: &str) -> String {
    caption.trim().chars().filter(|c| !c.is_control()).take(80).collect()
}

impl Picture {
    /// The picture of the field `photo` (or `file`), with the words of the fields `caption` and `label`.
    pub async fn sent(upload: &Upload) -> Result<Self> {
        let file = upload.file("photo").or_else(|| upload.file("file"));
        let file = file.ok_or_else(|| Error::field("/photo", "required", "Choose a picture to send."))?;
        files::checked_picture(&file.bytes, MOST_BYTES, "photo")?;
        let label = match upload.field("label").unwrap_or("") {
            "" => Label::Other,
            word => {
                word.parse().map_err(|_| Error::field("/label", "unknown", "A photo is of before, after or other."))?
            }
        };
        let caption = tidy(upload.field("caption").unwrap_or(""));
        Ok(Self { bytes: drawn(file.bytes.clone()).await?, label, caption })
    }
}

/// The picture, drawn anew on a thread of its own: upright, of a size that a screen needs, and nothing else.
pub(super) async fn drawn(bytes: Bytes) -> Result<Bytes> {
    let done = tokio::task::spawn_blocking(move || pictures::photo(&bytes)).await;
    let refused = |refused: pictures::Refused| {
        let says = match refused {
            pictures::Refused::Unreadable => "This picture cannot be read. Take it anew, or send another one.",
            pictures::Refused::TooLarge => "This picture has too many pixels. A smaller one will do.",
        };
        Error::field("/photo", "picture", says)
    };
    let kept = done.map_err(|error| Error::Bug(format!("drawing a photo: {error}")))?.map_err(refused)?;
    Ok(kept.into())
}

pub async fn keep(scope: &Scope, tx: &mut TenantTx, order: WorkOrderId, picture: &Picture) -> Result<Photo> {
    let (found, kept) = tx.run((order::find(order), count(order))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if kept >= MOST_PHOTOS {
        return Err(Error::refused(format!("A job has at most {MOST_PHOTOS} photos.")));
    }
    let caption = match (picture.caption.is_empty(), picture.label) {
        (false, _) => picture.caption.clone(),
        (true, Label::Other) => format!("Photo {}", kept + 1),
        (true, label) => label.label().to_owned(),
    };
    let file_id = files::keep(scope.house(), tx, "photo.jpg", "image/jpeg", "photo", &picture.bytes).await?;
    let photo = Photo { id: PhotoId::new(), file_id, label: picture.label, caption, created_at: tx.now() };
    let by = tx.user();
    tx.queue(insert(photo.id, order, file_id, photo.label, photo.caption.clone(), photo.created_at, by));
    tell_changed(tx, &found);
    Ok(photo)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(order): Path<WorkOrderId>,
    upload: Upload,
) -> Result<Repeatable<Created<Photo>>> {
    let picture = Picture::sent(&upload).await?;
    access
        .once(async |tx: &mut TenantTx| {
            let photo = keep(&access, tx, order, &picture).await?;
            Ok(Created { location: format!("/api/v1/work-orders/{order}/photos/{}", photo.id), body: photo })
        })
        .await
}

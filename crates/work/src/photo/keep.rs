//! Keeping a photo: looked at and drawn anew before anything is held, so that nothing of the camera's notes is left in it.
use bytes::Bytes;
use customers::location::Point;
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Created, Path, Repeatable, Upload},
    sql,
};
use tenancy::files::{self, FileId};

use super::{Label, MOST_BYTES, Photo, PhotoId, count, terms};
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
    /// Where it was taken, if the camera says it. Kept where the company wants it.
    pub place: Option<Point>,
}

sql! {
    fn insert(id: PhotoId, order: WorkOrderId, file: FileId, label: Label, caption: String, latitude: Option<f64>, longitude: Option<f64>, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into photo (tenant_id, id, order_id, file_id, label, caption, latitude, longitude, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
}

pub(super) fn tidy(caption: &str) -> String {
    caption.trim().chars().filter(|c| !c.is_control()).take(80).collect()
}

impl Picture {
    /// The picture of the field `photo` (or `file`), with the words of the fields `caption` and `label`.
    pub async fn sent(upload: &Upload) -> Result<Self> {
        let file = upload.file("photo").or_else(|| upload.file("file"));
        let file = file.ok_or_else(|| Error::field("/photo", "required", "Choose a picture to send."))?;
        let label = match upload.field("label").unwrap_or("") {
            "" => Label::Other,
            word => {
                word.parse().map_err(|_| Error::field("/label", "unknown", "A photo is of before, after or other."))?
            }
        };
        let caption = tidy(upload.field("caption").unwrap_or(""));
        Self::drawn(file.bytes.clone(), MOST_BYTES, label, caption).await
    }

    pub(super) async fn drawn(bytes: Bytes, most: usize, label: Label, caption: String) -> Result<Self> {
        let (kept, place) = files::drawn_anew(bytes, most, "photo").await?;
        Ok(Self { bytes: kept.into(), label, caption, place })
    }
}

pub async fn keep(scope: &Scope, tx: &mut TenantTx, order: WorkOrderId, picture: &Picture) -> Result<Photo> {
    let (found, kept, keeps_place) = tx.run((order::find(order), count(order), terms::keeps_place())).await?;
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
    let (latitude, longitude) = picture.place.filter(|_| keeps_place).unzip();
    let (label, created_at, by) = (picture.label, tx.now(), tx.user());
    let photo = Photo { id: PhotoId::new(), file_id, label, caption, latitude, longitude, created_at };
    tx.queue(insert(photo.id, order, file_id, label, photo.caption.clone(), latitude, longitude, created_at, by));
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

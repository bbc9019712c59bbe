//! A photo in pieces, for lines that break: begun with its size and SHA-256, sent from where it stopped, and only then kept.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{Created, Json, Path, Repeatable, Upload, Versioned},
    row,
    secret::hash,
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Label, Photo, PhotoId,
    keep::{Picture, keep, tidy},
};
use crate::{
    order::{self, WorkOrderId},
    permissions::WorkWrite,
};

kernel::id!(PhotoUploadId);

/// Bytes of the whole, and of a piece.
pub const MOST: i32 = 25 << 20;
pub const PIECE: usize = 1 << 20;
/// How long an upload waits for its next piece.
const WAITS: SignedDuration = SignedDuration::from_hours(48);
/// Of one job, under way at the same time.
const MOST_OPEN: i64 = 20;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Bytes of the picture, at most 25 MB.
    pub size: i32,
    /// Of its bytes, in hex.
    pub sha256: String,
    pub label: Option<Label>,
    pub caption: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.range("size", self.size.into(), 1, MOST.into(), "A picture has at most 25 MB.");
        self.sha256 = self.sha256.trim().to_lowercase();
        let hex = self.sha256.len() == 64 && self.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        checks.that(hex, "sha256", "sha256", "Give the SHA-256 of the picture's bytes, 64 hexadecimal digits.");
        checks.optional("caption", &mut self.caption, 80);
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Begun {
        pub id: PhotoUploadId,
        pub order_id: WorkOrderId,
        pub size: i32,
        pub sha256: String,
        pub label: Label,
        pub caption: String,
        pub received: i32,
        pub photo_id: Option<PhotoId>,
        pub expires_at: Timestamp,
    }
}

/// How far an upload is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Progress {
    pub id: PhotoUploadId,
    pub size: i32,
    /// Bytes that are here: the next piece begins with this one.
    pub received: i32,
    /// The largest piece.
    pub piece_bytes: usize,
    /// The photo it became.
    pub photo_id: Option<PhotoId>,
    /// When it is forgotten if nothing more comes.
    pub expires_at: Timestamp,
}
impl Versioned for Progress {
    /// It only grows, and nobody changes it by a version.
    fn version(&self) -> i64 {
        1
    }
}
impl From<Begun> for Progress {
    fn from(begun: Begun) -> Self {
        let Begun { id, size, received, photo_id, expires_at, .. } = begun;
        Self { id, size, received, piece_bytes: PIECE, photo_id, expires_at }
    }
}

row! { struct Piece { at_byte: i32, bytes: Vec<u8> } }

sql! {
    fn open_of(order: WorkOrderId, now: Timestamp) -> i64 = "
        select count(*) from photo_upload where tenant_id = $1 and order_id = $2 and photo_id is null and expires_at > $3";
    fn insert(id: PhotoUploadId, order: WorkOrderId, size: i32, sha256: String, label: Label, caption: String, expires: Timestamp, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into photo_upload (tenant_id, id, order_id, size, sha256, label, caption, expires_at, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    fn find(order: WorkOrderId, id: PhotoUploadId, now: Timestamp) -> Option<Begun> = "
        select id, order_id, size, sha256, label, caption, received, photo_id, expires_at
        from photo_upload where tenant_id = $1 and order_id = $2 and id = $3 and expires_at > $4";
    // Whoever adds a piece or finishes holds it.
    fn hold(order: WorkOrderId, id: PhotoUploadId, now: Timestamp) -> Option<Begun> = "
        select id, order_id, size, sha256, label, caption, received, photo_id, expires_at
        from photo_upload where tenant_id = $1 and order_id = $2 and id = $3 and expires_at > $4 for no key update";
    fn add(id: PhotoUploadId, order: WorkOrderId, at_byte: i32, bytes: Vec<u8>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into photo_chunk (tenant_id, upload_id, order_id, at_byte, bytes, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7)";
    // Whoever goes on with it has as long again.
    fn grow(id: PhotoUploadId, received: i32, expires: Timestamp) -> u64 = "update photo_upload set received = $3, expires_at = $4 where tenant_id = $1 and id = $2";
    fn pieces(id: PhotoUploadId) -> Vec<Piece> = "
        select at_byte, bytes from photo_chunk where tenant_id = $1 and upload_id = $2 order by at_byte";
    fn done(id: PhotoUploadId, photo: PhotoId) -> u64 = "update photo_upload set photo_id = $3 where tenant_id = $1 and id = $2";
    fn drop_pieces(id: PhotoUploadId) -> u64 = "delete from photo_chunk where tenant_id = $1 and upload_id = $2";
    fn drop_lapsed(now: Timestamp) -> u64 = "delete from photo_upload where tenant_id = $1 and expires_at <= $2";
}

fn waits_until(now: Timestamp) -> Timestamp {
    now.saturating_add(WAITS).unwrap_or(now)
}

pub async fn begin(tx: &mut TenantTx, order: WorkOrderId, new: &New) -> Result<Progress> {
    let now = tx.now();
    let (found, open) = tx.run((order::find(order), open_of(order, now))).await?;
    found.ok_or(Error::NotFound)?;
    if open >= MOST_OPEN {
        return Err(Error::refused(
            "So many photos of this job are on their way already. Let some of them arrive first.",
        ));
    }
    let (id, by) = (PhotoUploadId::new(), tx.user());
    let caption = tidy(new.caption.as_deref().unwrap_or(""));
    let (label, expires) = (new.label.unwrap_or(Label::Other), waits_until(now));
    let row = insert(id, order, new.size, new.sha256.clone(), label, caption, expires, now, by);
    let (_, found) = tx.run((row, find(order, id, now))).await?;
    found.map(Progress::from).ok_or(Error::NotFound)
}

pub async fn progress(scope: &Scope, order: WorkOrderId, id: PhotoUploadId) -> Result<Progress> {
    scope.read(find(order, id, scope.now())).await?.map(Progress::from).ok_or(Error::NotFound)
}

/// The bytes of the field `piece`, from the byte that the field `from` says. Sent again, it changes nothing; what would
/// leave a gap is refused with where to go on.
pub async fn piece(tx: &mut TenantTx, order: WorkOrderId, id: PhotoUploadId, upload: &Upload) -> Result<Progress> {
    let now = tx.now();
    let begun = tx.run(hold(order, id, now)).await?.ok_or(Error::NotFound)?;
    let from: i32 = upload
        .field("from")
        .and_then(|text| text.trim().parse().ok())
        .filter(|from| (0..=MOST).contains(from))
        .ok_or_else(|| Error::field("/from", "number", "Say with which byte the piece begins."))?;
    let file = upload.file("piece").or_else(|| upload.file("photo"));
    let bytes = &file.ok_or_else(|| Error::field("/piece", "required", "Send the bytes of the piece."))?.bytes;
    if bytes.is_empty() || bytes.len() > PIECE {
        return Err(Error::field("/piece", "size", "A piece has one byte or more and at most 1 MB."));
    }
    let ends = from + bytes.len() as i32;
    if ends <= begun.received || begun.photo_id.is_some() {
        return Ok(begun.into());
    }
    if from != begun.received {
        let message = format!("{} bytes are here; go on with the next one.", begun.received);
        return Err(Error::Conflict { code: "upload_offset", message });
    }
    if ends > begun.size {
        return Err(Error::field("/piece", "size", "That is more than was announced. Begin the photo anew."));
    }
    let by = tx.user();
    let (_, _, found) = tx
        .run((add(id, order, from, bytes.to_vec(), now, by), grow(id, ends, waits_until(now)), find(order, id, now)))
        .await?;
    found.map(Progress::from).ok_or(Error::NotFound)
}

/// All of it is here: it is compared with what was announced, drawn anew, and kept. Finished twice, it is one photo.
pub async fn finish(scope: &Scope, order: WorkOrderId, id: PhotoUploadId) -> Result<Repeatable<Created<Photo>>> {
    let begun = scope.read(find(order, id, scope.now())).await?.ok_or(Error::NotFound)?;
    let picture = match begun.photo_id {
        Some(_) => None,
        None if begun.received < begun.size => {
            let message = format!("{} of {} bytes are here; send the rest first.", begun.received, begun.size);
            return Err(Error::Conflict { code: "upload_offset", message });
        }
        None => match scope.read(pieces(id)).await? {
            // Finished by another at this very moment: their photo is the one.
            none if none.is_empty() => None,
            pieces => Some(whole(&begun, pieces).await?),
        },
    };
    scope
        .once(async |tx: &mut TenantTx| {
            let now = tx.now();
            let begun = tx.run(hold(order, id, now)).await?.ok_or(Error::NotFound)?;
            let photo = match (begun.photo_id, &picture) {
                (Some(photo), _) => tx.run(super::find(order, photo)).await?,
                (None, Some(picture)) => {
                    let photo = keep(scope, tx, order, picture).await?;
                    // The photo's row goes with the next statements, which name it.
                    tx.run((done(id, photo.id), drop_pieces(id))).await?;
                    Some(photo)
                }
                (None, None) => None,
            };
            let photo = photo.ok_or(Error::NotFound)?;
            Ok(Created { location: format!("/api/v1/work-orders/{order}/photos/{}", photo.id), body: photo })
        })
        .await
}

fn joined(id: PhotoUploadId, size: usize, pieces: Vec<Piece>) -> Result<(Vec<u8>, String)> {
    let mut bytes: Vec<u8> = Vec::with_capacity(size);
    for piece in pieces {
        if piece.at_byte as usize != bytes.len() {
            return Err(Error::Bug(format!("a gap in upload {id} at {}", piece.at_byte)));
        }
        bytes.extend(piece.bytes);
    }
    let hash = hash(&bytes);
    Ok((bytes, hash))
}

async fn whole(begun: &Begun, pieces: Vec<Piece>) -> Result<Picture> {
    let (id, size) = (begun.id, begun.size as usize);
    // Some ten million bytes are joined and hashed: not where others wait to be answered.
    let joined = tokio::task::spawn_blocking(move || joined(id, size, pieces)).await;
    let (bytes, hash) = joined.map_err(|error| Error::Bug(format!("joining a photo: {error}")))??;
    if hash != begun.sha256 {
        return Err(Error::field(
            "/sha256",
            "sha256",
            "These are not the bytes that were announced. Begin the photo anew.",
        ));
    }
    Picture::drawn(bytes.into(), MOST as usize, begun.label, begun.caption.clone()).await
}

/// Every hour: what nobody went on with is forgotten, with its pieces.
pub async fn sweep(scope: Scope) -> Result<()> {
    let now = scope.now();
    scope.write_with(async |tx: &mut TenantTx| tx.run(drop_lapsed(now)).await).await.map(drop)
}

pub async fn api_begin(
    access: Access<WorkWrite>,
    Path(order): Path<WorkOrderId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Progress>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let body = begin(tx, order, &new).await?;
            Ok(Created { location: format!("/api/v1/work-orders/{order}/photo-uploads/{}", body.id), body })
        })
        .await
}

pub async fn api_progress(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, PhotoUploadId)>,
) -> Result<Json<Progress>> {
    progress(&access, order, id).await.map(Json)
}

pub async fn api_piece(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, PhotoUploadId)>,
    upload: Upload,
) -> Result<Json<Progress>> {
    access.retrying(async |tx: &mut TenantTx| piece(tx, order, id, &upload).await).await.map(Json)
}

pub async fn api_finish(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, PhotoUploadId)>,
) -> Result<Repeatable<Created<Photo>>> {
    finish(&access, order, id).await
}

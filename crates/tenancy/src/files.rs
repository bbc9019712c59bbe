//! Photos, logos and other files: bytes beside the database, a row with name and type inside it.
use bytes::Bytes;
use jiff::Timestamp;
use kernel::{
    Access, Error, House, Result, TenantTx, Visitor,
    http::{Download, Path},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::{io::Read, path::PathBuf};
use uuid::Uuid;

use crate::FilesRead;

kernel::id!(FileId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct File {
        pub id: FileId,
        pub name: String,
        pub media_type: String,
        /// Bytes.
        pub size: i64,
        /// What it belongs to: `logo`, `photo`.
        pub purpose: String,
        pub created_at: Timestamp,
    }
}

sql! {
    pub fn find(id: FileId) -> Option<File> = "
        select id, name, media_type, size, purpose, created_at from file where tenant_id = $1 and id = $2";
    fn insert(id: FileId, name: String, media_type: String, size: i64, sha256: String, purpose: String, at: Timestamp, by: Option<Uuid>) = "
        insert into file (tenant_id, id, name, media_type, size, sha256, purpose, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

/// The media type by the first bytes; what a browser or a file's name claims is not asked.
pub fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// The same of what may be a paper too. What is neither is bytes: a page of somebody's own, or a program, is never served as one.
pub fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i', b'c' | b'x', ..] => "image/heic",
        _ => picture(bytes).unwrap_or("application/octet-stream"),
    }
}

/// The name without its folders, and without what no file is called.
pub fn bare_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).chars().filter(|c| !c.is_control()).take(120).collect()
}

/// A picture of at most `most` bytes, or the sentence that says what would do.
pub fn checked_picture(bytes: &[u8], most: usize, field: &str) -> Result<&'static str> {
    if bytes.len() > most {
        return Err(Error::field(
            &format!("/{field}"),
            "too_large",
            format!("This picture is larger than {} MB. A smaller one will do.", most >> 20),
        ));
    }
    picture(bytes).ok_or_else(|| Error::field(&format!("/{field}"), "media_type", "Send a PNG, JPEG or WebP picture."))
}

/// A photo of at most `most` bytes as it is kept: drawn anew on a thread of its own, upright, of a size that a screen needs, and
/// nothing else; beside it where it was taken, if the camera says so.
pub async fn drawn_anew(bytes: Bytes, most: usize, field: &str) -> Result<(Vec<u8>, Option<(f64, f64)>)> {
    checked_picture(&bytes, most, field)?;
    let draw = move || pictures::photo(&bytes).map(|drawn| (drawn, pictures::place(&bytes)));
    let drawn = tokio::task::spawn_blocking(draw).await;
    let refused = |refused: pictures::Refused| {
        let says = match refused {
            pictures::Refused::Unreadable => "This picture cannot be read. Take it anew, or send another one.",
            pictures::Refused::TooLarge => "This picture has too many pixels. A smaller one will do.",
        };
        Error::field(&format!("/{field}"), "picture", says)
    };
    drawn.map_err(|error| Error::Bug(format!("drawing a photo: {error}")))?.map_err(refused)
}

fn place(house: &House, tenant: Uuid, id: FileId) -> PathBuf {
    // Both are ids of ours; nothing that a person typed is part of the path.
    house.data_dir().join("files").join(tenant.simple().to_string()).join(id.0.simple().to_string())
}

/// Keeps the bytes, and a row with the transaction. Should the transaction fail, bytes that no row names are left.
pub async fn keep(
    house: &House,
    tx: &mut TenantTx,
    name: &str,
    media_type: &str,
    purpose: &str,
    bytes: &Bytes,
) -> Result<FileId> {
    let (id, at, by) = (FileId::new(), tx.now(), tx.user());
    write(house, tx.tenant(), id, bytes).await?;
    let name = Some(bare_name(name)).filter(|name| !name.is_empty()).unwrap_or_else(|| purpose.to_owned());
    tx.queue(insert(
        id,
        name,
        media_type.into(),
        bytes.len() as i64,
        kernel::secret::hash(bytes),
        purpose.into(),
        at,
        by,
    ));
    Ok(id)
}

pub(crate) async fn write(house: &House, tenant: Uuid, id: FileId, bytes: &Bytes) -> Result<()> {
    let draft = draft(house, tenant, id).await?;
    let written = tokio::fs::write(&draft, bytes).await;
    written.map_err(|e| Error::Bug(format!("keeping a file: {e}")))?;
    settle(house, tenant, id).await
}

/// What was acknowledged outlasts a power cut: the bytes are on the disk before the name is theirs, and then the name is.
async fn onto_the_disk(draft: &std::path::Path, path: &std::path::Path) -> std::io::Result<()> {
    // Some systems let nobody sync what is open for reading alone.
    tokio::fs::OpenOptions::new().append(true).open(draft).await?.sync_all().await?;
    tokio::fs::rename(draft, path).await?;
    // A company's first file makes its folder, too.
    for folder in path.ancestors().skip(1).take(2) {
        tokio::fs::File::open(folder).await?.sync_all().await?;
    }
    Ok(())
}

/// Where the bytes of a file are written piece by piece, until `settle` puts them in their place. Nothing reads a draft.
pub async fn draft(house: &House, tenant: Uuid, id: FileId) -> Result<PathBuf> {
    let path = place(house, tenant, id);
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(|e| Error::Bug(format!("keeping a file: {e}")))?;
    }
    Ok(path.with_extension("draft"))
}

/// The draft is whole. Bytes that no row of `file` names are the business of whoever wrote them.
pub async fn settle(house: &House, tenant: Uuid, id: FileId) -> Result<()> {
    let path = place(house, tenant, id);
    let settled = onto_the_disk(&path.with_extension("draft"), &path).await;
    settled.map_err(|e| Error::Bug(format!("keeping a file: {e}")))
}

/// The bytes of a file that came in pieces, without all of them in memory. `draft` and `settle` in one.
pub async fn put(house: &House, tenant: Uuid, id: FileId, mut from: impl Read + Send + 'static) -> Result<()> {
    let path = draft(house, tenant, id).await?;
    let copied = tokio::task::spawn_blocking(move || std::io::copy(&mut from, &mut std::fs::File::create(path)?));
    let failed = |e: &dyn std::fmt::Display| Error::Bug(format!("keeping a file: {e}"));
    copied.await.map_err(|e| failed(&e))?.map_err(|e| failed(&e))?;
    settle(house, tenant, id).await
}

/// Takes the bytes away, and what there is of a draft. Once more does no harm.
pub async fn remove(house: &House, tenant: Uuid, id: FileId) -> Result<()> {
    let path = place(house, tenant, id);
    for path in [path.with_extension("draft"), path] {
        match tokio::fs::remove_file(path).await {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Bug(format!("removing a file: {e}")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The bytes, to be read as they are sent.
pub async fn read(house: &House, tenant: Uuid, id: FileId) -> Result<tokio::fs::File> {
    match tokio::fs::File::open(place(house, tenant, id)).await {
        Ok(file) => Ok(file),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Error::NotFound),
        Err(e) => Err(Error::Bug(format!("reading a file: {e}"))),
    }
}

/// The bytes of a file whose row was read in this tenant.
pub async fn open(house: &House, tenant: Uuid, file: &File) -> Result<Bytes> {
    match tokio::fs::read(place(house, tenant, file.id)).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Error::NotFound),
        Err(e) => Err(Error::Bug(format!("reading a file: {e}"))),
    }
}

pub async fn get(access: Access<FilesRead>, Path(id): Path<FileId>) -> Result<Download> {
    let file = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let bytes = open(access.house(), access.tenant().id, &file).await?;
    Ok(Download { name: file.name, media_type: file.media_type, bytes, inline: false })
}

/// The logo is on the booking page, so everybody may see it.
pub async fn logo(visitor: Visitor) -> Result<Download> {
    let id = visitor.tenant().brand.logo.map(FileId).ok_or(Error::NotFound)?;
    let file = visitor.read(find(id)).await?.filter(|file| file.purpose == "logo").ok_or(Error::NotFound)?;
    let bytes = open(visitor.house(), visitor.tenant().id, &file).await?;
    Ok(Download { name: file.name, media_type: file.media_type, bytes, inline: false })
}

#[test]
fn a_file_is_what_its_first_bytes_are() {
    for (bytes, is) in [
        (&b"%PDF-1.7"[..], "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"<!doctype html><script>", "application/octet-stream"),
        (b"<svg xmlns=", "application/octet-stream"),
        (b"\x7fELF", "application/octet-stream"),
        (b"MZ", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ] {
        assert_eq!(media_type(bytes), is, "{bytes:?}");
    }
    assert_eq!(bare_name("C:\\scans\\permit\n.pdf"), "permit.pdf");
    assert_eq!(bare_name("../../etc/passwd"), "passwd");
}

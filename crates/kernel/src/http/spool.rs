//! Large files, put on disk as they come in: memory holds a piece of one at a time, however large it is.
use axum::extract::{FromRequest, Multipart, Request, multipart::Field};
use sha2::{Digest, Sha256};
use std::{
    io::{Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    sync::Arc,
};
use tokio::io::AsyncWriteExt;

use super::body::{Upload, fingerprint};
use crate::{
    Error, House, Result,
    access::Seen,
    openapi::{Describe, Operation},
};

/// The most that a route made by `Module::post_large` takes: one file, or several together.
pub(super) const MOST: u64 = 100 << 20;

/// The file of a form and the plain fields that came with it. The file has no name on disk, so it is gone with this value.
#[derive(Debug)]
pub struct Spooled {
    pub fields: Vec<(String, String)>,
    pub file: Option<Spool>,
}

/// The same of a form that takes several files at once.
#[derive(Debug)]
pub struct SpooledAll {
    pub fields: Vec<(String, String)>,
    pub files: Vec<Spool>,
}
impl SpooledAll {
    /// So many at once.
    pub const MOST: usize = 20;
}

#[derive(Debug, Clone)]
pub struct Spool {
    pub field: String,
    pub name: String,
    pub bytes: u64,
    file: Arc<std::fs::File>,
}

impl Spool {
    /// From the beginning, as often as wanted.
    pub fn open(&self) -> impl Read + Seek + Send + 'static {
        From { file: self.file.clone(), at: 0, bytes: self.bytes }
    }
    /// The same under its name, written otherwise.
    pub fn rewritten(self, file: std::fs::File) -> Result<Self> {
        let bytes = file.metadata().map_err(full)?.len();
        Ok(Self { bytes, file: Arc::new(file), ..self })
    }
}

struct From {
    file: Arc<std::fs::File>,
    at: u64,
    bytes: u64,
}
impl Seek for From {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(by) => (self.at, by),
            SeekFrom::End(by) => (self.bytes, by),
        };
        self.at = from.checked_add_signed(by).ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn broken(e: axum::extract::multipart::MultipartError) -> Error {
    match e.status().as_u16() {
        413 => too_large(),
        _ => Error::Malformed(400, "The upload broke off before it was complete.".into()),
    }
}

fn too_large() -> Error {
    Error::Malformed(413, "This is larger than 100 MB. Split it and send the parts one after the other.".into())
}

fn full(e: std::io::Error) -> Error {
    Error::Bug(format!("a large file cannot be put on disk: {e}"))
}

async fn keep(mut part: Field<'_>, field: String, name: String, hash: &mut Sha256) -> Result<Spool> {
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(|e| Error::Bug(e.to_string()))?;
    let mut file = tokio::fs::File::from_std(file.map_err(full)?);
    let mut bytes = 0;
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        bytes += chunk.len() as u64;
        if bytes > MOST {
            return Err(too_large());
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(full)?;
    }
    file.flush().await.map_err(full)?;
    Ok(Spool { field, name, bytes, file: Arc::new(file.into_std().await) })
}

/// All of a form that has at most so many files. A field for which none was chosen comes as a file without a name.
async fn taken(request: Request, house: &House, most: usize) -> Result<SpooledAll> {
    let seen = request.extensions().get::<Arc<Seen>>().cloned();
    let mut parts = Multipart::from_request(request, house)
        .await
        .map_err(|_| Error::Malformed(415, "Send a form with a file: `multipart/form-data`.".into()))?;
    let mut spooled = SpooledAll { fields: vec![], files: vec![] };
    let mut hash = Sha256::new();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let field = part.name().unwrap_or("").to_owned();
        match part.file_name().map(str::to_owned) {
            Some(_) if spooled.files.len() == most => {
                return Err(Error::Malformed(
                    400,
                    match most {
                        1 => "Send one file at a time.".into(),
                        _ => format!("Send at most {most} files at a time."),
                    },
                ));
            }
            Some(name) => {
                let file = keep(part, field, name, &mut hash).await?;
                if file.bytes > 0 || !file.name.is_empty() {
                    spooled.files.push(file);
                }
            }
            None if spooled.fields.len() > 100 => {
                return Err(Error::Malformed(400, "That are more fields than any form of ours has.".into()));
            }
            None => spooled.fields.push((field, part.text().await.map_err(broken)?)),
        }
    }
    if let Some(seen) = &seen {
        if let Some((_, key)) = spooled.fields.iter().find(|(name, value)| name == "_key" && !value.is_empty()) {
            let _ = seen.once.key.set(key.clone());
        }
        // The files alone: what stands between the parts is new with every attempt.
        fingerprint(seen, hash);
    }
    Ok(spooled)
}

impl FromRequest<House> for Spooled {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        let SpooledAll { fields, mut files } = taken(request, house, 1).await?;
        Ok(Self { fields, file: files.pop() })
    }
}
impl FromRequest<House> for SpooledAll {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        taken(request, house, Self::MOST).await
    }
}

impl Describe for Spooled {
    fn describe(operation: &mut Operation) {
        Upload::describe(operation);
    }
}
impl Describe for SpooledAll {
    fn describe(operation: &mut Operation) {
        Upload::describe(operation);
    }
}

//! Large files, put on disk as they come in: memory holds a piece of one at a time, however large it is.
use axum::extract::{FromRequest, Multipart, Request, multipart::Field};
use sha2::{Digest, Sha256};
use std::{
    io::{Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::PathBuf,
    sync::Arc,
};
use tokio::io::AsyncWriteExt;

use super::{
    body::{Upload, fingerprint},
    paced::{Pace, paced},
};
use crate::{
    Error, House, Result,
    access::Seen,
    openapi::{Describe, Operation},
};

/// The largest file that a route made by `Module::post_large` takes, in megabytes: a bound for safety, which whoever runs the
/// house sets. Memory does not grow with it.
#[derive(Debug, Clone, Copy)]
pub struct LargestFile(pub u32);

impl LargestFile {
    pub const DEFAULT: u32 = 2048;
    /// With no more, the lines of a file can be counted.
    pub const MOST: u32 = 4095;

    pub fn of(house: &House) -> Self {
        house.kept::<Self>().map_or(Self(Self::DEFAULT), |set| *set)
    }
    pub fn bytes(self) -> u64 {
        u64::from(self.0) << 20
    }
}
impl std::fmt::Display for LargestFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            whole if whole.is_multiple_of(1024) => write!(f, "{} GB", whole / 1024),
            megabytes => write!(f, "{megabytes} MB"),
        }
    }
}

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
    /// Megabytes, all together.
    const LARGEST: LargestFile = LargestFile(100);
}

#[derive(Debug, Clone)]
pub struct Spool {
    pub field: String,
    pub name: String,
    pub bytes: u64,
    file: Arc<std::fs::File>,
    folder: PathBuf,
}

impl Spool {
    /// From the beginning, as often as wanted.
    pub fn open(&self) -> impl Read + Seek + Send + 'static {
        From { file: self.file.clone(), at: 0, bytes: self.bytes }
    }
    /// Another file without a name, beside it.
    pub fn beside(&self) -> std::io::Result<std::fs::File> {
        tempfile::tempfile_in(&self.folder)
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

fn broken(pace: &Pace) -> Error {
    match pace.was_too_far() {
        true => Error::Malformed(413, "Beside its file this form holds more than 8 MB. Send the file alone.".into()),
        false => Error::Malformed(400, "The upload broke off before it was complete.".into()),
    }
}

fn too_large(many: usize, most: LargestFile) -> Error {
    let says = match many {
        1 => format!("This file is larger than {most}. Split it and send the parts one after the other."),
        _ => format!("Together this is more than {most}. Send fewer at a time."),
    };
    Error::Malformed(413, says)
}

fn full(e: std::io::Error) -> Error {
    Error::Bug(format!("a large file cannot be put on disk: {e}"))
}

/// A file without a name, gone when it is closed. Not in the folder for temporary files of the system, which is memory on some.
pub async fn scratch(house: &House) -> Result<std::fs::File> {
    let folder = folder(house);
    let made = move || std::fs::create_dir_all(&folder).and_then(|()| tempfile::tempfile_in(&folder));
    tokio::task::spawn_blocking(made).await.map_err(|e| Error::Bug(e.to_string()))?.map_err(full)
}

fn folder(house: &House) -> PathBuf {
    house.data_dir().join("scratch")
}

/// How much may come, and what came.
struct Taking<'a> {
    house: &'a House,
    /// So many files.
    many: usize,
    /// All files together.
    most: LargestFile,
    bytes: u64,
    pace: Arc<Pace>,
    hash: Sha256,
}

impl Taking<'_> {
    async fn keep(&mut self, part: &mut Field<'_>) -> Result<Spool> {
        let (field, name) = (part.name().unwrap_or("").to_owned(), part.file_name().unwrap_or("").to_owned());
        let mut file = tokio::fs::File::from_std(scratch(self.house).await?);
        let mut bytes = 0;
        while let Some(chunk) = part.chunk().await.map_err(|_| broken(&self.pace))? {
            bytes += chunk.len() as u64;
            self.bytes += chunk.len() as u64;
            if self.bytes > self.most.bytes() {
                return Err(too_large(self.many, self.most));
            }
            self.hash.update(&chunk);
            file.write_all(&chunk).await.map_err(full)?;
            self.pace.kept(chunk.len());
        }
        file.flush().await.map_err(full)?;
        Ok(Spool { field, name, bytes, file: Arc::new(file.into_std().await), folder: folder(self.house) })
    }
}

/// All of a form that has at most so many files, not larger than that together.
async fn taken(request: Request, house: &House, many: usize, most: LargestFile) -> Result<SpooledAll> {
    let seen = request.extensions().get::<Arc<Seen>>().cloned();
    let pace = Arc::new(Pace::default());
    let request = request.map(|body| paced(body, pace.clone()));
    let mut parts = Multipart::from_request(request, house)
        .await
        .map_err(|_| Error::Malformed(415, "Send a form with a file: `multipart/form-data`.".into()))?;
    let mut spooled = SpooledAll { fields: vec![], files: vec![] };
    let mut taking = Taking { house, many, most, bytes: 0, pace: pace.clone(), hash: Sha256::new() };
    while let Some(mut part) = parts.next_field().await.map_err(|_| broken(&pace))? {
        match part.file_name() {
            Some(_) if spooled.files.len() == many => {
                let says = match many {
                    1 => "Send one file at a time.".into(),
                    _ => format!("Send at most {many} files at a time."),
                };
                return Err(Error::Malformed(400, says));
            }
            Some(_) => {
                let file = taking.keep(&mut part).await?;
                // A field for which none was chosen comes as a file without a name.
                if file.bytes > 0 || !file.name.is_empty() {
                    spooled.files.push(file);
                }
            }
            None if spooled.fields.len() > 100 => {
                return Err(Error::Malformed(400, "That are more fields than any form of ours has.".into()));
            }
            None => {
                let field = part.name().unwrap_or("").to_owned();
                spooled.fields.push((field, part.text().await.map_err(|_| broken(&pace))?));
            }
        }
    }
    if let Some(seen) = &seen {
        if let Some((_, key)) = spooled.fields.iter().find(|(name, value)| name == "_key" && !value.is_empty()) {
            let _ = seen.once.key.set(key.clone());
        }
        // The files alone: what stands between the parts is new with every attempt.
        fingerprint(seen, taking.hash);
    }
    Ok(spooled)
}

impl FromRequest<House> for Spooled {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        let SpooledAll { fields, mut files } = taken(request, house, 1, LargestFile::of(house)).await?;
        Ok(Self { fields, file: files.pop() })
    }
}
impl FromRequest<House> for SpooledAll {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        taken(request, house, Self::MOST, Self::LARGEST).await
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

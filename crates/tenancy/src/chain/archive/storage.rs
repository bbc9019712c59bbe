//! Where archived rows lie: a folder, or a bucket (with the feature `s3`). The database keeps each file's hash: what was put
//! there is known again, and anything else is refused.
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::SignedDuration;
use kernel::{Error, House, Result, secret::hash};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path, prefix::PrefixStore};
use serde::{Deserialize, Serialize};
use std::{
    io::{BufRead, BufReader, Write as _},
    path::{Path as Folder, PathBuf},
    sync::Arc,
};
use url::Url;
use uuid::Uuid;

/// After so many days a row of the audit goes to the archive, when nothing else is set.
pub const AFTER_DAYS: u32 = 365;
/// So many days a row is kept altogether: seven years.
pub const KEPT_DAYS: u32 = 7 * 365 + 2;

pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// For people.
    address: String,
    folder: Option<PathBuf>,
    pub(super) after: SignedDuration,
    pub(in super::super) kept: SignedDuration,
}

/// A row as it was sealed, one line of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Kept {
    pub number: i64,
    pub id: Uuid,
    pub at_us: i64,
    pub facts: String,
}

impl Storage {
    /// At `file:///folder`, or `s3://bucket/folder`; without an address, in a folder beside the uploads.
    pub fn new(address: Option<&str>, data_dir: &Folder, after_days: u32, kept_days: u32) -> Result<Self, String> {
        if kept_days <= after_days {
            return Err(format!(
                "the audit is kept for {kept_days} days and archived after {after_days}: keep it longer than that"
            ));
        }
        let days = |days: u32| SignedDuration::from_hours(24 * i64::from(days));
        let beside = data_dir.join("audit-archive");
        let (store, folder) = match address {
            None => (in_folder(&beside)?, Some(beside)),
            Some(address) => at(address)?,
        };
        let address = folder.as_ref().map(|folder| folder.display().to_string()).or(address.map(str::to_owned));
        Ok(Self { store, address: address.unwrap_or_default(), folder, after: days(after_days), kept: days(kept_days) })
    }

    /// That of this house; where nothing was set, the folder beside its uploads.
    pub fn of(house: &House) -> Result<Arc<Self>> {
        if house.kept::<Self>().is_none() {
            house.keep(Self::new(None, house.data_dir(), AFTER_DAYS, KEPT_DAYS).map_err(Error::Bug)?);
        }
        house.kept::<Self>().ok_or_else(|| Error::Bug("the archive of the audit went missing".into()))
    }

    /// How long a row is kept altogether.
    pub fn kept_days(&self) -> i64 {
        self.kept.as_hours() / 24
    }

    /// `/var/lib/tradewind/audit-archive`, or `s3://bucket/folder`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it is a folder of this machine.
    pub fn folder(&self) -> Option<&Folder> {
        self.folder.as_deref()
    }

    /// Puts a small file there, reads it and takes it away again.
    pub async fn try_out(&self) -> Result<(), String> {
        let path = Path::from(format!("tried-{}", Uuid::now_v7()));
        let tried = async {
            self.store.put(&path, PutPayload::from_static(b"tried")).await?;
            let back = self.store.get(&path).await?.bytes().await;
            self.store.delete(&path).await?;
            back
        };
        match tried.await {
            Ok(back) if back.as_ref() == b"tried" => Ok(()),
            Ok(_) => Err(format!("{}: what was put there is not what is read", self.address)),
            Err(error) => Err(format!("{}: {error}", self.address)),
        }
    }

    /// Gives the hash of what was put.
    pub(super) async fn put(&self, path: &str, lines: Vec<Kept>) -> Result<String> {
        let bytes = blocking(move || pack(&lines)).await?;
        let hash = hash(&bytes);
        self.store.put(&Path::from(path), PutPayload::from(bytes)).await.map_err(|e| unreachable(path, &e))?;
        Ok(hash)
    }

    /// None when there is no such file, or another than was put there. Storage that does not answer is an error.
    pub(in super::super) async fn get(&self, path: &str, sha256: &str) -> Result<Option<Vec<Kept>>> {
        let found = match self.store.get(&Path::from(path)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(|e| unreachable(path, &e))?,
        };
        let bytes = found.bytes().await.map_err(|e| unreachable(path, &e))?;
        if hash(&bytes) != sha256 {
            return Ok(None);
        }
        blocking(move || Ok(unpack(&bytes).ok())).await
    }

    pub(super) async fn remove(&self, path: &str) -> Result<()> {
        match self.store.delete(&Path::from(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unreachable(path, &error)),
        }
    }
}

/// Nothing is made until something is put there.
fn in_folder(path: &Folder) -> Result<Arc<dyn ObjectStore>, String> {
    let say = |e: &dyn std::fmt::Display| format!("the audit's archive cannot be at {}: {e}", path.display());
    let whole = std::path::absolute(path).map_err(|e| say(&e))?;
    let below = Path::from_absolute_path(whole).map_err(|e| say(&e))?;
    // What was put there is on the disk before its rows leave the database.
    Ok(Arc::new(PrefixStore::new(LocalFileSystem::new().with_fsync(true), below)))
}

fn at(address: &str) -> Result<(Arc<dyn ObjectStore>, Option<PathBuf>), String> {
    let say = |e: &dyn std::fmt::Display| format!("the audit's archive cannot be at {address}: {e}");
    let url = Url::parse(address).map_err(|e| say(&format!("{e}; give file:///folder or s3://bucket/folder")))?;
    match url.scheme() {
        "file" => {
            let path = url.to_file_path().map_err(|()| say(&"a file address has a whole path"))?;
            Ok((in_folder(&path)?, Some(path)))
        }
        "s3" if cfg!(feature = "s3") => {
            // Keys, region and endpoint come by the usual names: AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT …
            let settings = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
            let settings = settings.map(|(name, value)| (name.to_ascii_lowercase(), value));
            let (store, path) = object_store::parse_url_opts(&url, settings).map_err(|e| say(&e))?;
            Ok((Arc::new(PrefixStore::new(store, path)), None))
        }
        "s3" => Err(say(&"this program was built without the feature `s3`")),
        _ => Err(say(&"give file:///folder or s3://bucket/folder")),
    }
}

fn unreachable(path: &str, error: &object_store::Error) -> Error {
    Error::Bug(format!("the audit's archive, {path}: {error}"))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| Error::Bug(e.to_string()))?;
    done.map_err(|e| Error::Bug(format!("packing a file of the audit's archive: {e}")))
}

fn pack(lines: &[Kept]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    for line in lines {
        serde_json::to_writer(&mut packed, line)?;
        packed.write_all(b"\n")?;
    }
    packed.finish()
}

fn unpack(bytes: &[u8]) -> std::io::Result<Vec<Kept>> {
    let lines = BufReader::new(GzDecoder::new(bytes)).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_put_is_known_again_and_anything_else_refused() {
        let folder = tempfile::tempdir().unwrap();
        let address = Url::from_directory_path(folder.path()).unwrap();
        let storage = Storage::new(Some(address.as_str()), Folder::new("nowhere"), 365, 2557).unwrap();
        let line = Kept { number: 7, id: Uuid::now_v7(), at_us: 1, facts: "[\"Zoë\",\n1]".into() };
        let hash = storage.put("a/7-7.jsonl.gz", vec![line.clone()]).await.unwrap();
        assert_eq!(storage.get("a/7-7.jsonl.gz", &hash).await.unwrap().unwrap(), std::slice::from_ref(&line));
        assert!(storage.get("a/8-8.jsonl.gz", &hash).await.unwrap().is_none());
        storage.put("a/7-7.jsonl.gz", vec![Kept { at_us: 2, ..line }]).await.unwrap();
        assert!(storage.get("a/7-7.jsonl.gz", &hash).await.unwrap().is_none());
        storage.remove("a/7-7.jsonl.gz").await.unwrap();
        storage.remove("a/7-7.jsonl.gz").await.unwrap();
    }

    #[test]
    fn an_address_that_leads_nowhere_is_said_so() {
        let at = |address| Storage::new(Some(address), Folder::new("."), 365, 2557).err().unwrap();
        assert!(at("folder").contains("file:///folder"));
        assert!(at("ftp://somewhere/x").contains("s3://"));
        if cfg!(not(feature = "s3")) {
            assert!(at("s3://bucket/x").contains("without the feature"));
        }
        assert!(Storage::new(None, Folder::new("."), 365, 365).err().unwrap().contains("longer"));
    }
}

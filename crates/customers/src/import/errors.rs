//! The refused lines as a file, each with its reason: to be mended and imported again.
use kernel::{
    Access, Error, Result,
    http::{Path, Streamed},
};
use sheets::Refused;

use super::{ImportId, Outcome, find, lines_of};
use crate::permissions::CustomersImport;

/// So many at a time, however many there are.
const PART: usize = 1000;

pub async fn download(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Streamed> {
    let import = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let mut out = Refused::begin(access.house(), &import.columns()).await?;
    let mut after = 0;
    loop {
        let part = access.read(lines_of(id, Outcome::Wrong, after, import.fitting(PART) as i64)).await?;
        let Some(last) = part.last() else { break };
        after = last.line;
        for line in &part {
            out.add(line.cells(), line.reason.as_deref().unwrap_or_default())?;
        }
    }
    out.finish(&import.file_name)
}

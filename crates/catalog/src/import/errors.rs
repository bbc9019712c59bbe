//! The refused lines as a file, each with its reason: to be mended and brought again.
use kernel::{
    Access, Result,
    http::{Path, Streamed},
};
use sheets::Refused;

use super::{ItemImportId, MOST_LINES, Outcome, find, lines_of, seen};
use crate::permissions::CatalogWrite;

pub async fn download(access: Access<CatalogWrite>, Path(id): Path<ItemImportId>) -> Result<Streamed> {
    let import = seen(&access, access.read(find(id)).await?)?;
    let mut out = Refused::begin(access.house(), &import.columns()).await?;
    for line in access.read(lines_of(id, Outcome::Wrong, 0, i64::from(MOST_LINES))).await? {
        let says = line.reason.as_deref().unwrap_or_default();
        let reason = line.about.as_ref().map_or_else(|| says.to_owned(), |about| format!("{about}: {says}"));
        out.add(line.cells(), &reason)?;
    }
    out.finish(&import.file_name)
}

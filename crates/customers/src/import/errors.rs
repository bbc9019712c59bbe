//! The refused lines as a file, each with its reason: to be mended and imported again.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Download, Path},
    text::harmless,
};

use super::{Import, ImportId, Line, Outcome, find, lines_of};
use crate::permissions::CustomersImport;

pub async fn download(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Download> {
    let import = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let lines = access
        .read_with(async |tx: &mut TenantTx| {
            let mut all: Vec<Line> = vec![];
            loop {
                let after = all.last().map_or(0, |line| line.line);
                let part = tx.run(lines_of(id, Outcome::Wrong, after, 5000)).await?;
                if part.is_empty() {
                    return Ok(all);
                }
                all.extend(part);
            }
        })
        .await?;
    let bytes = write(&import, &lines).map_err(|e| Error::Bug(format!("a list of refused lines: {e}")))?;
    let stem = import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    Ok(Download {
        name: format!("{stem} refused.csv"),
        media_type: "text/csv".into(),
        bytes: bytes.into(),
        inline: false,
    })
}

fn write(import: &Import, lines: &[Line]) -> Result<Vec<u8>, csv::Error> {
    // The mark makes a spreadsheet read it as UTF-8.
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(b"\xEF\xBB\xBF".to_vec());
    let columns = import.columns();
    let width = columns.len();
    out.write_record(columns.iter().map(String::as_str).map(harmless).chain(["Reason".to_owned()]))?;
    for line in lines {
        let mut cells = line.cells();
        cells.resize(cells.len().max(width), String::new());
        let reason = line.reason.clone().unwrap_or_default();
        // A cell too many would push the reason out of its column.
        let (own, more) = cells.split_at(width);
        let row = own.iter().chain([&reason]).chain(more);
        out.write_record(row.map(|cell| harmless(cell)))?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

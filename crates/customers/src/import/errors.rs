//! The refused lines as a file, each with its reason: to be mended and imported again.
use kernel::{
    Access, Error, Result,
    http::{Path, Streamed, scratch},
    text::harmless,
};
use std::io::{BufWriter, Seek, Write};

use super::{Import, ImportId, Line, Outcome, find, lines_of};
use crate::permissions::CustomersImport;

type Out = csv::Writer<BufWriter<std::fs::File>>;

/// So many at a time, however many there are.
const PART: usize = 1000;

pub async fn download(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Streamed> {
    let import = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let mut out = begin(&import, scratch(access.house()).await?)?;
    let mut after = 0;
    loop {
        let part = access.read(lines_of(id, Outcome::Wrong, after, import.fitting(PART) as i64)).await?;
        let Some(last) = part.last() else { break };
        after = last.line;
        write(&mut out, &import, &part).map_err(full)?;
    }
    let file = out.into_inner().map_err(|e| full(e.into_error()))?;
    let mut file = file.into_inner().map_err(|e| full(e.into_error()))?;
    let bytes = file.stream_position().map_err(full)?;
    file.rewind().map_err(full)?;
    let stem = import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    Ok(Streamed {
        name: format!("{stem} refused.csv"),
        media_type: "text/csv".into(),
        file: tokio::fs::File::from_std(file),
        bytes,
    })
}

fn full<E: std::fmt::Display>(error: E) -> Error {
    Error::Bug(format!("a list of refused lines: {error}"))
}

fn begin(import: &Import, file: std::fs::File) -> Result<Out> {
    let mut file = BufWriter::new(file);
    // The mark makes a spreadsheet read it as UTF-8.
    file.write_all(b"\xEF\xBB\xBF").map_err(full)?;
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let columns = import.columns();
    out.write_record(columns.iter().map(String::as_str).map(harmless).chain(["Reason".to_owned()])).map_err(full)?;
    Ok(out)
}

fn write(out: &mut Out, import: &Import, lines: &[Line]) -> Result<(), csv::Error> {
    let width = import.columns().len();
    for line in lines {
        let mut cells = line.cells();
        cells.resize(cells.len().max(width), String::new());
        let reason = line.reason.clone().unwrap_or_default();
        // A cell too many would push the reason out of its column.
        let (own, more) = cells.split_at(width);
        let row = own.iter().chain([&reason]).chain(more);
        out.write_record(row.map(|cell| harmless(cell)))?;
    }
    Ok(())
}

//! The refused lines of a file as a file, each with its reason: to be mended and brought again.
use kernel::{
    Error, House, Result,
    http::{Streamed, scratch},
    text::harmless,
};
use std::{
    fs::File,
    io::{BufWriter, Seek, Write},
};

pub struct Refused {
    out: csv::Writer<BufWriter<File>>,
    width: usize,
}

fn full<E: std::fmt::Display>(error: E) -> Error {
    Error::Bug(format!("a list of refused lines: {error}"))
}

impl Refused {
    pub async fn begin(house: &House, columns: &[String]) -> Result<Self> {
        let mut file = BufWriter::new(scratch(house).await?);
        // The mark makes a spreadsheet read it as UTF-8.
        file.write_all(b"\xEF\xBB\xBF").map_err(full)?;
        let mut out = csv::WriterBuilder::new().flexible(true).from_writer(file);
        let headings = columns.iter().map(String::as_str).map(harmless).chain(["Reason".to_owned()]);
        out.write_record(headings).map_err(full)?;
        Ok(Self { out, width: columns.len() })
    }

    pub fn add(&mut self, mut cells: Vec<String>, reason: &str) -> Result<()> {
        cells.resize(cells.len().max(self.width), String::new());
        // A cell too many would push the reason out of its column.
        let (own, more) = cells.split_at(self.width);
        let row = own.iter().map(String::as_str).chain([reason]).chain(more.iter().map(String::as_str));
        self.out.write_record(row.map(harmless)).map_err(full)
    }

    /// Named after the file that the lines were in.
    pub fn finish(self, file_name: &str) -> Result<Streamed> {
        let file = self.out.into_inner().map_err(|e| full(e.into_error()))?;
        let mut file = file.into_inner().map_err(|e| full(e.into_error()))?;
        let bytes = file.stream_position().map_err(full)?;
        file.rewind().map_err(full)?;
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        Ok(Streamed {
            name: format!("{stem} refused.csv"),
            media_type: "text/csv".into(),
            file: tokio::fs::File::from_std(file),
            bytes,
        })
    }
}

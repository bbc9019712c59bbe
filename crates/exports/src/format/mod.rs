//! The formats of a file, and a writer that takes page after page: memory holds one, however long the list is.
mod json;
mod table;
mod workbook;

use jiff::{Timestamp, tz::TimeZone};
use kernel::{Error, Result};
use std::path::Path;

use crate::list::Rows;

kernel::text_enum! {
    pub enum Format {
        Csv = "csv": "CSV",
        Xlsx = "xlsx": "Excel",
        Json = "json": "JSON",
    }
}

impl Format {
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
    /// What it is good for, for who chooses.
    pub fn says(self) -> &'static str {
        match self {
            Self::Csv => "A table for any program",
            Self::Xlsx => "A workbook with figures, days and amounts",
            Self::Json => "For programs, as the API tells it",
        }
    }
}

/// What a writer needs to know of the list.
pub struct Head<'a> {
    pub label: &'a str,
    pub headings: Vec<&'a str>,
    /// The company's clock: tables have its time.
    pub zone: TimeZone,
}

pub enum Writer {
    Csv(table::Table),
    Xlsx(Box<workbook::Book>),
    Json(json::Array),
}

impl Writer {
    pub async fn begin(format: Format, path: &Path, head: Head<'_>) -> Result<Self> {
        Ok(match format {
            Format::Csv => Self::Csv(table::Table::begin(path, head).await?),
            Format::Xlsx => Self::Xlsx(Box::new(workbook::Book::begin(path, head)?)),
            Format::Json => Self::Json(json::Array::begin(path).await?),
        })
    }

    pub async fn add(&mut self, rows: Rows) -> Result<()> {
        match (self, rows) {
            (Self::Csv(table), Rows::Cells(rows)) => table.add(rows).await,
            (Self::Xlsx(book), Rows::Cells(rows)) => book.add(rows),
            (Self::Json(array), Rows::Told(rows)) => array.add(rows).await,
            _ => Err(Error::Bug("rows in another shape than the format takes".into())),
        }
    }

    /// All of it is on disk when this is done.
    pub async fn finish(self) -> Result<()> {
        match self {
            Self::Csv(table) => table.finish().await,
            Self::Xlsx(book) => book.finish().await,
            Self::Json(array) => array.finish().await,
        }
    }
}

fn full(e: impl std::fmt::Display) -> Error {
    Error::Bug(format!("a file of a list cannot be written: {e}"))
}

/// "2026-06-22 09:00:00": a moment as spreadsheets read one, on the company's clock.
fn moment(at: Timestamp, zone: &TimeZone) -> jiff::civil::DateTime {
    at.to_zoned(zone.clone()).datetime().round(jiff::Unit::Second).unwrap_or_default()
}

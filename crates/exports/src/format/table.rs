//! CSV: UTF-8 with its mark, commas, a heading; nothing in it is calculated by a spreadsheet.
use jiff::tz::TimeZone;
use kernel::{Result, text::harmless};
use std::path::Path;
use tokio::{fs::File, io::AsyncWriteExt};

use super::{Head, full, moment};
use crate::Cell;

pub struct Table {
    file: File,
    zone: TimeZone,
}

impl Table {
    pub async fn begin(path: &Path, head: Head<'_>) -> Result<Self> {
        let mut file = File::create(path).await.map_err(full)?;
        // The mark makes a spreadsheet read it as UTF-8.
        let mut out = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
        out.write_record(&head.headings).map_err(full)?;
        file.write_all(&out.into_inner().map_err(full)?).await.map_err(full)?;
        Ok(Self { file, zone: head.zone })
    }

    pub async fn add(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        let mut out = csv::Writer::from_writer(vec![]);
        for row in rows {
            out.write_record(row.into_iter().map(|cell| written(cell, &self.zone))).map_err(full)?;
        }
        self.file.write_all(&out.into_inner().map_err(full)?).await.map_err(full)
    }

    pub async fn finish(mut self) -> Result<()> {
        self.file.flush().await.map_err(full)?;
        self.file.sync_all().await.map_err(full)
    }
}

/// What people typed is made harmless; figures are our own.
fn written(cell: Cell, zone: &TimeZone) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => harmless(&text),
        Cell::Whole(number) => number.to_string(),
        Cell::Amount(digits) => digits,
        Cell::Day(day) => day.to_string(),
        Cell::Moment(at) => moment(at, zone).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Cell::Yes(yes) => if yes { "yes" } else { "no" }.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Money};

    #[tokio::test]
    async fn a_table_is_read_back_and_calculates_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let zone = TimeZone::get("America/Chicago").unwrap();
        let head = Head { label: "Things", headings: vec!["Name", "Owes", "When", "Note"], zone };
        let mut table = Table::begin(&path, head).await.unwrap();
        let at: jiff::Timestamp = "2026-06-22T14:00:00.9Z".parse().unwrap();
        let owes = Money::new(-12345, Currency::USD);
        table.add(vec![vec!["=cmd()".into(), owes.into(), at.into(), Cell::Nothing]]).await.unwrap();
        table.add(vec![]).await.unwrap();
        table.add(vec![vec!["Zoë, \"the\"\nfirst".into(), 7i64.into(), true.into(), "-1".into()]]).await.unwrap();
        table.finish().await.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"\xEF\xBB\xBFName,Owes,When,Note\n"));
        let mut read = csv::Reader::from_reader(&bytes[3..]);
        let rows: Vec<Vec<String>> =
            read.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(rows[0], ["'=cmd()", "-123.45", "2026-06-22 09:00:01", ""]);
        assert_eq!(rows[1], ["Zoë, \"the\"\nfirst", "7", "yes", "'-1"]);
    }
}

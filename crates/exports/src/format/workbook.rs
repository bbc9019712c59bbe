//! A workbook of Excel: figures are figures, days are days. Rows leave memory as they are written; a sheet that is full is
//! followed by another.
use jiff::tz::TimeZone;
use kernel::{Result, text::harmless};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::path::{Path, PathBuf};

use super::{Head, full, moment};
use crate::Cell;

/// As many rows as a sheet has, and as many signs as a cell.
const ROWS: u32 = 1_048_576;
const SIGNS: usize = 32_767;

pub struct Book {
    book: Workbook,
    path: PathBuf,
    label: String,
    headings: Vec<String>,
    zone: TimeZone,
    looks: Looks,
    sheets: usize,
    /// The next row of the last sheet.
    row: u32,
    /// How many rows a sheet takes.
    most: u32,
}

struct Looks {
    head: Format,
    amount: [Format; 4],
    day: Format,
    moment: Format,
}

impl Book {
    pub fn begin(path: &Path, head: Head<'_>) -> Result<Self> {
        Self::with(path, head, ROWS)
    }

    fn with(path: &Path, head: Head<'_>, most: u32) -> Result<Self> {
        let mut book = Workbook::new();
        // Its pieces have no names, so nothing is left of them when this process dies.
        if let Some(folder) = path.parent() {
            book.set_tempdir(folder).map_err(full)?;
        }
        let looks = Looks {
            head: Format::new().set_bold(),
            amount: ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(|shape| Format::new().set_num_format(shape)),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
        };
        let headings = head.headings.iter().map(|heading| (*heading).to_owned()).collect();
        let (path, label, zone) = (path.to_owned(), head.label.to_owned(), head.zone);
        let mut made = Self { book, path, label, headings, zone, looks, sheets: 0, row: 0, most };
        made.sheet().map_err(full)?;
        Ok(made)
    }

    fn sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = if self.sheets == 1 { self.label.clone() } else { format!("{} {}", self.label, self.sheets) };
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, heading) in (0u16..).zip(&self.headings) {
            sheet.set_column_width(column, (heading.chars().count() as f64 + 4.0).clamp(12.0, 40.0))?;
            sheet.write_string_with_format(0, column, heading, &self.looks.head)?;
        }
        self.row = 1;
        Ok(())
    }

    pub fn add(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        rows.into_iter().try_for_each(|row| self.write(row)).map_err(full)
    }

    fn write(&mut self, row: Vec<Cell>) -> Result<(), XlsxError> {
        if self.row == self.most {
            self.sheet()?;
        }
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        for (column, cell) in (0u16..).zip(row) {
            put(sheet, self.row, column, cell, &self.looks, &self.zone)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Packing takes a while, so it is done beside the others' work.
    pub async fn finish(mut self: Box<Self>) -> Result<()> {
        tokio::task::spawn_blocking(move || {
            self.book.save(&self.path).map_err(full)?;
            std::fs::File::open(&self.path).and_then(|file| file.sync_all()).map_err(full)
        })
        .await
        .map_err(full)?
    }
}

fn put(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: Cell,
    looks: &Looks,
    zone: &TimeZone,
) -> Result<(), XlsxError> {
    let text = |sheet: &mut Worksheet, text: String| sheet.write_string(row, column, cut(&text)).map(drop);
    match cell {
        Cell::Nothing => Ok(()),
        Cell::Text(words) => text(sheet, harmless(&words)),
        // Beyond that a spreadsheet rounds: better to be read as it is.
        Cell::Whole(number) if number.unsigned_abs() > 1 << 53 => text(sheet, number.to_string()),
        Cell::Whole(number) => sheet.write_number(row, column, number as f64).map(drop),
        Cell::Amount(digits) => {
            let places = digits.split_once('.').map_or(0, |(_, places)| places.len());
            match digits.parse::<f64>() {
                Ok(amount) if amount.abs() < 1e13 => {
                    sheet.write_number_with_format(row, column, amount, &looks.amount[places.min(3)]).map(drop)
                }
                _ => text(sheet, digits),
            }
        }
        // Its calendar begins in 1900.
        Cell::Day(day) if day.year() < 1900 => text(sheet, day.to_string()),
        Cell::Day(day) => sheet.write_datetime_with_format(row, column, day, &looks.day).map(drop),
        Cell::Moment(at) => sheet.write_datetime_with_format(row, column, moment(at, zone), &looks.moment).map(drop),
        Cell::Yes(yes) => sheet.write_boolean(row, column, yes).map(drop),
    }
}

/// A cell takes so many signs as Excel counts them, and no more.
fn cut(text: &str) -> &str {
    let mut signs = 0;
    let end = text.char_indices().find(|(_, sign)| {
        signs += sign.len_utf16();
        signs > SIGNS
    });
    end.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Money};

    fn inside(path: &Path, name: &str) -> Option<String> {
        use std::io::Read;
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut text = String::new();
        archive.by_name(name).ok()?.read_to_string(&mut text).unwrap();
        Some(text)
    }

    #[tokio::test]
    async fn a_full_sheet_is_followed_by_another_and_nothing_is_a_formula() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        let head = Head { label: "Things", headings: vec!["Name", "Owes", "Since"], zone: TimeZone::UTC };
        let mut book = Book::with(&path, head, 3).unwrap();
        let day = jiff::civil::date(2026, 6, 22);
        let owes = Money::new(12345, Currency::USD);
        let row = |name: String| vec![Cell::from(name), owes.into(), day.into()];
        book.add(vec![row("=1+1".into()), row("x".repeat(40_000))]).unwrap();
        book.add(vec![row("Zoë <b>".into())]).unwrap();
        Box::new(book).finish().await.unwrap();
        let [one, two] = [1, 2].map(|n| inside(&path, &format!("xl/worksheets/sheet{n}.xml")).unwrap());
        assert!(one.contains("'=1+1") && one.contains("<v>123.45</v>") && one.contains("<v>46195</v>"), "{one:.900}");
        assert!(two.contains("Zoë &lt;b&gt;") && two.contains(">Name<"), "{two}");
        assert!(!one.contains("<f>") && !two.contains("<f>"));
        assert!(inside(&path, "xl/worksheets/sheet3.xml").is_none());
        let names = inside(&path, "xl/workbook.xml").unwrap();
        assert!(names.contains("\"Things\"") && names.contains("\"Things 2\""), "{names}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing beside the file is left");
    }

    #[test]
    fn a_cell_is_cut_between_two_signs() {
        assert_eq!(cut("short"), "short");
        let long = "😀".repeat(20_000);
        assert_eq!(cut(&long).chars().count(), 16_383);
    }
}

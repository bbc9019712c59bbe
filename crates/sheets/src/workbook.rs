//! A workbook of Excel as lines of text: its first sheet that is shown, row by row onto disk. In memory are the texts that
//! its cells share, at most 64 MB, and one row.
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use kernel::{Error, Result};
use std::{
    fs::File,
    io::{BufReader, BufWriter, ErrorKind, Read, Seek, Write, copy},
};
use zip::ZipArchive;

/// What a workbook holds may be a thousand times as large as its file. The texts that cells share are kept in memory, the
/// sheets are only walked over, and no cell of an honest workbook is longer than 32,767 letters.
const MOST_SHARED: u64 = 64 << 20;
const MOST_SHEETS: u64 = 1 << 30;
const LONGEST: usize = 2 << 20;
/// A sheet of Excel has no more; one that says so would be written out line by line.
const MOST_ROWS: u32 = 1 << 20;

/// How workbooks of before 2007 begin, and those with a password.
const OLD: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];

pub(crate) fn is_one(mut file: impl Read) -> bool {
    let mut head = [0; 4];
    file.read_exact(&mut head).is_ok() && (head == *b"PK\x03\x04" || head == OLD)
}

fn refuse<T>(code: &str, sentence: &str) -> Result<T> {
    Err(Error::field("/file", code, sentence))
}

fn broken<E>(_: E) -> Error {
    let sentence = "This is not a workbook that can be read. Save it again as XLSX or as CSV and choose that file.";
    Error::field("/file", "workbook", sentence)
}

/// Counts what is unpacked, without keeping it.
struct Scales {
    left: u64,
    since_tag: usize,
}

impl Write for Scales {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        let heavy = || std::io::Error::new(ErrorKind::FileTooLarge, "unpacked");
        self.left = self.left.checked_sub(piece.len() as u64).ok_or_else(heavy)?;
        for (n, part) in piece.split(|byte| *byte == b'<').enumerate() {
            self.since_tag = part.len() + if n == 0 { self.since_tag } else { 0 };
            if self.since_tag > LONGEST {
                return Err(heavy());
            }
        }
        Ok(piece.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything is unpacked once and weighed, since a file may say anything about its size.
fn weigh(file: impl Read + Seek) -> Result<()> {
    let mut archive = ZipArchive::new(file).map_err(broken)?;
    let mut shared = Scales { left: MOST_SHARED, since_tag: 0 };
    let mut sheets = Scales { left: MOST_SHEETS, since_tag: 0 };
    for n in 0..archive.len() {
        let mut entry = archive.by_index(n).map_err(broken)?;
        let name = entry.name().map_err(broken)?.to_lowercase();
        let scales = match () {
            () if name.starts_with("xl/worksheets/") => &mut sheets,
            // Pictures and the like are not opened.
            () if name.starts_with("xl/media/") || !(name.ends_with(".xml") || name.ends_with(".rels")) => continue,
            () => &mut shared,
        };
        scales.since_tag = 0;
        match copy(&mut entry, scales) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                return refuse(
                    "large",
                    "There is more in this workbook than can be read: texts that cells share are held in memory, at most 64 MB of them, and sheets unpack to 1 GB. Save its sheet as CSV, which has no such bound, and choose that file.",
                );
            }
            Err(error) => return Err(broken(error)),
        }
    }
    Ok(())
}

/// As text in UTF-8, parted by commas.
pub(crate) fn as_text<R: Read + Seek>(open: impl Fn() -> R, empty: impl Fn() -> std::io::Result<File>) -> Result<File> {
    let mut head = [0; 4];
    if open().read_exact(&mut head).is_ok() && head == OLD {
        return refuse(
            "workbook",
            "This is an old workbook, or one with a password. Save it as XLSX without a password, or as CSV.",
        );
    }
    weigh(BufReader::new(open()))?;
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(open())).map_err(broken)?;
    let shown = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    let Some(sheet) = book.sheets_metadata().iter().find(shown).map(|sheet| sheet.name.clone()) else {
        return refuse(
            "empty",
            "There is no sheet with lines in this workbook. Choose one whose first line names the columns.",
        );
    };
    let full = |error: csv::Error| Error::Bug(format!("the text of a workbook cannot be put on disk: {error}"));
    let lost = |error: std::io::Error| full(error.into());
    let file = empty().map_err(lost)?;
    let mut text = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(file));
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(broken)?;
    let (mut row, mut at): (Vec<String>, u32) = (vec![], 0);
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (line, column) = cell.get_position();
        let value = said(cell.get_value());
        if value.is_empty() || line < at {
            continue;
        }
        if line >= MOST_ROWS {
            return Err(broken(line));
        }
        if column >= crate::read::MOST_COLUMNS as u32 {
            return refuse("columns", "This file has more than 100 columns. Keep those you need and save it again.");
        }
        while at < line {
            // A line without cells counts as one.
            row.resize(row.len().max(1), String::new());
            text.write_record(&row).map_err(full)?;
            row.clear();
            at += 1;
        }
        row.resize(column as usize, String::new());
        row.push(value);
    }
    if !row.is_empty() {
        text.write_record(&row).map_err(full)?;
    }
    let text = text.into_inner().map_err(|error| lost(error.into_error()))?;
    text.into_inner().map_err(|error| lost(error.into_error()))
}

/// As people read it: days as 2026-03-01, whole figures without a point.
fn said(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(figure) => figure.to_string(),
        DataRef::Float(figure) => figure.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is) => if *is { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => match moment.to_ymd_hms_milli() {
            (year, month, day, 0, 0, 0, _) => format!("{year:04}-{month:02}-{day:02}"),
            (year, month, day, hour, minute, ..) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
        },
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

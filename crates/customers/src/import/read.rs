//! Reading a file of unknown origin: its encoding, what separates its columns, its lines.
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use kernel::{Error, Result};

/// A file as columns and lines; each line with its number as a spreadsheet counts.
#[derive(Debug)]
pub(super) struct Sheet {
    pub columns: Vec<String>,
    pub lines: Vec<(i32, Vec<String>)>,
}

pub(super) const MOST_BYTES: usize = 20 * 1024 * 1024;
const MOST_COLUMNS: usize = 100;
const MOST_LINES: usize = 1_000_000;

fn refuse<T>(code: &str, sentence: impl Into<String>) -> Result<T> {
    Err(Error::field("/file", code, sentence))
}

/// As text: by its mark, else UTF-8 if it is, else UTF-16 if every other byte is empty, else as Windows writes the West.
fn decode(bytes: &[u8]) -> Result<String> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) => UTF_8,
        None => {
            let half = bytes.len().div_ceil(2).max(1);
            let empty = |at: usize| bytes.iter().skip(at).step_by(2).filter(|b| **b == 0).count() * 10 > half * 6;
            match (empty(1), empty(0)) {
                (true, _) => UTF_16LE,
                (_, true) => UTF_16BE,
                _ => WINDOWS_1252,
            }
        }
    };
    let (text, _, broken) = encoding.decode(bytes);
    if text.contains('\0') || (broken && encoding != WINDOWS_1252) {
        return refuse(
            "encoding",
            "This is not a text file. Save it as CSV from your spreadsheet and choose that file.",
        );
    }
    Ok(text.into_owned())
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// The sign that splits the first lines into the most columns, and all of them alike.
fn delimiter(text: &str) -> u8 {
    let score = |sign: u8| {
        let widths: Vec<usize> = reader(text, sign).records().take(20).flatten().map(|record| record.len()).collect();
        let first = widths.first().copied().unwrap_or(0);
        let alike = widths.iter().filter(|width| **width == first).count();
        (first > 1, alike * 10 >= widths.len() * 8, first)
    };
    let signs = [b',', b';', b'\t', b'|'];
    // The first of equals wins, so a comma does before the rarer signs.
    signs.into_iter().rev().max_by_key(|sign| score(*sign)).unwrap_or(b',')
}

/// Without the apostrophe that our own lists of refused lines put before a cell that a spreadsheet would calculate.
fn plain(cell: &str) -> String {
    let cell = cell.trim();
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell).to_owned()
}

pub(super) fn read(bytes: &[u8]) -> Result<Sheet> {
    if bytes.len() > MOST_BYTES {
        return refuse(
            "too_large",
            "This file is larger than 20 MB. Split it and import the parts one after the other.",
        );
    }
    let text = decode(bytes)?;
    let mut records = reader(&text, delimiter(&text)).into_records();
    let columns: Vec<String> = match records.next() {
        Some(Ok(record)) => record.iter().map(|cell| cell.trim().chars().take(100).collect()).collect(),
        _ => return refuse("empty", "There is nothing in this file. Choose one whose first line names the columns."),
    };
    if columns.len() > MOST_COLUMNS {
        return refuse("columns", "This file has more than 100 columns. Keep those about customers and save it again.");
    }
    let mut lines = vec![];
    for (index, record) in records.enumerate() {
        let number = index as i32 + 2;
        let Ok(record) = record else {
            return refuse("csv", format!("Line {number} cannot be read. Save the file as CSV again and choose it."));
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if lines.len() >= MOST_LINES {
            return refuse("lines", "This file has more than 1,000,000 lines. Split it and import the parts.");
        }
        lines.push((number, record.iter().map(plain).collect()));
    }
    if lines.is_empty() {
        return refuse("empty", "This file has a first line with columns and nothing under it.");
    }
    Ok(Sheet { columns, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        let sheet = read(bytes).unwrap();
        (sheet.columns, sheet.lines.into_iter().map(|(_, cells)| cells[0].clone()).collect())
    }

    #[test]
    fn every_separator_is_found() {
        for sign in [",", ";", "\t", "|"] {
            let text =
                format!("Name{sign}Email{sign}Notes\nMüller{sign}a@b.co{sign}\"one, two; three\"\nChen{sign}{sign}\n");
            let (columns, found) = names(text.as_bytes());
            assert_eq!(columns, ["Name", "Email", "Notes"], "{sign:?}");
            assert_eq!(found, ["Müller", "Chen"], "{sign:?}");
        }
    }

    #[test]
    fn every_encoding_is_found() {
        let text = "Name;City\nMüller;Köln\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let (windows, ..) = WINDOWS_1252.encode(text);
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            [b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat(),
            [b"\xFE\xFF".to_vec(), utf16(u16::to_be_bytes)].concat(),
            utf16(u16::to_le_bytes),
            windows.into_owned(),
        ] {
            assert_eq!(names(&bytes), (vec!["Name".into(), "City".into()], vec!["Müller".to_owned()]));
        }
    }

    #[test]
    fn what_is_no_table_is_refused_in_a_sentence() {
        for bytes in [&b""[..], b"\n\n", b"Name\n", b"PK\x03\x04\x00\x00\x00\x00\x08\x00\xff\xfe\x00\x00a"] {
            assert!(matches!(read(bytes), Err(Error::Invalid(_))), "{bytes:?}");
        }
        assert!(read(&vec![b'a'; MOST_BYTES + 1]).is_err());
    }

    #[test]
    fn lines_are_counted_as_a_spreadsheet_does() {
        let sheet = read(b"Name,Note\nA,\"two\nlines\"\n,\nB,x\n").unwrap();
        assert_eq!(sheet.lines.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 4]);
    }
}

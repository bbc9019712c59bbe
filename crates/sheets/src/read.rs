//! Reading a file of unknown origin: its encoding, what separates its columns, its lines; twice, and never the whole in memory.
use encoding_rs::Encoding;
use kernel::{Error, Result};
use std::{
    io::{ErrorKind, Read},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use crate::decode::{Decoded, encoding};

/// What a first look at a file found out. The second gives its lines.
#[derive(Debug)]
pub struct Sheet {
    pub columns: Vec<String>,
    /// The first lines, each cell as far as it tells what it is.
    pub sample: Vec<Vec<String>>,
    pub lines: i32,
    /// What the longest of them takes in memory, about.
    pub longest: i32,
    encoding: &'static Encoding,
    delimiter: u8,
}

const SAMPLE: usize = 50;
pub const MOST_COLUMNS: usize = 100;
/// In bytes; with more, a quotation mark is not closed and the rest of the file would be one cell.
const LONGEST: usize = 4 << 20;

fn refuse<T>(code: &str, sentence: impl Into<String>) -> Result<T> {
    Err(Error::field("/file", code, sentence))
}

fn no_text<T>() -> Result<T> {
    refuse(
        "encoding",
        "This is not a text file, nor a workbook. Save it as CSV from your spreadsheet and choose that file.",
    )
}

fn reader<R: Read>(text: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text)
}

/// Text that ends badly where a line does not end at all.
struct Lined<R> {
    text: R,
    /// Since the last line began.
    read: Arc<AtomicUsize>,
}

impl<R: Read> Read for Lined<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.text.read(buffer)?;
        match self.read.fetch_add(read, Relaxed) > LONGEST {
            true => Err(ErrorKind::FileTooLarge.into()),
            false => Ok(read),
        }
    }
}

type Records<R> = csv::StringRecordsIntoIter<Lined<Decoded<R>>>;

/// With what begins the count of a line anew.
fn records<R: Read>(file: R, (encoding, delimiter): Written) -> (Records<R>, Arc<AtomicUsize>) {
    let since = Arc::new(AtomicUsize::new(0));
    let text = Lined { text: Decoded::new(file, encoding), read: since.clone() };
    (reader(text, delimiter).into_records(), since)
}

/// What the records of the file say of its end.
fn unread<T>(error: &csv::Error, number: i32) -> Result<T> {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == ErrorKind::FileTooLarge => refuse(
            "line",
            format!(
                "Line {number} is longer than 4 MB, as if a quotation mark in it were not closed. Mend it and choose the file again."
            ),
        ),
        csv::ErrorKind::Io(_) => no_text(),
        _ => refuse("csv", format!("Line {number} cannot be read. Save the file as CSV again and choose it.")),
    }
}

/// The sign that splits the first lines into the most columns, and all of them alike.
fn delimiter(text: &[u8]) -> u8 {
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

/// A line with its number as a spreadsheet counts.
pub type Numbered = Result<(i32, Vec<String>)>;

/// Those that say something, each with its number as a spreadsheet counts.
fn lines<R: Read>((records, since): (Records<R>, Arc<AtomicUsize>)) -> impl Iterator<Item = Numbered> {
    records.inspect(move |_| since.store(0, Relaxed)).zip(2..).filter_map(|(record, number)| match record {
        Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => None,
        Ok(record) => Some(Ok((number, record.iter().map(plain).collect()))),
        Err(error) => Some(unread(&error, number)),
    })
}

/// In which encoding, and what parts the cells.
pub(crate) type Written = (&'static Encoding, u8);

/// Reads all of it once, so that whatever must be refused is refused before a line is kept. `each` sees every line.
pub fn look<R: Read>(open: impl Fn() -> R, known: Option<Written>, mut each: impl FnMut(&[String])) -> Result<Sheet> {
    let lost = |e: std::io::Error| Error::Bug(format!("an uploaded file cannot be read again: {e}"));
    let (encoding, delimiter) = match known {
        Some(known) => known,
        None => {
            let encoding = encoding(open()).map_err(lost)?;
            let mut sample = vec![];
            if Decoded::new(open(), encoding).take(256 * 1024).read_to_end(&mut sample).is_err() {
                return no_text();
            }
            (encoding, delimiter(&sample))
        }
    };
    let (mut records, since) = records(open(), (encoding, delimiter));
    let columns: Vec<String> = match records.next() {
        Some(Ok(record)) => record.iter().map(|cell| cell.trim().chars().take(100).collect()).collect(),
        Some(Err(error)) if error.is_io_error() => return unread(&error, 1),
        _ => return refuse("empty", "There is nothing in this file. Choose one whose first line names the columns."),
    };
    if columns.len() > MOST_COLUMNS {
        return refuse("columns", "This file has more than 100 columns. Keep those you need and save it again.");
    }
    let (mut count, mut longest, mut sample) = (0, 0, vec![]);
    for line in lines((records, since)) {
        let (_, cells) = line?;
        each(&cells);
        if sample.len() < SAMPLE {
            sample.push(cells.iter().map(|cell| cell.chars().take(100).collect()).collect());
        }
        count += 1;
        longest = longest.max(weight(&cells));
    }
    match count {
        0 => refuse("empty", "This file has a first line with columns and nothing under it."),
        lines => Ok(Sheet { columns, sample, lines, longest: longest as i32, encoding, delimiter }),
    }
}

impl Sheet {
    pub fn lines<R: Read>(&self, file: R) -> impl Iterator<Item = Numbered> + use<R> {
        let (mut records, since) = records(file, (self.encoding, self.delimiter));
        // The first names the columns.
        let _ = records.next();
        lines((records, since))
    }
}

/// What a line takes in memory, about.
pub fn weight(cells: &[String]) -> usize {
    cells.iter().map(|cell| cell.len() + 32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1252;

    fn names(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        let sheet = look(|| bytes, None, |_| {}).unwrap();
        let names = sheet.lines(bytes).map(|line| line.unwrap().1[0].clone()).collect();
        (sheet.columns, names)
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
            assert!(matches!(look(|| bytes, None, |_| {}), Err(Error::Invalid(_))), "{bytes:?}");
        }
    }

    #[test]
    fn a_line_that_does_not_end_is_refused() {
        let open = format!("Name,Note\nA,x\nB,\"{}", "one line\n".repeat(600_000));
        let says = look(|| open.as_bytes(), None, |_| {}).unwrap_err().problem().detail;
        assert!(says.starts_with("Line 3 is longer than 4 MB"), "{says}");
        let headless = "x".repeat(5 << 20);
        assert!(look(|| headless.as_bytes(), None, |_| {}).is_err());
        let many = format!("Name,Note\n{}", format!("A,{}\n", "x".repeat(1000)).repeat(9000));
        let sheet = look(|| many.as_bytes(), None, |_| {}).unwrap();
        assert_eq!((sheet.lines, sheet.longest), (9000, 1065), "a large file of short lines");
    }

    #[test]
    fn lines_are_counted_as_a_spreadsheet_does() {
        let file = &b"Name,Note\nA,\"two\nlines\"\n,\nB,x\n"[..];
        let sheet = look(|| file, None, |_| {}).unwrap();
        assert_eq!(sheet.lines, 2);
        assert_eq!(sheet.lines(file).map(|line| line.unwrap().0).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn a_sign_cut_by_the_edge_of_a_piece_stays_whole() {
        for before in 0..4 {
            let text = format!("Name\n{}{}\n", "x".repeat(before), "ü€😀".repeat(40_000));
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [text.as_bytes(), &[b"\xFF\xFE", &utf16[..]].concat()] {
                assert_eq!(format!("Name\n{}\n", names(bytes).1[0]), text);
            }
        }
    }

    /// What once broke a reader of such files, here or elsewhere.
    const SEEDS: [&[u8]; 14] = [
        b"",
        b"\0",
        b"\xff\xfe",
        b"\xff\xfeN\0a\0",
        b"\xfe\xff\0N",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbfName\n\"",
        b"Name\n\"a\"\"",
        b"\"",
        b"\r\r\r",
        b",,,\n,,,\n",
        b"Name\r\nA\rB\n",
        b"a|b;c\td,e\n1|2;3\t4,5\n",
        b"Name\n\xc3",
    ];

    /// Bytes of any kind, and pieces that a spreadsheet writes: refused with a sentence or read, the second time as the first.
    fn holds(bytes: &[u8]) {
        match look(|| bytes, None, |_| {}) {
            Err(Error::Invalid(errors)) => assert!(errors.iter().all(|error| error.message.ends_with('.'))),
            Err(other) => panic!("{other:?}"),
            Ok(sheet) => {
                let lines = sheet.lines(bytes).filter(|line| line.is_ok()).count();
                assert_eq!(lines, usize::try_from(sheet.lines).unwrap());
            }
        }
    }

    #[test]
    fn no_file_breaks_the_reader() {
        use proptest::prelude::*;
        SEEDS.iter().for_each(|seed| holds(seed));
        let pieces = [
            "Name",
            "Email",
            "Address",
            ",",
            ";",
            "\t",
            "|",
            "\n",
            "\r\n",
            "\r",
            "\"",
            "\"\"",
            "'=1",
            "a@b.co",
            "217 555 0199",
            "\u{feff}",
            "\0",
            "é",
            " ",
            "\u{1d54f}",
        ];
        let written = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..80)
            .prop_map(|all| all.concat().into_bytes());
        let files = prop_oneof![prop::collection::vec(any::<u8>(), 0..500), written];
        let cases = std::env::var("FUZZ_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(512);
        let config = proptest::test_runner::Config { cases, failure_persistence: None, ..Default::default() };
        let begun = std::time::Instant::now();
        proptest::test_runner::TestRunner::new(config)
            .run(&files, |bytes| {
                holds(&bytes);
                Ok(())
            })
            .unwrap();
        let each = begun.elapsed() / cases;
        assert!(each < std::time::Duration::from_millis(200), "{each:?} for a file of 500 bytes");
    }
}

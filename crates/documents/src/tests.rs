//! The layout, looked at before it is PDF, and what another reader finds in the PDF.

use std::process::Command;

use crate::flow::{Frame, Page};
use crate::paper::{invoice, words};
use crate::piece::{Ink, Meaning, Piece};
use crate::{Align, Column, Document, Emphasis, Error, Note, Paper, Row, Table, Total, furnish, render, set};

fn pages(document: &Document) -> (Vec<Page>, Frame) {
    (set(document).unwrap().0, furnish::frame(document))
}

fn text(piece: &Piece) -> &str {
    match &piece.ink {
        Ink::Text(run) | Ink::Slanted(run, _) => &run.text,
        Ink::Rule(_) | Ink::Picture(_) | Ink::Strokes(..) => "",
    }
}

fn stands_on(page: &Page, wanted: &str) -> bool {
    page.iter().any(|piece| text(piece).trim_end() == wanted)
}

fn assert_inside(pages: &[Page], frame: &Frame) {
    for (index, page) in pages.iter().enumerate() {
        for piece in page {
            let told = format!("page {}: {:?} at {}, {}", index + 1, text(piece), piece.left, piece.top);
            let paper = (piece.left >= 0.0 && piece.top >= 0.0)
                && (piece.left + piece.width <= frame.sheet.0 && piece.bottom() <= frame.sheet.1);
            assert!(paper, "off the paper, {told}");
            if let (Meaning::Node(_), Ink::Text(_)) = (piece.meaning, &piece.ink) {
                assert!(piece.left >= frame.left - 0.1, "left of the margin, {told}");
                assert!(piece.left + piece.width <= frame.left + frame.width + 0.1, "right of the margin, {told}");
                assert!(piece.bottom() <= frame.bottom + 0.1, "in the foot, {told}");
            }
        }
    }
}

fn assert_nothing_overlaps(pages: &[Page]) {
    for page in pages {
        let lines: Vec<&Piece> = page.iter().filter(|piece| matches!(piece.ink, Ink::Text(_))).collect();
        for (index, one) in lines.iter().enumerate() {
            for other in &lines[index + 1..] {
                let beside = one.left + one.width <= other.left + 0.1 || other.left + other.width <= one.left + 0.1;
                let apart = one.bottom() <= other.top + 0.1 || other.bottom() <= one.top + 0.1;
                assert!(beside || apart, "{:?} is printed over {:?}", text(one), text(other));
            }
        }
    }
}

#[test]
fn one_fifty_and_five_hundred_lines_take_as_many_pages_as_they_need() {
    for paper in [Paper::A4, Paper::Letter] {
        for (lines, fewest, most) in [(1, 1, 1), (50, 3, 5), (500, 28, 36)] {
            let (pages, frame) = pages(&Document { paper, watermark: words("Void"), ..invoice(lines) });
            assert!((fewest..=most).contains(&pages.len()), "{lines} lines took {} pages", pages.len());
            assert_inside(&pages, &frame);
            assert_nothing_overlaps(&pages);
            assert!(pages.iter().all(|page| stands_on(page, "Void")));
        }
    }
}

#[test]
fn totals_stand_on_one_page_with_the_last_two_rows() {
    for lines in 2..45 {
        let mut document = invoice(lines);
        for (index, row) in document.tables[0].rows.iter_mut().enumerate() {
            row.cells[0] = format!("row {index}");
        }
        let (pages, _) = pages(&document);
        let page_of = |wanted: &str| pages.iter().position(|page| stands_on(page, wanted)).unwrap();
        let due = page_of("$489.61");
        assert_eq!(page_of("Subtotal"), due, "{lines} lines");
        assert_eq!(page_of(&format!("row {}", lines - 1)), due, "{lines} lines");
        assert_eq!(page_of(&format!("row {}", lines - 2)), due, "{lines} lines");
        assert_eq!(page_of("row 0"), page_of("Description"), "{lines} lines");
    }
}

#[test]
fn the_header_repeats_wherever_rows_stand_and_every_page_is_numbered() {
    let (pages, _) = pages(&invoice(120));
    for (index, page) in pages.iter().enumerate() {
        let rows = page.iter().any(|piece| text(piece).starts_with("Diagnostic visit"));
        assert!(!rows || stands_on(page, "Amount"), "page {}", index + 1);
        assert!(stands_on(page, &format!("Page {} of {}", index + 1, pages.len())));
    }
}

#[test]
fn a_row_that_fits_a_page_is_not_broken() {
    let (pages, _) = pages(&invoice(300));
    let first = "Contactor 2-pole 30 A";
    for page in &pages {
        let count = |wanted: &str| page.iter().filter(|piece| text(piece).trim_end() == wanted).count();
        assert_eq!(count(first), count("Old part left with the customer"));
    }
}

#[test]
fn extreme_texts_stay_on_the_paper() {
    let long = "sehr lange Beschreibung mit_einem_Wort_ohne_Ende ".repeat(120) + &"x".repeat(900);
    let mut document = invoice(3);
    document.title = long[..200].to_owned();
    document.footer = long.clone();
    document.tables[0].rows[1].description = long.clone();
    document.tables[0].rows[1].cells = vec![long[..400].to_owned(); 4];
    document.tables[0].totals[0].label = long[..300].to_owned();
    document.parties[0].lines = vec![long[..90].to_owned(); 100];
    document.brand.address = vec![long[..90].to_owned(); 60];
    document.facts[0].value = long[..200].to_owned();
    document.watermark = long[..80].to_owned();
    document.notes.push(Note { heading: words("Terms"), text: "eins\n\nzwei\n".repeat(200) });
    let (pages, frame) = pages(&document);
    assert_inside(&pages, &frame);
    assert_nothing_overlaps(&pages);
    render(&document).unwrap();
}

#[test]
fn an_empty_paper_and_an_empty_table_are_papers() {
    render(&Document::default()).unwrap();
    let columns = vec![Column { heading: words("Date"), align: Align::Left }];
    let empty = Row { cells: vec![String::new()], description: String::new() };
    let total = Total { label: words("Balance"), value: words("0.00"), emphasis: Emphasis::Due };
    let rows = vec![Vec::new(), vec![empty]];
    for rows in rows {
        let table = Table { columns: columns.clone(), rows, totals: vec![total.clone()], ..Table::default() };
        let document = Document { title: words("Statement"), tables: vec![table], ..Document::default() };
        assert!(stands_on(&pages(&document).0[0], "Balance"));
        render(&document).unwrap();
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    assert_eq!(render(&invoice(20)).unwrap(), render(&invoice(20)).unwrap());
}

#[test]
fn what_cannot_be_printed_is_refused_with_a_reason() {
    let mut document = invoice(2);
    document.tables[0].rows[1].cells.pop();
    assert!(matches!(render(&document), Err(Error::Cells { row: 2, cells: 3, columns: 4 })));
    let mut document = invoice(2);
    document.tables[0].main = 4;
    assert!(matches!(render(&document), Err(Error::Main { .. })));
    let mut document = invoice(1);
    document.link.as_mut().unwrap().url = words("javascript:alert(1)");
    assert!(matches!(render(&document), Err(Error::Link(_))));
    for bytes in [&b"GIF89a"[..], &crate::paper::LOGO[..40], b"\xff\xd8\xff\xe0nothing", b"\x89PNG\r\n\x1a\n"] {
        let mut document = invoice(1);
        document.brand.logo = Some(bytes.to_vec());
        assert!(matches!(render(&document), Err(Error::Picture { .. })), "{bytes:?}");
    }
}

#[test]
fn a_logo_may_be_webp() {
    let plain = Document { brand: documents::Brand { logo: None, ..invoice(1).brand }, ..invoice(1) };
    let images =
        |document: &Document| String::from_utf8_lossy(&render(document).unwrap()).matches("/Subtype/Image").count();
    let mut document = plain.clone();
    document.brand.logo = Some(WEBP.to_vec());
    // The picture, and the mask of its clear corner.
    assert_eq!((images(&plain), images(&document)), (0, 2));
    document.brand.logo = Some(WEBP[..WEBP.len() - 9].to_vec());
    assert!(matches!(render(&document), Err(Error::Picture { .. })));
}

/// Two by two pixels, one of them clear.
const WEBP: &[u8] = &[
    82, 73, 70, 70, 36, 0, 0, 0, 87, 69, 66, 80, 86, 80, 56, 76, 24, 0, 0, 0, 47, 1, 64, 0, 16, 15, 48, 92, 179, 48,
    134, 243, 31, 240, 80, 8, 32, 0, 10, 154, 136, 254, 71, 3,
];

#[test]
fn letters_the_font_lacks_are_told() {
    assert_eq!(crate::missing_letters("Zoë Łukasz Ελένη Юлия Nguyễn ₹ € ₺ ₴ → −1 ½"), []);
    assert_eq!(crate::missing_letters("李 and 李 and नी"), ['李', 'न', 'ी']);
}

#[test]
fn another_reader_finds_the_same_text() {
    let found = Command::new("pdftotext").arg("-v").output();
    if found.is_err() {
        println!("skipped: pdftotext is not installed (Debian: poppler-utils)");
        return;
    }
    let mut document = invoice(50);
    let names =
        ["Zoë Müller-Łukaszewicz", "Nguyễn Văn Ánh", "Ελένη Юлия", "₹1,25,000.00 €9 £8", "fi ffi 2x4 ->", "李雷 שלום"];
    document.parties[0].lines = names.map(words).to_vec();
    document.watermark = words("Draft");
    let path = std::env::temp_dir().join(format!("tradewind-paper-{}.pdf", std::process::id()));
    std::fs::write(&path, render(&document).unwrap()).unwrap();
    let read = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
    std::fs::remove_file(&path).unwrap();
    let text = String::from_utf8(read.stdout).unwrap();
    for name in names.iter().take(5) {
        assert!(text.contains(name), "{name} is not in {text}");
    }
    assert!(text.contains("李雷"), "boxes keep the characters they stand for: {text}");
    for row in &document.tables[0].rows {
        assert!(row.cells.iter().all(|cell| text.contains(cell.as_str())), "{:?} is not in the text", row.cells);
    }
    for total in &document.tables[0].totals {
        assert!(text.contains(&total.label) && text.contains(&total.value), "{total:?} is not in the text");
    }
    assert!(text.contains("Page 1 of 4"), "{text}");
}

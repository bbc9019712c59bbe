//! Workbooks of Excel: their sheet is read as a file of lines is.
use harness::{Person, in_both_placements};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{checked, counts, house, send, verb};

fn book() -> Workbook {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet();
    hidden.set_hidden(true);
    hidden.write_string(0, 0, "Secrets").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_active(true);
    for (n, heading) in ["Name", "Email", "Phone", "ZIP", "Street", "Notes", "Since"].into_iter().enumerate() {
        sheet.write_string(0, n as u16, heading).unwrap();
    }
    sheet.write_string(1, 0, "Ana Ñandú 😀").unwrap();
    sheet.write_string(1, 1, "ana@x.example").unwrap();
    sheet.write_number(1, 2, 2_175_550_101.0).unwrap();
    sheet.write_number(1, 3, 62_701.0).unwrap();
    sheet.write_string(1, 4, "12 Elm St").unwrap();
    sheet.write_string(1, 5, "=1+1, \"two\"\nlines").unwrap();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_datetime_with_format(1, 6, ExcelDateTime::from_ymd(2026, 3, 1).unwrap(), &day).unwrap();
    // A line is left free, and one has no name.
    sheet.write_string(3, 1, "nobody@x.example").unwrap();
    sheet.write_string(4, 0, "Bo Chen").unwrap();
    sheet.write_string(4, 2, "(217) 555-0102; (217) 555-0103").unwrap();
    sheet.write_boolean(4, 5, true).unwrap();
    book
}

fn written(mut book: Workbook) -> Vec<u8> {
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_workbook_is_imported_as_its_lines_are() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let path = checked(&owner, &acme, &written(book())).await;
        let at = path.rsplit('/').next().unwrap();
        let columns = serde_json::json!({ "c0": "name", "c1": "email", "c2": "phone", "c3": "postal_code", "c4": "street", "c5": "notes", "c6": "notes" });
        assert_eq!(owner.post(&format!("{path}/check"), columns).await.status, 202);
        house.run_jobs().await;
        assert_eq!(verb(&owner, &path, "run").await.status, 202);
        house.run_jobs().await;
        let done = owner.get(&path).await.body;
        assert_eq!(counts(&done, &["lines", "made", "same", "wrong"]), [3, 2, 0, 1], "{done}");
        let found = async |q: &str| owner.get(&format!("/api/v1/customers?q={q}")).await.body["data"][0].clone();
        let ana = found("nandu").await;
        assert_eq!((&ana["name"], &ana["phone"], &ana["place"]), (&"Ana Ñandú 😀".into(), &"(217) 555-0101".into(), &"12 Elm St".into()));
        assert_eq!(ana["notes"], "Notes: =1+1, \"two\"\nlines\nSince: 2026-03-01");
        let places = owner.get(&format!("/api/v1/customers/{}/locations", ana["id"].as_str().unwrap())).await;
        assert_eq!(places.body["data"][0]["postal_code"], "62701", "a figure without a point");
        let bo = found("chen").await;
        assert_eq!((&bo["phone"], &bo["notes"]), (&"(217) 555-0102".into(), &"Notes: yes\nOther phone: (217) 555-0103".into()));
        let page = owner.page(&format!("/customers/import/{at}/errors.csv")).await;
        assert!(page.text.contains("nobody@x.example") && page.text.contains("Give a name."), "{}", page.text);
        let lines = owner.page(&format!("/customers/import/{at}")).await;
        assert!(lines.text.contains("<span class=\"num\">4</span>"), "as Excel counts: {}", lines.text);
    })
    .await;
}

/// The same workbook with a part of it this many megabytes of one sign.
fn swollen(part: &str, megabytes: usize, sign: u8) -> Vec<u8> {
    let mut whole = zip::ZipArchive::new(Cursor::new(written(book()))).unwrap();
    let mut out = ZipWriter::new(Cursor::new(vec![]));
    for n in 0..whole.len() {
        let entry = whole.by_index_raw(n).unwrap();
        if entry.name().unwrap() != part {
            out.raw_copy_file(entry).unwrap();
        }
    }
    out.start_file(part, SimpleFileOptions::default()).unwrap();
    let piece = vec![sign; 1 << 20];
    (0..megabytes).for_each(|_| out.write_all(&piece).unwrap());
    out.finish().unwrap().into_inner()
}

async fn refusal(owner: &Person<'_>, bytes: &[u8]) -> String {
    let refused = send(owner, "/api/v1/customer-imports", "a.xlsx", bytes).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    refused.error("/file").to_owned()
}

#[tokio::test]
async fn what_is_no_workbook_or_too_much_of_one_is_refused_with_a_sentence() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), vec![0; 600]].concat();
    assert!(refusal(&owner, &old).await.contains("old workbook"));
    let half = written(book());
    assert!(refusal(&owner, &half[..half.len() / 2]).await.contains("not a workbook that can be read"));
    let mut empty = Workbook::new();
    empty.add_worksheet();
    assert!(refusal(&owner, &written(empty)).await.contains("There is nothing in this file"));
    let mut wide = Workbook::new();
    wide.add_worksheet().write_string(0, 100, "x").unwrap();
    assert!(refusal(&owner, &written(wide)).await.contains("more than 100 columns"));
    // A hundred kilobytes that would be a hundred megabytes in memory.
    for swollen in [swollen("xl/sharedStrings.xml", 80, b'<'), swollen("xl/worksheets/sheet2.xml", 3, b'x')] {
        assert!(swollen.len() < 1 << 20, "{}", swollen.len());
        assert!(refusal(&owner, &swollen).await.contains("more in this workbook than can be read"));
    }
    let imports = owner.page("/customers/import").await;
    assert!(!imports.text.contains("a.xlsx"), "nothing of a refused file is kept");
}

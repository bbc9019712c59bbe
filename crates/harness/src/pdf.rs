//! What stands on a paper, read by a program that is not ours.
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// The text of a PDF, in one line with single blanks. Nothing where `pdftotext` is not installed (Debian: poppler-utils); said on the
/// way, and never so in CI, which installs it.
pub fn text_of_pdf(bytes: &[u8]) -> Option<String> {
    read(bytes, &["-layout"])
}

/// The same in the order in which it was set: what is stamped across a draft stands by itself, and not among the rows of its tables.
pub fn text_of_pdf_as_set(bytes: &[u8]) -> Option<String> {
    read(bytes, &["-raw"])
}

#[allow(clippy::unwrap_used)] // A test that cannot go on stops.
fn read(bytes: &[u8], how: &[&str]) -> Option<String> {
    let started =
        Command::new("pdftotext").args(how).args(["-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = started else {
        assert!(std::env::var("CI").is_err(), "pdftotext is missing (Debian: poppler-utils)");
        println!("skipped: pdftotext is not installed (Debian: poppler-utils)");
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&bytes));
    let read = child.wait_with_output().unwrap();
    let _ = writing.join();
    assert!(read.status.success(), "pdftotext could not read it");
    let text = String::from_utf8(read.stdout).unwrap();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

//! Texts and lines of RFC 5545, as calendar programs read them.

/// A text as a value: nothing in it ends the value or the line. What no calendar may hold is left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// At most 75 octets a line; what is longer goes on after a space.
pub fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out + "\r\n"
}

#[test]
fn long_lines_are_folded_and_come_together_again() {
    let line = format!("SUMMARY:{}", "Ventilación, über ".repeat(12));
    let folded = folded(&line);
    assert!(folded.split("\r\n").all(|part| part.len() <= 75));
    assert_eq!(folded.replace("\r\n ", "").trim_end_matches("\r\n"), line);
    assert_eq!(escape("a,b;c\\d\r\ne\u{7}"), "a\\,b\\;c\\\\d\\ne");
}

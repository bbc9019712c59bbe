//! Words as they may stand in a header or a line: no control characters, nothing that turns the direction of writing.

/// One line of at most `most` characters. Line breaks become spaces, so no header can be begun inside another.
pub fn line(words: &str, most: usize) -> String {
    let spaced: String = words.chars().filter(|c| !turns(*c)).map(|c| if breaks(c) { ' ' } else { c }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most { line } else { line.chars().take(most - 1).chain(['…']).collect() }
}

/// The same, but lines stay lines.
pub fn lines(words: &str) -> String {
    let words = words.replace("\r\n", "\n");
    let kept: String =
        words.chars().filter(|c| !turns(*c)).map(|c| if c != '\n' && breaks(c) { ' ' } else { c }).collect();
    kept.trim().to_owned()
}

fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Marks that make "gnp.exe" read "exe.png".
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[test]
fn a_line_is_one_line() {
    assert_eq!(line("Ana\r\nBcc: x@y.z\t\u{0}\u{2028}!", 99), "Ana Bcc: x@y.z !");
    assert_eq!(line("  a   b ", 99), "a b");
    assert_eq!(line("abcdef", 4), "abc…");
    assert_eq!(lines(" a\r\nb\u{7}\n\nc "), "a\nb \n\nc");
    assert_eq!(lines("\u{202e}exe\u{2069}"), "exe");
}

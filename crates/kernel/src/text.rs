//! Text made fit: folded for search and keys (lower case, without accents, one space between words), harmless for spreadsheets.

/// What a person typed, folded so that "Ñandú  GmbH" and "nandu gmbh" meet. Kept in `*_key` columns: plain text
/// comparison is leakproof, so its indexes serve under row-level security (`lower()` and `ilike` do not).
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match unaccent(c) {
            Some(plain) => out.push_str(plain),
            None if c.is_alphanumeric() => out.push(c),
            None if !out.ends_with(' ') && !out.is_empty() => out.push(' '),
            None => {}
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// A cell of a table for spreadsheets: they calculate what begins with one of these signs, some also behind what nobody sees or in the
/// wide letters of East Asia; an apostrophe makes it text.
pub fn harmless(cell: &str) -> String {
    let unseen = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}');
    let signs = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    match cell.starts_with(['\t', '\r', '\n']) || cell.trim_start_matches(unseen).starts_with(signs) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[test]
fn no_cell_is_calculated() {
    for (cell, written) in [
        ("=1+1", "'=1+1"),
        ("+1 217", "'+1 217"),
        ("@x", "'@x"),
        ("\u{feff}=1", "'\u{feff}=1"),
        (" =1", "' =1"),
        ("\u{ff1d}1", "'\u{ff1d}1"),
        ("Ana", "Ana"),
        (" Ana", " Ana"),
        ("", ""),
    ] {
        assert_eq!(harmless(cell), written);
    }
}

/// Only the digits, for phone numbers in any format.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn unaccent(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' | 'ö' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // Combining marks and apostrophes go without leaving a gap.
        '\u{300}'..='\u{36f}' | '\'' | '’' => "",
        _ => return None,
    })
}

#[test]
fn names_meet_however_they_are_typed() {
    assert_eq!(fold("  Ñandú--GmbH & Söhne "), "nandu gmbh sohne");
    assert_eq!(fold("O’Brien"), "obrien");
    assert_eq!(fold("Straße"), "strasse");
    assert_eq!(digits("+1 (217) 555-0158"), "12175550158");
}

/// "4.2 MB".
pub fn size(bytes: i64) -> String {
    match bytes {
        ..=999 => format!("{bytes} bytes"),
        1000..=999_999 => format!("{} kB", bytes / 1000),
        1_000_000.. => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

#[test]
fn sizes_are_said_shortly() {
    for (bytes, words) in [(0, "0 bytes"), (999, "999 bytes"), (40_500, "40 kB"), (4_260_000, "4.2 MB")] {
        assert_eq!(size(bytes), words);
    }
}

//! What a cell says: nothing, yes or no, a figure, a day; other systems write these otherwise than our forms do.
use jiff::civil::Date;
use kernel::text::fold;

/// "n/a" is how other systems write nothing. Not so in names: there are people called Null.
pub fn is_nothing(cell: &str) -> bool {
    let plain = cell.trim().to_lowercase();
    matches!(plain.as_str(), "" | "n/a" | "na" | "none" | "null" | "nil" | "-" | "--" | "—" | "unknown" | "#n/a")
}

/// Whether two texts are one, but for capitals, accents and what stands between the words.
pub fn same(one: &str, other: &str) -> bool {
    let folded = fold(one);
    one == other || (!folded.is_empty() && folded == fold(other))
}

pub fn flag(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "yes" | "y" | "true" | "x" | "1" | "✓" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// "1,250.50" without what parts the thousands.
pub fn number(cell: &str) -> Option<String> {
    let (whole, parts) = cell.split_once('.').map_or((cell, ""), |(whole, parts)| (whole, parts));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.strip_prefix('-').unwrap_or(whole).split(',');
    let first = groups.next().filter(|first| !first.is_empty() && digits(first))?;
    let rest: Vec<&str> = groups.collect();
    let parted = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3 && digits(group)));
    (parted && digits(parts) && !cell.ends_with('.')).then(|| cell.replace(',', ""))
}

/// "2026-03-01", "Mar 1, 2026", and with figures alone as the country writes it.
pub fn day(cell: &str, country: &str) -> Option<Date> {
    let figures = if country == "US" { "%m/%d/%Y" } else { "%d/%m/%Y" };
    // What stands behind the day in a workbook is its hour.
    let midnight = |cell: &str| cell.strip_suffix(" 00:00").map(str::to_owned);
    let cell = midnight(cell).unwrap_or_else(|| cell.to_owned());
    ["%Y-%m-%d", figures, "%d.%m.%Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y"]
        .iter()
        .find_map(|format| Date::strptime(format, &cell).ok())
        .filter(|day| (1..=9999).contains(&day.year()))
}

#[test]
fn what_other_systems_write_is_understood() {
    let days = [
        ("2026-03-01", "US", Some("2026-03-01")),
        ("03/01/2026", "US", Some("2026-03-01")),
        ("3/1/2026", "US", Some("2026-03-01")),
        ("03/01/2026", "GB", Some("2026-01-03")),
        ("Mar 1, 2026", "US", Some("2026-03-01")),
        ("1.3.2026", "DE", Some("2026-03-01")),
        ("13/13/2026", "US", None),
        ("soon", "US", None),
    ];
    for (cell, country, is) in days {
        assert_eq!(day(cell, country).map(|day| day.to_string()).as_deref(), is, "{cell}");
    }
    let figures = [
        ("1,250.50", Some("1250.50")),
        ("-3", Some("-3")),
        ("12", Some("12")),
        ("1,25", None),
        ("12,345,6", None),
        ("", None),
        ("1.", None),
        ("1e3", None),
        ("--1", None),
    ];
    for (cell, is) in figures {
        assert_eq!(number(cell).as_deref(), is, "{cell}");
    }
    assert_eq!([flag("Yes"), flag("N"), flag("perhaps")], [Some(true), Some(false), None]);
    assert!(is_nothing(" N/A ") && is_nothing("--") && !is_nothing("0"));
}

/// "39,995": so many lines, to be read.
pub fn count(n: i32) -> String {
    let plain = n.to_string();
    let (head, tail) = plain.split_at(plain.len().saturating_sub(3));
    if head.is_empty() {
        tail.to_owned()
    } else {
        format!("{},{tail}", head.parse().map_or_else(|_| head.to_owned(), count))
    }
}

#[test]
fn figures_are_grouped() {
    for (n, written) in [(0, "0"), (999, "999"), (1000, "1,000"), (39995, "39,995"), (1_234_567, "1,234,567")] {
        assert_eq!(count(n), written);
    }
}

//! Whole numbers that stand for parts of one: thousandths of a piece, millionths of a rate, as people write and type them.

/// `value` parts of `10^digits`, without needless zeros: "1", "-0.5", "8.25".
pub fn written(value: i64, digits: usize) -> String {
    let unit = 10_u64.pow(digits as u32);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    match fraction {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{}", format!("{fraction:0digits$}").trim_end_matches('0')),
    }
}

/// "1.5" or "1,5" as so many parts of `10^digits`; none when it has a sign, more digits, or is no number.
pub fn read(text: &str, digits: usize) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let none = whole.is_empty() && fraction.is_empty();
    if none || !plain(whole) || !plain(fraction) || fraction.len() > digits || whole.len() > 12 {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

/// Thousandths as people write them: "1", "1.5", "0.125".
pub fn quantity(milli: i64) -> String {
    written(milli, 3)
}

pub fn thousandths(text: &str) -> Option<i64> {
    read(text, 3)
}

/// Millionths as per cent: "8.25" for 82,500.
pub fn percent(ppm: i64) -> String {
    written(ppm, 4)
}

/// 82,500 for "8.25", "8,25" or "8.25 %".
pub fn millionths(percent: &str) -> Option<i64> {
    read(percent.trim().trim_end_matches('%'), 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for (milli, text) in [(0, "0"), (1000, "1"), (1500, "1.5"), (125, "0.125"), (12_345_678, "12345.678")] {
            assert_eq!((quantity(milli).as_str(), thousandths(text)), (text, Some(milli)));
        }
        for (text, ppm) in
            [("8.25", 82_500), ("8,25 %", 82_500), ("0", 0), ("19", 190_000), (".5", 5_000), ("6.0001%", 60_001)]
        {
            assert_eq!(millionths(text), Some(ppm), "{text}");
            assert_eq!(millionths(&percent(ppm)), Some(ppm), "{text}");
        }
        assert_eq!(
            (quantity(-500), quantity(-1500), percent(i64::MIN)),
            ("-0.5".into(), "-1.5".into(), "-922337203685477.5808".into())
        );
        for bad in ["", ".", "%", "1.2345", "-1", "1e3", "two", "1.2.3", "9999999999999"] {
            assert_eq!(thousandths(bad), None, "{bad}");
        }
    }
}

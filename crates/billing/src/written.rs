//! Money, days, quantities and rates as this company writes them.
use jiff::civil::Date;
use kernel::{Currency, Error, Money, Result, Tenant};

/// "$1,250.00".
pub fn money(tenant: &Tenant, money: Money) -> String {
    money.display(&tenant.locale.language)
}

/// The figure alone, as the paper has it: "1,250.00".
pub fn figure(tenant: &Tenant, money: Money) -> String {
    let shown = money.display(&tenant.locale.language);
    let kept = |c: &char| c.is_ascii_digit() || matches!(c, '.' | ',' | '−' | '\u{202f}');
    shown.chars().filter(kept).collect()
}

/// "3.1k" or "14k", for small places.
pub fn short(minor: i64, currency: Currency) -> String {
    let units = minor as f64 / 10f64.powi(currency.exponent.into());
    match units {
        units if units >= 1_000_000.0 => format!("{:.1}m", units / 1_000_000.0),
        units if units >= 9_950.0 => format!("{:.0}k", units / 1_000.0),
        units if units >= 1_000.0 => format!("{:.1}k", units / 1_000.0),
        units => format!("{units:.0}"),
    }
}

/// "Wed 8 Jul 2026".
pub fn day(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

/// "8 Jul", with the year when it is not this one.
pub fn short_day(date: Date, today: Date) -> String {
    date.strftime(if date.year() == today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// Thousandths as people write them: "1", "1.5".
pub fn quantity(milli: i64) -> String {
    decimal(milli, 3)
}

/// Millionths as percent: "8.25".
pub fn percent(ppm: i64) -> String {
    decimal(ppm, 4)
}

fn decimal(value: i64, digits: usize) -> String {
    let unit = 10_i64.pow(digits as u32);
    let fraction = format!("{:0digits$}", (value % unit).abs());
    match fraction.trim_end_matches('0') {
        "" => (value / unit).to_string(),
        fraction => format!("{}.{fraction}", value / unit),
    }
}

/// "1.5" or "1,5" as so many parts of `10^digits`; none when it has more digits or is no number.
pub fn parts(text: &str, digits: usize) -> Option<i64> {
    let text = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty())
        || !plain(whole)
        || !plain(fraction)
        || fraction.len() > digits
        || whole.len() > 12
    {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

/// An amount that somebody typed into `field`.
pub fn typed_amount(field: &str, text: &str, currency: Currency) -> Result<Money> {
    let says = || format!("Write an amount such as 125.50; {text} is none.");
    Money::parse(text, currency).ok_or_else(|| Error::field(field, "money", says()))
}

/// A number that somebody typed into `field`, in so many parts of `10^digits`.
pub fn typed_number(field: &str, text: &str, digits: usize, example: &str) -> Result<i64> {
    let says = || format!("Write a number such as {example}; {text} is none.");
    parts(text, digits).ok_or_else(|| Error::field(field, "number", says()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for milli in [1, 10, 1000, 1500, 1250, 12_345_678] {
            assert_eq!(parts(&quantity(milli), 3), Some(milli));
        }
        assert_eq!((quantity(1000), quantity(1500), percent(82_500)), ("1".into(), "1.5".into(), "8.25".into()));
        assert_eq!(parts("8,25 %", 4), Some(82_500));
        for bad in ["", ".", "1.2345", "-1", "1e3", "abc", "1.2.3", "9999999999999"] {
            assert_eq!(parts(bad, 3), None, "{bad}");
        }
    }

    #[test]
    fn a_figure_has_no_sign_of_the_currency() {
        let tenant = |language: &str| Tenant {
            id: uuid::Uuid::nil(),
            slug: String::new(),
            name: String::new(),
            plan: String::new(),
            status: kernel::tenant::Status::Active,
            placement: kernel::Placement::default(),
            locale: kernel::tenant::Locale { language: language.into(), ..Default::default() },
            brand: Default::default(),
            letterhead: Default::default(),
        };
        let money = Money::new(-125_050, Currency::USD);
        assert_eq!(figure(&tenant("en-US"), money), "−1,250.50");
        assert_eq!(figure(&tenant("de-DE"), money), "−1.250,50");
    }
}

//! Money, days, quantities and rates as this company writes them.
use jiff::civil::Date;
pub use kernel::decimal::{percent, quantity};
use kernel::{Currency, Error, Money, Result, Tenant, decimal};

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

/// An amount that somebody typed into `field`.
pub fn typed_amount(field: &str, text: &str, currency: Currency) -> Result<Money> {
    let says = || format!("Write an amount such as 125.50; {text} is none.");
    Money::parse(text, currency).ok_or_else(|| Error::field(field, "money", says()))
}

/// A number that somebody typed into `field`, in so many parts of `10^digits`.
pub fn typed_number(field: &str, text: &str, digits: usize, example: &str) -> Result<i64> {
    let says = || format!("Write a number such as {example}; {text} is none.");
    decimal::read(text.trim().trim_end_matches('%'), digits).ok_or_else(|| Error::field(field, "number", says()))
}

#[cfg(test)]
mod tests {
    use super::*;

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

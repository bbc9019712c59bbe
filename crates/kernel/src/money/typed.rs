//! Amounts as people type them, in any language.
use super::{Currency, Money};

impl Money {
    pub(super) fn typed(text: &str, currency: Currency) -> Option<Self> {
        let text = text.replace('−', "-");
        let counts = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',');
        let (start, end) = (text.find(counts)?, text.rfind(counts)? + 1);
        let (before, number, behind) = (&text[..start], &text[start..end], &text[end..]);
        let negative = match before.matches('-').count() {
            0 => false,
            1 => true,
            _ => return None,
        };
        if !currency.is_called(&before.replace('-', "")) || !currency.is_called(behind) {
            return None;
        }
        let number: String =
            number.chars().filter(|sign| !matches!(sign, ' ' | '\u{a0}' | '\u{202f}' | '\'')).collect();
        let (whole, fraction) = split(&number, currency.exponent.into())?;
        Self::of_parts(negative, &whole, fraction, currency)
    }
}

/// Whole and fraction of a number with points and commas in it, the whole without them. With both, the last is the decimal one. A comma
/// alone parts thousands where three digits follow, and cents where fewer do; a point alone never parts thousands, unless the
/// currency has no cents. None where that leaves a doubt.
fn split(number: &str, exponent: usize) -> Option<(String, &str)> {
    let count = |sign: char| number.matches(sign).count();
    let (points, commas) = (count('.'), count(','));
    let decimal = match (points, commas) {
        (0, 0) => None,
        (1, 0) if exponent > 0 => Some('.'),
        (0, 1) => match number.len() - number.find(',')? - 1 {
            3 if exponent == 3 => return None,
            3 => None,
            _ => Some(','),
        },
        (_, 0) | (0, _) => None,
        _ if number.rfind('.') > number.rfind(',') => Some('.'),
        _ => Some(','),
    };
    let (whole, fraction) = decimal.and_then(|sign| number.rsplit_once(sign)).unwrap_or((number, ""));
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let one_sign = !(whole.contains('.') && whole.contains(',')) && decimal.is_none_or(|sign| !whole.contains(sign));
    // In India thousands are followed by groups of two.
    let even = |group: &&str| matches!(group.len(), 2 | 3);
    let grouped = match groups.as_slice() {
        [_] => true,
        [first, between @ .., last] => (1..=3).contains(&first.len()) && between.iter().all(even) && last.len() == 3,
        [] => false,
    };
    (one_sign && grouped).then(|| (groups.concat(), fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_one_way_here_and_another_way_there_is_understood() {
        let (eur, kwd) = (Currency::of("EUR").unwrap(), Currency::of("KWD").unwrap());
        for typed in ["12,50", "12.50", "12,5", "12,50 €", "€ 12.50", "12,50 EUR"] {
            assert_eq!(Money::parse(typed, eur).map(|money| money.minor), Some(1250), "{typed}");
        }
        for typed in ["1250", "1.250,00", "1,250.00", "1,250", "1 250", "1\u{202f}250,00", "1'250.00", "-1250"] {
            assert_eq!(Money::parse(typed, eur).map(|money| money.minor.abs()), Some(125_000), "{typed}");
        }
        assert_eq!(Money::parse("1,250", kwd), None, "a thousand or one and a quarter");
        assert_eq!(Money::parse("1.250", kwd).map(|money| money.minor), Some(1250));
        assert_eq!(Money::parse("1.250", Currency::of("JPY").unwrap()).map(|money| money.minor), Some(1250));
    }

    #[test]
    fn what_is_shown_is_read_back_in_any_language() {
        for language in ["en-US", "en-IN", "de-DE", "fr-FR", "es-MX", "pt-BR", "sv-SE", "pl-PL", "ja-JP", "it-CH"] {
            for code in ["USD", "EUR", "GBP", "INR", "JPY", "BRL", "PLN", "SEK", "CHF", "MXN"] {
                for minor in [0, 5, 99, 1250, 123_456, 99_999_999, -1, -123_456_789] {
                    let money = Money::new(minor, Currency::of(code).unwrap());
                    let shown = money.written(language);
                    assert_eq!(Money::parse(&shown, money.currency), Some(money), "{shown} in {language}");
                }
            }
        }
    }
}

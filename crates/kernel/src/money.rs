//! Money: whole minor units with a currency, integer arithmetic, rounding said out loud and done once.
mod typed;

use serde::{Deserialize, Serialize};

use crate::{Error, Result, sight, sum};

/// What stands on a page where an amount is not for whoever looks.
const VEILED: &str = "—";

/// ISO 4217, with the number of digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: [u8; 3],
    pub exponent: u8,
}

/// What is legal tender somewhere (2026), in order, each with a space behind it: every amount that is read asks here.
const CODES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE \
    CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY \
    KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO \
    NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB \
    TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ";

fn is_listed(code: [u8; 3]) -> bool {
    CODES.as_bytes().as_chunks::<4>().0.binary_search_by(|[a, b, c, _]| [*a, *b, *c].cmp(&code)).is_ok()
}

/// The symbols that stand before an amount.
const SYMBOLS: [&str; 8] = ["$", "€", "£", "₹", "¥", "R$", "zł", "kr"];

impl Currency {
    pub const USD: Self = Self { code: *b"USD", exponent: 2 };

    /// None for what ISO 4217 does not list.
    pub fn of(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        let exponent = match code {
            _ if !is_listed(bytes) => return None,
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        };
        Some(Self { code: bytes, exponent })
    }
    /// A company's amounts are in its own currency, this one. `what` they are ("Prices") and `field` are for the sentence.
    pub fn only(self, field: &str, what: &str, given: Option<Money>) -> Result<()> {
        match given.map(|money| money.currency).filter(|other| *other != self) {
            None => Ok(()),
            Some(other) => {
                let says = format!("{what} here are in {}, not in {}.", self.code(), other.code());
                Err(Error::field(field, "currency", says))
            }
        }
    }
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }
    /// Nothing, the currency's symbol or its code may stand beside an amount.
    fn is_called(&self, word: &str) -> bool {
        let word = word.trim();
        word.is_empty() || word == self.symbol() || word == self.code()
    }
    fn symbol(&self) -> &str {
        match self.code() {
            "USD" | "CAD" | "AUD" | "NZD" | "MXN" | "SGD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            "INR" => "₹",
            "JPY" | "CNY" => "¥",
            "BRL" => "R$",
            other => match other {
                "PLN" => "zł",
                "SEK" | "NOK" | "DKK" => "kr",
                _ => "",
            },
        }
    }
}

/// An amount in minor units (cents). On the wire: `{"amount": "125.50", "currency": "USD"}`, and `null` to who may not see prices
/// (`sight`), who cannot send one either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Money")]
struct Wire {
    /// Decimal text with the currency's digits, such as "125.50".
    amount: String,
    /// ISO 4217.
    currency: String,
}

impl Wire {
    fn money<E: serde::de::Error>(&self) -> Result<Money, E> {
        let currency = Currency::of(&self.currency)
            .ok_or_else(|| E::custom("the currency is one of ISO 4217 in capital letters, such as USD"))?;
        Money::read(&self.amount, currency)
            .ok_or_else(|| E::custom("the amount is decimal text with the currency's digits, such as \"125.50\""))
    }
}

impl Money {
    fn wire(&self) -> Wire {
        Wire { amount: self.digits(), currency: self.currency.code().into() }
    }
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// "125.50", without symbol or grouping: for machines and form fields. Nothing for who may not see prices.
    pub fn amount(&self) -> String {
        if sight::prices() { self.digits() } else { String::new() }
    }

    fn digits(&self) -> String {
        let unit = 10u64.pow(self.currency.exponent.into());
        let (sign, abs) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match self.currency.exponent {
            0 => format!("{sign}{abs}"),
            digits => format!("{sign}{}.{:0width$}", abs / unit, abs % unit, width = digits as usize),
        }
    }

    /// For people: "$1,250.00", "1.250,00 €", "₹1,25,000.00", by language. A dash for who may not see prices.
    pub fn display(&self, language: &str) -> String {
        if sight::prices() { self.written(language) } else { VEILED.into() }
    }

    fn written(&self, language: &str) -> String {
        let plain = self.digits();
        let (sign, rest) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("−", rest));
        let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
        let continental = ["de", "es", "it", "nl", "pt", "id", "tr"].iter().any(|l| language.starts_with(l));
        let spaced = ["fr", "sv", "nb", "pl", "cs", "fi"].iter().any(|l| language.starts_with(l));
        let (group, point) = if continental {
            (".", ",")
        } else if spaced {
            ("\u{202f}", ",")
        } else {
            (",", ".")
        };
        let indian = language.ends_with("-IN");
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            let left = whole.len() - i;
            if i > 0 && (left == 3 || (left > 3 && if indian { left % 2 == 1 } else { left.is_multiple_of(3) })) {
                grouped.push_str(group);
            }
            grouped.push(digit);
        }
        if let Some(fraction) = fraction {
            grouped = grouped + point + fraction;
        }
        let symbol = self.currency.symbol();
        match (symbol, continental || spaced) {
            ("", _) => format!("{sign}{grouped} {}", self.currency.code()),
            (symbol, true) => format!("{sign}{grouped}\u{a0}{symbol}"),
            (symbol, false) => format!("{sign}{symbol}{grouped}"),
        }
    }

    /// What a person types: "125.50", "125,5", "1,250.00", "1.250,00 €", "1 250" and "-3.1". What could be read in two ways is
    /// not understood, nor more digits than the currency has. Who may not see prices sets none.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        sight::prices().then(|| Self::typed(text, currency)).flatten()
    }

    /// As machines write it: digits, and a point before the last of them.
    fn read(text: &str, currency: Currency) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Self::of_parts(negative, whole, fraction, currency)
    }

    fn of_parts(negative: bool, whole: &str, fraction: &str, currency: Currency) -> Option<Self> {
        let digits = currency.exponent as usize;
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty())
            || whole.len() > 15
            || fraction.len() > digits
            || !all_digits(whole)
            || !all_digits(fraction)
        {
            return None;
        }
        let minor: i64 = format!("{whole}{fraction:0<digits$}").parse().ok()?;
        Some(Self { minor: if negative { -minor } else { minor }, currency })
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if sight::prices() { self.wire().serialize(serializer) } else { serializer.serialize_none() }
    }
}
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        if !sight::prices() {
            return Err(serde::de::Error::custom("who may not see prices (`prices.see`) sets none"));
        }
        wire.money()
    }
}

/// What something costs the company: on the wire as `Money`, and `null` to who may not see costs, who cannot send one either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cost(pub Money);

impl Cost {
    /// As `Money::display`; a dash for who may not see costs.
    pub fn display(&self, language: &str) -> String {
        if sight::costs() { self.0.written(language) } else { VEILED.into() }
    }
    /// As `Money::amount`; nothing for who may not see costs.
    pub fn amount(&self) -> String {
        if sight::costs() { self.0.digits() } else { String::new() }
    }
    /// As `Money::parse`; nobody sets a cost who may not see it.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        sight::costs().then(|| Money::typed(text, currency)).flatten().map(Self)
    }
}
impl Serialize for Cost {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if sight::costs() { self.0.wire().serialize(serializer) } else { serializer.serialize_none() }
    }
}
impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        if !sight::costs() {
            return Err(serde::de::Error::custom("who may not see what things cost (`costs.see`) sets no cost"));
        }
        wire.money().map(Self)
    }
}
impl schemars::JsonSchema for Cost {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Money::schema_name()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        Money::schema_id()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Money::json_schema(generator)
    }
}

/// `told`, for `#[serde(serialize_with)]`.
pub fn told_on_the_wire<S: serde::Serializer>(sentence: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&told(sentence))
}

/// A sentence that was kept with amounts in it ("Invoice INV-7 issued, $125.00"), as whoever asks may read it.
pub fn told(sentence: &str) -> String {
    if sight::prices() {
        return sentence.to_owned();
    }
    let mut words: Vec<String> = vec![];
    for word in sentence.split(' ') {
        let bare = word.trim_end_matches([',', '.', ';', ':']).trim_start_matches('−');
        let symbol: String = bare.chars().take_while(|sign| !sign.is_ascii_digit()).collect();
        let code = Currency::of(bare).is_some();
        let number = |text: &str| text.starts_with(|sign: char| sign.is_ascii_digit());
        let before = SYMBOLS.contains(&symbol.as_str()) && number(&bare[symbol.len()..]);
        let behind = bare.rsplit_once('\u{a0}').is_some_and(|(amount, sign)| SYMBOLS.contains(&sign) && number(amount));
        if before || behind {
            words.push(word.replace(word.trim_end_matches([',', '.', ';', ':']), VEILED));
        } else if code && words.last().is_some_and(|last| number(last.trim_start_matches('−'))) {
            words.pop();
            words.push(word.replace(bare, VEILED));
        } else {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}
impl schemars::JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

/// `value × numerator ÷ denominator`, half away from zero: the one rounding of the house. The denominator is above zero.
pub fn scale(value: i64, numerator: i64, denominator: i64) -> i64 {
    let product = i128::from(value) * i128::from(numerator);
    let rounded = sum::divide(product, denominator.into(), sum::Rounding::HalfUp);
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

/// `total` in parts proportional to `weights` that sum to it exactly; what rounding leaves goes to the largest remainders.
pub fn allocate(total: i64, weights: &[i64]) -> Vec<i64> {
    let weights: Vec<i128> = weights.iter().map(|weight| i128::from(*weight)).collect();
    sum::allot(total.into(), &weights).into_iter().map(|part| part as i64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_as_the_reader_expects() {
        let usd = |minor| Money::new(minor, Currency::USD);
        assert_eq!(usd(125050).display("en-US"), "$1,250.50");
        assert_eq!(usd(-5).display("en-US"), "−$0.05");
        assert_eq!(Money::new(123456789, Currency::of("EUR").unwrap()).display("de-DE"), "1.234.567,89\u{a0}€");
        assert_eq!(Money::new(12500000, Currency::of("INR").unwrap()).display("en-IN"), "₹1,25,000.00");
        assert_eq!(Money::new(500, Currency::of("JPY").unwrap()).display("en-US"), "¥500");
        assert_eq!(Money::new(1500, Currency::of("KWD").unwrap()).amount(), "1.500");
    }

    #[test]
    fn a_sentence_is_told_without_its_amount_in_any_language() {
        for language in ["en-US", "en-IN", "de-DE", "fr-FR", "es-MX", "pt-BR", "sv-SE", "pl-PL", "ja-JP"] {
            for code in [
                "USD", "EUR", "GBP", "INR", "JPY", "BRL", "PLN", "SEK", "NOK", "DKK", "CHF", "ZAR", "CAD", "MXN", "KWD",
            ] {
                for minor in [5, 123_456, -123_456_789] {
                    let amount = Money::new(minor, Currency::of(code).unwrap()).written(language);
                    let sentence = format!("Invoice INV-7 issued, {amount}. Due on 3 May");
                    let seen = sight::blind(|| told(&sentence));
                    assert_eq!(seen.replace('−', ""), "Invoice INV-7 issued, —. Due on 3 May", "{language} {amount}");
                    assert_eq!(told(&sentence), sentence);
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for minor in [0, 1, -1, 99, 100, -12345, 999_999_999_999] {
            let money = Money::new(minor, Currency::USD);
            assert_eq!(Money::parse(&money.amount(), Currency::USD), Some(money));
        }
        for bad in [
            "",
            "-",
            "$",
            "1.234",
            "abc",
            "1e5",
            "--1",
            "1.2.3",
            "1,2,3",
            "12,34,5",
            "1.234,5,6",
            "1,2345",
            "€5",
            "5 EUR",
            ".",
            ",",
        ] {
            assert_eq!(Money::parse(bad, Currency::USD), None, "{bad}");
        }
    }

    #[test]
    fn currencies_are_those_that_are_listed() {
        let codes: Vec<&str> = CODES.split(' ').filter(|code| !code.is_empty()).collect();
        assert!(codes.len() > 150 && codes.is_sorted(), "{codes:?}");
        assert!(codes.iter().all(|code| Currency::of(code).is_some_and(|currency| currency.code() == *code)));
        assert!(["ZZZ", "usd", "US", "USDX", "U D", ""].iter().all(|code| Currency::of(code).is_none()));
    }

    #[test]
    fn machines_write_no_commas() {
        for bad in ["12,50", "1,250.00", "$5.00", " 5.00", "1.234", "5 "] {
            let wire = serde_json::json!({ "amount": bad, "currency": "USD" });
            assert!(serde_json::from_value::<Money>(wire).is_err(), "{bad}");
        }
        let wire = serde_json::json!({ "amount": "-1250.5", "currency": "USD" });
        assert_eq!(serde_json::from_value::<Money>(wire).unwrap().minor, -125_050);
    }

    #[test]
    fn parts_sum_to_the_whole() {
        for total in [-100, -1, 0, 1, 7, 100, 9999] {
            for weights in [vec![1, 1, 1], vec![3, 5, 7, 11], vec![0, 0], vec![1], vec![0, 4]] {
                assert_eq!(allocate(total, &weights).iter().sum::<i64>(), total, "{total} {weights:?}");
            }
        }
        assert_eq!(scale(1050, 82_500, 1_000_000), 87);
        assert_eq!(scale(-1050, 82_500, 1_000_000), -87);
        assert_eq!(scale(1, 1, 2), 1);
    }
}

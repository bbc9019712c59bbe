//! What a line of a file says of an item; a cell that is empty says nothing.
use kernel::{Currency, Money, money::Cost, text::fold};
use sheets::cell::{flag, is_nothing};

use super::field::Field;
use crate::{
    category::Status,
    item::{Kind, Pricing, SoldAs},
    part::thousandths,
    tax_rate::millionths,
};

/// Which part is meant: a name in quotation marks is a name, anything else a code, or a name where no item has such a code.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Named {
    Name(String),
    Code(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tax {
    Named(String, Option<i64>),
    /// Of that rate, without a name.
    Rate(i64),
    Standard,
    None,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Said {
    pub name: String,
    pub code: Option<String>,
    pub kind: Option<Kind>,
    /// From the top down.
    pub category: Option<Vec<String>>,
    pub description: Option<String>,
    pub unit: Option<String>,
    pub minutes: Option<i32>,
    pub price: Option<i64>,
    pub cost: Option<i64>,
    pub tax: Option<Tax>,
    pub online: Option<bool>,
    pub pricing: Option<Pricing>,
    pub labor_rate: Option<String>,
    pub sold_as: Option<SoldAs>,
    pub parts: Option<Vec<(i64, Named)>>,
    pub status: Option<Status>,
}

impl Said {
    pub fn says_amounts(&self) -> bool {
        self.price.is_some() || self.cost.is_some()
    }
}

/// What is wrong with a line, and with which of its columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub about: Option<Field>,
    pub says: String,
}

impl Fault {
    pub fn of(about: Field, says: impl Into<String>) -> Self {
        Self { about: Some(about), says: says.into() }
    }
    pub fn whole(says: impl Into<String>) -> Self {
        Self { about: None, says: says.into() }
    }
}

type Told<T> = Result<Option<T>, Fault>;

/// Categories of a path stand like this in our own export; "Heating > Furnaces" is understood too.
pub(crate) const BELOW: &str = " › ";

/// One of the words that we write ourselves, or of those that others write for it.
fn word<T: Copy>(
    field: Field,
    cell: Option<&str>,
    all: &[T],
    label: fn(T) -> &'static str,
    others: &[(T, &[&str])],
) -> Told<T> {
    let Some(cell) = cell else { return Ok(None) };
    let folded = fold(cell);
    let own = all.iter().find(|one| fold(label(**one)) == folded);
    let found = own.or_else(|| others.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(one, _)| one));
    let known = || all.iter().map(|one| label(*one)).collect::<Vec<_>>().join(", ");
    found
        .copied()
        .map(Some)
        .ok_or_else(|| Fault::of(field, format!("“{}” is none of these: {}.", short(cell), known())))
}

fn short(cell: &str) -> String {
    cell.chars().take(60).collect()
}

const KINDS: &[(Kind, &[&str])] = &[
    (Kind::Service, &["services", "task", "non inventory", "noninventory"]),
    (Kind::Material, &["materials", "part", "parts", "product", "products", "inventory", "item"]),
    (Kind::Labor, &["labour", "hours"]),
    (Kind::Equipment, &["machine", "unit"]),
    (Kind::Bundle, &["kit", "assembly", "package", "group"]),
];

pub(super) fn read(mapping: &[Option<Field>], cells: &[String], currency: Currency) -> Result<Said, Fault> {
    let width = mapping.len();
    if cells.len() > width && cells[width..].iter().any(|cell| !cell.is_empty()) {
        return Err(Fault::whole(format!(
            "This line has {} cells, the first line names {width} columns.",
            cells.len()
        )));
    }
    let at = |field: Field| {
        let n = mapping.iter().position(|held| *held == Some(field))?;
        cells.get(n).map(String::as_str).filter(|cell| !cell.is_empty())
    };
    let text = |field| at(field).map(str::to_owned);
    // Other systems write "n/a" for nothing; a text may be just that.
    let plain = |field| at(field).filter(|cell| !is_nothing(cell));
    if let Some(other) = plain(Field::Currency).filter(|cell| !cell.eq_ignore_ascii_case(currency.code())) {
        let says = format!("Prices are in {} here, not in {}.", currency.code(), short(other));
        return Err(Fault::of(Field::Currency, says));
    }
    Ok(Said {
        name: text(Field::Name).unwrap_or_default(),
        code: text(Field::Code),
        kind: word(Field::Kind, plain(Field::Kind), Kind::ALL, Kind::label, KINDS)?,
        category: at(Field::Category).map(path),
        description: text(Field::Description),
        unit: text(Field::Unit),
        minutes: plain(Field::Minutes).map(minutes).transpose()?,
        price: amount(Field::Price, plain(Field::Price), |cell| Money::parse(cell, currency).map(|money| money.minor))?,
        cost: amount(Field::Cost, plain(Field::Cost), |cell| Cost::parse(cell, currency).map(|cost| cost.0.minor))?,
        tax: tax(at(Field::Tax), plain(Field::TaxPercent), plain(Field::Taxed))?,
        online: yes(Field::Online, plain(Field::Online))?,
        pricing: word(
            Field::Pricing,
            plain(Field::Pricing),
            Pricing::ALL,
            Pricing::label,
            &[(Pricing::Fixed, &["fixed", "flat rate"])],
        )?,
        labor_rate: text(Field::LaborRate),
        sold_as: word(Field::SoldAs, plain(Field::SoldAs), SoldAs::ALL, SoldAs::label, &[])?,
        parts: at(Field::Parts).map(parts).transpose()?,
        status: word(
            Field::Status,
            plain(Field::Status),
            Status::ALL,
            Status::label,
            &[(Status::Active, &["yes", "true", "1"]), (Status::Archived, &["no", "false", "0", "inactive"])],
        )?,
    })
}

fn path(cell: &str) -> Vec<String> {
    let names = cell.split(BELOW.trim()).flat_map(|part| part.split(" > "));
    names.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// "90", "90 min", "1:30", "1 h 30 min".
fn minutes(cell: &str) -> Result<i32, Fault> {
    let lower = cell.to_lowercase();
    let number = |text: &str| text.trim().parse::<i32>().ok().filter(|n| (0..=100_000).contains(n));
    let bare =
        |text: &str| number(text.trim().trim_end_matches("minutes").trim_end_matches("min").trim_end_matches('m'));
    let parted = || {
        let (hours, rest) = lower.split_once(':').or_else(|| lower.split_once('h'))?;
        let rest = rest.trim_start_matches("ours").trim_start_matches("our").trim_start_matches('r').trim();
        Some(number(hours)? * 60 + if rest.is_empty() { 0 } else { bare(rest)? })
    };
    bare(&lower)
        .or_else(parted)
        .ok_or_else(|| Fault::of(Field::Minutes, format!("“{}” is no duration, such as 90.", short(cell))))
}

fn amount(field: Field, cell: Option<&str>, read: impl Fn(&str) -> Option<i64>) -> Told<i64> {
    let Some(cell) = cell else { return Ok(None) };
    let says = || format!("“{}” is no amount, such as 129.00.", short(cell));
    let beyond = "An amount is not negative, and at most 1,000,000,000.00.";
    match read(cell) {
        None => Err(Fault::of(field, says())),
        Some(minor) if !(0..=100_000_000_000).contains(&minor) => Err(Fault::of(field, beyond)),
        some => Ok(some),
    }
}

fn yes(field: Field, cell: Option<&str>) -> Told<bool> {
    let Some(cell) = cell else { return Ok(None) };
    flag(cell).map(Some).ok_or_else(|| Fault::of(field, format!("“{}” is neither yes nor no.", short(cell))))
}

fn tax(name: Option<&str>, percent: Option<&str>, taxed: Option<&str>) -> Told<Tax> {
    let ppm = |cell: &str| {
        let says = || Fault::of(Field::TaxPercent, format!("“{}” is no rate in per cent, such as 8.25.", short(cell)));
        millionths(cell).filter(|ppm| *ppm <= 1_000_000).ok_or_else(says)
    };
    let percent = percent.map(ppm).transpose()?;
    Ok(match (name, yes(Field::Taxed, taxed)?) {
        (_, Some(false)) => Some(Tax::None),
        (Some(name), _) => Some(Tax::Named(name.to_owned(), percent)),
        (None, taxed) => match (percent.filter(|ppm| *ppm > 0), taxed) {
            (Some(ppm), _) => Some(Tax::Rate(ppm)),
            (None, Some(_)) => Some(Tax::Standard),
            // Nothing of a hundred: other systems write that where they say nothing.
            (None, None) => None,
        },
    })
}

fn parts(cell: &str) -> Result<Vec<(i64, Named)>, Fault> {
    let one = |line: &str| {
        let (quantity, which) = line.split_once(['×', 'x', 'X', '*'])?;
        let which = which.trim();
        let quoted = which.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let named = quoted.map_or_else(|| Named::Code(which.to_owned()), |name| Named::Name(name.to_owned()));
        (!which.is_empty()).then_some((thousandths(quantity)?, named))
    };
    let lines = cell.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            one(line)
                .ok_or_else(|| Fault::of(Field::Parts, format!("“{}” is no part, such as “2 × CAP-45”.", short(line))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(fields: &[Field], cells: &[&str]) -> Result<Said, Fault> {
        let mapping: Vec<_> = fields.iter().map(|field| Some(*field)).collect();
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        read(&mapping, &cells, Currency::USD)
    }

    #[test]
    fn what_others_write_is_understood() {
        let fields =
            [Field::Name, Field::Kind, Field::Category, Field::Minutes, Field::Price, Field::Taxed, Field::Status];
        let said = said(&fields, &["Tune-up", "Services", "Heating > Furnaces", "1:30", "$1,129.50", "No", "Inactive"])
            .unwrap();
        assert_eq!((said.kind, said.minutes, said.price), (Some(Kind::Service), Some(90), Some(112_950)));
        assert_eq!(said.category.unwrap(), ["Heating", "Furnaces"]);
        assert_eq!((said.tax, said.status), (Some(Tax::None), Some(Status::Archived)));
        for (cell, is) in [("90", 90), ("90 min", 90), ("1 h 30 min", 90), ("2h", 120), ("1 hour", 60)] {
            assert_eq!(minutes(cell), Ok(is), "{cell}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_column() {
        for (field, cell, says) in [
            (Field::Price, "12,x", "“12,x” is no amount, such as 129.00."),
            (Field::Price, "-1", "An amount is not negative, and at most 1,000,000,000.00."),
            (Field::Cost, "1.234", "“1.234” is no amount, such as 129.00."),
            (Field::Kind, "Boat", "“Boat” is none of these: Service, Material, Labor, Equipment, Bundle."),
            (Field::Minutes, "soon", "“soon” is no duration, such as 90."),
            (Field::Currency, "EUR", "Prices are in USD here, not in EUR."),
            (Field::Online, "perhaps", "“perhaps” is neither yes nor no."),
            (Field::Parts, "two CAP", "“two CAP” is no part, such as “2 × CAP-45”."),
            (Field::Parts, "0 × CAP", "“0 × CAP” is no part, such as “2 × CAP-45”."),
        ] {
            assert_eq!(said(&[Field::Name, field], &["A", cell]), Err(Fault::of(field, says)), "{cell}");
        }
        assert!(said(&[Field::Name], &["A", "b"]).unwrap_err().says.contains("2 cells"));
    }

    #[test]
    fn parts_are_codes_or_names() {
        let cell = "2 × CAP-45\n1.5 x \"Capacitor × 45\"\n";
        let both = vec![(2000, Named::Code("CAP-45".into())), (1500, Named::Name("Capacitor × 45".into()))];
        assert_eq!(parts(cell), Ok(both));
    }
}

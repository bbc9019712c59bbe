//! A cell of a table as a file holds it: words, figures, moments, amounts.
use jiff::{Timestamp, civil::Date};
use kernel::{Cost, Money};

/// Amounts were looked at with the eyes of whoever asked when the cell was made: what is not for them is not in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Nothing,
    Text(String),
    Whole(i64),
    /// Decimal text, such as "125.50".
    Amount(String),
    Day(Date),
    Moment(Timestamp),
    Yes(bool),
}

impl Cell {
    /// An id, a state, whatever writes itself.
    pub fn word(value: impl std::fmt::Display) -> Self {
        Self::Text(value.to_string())
    }
    /// Several of something, a line each.
    pub fn lines(all: impl IntoIterator<Item = String>) -> Self {
        let all: Vec<String> = all.into_iter().collect();
        if all.is_empty() { Self::Nothing } else { Self::Text(all.join("\n")) }
    }
    fn amount(digits: String) -> Self {
        if digits.is_empty() { Self::Nothing } else { Self::Amount(digits) }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}
impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}
impl From<bool> for Cell {
    fn from(yes: bool) -> Self {
        Self::Yes(yes)
    }
}
impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}
impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::Moment(at)
    }
}
impl From<Money> for Cell {
    fn from(money: Money) -> Self {
        Self::amount(money.amount())
    }
}
impl From<Cost> for Cell {
    fn from(cost: Cost) -> Self {
        Self::amount(cost.amount())
    }
}
impl From<&Option<String>> for Cell {
    fn from(text: &Option<String>) -> Self {
        text.as_ref().map_or(Self::Nothing, |text| Self::Text(text.clone()))
    }
}
// One by one: for any `T` the compiler would look for an option of an option without end.
macro_rules! options {
    ($($ty:ty),*) => {$(
        impl From<Option<$ty>> for Cell {
            fn from(value: Option<$ty>) -> Self {
                value.map_or(Self::Nothing, Self::from)
            }
        }
    )*};
}
options!(i64, Date, Timestamp, Money, Cost);
